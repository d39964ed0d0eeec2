"""Problems in two lines each: what is wrong, where, and a button that mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from app.style import tokens
from app.style.drawing import MarkShape, paint_mark
from app.style.plain_text import one_line
from app.style.tips import plain_tip
from app.widgets.rows.painting import paint_ring

if TYPE_CHECKING:
    from app.models.problem_list import ProblemList
    from app.style.theme import Theme
    from engine.schema.problems import Problem

Index = QModelIndex | QPersistentModelIndex
ROW: Final = 48
LOOKS: Final[dict[str, tuple[MarkShape, str]]] = {
    "error": ("octagon", "brickMark"),
    "warning": ("triangle", "amberMark"),
    "hint": ("ring", "text3"),
}
"""The mark of each severity, and its colour."""
_WORDS: Final = 40
_GAP: Final = 12


class ProblemsView(QListView):
    """The list. Enter or a click goes to a problem's place, Ctrl+. or its button mends it."""

    chosen = Signal(object)
    fix_asked = Signal(object, object)
    menu_asked = Signal(object, object)

    def __init__(self, theme: Theme, model: ProblemList) -> None:
        super().__init__()
        self.problems = model
        self.hovered: Index | None = None
        self.setModel(model)
        self.setItemDelegate(_Painting(theme, self))
        self.setAccessibleName("Problems")
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_menu)
        theme.changed.connect(self.viewport().update)

    def fix_rect(self, index: Index) -> QRect:
        """Return where a row's button stands; empty where it has none."""
        fix = self.problems.fix(index)
        if fix is None:
            return QRect()
        row = self.visualRect(index)
        width = round(QFontMetricsF(self.font()).horizontalAdvance(one_line(fix.label, 40))) + 28
        left = row.right() + 1 - tokens.PANEL_MARGIN - width
        return QRect(left, row.top() + (ROW - tokens.CONTROL) // 2, width, tokens.CONTROL)

    def _mend(self, index: Index) -> None:
        problem, fix = self.problems.problem(index), self.problems.fix(index)
        if problem is not None and fix is not None:
            self.fix_asked.emit(problem, fix)

    def _ask_menu(self, at: Any) -> None:
        index = self.indexAt(at)
        problem = self.problems.problem(index)
        if problem is not None:
            self.menu_asked.emit(problem, self.viewport().mapToGlobal(at))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show which button the pointer is on."""
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        on = index if index.isValid() and self.fix_rect(index).contains(event.position().toPoint()) else None
        if on != self.hovered:
            self.hovered = QPersistentModelIndex(on) if on is not None else None
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show no button as under the pointer."""
        super().leaveEvent(event)
        self.hovered = None
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Mend, where a button was pressed; else go to the place."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        problem = self.problems.problem(index)
        if event.button() is not Qt.MouseButton.LeftButton or problem is None:
            return
        if self.fix_rect(index).contains(event.position().toPoint()):
            self._mend(index)
        else:
            self.chosen.emit(problem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to a place with Enter, mend with Ctrl+. and open the menu with its key."""
        index = self.currentIndex()
        problem = self.problems.problem(index)
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if problem is not None and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.chosen.emit(problem)
        elif problem is not None and control and event.key() == Qt.Key.Key_Period:
            self._mend(index)
        elif problem is not None and event.key() == Qt.Key.Key_Menu:
            self._ask_menu(self.visualRect(index).center())
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Say a row whole, as plain text, where it is cut."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            problem = self.problems.problem(self.indexAt(event.pos()))
            if problem is not None:
                QToolTip.showText(event.globalPos(), plain_tip(f"{problem.sentence}\n{problem.pointer}"), self)
            return True
        return super().viewportEvent(event)


class _Painting(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: ProblemsView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        view.setFont(theme.fonts.text(12, 500))

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of two lines."""
        return QSize(200, ROW)

    def paint(self, painter: QPainter, _option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a problem."""
        problem = self._view.problems.problem(index)
        if problem is None:
            return
        row = self._view.visualRect(index)
        self._ground(painter, row, index)
        shape, ink = LOOKS[problem.severity]
        middle = row.top() + 17
        paint_mark(painter, shape, QPointF(row.left() + 24, middle), self._theme.colour(ink))
        button = self._view.fix_rect(index)
        right = (button.left() if button.isValid() else row.right() + 1 - tokens.PANEL_MARGIN) - _GAP
        self._lines(painter, row, problem, right)
        if button.isValid():
            self._button(painter, button, index)

    def _ground(self, painter: QPainter, row: QRect, index: Index) -> None:
        if self._view.selectionModel().isSelected(index):
            painter.fillRect(row, self._theme.colour("select"))
            painter.fillRect(QRect(row.left(), row.top(), 2, row.height()), self._theme.colour("accent"))
        line = QRect(row.left() + _WORDS, row.bottom(), row.width() - _WORDS, 1)
        painter.fillRect(line, self._theme.colour("hairline"))
        if self._view.hasFocus() and self._view.currentIndex() == index:
            paint_ring(painter, row, self._theme)

    def _lines(self, painter: QPainter, row: QRect, problem: Problem, right: int) -> None:
        left = row.left() + _WORDS
        for words, font, ink, middle in (
            (one_line(problem.sentence), self._theme.fonts.text(13), "text", row.top() + 17),
            (one_line(problem.pointer) or "the root", self._theme.fonts.code(11), "text3", row.top() + 34),
        ):
            metrics = QFontMetricsF(font)
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, right - left)
            painter.setFont(font)
            painter.setPen(self._theme.colour(ink))
            painter.drawText(QPointF(left, round(middle + (metrics.ascent() - metrics.descent()) / 2)), shown)

    def _button(self, painter: QPainter, box: QRect, index: Index) -> None:
        fix = self._view.problems.fix(index)
        assert fix is not None, "a row with a button has a fix"
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("line"), 1))
        painter.setBrush(self._theme.colour("hover" if self._view.hovered == index else "raised"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setFont(self._theme.fonts.text(12, 500))
        painter.setPen(self._theme.colour("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, one_line(fix.label, 40))
