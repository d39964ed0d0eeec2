"""What a document is searched for: the fields of a schema, and the words by which their places are known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.extraction.long.division import branches, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.extraction.long.division import ListField

_WORDS = re.compile(r"[^\W_]+")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LEAST = 2
_MOST_WORDS = 24
_MOST_FIELDS = 100
_DEEPEST = 6
_NUMBERS = frozenset({"number", "integer"})
_SIGNS = {"email": ("@",), "idn-email": ("@",), "uri": ("://", "www."), "uri-reference": ("://", "www.")}


@dataclass
class Field:
    """What is known of a field: its name and titles, what is said of it, examples of its values, and what holds it.

    `kinds` are the values that it has to have near: "number", "date"; `signs` texts one of which its values have.
    """

    name: list[str]
    said: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    signs: tuple[str, ...] = ()


def record_fields(schema: dict[str, Any]) -> list[Field]:
    """Return the fields of a record, each that holds a value; some hundred at most."""
    found = []
    for one in _fields(schema, schema, [], [], 0):
        found.append(one)
        if len(found) == _MOST_FIELDS:
            break
    return found


def list_field(one: ListField, root: dict[str, Any]) -> Field:
    """Return a list as one field: its items stand where their fields do."""
    made = _read(one.schema, [one.name] if one.name else [], [])
    for below in _fields(one.schema["items"], root, [], [], 0):
        made.name += below.name
        made.said += below.said
        made.examples += below.examples
        made.kinds |= below.kinds
    return made


def words_of(texts: Iterable[str]) -> list[str]:
    """Return the words of texts as they are searched for, each once."""
    said = (_HUMPS.sub(" ", text) for text in texts)
    words = (word.lower() for text in said for word in _WORDS.findall(text) if len(word) >= _LEAST)
    return list(dict.fromkeys(words))[:_MOST_WORDS]


def _fields(schema: Any, root: dict[str, Any], name: list[str], above: list[str], depth: int) -> Iterator[Field]:
    here = resolve(schema, root)
    if depth > _DEEPEST:
        return
    for one in branches(here, root):
        properties = one.get("properties")
        if isinstance(properties, dict) and properties:
            held = [*above, *name, *_texts(one, "title")]
            for key, each in properties.items():
                yield from _fields(each, root, [key], held, depth + 1)
        elif isinstance(one.get("items"), dict):
            yield from _fields(one["items"], root, [*name, *_texts(one, "title", "description")], above, depth + 1)
        elif name or one:
            yield _read(one, name, above)


def _read(schema: dict[str, Any], name: list[str], above: list[str]) -> Field:
    types = schema.get("type")
    names = {types} if isinstance(types, str) else set(types) if isinstance(types, list) else set()
    form = schema.get("format")
    made = Field([*name, *_texts(schema, "title")], _texts(schema, "description"), above=above)
    labels = [*schema.get("enum", ()), schema.get("const"), *schema.get("examples", ())]
    made.examples = [label for label in labels if isinstance(label, str)]
    closed = "enum" in schema or "const" in schema
    if names & _NUMBERS and not closed:
        made.kinds.add("number")
    if form in {"date", "date-time"}:
        made.kinds.add("date")
    made.signs = _SIGNS.get(form, ()) if isinstance(form, str) else ()
    return made


def _texts(schema: dict[str, Any], *keywords: str) -> list[str]:
    return [schema[keyword] for keyword in keywords if isinstance(schema.get(keyword), str)]
