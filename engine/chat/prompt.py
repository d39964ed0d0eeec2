"""What the model is told about the form of its answer.

A mask alone makes text valid, not sensible: the model has to know which fields come and what they mean. The schema's
titles, descriptions, types and choices are therefore put into the system message, in the order of generation, in
plain words that cost fewer tokens than the schema itself.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from engine.constraint.spec import AnyJson, ConstraintSpec, MatchesSchema
from engine.model.protocol import ChatMessage
from engine.schema.document import read_json
from engine.schema.pointer import unescape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DEEPEST = 6
_MOST_CHOICES = 40
_MOST_CHARACTERS = 12_000
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
    "array": "list",
}


def compose(messages: Sequence[ChatMessage], constraint: ConstraintSpec) -> tuple[ChatMessage, ...]:
    """Return the messages with the form of the answer described at the end of the system message.

    Text, regular expressions and grammars need no description. A schema that cannot be read is left to the
    compiler, which says what is wrong with it.
    """
    form = describe(constraint)
    if not form:
        return tuple(messages)
    system = [message.content for message in messages if message.role == "system"]
    others = [message for message in messages if message.role != "system"]
    return (ChatMessage(role="system", content="\n\n".join([*system, form])), *others)


def describe(constraint: ConstraintSpec) -> str:
    """Return the form of the answer in words, or an empty string."""
    if isinstance(constraint, AnyJson):
        return "Answer with one JSON object."
    if not isinstance(constraint, MatchesSchema):
        return ""
    schema = read_json(constraint.schema_text)
    if not isinstance(schema, dict):
        return "Answer with JSON."
    text = "\n".join(_Description(schema).lines())
    if len(text) > _MOST_CHARACTERS:
        text = text[: text.rfind("\n", 0, _MOST_CHARACTERS)] + "\n- and further fields"
    return text


class _Description:
    """Writes one schema as an indented list of its fields."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root

    def lines(self) -> Iterator[str]:
        schema = self._resolve(self._root)
        name = f" ({schema['title']})" if isinstance(schema.get("title"), str) else ""
        if "properties" in schema:
            yield f"Answer with one JSON object{name} with these keys, in this order:"
        else:
            yield f"Answer with JSON{name}: {self._form(schema)}"
        if isinstance(schema.get("description"), str):
            yield schema["description"]
        yield from self._fields(schema, 0)

    def _fields(self, schema: dict[str, Any], depth: int) -> Iterator[str]:
        if depth >= _DEEPEST:
            return
        properties = schema.get("properties")
        for name, value in properties.items() if isinstance(properties, dict) else ():
            field = self._resolve(value)
            yield f"{'  ' * depth}- {name}: {self._summary(name, field)}"
            yield from self._fields(self._inner(field), depth + 1)
        inner = self._inner(schema)
        if not properties and inner is not schema and inner.get("properties"):
            yield from self._fields(inner, depth)

    def _summary(self, name: str, field: dict[str, Any]) -> str:
        title, description = field.get("title"), field.get("description")
        said = [description] if isinstance(description, str) else []
        # Titles made from the key, as pydantic makes them, say nothing that the key does not.
        if isinstance(title, str) and title.casefold().replace(" ", "_") != name.casefold():
            said.insert(0, title)
        return ". ".join([self._form(field), *said])

    def _form(self, field: dict[str, Any], depth: int = 0) -> str:
        if depth >= _DEEPEST:
            return "any value"
        if "const" in field:
            return f"always {json.dumps(field['const'], ensure_ascii=False)}"
        if isinstance(field.get("enum"), list):
            return _choices([(value, "") for value in field["enum"]])
        branches = field.get("anyOf") or field.get("oneOf")
        if isinstance(branches, list):
            resolved = [self._resolve(branch) for branch in branches]
            if all("const" in branch for branch in resolved):
                return _choices([(branch["const"], _meaning(branch)) for branch in resolved])
            return " or ".join(dict.fromkeys(self._form(branch, depth + 1) for branch in resolved))
        types = field.get("type", [])
        names = [_TYPES.get(name, name) for name in ([types] if isinstance(types, str) else types)]
        if field.get("format") in {"date", "date-time", "time"}:
            shape = {
                "date": "date YYYY-MM-DD",
                "time": "time HH:MM:SS",
                "date-time": "date and time, ISO 8601",
            }
            names = [shape[field["format"]] if name == "text" else name for name in names]
        if "list" in names and isinstance(field.get("items"), dict):
            items = self._resolve(field["items"])
            names[names.index("list")] = f"list of {self._form(items, depth + 1)}"
        return " or ".join(names) or "any value"

    def _inner(self, field: dict[str, Any]) -> dict[str, Any]:
        """Return the object whose fields stand below `field`: itself, its items, or its one object branch."""
        for _ in range(_DEEPEST):
            items = field.get("items")
            if not isinstance(items, dict):
                break
            field = self._resolve(items)
        for branch in [*(field.get("anyOf") or ()), *(field.get("oneOf") or ())]:
            resolved = self._resolve(branch)
            if "properties" in resolved:
                return resolved
        return field

    def _resolve(self, schema: Any) -> dict[str, Any]:
        """Follow local references; a boolean schema is an empty one, and what cannot be followed stays."""
        for _ in range(_DEEPEST):
            if not isinstance(schema, dict):
                return {}
            target = schema.get("$ref")
            if not isinstance(target, str) or not target.startswith("#/"):
                return schema
            found: Any = self._root
            for token in target[2:].split("/"):
                found = found.get(unescape(token)) if isinstance(found, dict) else None
            siblings = {key: value for key, value in schema.items() if key != "$ref"}
            schema = found | siblings if isinstance(found, dict) else siblings
        return schema if isinstance(schema, dict) else {}


def _choices(choices: list[tuple[Any, str]]) -> str:
    shown = [
        json.dumps(value, ensure_ascii=False) + (f" ({meaning})" if meaning else "")
        for value, meaning in choices[:_MOST_CHOICES]
    ]
    more = f" or {len(choices) - _MOST_CHOICES} others" if len(choices) > _MOST_CHOICES else ""
    return f"one of {', '.join(shown)}{more}"


def _meaning(branch: dict[str, Any]) -> str:
    for key in ("description", "title"):
        if isinstance(branch.get(key), str):
            return str(branch[key])
    return ""
