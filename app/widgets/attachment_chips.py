"""Files that go with a message: their names and sizes, one beside the other, and what is still being read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from app import figures
from app.style.plain_text import one_line
from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.controls import icon_button, label, set_icon
from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from app.session import Attachment, Reading
    from app.style.theme import Theme

_NAME_WIDTH = 220
_MOST = 4
_BETWEEN = 8
_NAMED = 20


class AttachmentChips(QWidget):
    """A chip a file; those of a draft can be taken off again."""

    removed = Signal(int)

    def __init__(self, theme: Theme, *, removable: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._removable = removable
        self._shown: tuple[Attachment | Reading, ...] = ()
        self._chips: list[QFrame] = []
        self._more = label(theme, "", 12, ink="text2")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_BETWEEN)
        self._row.addWidget(self._more)
        self._row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setVisible(False)

    def show_attachments(self, attachments: Sequence[Attachment], readings: Sequence[Reading] = ()) -> None:
        """Show these files, and after them those that are still being read."""
        if (*attachments, *readings) == self._shown:
            return
        self._shown = (*attachments, *readings)
        for gone in self._chips:
            gone.setParent(None)
            gone.deleteLater()
        self._chips = [*map(self._file_chip, attachments[:_MOST]), *map(self._reading_chip, readings[:_MOST])][:_MOST]
        for place, chip in enumerate(self._chips):
            self._row.insertWidget(place, chip)
        self.setVisible(bool(self._shown))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many files as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        wide = [chip.sizeHint().width() for chip in self._chips]
        count = len(wide)
        while True:
            rest = len(self._shown) - count
            self._more.setText(f"and {figures.number(rest)} more")
            after = self._more.sizeHint().width() + _BETWEEN if rest else 0
            if count <= 1 or sum(wide[:count]) + _BETWEEN * (count - 1) + after <= self.contentsRect().width():
                break
            count -= 1
        hidden = [one_line(entry.name, 200) for entry in self._shown[count : count + _NAMED]]
        self._more.setToolTip(plain_tip("\n".join(hidden)))
        self._more.setVisible(rest > 0)
        for place, chip in enumerate(self._chips):
            chip.setVisible(place < count)

    def _file_chip(self, attachment: Attachment) -> QFrame:
        theme = self._theme
        name = one_line(attachment.name, 200)
        image = attachment.media.startswith("image/")
        mark = icon_button(theme, "image" if image else "file-text", name)
        mark.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        mark.setToolTip("")
        mark.setEnabled(False)
        set_icon(theme, mark, "image" if image else "file-text", disabled="text3")  # no button: it says what it is
        size = label(theme, figures.size(attachment.size), 12, ink="text3", tabular=True)
        chip = self._chip(attachment.id, name, mark, self._words(name), size)
        chip.setToolTip(plain_tip(f"{name}\nKept; this model does not see images." if image else name))
        chip.setAccessibleName(f"Attached: {name}")
        return chip

    def _reading_chip(self, reading: Reading) -> QFrame:
        theme = self._theme
        name = one_line(reading.name, 200)
        words = (label(theme, "Reading", 12, ink="text3"), self._words(f"{name}…", ink="text3"))
        chip = self._chip(reading.id, name, *words)
        chip.setToolTip(plain_tip(f"{name}\nIt is being read; Run waits for it."))
        chip.setAccessibleName(f"Reading {name}…")
        return chip

    def _words(self, name: str, ink: str = "") -> ElidedLabel:
        words = ElidedLabel(self._theme, 12, ink=ink, hugs=True, middle=True)
        words.setMaximumWidth(_NAME_WIDTH)
        words.say(name)
        return words

    def _chip(self, identity: int, name: str, *parts: QWidget) -> QFrame:
        chip = QFrame()
        set_kind(chip, "file")
        row = QHBoxLayout(chip)
        row.setContentsMargins(2, 0, 2 if self._removable else 8, 0)
        row.setSpacing(4)
        for part in parts:
            row.addWidget(part)
        if self._removable:
            off = icon_button(self._theme, "x", f"Take {name} off")
            off.setToolTip(plain_tip(f"Take {name} off"))
            off.clicked.connect(lambda: self.removed.emit(identity))
            row.addWidget(off)
        return chip
