"""Who refers to a place of a schema, and references that follow what has moved."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from engine.schema.editing import Edit, Kind
from engine.schema.location import locate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.schema.editing import Step, Syntax

_REFERENCE = re.compile(r'"(?:\$ref|\$dynamicRef|\$recursiveRef)"\s*:\s*("#(?:[^"\\\n]|\\.)*")')
_ANCHOR = re.compile(r'"\$(?:dynamicA|a)nchor"\s*:\s*"([^"\\]*)"')
_RESOURCE = re.compile(r'"\$?id"\s*:\s*"(?!#)')


def uses(syntax: Syntax, pointer: str, *, below: bool = False) -> list[str]:
    """Return the pointers of the references to a place, in order; with `below`, to anything in it too.

    Counted are those within the schema by JSON Pointer ("#/$defs/party") or by the place's `$anchor`.
    """
    anchor = syntax.find(f"{pointer}/$anchor")
    name = anchor.value() if anchor is not None and anchor.kind is Kind.STRING else None
    found = _references(syntax, [pointer], name)
    return [each.where for each in found if each.target in {None, pointer} or below]


class Redirect:
    """Let references follow what now stands elsewhere: an operation, made before anything is moved.

    `moved` leads from pointers that are to those that will be, each with all below it but what is named itself.
    """

    def __init__(self, moved: Mapping[str, str]) -> None:
        self._moved = dict(moved)

    def step(self, syntax: Syntax) -> Step:
        """Return the edits: one a reference."""
        edits = []
        for found in _references(syntax, self._moved) if self._moved else ():
            if found.target is None:
                continue
            new = follow(found.target, self._moved)
            base = follow(found.base, self._moved)
            if new != found.target and new.startswith(base):
                written = json.dumps(to_reference(new[len(base) :]), ensure_ascii=False)
                edits.append(Edit(found.start, found.end, written))
        return tuple(edits)


def follow(pointer: str, moved: Mapping[str, str]) -> str:
    """Return where a pointer leads after a move: the nearest place above it that was moved decides."""
    here = pointer
    while here not in moved:
        if not here:
            return pointer
        here = here.rpartition("/")[0]
    return moved[here] + pointer[len(here) :]


def to_reference(pointer: str) -> str:
    """Return the reference to a place in the same resource, as in "#/$defs/a%20b" (RFC 6901, section 6)."""
    return "#" + quote(pointer, safe="/!$&'()*+,;=:@?~")


def target_of(syntax: Syntax, pointer: str) -> str | None:
    """Return the pointer of what a subschema's `$ref` refers to; None where it leads nowhere in this text."""
    node = syntax.find(f"{pointer}/$ref")
    said = node.value() if node is not None and node.kind is Kind.STRING else None
    if not isinstance(said, str) or not said.startswith("#"):
        return None
    base = resource_of(syntax, pointer)
    if said == "#" or said.startswith("#/"):
        target = base + unquote(said[1:])
        return target if syntax.find(target) is not None else None
    return next((place for place, name in _anchors(syntax) if name == unquote(said[1:])), None)


def resource_of(syntax: Syntax, pointer: str) -> str:
    """Return the pointer of the resource that a place is in: the nearest schema above it with an `$id`, or the root."""
    if not _RESOURCE.search(syntax.text):
        return ""
    while pointer:
        if locate(pointer) is not None:
            for keyword in ("$id", "id"):
                node = syntax.find(f"{pointer}/{keyword}")
                if node is not None and node.kind is Kind.STRING and not node.text.startswith('"#'):
                    return pointer
        pointer = pointer.rpartition("/")[0]
    return ""


@dataclass(frozen=True)
class _Reference:
    """A reference: where it stands, where it leads to (None where by name), its resource, and the span of its text."""

    where: str
    target: str | None
    base: str
    start: int
    end: int


def _references(syntax: Syntax, targets: Iterable[str], anchor: str | None = None) -> Iterator[_Reference]:
    """Yield the references to or below places of the schema, and those by an anchor's name, in order.

    Text in data (`enum`, `examples`, …) that looks like a reference is none.
    """
    targets = frozenset(targets)
    plain = not _RESOURCE.search(syntax.text)
    for match in _REFERENCE.finditer(syntax.text):
        try:
            said = unquote(json.loads(match.group(1))[1:])
        except ValueError:
            continue
        by_pointer = not said or said.startswith("/")
        # Looked at before the place is found, which takes longer than all else.
        if not (_leads(said, targets) if by_pointer else said == anchor) and (plain or not by_pointer):
            continue
        start, end = match.span(1)
        where = syntax.pointer_at(start)
        holder = where.rpartition("/")[0]
        if where == holder or locate(holder) is None:
            continue
        base = "" if plain else resource_of(syntax, holder)
        if not by_pointer:
            yield _Reference(where, None, base, start, end)
        elif _leads(base + said, targets):
            yield _Reference(where, base + said, base, start, end)


def _leads(pointer: str, targets: frozenset[str]) -> bool:
    while pointer not in targets:
        if not pointer:
            return False
        pointer = pointer.rpartition("/")[0]
    return True


def _anchors(syntax: Syntax) -> Iterator[tuple[str, str]]:
    for match in _ANCHOR.finditer(syntax.text):
        where = syntax.pointer_at(match.start())
        yield where.rpartition("/")[0], match.group(1)
