"""Reading a schema: JSON text to a checked document, with every error at its place.

Metaschemas are checked offline; nothing is ever fetched for a schema.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from engine.errors import SchemaInvalid, SchemaSyntaxError
from engine.schema.pointer import to_pointer

DEFAULT_DRAFT = "https://json-schema.org/draft/2020-12/schema"
DRAFTS = frozenset(
    {
        "http://json-schema.org/draft-04/schema",
        "http://json-schema.org/draft-06/schema",
        "http://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft/2019-09/schema",
        DEFAULT_DRAFT,
    }
)
_DEEPEST = 200


@dataclass(frozen=True, slots=True)
class SchemaDocument:
    """A schema that its metaschema accepts. `root` keeps the order of its keys."""

    text: str
    root: dict[str, Any] | bool


def read_schema(text: str) -> SchemaDocument:
    """Read a schema from JSON text.

    Raises `SchemaSyntaxError` with line and column, and `SchemaInvalid` with the JSON Pointer of what the
    metaschema forbids, of a key that stands twice in one object, or of an unknown draft.
    """
    root = read_json(text)
    if not isinstance(root, dict | bool):
        raise SchemaInvalid(
            f"A schema is a JSON object, or true or false; this is {_name(root)}.",
            where="line 1",
            advice=None,
        )
    _check(root)
    return SchemaDocument(text, root)


def read_json(text: str) -> Any:
    """Parse JSON text. Raises `SchemaSyntaxError`, and `SchemaInvalid` for a key that stands twice."""
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        sentence = f"This is not JSON: {error.msg[0].lower()}{error.msg[1:]}."
        raise SchemaSyntaxError(sentence, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise SchemaInvalid("The schema is nested too deeply to be read.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise SchemaInvalid(
                    f'The key "{key}" stands twice in one object.',
                    advice="Remove one: only the last would count.",
                )
            seen.add(key)
    return found


def _refuse_constant(name: str) -> float:
    raise SchemaInvalid(f"{name} is not JSON.", advice="Write a finite number, or a string.")


def _check(root: dict[str, Any] | bool) -> None:
    if isinstance(root, dict):
        declared = root.get("$schema", DEFAULT_DRAFT)
        if not isinstance(declared, str) or declared.rstrip("#") not in DRAFTS:
            raise SchemaInvalid(
                f"The draft {json.dumps(declared)} is not known.",
                where="/$schema",
                advice=f'Use "{DEFAULT_DRAFT}", or remove $schema.',
            )
    _check_depth(root)
    try:
        jsonschema_rs.meta.validate(root)
    except jsonschema_rs.ValidationError as error:
        raise SchemaInvalid(
            f"This is no valid JSON Schema: {error.message}.",
            where=to_pointer(error.instance_path) or "the root",
        ) from None


def _check_depth(root: Any) -> None:
    pending: list[tuple[Any, int]] = [(root, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > _DEEPEST:
            raise SchemaInvalid(f"The schema is nested more than {_DEEPEST} levels deep.")
        if isinstance(node, dict):
            pending.extend((child, depth + 1) for child in node.values())
        elif isinstance(node, list):
            pending.extend((child, depth + 1) for child in node)


def _name(value: Any) -> str:
    names = {list: "an array", str: "a string", int: "a number", float: "a number", type(None): "null"}
    return names[type(value)]
