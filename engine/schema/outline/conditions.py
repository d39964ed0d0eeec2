"""What a schema asks for, as a condition in words: `kind is "a"`, where that can be said shortly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.schema.editing import Kind
from engine.schema.outline.reading import cut, keywords, string, strings, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.editing import Node

_MOST = 3
"""Parts of a condition that are still read in one go."""
_LONGEST = 60
_TOLD = frozenset({"const", "enum", "not", "properties", "required", "type"})
_ARTICLES = {"object": "an object", "array": "an array", "integer": "an integer", "null": "null"}


def condition(node: Node) -> str | None:
    """Return what a schema asks for in words; None where it asks for more than a few words tell."""
    return _asked("it", node, 0)


def discriminator(node: Node) -> str | None:
    """Return which property tells a branch from the others, as in `kind "a"`; None where none does."""
    properties = node.get("properties") if node.kind is Kind.OBJECT else None
    for member in properties.members()[:_MOST] if properties is not None else ():
        value = _only(member.value)
        if value is not None:
            return cut(f"{member.key} {written(value, 24)}", _LONGEST)
    return None


def _only(schema: Node) -> Node | None:
    """Return the one value that a schema allows."""
    members = keywords(schema)
    if "const" in members:
        return members["const"]
    choices = members["enum"].items() if "enum" in members else []
    return choices[0] if len(choices) == 1 else None


def _asked(what: str, node: Node, deep: int) -> str | None:
    members = keywords(node)
    if node.kind is not Kind.OBJECT or not members or not members.keys() <= _TOLD or deep > 2:
        return None
    parts = list(_parts(what, members, deep))
    if not 0 < len(parts) <= _MOST or None in parts:
        return None
    words = " and ".join(filter(None, parts))
    return words if len(words) <= _LONGEST else None


def _parts(what: str, members: dict[str, Node], deep: int) -> Iterator[str | None]:
    if "const" in members:
        yield f"{what} is {written(members['const'], 24)}"
    elif "enum" in members:
        choices = members["enum"].items()
        named = " or ".join(written(each, 24) for each in choices[:_MOST])
        yield f"{what} is {named}" if 0 < len(choices) <= _MOST else None
    elif "type" in members:
        name = string(members["type"])
        # Beside what is said of its properties "object" goes without saying.
        if name != "object" or members.keys() <= {"type", "not"}:
            yield f"{what} is {_ARTICLES.get(name, f'a {name}')}" if name is not None else None
    if "not" in members:
        inner = _asked(what, members["not"], deep + 1)
        yield f"not ({inner})" if inner is not None else None
    yield from _of_properties(what, members, deep)


def _of_properties(what: str, members: dict[str, Node], deep: int) -> Iterator[str | None]:
    prefix = "" if what == "it" else f"{what}."
    told = set()
    properties = members.get("properties")
    asked = properties.members() if properties is not None else []
    if len(asked) > _MOST:
        yield None
        return
    for member in asked:
        told.add(member.key)
        yield _asked(f"{prefix}{cut(member.key, 24)}", member.value, deep + 1)
    left = [name for name in strings(members.get("required")) if name not in told]
    if len(left) > _MOST:
        yield None
    elif left:
        yield f"{what if prefix else 'it'} has {', '.join(cut(name, 24) for name in left)}"
