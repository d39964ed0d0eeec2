"""What the buttons of an exported screen call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.interface.acting import address_problem
from engine.interface.export.pyside.code import Call, Method, Raw, literal
from engine.interface.state import as_boolean, as_number, names_in, spelled

if TYPE_CHECKING:
    from engine.interface.export.pyside.writer import Writer

Node = dict[str, Any]

_LONG = 72
"""Calls that are longer than this have a method of their own."""


def pressed(writer: Writer, method: Method, action: Any) -> Raw:
    """Return what a button calls, as a function of no arguments."""
    action = action if isinstance(action, dict) else {}
    kind, target, value = str(action.get("kind")), str(action.get("target") or ""), action.get("value")
    row = ", row" if method.row else ""
    match kind:
        case "submit" | "ask":
            return _send(writer, target, value, row)
        case "set":
            return _does(f"self.values.put({literal(target)}, {_meant(writer, target, value, row)})")
        case "toggle":
            return _does(f"self.values.toggle({literal(target)})")
        case "reset":
            names = writer.found.forms.get(target or writer.form or "", [target] if target else [])
            return _does(f"self.values.reset({', '.join(map(literal, names))})")
        case "go":
            return _go(writer, target)
        case "copy":
            return _does(f"self.copy({writer.laid(spelled(value))})")
        case "open_url" if not address_problem(spelled(value)):
            return _does(f"self.open_address({writer.laid(spelled(value))})")
        case "export" if writer.found.tables:
            columns, rows = writer.table(writer.found.tables[0])
            heads = f"[label for label, _ in {columns}]"
            return _does(f"self.save({heads}, {rows}{', ' + literal('json') if value == 'json' else ''})")
    return _does("None")


def _send(writer: Writer, target: str, value: Any, row: str) -> Raw:
    form = target if target in writer.found.forms else writer.form or ""
    names = writer.found.forms.get(form, list(writer.found.inputs))
    said = spelled(value)
    text = [Raw(f"self.values.said({writer.laid(said)}{row})") if names_in(said) else said] if said else []
    name = target or form or "send"
    call = Call("self.send", (name, names, *text))
    flat = writer.laid(call)
    if row or ("\n" not in flat and len(flat) <= _LONG):
        return _does(flat)
    return Raw(f"self.{writer.calling(name, 'Check what is filled in, and print it.', call)}")


def _go(writer: Writer, target: str) -> Raw:
    if target in writer.dialogs:
        return _does(f"self.{writer.dialogs[target]}.open()")
    if target in writer.tabs:
        name, place = writer.tabs[target]
        return _does(f"self.{name}.setCurrentIndex({place})")
    if target in writer.sections:
        return _does(f"self.reveal(self.{writer.sections[target]})")
    return _does("None")


def _meant(writer: Writer, target: str, value: Any, row: str) -> str:
    """Return the value that is put, as the input of that name holds it."""
    node = writer.found.inputs.get(target, {})
    kind = node.get("type")
    if kind == "toggle":
        return literal(bool(as_boolean(value)))
    if kind == "slider":
        number = as_number(value)
        return format(0.0 if number is None else number, ".12g")
    if kind == "choice" and node.get("display") == "checkboxes":
        return writer.laid([spelled(value)] if spelled(value) else [])
    if kind in {"field", "choice"}:
        value = spelled(value)
    if isinstance(value, str) and names_in(value):
        return f"self.values.said({writer.laid(value)}{row})"
    return writer.laid(value)


def _does(call: str) -> Raw:
    return Raw(f"lambda: {call}")
