"""Where rows go, and what is told of them in the end: how many are right, and which values to look at."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.cli.console import showable
from engine.errors import EngineError, InvalidRequest
from engine.extraction.export import check_format, write_table
from engine.extraction.export.contents import field_name, spell_place
from engine.extraction.ranking import cells_to_review
from engine.extraction.table import units

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from engine.extraction.review import ReviewedRow
    from engine.extraction.table import Unit
    from engine.extraction.truth import Accuracy, FieldAccuracy
    from engine.store import Job

_WIDTH = 200
_MOST_CELLS = 50
"""Values to review that are listed; files name all."""
_MOST_CHARACTERS = 60


@dataclass(frozen=True)
class Output:
    """The files that the command line names, and how they are to be written."""

    paths: tuple[Path, ...]
    unit: Unit
    sources: bool
    confidence: bool
    review_below: float | None

    def write(self, rows: Sequence[ReviewedRow], schema_text: str, job: Job | None) -> None:
        """Write every file; where one cannot be written the others are, and the first error is raised."""
        failed: EngineError | None = None
        for path in self.paths:
            try:
                write_table(
                    path,
                    rows,
                    schema_text,
                    unit=self.unit,
                    sources=self.sources,
                    confidence=self.confidence,
                    review_below=self.review_below,
                    job=job,
                )
            except EngineError as error:
                failed = failed or error
        if failed is not None:
            raise failed


def check_formats(paths: Sequence[Path]) -> None:
    """Raise InvalidRequest for the first file whose ending names no format."""
    for path in paths:
        check_format(path)


def read_output(options: argparse.Namespace, schema_text: str) -> Output:
    """Return where the command line wants rows. Raises InvalidRequest for a unit that there is not."""
    found = units(schema_text)
    unit = found[0]
    if options.unit is not None:
        asked = options.unit.casefold()
        matching = [each for each in found if asked in {each.title.casefold(), ".".join(each.path).casefold()}]
        if not matching:
            titles = " or ".join(each.title.lower() if each.is_document else each.title for each in found)
            raise InvalidRequest(f"Rows can be {titles}, and not {options.unit}.", where="--unit")
        unit = matching[0]
    return Output(tuple(options.out), unit, options.provenance, options.confidence, options.review_below)


def print_cells_to_review(rows: Sequence[ReviewedRow], below: float) -> None:
    """List the values that are less sure than a threshold, worst first, each with its quote and place."""
    if not any(cell.confidence is not None for row in rows for cell in row.cells.values()):
        print("To review: how sure values are is not known.")
        return
    found = cells_to_review(rows, below)
    unknown = sum(each.cell.confidence is None for each in found)
    among = f" ({unknown:,} of them not known)" if unknown else ""
    print(f"To review: {len(found):,} values are less sure than {below:g}{among}{', worst first:' if found else '.'}")
    if not found:
        return
    table = Table(box=None, pad_edge=False)
    for column in ("Sure", "Document", "Field", "Value", "Quote", "Place"):
        table.add_column(column, justify="right" if column == "Sure" else "left", overflow="fold")
    for each in found[:_MOST_CELLS]:
        cell = each.cell
        value = "not in the document" if cell.value is None else str(cell.value)
        quote = "" if cell.quote is None or cell.quote == value else cell.quote
        row = rows[each.row]
        told = (row.document, field_name(each.pointer, row.record), value, quote, spell_place(cell.places))
        table.add_row("not known" if cell.confidence is None else f"{cell.confidence:.2f}", *map(_short, told))
    _print(table)
    if len(found) > _MOST_CELLS:
        print(f"… and {len(found) - _MOST_CELLS:,} more: --out with --review-below names them all.")


def print_accuracy(accuracy: Accuracy) -> None:
    """Print how many values are right, by field and over all."""
    documents = f"{accuracy.documents:,} document{'' if accuracy.documents == 1 else 's'}"
    print(f"Against known values of {documents}:")
    if not accuracy.documents:
        print("None of the documents is known there: names have to match.")
        return
    table = Table(box=None, pad_edge=False)
    for column in ("Field", "Right", "Wrong", "Missing", "Of", "Share right", "Right if answered"):
        table.add_column(column, justify="left" if column == "Field" else "right", overflow="fold")
    for title, counted in accuracy.fields.items():
        table.add_row(_short(title), *_counts(counted))
    if len(accuracy.fields) > 1:
        table.add_row("all", *_counts(accuracy.all))
    _print(table)
    if accuracy.strangers:
        some = ", ".join(accuracy.strangers[:5]) + (" …" if len(accuracy.strangers) > 5 else "")
        print(showable(f"Known, but not among the documents: {some}"))


def _counts(counted: FieldAccuracy) -> list[str]:
    whole = [str(count) for count in (counted.right, counted.wrong, counted.missing, counted.total)]
    return [*whole, _percent(counted.share), _percent(counted.precision)]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f} %"


def _short(text: str) -> Text:
    plain = showable(" ".join(text.split()))
    return Text(plain if len(plain) <= _MOST_CHARACTERS else f"{plain[: _MOST_CHARACTERS - 2]} …")


def _print(table: Table) -> None:
    Console(width=None if sys.stdout.isatty() else _WIDTH, markup=False, highlight=False).print(table)
