"""Dialogs: panels over the screen itself, never windows of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QScrollArea, QWidget

from app.widgets.controls import icon_button
from app.widgets.generated.container import Container
from app.widgets.generated.layouts import Extent
from app.widgets.generated.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

    from app.style.theme import Theme

_AROUND: Final = 20
_WIDTH: Final = 480
_EDGE: Final = 24


class Dialog(Container):
    """Parts under a title, shown over the screen while they are asked for."""

    _BELOW: Final = 16

    def build(self) -> None:
        """Make title and button."""
        self.title = Words(self, self.host.theme.fonts.text(15, 600))
        self.away = icon_button(self.host.theme, "x", "Close", "Esc")
        self.away.setParent(self)
        self.away.clicked.connect(self.host.close_dialog)
        self.hide()

    def refresh(self) -> None:
        """Show the title."""
        if self.title.say(self.text("title")):
            self.setAccessibleName(self.title.said)
            self.touch()

    def margins(self) -> tuple[int, int, int, int]:
        """Keep clear of the edge."""
        return _AROUND, _AROUND, _AROUND, _AROUND

    def measure(self) -> Extent:
        """Take the width of what is inside, up to that of a dialog."""
        return Extent(240, _WIDTH, _WIDTH)

    def _top(self, width: int) -> int:
        return max(20, self.title.height_at(width - 2 * _AROUND - 36)) + self._BELOW

    def high(self, width: int) -> int:
        """Return the height of title and parts."""
        return self._top(width) + super().high(width)

    def arrange(self) -> None:
        """Place title, button and parts."""
        width = self.width()
        self.title.setGeometry(_AROUND, _AROUND, width - 2 * _AROUND - 36, self._top(width) - self._BELOW)
        self.away.setGeometry(width - 28 - 12, _AROUND - 4, 28, 28)
        self.lay_out(self._top(width), width)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the raised ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.host.theme.colour("line"), 1))
        painter.setBrush(self.host.theme.colour("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.end()

    def spoken(self) -> tuple[str, ...]:
        """Return the title."""
        return (self.title.said,)

    def focusable(self) -> Sequence[QWidget]:
        """Return the button that closes it."""
        return (self.away,)


class Layer(QWidget):
    """What lies over the screen while a dialog is open."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._before: QWidget | None = None
        self.dialog: Dialog | None = None
        self.area = QScrollArea(self)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.viewport().setAutoFillBackground(False)
        self.area.setAccessibleName("Dialog")
        self.sheet = QWidget()
        self.area.setWidget(self.sheet)
        self.sheet.setAutoFillBackground(False)
        self.hide()

    def open(self, dialog: Dialog) -> None:
        """Show a dialog, and give it the focus."""
        if self.dialog is None:
            window = self.window()
            self._before = window.focusWidget()
        elif self.dialog is not dialog:
            self.dialog.hide()
        self.dialog = dialog
        dialog.show()
        self.fit()
        self.show()
        self.raise_()
        first = next(iter(self._chain()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_dialog(self) -> None:
        """Close the dialog, and give the focus back."""
        if self.dialog is None:
            return
        self.dialog.hide()
        self.dialog = None
        self.hide()
        before, self._before = self._before, None
        if before is not None:
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def lost(self, dialog: Dialog) -> None:
        """Close a dialog that is no more."""
        if dialog is self.dialog:
            self.close_dialog()

    def fit(self) -> None:
        """Put the dialog in the middle, as high as it is and there is room."""
        if self.dialog is None:
            return
        width = min(_WIDTH, self.width() - 2 * 12)
        high = self.dialog.height_at(width)
        room = self.height() - 2 * _EDGE
        self.dialog.put_at(0, 0, width, high)
        bar = self.area.verticalScrollBar().sizeHint().width() if high > room else 0
        self.sheet.resize(width, high)
        self.area.setGeometry((self.width() - width) // 2, max(_EDGE, (room - high) // 3), width + bar, min(high, room))

    def _chain(self) -> list[QWidget]:
        """Return what takes the focus in the dialog, in the order of Tab, its Close last."""
        dialog = self.dialog
        if dialog is None:
            return []
        found: list[QWidget] = []
        each = self.nextInFocusChain()
        while each is not self and each is not None:
            tabbed = bool(each.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
            if tabbed and each.isEnabled() and each.isVisibleTo(self.sheet) and dialog.isAncestorOf(each):
                found.append(each)
            each = each.nextInFocusChain()
        return sorted(found, key=lambda each: each is dialog.away)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep Tab within the dialog."""
        chain = self._chain()
        if not chain:
            return False
        here = self.window().focusWidget()
        at = chain.index(here) if here in chain else -1 if forward else 0
        chain[(at + (1 if forward else -1)) % len(chain)].setFocus(
            Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        )
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close the dialog with Esc."""
        if event.key() == Qt.Key.Key_Escape and self.dialog is not None:
            self.close_dialog()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close the dialog with a click beside it."""
        if not self.area.geometry().contains(event.position().toPoint()):
            self.close_dialog()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the veil."""
        painter = QPainter(self)
        veil = self._theme.colour("sunken")
        veil.setAlphaF(0.72)
        painter.fillRect(self.rect(), veil)
        painter.end()
