"""What a subschema asks for, in a few words: for lists and for help beside the text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from engine.schema.editing.syntax import Kind

if TYPE_CHECKING:
    from engine.schema.editing.syntax import Node

_LONGEST = 120
_READ = 4_000
"""Characters of a scalar that are read."""
_CHOICES = {"enum": "one of {} values", "oneOf": "one of {} schemas", "anyOf": "any of {} schemas"}


def summary(node: Node) -> str:
    """Return a subschema's title or description and its kind, e.g. "Party: object with 3 properties"."""
    if node.kind in {Kind.TRUE, Kind.FALSE}:
        return "any value" if node.kind is Kind.TRUE else "no value"
    said = _text(node, "title") or _text(node, "description")
    kind = _kind(node)
    return f"{said}: {kind}" if said else kind


def _kind(node: Node) -> str:
    reference = _text(node, "$ref")
    if reference:
        return f"as {reference}"
    for keyword, words in _CHOICES.items():
        choices = node.get(keyword)
        if choices is not None and choices.kind is Kind.ARRAY:
            return words.format(_number(choices))
    named = node.get("type")
    if named is None:
        return "a constant" if node.get("const") is not None else "any value"
    if named.kind is Kind.ARRAY:
        return " or ".join(str(_value(each)) for each in named.items()[:8]) or "any value"
    kind = str(_value(named))
    properties = node.get("properties")
    if kind == "object" and properties is not None and properties.kind is Kind.OBJECT:
        many = _number(properties)
        return f"object with {many} {'property' if many == '1' else 'properties'}"
    return kind


def _number(node: Node) -> str:
    return str(node.inner.named_child_count)


def _text(node: Node, keyword: str) -> str:
    value = node.get(keyword)
    said = _value(value) if value is not None and value.kind is Kind.STRING else ""
    line = " ".join(str(said).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _value(node: Node) -> Any:
    """Return what a scalar says; its letters, where they are not JSON."""
    written = node.text[:_READ]
    try:
        return json.loads(written, strict=False)
    except (ValueError, RecursionError):
        return written.strip('"')
