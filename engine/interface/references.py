"""References of a catalogue to its own definitions, which are all that it may refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from engine.schema.pointer import unescape

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_STEPS: Final = 20
"""References that may lead on from one to the next."""


def name_of(schema: Any) -> str:
    """Return the name of the definition that a schema refers to, or what else it refers to; "" where to nothing."""
    reference = schema.get("$ref") if isinstance(schema, dict) else None
    if not isinstance(reference, str):
        return ""
    name = reference.removeprefix("#/$defs/")
    return name if "/" in name else unescape(unquote(name))


def resolved(schema: Any, definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with its own reference followed; what stands beside the reference counts first. {} for none."""
    found: dict[str, Any] = {}
    for _ in range(_MOST_STEPS):
        if not isinstance(schema, dict):
            return found
        found = {**{key: value for key, value in schema.items() if key != "$ref"}, **found}
        if "$ref" not in schema:
            return found
        schema = definitions.get(name_of(schema))
    return found
