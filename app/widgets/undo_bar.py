"""What was done last, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPropertyAnimation, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QGraphicsOpacityEffect, QHBoxLayout

from app.style import tokens
from app.style.plain_text import breakable, one_line
from app.widgets.controls import button, label

if TYPE_CHECKING:
    from app.style.theme import Theme

SHOWN_MS = 10_000
_LONGEST_WORD = 20
"""Letters of a word, such as the name of a file, that have room beside Undo."""


class UndoBar(QFrame):
    """A sentence and an Undo; it goes away by itself, but not while the pointer or the focus is on it."""

    undo_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.bar = QFrame()
        self.bar.setProperty("ground", "popover")
        self.bar.setMinimumHeight(36)
        self._said = ""
        self.words = label(theme)
        self.words.setWordWrap(True)
        self.undo = button(theme, "Undo", "go")
        self.undo.setFont(theme.fonts.text(13, 600))
        self.undo.setToolTip("Undo (Ctrl+Z in the list)")
        self.undo.clicked.connect(self.undo_asked)
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(12, 4, 3, 4)
        row.setSpacing(8)
        self._row = row
        row.addWidget(self.words, 1)
        row.addWidget(self.undo)
        around = QHBoxLayout(self)
        around.setContentsMargins(8, 0, 8, 8)
        around.addWidget(self.bar)
        self._opacity = QGraphicsOpacityEffect(self)
        self.bar.setGraphicsEffect(self._opacity)
        self._fade = QPropertyAnimation(self._opacity, b"opacity", self)
        self._fade.setDuration(tokens.FADE_MS)
        self._fade.finished.connect(self._faded)
        self.patience = QTimer(self)
        self.patience.setSingleShot(True)
        self.patience.setInterval(SHOWN_MS)
        self.patience.timeout.connect(self._run_out)
        self.hide()

    def offer(self, words: str) -> None:
        """Show what was done, for a while."""
        self.undo.setVisible(True)
        self.undo.setAccessibleName(f"Undo: {words}")
        self._show(words)

    def tell(self, words: str) -> None:
        """Show for a while what happened, where it is not what can be undone."""
        if self.isHidden() or words != self._said:
            self.undo.setVisible(False)
            self._show(words)

    def _show(self, words: str) -> None:
        self._said, line = words, one_line(words)
        self._row.setContentsMargins(12, 4, 3 if self.undo.isVisibleTo(self.bar) else 12, 4)
        self.words.setText(breakable(line, _LONGEST_WORD))
        self.setAccessibleName(line)
        self.patience.start()
        self._fade_to(1.0, begin=0.0 if self.isHidden() else self._opacity.opacity())
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def withdraw(self) -> None:
        """Go away."""
        self.patience.stop()
        if not self.isHidden():
            self._fade_to(0.0, begin=self._opacity.opacity())

    def _run_out(self) -> None:
        if self.underMouse() or self.undo.hasFocus():
            self.patience.start()
        else:
            self.withdraw()

    def _fade_to(self, end: float, begin: float) -> None:
        self._fade.stop()
        self._fade.setStartValue(begin)
        self._fade.setEndValue(end)
        self._opacity.setEnabled(True)
        self._fade.start()

    def _faded(self) -> None:
        if self._fade.endValue() == 0.0:
            self.hide()
        else:
            self._opacity.setEnabled(False)  # an effect that does nothing still costs a picture of the bar
