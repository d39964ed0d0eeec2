"""What was asked, above its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app import figures
from app.models.dates import UNKNOWN, local
from app.style import tokens
from app.style.plain_text import breakable, in_signs, paragraphs
from app.style.theme import set_kind
from app.widgets.alternatives import AlternativesSwitch
from app.widgets.attachment_chips import AttachmentChips
from app.widgets.controls import button, icon_button, label
from app.widgets.growing_text import GrowingText
from app.widgets.long_text import MOST, Growth, beginning, left_out

if TYPE_CHECKING:
    from app.conversation import Alternatives
    from app.session import Focus
    from app.style.theme import Theme

_SHOWN_LINES = 3
_SHOWN_CHARACTERS = 600
_RING = 4
"""What the ring of the focus takes around the opened prompt, which begins below its first lines all the same."""
_OPEN_LINES = 16
_COUNTED_CHARACTERS = 24_000


class MessageBlock(QFrame):
    """What the person asked, shortened to a few lines until they want it all."""

    edit_asked = Signal()
    delete_asked = Signal()
    compare_asked = Signal()
    stepped = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setProperty("rule", "below")
        self._text = ""
        self._open = False
        self._who = label(theme, "You", 13, 600)
        self._when = label(theme, "", 12, ink="text3")
        self._words = label(theme)
        self._words.setFont(theme.fonts.text(13))
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._whole = GrowingText(theme, "The whole prompt", "", most=_OPEN_LINES, around=2 * _RING)
        self._whole.setReadOnly(True)
        set_kind(self._whole, "bare")
        self._growth = Growth(self._whole)
        self._more = button(theme, "", "flat")
        self._more.clicked.connect(self._toggle)
        self.switch = AlternativesSwitch(theme, "wording")
        self.switch.stepped.connect(self.stepped)
        self.compare = icon_button(theme, "git-diff", "Compare the answers side by side")
        self.compare.clicked.connect(self.compare_asked)
        self.edit = icon_button(theme, "pencil-simple", "Edit and ask again", "Ctrl+E")
        self.edit.clicked.connect(self.edit_asked)
        self.remove = icon_button(theme, "trash", "Delete from here on")
        self.remove.clicked.connect(self.delete_asked)
        self.files = AttachmentChips(theme)
        head = QHBoxLayout()
        head.setContentsMargins(_RING, 0, 0, 0)
        self._words.setContentsMargins(_RING, 0, 0, 0)
        self.files.setContentsMargins(_RING, 0, 0, 0)
        head.setSpacing(8)
        head.addWidget(self._who)
        head.addWidget(self._when)
        head.addStretch(1)
        for widget in (self._more, self.switch, self.compare, self.edit, self.remove):
            head.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.ANSWER_MARGIN - _RING, 8, 16, 12)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._words)
        column.addWidget(self._whole)
        column.addWidget(self.files)

    def show_focus(self, focus: Focus, when: str, alternatives: Alternatives | None, *, several: bool) -> None:
        """Show what was asked, when (ISO 8601), and among which wordings; `several` answers can be compared."""
        asked = focus.question is not None or focus.answer is None or focus.answer.question is not None
        self._who.setText("You" if asked or focus.prompt else "Nobody asked")
        if focus.prompt != self._text:
            self._text = focus.prompt
            self._open = False
        self._refresh()
        at = local(when)
        self._when.setText("" if at == UNKNOWN else figures.clock(at))
        self.switch.show_alternatives(alternatives)
        self.compare.setVisible(several)
        self.files.show_attachments(focus.attachments)

    def _toggle(self) -> None:
        self._open = not self._open
        self._refresh()

    def _refresh(self) -> None:
        text = self._text[:_COUNTED_CHARACTERS].strip("\n")
        lines = [line for line in text.split("\n") if line.strip()]
        hidden = len(lines) - _SHOWN_LINES
        few = text if hidden <= 0 else "\n".join(lines[:_SHOWN_LINES])
        self._words.setText(breakable(paragraphs(few, _SHOWN_CHARACTERS)))
        self._words.setVisible(bool(few) and not self._open)
        start = beginning(in_signs(self._text[:MOST])) if self._open else ""
        self._whole.setVisible(self._open)
        self._growth.show(start, left_out(len(self._text) - len(start), "") if self._open else "")
        self._more.setVisible(hidden > 0 or len(few) > _SHOWN_CHARACTERS)
        counted = hidden > 0 and len(self._text) <= _COUNTED_CHARACTERS
        words = f"{hidden} more line{'s' if hidden != 1 else ''}" if counted else "Show more"
        self._more.setText("Show less" if self._open else words)
        self._more.setAccessibleName("Show less of the prompt" if self._open else "Show the whole prompt")
