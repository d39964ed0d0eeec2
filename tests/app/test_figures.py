from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import figures
from engine.settings import ISO, LANGUAGES, SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.window import Window

AT = datetime(2025, 3, 4, 14, 5, 9)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    figures.use("en-GB")


def written() -> tuple[str, ...]:
    return (
        figures.number(1_234_567),
        figures.number(1234.5, 2),
        figures.day(AT),
        figures.day(AT, year=False),
        figures.clock(AT),
    )


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en-GB", ("1,234,567", "1,234.50", "4 Mar 2025", "4 Mar", "14:05")),
        ("en-US", ("1,234,567", "1,234.50", "Mar 4, 2025", "Mar 4", "2:05\N{NO-BREAK SPACE}PM")),
        ("en-IN", ("12,34,567", "1,234.50", "4 Mar 2025", "4 Mar", "2:05\N{NO-BREAK SPACE}pm")),
        ("de-DE", ("1.234.567", "1.234,50", "4. März 2025", "4. März", "14:05")),
        ("ja-JP", ("1,234,567", "1,234.50", "2025年3月4日", "3月4日", "14:05")),
        (ISO, ("1\u202f234\u202f567", "1\u202f234.50", "2025-03-04", "03-04", "14:05")),
    ],
)
def test_each_language_writes_in_its_own_way(language: str, expected: tuple[str, ...]) -> None:
    figures.use(language)
    assert written() == expected


@pytest.mark.parametrize("language", [SYSTEM, ISO, *LANGUAGES])
def test_no_way_of_writing_loses_a_part_of_a_date_or_a_number(language: str) -> None:
    figures.use(language)
    assert "".join(filter(str.isdigit, figures.number(1_234_567))) == "1234567"
    assert "2025" in figures.day(AT)
    assert "2025" not in figures.day(AT, year=False)
    assert "4" in figures.day(AT, year=False)
    assert "05" in figures.clock(AT)
    assert figures.clock(AT, seconds=True).count("09") == 1
    assert figures.weekday(AT)


@given(st.integers(-(10**20), 10**20))
def test_digits_of_whole_numbers_stay_whatever_the_groups(value: int) -> None:
    for language in ("en-IN", "fr-FR", ISO):
        figures.use(language)
        said = figures.number(value)
        assert (
            int("".join(sign for sign in said if sign.isdigit() or sign in "-\N{MINUS SIGN}").replace("\u2212", "-"))
            == value
        )


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (999, "999 B"), (1_250, "1.2 kB"), (98_100_000, "98.1 MB"), (10**11, "100 GB")]
)
def test_sizes_are_said_in_the_unit_that_is_shortest(count: int, said: str) -> None:
    assert figures.size(count) == said


def test_the_chosen_way_is_used_at_once(window: Window) -> None:
    window.session.preferences.put("locale", language="de-DE")
    window.status.show_rate(1234.0)
    assert window.status._rate.text() == "1.234 tok/s"
