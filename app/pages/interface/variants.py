"""Several answers to one sentence side by side, each growing in its own column, of which one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app import figures
from app.pages.interface.showing import TOLD
from app.pages.interface.stage import Stage
from app.pages.interface.telling import progress
from app.style import tokens
from app.widgets.controls import Mark, button, ground, icon_button, label
from app.widgets.elided_label import ElidedLabel
from app.widgets.generated.screen import Screen

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.session.interfaces import InterfaceAnswer, Interfaces
    from app.style.theme import Theme

_MARKS: Final = {"done": ("dot", "accent"), "stopped": ("ring", "text3"), "failed": ("cross", "brickMark")}


class VariantColumn(QFrame):
    """One answer: how far it is, its screen, and the button that chooses it."""

    chosen = Signal()

    def __init__(self, theme: Theme, session: Interfaces, number: int) -> None:
        super().__init__()
        self._session = session
        self._shown = ""
        self._begun = False
        self.setProperty("ground", "surface")
        if number:
            self.setProperty("rule", "left")
        self.setAccessibleName(f"Variant {number + 1}")
        self.mark = Mark(theme, "arc", "accent")
        self.words = ElidedLabel(theme, 13, ink="text2")
        self.take = button(theme, "Choose", name=f"Choose variant {number + 1}")
        self.take.setToolTip(f"Go on with this one ({number + 1})")
        self.take.clicked.connect(self.chosen)
        self.stage = Stage(theme)
        self.screen_ = Screen(theme, catalogue=session.catalogue, sources=session.sources, images=session.images)
        self.stage.show_screen(self.screen_)
        head = QWidget()
        head.setFixedHeight(tokens.TABS)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self.mark)
        row.addWidget(label(theme, f"Variant {number + 1}", 13, 600))
        row.addWidget(self.words, 1)
        row.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.stage, 1)

    def show_answer(self, answer: InterfaceAnswer, *, shown: bool) -> None:
        """Show an answer as far as it goes."""
        shape, ink = ("arc", "accent") if answer.running else _MARKS.get(answer.state, ("cross", "brickMark"))
        self.mark.show_state(shape, ink)  # type: ignore[arg-type] # the marks of the table above
        tokens_ = f"{figures.number(answer.tokens)} tokens"
        words = progress(answer) if answer.running and not answer.tokens else tokens_
        if answer.state == "failed" and answer.error is not None:
            words = answer.error.message
        self.words.say(words)
        self.take.setEnabled(not answer.running and answer.message is not None)
        self.take.setText("Chosen" if shown else "Choose")
        if answer.text == self._shown and self._begun:
            return
        self._shown, self._begun = answer.text, True
        told = answer.base is None or len(answer.text) >= TOLD
        if answer.form == "tree" and told:
            self.screen_.show_text(answer.text)
        elif answer.tree is not None:
            self.screen_.show_tree(answer.tree if told else answer.base)


class VariantsView(QFrame):
    """The columns. `chosen` is given the place of the one that is to be gone on with."""

    chosen = Signal(int)
    left = Signal()

    def __init__(self, theme: Theme, session: Interfaces) -> None:
        super().__init__()
        self._theme = theme
        self._session = session
        self.columns: list[VariantColumn] = []
        self.setProperty("ground", "surface")
        self.setAccessibleName("Variants")
        self.stop = button(theme, "Stop")
        self.stop.setToolTip("Stop (Esc)")
        self.stop.clicked.connect(session.stop)
        self.leave = icon_button(theme, "x", "Back to the preview", "Esc")
        self.leave.clicked.connect(self.left)
        head = ground("surface", "below")
        head.setFixedHeight(tokens.HEADER)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(label(theme, "Variants", 15, 600))
        row.addWidget(label(theme, "Try each, then choose one to go on with.", 13, ink="text2"))
        row.addStretch(1)
        row.addWidget(self.stop)
        row.addWidget(self.leave)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addLayout(self._row, 1)

    def show_answers(self, answers: list[InterfaceAnswer], shown: int | None) -> None:
        """Show these answers; of the same number of them the columns stay, and what was typed in their screens."""
        if len(answers) != len(self.columns):
            self.clear()
            for number in range(len(answers)):
                made = VariantColumn(self._theme, self._session, number)
                made.chosen.connect(lambda which=number: self.chosen.emit(which))
                self._row.addWidget(made, 1)
                self.columns.append(made)
        for column, answer in zip(self.columns, answers, strict=True):
            column.show_answer(answer, shown=answer.message == shown)
        self.stop.setVisible(any(answer.running for answer in answers))

    def clear(self) -> None:
        """Show none."""
        for column in self.columns:
            self._row.removeWidget(column)
            column.hide()
            column.deleteLater()
        self.columns = []

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with a digit."""
        number = event.key() - Qt.Key.Key_1
        if 0 <= number < len(self.columns) and self.columns[number].take.isEnabled():
            self.chosen.emit(number)
        else:
            super().keyPressEvent(event)
