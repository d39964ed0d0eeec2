"""The order of an answer's keys: as the schema first names them, place by place.

What applies to one place of an instance is spread over a schema: `properties` beside `allOf`, both branches of an
`if`, the target of a `$ref`. All of it counts, in the order of the text.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from engine.schema.references import REFERENCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.schema.references import References

_BRANCHING = frozenset({"allOf", "anyOf", "oneOf", "if", "then", "else", "not"})
_MOST = 2_000
"""Subschemas that are looked at for one place; a schema of more is ordered by these."""

Places = tuple[dict[str, Any], ...]
_Numbered = tuple[int, Any]
"""A subschema and which of the places it belongs to."""


class KeyOrder:
    """Answers, for the subschemas that apply to a place, in which order its keys stand and what applies to each."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._below: dict[tuple[int, str | None], tuple[Places, Places]] = {}
        self._keys: dict[int, tuple[Places, list[str]]] = {}
        self._named: dict[int, tuple[Places, dict[str, list[_Numbered]], list[_Numbered]]] = {}

    def places(self, schemas: Iterable[Any]) -> Places:
        """Return the subschemas that say something of the same place, each once, in the order of the text."""
        found: dict[int, dict[str, Any]] = {}
        for schema in schemas:
            self._gather(schema, found)
        return tuple(found.values())

    def keys(self, places: Places) -> list[str]:
        """Return the keys that the places name, in the order in which they are first named."""
        if id(places) not in self._keys:
            self._keys[id(places)] = places, _named(places)
        return self._keys[id(places)][1]

    def below(self, places: Places, key: str) -> Places:
        """Return what applies to the value of a key."""
        return self._once(places, key)

    def items(self, places: Places) -> Places:
        """Return what applies to the items of an array, whichever they are."""
        return self._once(places, None)

    def _once(self, places: Places, key: str | None) -> Places:
        """Gather what applies to a key, or to the items, once for each place: its alternatives share it."""
        if (id(places), key) not in self._below:
            below = self.places(self._items(places) if key is None else self._values(places, key))
            self._below[id(places), key] = places, below
        return self._below[id(places), key][1]

    def sort(self, value: Any, places: Places) -> Any:
        """Return an instance with its keys in the plan's order; keys that the schema does not name come last."""
        if not isinstance(value, dict | list):
            return value
        for place in places:
            for given in (place.get("const"), *(place.get("enum") or ())):
                if isinstance(given, dict | list) and _same(given, value):
                    return _sorted_like(given, value)
        if isinstance(value, dict):
            rank = {key: index for index, key in enumerate(self.keys(places))}
            keys = sorted(value, key=lambda key: rank.get(key, len(rank)))
            return {key: self.sort(value[key], self.below(places, key)) for key in keys}
        items = self.items(places)
        return [self.sort(each, items) for each in value]

    def _gather(self, schema: Any, found: dict[int, dict[str, Any]]) -> None:
        pending = [schema]
        while pending and len(found) < _MOST:
            here = pending.pop()
            if not isinstance(here, dict) or id(here) in found:
                continue
            found[id(here)] = said = self._references.effective(here)
            pending.extend(reversed(list(self._in_place(said))))

    def _in_place(self, schema: dict[str, Any]) -> Iterator[Any]:
        for keyword, value in schema.items():
            if keyword in REFERENCES:
                yield self._references.follow(schema, keyword)
            elif keyword in {"dependentSchemas", "dependencies"} and isinstance(value, dict):
                yield from value.values()
            elif keyword in _BRANCHING:
                yield from value if isinstance(value, list) else [value]

    def _values(self, places: Places, key: str) -> Iterator[Any]:
        if id(places) not in self._named:
            self._named[id(places)] = places, *_by_key(places)
        _, by_key, for_any = self._named[id(places)]
        yield from (value for _, value in sorted((*by_key.get(key, ()), *for_any), key=itemgetter(0)))

    def _items(self, places: Places) -> Iterator[Any]:
        for place in places:
            for keyword in ("prefixItems", "items", "additionalItems", "contains", "unevaluatedItems"):
                value = place.get(keyword)
                yield from value if isinstance(value, list) else [value]


def _by_key(places: Places) -> tuple[dict[str, list[_Numbered]], list[_Numbered]]:
    """Return the schemas of the values: those of each key that is named, and those that hold for any key."""
    by_key: dict[str, list[_Numbered]] = {}
    for_any: list[_Numbered] = []
    for number, place in enumerate(places):
        properties = place.get("properties")
        if isinstance(properties, dict):
            for key, value in properties.items():
                by_key.setdefault(key, []).append((number, value))
        for keyword in ("patternProperties", "additionalProperties", "unevaluatedProperties"):
            value = place.get(keyword)
            if keyword == "patternProperties" and isinstance(value, dict):
                for_any += [(number, each) for each in value.values()]
            elif value is not None:
                for_any.append((number, value))
    return by_key, for_any


def _named(places: Places) -> list[str]:
    named: dict[str, None] = {}
    for place in places:
        properties = place.get("properties")
        if isinstance(properties, dict):
            named.update(dict.fromkeys(properties))
    for place in places:
        named.update(dict.fromkeys(_mentioned(place)))
    return list(named)


def _mentioned(schema: dict[str, Any]) -> Iterator[str]:
    """Yield the keys that a subschema names outside its `properties`."""
    lists = [schema.get("required")]
    for keyword in ("dependentRequired", "dependencies", "dependentSchemas"):
        dependent = schema.get(keyword)
        if isinstance(dependent, dict):
            for key, needed in dependent.items():
                lists += [[key], needed]
    names = schema.get("propertyNames")
    if isinstance(names, dict):
        lists += [names.get("enum"), [names.get("const")]]
    for each in lists:
        yield from (key for key in each if isinstance(key, str)) if isinstance(each, list) else ()


def _sorted_like(given: Any, value: Any) -> Any:
    """Return an instance with its keys in the order of an equal one; numbers stay as they are spelled."""
    if isinstance(given, dict):
        return {key: _sorted_like(given[key], value[key]) for key in given}
    return list(map(_sorted_like, given, value)) if isinstance(given, list) else value


def _same(first: Any, second: Any) -> bool:
    """Compare JSON values: neither the order of keys matters nor the spelling of numbers, and false is no 0."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(_same(first[key], second[key]) for key in first)
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(_same, first, second))
    return isinstance(first, bool) == isinstance(second, bool) and bool(first == second)
