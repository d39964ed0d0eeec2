"""Files of rows, by the ending of their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from engine.errors import InvalidRequest, StoreError
from engine.extraction.export import Contents, to_jsonl, workbook, write_table

if TYPE_CHECKING:
    from pathlib import Path

    from engine.extraction.review import ReviewedRow


def test_the_ending_names_the_format(rows: list[ReviewedRow], schema_text: str, tmp_path: Path) -> None:
    write_table(tmp_path / "rows.csv", rows, schema_text)
    # The mark says that it is UTF-8.
    assert (tmp_path / "rows.csv").read_bytes().startswith(b"\xef\xbb\xbfdocument,")
    write_table(tmp_path / "below" / "rows.jsonl", rows, schema_text)
    assert (tmp_path / "below" / "rows.jsonl").read_text("utf-8") == to_jsonl(Contents(rows, schema_text))
    write_table(tmp_path / "rows.XLSX", rows, schema_text, sources=True)
    assert openpyxl.load_workbook(tmp_path / "rows.XLSX").sheetnames == ["Documents", "Provenance", "Legend"]


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.csv", "rows.xlsx"])
def test_a_file_is_replaced_whole_and_leaves_nothing_beside_it(
    rows: list[ReviewedRow], schema_text: str, tmp_path: Path, name: str
) -> None:
    target = tmp_path / name
    target.write_text("before")
    write_table(target, rows, schema_text)
    assert target.read_bytes() != b"before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_table_that_does_not_fit_leaves_the_old_file(
    rows: list[ReviewedRow], schema_text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "rows.xlsx"
    target.write_text("before")
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    with pytest.raises(InvalidRequest):
        write_table(target, rows, schema_text)
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_what_cannot_be_written_is_a_sentence(rows: list[ReviewedRow], schema_text: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"written as \.csv, \.jsonl or \.xlsx, not as \.ods"):
        write_table(tmp_path / "rows.ods", rows, schema_text)
    with pytest.raises(InvalidRequest, match="no ending"):
        write_table(tmp_path / "rows", rows, schema_text)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        write_table(tmp_path / "file" / "rows.csv", rows, schema_text)
