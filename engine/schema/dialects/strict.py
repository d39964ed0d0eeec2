"""The strict dialect: a schema as Structured Outputs of OpenAI take it, and what of it they would refuse.

A change is lossy when something the schema says is lost: values pass that it refused, or values that it speaks of can
no longer be said. It is not when an optional property becomes one that is required and may be null, when the type that
the keywords speak of is named, or when properties that nobody mentioned are no longer let pass.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from engine.schema.dialects.profile import LIMITS, REMARKS, Violation, strict_violations
from engine.schema.dialects.rewritten import Note, Rewritten, read_value
from engine.schema.dialects.tightening import Tightening
from engine.schema.dialects.upgrade import upgraded_document
from engine.schema.pointer import unescape

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LIMITS", "Violation", "make_strict", "strict_violations"]

Strict = dict[str, Any]


def make_strict(root: dict[str, Any] | bool) -> Rewritten:
    """Write a schema in the strict profile; `strict_violations` of the result are at most a matter of its size.

    Raises `SchemaInvalid` for what `read_schema` refuses, also where the result would be nested too deeply for it.
    """
    document = read_value(root)
    if all(violation.code in LIMITS for violation in strict_violations(document.root)):
        return Rewritten(document.root, ())
    upgraded = upgraded_document(document)
    tightening = Tightening(upgraded)
    value = tightening.tighten(upgraded.value, "") or tightening.nothing("")
    tightening.tighten_definitions()
    # Written out and read again, so that no two places share a part, and that it can be read at all.
    written = read_value(_with_root(tightening, value))
    notes = (*upgraded.notes, *tightening.joining.notes)
    return Rewritten(written.root, tuple(_placed(note, document.root) for note in notes))


def _placed(note: Note, root: Any) -> Note:
    """Return a note at a place that the old schema has: what was written on the way has none of its own."""
    value, pointer = root, ""
    for token in note.pointer.split("/")[1:]:
        step = unescape(token)
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return replace(note, pointer=pointer)
        pointer = f"{pointer}/{token}"
    return note


def _with_root(tightening: Tightening, value: Strict) -> Strict:
    """Return the whole schema, with a root that is an object."""
    old, definitions = tightening.joining.root, tightening.definitions
    result = _inlined(tightening, value)
    order = list(old)
    if result.get("type") != "object":
        result, order = _wrapped(tightening, result), ["$schema", "type"]
    if "$schema" in old:
        result = _with(result, "$schema", old["$schema"], order)
    return _with(result, "$defs", definitions, order) if definitions else result


def _inlined(tightening: Tightening, value: Strict) -> Strict:
    """Return the root with what it leads to in its place, where it is a reference to an object."""
    definitions = tightening.definitions
    target, seen = value, set[str]()
    while (name := _definition(target)) in definitions and name not in seen:
        seen.add(name)
        target = definitions[name]
    if not seen or target.get("type") != "object":
        return value
    tightening.note("/$ref", "The root cannot be a reference; what it leads to is written there.")
    remarks = {keyword: each for keyword, each in value.items() if keyword in REMARKS}
    result = remarks | {keyword: each for keyword, each in target.items() if keyword not in remarks}
    for name in seen - set(_definitions_used([result, *definitions.values()])):
        del definitions[name]
    return result


def _wrapped(tightening: Tightening, value: Strict) -> Strict:
    """Return an object with the root as its only property."""
    tightening.note("", 'The root has to be an object: what was the root is its property "value" now.')
    definitions = tightening.definitions
    to_root = [each for each in _references([value, *definitions.values()]) if each["$ref"] == "#"]
    if to_root:
        name = "root"
        while name in definitions:
            name += "_"
        for each in to_root:
            each["$ref"] = f"#/$defs/{name}"
        definitions[name] = value
        value = {"$ref": f"#/$defs/{name}"}
    return {"type": "object", "properties": {"value": value}, "required": ["value"], "additionalProperties": False}


def _with(schema: Strict, keyword: str, value: Any, order: list[str]) -> Strict:
    """Return a schema with one keyword more, before the first one that follows it in an order."""
    after = order[order.index(keyword) + 1 :] if keyword in order else []
    first = next((each for each in after if each in schema), None)
    result: Strict = {}
    for each, said in schema.items():
        if each == first:
            result[keyword] = value
        result[each] = said
    return result | {keyword: value}


def _definition(schema: Strict) -> str:
    """Return the name of the definition that a schema leads to and nothing else; empty where there is none."""
    only = schema.get("anyOf", [schema])
    reference = only[0].get("$ref", "") if len(only) == 1 else ""
    return unescape(unquote(reference.removeprefix("#/$defs/"))) if reference.startswith("#/$defs/") else ""


def _definitions_used(schemas: list[Strict]) -> Iterator[str]:
    return (_definition(each) for each in _references(schemas))


def _references(schemas: list[Strict]) -> Iterator[Strict]:
    """Yield every reference in strict schemas."""
    pending: list[Any] = list(schemas)
    while pending:
        schema = pending.pop()
        if "$ref" in schema:
            yield schema
        pending += schema.get("anyOf", ())
        pending += schema.get("properties", {}).values()
        pending += [schema["items"]] if "items" in schema else []
