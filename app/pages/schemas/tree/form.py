"""The fields of a row's keywords: those that its type can have, each known by its keyword."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QWidget

from app.pages.schemas.tree.fields import FormatBox, KeywordLine, KeywordText
from app.pages.schemas.tree.values import ValuesField
from app.widgets.controls import label
from app.widgets.elided_label import ElidedLabel
from engine.errors import EngineError
from engine.schema.editing import Kind

if TYPE_CHECKING:
    from app.style.theme import Theme
    from engine.schema.editing import Node
    from engine.schema.outline import Says, Shape

LABEL: Final = 96

_STRING: Final[frozenset[Shape]] = frozenset({"string"})
_NUMBER: Final[frozenset[Shape]] = frozenset({"number", "integer"})
_ARRAY: Final[frozenset[Shape]] = frozenset({"array"})
_OBJECT: Final[frozenset[Shape]] = frozenset({"object"})
_LISTED: Final[frozenset[Shape]] = frozenset({"string", "number", "integer", "enum", "any", "choice"})
_TOLD: Final = frozenset(
    {
        "$ref", "additionalProperties", "const", "default", "description", "enum", "exclusiveMaximum",
        "exclusiveMinimum", "format", "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength",
        "minProperties", "minimum", "multipleOf", "pattern", "properties", "required", "title", "type", "uniqueItems",
    }
)  # fmt: skip
"""Keywords that have a field, or show in the tree."""


class ConstraintForm(QWidget):
    """Fields that change with the type of a row. A field that is emptied takes its keyword away."""

    put = Signal(str, object)
    dropped = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnMinimumWidth(0, LABEL)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[frozenset[Shape] | None, QLabel, QWidget, tuple[str, ...]]] = []
        self.lines: dict[str, KeywordLine] = {}
        self.description = KeywordText(theme, "description", "Description", "What the model is told of it")
        self.values = ValuesField(theme)
        self.format = FormatBox(theme)
        self.unique = QCheckBox("No item twice")
        self.others = QComboBox()
        self.also = ElidedLabel(theme, 12, ink="text2")
        for box in (self.unique, self.others):
            box.setFont(theme.fonts.text())
        self.others.setAccessibleName("Other properties")
        self.others.addItems(["Allowed", "Not allowed"])
        self._add(None, "Description", self.description)
        self._add(_LISTED, "Values", self.values, "enum")
        self._add(frozenset({"const"}), "Fixed value", self._line("const", "value", "Fixed value"))
        self._add(_STRING, "Length", self._range("minLength", "maxLength", "whole", "characters"))
        self._add(_STRING, "Pattern", self._line("pattern", "text", "Pattern", "any; a regular expression"))
        self._add(_STRING, "Format", self.format, "format")
        self._add(_NUMBER, "Range", self._range("minimum", "maximum", "number"))
        self._add(_NUMBER, "Exclusive", self._range("exclusiveMinimum", "exclusiveMaximum", "number"))
        self._add(_NUMBER, "Multiple of", self._line("multipleOf", "positive", "Multiple of", "any"))
        self._add(_ARRAY, "Items", self._range("minItems", "maxItems", "whole", "items"))
        self._add(_ARRAY, "", self.unique, "uniqueItems")
        self._add(_OBJECT, "Keys", self._range("minProperties", "maxProperties", "whole", "keys"))
        self._add(_OBJECT, "Other keys", self.others, "additionalProperties")
        self._add(None, "Default", self._line("default", "value", "Default", "none"))
        self._add(None, "Title", self._line("title", "text", "Title", "none"))
        self._add(None, "Also says", self.also)
        for field in (self.description, self.format):
            field.put.connect(self.put)
            field.dropped.connect(self.dropped)
        self.values.changed.connect(self._list)
        self.unique.clicked.connect(self._tell_unique)
        self.others.activated.connect(lambda index: self.put.emit("additionalProperties", index == 0))

    def _line(self, keyword: str, form: Any, name: str, placeholder: str = "") -> KeywordLine:
        made = KeywordLine(self._theme, keyword, form, name, placeholder)
        made.put.connect(self.put)
        made.dropped.connect(self.dropped)
        self.lines[keyword] = made
        return made

    def _range(self, low: str, high: str, form: Any, unit: str = "") -> QWidget:
        """Return two fields, for the bounds at both ends."""
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._line(low, form, low, "any"), 1)
        row.addWidget(label(self._theme, "to", 12, ink="text2"))
        row.addWidget(self._line(high, form, high, "any"), 1)
        if unit:
            row.addWidget(label(self._theme, unit, 12, ink="text2"))
        return made

    def _add(self, shapes: frozenset[Shape] | None, words: str, field: QWidget, *keywords: str) -> None:
        """Add a field for rows of some shapes, or all; `keywords` show it for others too where they are written."""
        name = label(self._theme, words, 13, ink="text2")
        name.setFixedHeight(28)
        place = len(self._rows)
        self._grid.addWidget(name, place, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(field, place, 1)
        keywords = keywords or tuple(line.keyword for line in field.findChildren(KeywordLine))
        if isinstance(field, KeywordLine):
            keywords = (field.keyword,)
        self._rows.append((shapes, name, field, keywords))

    def show_schema(self, says: Says, outer: dict[str, Node], inner: dict[str, Node]) -> None:
        """Show the keywords of a schema: those that are about all of it, and those of its type."""
        members = {**inner, **outer} if inner is not outer else outer
        refers = says.reference is not None
        for shapes, name, field, keywords in self._rows:
            fits = shapes is None or (says.shape in shapes and not refers)
            shown = fits or any(keyword in members for keyword in keywords)
            name.setVisible(shown)
            field.setVisible(shown)
        textual = _is_textual(says, inner)
        for keyword, line in self.lines.items():
            line.show_node(members.get(keyword), textual=textual)
        self.description.show_node(members.get("description"))
        self.format.show_node(inner.get("format"))
        self.values.show_values(_values(inner.get("enum")), textual=textual)
        unique = inner.get("uniqueItems")
        self.unique.setChecked(unique is not None and unique.kind is Kind.TRUE)
        self._show_others(inner.get("additionalProperties"))
        also = [word.text for word in says.words if word.keyword not in _TOLD]
        self._rows[-1][1].setVisible(bool(also))
        self.also.setVisible(bool(also))
        self.also.say(", ".join(also))

    def _show_others(self, node: Node | None) -> None:
        described = node is not None and node.kind is Kind.OBJECT
        self.others.setEnabled(not described)
        if described and self.others.count() == 2:
            self.others.addItem("As the tree says")
        elif not described and self.others.count() > 2:
            self.others.removeItem(2)
        closed = node is not None and node.kind is Kind.FALSE
        self.others.setCurrentIndex(2 if described else int(closed))

    def _list(self, values: list[Any]) -> None:
        if values:
            self.put.emit("enum", values)
        else:
            self.dropped.emit("enum")

    def _tell_unique(self, unique: bool) -> None:
        if unique:
            self.put.emit("uniqueItems", True)
        else:
            self.dropped.emit("uniqueItems")

    def forget(self) -> None:
        """Be empty, for another row: what was typed and could not be said belongs to the one before."""
        for line in self.lines.values():
            line.forget()
        self.description.forget()
        self.values.field.clear()

    def settle(self) -> None:
        """Take the sizes that what is shown needs."""
        self._grid.activate()

    def restore(self) -> None:
        """Show again what there was, instead of what is being typed."""
        for line in self.lines.values():
            if line.hasFocus():
                line.restore()


def _values(node: Node | None) -> list[Any]:
    if node is None or node.kind is not Kind.ARRAY:
        return []
    try:
        return list(node.value())
    except EngineError:
        return []


def _is_textual(says: Says, inner: dict[str, Node]) -> bool:
    """Tell whether what is typed as a value is a string: by the type, or by the values that there are."""
    if says.shape == "string" or ("type" in inner and inner["type"].text == '"string"'):
        return True
    if says.shape not in {"enum", "const"} or "type" in inner:
        return False
    listed = inner["enum"].items() if "enum" in inner else [inner["const"]] if "const" in inner else []
    return bool(listed) and all(each.kind in {Kind.STRING, Kind.NULL} for each in listed)
