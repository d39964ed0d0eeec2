"""What is told of the table's rows in words: sentences of documents without cells, tooltips, and what is copied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from app import figures
from app.models.extract_cells import is_read
from app.models.extract_values import as_lines, copied, words
from app.style.plain_text import paragraphs
from engine.spreadsheet import protect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.models.extract_lines import Line
    from app.models.extract_table import ExtractTable

_EMPTY: Final = "Read, nothing to extract"
_LONGEST: Final = 1_000
_ITEMS: Final = 8
_STATES: Final = {
    "pending": "Waiting to be read",
    "running": "Being read",
    "done": "Read",
    "incomplete": "Read, and incomplete",
    "empty": "Read, and it holds no text",
    "failed": "Failed",
}


@dataclass(frozen=True, slots=True)
class WayOn:
    """What can be done about a document that failed or is empty."""

    deed: Literal["again", "recognise"]
    words: str


AGAIN: Final = WayOn("again", "Try again")
RECOGNISE: Final = WayOn("recognise", "Recognise text")


def sentence_of(line: Line) -> str:
    """Return the one sentence that stands for the cells of a document that has none; empty for any other."""
    error = line.reviewed.error
    if line.state == "failed":
        if error is None:
            return "The document could not be read."
        return f"{error.message} {error.advice}" if error.advice else error.message
    if line.state == "empty":
        why = error.message if error is not None else "it holds no text."
        return why if why.startswith(_EMPTY) else f"{_EMPTY}: {_inside(why)}"
    return ""


def way_on(line: Line) -> WayOn | None:
    """Return what can be done about a document: one without text can be recognised, one that failed tried again."""
    if line.state not in {"failed", "empty"}:
        return None
    error = line.reviewed.error
    if error is not None and "text recognition" in f"{error.message} {error.advice or ''}".casefold():
        return RECOGNISE
    return AGAIN if line.state == "failed" else None


def explain_document(line: Line) -> str:
    """Return what is told of a document: its whole name, what became of it, and what its reader has to know."""
    row = line.reviewed.row
    took = f" in {figures.number(row.seconds, 1)} s" if row.seconds is not None else ""
    error = line.reviewed.error
    said = [row.document, f"{_STATES[row.state]}{took}.", *([error.message] if error is not None else []), *row.notes]
    return "\n".join(said)


def explain_cell(table: ExtractTable, line: Line, column: int) -> str:
    """Return what is told of a cell: its whole value, how far it can be trusted and why, and what it was read from."""
    sentence = sentence_of(line)
    if sentence:
        return sentence
    if not is_read(line.reviewed):
        return f"{_STATES[line.state]}."
    shown = table.fields.cell(line, column)
    value, quote = table.fields.value(line, column)
    cell = table.fields.reviewed_cell(line, column)
    if isinstance(value, list):
        said = [words(each) for each in value[:_ITEMS]]
        more = len(value) - _ITEMS
        said = [*said, f"and {more} more"] if more > 0 else said
    else:
        said = [paragraphs(value, _LONGEST) if isinstance(value, str) else shown.text]
    sure = f", {percent(shown.confidence)} sure" if shown.confidence is not None and shown.trust == "doubtful" else ""
    said.append(f"{shown.standing.capitalize()}{sure}" if shown.standing else "")
    if quote and quote != value:
        said.append(
            f"Read from \N{LEFT DOUBLE QUOTATION MARK}{paragraphs(quote, _LONGEST)}\N{RIGHT DOUBLE QUOTATION MARK}"
        )
    if cell is not None and cell.note:
        said.append(cell.note)
    return "\n".join(filter(None, said))


def percent(share: float) -> str:
    """Return a chance in words: "54 %"."""
    return f"{figures.number(share * 100.0)} %"


def copied_rows(table: ExtractTable, rows: Mapping[int, Sequence[int]], *, names: bool) -> str:
    """Return cells for the clipboard, by row and columns; with `names` each row begins with its document."""
    lines: list[list[str]] = []
    for row in sorted(rows):
        line = table.line(row)
        if line is None:
            continue
        sentence = sentence_of(line)
        if sentence:
            cells = [protect(sentence)]
        else:
            cells = [copied(*table.fields.value(line, column)) for column in sorted(rows[row])]
        lines.append([protect(line.name), *cells] if names else cells)
    return as_lines(lines)


def _inside(sentence: str) -> str:
    """Return a sentence as the end of another: its first word without a capital, unless it is a name or letters."""
    second = sentence[1:2]
    return f"{sentence[:1].lower()}{sentence[1:]}" if second.islower() or second == " " else sentence
