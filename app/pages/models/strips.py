"""Quiet strips above the list: a question that is asked once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.style import tokens
from app.widgets.controls import Mark, button, icon_button, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.style.theme import Theme


class NoticeStrip(QFrame):
    """An amber strip of one sentence, which can be closed; one with a `way` stays, and has a button for it."""

    way_asked = Signal()

    def __init__(self, theme: Theme, way: str = "", name: str = "") -> None:
        super().__init__()
        self.way = button(theme, way, name=name)
        self.way.clicked.connect(self.way_asked)
        self.setProperty("ground", "amber")
        self.words = label(theme, "", 13, ink="amber")
        self.words.setWordWrap(True)
        self.close_it = icon_button(theme, "x", "Close this message")
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.ANSWER_MARGIN - 2, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(Mark(theme, "triangle", "amberMark"))
        row.addWidget(self.words, 1)
        row.addWidget(self.way if way else self.close_it)
        self.close_it.clicked.connect(self.hide)
        self.hide()

    def say(self, words: str) -> None:
        """Show a sentence; "" shows none."""
        self.words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))


class UsualStrip(QFrame):
    """Asks whether the folders of other programs may be looked into; nothing of them is read before."""

    answered = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "canvas")
        self.setProperty("rule", "below")
        self.words = label(theme, "", 12, ink="text2")
        self.words.setWordWrap(True)
        self.look = button(theme, "Look", name="Look into the folders of other programs")
        self.later = button(theme, "Not now", "flat", name="Do not look into the folders of other programs")
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.ANSWER_MARGIN, 8, tokens.ANSWER_MARGIN, 8)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.later)
        row.addWidget(self.look)
        self.look.clicked.connect(lambda: self.answered.emit(True))
        self.later.clicked.connect(lambda: self.answered.emit(False))
        self.hide()

    def ask(self, programs: Sequence[str]) -> None:
        """Ask about these programs; with none there is nothing to ask."""
        names = list(dict.fromkeys(programs))
        listed = " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
        whose = "folders" if len(names) > 1 else "folder"
        words = f"Look for models in the {whose} of {listed}? They are only read, nothing in them is changed."
        self.words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(names))
