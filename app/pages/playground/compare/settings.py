"""The settings of one column: how its answer is sampled, and the schema that it is held to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout

from app.pages.playground.inspector.sampling import SamplingSection
from app.style import tokens
from app.widgets.controls import ground, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.exchange import Draft
    from app.style.theme import Theme

_LABEL = 88


class ColumnSettings(QFrame):
    """Everything that may differ from column to column; the response format is the same for all."""

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._filling = False
        self.setProperty("ground", "canvas")
        self.sampling = SamplingSection(theme)
        self.sampling.fold.setVisible(False)
        self.schema = QComboBox()
        self.schema.setFont(theme.fonts.text())
        self.schema.setAccessibleName("Schema")
        self.schema.setMinimumContentsLength(8)
        self.schema.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._row = ground("canvas", "below")
        name = label(theme, "Schema", 13, ink="text2")
        name.setFixedWidth(_LABEL)
        name.setBuddy(self.schema)
        row = QHBoxLayout(self._row)
        row.setContentsMargins(tokens.PANEL_MARGIN, 8, tokens.PANEL_MARGIN, 8)
        row.setSpacing(8)
        row.addWidget(name)
        row.addWidget(self.schema, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.sampling)
        column.addWidget(self._row)
        self.sampling.edited.connect(self._edited)
        self.schema.currentIndexChanged.connect(self._edited)

    def show_draft(self, draft: Draft, schemas: Sequence[tuple[str, str]]) -> None:
        """Fill the controls; `schemas` are the texts to choose from, each with what it is called."""
        self._filling = True
        self.sampling.show_draft(draft)
        self._row.setVisible(draft.format == "schema" and len(schemas) > 1)
        self.schema.clear()
        for words, text in schemas:
            self.schema.addItem(words, text)
        self.schema.setCurrentIndex(next((at for at, (_, text) in enumerate(schemas) if text == draft.schema), -1))
        self._filling = False

    def apply(self, draft: Draft) -> Draft:
        """Return a draft with what the controls hold."""
        schema = self.schema.currentData()
        chosen = self.sampling.apply(draft)
        return replace(chosen, schema=schema) if isinstance(schema, str) else chosen

    def _edited(self) -> None:
        if not self._filling:
            self.edited.emit()
