"""Examples of a schema's instances: a bounded search along its structure, with each part checked as it is made.

For each place the subschemas that hold there are gathered; of a choice each branch is tried, keys and items are added
as far as they are asked for, and what does not satisfy its place is left out. Nothing here is complete: `not`, `if`
and their like are met by trying, or by being given the canonical form of the schema, which has few of them left.
"""

from __future__ import annotations

import functools
import itertools
import json
import time
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from engine.constraint.below import of_item, of_key
from engine.constraint.joint import Joint, gather
from engine.constraint.numbers import numbers
from engine.constraint.strings import strings
from engine.schema.document import as_declared
from engine.schema.references import REFERENCES
from engine.schema.walk import subschemas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.schema.document import SchemaDocument

_FEW = 5
"""Different values that are made for one place, unless more are asked for."""
_MOST_TRIED = 400
"""Values that are tried for one place."""
_MOST_ITEMS = 5_000
_DEEPEST = 40
_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")


class Spent(Exception):
    """The time for a search is over."""


class Examples:
    """Searches instances of one schema until a moment of the monotonic clock. Then it raises `Spent`."""

    def __init__(self, document: SchemaDocument, until: float) -> None:
        self._document = document
        self._until = until
        self._references = document.references
        self._pointers = {id(place.schema): as_declared(place.pointer) for place in subschemas(document.root)}
        self._known: dict[tuple[int, ...], tuple[int, list[Any]]] = {}
        self._open: set[tuple[int, ...]] = set()
        self._made: dict[Any, Any] = {}
        self._cut = False

    @functools.cached_property
    def _validators(self) -> jsonschema_rs.ValidatorMap:
        return jsonschema_rs.validator_map_for(self._document.declared, validate_formats=True, offline=True)

    def instances(self) -> Iterator[Any]:
        """Yield different instances, the simple ones first; each satisfies what could be checked of it."""
        return self._values((self._document.root,), 0)

    def _take(self, schemas: Iterable[Any], count: int, level: int) -> list[Any]:
        """Return up to `count` values that satisfy some subschemas."""
        joint = tuple(schemas)
        key = tuple(map(id, joint))
        asked, found = self._known.get(key, (0, []))
        if asked >= count:
            return found
        if key in self._open or level > _DEEPEST:
            self._cut = True  # a smaller instance would do for the outer place too
            return []
        before, self._cut = self._cut, False
        self._open.add(key)
        found = list(itertools.islice(self._values(joint, level), count))
        self._open.remove(key)
        if found or not self._cut:
            self._known[key] = count, found
            self._made[key] = joint  # keeps what the ids stand for
        self._cut = self._cut or before
        return found

    def _values(self, schemas: tuple[Any, ...], level: int) -> Iterator[Any]:
        seen = set[str]()
        for tried, value in enumerate(self._try(schemas, (), level)):
            if time.monotonic() > self._until:
                raise Spent
            if tried > _MOST_TRIED:
                return
            text = json.dumps(value, sort_keys=True)
            if text not in seen and all(self._satisfies(value, each) for each in schemas):
                seen.add(text)
                yield value

    def _satisfies(self, value: Any, schema: Any) -> bool:
        if isinstance(schema, bool):
            return schema
        pointer = self._pointers.get(id(schema))
        validator = None if pointer is None else self._validators.get(f"#{pointer}")
        return validator is None or validator.is_valid(value)

    def _try(self, schemas: tuple[Any, ...], chosen: tuple[int, ...], level: int) -> Iterator[Any]:
        """Yield values for all of some subschemas, of whose choices those in `chosen` were made."""
        if time.monotonic() > self._until:
            raise Spent
        joint = gather(schemas, self._references.effective, self._targets)
        if joint is None or len(chosen) > _DEEPEST:
            return
        for here in joint:
            options = self._options(here)
            if options and id(here) not in chosen:
                made = (*chosen, id(here))
                streams = [self._try((*option, *schemas), made, level) for option in options]
                yield from _in_turn(streams)
                return
        yield from self._plain(joint, level)

    def _options(self, schema: dict[str, Any]) -> list[list[Any]]:
        """Return the ways to go on from a subschema, each as further subschemas; none where there is no choice."""
        groups = [[[branch] for branch in schema[keyword]] for keyword in ("anyOf", "oneOf") if schema.get(keyword)]
        if "if" in schema:
            groups.append([[schema["if"], schema.get("then", True)], [schema.get("else", True)]])
        for keyword in ("dependentSchemas", "dependencies"):
            for key, needed in schema.get(keyword, {}).items():
                if isinstance(needed, dict | bool):
                    groups.append([[], [self._own(("required", key), {"required": [key]}), needed]])
        if not groups:
            return []
        return [list(itertools.chain(*each)) for each in itertools.islice(itertools.product(*groups), _MOST_TRIED)]

    def _own(self, name: Any, schema: dict[str, Any]) -> dict[str, Any]:
        """Return a subschema of this search's own, the same each time."""
        return self._made.setdefault(name, schema)  # type: ignore[no-any-return]

    def _targets(self, schema: dict[str, Any]) -> Iterator[Any]:
        return (self._references.follow(schema, keyword) for keyword in REFERENCES if keyword in schema)

    def _plain(self, joint: Joint, level: int) -> Iterator[Any]:
        given = [each for each in joint if each.keys() & {"enum", "const"}]
        if given:
            first = given[0]
            yield from [first["const"]] if "const" in first else first["enum"]
            return
        types = set(_TYPES)
        for each in joint:
            if "type" in each:
                named = each["type"] if isinstance(each["type"], list) else [each["type"]]
                types &= {*named, "integer"} if "number" in named else set(named)
        said = list(joint)
        streams: dict[str, Iterator[Any]] = {
            "null": iter([None]),
            "boolean": iter([False, True]),
            "integer": numbers(said, whole=True),
            "number": numbers(said, whole=False),
            "string": strings(said),
            "array": self._arrays(joint, level),
            "object": self._objects(joint, level),
        }
        yield from _in_turn([streams[name] for name in _TYPES if name in types])

    def _arrays(self, joint: Joint, level: int) -> Iterator[list[Any]]:
        wanted = [
            (each["contains"], int(each.get("minContains", 1)))
            for each in joint
            if "contains" in each and each.get("minContains", 1) > 0
        ]
        needs = [schema for schema, count in wanted for _ in range(min(count, _MOST_ITEMS))]
        least = max((int(each.get("minItems", 0)) for each in joint), default=0)
        most = min([_MOST_ITEMS, *(int(each["maxItems"]) for each in joint if "maxItems" in each)])
        unique = any(each.get("uniqueItems") is True for each in joint)
        for length in range(max(least, min(len(needs), 1)), min(most, max(least, len(needs)) + _FEW) + 1):
            for skip, at_end in itertools.product(range(_FEW), (True, False)):
                made = self._array(joint, length, needs[:length], skip, at_end=at_end, unique=unique, level=level)
                if made is None:
                    break
                yield made

    def _array(
        self, joint: Joint, length: int, needs: list[Any], skip: int, *, at_end: bool, unique: bool, level: int
    ) -> list[Any] | None:
        """Return an array whose first or last items are what it has to contain; None where no item is found."""
        made: list[Any] = []
        seen = set[str]()
        begin = length - len(needs) if at_end else 0
        for index in range(length):
            schemas = [schema for each in joint for schema in of_item(each, index)] or [True]
            needed = begin <= index < begin + len(needs)
            if needed:
                schemas.append(needs[index - begin])
            found = self._take(schemas, length + _FEW if unique else _FEW, level + 1)
            fresh = [value for value in found if json.dumps(value, sort_keys=True) not in seen] if unique else found
            if not fresh:
                return None
            value = fresh[0 if needed else min(skip, len(fresh) - 1)]
            seen.add(json.dumps(value, sort_keys=True))
            made.append(value)
        return made

    def _objects(self, joint: Joint, level: int) -> Iterator[dict[str, Any]]:
        required = _required(joint)
        least = max((int(each.get("minProperties", 0)) for each in joint), default=0)
        keys = list(required)
        for extra in self._more_keys(joint, required) if least > len(keys) else ():
            if len(keys) >= least:
                break
            if self._take(_below(joint, extra), 1, level + 1):
                keys.append(extra)
        values = {key: self._take(_below(joint, key), _FEW, level + 1) for key in keys}
        if not all(values.values()):
            return
        base = {key: found[0] for key, found in values.items()}
        yield base
        for key, found in values.items():
            for other in found[1:]:
                yield base | {key: other}
        for first, second in itertools.combinations(values, 2):
            for pair in itertools.product(values[first][:3], values[second][:3]):
                yield base | dict(zip((first, second), pair, strict=True))
        full = dict(base)
        for extra in itertools.islice((key for key in self._more_keys(joint, required) if key not in base), 2 * _FEW):
            for value in self._take(_below(joint, extra), _FEW, level + 1):
                yield base | {extra: value}
                full.setdefault(extra, value)
        yield full

    def _more_keys(self, joint: Joint, required: dict[str, None]) -> Iterator[str]:
        """Yield keys that an object may have beyond those it must: named ones, then by pattern, then any."""
        named = dict.fromkeys(key for each in joint for key in each.get("properties", ()) if key not in required)
        yield from named
        names = tuple(each["propertyNames"] for each in joint if "propertyNames" in each)
        for pattern in dict.fromkeys(pattern for each in joint for pattern in each.get("patternProperties", ())):
            fitting = self._own(("key", pattern), {"type": "string", "pattern": pattern})
            yield from self._take((*names, fitting), 4 * _FEW, 0)
        yield from self._take((*names, self._own("string", {"type": "string"})), 40 * _FEW, 0)


def _in_turn(streams: list[Iterator[Any]]) -> Iterator[Any]:
    """Yield from several streams by turns, until all are at their end."""
    while streams:
        alive = []
        for stream in streams:
            for value in itertools.islice(stream, 1):
                yield value
                alive.append(stream)
        streams = alive


def _required(joint: Joint) -> dict[str, None]:
    """Return the keys that an object must have, with those that they bring along."""
    found = dict.fromkeys(key for each in joint for key in each.get("required", ()) if isinstance(key, str))
    pending = list(found)
    while pending:
        key = pending.pop()
        for each in joint:
            for keyword in ("dependentRequired", "dependencies"):
                needed = each.get(keyword, {}).get(key)
                for more in needed if isinstance(needed, list) else ():
                    if more not in found:
                        found[more] = None
                        pending.append(more)
    return found


def _below(joint: Joint, key: str) -> Iterator[Any]:
    for each in joint:
        yield from of_key(each, key)
