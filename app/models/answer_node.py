"""One field of an answer: what is known of it, and how it reads."""

from __future__ import annotations

import itertools
import json
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from app import figures
from app.models.shape import Shape, is_reasoning, kind_of_value
from app.style.plain_text import in_signs, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.exchange import Closed

State = Literal["waiting", "writing", "done", "absent", "failed", "stopped"]
_SPOKEN: dict[State, str] = {
    "waiting": "still to come",
    "writing": "being written",
    "done": "",
    "absent": "not given",
    "failed": "could not be finished",
    "stopped": "stopped here",
}


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()
_identities = itertools.count(1)
_ENCODER = json.JSONEncoder(ensure_ascii=False)
_LONGEST = 20_000
_MOST_LINES = 400
"""What is shown of a value: as much as can be laid out anew with every word that is written."""


class Node:
    """A field, an item, or the cell of a table."""

    __slots__ = (
        "cells",
        "children",
        "headline",
        "hint",
        "ident",
        "key",
        "label",
        "parent",
        "pointer",
        "rows",
        "settled",
        "shape",
        "state",
        "text",
        "value",
    )

    def __init__(self, key: str | int, pointer: str, shape: Shape, parent: Node | None) -> None:
        self.ident = next(_identities)
        self.key = key
        self.label = str(key + 1) if isinstance(key, int) else one_line(key)
        self.pointer = pointer
        self.shape = shape
        self.parent = parent
        self.value: Any = MISSING
        self.text = ""
        self.hint = ""
        self.state: State = "waiting"
        self.settled = False
        self.rows = 0
        """How many rows there are below this one."""
        self.headline: Node | None = None
        self.children: list[Node] = []
        self.cells: list[Node] = []

    @property
    def columns(self) -> tuple[tuple[str, Shape], ...]:
        """The columns of the table that this array is shown as; nothing for all others."""
        return self.shape.columns

    @property
    def reasoning(self) -> bool:
        """Whether the value is a train of thought."""
        return self.shape.kind in {"string", "any"} and is_reasoning(self.label)

    @property
    def items(self) -> int:
        """How many items the value has; more than there are rows, where there is no room for all of them."""
        return len(self.value) if isinstance(self.value, list) else 0

    @property
    def depth(self) -> int:
        """How many fields stand above; 0 on the stem itself."""
        depth, above = 0, self.parent
        while above is not None and above.parent is not None:
            depth, above = depth + 1, above.parent
        return depth

    @property
    def shown(self) -> Node:
        """The node whose value stands on this row: the headline of an object that has one."""
        return self.headline or self

    @property
    def spoken(self) -> str:
        """The row in words, for those who hear it."""
        shown = self.shown
        cells = ", ".join(f"{cell.label} {cell.text or _SPOKEN[cell.state]}" for cell in self.cells)
        value = cells or shown.text or (f"{figures.number(self.items)} rows" if self.columns else "")
        state = _SPOKEN[self.state]
        return ": ".join(part for part in (self.label, value) if part) + (f" ({state})" if state else "")

    @property
    def look(self) -> tuple[Any, ...]:
        """Everything that the row shows: equal before and after a change that cannot be seen."""
        cells = tuple((cell.text, cell.state) for cell in self.cells)
        headline = (self.headline.text, self.headline.state) if self.headline is not None else None
        return self.text, self.hint, self.state, self.shape.kind, len(self.children), cells, headline


def words_of(node: Node, closed: Mapping[str, Closed], text: str) -> tuple[str, str]:
    """Return how a node's value reads, and the hint beside it.

    `closed` has the complete values by their pointers; `text` is the answer, in which they are spelled: a number reads
    as the model wrote it.
    """
    value, shape = node.value, node.shape
    if value is MISSING:
        return "", ""
    match kind_of_value(value):
        case "string":
            choices = f"of {shape.choices} choices" if shape.choices > 1 else ""
            day = _day(value) if shape.format == "date" else None
            if day is not None:
                return figures.day(day, in_words=True), value
            return _cut(value, len(value)), choices
        case "boolean":
            return ("yes" if value else "no"), ""
        case "null":
            return "none", ""
        case "array":
            count = len(value)
            if shape.item is not None and shape.item.scalar:
                return _listed(value), f"{figures.number(count)} items" if count > 1 and node.state == "done" else ""
            return "", ""
        case "object":
            return "", ""
    span = closed.get(node.pointer)
    spelled = text[span.start : span.end] if span is not None else ""
    return spelled or json.dumps(value), ""


def json_words(value: Any) -> str:
    """Return a value as JSON, fit to be painted, or the beginning of one that is very long."""
    words = ""
    for piece in _ENCODER.iterencode(value):
        words += piece
        if len(words) > _LONGEST:
            return _cut(words)
    return in_signs(words)


def _listed(value: list[Any]) -> str:
    words, length = [], 0
    for part in value:
        words.append(part if isinstance(part, str) else _ENCODER.encode(part))
        length += len(words[-1]) + 3
        if length > _LONGEST:
            break
    rest = len(value) - len(words)
    note = f"\n… and {figures.number(rest)} more items. Copy the value to have them all." if rest else ""
    return _cut(" · ".join(words)) + note


def _day(text: str) -> date | None:
    """Return the day that a value of ten characters names."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _cut(text: str, size: int = 0) -> str:
    """Return a text fit to be painted, or the beginning of a very long one and what is missing of it.

    `size` is how many characters it has, 0 where that is not known.
    """
    start = in_signs(text[:_LONGEST])
    if start.count("\n") >= _MOST_LINES:
        start = "\n".join(start.split("\n", _MOST_LINES)[:_MOST_LINES])
    if len(start) == len(text):
        return start
    more = f"… and {figures.number(size - len(start))} more characters." if size else "…"
    return f"{start}\n{more} Copy the value to have all of it."
