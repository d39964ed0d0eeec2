"""What the parts of a screen are called: a component's title, and what tells one of its nodes from others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from app import figures
from app.style.plain_text import one_line
from engine.interface.nodes import SLOTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.interface.catalogue import Catalogue

UNNAMED: Final = "Part"
_LONGEST: Final = 80
_NAMED_BY: Final = ("title", "name", "label", "text", "markdown", "alt", "src", "source")
_INPUTS: Final = frozenset({"toggle", "slider"})
"""Inputs that cannot be required; all others say whether they are."""
_OPS: Final = {
    "equals": "=",
    "not_equals": "\N{NOT EQUAL TO}",
    "above": ">",
    "below": "<",
    "contains": "has",
    "empty": "is empty",
    "filled": "is filled",
}


def title(type_: str, catalogue: Catalogue | None) -> str:
    """Return what a component is called; one that the catalogue does not have by its type."""
    known = catalogue.component(type_) if catalogue is not None else None
    if known is not None:
        return known.title
    words = one_line(type_, 40).replace("_", " ").strip()
    return words[:1].upper() + words[1:] if words else UNNAMED


def name_of(node: Mapping[str, Any], catalogue: Catalogue) -> str:
    """Return what a node is called in a sentence: its component, and what tells it from others."""
    type_ = node.get("type")
    type_ = type_ if isinstance(type_, str) else ""
    held = [slot for slot in SLOTS if isinstance(node.get(slot), list) for _ in node[slot]]
    return f"{title(type_, catalogue)} {summary(type_, node, held)}".strip()


def summary(type_: str, props: Mapping[str, Any], held: Sequence[str]) -> str:
    """Return what tells a node from others of its kind: its name or label, or how much is in it.

    `held` are the slots that its children stand in, one for each.
    """
    told = _TOLD.get(type_)
    if told is not None:
        return told(props)
    # An input is known by the name of its value, all else by what it says.
    order = ("name", *_NAMED_BY) if "required" in props or type_ in _INPUTS else _NAMED_BY
    for name in order:
        words = props.get(name)
        if isinstance(words, str) and words.strip():
            return one_line(words.strip(), _LONGEST)
    if not held:
        return ""
    return _counted(len(held), "tab" if held[0] == "tabs" else "child")


def _counted(count: int, what: str) -> str:
    return f"{figures.number(count)} {what if count == 1 else _MANY.get(what, f'{what}s')}"


_MANY: Final = {"child": "children", "entry": "entries"}


def _of(props: Mapping[str, Any], name: str) -> list[Any]:
    value = props.get(name)
    return value if isinstance(value, list) else []


def _text(props: Mapping[str, Any], name: str) -> str:
    value = props.get(name)
    return one_line(value, 40) if isinstance(value, str) else ""


def _chart(props: Mapping[str, Any]) -> str:
    points = max((len(_of(each, "values")) for each in _of(props, "series") if isinstance(each, dict)), default=0)
    amount = _text(props, "source") or _counted(points, "point")
    return ", ".join(part for part in (_text(props, "kind"), amount) if part)


def _table(props: Mapping[str, Any]) -> str:
    rows = _text(props, "source") or _counted(len(_of(props, "rows")), "row")
    return f"{_counted(len(_of(props, 'columns')), 'column')}, {rows}"


def _when(props: Mapping[str, Any]) -> str:
    op, value = _text(props, "op"), props.get("value")
    words = [_text(props, "name"), _OPS.get(op, "")]
    if op not in {"empty", "filled"} and value is not None:
        words.append(value if isinstance(value, str) else json.dumps(value))
    return one_line(" ".join(word for word in words if word), _LONGEST)


_TOLD: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    "chart": _chart,
    "table": _table,
    "when": _when,
    "facts": lambda props: _counted(len(_of(props, "items")), "fact"),
    "tree": lambda props: _counted(len(_of(props, "nodes")), "entry"),
}
