"""Reading a schema: JSON text to a checked document, with every error at its place.

Metaschemas are checked offline; nothing is ever fetched for a schema.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from engine.errors import SchemaInvalid, SchemaSyntaxError
from engine.schema.drafts import Draft, declared_draft, guess_draft
from engine.schema.pointer import to_pointer

_DEEPEST = 100
"""Levels of objects and arrays; what is written anew for the mask engine adds some, and it reads 128."""
_MOST_DIGITS = 300
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class SchemaDocument:
    """A schema that its metaschema accepts. `root` keeps the order of its keys; `draft` is declared or guessed."""

    text: str
    root: dict[str, Any] | bool
    draft: Draft = Draft.D2020

    @property
    def declared(self) -> dict[str, Any] | bool:
        """The schema with its draft declared, for whoever would take it for another one."""
        return {"$schema": str(self.draft)} | self.root if isinstance(self.root, dict) else self.root


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
    document = SchemaDocument(text, root, _draft(root))
    _check(document)
    return document


def read_json(text: str) -> Any:
    """Parse JSON text. Raises `SchemaSyntaxError`, and `SchemaInvalid` for a key that stands twice."""
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        sentence = f"This is not JSON: {error.msg[0].lower()}{error.msg[1:]}."
        raise SchemaSyntaxError(sentence, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise SchemaInvalid("The schema is nested too deeply to be read.") from None
    if _SURROGATE.search(text):
        _refuse_surrogates(value)
    return value


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


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        shown = digits if len(digits) < 20 else f"{digits[:8]}… of {len(digits)} characters"
        raise SchemaInvalid(f"The number {shown} is too large.", advice="Write one below 1.8e308 (IEEE 754 double).")
    return number


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        _finite(digits)
    return int(digits)


def _refuse_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise SchemaInvalid(
            "A text in the schema holds half a character (a lone surrogate).",
            advice="Write both halves of the pair, or the character itself.",
        ) from None
    except RecursionError:
        raise SchemaInvalid("The schema is nested too deeply to be read.") from None


def _draft(root: dict[str, Any] | bool) -> Draft:
    declared = root.get("$schema") if isinstance(root, dict) else None
    if declared is None:
        return guess_draft(root)
    try:
        return Draft(declared_draft(root) or "")
    except ValueError:
        raise SchemaInvalid(
            f"The draft {json.dumps(declared)} is not known.",
            where="/$schema",
            advice=f'Use "{Draft.D2020}", or remove $schema.',
        ) from None


def _check(document: SchemaDocument) -> None:
    _check_depth(document.root)
    try:
        jsonschema_rs.meta.validate(document.declared)
    except jsonschema_rs.ValidationError as error:
        raise SchemaInvalid(
            f"This is no valid JSON Schema ({document.draft.spoken}): {error.message}.",
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
