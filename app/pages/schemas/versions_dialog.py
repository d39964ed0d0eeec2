"""The versions of the open schema: what changed between any two of them, and the way back to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QInputDialog,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.models.dates import full, local
from app.style import tokens
from app.style.plain_text import one_line
from app.widgets.controls import button, ground, label, section_title
from app.widgets.diff_view import DiffView
from app.widgets.splits import split_of

if TYPE_CHECKING:
    from app.line_diff import DiffLine
    from app.session.schema_editing import SchemaEditing
    from app.session.schemas import SchemaLibrary
    from app.style.theme import Theme

NOW = 0
"""Stands for the text as it is, among the numbers of the versions."""


class VersionsDialog(QDialog):
    """Two versions side by side. `restore_asked` is given the number of one that is wanted back."""

    restore_asked = Signal(int)

    def __init__(self, theme: Theme, library: SchemaLibrary, editing: SchemaEditing, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = library.desk
        self._editing = editing
        self.setWindowTitle("Versions")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1040, 660)
        self.versions = QListWidget()
        self.versions.setAccessibleName("Versions")
        self.versions.setWordWrap(True)
        self.versions.currentRowChanged.connect(self._choose)
        self.beside = QComboBox()
        self.beside.setAccessibleName("Compared with")
        self.beside.currentIndexChanged.connect(lambda _: self._compare())
        self.changes = QListWidget()
        self.changes.setAccessibleName("What changed")
        self.changes.setWordWrap(True)
        self.diff = DiffView(theme, "The text, line by line")
        self.restore = button(theme, "Restore this version")
        self.restore.clicked.connect(self._restore)
        self.note = button(theme, "Note…")
        self.note.clicked.connect(self._ask_note)
        close = button(theme, "Close")
        close.clicked.connect(self.close)
        self._lay_out(theme, close)
        self._desk.versions_changed.connect(self._fill)
        self._fill()

    def _lay_out(self, theme: Theme, close: QWidget) -> None:
        right = ground("surface")
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 12, 8)
        head.addWidget(label(theme, "Compared with", 12, ink="text2"))
        head.addWidget(self.beside, 1)
        both = split_of(Qt.Orientation.Vertical, self.changes, self.diff)
        both.setSizes([200, 360])
        inside = QVBoxLayout(right)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addLayout(head)
        inside.addWidget(both, 1)
        split = split_of(Qt.Orientation.Horizontal, self.versions, right)
        split.setSizes([260, 740])
        foot = QHBoxLayout()
        foot.addWidget(self.note)
        foot.addStretch(1)
        foot.addWidget(self.restore)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.ANSWER_MARGIN, 16, tokens.ANSWER_MARGIN, 16)
        column.setSpacing(12)
        column.addWidget(section_title(theme, f"Versions of {one_line(self._editing.name, 60)}"))
        column.addWidget(split, 1)
        column.addLayout(foot)

    # What is shown

    def _fill(self) -> None:
        chosen = self._number()
        self.versions.blockSignals(True)
        self.versions.clear()
        now = QListWidgetItem("Now\nthe text as it is")
        now.setData(Qt.ItemDataRole.UserRole, NOW)
        self.versions.addItem(now)
        for version in self._desk.versions:
            note = f"\n{one_line(version.note, 200)}" if version.note else ""
            item = QListWidgetItem(f"Version {version.number}\n{full(local(version.created))}{note}")
            item.setData(Qt.ItemDataRole.UserRole, version.number)
            self.versions.addItem(item)
        rows = [self.versions.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.versions.count())]
        self.versions.blockSignals(False)
        self.versions.setCurrentRow(rows.index(chosen) if chosen in rows else 0)

    def _number(self) -> int:
        item = self.versions.currentItem()
        return int(item.data(Qt.ItemDataRole.UserRole)) if self.versions.count() else NOW

    def _choose(self, _row: int) -> None:
        number = self._number()
        numbers = [version.number for version in self._desk.versions]
        self.beside.blockSignals(True)
        self.beside.clear()
        for other in [NOW, *numbers]:
            if other != number:
                self.beside.addItem("Now" if other == NOW else f"Version {other}", other)
        before = next((each for each in numbers if number == NOW or each < number), None)
        at = self.beside.findData(NOW if before is None else before)
        self.beside.setCurrentIndex(max(at, 0))
        self.beside.blockSignals(False)
        self.restore.setEnabled(number != NOW and self._editing.editable)
        self.note.setEnabled(number != NOW)
        self._compare()

    def _compare(self) -> None:
        number, other = self._number(), self.beside.currentData()
        if other is None:
            self._show([], [])
            return
        old, new = sorted((number, int(other)), key=lambda each: each if each != NOW else 1 << 62)

        def show(changes: list[str], lines: list[DiffLine]) -> None:
            if (number, other) == (self._number(), self.beside.currentData()):
                self._show(changes, lines)

        self._editing.compare(old, new, show)

    def _show(self, changes: list[str], lines: list[DiffLine]) -> None:
        self.changes.clear()
        self.changes.addItems([one_line(change) for change in changes] or ["They say the same."])
        self.diff.show_lines(lines)

    # Intents

    def _restore(self) -> None:
        self.restore_asked.emit(self._number())
        self.close()

    def _ask_note(self) -> None:
        number = self._number()
        version = next((each for each in self._desk.versions if each.number == number), None)
        if version is None:
            return
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Note")
        dialog.setLabelText(f"What version {number} is about")
        dialog.setTextValue(version.note)
        dialog.textValueSelected.connect(lambda note: self._desk.set_note(number, note))
        dialog.open()
