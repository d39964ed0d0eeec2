"""How right the table is against values that are known: a bar a field; a click shows what is wrong in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from app import figures
from app.models.field_accuracy import FieldAccuracies, FieldLine
from app.pages.extract.words import share
from app.style import tokens
from app.widgets.controls import button, icon_button, label
from app.widgets.elided_label import ElidedLabel
from app.widgets.rows.painting import paint_ring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_ROW: Final = 32
_NAME: Final = 112
_FIGURES: Final = 76
_BAR: Final = 6
_MOST_ROWS: Final = 7


class AccuracyView(QListView):
    """A row a field; Enter or a click asks for its wrong values, once more for all of them again."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, model: FieldAccuracies) -> None:
        super().__init__()
        self.fields = model
        self.filtered = ""
        self.setAccessibleName("How right each field is")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_Painting(theme, self))
        self.setModel(model)
        self.clicked.connect(self._choose)
        theme.changed.connect(self.viewport().update)

    def _choose(self, index: Index) -> None:
        row = self.fields.row_of(index)
        if row is not None:
            self.filtered = "" if row.title == self.filtered else row.title
            self.viewport().update()
            self.chosen.emit(self.filtered)

    def forget(self) -> None:
        """Mark no field as the one whose wrong values are shown."""
        self.filtered = ""
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Enter or Space."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)


class AccuracyPanel(QFrame):
    """Which file the values are held against, how many are right in all, and each field.

    `field_asked` is given the title of the field whose wrong values are to be shown, "" for all rows again.
    """

    truth_asked = Signal()
    field_asked = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "canvas")
        self.setProperty("rule", "below")
        self.setAccessibleName("Accuracy")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.model = FieldAccuracies(self)
        self.view = AccuracyView(theme, self.model)
        self.title = label(theme, "Accuracy", 13, 600)
        self.against = ElidedLabel(theme, 12, ink="text2", middle=True)
        self.choose = button(theme, "Choose file…", name="Choose a file of known values")
        self.shut = icon_button(theme, "x", "Close the accuracy")
        self.overall = label(theme, "", 13, 500, tabular=True)
        self.hint = label(
            theme,
            "A CSV or JSON file with the right values of some documents, such as one saved here as an evaluation set.",
            12,
            ink="text3",
        )
        self.hint.setWordWrap(True)
        head = QHBoxLayout()
        head.setContentsMargins(tokens.PANEL_MARGIN, 5, 8, 0)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.against, 1)
        head.addWidget(self.choose)
        head.addWidget(self.shut)
        inside = QVBoxLayout()
        inside.setContentsMargins(tokens.PANEL_MARGIN, 2, tokens.PANEL_MARGIN, 8)
        inside.setSpacing(4)
        inside.addWidget(self.overall)
        inside.addWidget(self.hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(inside)
        column.addWidget(self.view)
        self.choose.clicked.connect(self.truth_asked)
        self.shut.clicked.connect(self.closed)
        self.view.chosen.connect(self.field_asked)
        self.show_accuracy((), "")

    def show_accuracy(self, fields: Sequence[FieldLine], against: str) -> None:
        """Show how right the fields are; `against` names the file, "" where none is chosen."""
        self.model.show_rows(fields)
        self.against.say(f"against {against}" if against else "")
        self.hint.setVisible(not against)
        right, total = sum(each.right for each in fields), sum(each.total for each in fields)
        wrong, missing = sum(each.wrong for each in fields), sum(each.missing for each in fields)
        said = ""
        if against and not total:
            said = "None of its documents is in this table."
        elif against:
            counted = f"{figures.number(right)} of {figures.number(total)} values"
            not_right = f"{figures.number(wrong)} wrong, {figures.number(missing)} missing"
            said = f"{share(right / total)} right: {counted}, {not_right}"
        self.overall.setText(said)
        self.overall.setVisible(bool(said))
        self.view.setVisible(bool(fields))
        self.view.setFixedHeight(min(len(fields), _MOST_ROWS) * _ROW)
        if self.view.filtered and all(each.title != self.view.filtered for each in fields):
            self.view.forget()


class _Painting(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: AccuracyView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of a row."""
        return QSize(80, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the name, the bar of right, wrong and missing, and the figures."""
        line = self._view.fields.row_of(index)
        if line is None:
            return
        cell: Any = option
        row, theme = cell.rect, self._theme
        painter.save()
        if line.title == self._view.filtered:
            painter.fillRect(row, theme.colour("select"))
            painter.fillRect(QRectF(row.left(), row.top(), 2, row.height()), theme.colour("accent"))
        elif cell.state & cell.state.State_MouseOver:
            painter.fillRect(row, theme.colour("hover"))
        font = theme.fonts.text(13)
        left = row.left() + tokens.PANEL_MARGIN
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        words = QFontMetricsF(font).elidedText(line.title, Qt.TextElideMode.ElideRight, _NAME - 8)
        painter.drawText(QRectF(left, row.top(), _NAME, row.height()), middle, words)
        self._paint_bar(painter, QRectF(row), left + _NAME, line)
        counted = f"{figures.number(line.right)} of {figures.number(line.total)}"
        painter.setFont(theme.fonts.text(12, tabular=True))
        painter.setPen(theme.colour("text2"))
        at = QRectF(row.right() - tokens.PANEL_MARGIN - _FIGURES, row.top(), _FIGURES, row.height())
        painter.drawText(at, Qt.AlignmentFlag.AlignRight | middle, counted)
        if self._view.hasFocus() and self._view.currentIndex() == index:
            paint_ring(painter, row, theme)
        painter.restore()

    def _paint_bar(self, painter: QPainter, row: QRectF, left: float, line: FieldLine) -> None:
        wide = row.right() - tokens.PANEL_MARGIN - _FIGURES - 8 - left
        top = row.center().y() - _BAR / 2
        if wide < 24 or not line.total:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        at = left
        for many, ink in ((line.right, "accent"), (line.wrong, "brickMark"), (line.missing, "line")):
            if many:
                part = wide * many / line.total
                painter.setBrush(self._theme.colour(ink))
                painter.drawRoundedRect(QRectF(at, top, max(part - 1, 2), _BAR), 2, 2)
                at += part
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
