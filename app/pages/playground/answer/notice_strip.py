"""Why there is no answer, or one to look at twice, and the way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.style import tokens
from app.style.plain_text import breakable, paragraphs
from app.style.theme import set_state
from app.widgets.controls import Mark, button, ground, label, set_ink

if TYPE_CHECKING:
    from app.style.theme import Theme

_LONGEST = 600
"""Characters of a failure that are shown: one that was imported can be of any length."""


class NoticeStrip(QFrame):
    """What went wrong and why, above what there is of the answer, and the way on."""

    run_again = Signal()
    receipt_asked = Signal()
    place_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._ground = ground("brick")
        self._what = label(theme, "", 13, 600, ink="brick")
        self._why = label(theme, "", 12)
        for text in (self._what, self._why):
            text.setWordWrap(True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._mark = Mark(theme, "cross", "brickMark")
        words = QVBoxLayout()
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(2)
        words.addWidget(self._what)
        words.addWidget(self._why)
        row = QHBoxLayout(self._ground)
        row.setContentsMargins(25, 10, tokens.ANSWER_MARGIN, 10)
        row.setSpacing(17)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        actions = ground("surface", "below")
        self._again = button(theme, "Run again", "", "arrow-clockwise")
        self._again.clicked.connect(self.run_again)
        self._receipt = button(theme, "Show receipt", "flat")
        self._receipt.clicked.connect(self.receipt_asked)
        self._place = button(theme, "Go to line", "flat")
        self._place.clicked.connect(self.place_asked)
        onward = QHBoxLayout(actions)
        onward.setContentsMargins(56, 8, tokens.ANSWER_MARGIN, 8)
        onward.setSpacing(8)
        for widget in (self._again, self._receipt, self._place):
            onward.addWidget(widget)
        onward.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._ground)
        column.addWidget(actions)

    def say(self, what: str, why: str, *, doubt: bool = False, receipt: bool = False, line: int = 0) -> None:
        """Show a failure, or a doubt; `line` is where the schema is to blame, 0 for nowhere."""
        set_state(self._ground, "ground", "amber" if doubt else "brick")
        set_ink(self._what, "amber" if doubt else "brick")
        self._mark.show_state("triangle" if doubt else "cross", "amberMark" if doubt else "brickMark")
        what, why = (breakable(paragraphs(words, _LONGEST)) for words in (what, why))
        self._what.setText(what)
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self._receipt.setVisible(receipt)
        self._place.setVisible(line > 0)
        self._place.setText(f"Go to line {line} of the schema")
        self.setAccessibleName(f"{what} {why}")
