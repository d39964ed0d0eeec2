"""TypeScript types of a schema: interfaces and type aliases that every instance fits.

Types are wider than the schema where TypeScript has no words: `not`, `if`, patterns, bounds and formats say nothing in
a type, and the latter stand in its comment. Where a schema names keys but no type, an object is meant.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from engine.schema.interchange.outgoing import document_of, type_name
from engine.schema.interchange.typescript_types import (
    NEVER,
    UNDEFINED,
    UNKNOWN,
    ListOf,
    Member,
    ObjectOf,
    Plain,
    TupleOf,
    Type,
    both,
    definition,
    literal,
    union,
)
from engine.schema.pointer import unescape
from engine.schema.references import REFERENCES
from engine.schema.walk import DEFINITIONS, children, subschemas

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_JOINED = 6
_LONGEST_TAG = 200
_TYPES = {"boolean": "boolean", "integer": "number", "null": "null", "number": "number", "string": "string"}
_OBJECT = frozenset({"additionalProperties", "patternProperties", "properties", "required"})
_ARRAY = frozenset({"additionalItems", "items", "prefixItems"})
_IN_PLACE = frozenset({"allOf", "anyOf", "oneOf"})
_TAGS = (
    "format", "pattern", "minLength", "maxLength", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum",
    "multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "default",
)  # fmt: skip


def to_typescript(schema: dict[str, Any] | bool, name: str = "") -> str:
    """Return a module of TypeScript that exports the type of a schema, and one for each definition that it refers to.

    The root's is called `name`, or as its title is. Raises SchemaInvalid and ConversionError as `document_of`.
    """
    return _Writer(schema, name).module()


class _Writer:
    """Writes one schema. A schema that is referred to is named; all others are written where they stand."""

    def __init__(self, schema: dict[str, Any] | bool, name: str) -> None:
        document = document_of(schema)
        self._root = document.root
        self._references = document.references
        self._pointers = {id(place.schema): place.pointer for place in subschemas(document.root)}
        self._names: dict[int, str] = {}
        self._named: list[dict[str, Any]] = []
        self._taken: set[str] = set()
        title = document.root.get("title") if isinstance(document.root, dict) else None
        self._call(document.root, type_name(name or (title if isinstance(title, str) else ""), "Root"))
        self._find_named()
        self._circles = _circles({id(each): set(self._in_place(each)) for each in self._named})
        self._defining = id(document.root)

    def module(self) -> str:
        """Return the text of the module."""
        if isinstance(self._root, bool):
            return definition(self._names[id(self._root)], UNKNOWN if self._root else NEVER, ())
        return "\n".join(self._definition(each) for each in self._named)

    def _call(self, schema: Any, wanted: str) -> None:
        name, number = wanted, 2
        while name in self._taken:
            name, number = f"{wanted}{number}", number + 1
        self._taken.add(name)
        self._names[id(schema)] = name
        if isinstance(schema, dict):
            self._named.append(schema)

    def _find_named(self) -> None:
        """Name every schema that a reference in reach of the root leads to, in the order of that."""
        seen = {id(self._root)}
        pending: list[Any] = [self._root]
        while pending:
            here = pending.pop()
            if not isinstance(here, dict):
                continue
            found = [child.schema for child in self._children(here) if child.keyword not in DEFINITIONS]
            for target in self._targets(here):
                found.append(target)
                if isinstance(target, dict) and id(target) not in self._names:
                    self._call(target, self._wanted(target))
            for each in reversed(found):
                if id(each) not in seen:
                    seen.add(id(each))
                    pending.append(each)

    def _wanted(self, target: dict[str, Any]) -> str:
        words = [unescape(token) for token in self._pointers.get(id(target), "").split("/") if token]
        if not words:
            return type_name(str(target.get("title", "")), "Definition")
        return type_name(" ".join(words[-2:]) if words[-1].isdigit() else words[-1], "Definition")

    def _said(self, schema: dict[str, Any]) -> dict[str, Any]:
        return self._references.effective(schema)

    def _children(self, schema: dict[str, Any]) -> Iterator[Any]:
        return children("", self._said(schema))

    def _targets(self, schema: dict[str, Any]) -> Iterator[Any]:
        said = self._said(schema)
        for keyword in REFERENCES:
            if keyword in said:
                yield self._references.follow(schema, keyword)

    def _in_place(self, schema: dict[str, Any]) -> Iterator[int]:
        """Yield each named schema that one demands of the very same value, or offers for it."""
        pending: list[Any] = [schema]
        while pending:
            here = pending.pop()
            if not isinstance(here, dict):
                continue
            yield from (id(target) for target in self._targets(here) if id(target) in self._names)
            for child in self._children(here):
                if child.keyword in _IN_PLACE:
                    if id(child.schema) in self._names:
                        yield id(child.schema)
                    else:
                        pending.append(child.schema)

    def _definition(self, schema: dict[str, Any]) -> str:
        self._defining = id(schema)
        type_ = self._own_type(schema, bare=True) or UNKNOWN
        return definition(self._names[id(schema)], type_, _comment(self._said(schema)))

    def _type(self, schema: Any, *, bare: bool = False) -> Type | None:
        """Return the type of a schema where it stands; None where it is the one that is being written.

        `bare` tells that neither an object nor an array stands around it in the definition. There a type may not name
        itself (`type A = A | string`): it adds nothing, and is left out; one that leads back to it is unknown.
        """
        if isinstance(schema, bool):
            return UNKNOWN if schema else NEVER
        if id(schema) not in self._names:
            return self._own_type(schema, bare=bare)
        if bare and id(schema) == self._defining:
            return None
        circular = bare and self._circles[id(schema)] == self._circles[self._defining]
        return UNKNOWN if circular else Plain(self._names[id(schema)])

    def _inner(self, schema: Any) -> Type:
        """Return the type of a schema within an object or array, where recursion is no alias of itself."""
        return self._type(schema) or UNKNOWN

    def _own_type(self, schema: dict[str, Any], *, bare: bool) -> Type | None:
        said = self._said(schema)
        parts: list[Type | None] = [self._type(target, bare=bare) for target in self._targets(schema)]
        if "const" in said:
            parts.append(literal(said["const"]))
        elif "enum" in said:
            parts.append(union([literal(value) for value in said["enum"]]))
        elif types := self._by_type(said):
            parts.append(union(types))
        for keyword in ("anyOf", "oneOf"):
            if keyword in said:
                offered = [self._type(each, bare=bare) for each in said[keyword]]
                found = [each for each in offered if each is not None]
                parts.append(union(found) if found else None)
        parts += [self._type(each, bare=bare) for each in said.get("allOf", ())]
        demanded = [part for part in parts if part is not None]
        return both(demanded) if demanded or not parts else None

    def _by_type(self, said: dict[str, Any]) -> list[Type]:
        types = said.get("type", [])
        types = [types] if isinstance(types, str) else types
        if not types:
            types = ["object"] if said.keys() & _OBJECT else ["array"] if said.keys() & _ARRAY else []
        return [
            self._object(said) if kind == "object" else self._array(said) if kind == "array" else Plain(_TYPES[kind])
            for kind in types
        ]

    def _object(self, said: dict[str, Any]) -> Type:
        properties = said.get("properties", {})
        required = set(_strings(said.get("required")))
        members = [
            Member(key, self._inner(schema), key not in required, self._comment_at(schema))
            for key, schema in properties.items()
        ]
        members += [Member(key, UNKNOWN) for key in _strings(said.get("required")) if key not in properties]
        index = self._index(said, members)
        if not members and index is None:
            index = NEVER if said.get("additionalProperties") is False else UNKNOWN
        return ObjectOf(tuple(dict.fromkeys(members)), index)

    def _index(self, said: dict[str, Any], members: list[Member]) -> Type | None:
        """Return the type of further keys, which has to hold those of the known ones too; None where none are told."""
        further = said.get("additionalProperties")
        schemas = list(said.get("patternProperties", {}).values())
        if isinstance(further, dict):
            schemas.append(further)
        elif further is True or (further is None and schemas):
            return UNKNOWN
        if not schemas:
            return None
        types = [self._inner(each) for each in schemas]
        known = [member.type for member in members] + [UNDEFINED for member in members if member.optional]
        if any(isinstance(each, ObjectOf) for each in known) or len({*types, *known}) > _MOST_JOINED:
            return UNKNOWN
        return union([*types, *known])

    def _array(self, said: dict[str, Any]) -> Type:
        items = said.get("items")
        first = items if isinstance(items, list) else said.get("prefixItems")
        if first is None:
            return ListOf(UNKNOWN if items is None else self._inner(items))
        most = int(said.get("maxItems", len(first) + 1))
        types = tuple(self._inner(each) for each in first[:most])
        rest = said.get("additionalItems") if isinstance(items, list) else items
        closed = rest is False or said.get("unevaluatedItems") is False or most <= len(first)
        further = None if closed else UNKNOWN if rest is None else self._inner(rest)
        return TupleOf(types, int(said.get("minItems", 0)), further)

    def _comment_at(self, schema: Any) -> tuple[str, ...]:
        """Return the comment of a property, but not where it is just a reference to a type that has its own."""
        if not isinstance(schema, dict) or id(schema) in self._names:
            return ()
        return _comment(self._said(schema))


def _circles(leads_to: dict[int, set[int]]) -> dict[int, int]:
    """Return for each node of a graph one that stands for all those which lead to it and to which it leads.

    (Kosaraju's algorithm, without recursion.)
    """
    finished: list[int] = []
    seen: set[int] = set()
    for start, first in leads_to.items():
        path = [] if start in seen else [(start, iter(first))]
        seen.add(start)
        while path:
            here, following = path[-1]
            fresh = next((each for each in following if each not in seen), None)
            if fresh is None:
                finished.append(here)
                path.pop()
            else:
                seen.add(fresh)
                path.append((fresh, iter(leads_to[fresh])))
    leading: dict[int, list[int]] = {node: [] for node in leads_to}
    for node, targets in leads_to.items():
        for target in targets:
            leading[target].append(node)
    circles: dict[int, int] = {}
    for start in reversed(finished):
        pending = [start]
        while pending:
            here = pending.pop()
            if here not in circles:
                circles[here] = start
                pending += leading[here]
    return circles


def _comment(said: dict[str, Any]) -> tuple[str, ...]:
    """Return what a schema says of itself and a type does not, line by line."""
    lines: list[str] = []
    for keyword in ("title", "description"):
        text = said.get(keyword)
        if isinstance(text, str) and text.strip():
            lines += text.strip().splitlines()
    if said.get("deprecated") is True:
        lines.append("@deprecated")
    for keyword in _TAGS:
        if keyword in said:
            value = said[keyword]
            shown = value if isinstance(value, str) and keyword != "default" else json.dumps(value, ensure_ascii=False)
            if len(shown) <= _LONGEST_TAG:
                lines.append(f"@{keyword} {shown}".rstrip())
    return tuple(lines)


def _strings(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
