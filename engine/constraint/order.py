"""The order of an answer's keys: as the schema first names them, place by place.

What applies to one place of an instance is spread over a schema: `properties` beside `allOf`, both branches of an
`if`, the target of a `$ref`. All of it counts, in the order of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.schema.references import REFERENCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.schema.references import References

_IN_PLACE = frozenset({"allOf", "anyOf", "oneOf", "if", "then", "else", "not"})
_MOST = 2_000
"""Subschemas that are looked at for one place; a schema of more is ordered by these."""

Places = tuple[dict[str, Any], ...]


class KeyOrder:
    """Answers, for the subschemas that apply to a place, in which order its keys stand and what applies to each."""

    def __init__(self, references: References) -> None:
        self._references = references

    def places(self, schemas: Iterable[Any]) -> Places:
        """Return the subschemas that say something of the same place, each once, in the order of the text."""
        found: dict[int, dict[str, Any]] = {}
        for schema in schemas:
            self._gather(schema, found)
        return tuple(found.values())

    def keys(self, places: Places) -> list[str]:
        """Return the keys that the places name, in the order in which they are first named."""
        named: dict[str, None] = {}
        for place in places:
            properties = place.get("properties")
            if isinstance(properties, dict):
                named.update(dict.fromkeys(properties))
        for place in places:
            named.update(dict.fromkeys(_mentioned(place)))
        return list(named)

    def below(self, places: Places, key: str) -> Places:
        """Return what applies to the value of a key."""
        return self.places(self._values(places, key))

    def items(self, places: Places) -> Places:
        """Return what applies to the items of an array, whichever they are."""
        return self.places(self._items(places))

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
            elif keyword in _IN_PLACE:
                yield from value if isinstance(value, list) else [value]

    def _values(self, places: Places, key: str) -> Iterator[Any]:
        for place in places:
            properties = place.get("properties")
            if isinstance(properties, dict) and key in properties:
                yield properties[key]
            for keyword in ("patternProperties", "additionalProperties", "unevaluatedProperties"):
                value = place.get(keyword)
                yield from value.values() if keyword == "patternProperties" and isinstance(value, dict) else [value]

    def _items(self, places: Places) -> Iterator[Any]:
        for place in places:
            for keyword in ("prefixItems", "items", "additionalItems", "contains", "unevaluatedItems"):
                value = place.get(keyword)
                yield from value if isinstance(value, list) else [value]


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
