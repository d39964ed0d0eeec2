"""The rail at the left: one item a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy, QVBoxLayout, QWidget

from app.style import tokens
from app.style.drawing import paint_logo
from app.style.icons import glyph, paint_glyph

if TYPE_CHECKING:
    from app.style.theme import Theme


class _Logo(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(tokens.RAIL, 42)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_logo(painter, QRectF((self.width() - 30) / 2, 10, 30, 30), self._theme.colour("accent"))
        painter.end()


class RailItem(QAbstractButton):
    """An icon over a name; the page in front has a filled icon on a soft ground."""

    def __init__(self, theme: Theme, name: str, icon: str, keys: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        glyph(icon)
        glyph(f"{icon}-fill")
        self.setText(name)
        self.setAccessibleName(f"{name} page")
        self.setToolTip(f"{name} ({keys})" if keys else name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return the size of an item."""
        return QSize(tokens.RAIL, tokens.RAIL_ITEM)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint pill, icon, name and focus ring."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        current = self.isChecked()
        pill = QRectF((self.width() - 48) / 2, 10, 48, 28)
        if current or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accentSoft" if current else "select"))
            painter.drawRoundedRect(pill, 14, 14)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(pill.adjusted(1, 1, -1, -1), 13, 13)
        box = QRectF(pill.center().x() - 9, pill.center().y() - 9, 18, 18)
        name = f"{self._icon}-fill" if current else self._icon
        paint_glyph(painter, name, box, theme.colour("accentText" if current else "text2"))
        painter.setFont(theme.fonts.text(11, 600 if current else 400))
        painter.setPen(theme.colour("text" if current else "text2"))
        painter.drawText(QRectF(0, 40, self.width(), 18), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class Rail(QFrame):
    """Pages from top to bottom, settings at the foot; the arrow keys walk along it."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, items: list[tuple[str, str, str]], foot: tuple[str, str, str]) -> None:
        super().__init__()
        self.setProperty("ground", "sunken")
        self.setProperty("rule", "right")
        self.setAccessibleName("Pages")
        self.setFixedWidth(tokens.RAIL)
        self._group = QButtonGroup(self)
        self._items: dict[str, RailItem] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(_Logo(theme))
        column.addSpacing(8)
        for entry in (*items, foot):
            if entry is foot:
                column.addStretch(1)
            name, icon, keys = entry
            item = RailItem(theme, name, icon, keys)
            item.clicked.connect(lambda _=False, which=name: self.chosen.emit(which))
            self._group.addButton(item)
            self._items[name] = item
            column.addWidget(item)

    @property
    def items(self) -> dict[str, RailItem]:
        """The items by the names of their pages."""
        return self._items

    def choose(self, name: str) -> None:
        """Mark the page in front."""
        self._items[name].setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk along the pages."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        names = list(self._items)
        current = next((name for name in names if self._items[name].hasFocus()), None)
        if event.key() in steps and current is not None:
            name = names[(names.index(current) + steps[Qt.Key(event.key())]) % len(names)]
            self._items[name].setFocus()
            return
        super().keyPressEvent(event)
