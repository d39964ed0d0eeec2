"""Every schema that holds for one place of an instance, whatever alternative is taken there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.schema.references import REFERENCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.schema.references import References

Schema = dict[str, Any] | bool

_MOST = 300
"""Schemas that are heeded for one place; a chain of references may be longer, and says nothing new for long."""
UNIONS = ("anyOf", "oneOf")

TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})


@dataclass(frozen=True, slots=True)
class Union:
    """An `anyOf` or `oneOf` of a schema that holds: its key in `Conjunction.spent`, and its alternatives."""

    key: tuple[int, str]
    schema: dict[str, Any]
    keyword: str
    alternatives: tuple[Schema, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One of several values: `title` is what an alternative of its own says of it."""

    value: Any
    title: str = ""


@dataclass(frozen=True, slots=True)
class Conjunction:
    """What holds for a place: schemas as they read in their draft, outermost first.

    `spent` names unions that are settled already, since one of their alternatives is among `schemas`. `never` tells
    that nothing is allowed here. `options` are the values that unions of single values leave, `suggested` those that
    one names beside values that it does not.
    """

    schemas: tuple[dict[str, Any], ...] = ()
    spent: frozenset[tuple[int, str]] = frozenset()
    never: bool = False
    options: tuple[Option, ...] | None = None
    suggested: tuple[Option, ...] = ()

    def unions(self) -> Iterator[Union]:
        """Yield the unions that are not settled."""
        for schema in self.schemas:
            for keyword in UNIONS:
                key = id(schema), keyword
                found = [each for each in listed(schema, keyword) if isinstance(each, dict | bool)]
                if found and key not in self.spent:
                    yield Union(key, schema, keyword, tuple(found))

    def values(self, keyword: str) -> Iterator[Any]:
        """Yield what each schema says under a keyword."""
        for schema in self.schemas:
            if keyword in schema:
                yield schema[keyword]

    def text(self, keyword: str) -> str:
        """Return the first string under a keyword."""
        return next((value for value in self.values(keyword) if isinstance(value, str)), "")

    def numbers(self, keyword: str) -> list[float]:
        """Return every number under a keyword."""
        return [value for value in self.values(keyword) if isinstance(value, int | float) and value is not True]

    def types(self) -> frozenset[str]:
        """Return the types that are allowed; "number" is there only where fractions are."""
        allowed = TYPES
        for said in self.values("type"):
            names = {said} if isinstance(said, str) else {each for each in said if isinstance(each, str)}
            allowed &= names | {"integer"} if "number" in names else names
        return allowed

    @property
    def is_typed(self) -> bool:
        """Whether some schema names types."""
        return any("type" in schema for schema in self.schemas)


def gather(references: References, schemas: Iterable[Schema], base: Conjunction | None = None) -> Conjunction:
    """Return what holds where all of `schemas` do: they themselves, what they refer to, and each part of `allOf`.

    With a `base`, that holds as well.
    """
    base = base or Conjunction()
    found = list(base.schemas)
    seen = set(map(id, found))
    never = base.never
    pending: list[Any] = list(reversed(list(schemas)))
    while pending and len(found) < _MOST:
        here = pending.pop()
        never = never or here is False
        if not isinstance(here, dict):
            continue
        said = references.effective(here)
        if id(said) in seen:
            continue
        seen.add(id(said))
        if said:
            found.append(said)
        pending.extend(reversed(listed(said, "allOf")))
        pending.extend(references.follow(said, keyword) for keyword in reversed(REFERENCES) if keyword in said)
    return replace(base, schemas=tuple(found), never=never)


def listed(schema: dict[str, Any], keyword: str) -> list[Any]:
    """Return the array under a keyword; none where there is no array."""
    value = schema.get(keyword)
    return value if isinstance(value, list) else []


def named(schema: dict[str, Any], keyword: str) -> dict[str, Any]:
    """Return the object under a keyword; none where there is no object."""
    value = schema.get(keyword)
    return value if isinstance(value, dict) else {}
