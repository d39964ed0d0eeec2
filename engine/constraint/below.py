"""What a subschema says of the values in an object or array, by the keywords that look at nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.schema.patterns import finds

if TYPE_CHECKING:
    from collections.abc import Iterator


def of_key(schema: dict[str, Any], key: str) -> Iterator[Any]:
    """Yield the schemas that `properties`, `patternProperties` and `additionalProperties` give the value of a key."""
    named = schema.get("properties", {})
    matching = [each for pattern, each in schema.get("patternProperties", {}).items() if finds(pattern, key)]
    if key in named:
        yield named[key]
    yield from matching
    if key not in named and not matching and "additionalProperties" in schema:
        yield schema["additionalProperties"]


def of_item(schema: dict[str, Any], index: int) -> Iterator[Any]:
    """Yield the schema that an item has by its index, if it has one: first those of a prefix, then that of the rest."""
    first, rest = prefix(schema), "additionalItems" if isinstance(schema.get("items"), list) else "items"
    if index < len(first):
        yield first[index]
    elif rest in schema:
        yield schema[rest]


def prefix(schema: dict[str, Any]) -> list[Any]:
    """Return the schemas of the first items: `prefixItems`, or up to 2019-09 a list under `items`."""
    items = schema.get("items")
    return items if isinstance(items, list) else list(schema.get("prefixItems", ()))
