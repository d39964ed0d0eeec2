"""Files that go with a message: their names and sizes, one beside the other, and what is still being read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.style.plain_text import one_line
from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.controls import icon_button, label, set_icon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.session import Attachment, Reading
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
        self._shown: tuple[Attachment | Reading, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self.setVisible(False)

    def show_attachments(self, attachments: Sequence[Attachment], readings: Sequence[Reading] = ()) -> None:
        """Show these files, and after them those that are still being read."""
        if (*attachments, *readings) == self._shown:
            return
        self._shown = (*attachments, *readings)
        while self._row.count() > 1:
            item = self._row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        chips = [*map(self._file_chip, attachments[:_MOST]), *map(self._reading_chip, readings[:_MOST])][:_MOST]
        for place, chip in enumerate(chips):
            self._row.insertWidget(place, chip)
        rest = len(self._shown) - _MOST
        if rest > 0:
            self._row.insertWidget(_MOST, label(self._theme, f"and {rest} more", 12, ink="text2"))
        self.setVisible(bool(self._shown))

    def _file_chip(self, attachment: Attachment) -> QFrame:
        theme = self._theme
        name = one_line(attachment.name, 200)
        image = attachment.media.startswith("image/")
        mark = icon_button(theme, "image" if image else "file-text", name)
        mark.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        mark.setEnabled(False)
        set_icon(theme, mark, "image" if image else "file-text")
        mark.setFixedWidth(16)
        size = label(theme, _size(attachment.size), 12, ink="text3", tabular=True)
        chip = self._chip(attachment.id, name, mark, self._words(name), size)
        chip.setToolTip(plain_tip(f"{name}\nKept; this model does not see images." if image else name))
        chip.setAccessibleName(f"Attached: {name}")
        return chip

    def _reading_chip(self, reading: Reading) -> QFrame:
        theme = self._theme
        name = one_line(reading.name, 200)
        words = (label(theme, "Reading", 12, ink="text3"), self._words(name, "…", ink="text3"))
        chip = self._chip(reading.id, name, *words)
        chip.setToolTip(plain_tip(f"{name}\nIt is being read; Run waits for it."))
        chip.setAccessibleName(f"Reading {name}…")
        return chip

    def _words(self, name: str, end: str = "", ink: str = "") -> QLabel:
        words = label(self._theme, "", 12, ink=ink)
        words.setText(QFontMetricsF(words.font()).elidedText(name, Qt.TextElideMode.ElideMiddle, _NAME_WIDTH) + end)
        return words

    def _chip(self, identity: int, name: str, *parts: QWidget) -> QFrame:
        chip = QFrame()
        set_kind(chip, "file")
        row = QHBoxLayout(chip)
        row.setContentsMargins(8, 0, 2 if self._removable else 8, 0)
        row.setSpacing(6)
        for part in parts:
            row.addWidget(part)
        if self._removable:
            off = icon_button(self._theme, "x", f"Take {name} off")
            off.clicked.connect(lambda: self.removed.emit(identity))
            row.addWidget(off)
        return chip


def _size(count: int) -> str:
    if count < 1000:
        return f"{count} B"
    return f"{count / 1e3:.1f} kB" if count < 1e6 else f"{count / 1e6:.1f} MB"
