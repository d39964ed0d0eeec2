"""How the table leaves the program: which file, what a row is, and what goes with each value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app import figures
from app.pages.extract.popover import Popover
from app.pages.extract.words import count
from app.widgets.controls import button, label, section_title
from app.widgets.segments import Segments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.style.theme import Theme

FORMATS: Final = {
    "xlsx": ("XLSX", "A workbook with numbers and dates as such; sources stand on a sheet of their own."),
    "csv": ("CSV", "A table for any spreadsheet; what looks like a formula is made harmless."),
    "jsonl": ("JSONL", "One record a line, nested as the schema has it."),
}


@dataclass(frozen=True)
class ExportChoice:
    """What was chosen: the file's ending, the unit by its place among those there are, and what goes along."""

    format: str = "xlsx"
    unit: int = 0
    sources: bool = False
    confidence: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return what is remembered; the unit is not, since another schema has others."""
        return {"format": self.format, "sources": self.sources, "confidence": self.confidence}

    @classmethod
    def from_json(cls, kept: Any) -> ExportChoice:
        """Return what was remembered, as far as it can be."""
        if not isinstance(kept, dict):
            return cls()
        chosen = str(kept.get("format"))
        return cls(
            chosen if chosen in FORMATS else "xlsx",
            sources=kept.get("sources") is True,
            confidence=kept.get("confidence") is True,
        )


class ExportPopover(Popover):
    """`export_asked` is given an `ExportChoice`; where to, a dialog asks afterwards."""

    export_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, "Export the table")
        self.format = Segments(theme, {key: words for key, (words, _) in FORMATS.items()}, "File")
        self.hint = label(theme, "", 12, ink="text3")
        self.hint.setWordWrap(True)
        self.unit = QComboBox()
        self.unit.setAccessibleName("What a row is")
        self.sources = QCheckBox("Sources: page, place and quote of each value")
        self.confidence = QCheckBox("Confidence: how likely each value is right")
        self.rows = label(theme, "", 12, ink="text2", tabular=True)
        self.save = button(theme, "Save as…", "primary")
        self.save.clicked.connect(self._save)
        self.format.chosen.connect(lambda _key: self._say())
        foot = QHBoxLayout()
        foot.addWidget(self.rows)
        foot.addStretch(1)
        foot.addWidget(self.save)
        row_is = QVBoxLayout()
        row_is.setSpacing(4)
        row_is.addWidget(section_title(theme, "One row for each"))
        row_is.addWidget(self.unit)
        self.column.addWidget(section_title(theme, "File"))
        self.column.addWidget(self.format, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self.hint)
        self.column.addLayout(row_is)
        self.column.addSpacing(2)
        self.column.addWidget(section_title(theme, "With each value"))
        self.column.addWidget(self.sources)
        self.column.addWidget(self.confidence)
        self.column.addSpacing(4)
        self.column.addLayout(foot)
        self.setFixedWidth(368)

    def offer(self, choice: ExportChoice, units: Sequence[str], documents: int, to_review: int) -> None:
        """Show what was chosen last, what a row can be, and what is in the table."""
        self.unit.clear()
        self.unit.addItems(list(units) or ["Document"])
        self.unit.setCurrentIndex(min(choice.unit, self.unit.count() - 1))
        self.format.choose(choice.format)
        self.sources.setChecked(choice.sources)
        self.confidence.setChecked(choice.confidence)
        said = count(documents, "document")
        self.rows.setText(f"{said}, {figures.number(to_review)} to review" if to_review else said)
        self._say()

    def _say(self) -> None:
        self.hint.setText(FORMATS[self.format.current][1])

    def _save(self) -> None:
        self.hide()
        self.export_asked.emit(
            ExportChoice(
                self.format.current, self.unit.currentIndex(), self.sources.isChecked(), self.confidence.isChecked()
            )
        )
