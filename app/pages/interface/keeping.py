"""What is done with whole interfaces: opened, renamed, copied, put into the bin and taken out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget

from app import figures
from app.models.interface_gallery import UNTITLED
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.models.interface_gallery import Key
    from app.session.interfaces import Attached, Interfaces


class Keeping(QObject):
    """Acts on interfaces by their ids, and on worked examples by their keys.

    `offered` says what was done and can be taken back; `withdrawn` that it no longer can.
    """

    offered = Signal(str)
    withdrawn = Signal()

    def __init__(self, session: Interfaces, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._session = session
        self._back: list[Callable[[], None]] = []

    def open(self, key: Key) -> None:
        """Open an interface, or a copy of a worked example."""
        if isinstance(key, int):
            self._session.open(key)
        else:
            self._session.example(key)

    def fetch(self, key: Key, done: Callable[[Attached], None]) -> None:
        """Read the data and pictures that an interface or a worked example shows."""
        if isinstance(key, int):
            self._session.attached_to(key, done)
        else:
            self._session.attached_to_example(key, done)

    def rename(self, interface: int) -> None:
        """Ask for another title."""
        row = next((row for row in self._session.rows if row.id == interface), None)
        if row is None:
            return
        dialog = QInputDialog(self._page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Rename")
        dialog.setLabelText("Title")
        dialog.setTextValue(row.title)
        dialog.resize(360, dialog.height())
        line = dialog.findChild(QLineEdit)
        if line is not None:
            line.setMaxLength(200)
            line.selectAll()
        dialog.textValueSelected.connect(lambda title: self._session.rename(interface, title))
        dialog.open()

    def duplicate(self, key: Key) -> None:
        """Copy an interface, and open the copy."""
        if isinstance(key, int):
            self._session.duplicate(key)
        else:
            self._session.example(key)

    def delete(self, interfaces: list[int]) -> None:
        """Put interfaces into the bin; that can be taken back."""
        titles = [row.title for row in self._session.rows if row.id in interfaces]
        if not titles:
            return
        open_one = self._session.id if self._session.id in interfaces else None
        back = self._session.delete(interfaces)

        def undo() -> None:
            back()
            if open_one is not None:
                self._session.open(open_one)

        self._back.append(undo)
        what = (
            f"“{one_line(titles[0], 40) or UNTITLED}”"
            if len(titles) == 1
            else f"{figures.number(len(titles))} interfaces"
        )
        self.offered.emit(f"Deleted {what}")

    def take_back(self) -> None:
        """Take the last deletion back."""
        if self._back:
            self._back.pop()()
            self.withdrawn.emit()
