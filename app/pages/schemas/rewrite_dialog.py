"""What a rewriting of the schema would change: each change in a sentence, and the text line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app import figures
from app.style import tokens
from app.style.plain_text import one_line
from app.widgets.controls import Chip, button, label
from app.widgets.diff_view import DiffView
from app.widgets.splits import split_of

if TYPE_CHECKING:
    from app.session.schema_rewriting import Rewriting
    from app.style.theme import Theme


class RewriteDialog(QDialog):
    """Shows a rewriting; `applied` is given it where a person wants it so."""

    applied = Signal(object)

    def __init__(self, theme: Theme, rewriting: Rewriting, parent: QWidget) -> None:
        super().__init__(parent)
        self._rewriting = rewriting
        self.setWindowTitle(rewriting.title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(960, 620)
        lossy = sum(loses for _, _, loses in rewriting.changes)
        count = len(rewriting.changes)
        head = QHBoxLayout()
        head.addWidget(label(theme, rewriting.title, 15, 600))
        head.addSpacing(8)
        said = Chip(theme)
        said.say("1 change" if count == 1 else f"{figures.number(count)} changes")
        head.addWidget(said)
        lost = Chip(theme)
        lost.say(f"{figures.number(lossy)} lose{'s' if lossy == 1 else ''} something" if lossy else "", "doubt")
        lost.setVisible(bool(lossy))
        head.addWidget(lost)
        head.addStretch(1)
        self.changes = QListWidget()
        self.changes.setAccessibleName("Changes")
        self.changes.setWordWrap(True)
        for pointer, sentence, loses in rewriting.changes:
            item = QListWidgetItem(f"{one_line(sentence)}\n{one_line(pointer) or 'the root'}")
            item.setIcon(theme.icon("warning" if loses else "check", "amberMark" if loses else "accent"))
            item.setToolTip("This loses something." if loses else "")
            self.changes.addItem(item)
        self.diff = DiffView(theme, "The text, line by line")
        self.diff.show_lines(rewriting.lines)
        split = split_of(Qt.Orientation.Horizontal, self.changes, self.diff)
        split.setSizes([340, 580])
        self.apply = button(theme, "Apply", "primary")
        self.apply.setEnabled(bool(rewriting.lines))
        self.apply.clicked.connect(self._apply)
        cancel = button(theme, "Cancel")
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        words = "One undo takes all of it back." if rewriting.lines else "There is nothing to change."
        foot.addWidget(label(theme, words, 12, ink="text3"))
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.apply)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.ANSWER_MARGIN, 16, tokens.ANSWER_MARGIN, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(split, 1)
        column.addLayout(foot)

    def _apply(self) -> None:
        self.applied.emit(self._rewriting)
        self.accept()
