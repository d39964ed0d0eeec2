"""The inspector's menu: settings saved by name, and the way back to the defaults."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QInputDialog, QMenu

from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

_NAME = 60


class PresetMenu(QMenu):
    """Presets to use, to save and to remove; asks for a new one's name itself."""

    chosen = Signal(str)
    saved = Signal(str)
    removed = Signal(str)
    reset_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.show_presets(())

    def show_presets(self, names: Sequence[str]) -> None:
        """Offer these presets."""
        self.clear()
        for name in names:
            self.addAction(_shown(name)).triggered.connect(partial(self._say, "chosen", name))
        if names:
            self.addSeparator()
        self.addAction("Save as a preset…").triggered.connect(self._ask_name)
        if names:
            remove = self.addMenu("Remove a preset")
            for name in names:
                remove.addAction(_shown(name)).triggered.connect(partial(self._say, "removed", name))
        self.addSeparator()
        self.addAction("Reset sampling and system prompt").triggered.connect(self._reset)

    def _say(self, what: str, name: str, _checked: bool = False) -> None:
        (self.chosen if what == "chosen" else self.removed).emit(name)

    def _reset(self, _checked: bool = False) -> None:
        self.reset_asked.emit()

    def _ask_name(self) -> None:
        dialog = QInputDialog(self.parentWidget())
        dialog.setWindowTitle("Save as a preset")
        dialog.setLabelText("Name of the preset. One of the same name is replaced.")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(self._named)
        dialog.open()

    def _named(self, name: str) -> None:
        if name.strip():
            self.saved.emit(name.strip()[:_NAME])


def _shown(name: str) -> str:
    return one_line(name, _NAME).replace("&", "&&")
