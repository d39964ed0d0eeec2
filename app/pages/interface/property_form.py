"""The properties of one part as a form: what the catalogue says of them, each with a field that fits it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from app.pages.interface.property_fields import Spot, field_for
from app.style import tokens
from app.style.plain_text import one_line
from app.style.tips import plain_tip
from app.widgets.controls import label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.pages.interface.property_fields import Field
    from app.style.theme import Theme
    from engine.interface.catalogue import Component

LABEL: Final = 76
_UNKNOWN: Final = "This component is not in the catalogue. Its JSON can be changed."


class PropertyForm(QScrollArea):
    """Fields of one component. `put` is given the name of a prop and its new value."""

    put = Signal(str, object)
    json_asked = Signal()
    """A prop that has no field is to be edited as JSON."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._component: Component | None = None
        self._props: dict[str, Any] = {}
        self.fields: dict[Spot, Field] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(tokens.PANEL_MARGIN, 8, tokens.PANEL_MARGIN, 8)
        self._column.setSpacing(0)
        self._grid: QGridLayout | None = None
        self.setWidget(self._body)
        self._rebuild()

    def show_part(self, component: Component | None, props: Mapping[str, Any]) -> None:
        """Show a part's props. The fields of the same component stay, and with them what is being typed."""
        self._props = dict(props)
        if component is not self._component:
            self._component = component
            self._rebuild()
        for spot, each in self.fields.items():
            each.show_value(self._value(spot))

    def set_editable(self, *, editable: bool) -> None:
        """Let the fields be changed, or not."""
        self._body.setEnabled(editable)

    def show_fault(self, name: str, sentence: str) -> None:
        """Say what is wrong with a prop, at its first field."""
        for spot, each in self.fields.items():
            if spot.name == name:
                each.refuse(sentence)
                return

    def commit(self) -> None:
        """Tell what is still being typed."""
        for each in list(self.fields.values()):
            each.commit()

    def focus_first(self) -> None:
        """Take the focus, in the first field."""
        first = next(iter(self.fields.values()), None)
        if first is not None:
            first.control.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Parts

    def _value(self, spot: Spot) -> Any:
        value = self._props.get(spot.name, self._default(spot.name))
        if spot.member:
            return value.get(spot.member) if isinstance(value, dict) else None
        return value

    def _default(self, name: str) -> Any:
        prop = self._component.prop(name) if self._component is not None else None
        return prop.default if prop is not None else None

    def _rebuild(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.hide()
                gone.deleteLater()
        self.fields = {}
        inside = QWidget()
        grid = self._grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, LABEL)
        grid.setColumnStretch(1, 1)
        component = self._component
        if component is not None:
            for prop in component.props:
                if prop.kind != "nodes":
                    self._add_prop(prop.name, prop.schema, prop.kind, nullable=prop.nullable)
        if component is None or not grid.count():
            said = "This part has nothing to set." if component is not None else _UNKNOWN
            words = label(self._theme, said, 13, ink="text3")
            words.setWordWrap(True)
            self._column.addWidget(words)
        self._column.addWidget(inside)
        self._column.addStretch(1)

    def _add_prop(self, name: str, schema: Mapping[str, Any], kind: str, *, nullable: bool) -> None:
        members = schema.get("properties")
        if kind == "value" and isinstance(members, dict) and all(map(_is_plain, members.values())):
            for member, each in members.items():
                self._add(Spot(name, member), each, nullable=_allows_null(each))
        else:
            self._add(Spot(name), schema, nullable=nullable)

    def _add(self, spot: Spot, schema: Mapping[str, Any], *, nullable: bool) -> None:
        made = field_for(self._theme, spot, schema, nullable=nullable)
        words = label(self._theme, one_line(spot.words, 40), 13, ink="text2")
        words.setFixedHeight(tokens.CONTROL)
        words.setWordWrap(True)
        description = schema.get("description")
        if isinstance(description, str):
            words.setToolTip(plain_tip(description))
        assert self._grid is not None, "fields are added to a form that is being made"
        place = self._grid.rowCount()
        self._grid.addWidget(words, place, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(made, place, 1)
        made.changed.connect(lambda value, where=spot: self._put(where, value))
        made.json_asked.connect(self.json_asked)
        self.fields[spot] = made

    def _put(self, spot: Spot, value: Any) -> None:
        if spot.member:
            whole = self._props.get(spot.name, self._default(spot.name))
            value = {**(whole if isinstance(whole, dict) else {}), spot.member: value}
        self._props[spot.name] = value
        self.put.emit(spot.name, value)


def _is_plain(schema: Any) -> bool:
    """Tell whether a member of an object can have a field of its own."""
    kind = schema.get("type") if isinstance(schema, dict) else None
    kinds = kind if isinstance(kind, list) else [kind]
    plain = {"string", "number", "integer", "boolean", "null"}
    return isinstance(schema, dict) and ("enum" in schema or set(kinds) <= plain)


def _allows_null(schema: Mapping[str, Any]) -> bool:
    kind, choices = schema.get("type"), schema.get("enum")
    return (isinstance(kind, list) and "null" in kind) or (isinstance(choices, list) and None in choices)
