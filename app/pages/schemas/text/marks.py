"""What lies under the letters in sight: brackets that belong together, problems, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTextEdit

from app.pages.schemas.text.colours import squiggle, tinted
from app.pages.schemas.text.margin import MARKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QTextCharFormat

    from app.pages.schemas.text.display import Shown
    from app.pages.schemas.text.view import SchemaTextView
    from app.style.theme import Theme

_MOST = 300


def marks(theme: Theme, view: SchemaTextView, seen: list[Shown]) -> list[QTextEdit.ExtraSelection]:
    """Return what is to be marked in the rows in sight."""
    made: list[QTextEdit.ExtraSelection] = []
    if not seen:
        return made
    start, end = view.rows.start(seen[0].row), view.rows.end(seen[-1].row)
    ground = tinted(theme, "select")
    for found in view.hits_between(start, end):
        made += _in_sight(view, *found, start, end, ground)
    if view.hasFocus() and (pair := view.syntax.brackets_at(view.caret)) is not None:
        bracket = tinted(theme, "accentSoft")
        bracket.setForeground(theme.colour("accentText"))
        for place in pair:
            made += _in_sight(view, place, place + 1, start, end, bracket)
    for span in view.problems.between(start, end):
        # A problem of many lines is underlined where it begins.
        last = min(span.end, view.rows.end(view.rows.row_at(span.start)))
        first = span.start if last > span.start else max(last - 1, view.rows.start(view.rows.row_at(span.start)))
        made += _in_sight(view, first, last, start, end, squiggle(theme, MARKS[span.severity][1]))
    return made[:_MOST]


def _in_sight(
    view: SchemaTextView, start: int, end: int, top: int, bottom: int, look: QTextCharFormat
) -> Iterator[QTextEdit.ExtraSelection]:
    """Yield the mark of a span, if some of it can be seen."""
    start, end = max(start, top), min(end, bottom)
    if start < end and not (view.rows.is_hidden(start) and view.rows.is_hidden(end)):
        yield _mark(view, view.rows.shown_place(start), view.rows.shown_place(end), look)


def _mark(view: SchemaTextView, start: int, end: int, look: QTextCharFormat) -> QTextEdit.ExtraSelection:
    made = QTextEdit.ExtraSelection()
    made.cursor = view.cursor_of(start, end)
    made.format = look
    return made
