"""The list itself: rows that are chosen, and buttons in them that are painted, not made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView

from app.pages.models.list.columns import ROW, columns_of
from app.pages.models.list.painting import ModelPainting, Press, button_box
from app.widgets.rows.view import RowsView

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter

    from app.models.model_list import ModelLine, ModelList
    from app.style.theme import Theme
    from app.widgets.rows.painted import Index
    from app.widgets.rows.painting import Look

_TURN_MS: Final = 100
_ENTER: Final = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class ModelsView(RowsView):
    """Groups of models. Choosing one shows it at the right; Enter or its button does what the button says."""

    chosen = Signal(str)
    deed_asked = Signal(str)

    own_keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter)

    def __init__(self, theme: Theme, model: ModelList) -> None:
        super().__init__(theme, model, "Models", ROW)
        self.lines = model
        self._painting = ModelPainting(theme)
        self._over = ""
        self._down = ""
        self._phase = 0.0
        self._turning = QTimer(self)
        self._turning.setInterval(_TURN_MS)
        self._turning.timeout.connect(self._turn)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragEnabled(False)
        self.selectionModel().currentChanged.connect(lambda current, _: self._tell_chosen(current))
        model.dataChanged.connect(self._keep_turning)
        model.rowsInserted.connect(self._keep_turning)
        model.rowsRemoved.connect(self._keep_turning)

    # What is chosen

    @property
    def key(self) -> str:
        """The key of the chosen row; "" where none is."""
        line = self.lines.row_of(self.currentIndex())
        return line.key if line is not None and line.kind == "row" else ""

    def choose(self, key: str) -> None:
        """Choose a row by its key."""
        index = self.lines.index_of_key(key)
        if index.isValid() and not (index == self.currentIndex() and self.selectionModel().isSelected(index)):
            self.select_row(index)

    def _tell_chosen(self, current: QModelIndex) -> None:
        line = self.lines.row_of(current)
        if line is not None and line.kind == "row":
            self.chosen.emit(line.key)

    def explain(self, index: Index) -> str:
        """Return what a row says, whole."""
        line = self.lines.row_of(index)
        return line.tip if line is not None else ""

    # Buttons

    def _line_at(self, at: QPoint) -> tuple[ModelLine | None, bool]:
        """Return the line at a place, and whether its button is there."""
        index = self.indexAt(at)
        line = self.lines.row_of(index)
        if line is None:
            return None, False
        box = button_box(self._theme, line, columns_of(self.row_width()), self.visualRect(index).top())
        return line, box.contains(at)

    def button_rect(self, key: str) -> QRect:
        """Return the place of a row's button in the viewport."""
        index = self.lines.index_of_key(key)
        line = self.lines.row_of(index)
        if line is None:
            return QRect()
        columns = columns_of(self.row_width())
        return button_box(self._theme, line, columns, self.visualRect(index).top()).toRect()

    def row_width(self) -> int:
        """Return the width of the list with its scroll bar, so that the columns stay where their heads are."""
        return self.width()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show which button is under the pointer."""
        super().mouseMoveEvent(event)
        line, on_button = self._line_at(event.position().toPoint())
        over = line.key if line is not None and on_button else ""
        if over != self._over:
            self._over = over
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was under the pointer."""
        super().leaveEvent(event)
        self._over = ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press a button, or choose a row."""
        line, on_button = self._line_at(event.position().toPoint())
        if line is not None and on_button and event.button() == Qt.MouseButton.LeftButton:
            self._by_keys = False
            self._down = line.key
            self.viewport().update()
        elif line is None or line.kind != "row":
            event.ignore()
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take a second click for another first one."""
        self.mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Do what the button says that was pressed and let go."""
        down, self._down = self._down, ""
        if not down:
            super().mouseReleaseEvent(event)
            return
        self.viewport().update()
        line, on_button = self._line_at(event.position().toPoint())
        if line is not None and on_button and line.key == down and line.able:
            self.deed_asked.emit(line.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the row's button says."""
        line = self.lines.row_of(self.currentIndex())
        if event.key() in _ENTER and line is not None:
            self._by_keys = True
            if line.deed is not None and line.able:
                self.deed_asked.emit(line.key)
            event.accept()
            return
        super().keyPressEvent(event)

    # Painting

    def _keep_turning(self) -> None:
        """Turn what stands for work going on, while there is any."""
        rows = range(self.lines.rowCount())
        going = any(_is_going(self.lines.row_of(self.lines.index(row))) for row in rows)
        if going != self._turning.isActive():
            (self._turning.start if going else self._turning.stop)()

    def _turn(self) -> None:
        self._phase = (self._phase + 0.08) % 1
        if self.isVisible():
            self.viewport().update()

    def paint_row(self, painter: QPainter, rect: QRect, index: Index, look: Look) -> None:
        """Paint a row."""
        line = self.lines.row_of(index)
        if line is not None:
            press = Press(over=self._over == line.key, down=self._down == line.key)
            self._painting.line(painter, rect, line, look, press, self._phase)


def _is_going(line: ModelLine | None) -> bool:
    return line is not None and line.said is not None and line.said.shape == "arc"
