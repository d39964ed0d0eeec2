"""A sentence from which the model writes the schema, or by which it changes the one there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit

from app.style import tokens
from app.widgets.controls import Mark, button, icon_button, label

if TYPE_CHECKING:
    from app.style.theme import Theme


class DescribeBar(QFrame):
    """One line over the editor. `asked` is given the sentence; Esc stops the model, or closes the bar."""

    asked = Signal(str)
    stop_asked = Signal()
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._running = False
        self.setProperty("ground", "surface")
        self.setProperty("rule", "below")
        self.setFixedHeight(44)
        self.sentence = QLineEdit()
        self.sentence.setFont(theme.fonts.text())
        self.sentence.setMaxLength(2_000)
        self.sentence.returnPressed.connect(self._ask)
        self.sentence.textChanged.connect(lambda _: self._offer())
        self.mark = Mark(theme, "dot", "text3")
        self.said = label(theme, "", 12, ink="text2")
        self.go = button(theme, "Write", "primary")
        self.go.clicked.connect(self._ask)
        self.stop = button(theme, "Stop")
        self.stop.clicked.connect(self.stop_asked)
        self.leave = icon_button(theme, "x", "Close", "Esc")
        self.leave.clicked.connect(self.close_bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self.mark)
        row.addWidget(self.said)
        row.addWidget(self.sentence, 1)
        for widget in (self.go, self.stop, self.leave):
            row.addWidget(widget)
        self.hide()

    def open_bar(self, *, empty: bool) -> None:
        """Show the bar, to write a schema where there is none yet, or to change the one there is."""
        words = "What is to be recorded? e.g. a job advertisement: title, company, salary range"
        self.sentence.setPlaceholderText(words if empty else "What is to change? e.g. add a contact person")
        self.sentence.setAccessibleName("Describe the schema" if empty else "Describe the change")
        self.go.setText("Write" if empty else "Change")
        self.go.setAccessibleName(self.go.text())
        self.show_running(running=False)
        self.show()
        self.sentence.setFocus()
        self.sentence.selectAll()

    def show_running(self, *, running: bool, words: str = "") -> None:
        """Say whether the model is writing, or how it went."""
        self._running = running
        self.mark.show_state("arc" if running else "dot", "accent" if running else "text3")
        self.said.setText("Writing…" if running else words)
        self.said.setVisible(bool(self.said.text()))
        self.sentence.setReadOnly(running)
        self.stop.setVisible(running)
        self.go.setVisible(not running)
        self._offer()

    def close_bar(self) -> None:
        """Put the bar away."""
        self.stop_asked.emit()
        self.hide()
        self.closed.emit()

    def _offer(self) -> None:
        self.go.setEnabled(bool(self.sentence.text().strip()) and not self._running)

    def _ask(self) -> None:
        if self.go.isEnabled():
            self.asked.emit(self.sentence.text())

    def event(self, event: QEvent) -> bool:
        """Keep Esc for itself, whatever it means around."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.ShortcutOverride and escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Stop the model, or put the bar away."""
        if event.key() == Qt.Key.Key_Escape:
            if self._running:
                self.stop_asked.emit()
            else:
                self.close_bar()
            return
        super().keyPressEvent(event)
