"""What a model's file says of itself, and where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from app import figures
from app.models.load_choices import known_template
from app.models.model_words import NOTHING, licence_words, parameter_words, short_hash, size_words
from app.pages.models.fields import NAMES, ValueRows
from app.pages.models.found_lines import FoundLines
from app.pages.models.pinning import show_pin
from app.widgets.controls import button, icon_button, label
from app.widgets.facts import CodeValue
from app.widgets.section import Section

if TYPE_CHECKING:
    from app.session.models import Entry
    from app.style.theme import Theme


class FileSection(Section):
    """Figures of the header, then path and hash, which can be copied."""

    show_asked = Signal()
    pin_asked = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        self.show_file = button(theme, "Show file", "flat")
        super().__init__(theme, "The file", self.show_file, last=True)
        self.show_file.clicked.connect(self.show_asked)
        self.wrong = FoundLines(theme)
        self.rows = ValueRows(theme)
        self.path = CodeValue(theme, "Path")
        self.sha256 = CodeValue(theme, "SHA-256")
        self.pin = icon_button(theme, "lock-simple-open", "Pin")
        self.pin.setCheckable(True)
        self.pin.clicked.connect(self.pin_asked)
        self._hash_state: QLabel = label(theme, "", 12, ink="text3")
        codes = QWidget()
        grid = QGridLayout(codes)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(0)
        grid.setColumnMinimumWidth(0, NAMES - 32)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label(theme, "Path", 12, ink="text2"), 0, 0)
        grid.addWidget(self.path, 0, 1)
        self._hash_name = label(theme, "SHA-256", 12, ink="text2")
        grid.addWidget(self._hash_name, 1, 0)
        hashed = QHBoxLayout()
        hashed.setContentsMargins(0, 0, 0, 0)
        hashed.addWidget(self.sha256)
        hashed.addWidget(self._hash_state)
        hashed.addWidget(self.pin)
        grid.addLayout(hashed, 1, 1)
        self.inside.addWidget(self.wrong)
        self.inside.addWidget(self.rows)
        self.inside.addWidget(codes)

    def show_entry(self, entry: Entry, sha256: str | None) -> None:
        """Show a model of this machine; `sha256` is its hash, where it is known."""
        facts = entry.file.facts
        rows = [("Size", size_words(entry.file.size))]
        if len(entry.file.parts) > 1:
            rows.append(("Files", f"{len(entry.file.parts)} parts"))
        if facts is not None:
            rows += [
                ("Architecture", facts.architecture),
                ("Parameters", parameter_words(facts.parameters)),
                ("Quantized", facts.quantization),
                ("Trained for", f"{figures.number(facts.context)} tokens" if facts.context else NOTHING),
                ("Vocabulary", f"{figures.number(facts.vocabulary)} tokens" if facts.vocabulary else NOTHING),
                ("Licence", licence_words(facts.licence) or "not told"),
                ("Template", known_template(facts.template) if facts.template else "none: ChatML is used"),
            ]
        self.rows.show_rows(rows)
        self.path.show_text(entry.key)
        self.sha256.show_text(sha256 or "")
        self.sha256.setVisible(bool(sha256))
        hashing = f"being read, {entry.hashing:.0%}" if entry.hashing is not None else "not read yet"
        self._hash_state.setText("" if sha256 else hashing)
        error = entry.file.error
        self._hash_name.setVisible(error is None)
        self._hash_state.setVisible(not sha256 and error is None)
        self.pin.setVisible(entry.loadable)
        show_pin(self._theme, self.pin, pinned=entry.pinned is not None)
        if error is not None:
            self.wrong.show_error(error)
        elif entry.breaks_pin:
            pinned = f"Not the file that was pinned, which has the SHA-256 {short_hash(entry.pinned or '')}"
            self.wrong.show_lines([("cross", "brickMark", pinned)])
        elif entry.pinned is not None:
            self.wrong.show_lines([("check", "accent", "Pinned: another file in its place is refused")])
        else:
            self.wrong.show_lines([])
