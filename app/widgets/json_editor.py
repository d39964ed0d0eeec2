"""A plain-text editor for JSON: line numbers, syntax colours, and problems shown at their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QTextEdit, QToolTip, QWidget

from app.models.json_layout import JsonLayout
from app.style.drawing import paint_mark
from app.style.plain_text import in_signs
from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.gutter import Gutter, numbers_width, paint_number
from app.widgets.json_colours import JsonColours
from app.widgets.long_text import Growth, beginning, left_out
from app.widgets.text_field import TextField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.checks import Problem
    from app.style.theme import Theme

_PIECE = 4_096


class JsonEditor(TextField):
    """An editor (or viewer) of JSON or another grammar. Tab moves on, as everywhere; Enter keeps the indent."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        read_only: bool = False,
        json: bool = True,
        numbers: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._problems: tuple[Problem, ...] = ()
        self._numbers = numbers
        self.setAccessibleName(name)
        self.setReadOnly(read_only)
        self.setFont(theme.fonts.code(12))
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * 2)
        self.setWordWrapMode(self.wordWrapMode().WrapAtWordBoundaryOrAnywhere)
        if read_only:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        set_kind(self, "bare" if read_only else "editor")
        self._gutter = Gutter(self, self.gutter_width, self._paint_gutter)
        self._gutter.setVisible(numbers)
        self._colours = JsonColours(theme, self.document()) if json else None
        self.document().setDocumentMargin(6)
        self.blockCountChanged.connect(self._make_room)
        self.cursorPositionChanged.connect(self._mark)
        theme.changed.connect(self._mark)
        self._make_room()

    # Problems

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is known to be wrong, or may be."""
        return self._problems

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Mark problems at their lines."""
        self._problems = tuple(problems)
        self._mark()
        self._gutter.update()

    def go_to(self, line: int, column: int = 1) -> None:
        """Put the caret at a line and column, in sight, and take the focus."""
        block = self.document().findBlockByNumber(line - 1)
        if block.isValid():
            cursor = QTextCursor(block)
            cursor.setPosition(block.position() + min(max(column - 1, 0), block.length() - 1))
            self.setTextCursor(cursor)
            self.centerCursor()
        self.setFocus()

    def _mark(self) -> None:
        marks: list[QTextEdit.ExtraSelection] = []
        if not self.isReadOnly() and self.hasFocus():
            line = QTextEdit.ExtraSelection()
            line.cursor = self.textCursor()
            line.cursor.clearSelection()
            line.format.setBackground(self._theme.colour("hover"))
            line.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            marks.append(line)
        for problem in self._problems:
            block = self.document().findBlockByNumber(problem.line - 1)
            if not block.isValid():
                continue
            mark = QTextEdit.ExtraSelection()
            cursor = QTextCursor(block)
            start = min(max(problem.column - 1, 0), max(block.length() - 1, 0))
            text = block.text()
            blank = len(text) - len(text.lstrip())
            start = max(start, blank) if start < len(text) else blank
            end = start + problem.length if problem.length else len(text.rstrip().rstrip(","))
            cursor.setPosition(block.position() + start)
            cursor.setPosition(block.position() + max(start, min(end, len(text))), cursor.MoveMode.KeepAnchor)
            mark.cursor = cursor
            made = QTextCharFormat()
            made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            made.setUnderlineColor(self._theme.colour("amberMark" if problem.warning else "brickMark"))
            mark.format = made
            marks.append(mark)
        self.setExtraSelections(marks)

    def focusInEvent(self, event: Any) -> None:
        """Mark the line of the caret."""
        super().focusInEvent(event)
        self._mark()

    def focusOutEvent(self, event: Any) -> None:
        """Stop marking the line of the caret."""
        super().focusOutEvent(event)
        self._mark()

    def event(self, event: QEvent) -> bool:
        """Say a line's problem under the pointer, as plain text."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            line = self.cursorForPosition(self.viewport().mapFrom(self, event.pos())).blockNumber() + 1
            words = "\n".join(problem.message for problem in self._problems if problem.line == line)
            if words:
                QToolTip.showText(event.globalPos(), plain_tip(words), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    # Typing

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep the indent on Enter, and indent one step more after an opening bracket."""
        plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and plain and not self.isReadOnly():
            before = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
            indent = before[: len(before) - len(before.lstrip())]
            deeper = "  " if before.rstrip().endswith(("{", "[")) else ""
            self.insertPlainText("\n" + indent + deeper)
            self.ensureCursorVisible()
            return
        super().keyPressEvent(event)

    # The gutter

    def gutter_width(self) -> int:
        """Return the width of the line numbers with their margins."""
        return 14 + numbers_width(self, self.blockCount()) + 10 if self._numbers else 0

    def _make_room(self, _blocks: int = 0) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)
        self._gutter.place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the gutter as high as the editor."""
        super().resizeEvent(event)
        self._gutter.place()
        if not self.isReadOnly():
            self.ensureCursorVisible()

    def _paint_gutter(self, painter: QPainter, area: QRect) -> None:
        """Paint line numbers, an octagon where a line has a problem and a triangle where it has a warning.

        A view of nothing has no lines.
        """
        if self.isReadOnly() and self.document().isEmpty():
            return
        painter.setFont(self._theme.fonts.code(11))
        wrong = {problem.line for problem in self._problems if not problem.warning}
        doubtful = {problem.line for problem in self._problems if problem.warning}
        block = self.firstVisibleBlock()
        shift = self.contentOffset()
        height = self.fontMetrics().height()
        current = self.textCursor().blockNumber() if self.hasFocus() else -1
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(shift)
            if box.top() > area.bottom():
                break
            number = block.blockNumber()
            if block.isVisible() and box.bottom() >= area.top():
                ink = QColor(self._theme.colour("text2" if number == current else "text3"))
                mark = QPointF(10, box.top() + height / 2)
                if number + 1 in wrong:
                    paint_mark(painter, "octagon", mark, self._theme.colour("brickMark"))
                    ink = self._theme.colour("brick")
                elif number + 1 in doubtful:
                    paint_mark(painter, "triangle", mark, self._theme.colour("amberMark"))
                    ink = self._theme.colour("amber")
                paint_number(painter, number + 1, QRectF(0, box.top(), self._gutter.width() - 8, height), ink)
            block = block.next()


class JsonView(JsonEditor):
    """A read-only view of JSON that streams in, laid out; it only ever adds, so that scroll and selection stay."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, read_only=True, parent=parent)
        self.writing = False
        """Whether more is to come: a caret then stands where it will."""
        self._layout = JsonLayout()
        self._fed = ""
        self._laid = ""
        self._growth = Growth(self)
        self.setPlaceholderText("Nothing is written yet")

    def show_json(self, text: str, *, growing: bool = False) -> None:
        """Show an answer, or the beginning of a very long one; one that begins with what is shown is only added to.

        While it is `growing` a caret stands at its end, which is followed.
        """
        if not text.startswith(self._fed):
            self._layout, self._fed, self._laid = JsonLayout(), "", ""
        while len(self._fed) < len(text) and beginning(self._laid) == self._laid:
            piece = text[len(self._fed) : len(self._fed) + _PIECE]
            self._laid += in_signs(self._layout.feed(piece))
            self._fed += piece
        self.writing = growing
        self._growth.show(self._laid, left_out(len(text) - len(self._fed)), growing=growing)
        self.viewport().update()

    def head_rect(self) -> QRect:
        """Return where the caret of what is being written stands, in the viewport."""
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        end = self.cursorRect(cursor)
        return QRect(end.left() + 1, end.top(), 2, end.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, and the caret after what is being written."""
        super().paintEvent(event)
        if self.writing:
            painter = QPainter(self.viewport())
            painter.fillRect(self.head_rect(), self._theme.colour("accent"))
            painter.end()
