"""Files of rows, by the ending of their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import InvalidRequest, StoreError
from engine.extraction.export.contents import Contents
from engine.extraction.export.lines import to_jsonl
from engine.extraction.export.separated import to_csv
from engine.extraction.export.workbook import write_workbook
from engine.extraction.table import DOCUMENTS
from engine.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.extraction.review import ReviewedRow
    from engine.extraction.table import Unit
    from engine.store import Job

FORMATS = (".csv", ".jsonl", ".xlsx")
_ADVICE = "What was extracted is kept: write it to another file."


def check_format(path: Path) -> None:
    """Raise InvalidRequest unless the file's ending names a format that can be written."""
    if path.suffix.lower() not in FORMATS:
        raise InvalidRequest(
            f"Rows are written as {', '.join(FORMATS[:-1])} or {FORMATS[-1]}, "
            f"not as {path.suffix or 'a file with no ending'}.",
            where=str(path),
        )


def write_table(
    path: Path,
    rows: Sequence[ReviewedRow],
    schema_text: str,
    *,
    unit: Unit = DOCUMENTS,
    sources: bool = False,
    confidence: bool = False,
    review_below: float | None = None,
    job: Job | None = None,
) -> None:
    """Write rows as the format that the file's ending names; an older file stays until the new one is whole.

    `unit` says what a row is, `sources` and `confidence` whether it is told of each value where it stands and how
    sure it is; cells of less confidence than `review_below` are named in a column of their own. `job` is the one that
    the rows are from. Raises InvalidRequest for another ending and for more rows than a sheet holds, SchemaError
    where the schema is none, StoreError if the file cannot be written.
    """
    check_format(path)
    contents = Contents(rows, schema_text, unit, sources, confidence, review_below, job)
    ending = path.suffix.lower()
    with whole_file(path, StoreError, _ADVICE, make_folders=True) as file:
        if ending == ".xlsx":
            write_workbook(file, contents)
        elif ending == ".csv":
            # The mark at the start is what tells a spreadsheet that a CSV file is UTF-8.
            file.write(to_csv(contents).encode("utf-8-sig", errors="replace"))
        else:
            file.write(to_jsonl(contents).encode("utf-8", errors="replace"))
