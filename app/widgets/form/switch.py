"""One of a few: side by side where they are short, else in a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from app.style.plain_text import one_line
from app.style.theme import set_kind, set_state
from app.style.tips import plain_tip
from app.widgets.controls import ground

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.style.theme import Theme

_SEGMENTS = 3
_PADDING = 26
_LONGEST = 60


class Menu(QComboBox):
    """A menu that the wheel leaves alone, so that whoever scrolls past it changes nothing."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setFont(theme.fonts.text())
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMaxVisibleItems(14)
        set_kind(self, "field")

    def choose(self, index: int) -> None:
        """Show which item is chosen; with -1 none, and the hint stands there."""
        self.setCurrentIndex(index)
        set_state(self, "chosen", "true" if index >= 0 else "false")

    def mark(self, *, wrong: bool) -> None:
        """Show whether what is chosen is wrong."""
        set_kind(self, "field-error" if wrong else "field")

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the form."""
        event.ignore()


class Segments(QFrame):
    """A few words side by side, of which at most one is chosen; the arrow keys walk along them."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, name: str, words: Sequence[str]) -> None:
        super().__init__()
        set_kind(self, "segments")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._buttons: list[QPushButton] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for at, word in enumerate(words):
            made = QPushButton(one_line(word).replace("&", "&&"))
            set_kind(made, "segment")
            made.setFont(theme.fonts.text())
            made.setCheckable(True)
            made.setAutoDefault(False)
            made.setAccessibleName(f"{name}: {one_line(word)}")
            made.clicked.connect(lambda _=False, which=at: self.chosen.emit(which))
            if at:
                line = ground("line")
                line.setFixedWidth(1)
                row.addWidget(line)
            self._group.addButton(made)
            self._buttons.append(made)
            row.addWidget(made)

    def choose(self, index: int | None) -> None:
        """Show which is chosen, or that none is."""
        self._group.setExclusive(False)
        for at, each in enumerate(self._buttons):
            each.setChecked(at == index)
        self._group.setExclusive(True)

    @property
    def buttons(self) -> list[QPushButton]:
        """The words as buttons."""
        return self._buttons


class Switch(QWidget):
    """The branches of a choice: segments for a few short ones, else a menu."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, name: str, words: Sequence[str], room: int) -> None:
        super().__init__()
        metrics = QFontMetricsF(theme.fonts.text())
        wide = sum(metrics.horizontalAdvance(one_line(word, _LONGEST)) + _PADDING for word in words)
        self.segments = Segments(theme, name, words) if len(words) <= _SEGMENTS and wide <= room else None
        self.menu = None if self.segments else Menu(theme, name)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(8)
        if self.segments is not None:
            self._line.addWidget(self.segments)
            self._line.addStretch(1)
            self.segments.chosen.connect(self.chosen)
        elif self.menu is not None:
            for at, word in enumerate(words):
                self.menu.addItem(one_line(word, _LONGEST))
                self.menu.setItemData(at, plain_tip(word), Qt.ItemDataRole.ToolTipRole)
            self.menu.setPlaceholderText("Choose…")
            self.menu.choose(-1)
            self.menu.activated.connect(self.chosen)
            self._line.addWidget(self.menu)

    def add_beside(self, widget: QWidget) -> None:
        """Put something at the right of segments."""
        self._line.insertWidget(self._line.count() - 1, widget)

    def choose(self, index: int | None) -> None:
        """Show which branch is taken, or that none is."""
        if self.segments is not None:
            self.segments.choose(index)
        elif self.menu is not None:
            self.menu.choose(-1 if index is None else index)

    def chain(self) -> list[QWidget]:
        """Return what takes the focus, in order."""
        if self.segments is not None:
            return [*self.segments.buttons]
        return [self.menu] if self.menu is not None else []
