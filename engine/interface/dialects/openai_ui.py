"""The recursive schema for screens in OpenAI's guide to structured outputs: div, button, header, section, field, form.

    {"type": "field", "label": "First name", "children": [], "attributes": [{"name": "type", "value": "text"}]}

What stands in its attributes is HTML's: the type of an input, its name, its placeholder. Handlers, styles and class
names are not carried out, but for the two arrangements that say how parts stand: a row, and a grid.
https://platform.openai.com/docs/guides/structured-outputs (UI generation)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.interface.dialects.imported import Imported, Running, Tree, action, clip, column, in_words, plain, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TYPES: Final = frozenset({"div", "button", "header", "section", "field", "form"})
_FIELDS: Final = {
    "text": "text",
    "tel": "text",
    "textarea": "multiline",
    "multiline": "multiline",
    "number": "number",
    "email": "email",
    "password": "password",
    "date": "date",
    "datetime-local": "date",
    "time": "time",
    "url": "url",
    "search": "search",
}
_TOGGLES: Final = {"checkbox": "checkbox", "switch": "switch"}
_CHOICES: Final = {"select": "dropdown", "dropdown": "dropdown", "radio": "radio"}
_SLIDERS: Final = frozenset({"range", "slider"})
_HEADINGS: Final = {"1": "title", "2": "title", "3": "heading", "4": "heading", "5": "label", "6": "label"}
_READ: Final = frozenset(
    {
        "type",
        "name",
        "id",
        "placeholder",
        "value",
        "required",
        "checked",
        "selected",
        "options",
        "min",
        "max",
        "step",
        "level",
        "href",
        "url",
        "title",
        "class",
        "classname",
        "style",
    }
)
"""The attributes that say something here, or only how it looks."""
_SILENT: Final = frozenset({"action", "method", "for", "htmlfor", "disabled", "autocomplete"})
"""Those that say nothing to a screen that sends to nobody but the model."""
_ROW = re.compile(r"\b(?:flex-row|row|inline|horizontal|flex)\b|display:\s*flex")
_NO_ROW = re.compile(r"\b(?:flex-col|column|vertical)\b|flex-direction:\s*column")
_GRID = re.compile(r"\bgrid-cols-([1-6])\b|grid-template-columns:\s*repeat\((\d)")
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s]{1,500}")
_OFF: Final = frozenset({"false", "no", "off", "0"})
_MOST_OPTIONS: Final = 60


@dataclass(frozen=True)
class _Element:
    """One element: its attributes by their names in small letters, and where it stands in the source."""

    type: str
    label: str
    attributes: Mapping[str, str]
    children: list[Any]
    pointer: str
    depth: int

    def on(self, name: str) -> bool:
        """Tell whether an attribute that is on or off is on."""
        return name in self.attributes and self.attributes[name].strip().lower() not in _OFF


def recognises(value: Any) -> bool:
    """Tell whether a value is such a screen, or the first element of one."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("type"), str)
        and isinstance(value.get("children"), list)
        and isinstance(value.get("attributes"), list)
    )


def read(value: Any) -> Imported:
    """Return the screen: what its first element is called is the title."""
    running = Running()
    first = _element(value, "", 0, running)
    title, inner = first.label, first.children
    if first.type in {"div", "section"} and (header := _leading_header(first)) and not title:
        title, inner = str(header.get("label") or ""), first.children[1:]
    if first.type == "form":
        parts = _form(running, first, heading=False)
    elif first.type in {"div", "section"}:
        offset = len(first.children) - len(inner)
        parts = _arranged(first, _made(running, inner, "", 0, offset))
    else:
        title, parts = "", _make(running, value, "", 0)
    tree = {"type": "root", "title": clip(plain(title), 120), "children": parts}
    return Imported(tree, tuple(running.notes), (), "openai_ui")


def _make(running: Running, value: Any, pointer: str, depth: int) -> list[Tree]:
    if not running.may_make(pointer, depth):
        return []
    element = _element(value, pointer, depth, running)
    return _MAKERS.get(element.type, _unknown)(running, element)


def _made(running: Running, children: list[Any], pointer: str, depth: int, offset: int = 0) -> list[Tree]:
    return [
        part
        for index, child in enumerate(children)
        for part in _make(running, child, f"{pointer}/children/{index + offset}", depth + 1)
    ]


