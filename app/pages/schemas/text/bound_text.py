"""A display of a schema's text that is bound to the document: edits go there, and come back as changes.

The document's text is the truth and Qt's is its picture. What is typed here takes the same way as what others do.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextCursor

from app import figures
from app.pages.schemas.text.colours import RowColours
from app.pages.schemas.text.display import TAB, RowsDisplay
from app.pages.schemas.text.folding import Folding
from app.pages.schemas.text.rows import Rows
from engine.schema.editing import EditableSchema, Syntax
from engine.schema.editing.edits import composed, moved
from engine.schema.editing.layout import Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QTextEdit

    from app.pages.schemas.text.display import Shown
    from app.style.theme import Theme
    from engine.schema.editing import Change, Node, Step

_LEARNED_AGAIN = 20_000
"""Characters up to which a text's habits are learned with each edit."""
_GUIDES = 40
"""Columns up to which indents have guides."""


class BoundText(RowsDisplay):
    """Shows the text of an `EditableSchema` and keeps in step with it; without one it is empty and read-only."""

    edited = Signal()
    """The text is another, and shown."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.schema: EditableSchema | None = None
        self.syntax = Syntax("")
        self._leave: Callable[[], None] = lambda: None
        self._colours = RowColours(theme, self)
        self._folding = Folding(self)
        self._settling = 0
        self._unsettled = False
        self._style = Style()
        self._last: Step = ()
        self.setReadOnly(True)
        self.strayed.connect(self._take_in)
        self.cursorPositionChanged.connect(self._settle)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._unsettle())
        theme.changed.connect(self._recolour)

    # The document

    def open(self, schema: EditableSchema | None) -> None:
        """Show another document, from its beginning and with nothing folded."""
        self._leave()
        self._leave = schema.watch(self._changed) if schema is not None else lambda: None
        self.schema = schema
        self.syntax = schema.syntax if schema is not None else Syntax("")
        self._opened()
        with self._settled_once():
            self._style = Style.of(self.syntax.text)
            self.show_rows(Rows(self.syntax.text))
        self.setReadOnly(schema is None)
        self._settle()

    def _opened(self) -> None:
        """Forget what belonged to the document before."""

    @property
    def style_of_text(self) -> Style:
        """The text's habits: its line ends, its indent. Those of a long text are learned when it is opened."""
        return self._style

    def edit(self, start: int, end: int, text: str, anchor: int, caret: int) -> None:
        """Replace a span as typing does, and select from `anchor` to `caret` then."""
        if self.schema is None:
            return
        with self._settled_once():
            self.schema.type(start, end, text, source=self)
            self.go_to(anchor, caret)

    def replace(self, step: Step, label: str, anchor: int, caret: int) -> None:
        """Make several edits at once, undone together, and select from `anchor` to `caret` then."""
        if self.schema is None:
            return
        with self._settled_once():
            self.schema.replace(step, label, source=self)
            self.go_to(anchor, caret)

    def undo(self) -> None:
        """Take back what was done last to the document, wherever it was done, and go there."""
        if self.schema is not None:
            self._travel(self.schema.undo)

    def redo(self) -> None:
        """Do again what was taken back last, and go there."""
        if self.schema is not None:
            self._travel(self.schema.redo)

    def _travel(self, go: Callable[[object], bool]) -> None:
        with self._settled_once():
            if go(self):
                after = moved(self._last, self._last[-1].end, behind=True) if self._last else self.caret
                self.go_to(after, after)

    def go_to(self, anchor: int, caret: int) -> None:
        """Select from one place to another; what is folded around the caret is shown, and the caret comes in sight."""
        size = len(self.syntax.text)
        anchor, caret = min(anchor, size), min(caret, size)
        self._folding.reveal(self.syntax, caret)
        self.select(self.rows.shown_place(anchor), caret)
        self.ensureCursorVisible()

    def _take_in(self, start: int, end: int, text: str) -> None:
        """Do to the document what somebody has done to its picture."""
        text = text.replace("\n", self.style_of_text.newline)
        self.edit(start, end, text, start + len(text), start + len(text))

    def _changed(self, change: Change) -> None:
        """Show what has become of the document."""
        step = change.steps[0] if len(change.steps) == 1 else composed(change.steps)
        self._last = step
        with self._settled_once():
            anchor, caret, top = self.anchor, self.caret, self.top()
            self.syntax = change.after
            self._moved(step)
            if len(change.after.text) < _LEARNED_AGAIN or len(change.before.text) < _LEARNED_AGAIN:
                self._style = Style.of(change.after.text)
            self.show_splices(self.rows.edited(change.after.text, step))
            if change.source is not self:
                self.select(self.rows.shown_place(moved(step, anchor)), self.rows.shown_place(moved(step, caret)))
                self.scroll_to(moved(step, top[0]), top[1])
        self.edited.emit()

    def _moved(self, step: Step) -> None:
        """Move what is remembered of places along with an edit."""

    # What is in sight

    @contextmanager
    def _settled_once(self) -> Iterator[None]:
        """Colour and mark what is in sight once, after all that is done meanwhile."""
        self._settling += 1
        try:
            yield
        finally:
            self._settling -= 1
            self._settle()

    def _unsettle(self) -> None:
        """Have what has come in sight coloured before it is painted: Qt may be in the middle of its scrolling now."""
        self._unsettled = True

    def _settle(self) -> None:
        """Colour and mark what is in sight, unless more is to come."""
        if not self._settling and not self._stray:
            self._unsettled = False
            seen = list(self.in_sight())
            self._colours.dress(seen, self.syntax)
            self.setExtraSelections(self.marks(seen))

    def marks(self, _seen: list[Shown]) -> list[QTextEdit.ExtraSelection]:
        """Return what lies under the letters in sight."""
        return []

    def _recolour(self) -> None:
        self._colours.renew()
        self._settle()

    # Folding

    def foldable(self, seen: list[Shown]) -> dict[int, Node]:
        """Return what can be folded of what begins in the rows in sight, by its line (from 0)."""
        return self._folding.begun(seen, self.syntax)

    def toggle_fold(self, line: int) -> None:
        """Fold what begins in a line, or show it again."""
        with self._settled_once():
            self._folding.toggle(self.syntax, line)

    def fold(self) -> None:
        """Fold what begins in the caret's line, or what it is in."""
        with self._settled_once():
            self._folding.fold_at(self.syntax, self.caret)

    def unfold(self) -> None:
        """Show what is folded behind the caret's line."""
        with self._settled_once():
            self._folding.unfold(self.syntax, self.rows.row_at(self.caret))

    def fold_all(self) -> None:
        """Fold all that is in the root, and what is in that."""
        with self._settled_once():
            self._folding.fold_all(self.syntax)

    def unfold_all(self) -> None:
        """Show everything."""
        with self._settled_once():
            self._folding.unfold_all()

    def fold_note(self, row: int) -> tuple[str, QRectF] | None:
        """Return what is written behind a folded row, and where."""
        hidden = self.rows.hidden(row)
        if not hidden:
            return None
        cursor = QTextCursor(self.document().findBlockByNumber(row))
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        end = self.cursorRect(cursor)
        words = f"… {figures.number(hidden)} {'line' if hidden == 1 else 'lines'}"
        width = self.fontMetrics().horizontalAdvance(words) + 12
        return words, QRectF(end.right() + 6, end.top(), width, end.height())

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the caret's ground and guides under the text, and what is folded behind its rows."""
        if self._unsettled:
            self._settle()
        seen = list(self.in_sight())
        self._paint_under(seen)
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        for each in seen:
            note = self.fold_note(each.row)
            if note is not None:
                words, box = note
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._theme.colour("select"))
                painter.drawRoundedRect(box, 4, 4)
                painter.setPen(self._theme.colour("text2"))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        painter.end()

    def _paint_under(self, seen: list[Shown]) -> None:
        """Paint the ground of the caret's row, and a hairline for each step of the indent of the rows in sight."""
        step = len(self.style_of_text.indent.expandtabs(TAB))
        column = self.fontMetrics().horizontalAdvance(" ")
        left = self.contentOffset().x() + self.document().documentMargin()
        current = self.textCursor().blockNumber() if self.hasFocus() else -1
        painter = QPainter(self.viewport())
        painter.setPen(self._theme.colour("hairline"))
        for each in seen:
            if each.row == current:
                ground = QRectF(0, each.box.top(), self.viewport().width(), each.box.height())
                painter.fillRect(ground, self._theme.colour("currentLine"))
            text = each.block.text()[:_GUIDES].expandtabs(TAB)
            blank = len(text) - len(text.lstrip(" "))
            bottom = each.box.top() + each.box.height() / max(each.block.lineCount(), 1)
            for indent in range(step, blank, step):
                x = round(left + indent * column)
                painter.drawLine(QPointF(x, each.box.top()), QPointF(x, bottom))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Colour what has come in sight."""
        super().resizeEvent(event)
        self._settle()
