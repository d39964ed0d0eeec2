"""Reading nodes of a text that may say anything: never an error, and never more of a long text than can be shown."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from engine.schema.editing import Kind

if TYPE_CHECKING:
    from engine.schema.editing import Node

LONGEST = 2_000
"""Characters of a text that are looked at where it is only shown."""
_SHORT = 60

_BREAK = re.compile(r"[ \t]*[\r\n]\s*")
_HALF_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*(\\(?:u[0-9a-fA-F]{0,3})?)$")


def keywords(node: Node) -> dict[str, Node]:
    """Return the members of an object by their keys, in order; of a key that stands twice the last. Else nothing."""
    return {member.key: member.value for member in node.members()}


def string(node: Node | None, longest: int = LONGEST) -> str | None:
    """Return the beginning of what a string says; None for what is none."""
    if node is None or node.kind is not Kind.STRING:
        return None
    inside = node.source[node.start + 1 : min(node.end - 1, node.start + 1 + longest)]
    if "\\" not in inside:
        return inside
    if node.end - node.start - 2 > longest:
        inside = _HALF_ESCAPE.sub(lambda match: match.group()[: match.start(1) - match.start()], inside)
    try:
        return str(json.loads(f'"{inside}"', strict=False))
    except ValueError:
        return inside


def strings(node: Node | None) -> list[str]:
    """Return the strings of an array, in order."""
    return [said for each in (node.items() if node is not None else ()) if (said := string(each)) is not None]


def written(node: Node, longest: int = _SHORT) -> str:
    """Return the beginning of a value as it is written, on one line."""
    text = node.source[node.start : min(node.end, node.start + 4 * longest)]
    line = _BREAK.sub(" ", text) if "\n" in text or "\r" in text else text
    return f"{line[: longest - 1]}…" if len(line) > longest or node.end - node.start > 4 * longest else line


def cut(text: str, longest: int = _SHORT) -> str:
    """Return the beginning of a text, with a sign where more follows."""
    return f"{text[: longest - 1]}…" if len(text) > longest else text


def is_filled(node: Node) -> bool:
    """Tell whether an object or array holds something, without reading it."""
    if node.kind not in {Kind.OBJECT, Kind.ARRAY}:
        return False
    at = node.start + 1
    while node.source[at : at + 1].isspace():
        at += 1
    return at < node.end - 1


def is_schema(node: Node) -> bool:
    """Tell whether a node has the form of a schema."""
    return node.kind in {Kind.OBJECT, Kind.TRUE, Kind.FALSE}
