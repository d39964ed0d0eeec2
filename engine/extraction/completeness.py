"""Whether a record has what its schema asks for, and what it lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.constraint.validate import validator_of
from engine.errors import RecordIncomplete
from engine.extraction.naming import MOST_NAMES, field_names
from engine.schema.document import read_json, read_schema
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from collections.abc import Container

    from engine.extraction.naming import Path


@dataclass(frozen=True)
class Held:
    """What holding a record against a schema showed.

    `missing` are the JSON Pointers of what the schema asks for and the document does not have, `wrong` what it does not
    allow and why; `error` says both, and is None where the record satisfies the schema.
    """

    missing: tuple[str, ...] = ()
    wrong: dict[str, str] = field(default_factory=dict)
    error: RecordIncomplete | None = None


def hold(record: Any, schema_text: str, absent: Container[str]) -> Held:
    """Hold a record against a schema. Nulls that it does not allow are taken out of the record where it is optional.

    `absent` are the pointers of the values that are not in the document.
    """
    validator = validator_of(read_schema(schema_text))
    errors = list(validator.iter_errors(record))
    for path in [tuple(error.instance_path) for error in errors]:
        holder = _at(record, path[:-1]) if path else None
        if isinstance(holder, dict) and holder.get(path[-1], 0) is None:
            key = str(path[-1])
            before = list(holder.items())
            del holder[key]
            fewer = list(validator.iter_errors(record))
            if len(fewer) < len(errors):
                errors = fewer
            else:
                holder.clear()
                holder.update(before)
    if not errors:
        return Held()
    missing: dict[str, Path] = {}
    wrong: dict[str, str] = {}
    reasons: dict[str, list[Path]] = {}
    for error in errors:
        path = tuple(error.instance_path)
        pointer = to_pointer(path)
        if pointer in absent:
            missing[pointer] = path
        elif pointer not in wrong:
            wrong[pointer] = error.message
            reasons.setdefault(error.message, []).append(path)
    sentences = []
    if missing:
        names = ", nor ".join(field_names(missing.values()))
        sentences.append(f"The document does not have {names}, which the schema asks for.")
    if wrong:
        said = [f"{', '.join(field_names(paths))}: {message}" for message, paths in reasons.items()]
        more = [f"and {len(said) - MOST_NAMES:,} more"] if len(said) > MOST_NAMES else []
        sentences.append(f"The record does not satisfy the schema: {'; '.join([*said[:MOST_NAMES], *more])}.")
    told = RecordIncomplete(
        " ".join(sentences),
        missing=tuple(missing),
        advice="Fill in what is missing, or allow null for it in the schema.",
    )
    return Held(tuple(missing), wrong, told)


def in_order(record: Any, schema_text: str) -> Any:
    """Return a record with its keys in the order of the schema's properties, others after them."""
    return _in_order(record, read_json(schema_text))


def _in_order(value: Any, schema: Any) -> Any:
    if not isinstance(schema, dict):
        return value
    if isinstance(value, list):
        return [_in_order(each, schema.get("items")) for each in value]
    if not isinstance(value, dict):
        return value
    properties = schema.get("properties")
    known = properties if isinstance(properties, dict) else {}
    keys = [*(key for key in known if key in value), *(key for key in value if key not in known)]
    return {key: _in_order(value[key], known.get(key)) for key in keys}


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value