def _inside(running: Running, element: _Element) -> list[Tree]:
    return _made(running, element.children, element.pointer, element.depth)


def _div(running: Running, element: _Element) -> list[Tree]:
    label = [text("body", clip(plain(element.label), 2000))] if element.label.strip() else []
    if not element.children:
        return label
    return (
        [*label, *_arranged(element, _inside(running, element))]
        if label
        else _arranged_one(element, _inside(running, element))
    )


def _section(running: Running, element: _Element) -> list[Tree]:
    parts = _arranged(element, _inside(running, element))
    if not element.label.strip():
        return column(parts)
    return [{"type": "section", "title": clip(plain(element.label), 120), "open": True, "children": parts}]


def _header(running: Running, element: _Element) -> list[Tree]:
    level = re.sub(r"\D", "", element.attributes.get("level", element.attributes.get("type", "")))
    style = _HEADINGS.get(level, "heading" if element.depth > 1 else "title")
    label = [text(style, clip(plain(element.label), 2000))] if element.label.strip() else []
    return [*label, *_inside(running, element)]


def _form(running: Running, element: _Element, *, heading: bool = True) -> list[Tree]:
    label = [text("heading", clip(plain(element.label), 2000))] if heading and element.label.strip() else []
    parts = _inside(running, element)
    submit = _taken_submit(parts)
    form = {
        "type": "form",
        "name": running.name(element.attributes.get("name", ""), element.label, "form"),
        "children": parts,
        "submit": submit["label"] if submit else "Send",
        "action": action("submit"),
    }
    return [*label, form]


def _field(running: Running, element: _Element) -> list[Tree]:
    wish = element.attributes.get("type", "text").strip().lower()
    if wish == "hidden":
        running.note(element.pointer, "A hidden value is left out.")
        return []
    name = running.name(element.attributes.get("name", ""), element.attributes.get("id", ""), element.label, "field")
    label = clip(plain(element.label or element.attributes.get("placeholder", "") or in_words(name)), 120)
    value = element.attributes.get("value") or None
    options = _options(running, element)
    if wish in _CHOICES or options:
        return [_choice(running, element, name, label, options, _CHOICES.get(wish, "dropdown"))]
    if wish in _TOGGLES:
        on = element.on("checked") or value in {"true", "on"}
        return [{"type": "toggle", "display": _TOGGLES[wish], "name": name, "label": label, "value": on}]
    if wish in _SLIDERS:
        return [_slider(element, name, label)]
    kind = _FIELDS.get(wish)
    if kind is None:
        running.note(element.pointer, f"There is no input of the type “{clip(wish, 40)}”; it is a line to type in.")
    if wish == "datetime-local":
        running.note(element.pointer, "The date has no time with it.")
    placeholder = element.attributes.get("placeholder")
    return [
        {
            "type": "field",
            "kind": kind or "text",
            "name": name,
            "label": label,
            "placeholder": clip(plain(placeholder), 120) if placeholder else None,
            "value": clip(value, 2000) if value else None,
            "required": element.on("required"),
        },
        *_inside(running, element),
    ]


def _choice(running: Running, element: _Element, name: str, label: str, options: list[str], display: str) -> Tree:
    if not options:
        running.note(element.pointer, "There are no options to choose from.")
    chosen = element.attributes.get("value") or element.attributes.get("selected")
    return {
        "type": "choice",
        "display": display,
        "name": name,
        "label": label,
        "options": options,
        "value": chosen if chosen in options else None,
        "required": element.on("required"),
    }


def _slider(element: _Element, name: str, label: str) -> Tree:
    least = _number(element.attributes.get("min"), 0)
    most = _number(element.attributes.get("max"), 100)
    most = most if most > least else least + 100
    step = _number(element.attributes.get("step"), 1)
    value = min(max(_number(element.attributes.get("value"), least), least), most)
    step = step if step > 0 else 1
    return {"type": "slider", "name": name, "label": label, "min": least, "max": most, "step": step, "value": value}


