"""Reading a text that may hold a schema in one of many forms: what it is, is found out and said.

JSON is a schema where its root has keywords of the right types, a wrapper where it is shaped like one, and else an
example. What is not JSON is examples line by line, or Python source.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from engine.errors import ConversionError, SchemaError, SchemaSyntaxError
from engine.schema.document import read_json
from engine.schema.drafts import Draft
from engine.schema.interchange.examples import infer_schema
from engine.schema.interchange.python_source import from_python
from engine.schema.interchange.result import Incoming, lay_out
from engine.schema.interchange.wrappers import Unwrapped, unwrap
from engine.schema.walk import MANY, NAMED, ONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_CHARACTERS = 64 << 20
"""Characters of a text that is read."""

_BLANK = " \t\r\n"
_FENCE = re.compile(r"\A\s*(```+|~~~+)[^\n`]*\n([\s\S]*?)\n[ \t]*\1\s*\Z")
_PYTHON = re.compile(r"^[ \t]*(?:class\s+\w|from\s+[\w.]+\s+import\b|import\s+\w|@\w)|=\s*TypedDict\(", re.MULTILINE)
_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
_SURE = frozenset({"$defs", "$ref", "$schema"})
_OWN = ("properties", "definitions", "$defs")
_SAID_ASIDE = frozenset(
    {
        "$anchor", "$comment", "$dynamicAnchor", "$id", "$recursiveAnchor", "contentEncoding", "contentMediaType",
        "default", "deprecated", "description", "discriminator", "example", "examples", "exclusiveMaximum",
        "exclusiveMinimum", "format", "id", "maxContains", "maxItems", "maxLength", "maxProperties", "maximum",
        "minContains", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "nullable", "pattern",
        "readOnly", "title", "uniqueItems", "writeOnly",
    }
)  # fmt: skip
"""Keywords that a record may have as keys too, so that they tell nothing alone."""


def read_incoming(text: str, *, name: str = "") -> Incoming:
    """Find out what a text is and return the schema in it, or that of the examples in it.

    `name` is what it is called where it does not say so itself. Raises SchemaSyntaxError with line and column,
    SchemaInvalid or ConversionError.
    """
    _refuse_size(text)
    body = _unfenced(text)
    begin = body.lstrip(_BLANK)[:1]
    if not begin:
        raise ConversionError("There is nothing to read.", advice="Paste a schema, an example, a tool or a class.")
    try:
        value = read_json(body)
    except SchemaSyntaxError:
        if _is_lines(body):
            return from_example_lines(body, name=name)
        if begin in "{[":
            raise
        if _PYTHON.search(body):
            return from_python(body)
        raise ConversionError(
            "This is neither JSON nor Python source.",
            where="line 1",
            advice="Paste a JSON Schema, an example value, a tool definition or a class.",
        ) from None
    unwrapped = unwrap(value)
    if unwrapped is not None:
        return _from_wrapper(unwrapped, name)
    if looks_like_schema(value):
        return _kept(body, value, name)
    return _from_examples([value], name, "Read as one example value.")


def from_schema(text: str, *, name: str = "") -> Incoming:
    """Return the text of a JSON Schema as it is, byte for byte. Raises as `read_json`, and where it is no schema."""
    _refuse_size(text)
    body = _unfenced(text)
    value = read_json(body)
    if not isinstance(value, dict | bool):
        raise ConversionError("A schema is a JSON object, or true or false.", where="line 1")
    return _kept(body, value, name)


def from_wrapper(text: str, *, name: str = "") -> Incoming:
    """Return the schema in a `response_format` or a tool definition. Raises ConversionError where it is neither."""
    _refuse_size(text)
    unwrapped = unwrap(read_json(_unfenced(text), what="The definition"))
    if unwrapped is None:
        raise ConversionError(
            "This is neither a response_format nor a tool definition.",
            advice='A tool has a name and a schema under "parameters", "input_schema" or "inputSchema".',
        )
    return _from_wrapper(unwrapped, name)


def from_example(text: str, *, name: str = "", each_item: bool = False, closed: bool = False) -> Incoming:
    """Return the schema of one JSON value, or of the items of an array where `each_item` says so.

    `closed` forbids further keys. Raises ConversionError where `each_item` is said of something else than an array.
    """
    _refuse_size(text)
    value = read_json(_unfenced(text), what="The example")
    if not each_item:
        return _from_examples([value], name, "Read as one example value.", closed=closed)
    if not isinstance(value, list):
        raise ConversionError("This is no array of examples.", advice="Read it as one example.")
    return _from_examples(value, name, f"Read as {_counted(len(value))}.", closed=closed)


def from_example_lines(text: str, *, name: str = "", closed: bool = False) -> Incoming:
    """Return the schema of examples that stand one a line (JSONL). Raises as `read_example_lines`."""
    values = read_example_lines(text)
    return _from_examples(values, name, f"Read as {_counted(len(values))}, one a line.", closed=closed)


def read_example_lines(text: str) -> list[Any]:
    """Return the JSON values of a text that holds one a line. Raises SchemaSyntaxError that names the broken line."""
    _refuse_size(text)
    values = []
    for number, line in _lines(text):
        try:
            values.append(read_json(line, what="The example"))
        except SchemaSyntaxError as error:
            raise SchemaSyntaxError(
                error.message, line=number, column=error.column, advice="Each line has to hold one JSON value."
            ) from None
        except SchemaError as error:
            raise error.at(f"line {number}") from None
    return values


def looks_like_schema(value: Any) -> bool:
    """Tell whether a JSON value is meant as a schema: it has keywords, and each is of the right type.

    Records have keys like `type` and `items` too, so that where those alone speak for it most other keys have to be
    keywords as well.
    """
    if not isinstance(value, dict):
        return isinstance(value, bool)
    told = {key for key in value if key in _TELLING}
    if "$schema" in told and _is_draft(value["$schema"]) and any(isinstance(value.get(key), dict) for key in _OWN):
        return True
    if not told or not all(_TELLING[key](value[key]) for key in told):
        return False
    if told & _SURE and told != {"$schema"}:  # which configuration files have too
        return True
    known: int = sum(key in _TELLING or key in _SAID_ASIDE or key.startswith(("x-", "$")) for key in value)
    return 2 * known >= len(value)


def _from_wrapper(unwrapped: Unwrapped, name: str) -> Incoming:
    schema = unwrapped.schema
    notes = [f"Read as {unwrapped.what}."]
    if isinstance(schema, dict):
        said = {"title": unwrapped.name, "description": unwrapped.description}
        added = {key: text for key, text in said.items() if text and key not in schema}
        schema = {**added, **schema}
        if added:
            kept = " and ".join({"title": "name", "description": "description"}[key] for key in added)
            were = "were" if len(added) > 1 else "was"
            notes = [f"Read as {unwrapped.what}; its {kept} {were} kept as {' and '.join(added)}."]
    if unwrapped.strict:
        notes.append("It asks for strict mode, which is not part of a schema.")
    if unwrapped.others:
        notes.append(f"Only the first tool was read. Others there: {', '.join(unwrapped.others[:8])}.")
    return Incoming(lay_out(schema), unwrapped.name or name, tuple(notes))


def _from_examples(values: list[Any], name: str, note: str, *, closed: bool = False) -> Incoming:
    inferred = infer_schema(values, closed=closed)
    return Incoming(lay_out(inferred.schema), name, (note, *inferred.notes))


def _kept(text: str, value: Any, name: str) -> Incoming:
    """Return the text of a schema; the line breaks in front of it may stand for a fence."""
    title = value.get("title") if isinstance(value, dict) else None
    called = title if isinstance(title, str) and title else name
    return Incoming(text.lstrip("\n"), called, ("Read as a JSON Schema.",))


def _refuse_size(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise ConversionError(
            f"This is too large to be read: {len(text):,} characters, of at most {MOST_CHARACTERS:,}.",
            advice="Give a part of it.",
        )


def _unfenced(text: str) -> str:
    """Return a text without a byte order mark, and where it is one block of Markdown code, without its fences.

    Lines keep their numbers.
    """
    text = text.removeprefix("\ufeff")
    block = _FENCE.match(text) if text.lstrip(_BLANK)[:3] in {"```", "~~~"} else None
    return "\n" * text.count("\n", 0, block.start(2)) + block[2] if block else text


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line that is not blank; other characters that break lines may stand in strings."""
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip(_BLANK)
        if stripped:
            yield number, stripped


