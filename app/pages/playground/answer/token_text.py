"""The text of an answer, token by token: painted row by row, so that its length costs nothing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from app.models.token_lines import MARK_CELLS, Rows, TokenLines
from app.models.visible import FILLER
from app.pages.playground.answer.token_tint import tint
from app.style.drawing import paint_mark
from app.token_trace import Trace

if TYPE_CHECKING:
    from app.models.token_lines import Line
    from app.style.theme import Theme
    from app.token_trace import Token

ROW = 24
TOP = 8
_NUMBER_RIGHT = 44
_TEXT_LEFT = 64
_RIGHT = 20
_SLICE = 1_000
_NONE = -1


class TokenText(QAbstractScrollArea):
    """The lines of a trace, one token of it selected. What is out of sight is neither painted nor, at first, laid out.

    The arrow keys walk from token to token and from row to row; the page listens to the signals for the rest.
    """

    pointed = Signal(int)
    """The token under the pointer is another; -1 for none."""
    selected = Signal(int)
    """Another token is selected; -1 for none."""
    pressed = Signal(int)
    """A token was pressed with the mouse; -1 for a place without one."""
    moved = Signal()
    """What is shown has moved under whatever lies over it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines = TokenLines(Trace(), structured=False)
        self._rows = Rows(self._lines.lines)
        self._running = False
        self._selected = _NONE
        self._wanted = _NONE
        self._under = _NONE
        self._font = theme.fonts.code(13)
        self._pitch = QFontMetricsF(self._font).horizontalAdvance("0")
        self._rest = QTimer(self)
        self._rest.setInterval(0)
        self._rest.timeout.connect(self._lay)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Tokens of the answer")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.verticalScrollBar().setSingleStep(ROW)
        theme.changed.connect(self.viewport().update)
        self._wrap()

    # What is shown

    @property
    def index(self) -> int:
        """The token that is selected; -1 for none."""
        return self._selected

    @property
    def trace(self) -> Trace:
        """What is shown."""
        return self._lines.trace

    def show_trace(self, trace: Trace, *, structured: bool, running: bool) -> None:
        """Show a trace, or what is new in the one that is shown; stays at the end if it was there."""
        if trace is not self._lines.trace or structured != self._lines.structured:
            self._lines = TokenLines(trace, structured=structured)
            self._rows = Rows(self._lines.lines)
            self.select(_NONE)
            self._under = _NONE
            self.verticalScrollBar().setValue(0)
            self._wrap()
            self.viewport().update()
        if running != self._running:
            self._running = running
            self.viewport().update()
        if self._lines.behind:
            self._lay()

    def _lay(self) -> None:
        """Lay out what is new, a slice at a time: a long answer that was just opened must not hold up the window."""
        bar = self.verticalScrollBar()
        at_end = self._running and bar.value() >= bar.maximum() - 2
        changed = self._lines.lay(_SLICE)
        if self._lines.behind:
            self._rest.start()
        else:
            self._rest.stop()
        first = self._rows.first_row(changed)
        self._rows.update(changed)
        self._set_range()
        if at_end and self.index == _NONE:
            bar.setValue(bar.maximum())
        self.viewport().update(0, self._top(first), self.viewport().width(), self.viewport().height())
        if self._selected >= len(self.trace):
            self.select(_NONE)
        if self._under >= self._lines.laid:
            self._point(_NONE)
        if 0 <= self._wanted < self._lines.laid:
            self.select(self._wanted)

    def _wrap(self) -> None:
        self._rows.wrap(int((self.viewport().width() - self._text_left() - _RIGHT) / self._pitch))
        self._set_range()

    def _set_range(self) -> None:
        height = 2 * TOP + self._rows.count * ROW
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(height - self.viewport().height(), 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap for the new width; what stood at the top stays there."""
        super().resizeEvent(event)
        bar = self.verticalScrollBar()
        row = min(max(bar.value() - TOP, 0) // ROW, self._rows.count - 1)
        line, column = self._rows.row(row)[:2]
        if event.oldSize().width() != event.size().width():
            kept = bar.value() - self._rows.row_of(line, column) * ROW
            self._wrap()
            bar.setValue(self._rows.row_of(line, column) * ROW + kept)
        else:
            self._set_range()
        self.moved.emit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move what is painted, and tell whoever lies over it."""
        self.viewport().scroll(dx, dy)
        self.moved.emit()

    # Where things are

    def _text_left(self) -> float:
        digits = len(str(max(self._lines.lines[-1].number, 1)))
        return _TEXT_LEFT + max(digits - 3, 0) * 7

    def _top(self, row: int) -> int:
        return TOP + row * ROW - self.verticalScrollBar().value()

    def token_rect(self, index: int) -> QRect:
        """Return where a token begins, in the viewport: its part in the first row that shows any of it."""
        line, start, end = next(
            (place for place in self._lines.places(index) if place[2] > place[1]), next(self._lines.places(index))
        )
        row = self._rows.row_of(line, start)
        _, row_start, row_end, hang = self._rows.row(row)
        left = self._text_left() + (start - row_start + hang) * self._pitch
        width = max((min(end, row_end) - start) * self._pitch, 3.0)
        return QRectF(left, self._top(row) + 2, width, ROW - 4).toAlignedRect()

    def token_at(self, at: QPoint) -> int:
        """Return the token at a place of the viewport; -1 for none. The mark before a token is a part of it."""
        row = (at.y() - TOP + self.verticalScrollBar().value()) // ROW
        if not 0 <= row < self._rows.count:
            return _NONE
        line, start, end, hang = self._rows.row(row)
        column = start - hang + int((at.x() - self._text_left()) // self._pitch)
        if not start <= column < end:
            return _NONE
        entry = self._lines.lines[line].entry_at(column)
        if entry is None:
            return _NONE
        found = self._lines.lines[line].entries[entry]
        return found if found >= 0 else ~found

    # Selecting

    def select(self, index: int) -> None:
        """Select a token and bring it into sight; one that is not laid out yet, as soon as it is."""
        if index >= self._lines.laid:
            self._wanted = index
            return
        self._wanted = _NONE
        if index != self._selected:
            self._selected = index
            self.viewport().update()
            self.selected.emit(index)
        if index != _NONE:
            self._bring_into_sight(index)

    def _bring_into_sight(self, index: int) -> None:
        rect, bar = self.token_rect(index), self.verticalScrollBar()
        if rect.top() < TOP:
            bar.setValue(bar.value() + rect.top() - TOP - 2)
        elif rect.bottom() > self.viewport().height() - TOP:
            bar.setValue(bar.value() + rect.bottom() - self.viewport().height() + TOP + 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk: arrows from token to token and row to row, Home and End within a row, with Ctrl to either end."""
        if not self._lines.laid or not self._step(event):
            super().keyPressEvent(event)

    def _step(self, event: QKeyEvent) -> bool:
        key, last = event.key(), self._lines.laid - 1
        ends = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        page = max(self.viewport().height() // ROW - 1, 1)
        rows = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page}
        if key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            step = 1 if key == Qt.Key.Key_Right else -1
            self.select(min(max(self._selected + step, 0), last))
        elif key in rows:
            self.select(self._beside(rows[Qt.Key(key)]) if self._selected != _NONE else 0)
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            first = key == Qt.Key.Key_Home
            if ends or self._selected == _NONE:
                self.select(0 if first else last)
            else:
                in_row = self._in_row(self._row_of(self._selected))
                self.select((in_row[0] if first else in_row[-1])[0] if in_row else self._selected)
        else:
            return False
        return True

    def _row_of(self, index: int) -> int:
        line, start, _ = next(self._lines.places(index))
        return self._rows.row_of(line, start)

    def _in_row(self, row: int) -> list[tuple[int, int]]:
        """Return the tokens that have a part in a row, and the column where it begins."""
        number, start, end, _ = self._rows.row(row)
        line = self._lines.lines[number]
        return [(entry, low) for entry, low, _ in self._stretches(line, start, end) if entry >= 0]

    def _beside(self, rows: int) -> int:
        """Return the token so many rows below the selected one, at about the same column."""
        row = self._row_of(self._selected)
        wanted = self.token_rect(self._selected).left()
        target = min(max(row + rows, 0), self._rows.count - 1)
        while 0 <= target < self._rows.count:
            # A token may reach over several rows: what is chosen lies ahead all the same.
            ahead = [found for found in self._in_row(target) if (found[0] - self._selected) * rows > 0]
            if ahead and target != row:
                _, start, _, hang = self._rows.row(target)
                shift = self._text_left() + (hang - start) * self._pitch
                return min(ahead, key=lambda found: abs(shift + found[1] * self._pitch - wanted))[0]
            target += 1 if rows > 0 else -1
        return self._selected

    # The pointer

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which token is under the pointer."""
        self._point(self.token_at(event.position().toPoint()))

    def viewportEvent(self, event: QEvent) -> bool:
        """Forget the token under the pointer when it leaves."""
        if event.type() == QEvent.Type.Leave:
            self._point(_NONE)
        return super().viewportEvent(event)

    def _point(self, index: int) -> None:
        if index != self._under:
            self._under = index
            self.viewport().update()
            self.pointed.emit(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the token that is pressed."""
        index = self.token_at(event.position().toPoint())
        if index != _NONE:
            self.select(index)
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(index)

    def focusInEvent(self, event: Any) -> None:
        """Begin at the first token, so that the keys have somewhere to start from."""
        super().focusInEvent(event)
        keyboard = event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
        if keyboard and self._selected == _NONE and self._lines.laid:
            self.select(0)
        self.viewport().update()

    def focusOutEvent(self, event: Any) -> None:
        """Paint the selected token without the ring of the focus."""
        super().focusOutEvent(event)
        self.viewport().update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight."""
        painter = QPainter(self.viewport())
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        scrolled = self.verticalScrollBar().value() - TOP
        first = max((event.rect().top() + scrolled) // ROW, 0)
        last = min((event.rect().bottom() + scrolled) // ROW, self._rows.count - 1)
        if len(self.trace):
            for row in range(first, last + 1):
                self._paint_row(painter, row)
        if self._selected != _NONE:
            self._paint_ring(painter, self.token_rect(self._selected))
        painter.end()

    def _paint_row(self, painter: QPainter, row: int) -> None:
        number, start, end, hang = self._rows.row(row)
        line, top = self._lines.lines[number], self._top(row)
        if line.number and not hang and start == 0:
            painter.setFont(self._theme.fonts.code(11))
            painter.setPen(self._theme.colour("text3"))
            area = QRectF(0, top, self._text_left() - _TEXT_LEFT + _NUMBER_RIGHT, ROW)
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(line.number))
        left = self._text_left() + (hang - start) * self._pitch
        stretches = self._stretches(line, start, end)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for token, low, high in stretches:
            wrapped = high == end < len(line.text)
            shown = high - (wrapped and line.text[high - 1] == " ")
            if shown > low:
                area = QRectF(left + low * self._pitch, top + 3, (shown - low) * self._pitch, ROW - 6)
                self._paint_ground(painter, token, area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        self._paint_text(painter, line, stretches, QPointF(left, top + 16))
        if self._running and row == self._rows.count - 1 and not self._lines.behind:
            caret = QRectF(left + end * self._pitch + 1, top + 3, 2, ROW - 6)
            painter.fillRect(caret, self._theme.colour("accent"))

    def _stretches(self, line: Line, start: int, end: int) -> list[tuple[int, int, int]]:
        """Return what stands between two columns: token or complement, first column, the column behind it."""
        first = max(bisect_right(line.starts, start) - 1, 0)
        return [
            (line.entries[place], max(line.starts[place], start), min(line.end(place), end))
            for place in range(first, bisect_left(line.starts, end))
            if line.end(place) > start
        ]

    def _paint_ground(self, painter: QPainter, index: int, area: QRectF) -> None:
        if index < 0:
            centre = QPointF(area.left() + MARK_CELLS * self._pitch / 2, area.center().y())
            paint_mark(painter, "cross", centre, self._theme.colour("brickMark"))
            return
        token = self.trace.tokens[index]
        ground = (
            tint(self._theme, token.probability) if token.how == "drawn" and token.probability is not None else None
        )
        if ground is None and index == self._under:
            ground = self._theme.colour("hover")
        if ground is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(area.adjusted(0, 0, -0.6, 0), 3, 3)
        if token.how != "drawn":
            self._paint_underline(painter, token, area)

    def _paint_underline(self, painter: QPainter, token: Token, area: QRectF) -> None:
        """Underline what was not drawn: thin and whole where forced, dotted where given, broken where made up."""
        colour, style = self._theme.colour("line"), Qt.PenStyle.SolidLine
        if token.how == "given":
            style = Qt.PenStyle.DotLine
        elif token.how in {"closing", "constructed"}:
            colour, style = self._theme.colour("amberMark"), Qt.PenStyle.DashLine
        pen = QPen(colour, 1, style, Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        y = round(area.top()) + 17
        painter.drawLine(QPointF(round(area.left()), y), QPointF(round(area.right()) - 2, y))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_text(
        self, painter: QPainter, line: Line, stretches: list[tuple[int, int, int]], origin: QPointF
    ) -> None:
        """Paint the text of a row; neighbours of one colour together, where every character is as wide as its cell."""
        painter.setFont(self._font)
        plain = line.text.isascii() and FILLER not in line.text
        together: list[tuple[QColor, int, int]] = []
        for index, low, high in stretches:
            if index < 0:
                continue
            ink = self._theme.colour("text" if self.trace.tokens[index].how == "drawn" else "text3")
            if together and plain and together[-1][0] == ink and together[-1][2] == low:
                together[-1] = (ink, together[-1][1], high)
            else:
                together.append((ink, low, high))
        if not plain:
            # Marks that combine can be piled higher than a row.
            painter.setClipRect(QRectF(0, origin.y() - 16, self.viewport().width(), ROW))
        for ink, low, high in together:
            painter.setPen(ink)
            text = line.text[low:high].replace(FILLER, "")
            painter.drawText(origin + QPointF(low * self._pitch, 0), text)
        painter.setClipping(False)

    def _paint_ring(self, painter: QPainter, rect: QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        painter.setPen(QPen(self._theme.colour("accent" if focused else "text3"), 2 if focused else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(0, 0.5, 0, -0.5), 4, 4)