def _button(running: Running, element: _Element) -> list[Tree]:
    wish = element.attributes.get("type", "").strip().lower()
    address = element.attributes.get("href") or element.attributes.get("url") or ""
    if _ADDRESS.fullmatch(address):
        does = action("open_url", None, address)
    elif address:
        running.note(element.pointer, "An address of this kind is not opened.", "design")
        does = action("ask", None, clip(element.label, 600) or None)
    elif wish in {"submit", "reset"}:
        does = action(wish)
    else:
        does = action("ask", None, clip(element.label, 600) or None)
    label = element.label or element.attributes.get("value") or element.attributes.get("title") or "Go on"
    style = "primary" if wish == "submit" else "secondary"
    return [
        {"type": "button", "label": clip(plain(label), 60), "style": style, "action": does},
        *_inside(running, element),
    ]


def _unknown(running: Running, element: _Element) -> list[Tree]:
    running.note(element.pointer, f"There is no element “{clip(element.type, 40)}”; what is in it is shown.")
    return _div(running, element)


_MAKERS: Final[dict[str, Callable[[Running, _Element], list[Tree]]]] = {
    "div": _div,
    "section": _section,
    "header": _header,
    "form": _form,
    "field": _field,
    "button": _button,
}
"""What makes our parts of each element of theirs."""


def _element(value: Any, pointer: str, depth: int, running: Running) -> _Element:
    value = value if isinstance(value, dict) else {}
    label, children, listed = value.get("label"), value.get("children"), value.get("attributes")
    attributes: dict[str, str] = {}
    for index, attribute in enumerate(listed[:100] if isinstance(listed, list) else []):
        name, found = (attribute.get("name"), attribute.get("value")) if isinstance(attribute, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(found, str):
            running.note(f"{pointer}/attributes/{index}", "This attribute has no name or no value.")
            continue
        key = name.strip().lower()
        attributes.setdefault(key, found)
        if key.startswith("on"):
            running.note(f"{pointer}/attributes/{index}", f"“{clip(name, 40)}” is not run.", "design")
        elif key not in _READ | _SILENT and not key.startswith(("aria-", "data-")):
            running.note(f"{pointer}/attributes/{index}", f"The attribute “{clip(name, 40)}” is not known.")
    return _Element(
        str(value.get("type") or ""),
        label if isinstance(label, str) else "",
        attributes,
        children if isinstance(children, list) else [],
        pointer,
        depth,
    )


def _options(running: Running, element: _Element) -> list[str]:
    listed = re.split(r"[,;|\n]", element.attributes.get("options", ""))
    children = [child for child in element.children if isinstance(child, dict) and isinstance(child.get("label"), str)]
    listed += [child["label"] for child in children if element.attributes.get("type", "") in _CHOICES]
    found = list(dict.fromkeys(clip(option.strip(), 120) for option in listed if option.strip()))
    if len(found) > _MOST_OPTIONS:
        running.note(element.pointer, f"Cut here: {_MOST_OPTIONS} of {len(found)} options are shown.")
    return found[:_MOST_OPTIONS]


def _arranged(element: _Element, parts: list[Tree]) -> list[Tree]:
    """Return parts as the class names or the style of an element arrange them, else below one another."""
    said = " ".join(element.attributes.get(name, "") for name in ("class", "classname", "style"))[:1000].lower()
    grid = _GRID.search(said)
    if grid and len(parts) > 1:
        columns = int(grid[1] or grid[2])
        return [{"type": "grid", "columns": min(max(columns, 1), 6), "children": parts}]
    if len(parts) > 1 and _ROW.search(said) and not _NO_ROW.search(said):
        return [{"type": "row", "align": "stretch", "wrap": True, "children": parts}]
    return parts


def _arranged_one(element: _Element, parts: list[Tree]) -> list[Tree]:
    return column(_arranged(element, parts))


def _taken_submit(parts: list[Tree]) -> Tree | None:
    """Take the button that sends a form out of its parts, wherever it stands; None where there is none."""
    waiting = [parts]
    while waiting:
        listed = waiting.pop()
        for index in range(len(listed) - 1, -1, -1):
            part = listed[index]
            if part["type"] == "button" and part["action"]["kind"] == "submit":
                return listed.pop(index)
            if isinstance(part.get("children"), list):
                waiting.append(part["children"])
    return None


def _leading_header(element: _Element) -> dict[str, Any] | None:
    first = element.children[0] if element.children else None
    plainly = isinstance(first, dict) and first.get("type") == "header" and not first.get("children")
    return first if plainly and isinstance(first, dict) else None


def _number(value: str | None, otherwise: float) -> float:
    try:
        number = float(value or "")
    except ValueError:
        return otherwise
    return number if abs(number) < 1e15 else otherwise
