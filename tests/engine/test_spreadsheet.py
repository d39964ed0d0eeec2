"""Tables for spreadsheets, in which nothing runs."""

from __future__ import annotations

import csv
import io

import pytest

from engine.spreadsheet import as_csv, protect, unprotect


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 30 1", "-x", "@sum", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1", "\u3000\uff0b1"]
)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert protect(text) == f"'{text}"
    assert next(csv.reader(io.StringIO(as_csv([[text]]), newline=""))) == [f"'{text}"]


@pytest.mark.parametrize("text", ["=1", "'t is", "plain", "", "'"])
def test_protection_can_be_taken_off_again(text: str) -> None:
    assert unprotect(protect(text)) == text


def test_numbers_truth_values_and_nothing_are_written_as_such() -> None:
    assert as_csv([["a", "b, c"], [True, False, None], [-1, 2.5, "-3"]]) == 'a,"b, c"\r\ntrue,false,\r\n-1,2.5,-3\r\n'
