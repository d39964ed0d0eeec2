"""What the buttons of an exported screen call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.interface.acting import address_problem
from engine.interface.export.pyside.code import Call, Later, Method, Raw
from engine.interface.state import as_boolean, as_number, names_in, spelled

if TYPE_CHECKING:
    from engine.interface.export.pyside.writer import Writer

Node = dict[str, Any]

_NOTHING = Raw("lambda: None")
_LONG = 72
"""Calls that are longer than this have a method of their own."""


def pressed(writer: Writer, method: Method, action: Any) -> Later | Raw:
    """Return what a button calls, as a function of no arguments."""
    action = action if isinstance(action, dict) else {}
    kind, target, value = str(action.get("kind")), str(action.get("target") or ""), action.get("value")
    row = method.row
    match kind:
        case "submit" | "ask":
            return _send(writer, target, value, row)
        case "set":
            return Later(Call("self.values.put", (target, _meant(writer, target, value, row))))
        case "toggle":
            return Later(Call("self.values.toggle", (target,)))
        case "reset":
            names = writer.found.forms.get(target or writer.form or "", [target] if target else [])
            return Later(Call("self.values.reset", tuple(names)))
        case "go":
            return _go(writer, target)
        case "copy":
            return Later(Call("self.copy", (spelled(value),)))
        case "open_url" if not address_problem(spelled(value)):
            return Later(Call("self.open_address", (spelled(value),)))
        case "export" if writer.found.tables:
            columns, rows = writer.table(writer.found.tables[0])
            heads = Raw(f"[label for label, _ in {columns}]")
            return Later(Call("self.save", (heads, Raw(rows), *(["json"] if value == "json" else []))))
    return _NOTHING


def _send(writer: Writer, target: str, value: Any, row: bool) -> Later | Raw:
    form = target if target in writer.found.forms else writer.form or ""
    names = [writer.found.forms[form]] if form in writer.found.forms else []
    said = spelled(value)
    text = {"text": _said(said, row)} if said else {}
    call = Call("self.send", (target or form or "send", *names), text)
    flat = writer.laid(call)
    if row or ("\n" not in flat and len(flat) <= _LONG):
        return Later(call)
    return Raw(f"self.{writer.calling(target or form, 'Check what is filled in, and print it.', call)}")


def _go(writer: Writer, target: str) -> Later | Raw:
    if target in writer.dialogs:
        return Later(Call(f"self.{writer.dialogs[target]}.open"))
    if target in writer.tabs:
        name, place = writer.tabs[target]
        return Later(Call(f"self.{name}.setCurrentIndex", (place,)))
    if target in writer.sections:
        return Later(Call("self.reveal", (Raw(f"self.{writer.sections[target]}"),)))
    return _NOTHING


def _meant(writer: Writer, target: str, value: Any, row: bool) -> Any:
    """Return the value that is put, as the input of that name holds it."""
    node = writer.found.inputs.get(target, {})
    kind = node.get("type")
    if kind == "toggle":
        return bool(as_boolean(value))
    if kind == "slider":
        number = as_number(value)
        return Raw(format(0.0 if number is None else number, ".12g"))
    if kind == "choice" and node.get("display") == "checkboxes":
        return [spelled(value)] if spelled(value) else []
    if kind in {"field", "choice"}:
        value = spelled(value)
    if isinstance(value, str) and names_in(value):
        return _said(value, row)
    return value


def _said(text: str, row: bool) -> Any:
    """Return a text as it is when it is needed: with the values in it, if there are any."""
    return Call("self.values.said", (text, *([Raw("row")] if row else []))) if names_in(text) else text
