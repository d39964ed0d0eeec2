"""Files that go with a message: their names and sizes, one beside the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.style.plain_text import one_line
from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.controls import icon_button, label, set_icon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.session import Attachment
    from app.style.theme import Theme

_NAME_WIDTH = 220
_MOST = 4


class AttachmentChips(QWidget):
    """A chip a file; those of a draft can be taken off again."""

    removed = Signal(int)

    def __init__(self, theme: Theme, *, removable: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._removable = removable
        self._shown: tuple[Attachment, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self.setVisible(False)

    def show_attachments(self, attachments: Sequence[Attachment]) -> None:
        """Show these files."""
        if tuple(attachments) == self._shown:
            return
        self._shown = tuple(attachments)
        while self._row.count() > 1:
            item = self._row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for place, attachment in enumerate(self._shown[:_MOST]):
            self._row.insertWidget(place, self._chip(attachment))
        rest = len(self._shown) - _MOST
        if rest > 0:
            self._row.insertWidget(_MOST, label(self._theme, f"and {rest} more", 12, ink="text2"))
        self.setVisible(bool(self._shown))

    def _chip(self, attachment: Attachment) -> QFrame:
        theme = self._theme
        chip = QFrame()
        set_kind(chip, "file")
        name = one_line(attachment.name, 200)
        words = label(theme, "", 12)
        metrics = QFontMetricsF(words.font())
        words.setText(metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, _NAME_WIDTH))
        row = QHBoxLayout(chip)
        row.setContentsMargins(8, 0, 2 if self._removable else 8, 0)
        row.setSpacing(6)
        image = attachment.media.startswith("image/")
        mark = icon_button(theme, "image" if image else "file-text", name)
        mark.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        mark.setEnabled(False)
        set_icon(theme, mark, "image" if image else "file-text")
        mark.setFixedWidth(16)
        for widget in (mark, words, label(theme, _size(attachment.size), 12, ink="text3", tabular=True)):
            row.addWidget(widget)
        chip.setToolTip(plain_tip(f"{name}\nKept; this model does not see images." if image else name))
        chip.setAccessibleName(f"Attached: {name}")
        if self._removable:
            off = icon_button(theme, "x", f"Take {name} off")
            off.clicked.connect(lambda: self.removed.emit(attachment.id))
            row.addWidget(off)
        return chip


def _size(count: int) -> str:
    if count < 1000:
        return f"{count} B"
    return f"{count / 1e3:.1f} kB" if count < 1e6 else f"{count / 1e6:.1f} MB"
