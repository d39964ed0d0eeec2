"""The line at the foot of a document: one sentence that counts, and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.style import tokens
from app.widgets.controls import Mark, label
from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from app.style.drawing import MarkShape
    from app.style.theme import Theme

NoticeTone = Literal["plain", "doubtful", "failed"]
_MARKS: Final[dict[NoticeTone, tuple[MarkShape, str]]] = {
    "plain": ("ring", "text3"),
    "doubtful": ("triangle", "amberMark"),
    "failed": ("cross", "brickMark"),
}
HEIGHT: Final = 37


class Notice(QFrame):
    """Shows its first sentence strongly and the rest beside it; hidden where there is nothing to say."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setProperty("rule", "above")
        self.setFixedHeight(HEIGHT)
        self._mark = Mark(theme, "triangle", "amberMark")
        self._first = ElidedLabel(theme, 12, 600, hugs=True)
        self._rest = ElidedLabel(theme, 12, ink="text2")
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, tokens.PANEL_MARGIN, 0)
        row.setSpacing(0)
        row.addWidget(self._mark)
        row.addSpacing(8)
        row.addWidget(self._first)
        row.addWidget(label(theme, "\N{NO-BREAK SPACE}", 12))
        row.addWidget(self._rest, 1)
        self.hide()

    def say(self, text: str | None, tone: NoticeTone) -> None:
        """Show a sentence or two, or nothing."""
        first, stop, rest = (text or "").partition(". ")
        self._first.say(first + stop.strip())
        self._rest.say(rest)
        self._mark.show_state(*_MARKS[tone])
        self.setAccessibleName(text or "")
        self.setVisible(bool(text))

    @property
    def text(self) -> str:
        """What is said."""
        return f"{self._first.line} {self._rest.line}".strip()
