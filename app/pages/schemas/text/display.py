"""A text editor that shows rows and never changes them by itself: what is typed is asked for, not done."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QTextCursor, QTextOption
from PySide6.QtWidgets import QPlainTextEdit

from app.pages.schemas.text.rows import Rows
from app.pages.schemas.text.signs import units

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QTextBlock

    from app.pages.schemas.text.rows import Splice
    from app.style.theme import Theme

TAB = 4
"""Columns of a tab."""
_COMPARED = 50_000
"""Characters of changed rows that are compared, so that only what differs is laid out anew."""


@dataclass(frozen=True)
class Shown:
    """A row in sight: its number, its block, and where it stands in the viewport."""

    row: int
    block: QTextBlock
    box: QRectF


class RowsDisplay(QPlainTextEdit):
    """Shows the rows of a text. Places count the text's code points; Qt's own positions stay in here.

    What changes Qt's document behind our back (a tool for the blind, a drag to another window) is taken back and
    told by `strayed`, as a span of the text and what was to stand there.
    """

    strayed = Signal(int, int, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.rows = Rows("")
        self._own = 0
        self._stray = False
        self.setUndoRedoEnabled(False)
        self.setFont(theme.fonts.code(12))
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * TAB)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option = self.document().defaultTextOption()
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        self.document().setDefaultTextOption(option)
        self.document().setDocumentMargin(6)
        self.document().contentsChange.connect(self._note_stray)
        self.document().contentsChanged.connect(self._take_stray)

    @contextmanager
    def own(self) -> Iterator[None]:
        """Change Qt's document ourselves meanwhile."""
        self._own += 1
        try:
            yield
        finally:
            self._own -= 1

    # What is shown

    def show_rows(self, rows: Rows) -> None:
        """Show other rows."""
        self.rows = rows
        self._make_room()
        with self.own():
            self.setPlainText(rows.whole())

    def _make_room(self) -> None:
        """Make room beside the rows; told before Qt lays them out, so that it does so once."""

    def show_splices(self, splices: list[Splice] | None) -> None:
        """Show what has become of the rows; None says that all are others."""
        with self.own():
            if splices is None:
                self._make_room()
                self.setPlainText(self.rows.whole())
                return
            cursor = QTextCursor(self.document())
            cursor.beginEditBlock()
            for splice in reversed(splices):
                self._put(cursor, splice)
            cursor.endEditBlock()

    def _put(self, cursor: QTextCursor, splice: Splice) -> None:
        """Put rows in the place of others, of which only what differs is touched."""
        document = self.document()
        first, last, rows = splice.first, splice.first + splice.removed, splice.shown
        head = 0
        while first < last and head < len(rows) and document.findBlockByNumber(first).text() == rows[head]:
            first, head = first + 1, head + 1
        tail = len(rows)
        while first < last and head < tail and document.findBlockByNumber(last - 1).text() == rows[tail - 1]:
            last, tail = last - 1, tail - 1
        rows = rows[head:tail]
        if first == last and not rows:
            return
        if first == last:
            self._insert(cursor, first, rows)
        elif not rows:
            self._remove(cursor, first, last)
        else:
            self._replace(cursor, first, last, "\n".join(rows))

    def _insert(self, cursor: QTextCursor, row: int, rows: list[str]) -> None:
        if row:
            block = self.document().findBlockByNumber(row - 1)
            cursor.setPosition(block.position() + block.length() - 1)
            cursor.insertText("\n" + "\n".join(rows))
        else:
            cursor.setPosition(0)
            cursor.insertText("\n".join(rows) + "\n")
        self._undress(row, row + len(rows))

    def _remove(self, cursor: QTextCursor, first: int, last: int) -> None:
        document = self.document()
        start, end = document.findBlockByNumber(first), document.findBlockByNumber(last - 1)
        before = 1 if first else 0
        cursor.setPosition(start.position() - before)
        cursor.setPosition(end.position() + end.length() - before, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()

    def _replace(self, cursor: QTextCursor, first: int, last: int, text: str) -> None:
        document = self.document()
        start, end = document.findBlockByNumber(first), document.findBlockByNumber(last - 1)
        begin, stop = start.position(), end.position() + end.length() - 1
        if stop - begin + len(text) <= _COMPARED:
            old = "\n".join(document.findBlockByNumber(row).text() for row in range(first, last))
            head, tail = _same(old, text)
            begin += units(old[:head])
            stop -= units(old[len(old) - tail :])
            text = text[head : len(text) - tail]
        cursor.setPosition(begin)
        cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text)
        self._undress(document.findBlock(begin).blockNumber(), cursor.blockNumber())

    def _undress(self, *rows: int) -> None:
        """Note that rows have to be coloured: Qt keeps the formats of a block whose text has changed."""
        for row in rows:
            self.document().findBlockByNumber(row).setUserState(-1)

    # Places

    @property
    def caret(self) -> int:
        """The place of the caret."""
        return self._place(self.textCursor().position())

    @property
    def anchor(self) -> int:
        """The other end of the selection; the place of the caret where there is none."""
        return self._place(self.textCursor().anchor())

    def selection(self) -> tuple[int, int]:
        """Return the span that is selected."""
        ends = sorted((self.anchor, self.caret))
        return ends[0], ends[1]

    def select(self, anchor: int, caret: int) -> None:
        """Select from one place to another, where the caret stands then; both have to be in sight."""
        cursor = self.cursor_of(anchor, caret)
        now = self.textCursor()
        if (cursor.anchor(), cursor.position()) != (now.anchor(), now.position()):
            self.setTextCursor(cursor)

    def cursor_of(self, anchor: int, caret: int) -> QTextCursor:
        """Return Qt's cursor of a span."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._position(anchor))
        cursor.setPosition(self._position(caret), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def place_at(self, point: QPoint) -> int | None:
        """Return the place of the character under a point of the viewport; None where there is none."""
        cursor = self.cursorForPosition(point)
        place = self._place(cursor.position())
        box = self.cursorRect(cursor)
        if box.left() > point.x():
            place -= 1
        row = self.rows.row_at(place)
        beside = point.y() > box.bottom() or place < 0 or place >= self.rows.end(row)
        return None if beside else place

    def moved_cursor(self, operation: QTextCursor.MoveOperation) -> int:
        """Return where the caret would go."""
        cursor = self.textCursor()
        cursor.movePosition(operation)
        return self._place(cursor.position())

    def _place(self, position: int) -> int:
        block = self.document().findBlock(position)
        return self.rows.place(block.blockNumber(), position - block.position())

    def _position(self, place: int) -> int:
        row, unit = self.rows.position(place)
        return self.document().findBlockByNumber(row).position() + unit

    # What is in sight

    def in_sight(self) -> Iterator[Shown]:
        """Yield the rows that can be seen, from the top."""
        block = self.firstVisibleBlock()
        if not block.isValid():
            return
        box = self.blockBoundingGeometry(block).translated(self.contentOffset())
        row, bottom = block.blockNumber(), self.viewport().height()
        while block.isValid() and box.top() <= bottom:
            yield Shown(row, block, box)
            block = block.next()
            row += 1
            box = QRectF(box.left(), box.bottom(), box.width(), self.blockBoundingRect(block).height())

    def top(self) -> tuple[int, int]:
        """Return the place of the first row in sight, and how many of its lines are above."""
        block = self.firstVisibleBlock()
        return self.rows.start(block.blockNumber()), self.verticalScrollBar().value() - block.firstLineNumber()

    def scroll_to(self, place: int, above: int = 0) -> None:
        """Make the row of a place the first in sight."""
        block = self.document().findBlockByNumber(self.rows.row_at(place))
        self.verticalScrollBar().setValue(block.firstLineNumber() + min(above, block.lineCount() - 1))

    # What somebody else did

    def _note_stray(self, _position: int, _removed: int, _added: int) -> None:
        self._stray = not self._own

    def _take_stray(self) -> None:
        if self._own or not self._stray:
            return
        self._stray = False
        before, now = self.rows.whole(), self.document().toRawText().replace("\u2029", "\n")
        if before == now:
            return
        head, tail = _same(before, now)
        start, end = self._place_shown(before, head), self._place_shown(before, len(before) - tail)
        with self.own():
            cursor = QTextCursor(self.document())
            cursor.setPosition(units(now[:head]))
            cursor.setPosition(units(now[: len(now) - tail]), QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(before[head : len(before) - tail])
        self.strayed.emit(start, end, now[head : len(now) - tail])

    def _place_shown(self, whole: str, at: int) -> int:
        """Return the place of a character among all that is shown."""
        row = whole.count("\n", 0, at)
        return self.rows.start(row) + at - (whole.rfind("\n", 0, at) + 1)


def _same(before: str, now: str) -> tuple[int, int]:
    """Return how many characters two texts have in common at their beginnings, and at the ends of the rest."""
    shorter = min(len(before), len(now))
    head = _longest(shorter, lambda size: before[:size] == now[:size])
    tail = _longest(shorter - head, lambda size: before[len(before) - size :] == now[len(now) - size :])
    return head, tail


def _longest(most: int, holds: Callable[[int], bool]) -> int:
    """Return the largest number up to `most` for which something holds, which holds for all smaller ones."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low
