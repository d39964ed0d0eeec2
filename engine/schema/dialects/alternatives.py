"""Whether alternatives exclude each other: then `oneOf` says no more than `anyOf`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.schema.dialects.intersection import key_of
from engine.schema.dialects.profile import kinds_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Resolve = Callable[[Any], Any]

_MOST = 100
"""Alternatives that are compared, each with each."""


def are_exclusive(schemas: list[Any], resolve: Resolve) -> bool:
    """Tell whether no value can satisfy two of these schemas; False also where that is not plain to see.

    `resolve` returns the schema that a subschema leads to, or itself. Plain to see are types that have nothing in
    common, listed values, and a required property with values of its own in each.
    """
    resolved = [resolve(schema) for schema in schemas]
    if len(resolved) > _MOST:
        return False
    return all(_exclude(first, second, resolve) for i, first in enumerate(resolved) for second in resolved[:i])


def _exclude(first: Any, second: Any, resolve: Resolve) -> bool:
    if not isinstance(first, dict) or not isinstance(second, dict):
        return first is False or second is False
    if _have_nothing_in_common(first, second):
        return True
    properties, others = first.get("properties", {}), second.get("properties", {})
    shared = {*first.get("required", ())} & {*second.get("required", ())} & properties.keys() & others.keys()
    if kinds_of(first) != ["object"] or kinds_of(second) != ["object"]:
        return False
    return any(_have_nothing_in_common(resolve(properties[name]), resolve(others[name])) for name in shared)


def _have_nothing_in_common(first: Any, second: Any) -> bool:
    if not isinstance(first, dict) or not isinstance(second, dict):
        return first is False or second is False
    listed, others = _listed(first), _listed(second)
    if listed is not None and others is not None:
        return not listed & others
    kinds, other_kinds = _kinds(first), _kinds(second)
    return bool(kinds) and bool(other_kinds) and not kinds & other_kinds


def _listed(schema: dict[str, Any]) -> set[str] | None:
    """Return the values that a schema lists; None where it lists none."""
    if "const" in schema:
        return {key_of(schema["const"])}
    return {key_of(value) for value in schema["enum"]} if "enum" in schema else None


def _kinds(schema: dict[str, Any]) -> set[str]:
    kinds = set(kinds_of(schema))
    return kinds | {"integer"} if "number" in kinds else kinds
