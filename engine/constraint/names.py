"""What the values of an object are by their keys, and how far the mask engine can say that.

It knows named keys, patterns of which no key may match two, and all others; it has no word for `propertyNames`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.constraint.patterns import share_a_match, spoken
from engine.schema.patterns import finds

Schema = dict[str, Any] | bool

_MOST_COMPARED = 16
"""Patterns from which on they are not told apart two by two."""


@dataclass(frozen=True, slots=True)
class ByKey:
    """The schemas of an object's values: under named keys, under keys that match a pattern, and under all others."""

    named: dict[str, Schema]
    patterns: dict[str, Schema]
    others: Schema

    def value_of(self, key: str) -> Schema:
        """Return what applies to the value of a key that is not named."""
        parts = [each for pattern, each in self.patterns.items() if finds(pattern, key)]
        if not parts:
            return self.others
        return parts[0] if len(parts) == 1 else {"allOf": parts}


def restrict(values: ByKey, names: Any) -> tuple[ByKey, bool]:
    """Say `propertyNames` by the other keywords of objects; tells whether that is all that it says.

    `names` is what it says in its draft (`References.effective`). Where it cannot be said, the values are as they were.
    """
    allowed = _listed(names)
    if allowed is not None:
        return ByKey({key: _listed_value(values, key) for key in allowed}, {}, False), True
    if values.named and values.others not in (True, {}):
        return values, False
    pattern, exact = _pattern(names), True
    if pattern is None and isinstance(names, dict) and isinstance(names.get("pattern"), str):
        pattern, exact = names["pattern"], False
    if pattern is not None and spoken(pattern) is not None and not values.patterns.keys() - {pattern}:
        kept = {key: each if finds(pattern, key) else False for key, each in values.named.items()}
        return ByKey(kept, {pattern: values.patterns.get(pattern, values.others)}, False), exact
    if values.patterns and values.others in (True, {}) and _alternatives(names) == set(values.patterns):
        kept = {
            key: each if any(finds(pattern, key) for pattern in values.patterns) else False
            for key, each in values.named.items()
        }
        return ByKey(kept, values.patterns, False), True
    return values, False


def say(values: ByKey) -> tuple[ByKey, bool]:
    """Write patterns that the mask engine takes, of which no key matches two; tells whether that loses nothing.

    A key that matches a wider pattern than it should, or one of several, may have any value that is possible there.
    """
    patterns: dict[str, Schema] = {}
    exact = True
    for pattern, value in values.patterns.items():
        said = spoken(pattern)
        if said is None:
            return ByKey(values.named, {}, True), False
        wider, *beside = said.parts
        if beside or not said.exact:
            exact = False
            possible = [value, values.others, *_besides(values, pattern, wider), patterns.get(wider, False)]
        else:
            exact = exact and patterns.get(wider, value) == value
            possible = [value, patterns.get(wider, False)]
        patterns[wider] = either(possible)
    joined: dict[str, Schema] = {}
    for group in _groups(list(patterns)):
        possible = [patterns[pattern] for pattern in group]
        exact = exact and all(each == possible[0] for each in possible)
        joined["|".join(f"(?:{pattern})" for pattern in group) if len(group) > 1 else group[0]] = either(possible)
    return ByKey(values.named, joined, values.others), exact


def either(schemas: list[Schema]) -> Schema:
    """Return what allows what one of the schemas allows."""
    possible: list[Schema] = []
    for schema in schemas:
        if schema in (True, {}):
            return True
        if schema is not False and schema not in possible:
            possible.append(schema)
    if len(possible) < 2:
        return possible[0] if possible else False
    return {"anyOf": possible}


def _besides(values: ByKey, pattern: str, wider: str) -> list[Schema]:
    """Return the values of the named keys that a pattern does not match and its wider form does."""
    return [each for key, each in values.named.items() if finds(wider, key) and not finds(pattern, key)]


def _groups(patterns: list[str]) -> list[list[str]]:
    """Put those patterns together that a key may match at once."""
    if not share_a_match(frozenset(patterns)):
        return [[pattern] for pattern in patterns]
    if len(patterns) > _MOST_COMPARED:
        return [patterns]
    groups: list[list[str]] = []
    for pattern in patterns:
        meeting = [group for group in groups if any(share_a_match(frozenset({pattern, each})) for each in group)]
        groups = [group for group in groups if group not in meeting]
        groups.append([*(each for group in meeting for each in group), pattern])
    return groups


def _listed(names: Any) -> list[str] | None:
    """Return the keys that a `propertyNames` lists; None where it does not list them."""
    if isinstance(names, dict):
        if "string" not in names.get("type", "string"):
            return []
        if "const" in names and not names.keys() - {"const", "type"}:
            return [names["const"]] if isinstance(names["const"], str) else []
        if "enum" in names and not names.keys() - {"enum", "type"}:
            return [each for each in names["enum"] if isinstance(each, str)]
    return [] if names is False else None


def _listed_value(values: ByKey, key: str) -> Schema:
    if key not in values.named:
        return values.value_of(key)
    matching = [each for pattern, each in values.patterns.items() if finds(pattern, key)]
    return {"allOf": [values.named[key], *matching]} if matching else values.named[key]


def _pattern(names: Any) -> str | None:
    """Return the pattern that a `propertyNames` amounts to; None where it is not one pattern."""
    if not isinstance(names, dict) or not names.keys() - {"type"}:
        return None
    if not names.keys() - {"pattern", "type"}:
        return str(names["pattern"])
    if not names.keys() - {"minLength", "maxLength", "type"}:
        return (
            rf"^[\s\S]{{{int(names.get('minLength', 0))},{int(names['maxLength']) if 'maxLength' in names else ''}}}$"
        )
    return None


def _alternatives(names: Any) -> set[str] | None:
    """Return the patterns of which a key has to match one, where `propertyNames` says that and nothing else."""
    branches = names.get("anyOf") if isinstance(names, dict) and not names.keys() - {"anyOf", "type"} else None
    if not isinstance(branches, list):
        return None
    found = set[str]()
    for branch in branches:
        if not isinstance(branch, dict) or "pattern" not in branch or branch.keys() - {"pattern", "type"}:
            return None
        found.add(branch["pattern"])
    return found