def _is_lines(text: str) -> bool:
    """Tell whether a text begins with a line that is one JSON object or array, and goes on after it."""
    lines = _lines(text)
    _, first = next(lines)
    if first[0] not in "{[" or next(lines, None) is None:
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return True


def _counted(number: int) -> str:
    return f"{number:,} example{'' if number == 1 else 's'}"


def _is_schema(value: Any) -> bool:
    return isinstance(value, dict | bool)


def _are_schemas(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_schema, value))


def _are_named(value: Any) -> bool:
    """Tell whether this is an object of schemas: at least half of them have to say something that schemas say."""
    if not isinstance(value, dict) or not all(isinstance(each, dict | bool | list) for each in value.values()):
        return False
    speaking = sum(
        not isinstance(each, dict) or not each or any(key in _TELLING or key in _SAID_ASIDE for key in each)
        for each in value.values()
    )
    return 2 * speaking >= len(value)


def _is_type(value: Any) -> bool:
    named = value if isinstance(value, list) and value else [value]
    return all(isinstance(each, str) and each in _TYPES for each in named)


def _is_draft(value: Any) -> bool:
    return isinstance(value, str) and ("json-schema.org" in value or value.rstrip("#") in set(Draft))


def _are_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


_TELLING: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(ONE, _is_schema),
    **dict.fromkeys(MANY, _are_schemas),
    **dict.fromkeys(NAMED, _are_named),
    "items": lambda value: _is_schema(value) or (_are_schemas(value) and all(map(looks_like_schema, value))),
    "type": _is_type,
    "$schema": _is_draft,
    "$ref": lambda value: isinstance(value, str),
    "$dynamicRef": lambda value: isinstance(value, str),
    "enum": lambda value: isinstance(value, list),
    "const": lambda _: True,
    "required": _are_strings,
    "dependentRequired": lambda value: isinstance(value, dict),
}
"""Keywords that tell a schema from a record, with what their values are."""
