"""The line of a field: the box that gives it, its name, room for its value, the box for null, what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.style import tokens
from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.controls import Mark, icon_button, set_ink
from app.widgets.elided_label import ElidedLabel
from app.widgets.form.columns import GAP, GUTTER, TRAIL
from app.widgets.form.notes import Complaints, Hint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.widgets.form.parts import Parts
    from app.widgets.form.place import Place

_BOX = 16
_TOP = Qt.AlignmentFlag.AlignTop


class RowHead(QWidget):
    """Makes of the boxes and buttons only those that the field can need: a form has hundreds of lines."""

    def __init__(self, parts: Parts, place: Place, name: str) -> None:
        super().__init__()
        self._parts = parts
        self._place = place
        self._name = name
        self.given: QCheckBox | None = None
        self.lacking: Mark | None = None
        self.key: QLineEdit | None = None
        self.null: QCheckBox | None = None
        self.remove: QPushButton | None = None
        self.complaints: Complaints | None = None
        self.label = ElidedLabel(parts.theme, 13, ink="text2")
        self.label.setFixedHeight(tokens.CONTROL)
        self.label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.label.say(name)
        self._value = QWidget()
        self._cell = QVBoxLayout(self._value)
        self._cell.setContentsMargins(0, 0, 0, 0)
        self._cell.setSpacing(0)
        self.values = QVBoxLayout()
        self.values.setSpacing(4)
        self._cell.addLayout(self.values)
        told = _told(place)
        if told:
            self._cell.addSpacing(2)
            self._cell.addWidget(Hint(parts.theme, told))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(0)
        self._add_gutter(row)
        row.addWidget(self._key_or_label(), 0, _TOP)
        row.addSpacing(GAP)
        row.addWidget(self._value, 0, _TOP)
        if place.field.nullable or place.removed:
            row.addWidget(self._trail(), 0, _TOP)
        row.addStretch(1)
        self.fit()

    def _add_gutter(self, row: QHBoxLayout) -> None:
        if self._place.required:
            self.lacking = Mark(self._parts.theme, "circle", "text3")
            self.lacking.setFixedSize(_BOX, tokens.CONTROL)
            self.lacking.setAccessibleName(f"{self._name}: to be given")
            self.lacking.setToolTip("Still to be given")
            keeps = self.lacking.sizePolicy()
            keeps.setRetainSizeWhenHidden(True)
            self.lacking.setSizePolicy(keeps)
            row.addWidget(self.lacking, 0, _TOP)
            row.addSpacing(GUTTER - _BOX)
        else:
            self.given = QCheckBox()
            set_kind(self.given, "row")
            self.given.setFixedWidth(GUTTER)
            self.given.setAccessibleName(f"{self._name}: given")
            self.given.setToolTip(plain_tip(f"Give {self._name}, or leave it out"))
            row.addWidget(self.given, 0, _TOP)

    def _key_or_label(self) -> QWidget:
        if not self._place.renamed:
            return self.label
        self.key = QLineEdit(self._place.name)
        self.key.setFont(self._parts.theme.fonts.text())
        self.key.setAccessibleName(f"Name of {self._name}")
        return self.key

    def _trail(self) -> QWidget:
        made = QWidget()
        made.setFixedSize(TRAIL, tokens.CONTROL)
        row = QHBoxLayout(made)
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(4)
        if self._place.field.nullable:
            self.null = QCheckBox("none")
            self.null.setFont(self._parts.theme.fonts.text(12))
            self.null.setProperty("ink", "text2")
            self.null.setAccessibleName(f"{self._name}: none")
            self.null.setToolTip("Say that there is none: null")
            row.addWidget(self.null)
        row.addStretch(1)
        if self._place.removed:
            self.remove = icon_button(self._parts.theme, "x", f"Remove {self._name}")
            row.addWidget(self.remove)
        return made

    def fit(self) -> None:
        """Take over the widths of the columns."""
        columns = self._parts.columns
        (self.key or self.label).setFixedWidth(columns.label(self._place.depth))
        self._value.setFixedWidth(columns.value)

    def show_state(self, *, absent: bool, null: bool, inner: bool) -> None:
        """Show whether there is a value, whether it is null, and whether it has something inside."""
        if self.given is not None:
            self.given.setChecked(not absent)
        if self.lacking is not None:
            self.lacking.setVisible(absent)
        if self.null is not None:
            self.null.setChecked(null)
        self.label.setFont(self._parts.theme.fonts.text(13, 500 if inner else 400))
        set_ink(self.label, "text3" if absent and not self._place.required else "" if inner else "text2")

    def complain(self, sentences: Sequence[str]) -> None:
        """Show what is wrong."""
        if self.complaints is None and sentences:
            self.complaints = Complaints(self._parts.theme)
            self._cell.addWidget(self.complaints)
        if self.complaints is not None:
            self.complaints.say(sentences)

    def before(self) -> list[QWidget]:
        """Return what takes the focus before the value, in order."""
        return [each for each in (self.given, self.key) if each is not None]

    def after(self) -> list[QWidget]:
        """Return what takes the focus behind the value, in order."""
        return [each for each in (self.null, self.remove) if each is not None]


def _told(place: Place) -> str:
    """Return what a field is for; a title says nothing where it only spells the name anew."""
    plain = "".join(place.name.replace("_", " ").replace("-", " ").casefold().split())
    title = place.field.title if "".join(place.field.title.casefold().split()) != plain else ""
    return ". ".join(part.strip().removesuffix(".") for part in (title, place.field.description) if part.strip())
