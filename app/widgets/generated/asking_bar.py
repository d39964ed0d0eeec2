"""A bar at the foot of the screen: what was refused or done, and whether an address is to be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.widgets.controls import button
from app.widgets.generated.words import Words

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.style.theme import Theme

_MOST: Final = 560
_AROUND: Final = 8
_SHOWN_MS: Final = 6_000


class AskingBar(QFrame):
    """A sentence, and where it asks something an answer; a sentence alone goes away by itself."""

    agreed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("ground", "popover")
        self.words = Words(self, theme.fonts.text())
        self.address = Words(self, theme.fonts.code(12), "text2", line=18)
        self.agree = button(theme, "Open")
        self.refuse = button(theme, "Cancel", "flat")
        for each in (self.agree, self.refuse):
            each.setParent(self)
        self._before: QWidget | None = None
        self._asked = ""
        self.agree.clicked.connect(self._agree)
        self.refuse.clicked.connect(self.go)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_SHOWN_MS)
        self._patience.timeout.connect(self.go)
        self.hide()

    def ask(self, sentence: str, address: str) -> None:
        """Ask whether an address is to be opened, which is shown whole."""
        self._asked = address
        self._before = self.window().focusWidget()
        self._show(sentence, address)
        self._patience.stop()
        self.refuse.setFocus(Qt.FocusReason.PopupFocusReason)

    def tell(self, sentence: str) -> None:
        """Say something, for a while."""
        self._asked = ""
        self._show(sentence, "")
        self._patience.start()

    def _show(self, sentence: str, address: str) -> None:
        self.words.say(sentence)
        self.address.say(address)
        self.setAccessibleName(f"{sentence} {address}".strip())
        for each in (self.address, self.agree, self.refuse):
            each.setVisible(bool(address))
        self.show()
        self.raise_()
        self.fit()

    def fit(self) -> None:
        """Stand at the foot, in the middle."""
        parent = self.parentWidget()
        if self.isHidden() or parent is None:
            return
        wide = min(_MOST, parent.width() - 2 * 12)
        buttons = self.agree.sizeHint().width() + self.refuse.sizeHint().width() + 16 if self._asked else 0
        inner = wide - 2 * 12
        if not self._asked:
            inner = min(inner, self.words.natural())
            wide = inner + 2 * 12
        beside = inner - buttons >= 240 or not buttons
        text = inner - buttons if beside else inner
        above = self.words.height_at(text)
        below = self.address.height_at(text)
        high = above + below + (0 if beside else 28 + 8) + 2 * _AROUND
        self.setGeometry((parent.width() - wide) // 2, parent.height() - high - 12, wide, high)
        self.words.setGeometry(12, _AROUND, text, above)
        self.address.setGeometry(12, _AROUND + above, text, below)
        y = (high - 28) // 2 if beside else high - 28 - _AROUND
        x = wide - 12
        for each in (self.agree, self.refuse):
            each.move(x - each.sizeHint().width(), y)
            each.resize(each.sizeHint())
            x -= each.sizeHint().width() + 8

    def _agree(self) -> None:
        address = self._asked
        self.go()
        self.agreed.emit(address)

    def go(self) -> None:
        """Go away, and give the focus back."""
        focused: QWidget | None = self.window().focusWidget()
        inside = focused is not None and self.isAncestorOf(focused)
        self.hide()
        before, self._before = self._before, None
        if inside and before is not None:
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go away with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.go()
        else:
            super().keyPressEvent(event)
