"""Inputs and buttons as HTML that works without scripts: what the browser itself can do is done, the rest is said."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final

from engine.interface.acting import address_problem
from engine.interface.export.page.markup import clean, tag, words
from engine.interface.state import as_number, spelled
from engine.spreadsheet import as_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.interface.export.page.writer import Writer

Node = dict[str, Any]

PAGE: Final = "page"
"""The form of everything that stands in none."""
NOT_SENT: Final = "Nothing is sent from this page"
_NOT_HERE: Final = "This works in the screen itself, not in a page without scripts"


def _form(writer: Writer, node: Node) -> str:
    own = writer.own(writer.forms, node.get("name"))
    nested = writer.form is not None
    with writer.within(form=writer.form if nested else own):
        inner = writer.parts(node.get("children"))
        submit = writer.plain(node.get("submit")) or "Send"
        sender = {"type": "button", "label": submit, "style": "primary", "action": node.get("action")}
        inner += tag("div", _button(writer, sender), class_="row end")
    if nested:
        return tag("fieldset", inner, class_="column")
    # The method "dialog" checks what is filled in, and goes nowhere.
    return tag("form", inner, id=own, method="dialog", class_="column")


def _field(writer: Writer, node: Node) -> str:
    name, kind = str(node.get("name")), str(node.get("kind") or "text")
    own = writer.own(writer.ids, name)
    shared: dict[str, Any] = {
        "id": own,
        "name": name,
        "form": None if writer.form else PAGE,
        # Without a placeholder CSS could not see that nothing is typed.
        "placeholder": writer.plain(node["placeholder"]) if node.get("placeholder") else " ",
        "required": bool(node.get("required")),
        "autocomplete": "off",
    }
    value = node.get("value")
    if kind == "multiline":
        control = tag("textarea", words(str(value or "")), rows=4, **shared)
    else:
        step = "any" if kind == "number" else None
        control = tag("input", type=kind, value=None if value is None else spelled(value), step=step, **shared)
    return tag("div", _label(writer, node, own), control, class_="field")


def _choice(writer: Writer, node: Node) -> str:
    name = str(node.get("name"))
    own = writer.own(writer.ids, name)
    options = [str(option) for option in node.get("options") or []]
    value = node.get("value")
    chosen = value if isinstance(value, list) else [value]
    form = None if writer.form else PAGE
    required = bool(node.get("required"))
    display = str(node.get("display") or "dropdown")
    if display == "dropdown":
        entries = [] if chosen[:1] and chosen[0] in options else [tag("option", "", value="")]
        entries += [
            tag("option", words(option), value=option, id=f"{own}-{index}", selected=option in chosen)
            for index, option in enumerate(options)
        ]
        control = tag("select", *entries, id=own, name=name, form=form, required=required)
        return tag("div", _label(writer, node, own), control, class_="field")
    several = display == "checkboxes"
    entries = []
    for index, option in enumerate(options):
        box = tag(
            "input", type="checkbox" if several else "radio", name=name, value=option, id=f"{own}-{index}",
            checked=option in chosen, required=required and not several, form=form,
        )  # fmt: skip
        entries.append(tag("span", box, tag("label", words(option), for_=f"{own}-{index}"), class_="option"))
    legend = tag("legend", writer.said(node.get("label")), _must(node))
    return tag("fieldset", legend, tag("div", *entries, class_="options"), class_=f"choice {display}")


def _toggle(writer: Writer, node: Node) -> str:
    own = writer.own(writer.ids, node.get("name"))
    display = str(node.get("display") or "switch")
    box = tag(
        "input", type="checkbox", id=own, name=str(node.get("name")), checked=node.get("value") is True,
        role="switch" if display == "switch" else None, form=None if writer.form else PAGE,
    )  # fmt: skip
    return tag("div", box, tag("label", writer.said(node.get("label")), for_=own), class_=f"toggle {display}")


def _slider(writer: Writer, node: Node) -> str:
    own = writer.own(writer.ids, node.get("name"))
    numbers = {key: as_number(node.get(key)) for key in ("min", "max", "step", "value")}
    control = tag(
        "input", type="range", id=own, name=str(node.get("name")), form=None if writer.form else PAGE,
        **{key: f"{value:.12g}" for key, value in numbers.items() if value is not None},
    )  # fmt: skip
    ends = tag("span", *(tag("span", words(spelled(numbers[key]))) for key in ("min", "max")), class_="ends")
    return tag("div", _label(writer, node, own), control, ends, class_="field")


def _label(writer: Writer, node: Node, own: str) -> str:
    return tag("label", writer.said(node.get("label")), _must(node), for_=own)


def _must(node: Node) -> str:
    return tag("span", " *", class_="must", aria_hidden="true") if node.get("required") else ""


def _button(writer: Writer, node: Node) -> str:
    action = node.get("action")
    action = action if isinstance(action, dict) else {}
    label = writer.said(node.get("label"))
    look = f"button {node.get('style') or 'secondary'}"
    return _ACTIONS.get(str(action.get("kind")), _disabled)(writer, action, label, look)


def _submit(writer: Writer, _action: Node, label: str, look: str) -> str:
    kind = "submit" if writer.form else "button"
    return tag("button", label, type=kind, title=NOT_SENT, class_=look)


def _set(writer: Writer, action: Node, label: str, look: str) -> str:
    name, value = str(action.get("target") or ""), action.get("value")
    conditions = writer.choices.values.get(name, ())
    meant = next((condition for actual, condition in conditions if actual == value), None)
    node = writer.found.inputs.get(name, {})
    if (
        meant is None
        or not meant.startswith(":has(#")
        or node.get("display") == "dropdown"
        or node.get("type") == "toggle"
    ):
        return _disabled(writer, action, label, look)
    return tag("label", label, for_=meant.removeprefix(":has(#").removesuffix(":checked)"), class_=look)


def _switch(writer: Writer, action: Node, label: str, look: str) -> str:
    name = str(action.get("target") or "")
    node = writer.found.inputs.get(name, {})
    if node.get("type") == "toggle" and name in writer.ids:
        return tag("label", label, for_=writer.ids[name], class_=look)
    return _disabled(writer, action, label, look)


def _reset(writer: Writer, action: Node, label: str, look: str) -> str:
    target = str(action.get("target") or "")
    form = writer.forms.get(target) or writer.form or PAGE
    return tag("button", label, type="reset", form=form, class_=look)


def _go(writer: Writer, action: Node, label: str, look: str) -> str:
    target = str(action.get("target") or "")
    own = writer.targets.get(target)
    if own is None:
        return _disabled(writer, action, label, look)
    if any(str(dialog.get("name")) == target for dialog in writer.found.dialogs):
        return tag("button", label, type="button", popovertarget=own, class_=look)
    if any(str(entry.get("label")) == target for entry in writer.found.tabs):
        return tag("label", label, for_=own, class_=look)
    # A browser unfolds what an address within the page leads into.
    return tag("a", label, href=f"#{own}", class_=look)


def _copy(writer: Writer, action: Node, label: str, look: str) -> str:
    text = tag("pre", writer.said(spelled(action.get("value"))), class_="copied")
    return _popover(writer, label, look, tag("p", "Select this and copy it:", class_="caption"), text)


def _open_url(writer: Writer, action: Node, label: str, look: str) -> str:
    address = writer.plain(spelled(action.get("value")))
    if address_problem(address):
        return _disabled(writer, action, label, look)
    link = tag("a", words(address), href=address, rel="noopener noreferrer", target="_blank", class_="address")
    return _popover(writer, label, look, tag("p", "This leads to:", class_="caption"), link)


def _export(writer: Writer, action: Node, label: str, look: str) -> str:
    if action.get("target") in writer.found.forms or not writer.found.tables:
        return _disabled(writer, action, label, look)
    heads, rows = writer.found.table_of(writer.found.tables[0])
    as_json = action.get("value") == "json"
    if as_json:
        text = json.dumps([dict(zip(heads, row, strict=False)) for row in rows], ensure_ascii=False, indent=2)
    else:
        text = as_csv([heads, *rows])
    kind, name = ("application/json", "table.json") if as_json else ("text/csv", "table.csv")
    data = base64.b64encode(clean(text).encode()).decode()
    return tag("a", label, href=f"data:{kind};charset=utf-8;base64,{data}", download=name, class_=look)


def _disabled(_writer: Writer, _action: Node, label: str, look: str) -> str:
    return tag("button", label, type="button", disabled=True, title=_NOT_HERE, class_=look)


def _popover(writer: Writer, label: str, look: str, *inner: str) -> str:
    own = writer.place("o")
    writer.overlays.append(tag("div", *inner, id=own, popover="auto", class_="note"))
    return tag("button", label, type="button", popovertarget=own, class_=look)


_ACTIONS: Final[Mapping[str, Callable[[Writer, Node, str, str], str]]] = {
    "submit": _submit,
    "ask": _submit,
    "set": _set,
    "toggle": _switch,
    "reset": _reset,
    "go": _go,
    "copy": _copy,
    "open_url": _open_url,
    "export": _export,
}

CONTROLS: Final[Mapping[str, Callable[[Writer, Node], str]]] = {
    "form": _form,
    "field": _field,
    "choice": _choice,
    "toggle": _toggle,
    "slider": _slider,
    "button": _button,
}
"""What writes each input, a form and a button."""
