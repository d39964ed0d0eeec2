"""Inputs in the source of an exported screen: Qt's own widgets, bound to the value of their name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engine.interface.export.pyside.code import Call, Method, Raw, literal
from engine.interface.state import as_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.interface.export.pyside.writer import Writer

Node = dict[str, Any]


def _field(writer: Writer, method: Method, node: Node) -> Any:
    kind, name = str(node.get("kind") or "text"), str(node.get("name") or "")
    variable = writer.variable(name, "input")
    if kind == "date":
        method.add(f"{variable} = Day()", _bound(name, variable, "dateChanged", "iso", "set_iso"))
        return _labelled(writer, method, node, variable, kind)
    method.add(f"{variable} = {'QPlainTextEdit' if kind == 'multiline' else 'QLineEdit'}()")
    placeholder = node.get("placeholder") or {"time": "18:30", "url": "https://example.org"}.get(kind)
    if placeholder:
        method.add(writer.laid(Call(f"{variable}.setPlaceholderText", (writer.static(placeholder),))))
    if kind == "password":
        method.add(f"{variable}.setEchoMode(QLineEdit.EchoMode.Password)")
    if kind == "search":
        method.add(f"{variable}.setClearButtonEnabled(True)")
    if kind == "multiline":
        method.add(f"{variable}.setFixedHeight(96)", f"{variable}.setTabChangesFocus(True)")
        method.add(_bound(name, variable, "textChanged", "toPlainText", "setPlainText"))
    else:
        method.add(_bound(name, variable, "textChanged", "text", "setText"))
    return _labelled(writer, method, node, variable, kind)


def _choice(writer: Writer, method: Method, node: Node) -> Any:
    name, display = str(node.get("name") or ""), str(node.get("display") or "dropdown")
    options = [str(option) for option in node.get("options") or []]
    variable = writer.variable(name, "choice")
    if display == "dropdown":
        method.add(f"{variable} = QComboBox()", writer.laid(Call(f"{variable}.addItems", (options,))))
        method.add(f'{variable}.setPlaceholderText("Choose one")')
        method.add(_bound(name, variable, "currentTextChanged", "currentText", "setCurrentText"))
        if not node.get("value"):
            method.add(f"{variable}.setCurrentIndex(-1)")
    else:
        made = (
            Call("Ticks", (options,))
            if display == "checkboxes"
            else Call("Options", (options,), {"segmented": True} if display == "segmented" else {})
        )
        method.add(f"{variable} = {writer.laid(made)}", _bound(name, variable, "changed", "chosen", "choose"))
    return _labelled(writer, method, node, variable, "text")


def _toggle(writer: Writer, method: Method, node: Node) -> Any:
    name = str(node.get("name") or "")
    variable = writer.variable(name, "toggle")
    label = str(node.get("label") or "")
    method.add(f"{variable} = {writer.laid(Call('QCheckBox', (writer.static(label).replace('&', '&&'),)))}")
    method.add(_bound(name, variable, "toggled", "isChecked", "setChecked"))
    writer.follow(method, variable, "setText", label)
    return Raw(variable)


def _slider(writer: Writer, method: Method, node: Node) -> Any:
    name = str(node.get("name") or "")
    variable = writer.variable(name, "slider")
    least, most, step = (as_number(node.get(key)) for key in ("min", "max", "step"))
    ends = [Raw(format(number, ".12g")) for number in (least or 0.0, 100.0 if most is None else most, step or 1.0)]
    method.add(f"{variable} = {writer.laid(Call('Range', tuple(ends)))}")
    method.add(_bound(name, variable, "changed", "value", "set_value"))
    return _labelled(writer, method, node, variable, "text")


def _bound(name: str, variable: str, changed: str, read: str, write: str) -> str:
    return f"self.bind({literal(name)}, {variable}.{changed}, {variable}.{read}, {variable}.{write})"


def _labelled(writer: Writer, method: Method, node: Node, variable: str, kind: str) -> Any:
    label = str(node.get("label") or "")
    named: dict[str, Any] = {} if kind in {"text", "multiline", "search", "password"} else {"kind": kind}
    if node.get("required"):
        named["required"] = True
    made = Call("self.field", (str(node.get("name") or ""), writer.static(label), Raw(variable)), named)
    return writer.following(method, made, f"{variable}_field", {"label.setText": label})


INPUTS: Final[Mapping[str, Callable[[Writer, Method, Node], Any]]] = {
    "field": _field,
    "choice": _choice,
    "toggle": _toggle,
    "slider": _slider,
}
"""What writes each input."""
