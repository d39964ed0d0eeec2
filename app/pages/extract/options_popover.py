"""How documents are read: by which model, grounded or not, looked at twice or once, and how long one may take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.pages.extract.popover import Popover
from app.widgets.controls import label, section_title
from app.widgets.model_box import ModelBox

if TYPE_CHECKING:
    from app.session import Session
    from app.style.theme import Theme

LIMITS: Final[dict[str, float | None]] = {
    "30 seconds": 30.0,
    "1 minute": 60.0,
    "2 minutes": 120.0,
    "5 minutes": 300.0,
    "15 minutes": 900.0,
    "as long as it takes": None,
}
_INSET: Final = 22
MODEL: Final = (
    "A model elsewhere is sent the text of every document. What it answers is checked here: valid, or the row says why."
)
GROUNDING: Final = (
    "Names and texts can only be quoted from the document, numbers and dates only be read from what stands there. "
    "Without it the model writes what it likes within the schema."
)
SECOND: Final = (
    "Each document is read twice, in another order; where the two differ, the value is doubtful. Half as fast."
)
LIMIT: Final = "A document that takes longer fails with a sentence, and the next one begins."


class OptionsPopover(Popover):
    """What can be chosen, with what it means; each is taken at once.

    `changed` is given grounding, second look and limit, `model_chosen` another model.
    """

    changed = Signal(bool, bool, object)
    model_chosen = Signal(str)

    def __init__(self, theme: Theme, session: Session, parent: QWidget) -> None:
        super().__init__(parent, "How documents are read")
        self._theme = theme
        self.grounding = QCheckBox("Ground values in the document")
        self.second_look = QCheckBox("Take a second look")
        self.limit = QComboBox()
        self.limit.addItems(list(LIMITS))
        self.limit.setAccessibleName("Longest time for a document")
        self.note = label(theme, "", 12, ink="amber")
        self.note.setWordWrap(True)
        self.model = ModelBox(theme, session, "Model that reads the documents")
        self.model.chosen.connect(self.model_chosen)
        self.column.addWidget(section_title(theme, "How documents are read"))
        self.column.addWidget(self.model)
        self.column.addWidget(self._meaning(MODEL, 0))
        self.column.addSpacing(4)
        self._add(self.grounding, GROUNDING)
        self._add(self.second_look, SECOND)
        row = QHBoxLayout()
        row.addWidget(label(theme, "A document may take"))
        row.addStretch(1)
        row.addWidget(self.limit)
        self.column.addSpacing(4)
        self.column.addLayout(row)
        self.column.addWidget(self._meaning(LIMIT, 0))
        self.column.addWidget(self.note)
        self.note.hide()
        self.setFixedWidth(392)
        for box in (self.grounding, self.second_look):
            box.toggled.connect(self._tell)
        self.limit.currentIndexChanged.connect(self._tell)

    def _add(self, box: QCheckBox, meaning: str) -> None:
        column = QVBoxLayout()
        column.setSpacing(0)
        box.setFont(self._theme.fonts.text(13, 500))
        box.setAccessibleDescription(meaning)
        column.addWidget(box)
        column.addWidget(self._meaning(meaning, _INSET))
        self.column.addLayout(column)

    def _meaning(self, words: str, inset: int) -> QWidget:
        said = label(self._theme, words, 12, ink="text3")
        said.setWordWrap(True)
        said.setContentsMargins(inset, 0, 0, 0)
        return said

    def show_options(
        self, *, model: str, grounding: bool, second_look: bool, seconds_per_document: float | None, note: str = ""
    ) -> None:
        """Show what is set; `note` says what a change will mean for what is read already."""
        self.model.show_choice(model)
        with QSignalBlocker(self.grounding), QSignalBlocker(self.second_look), QSignalBlocker(self.limit):
            self.grounding.setChecked(grounding)
            self.second_look.setChecked(second_look)
            named = {seconds: words for words, seconds in LIMITS.items()}
            if seconds_per_document not in named:
                words = f"{seconds_per_document:g} seconds"
                if self.limit.findText(words) < 0:
                    self.limit.addItem(words, seconds_per_document)
                named[seconds_per_document] = words
            self.limit.setCurrentText(named[seconds_per_document])
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def _tell(self) -> None:
        words = self.limit.currentText()
        seconds = LIMITS[words] if words in LIMITS else self.limit.currentData()
        self.changed.emit(self.grounding.isChecked(), self.second_look.isChecked(), seconds)


def options_words(*, model: str, grounding: bool, second_look: bool, seconds_per_document: float | None) -> str:
    """Return in a line how documents are read; `model` is what the one that reads them is called."""
    said = [
        "values are grounded" if grounding else "values are not grounded",
        "read twice" if second_look else "read once",
    ]
    limit = next((words for words, seconds in LIMITS.items() if seconds == seconds_per_document), "")
    if seconds_per_document is not None:
        said.append(f"at most {limit or f'{seconds_per_document:g} seconds'} a document")
    return f"{model}: {', '.join(said)}"
