"""The way back from the strict dialect: what had to be required and closed only because it asked for that.

A change is lossy when a value that passed can no longer be said. That more passes is what it is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.schema.dialects.profile import REMARKS, kinds_of
from engine.schema.dialects.rewritten import Note, Rewritten, read_value
from engine.schema.pointer import escape
from engine.schema.references import REFERENCES
from engine.schema.spoken import told
from engine.schema.walk import DEFINITIONS, Subschema, children, subschemas

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.schema.document import SchemaDocument

_TURNING = frozenset({"contains", "if", "not", "oneOf"})
"""Keywords under which a value is refused because more passes."""


def make_lenient(root: dict[str, Any] | bool) -> Rewritten:
    """Let what is required and may be null be left out instead, and let objects have more properties.

    What stands within `not`, `if`, `oneOf` or `contains`, or is referred to from there, stays as it is.
    Raises `SchemaInvalid` for what `read_schema` refuses.
    """
    document = read_value(root)
    places = list(subschemas(document.root))
    kept = _turned(document, places)
    still = kept | {id(target) for place in places for target in _targets(document, place.schema)}
    notes: list[Note] = []
    free = [(place.pointer, place.schema) for place in places if isinstance(place.schema, dict)]
    free = [(pointer, schema) for pointer, schema in free if id(schema) not in kept]
    for pointer, schema in free:
        notes += _open(schema, pointer)
        notes += _free(schema, pointer, still)
    for pointer, schema in reversed(free):  # what is unwrapped has to be finished
        notes += _unwrap(schema, pointer)
    return Rewritten(document.root, tuple(notes))


def _turned(document: SchemaDocument, places: list[Subschema]) -> set[int]:
    """Return by identity what holds within a keyword that turns the verdict, references followed."""
    pending = [place.schema for place in places if place.keyword in _TURNING]
    found: set[int] = set()
    while pending:
        schema = pending.pop()
        if isinstance(schema, dict) and id(schema) not in found:
            found.add(id(schema))
            pending += [child.schema for child in children("", schema) if child.keyword not in DEFINITIONS]
            pending += _targets(document, schema)
    return found


def _targets(document: SchemaDocument, schema: dict[str, Any] | bool) -> Iterable[Any]:
    if isinstance(schema, dict):
        for keyword in REFERENCES:
            if keyword in schema:
                yield document.references.follow(schema, keyword)


def _open(schema: dict[str, Any], pointer: str) -> Iterable[Note]:
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if schema.get(keyword) is False:
            del schema[keyword]
            yield Note(f"{pointer}/{keyword}", "Other properties are allowed too now.")


def _free(schema: dict[str, Any], pointer: str, kept: set[int]) -> Iterable[Note]:
    """Take what may be null from the required properties."""
    properties, required = schema.get("properties", {}), schema.get("required", [])
    freed = set()
    for name in required:
        each = properties.get(name)
        if isinstance(each, dict) and id(each) not in kept and _drop_null(each):
            freed.add(name)
            sentence = f"{told(name)} may be left out now, instead of being null."
            yield Note(f"{pointer}/properties/{escape(name)}", sentence, lossy=True)
    left = [name for name in required if name not in freed]
    if left:
        schema["required"] = left
    elif "required" in schema:
        del schema["required"]
        yield Note(f"{pointer}/required", "Nothing is required any more.")


def _drop_null(schema: dict[str, Any]) -> bool:
    """Take null from what a schema lets pass, in place; False where it does not plainly name null and more."""
    kinds, values = kinds_of(schema), schema.get("enum")
    others = [kind for kind in kinds if kind != "null"]
    if others and "null" in kinds and "const" not in schema and (values is None or None in values):
        if values == [None]:
            return False
        schema["type"] = others[0] if len(others) == 1 else others
        if values is not None:
            schema["enum"] = [value for value in values if value is not None]
    elif not kinds and values is not None and None in values and values != [None]:
        schema["enum"] = [value for value in values if value is not None]
    else:
        keyword = "anyOf" if "anyOf" in schema else "oneOf"
        branches = schema.get(keyword, [])
        rest = [branch for branch in branches if not _is_null(branch)]
        if kinds or not rest or len(rest) == len(branches):
            return False
        schema[keyword] = rest
    if "default" in schema and schema["default"] is None:
        del schema["default"]
    return True


def _is_null(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    asking = {keyword: value for keyword, value in schema.items() if keyword not in REMARKS}
    return asking in ({"type": "null"}, {"const": None}, {"enum": [None]}, {"type": "null", "const": None})


def _unwrap(schema: dict[str, Any], pointer: str) -> Iterable[Note]:
    """Write a single alternative without `anyOf`, where nothing stands beside it but remarks."""
    for keyword in ("anyOf", "oneOf"):
        (only, *more) = schema.get(keyword, [True])
        rest = schema.keys() - {keyword}
        if more or not isinstance(only, dict) or not rest <= REMARKS | {"default"} or rest & only.keys():
            continue
        unwrapped = [pair for k, v in schema.items() for pair in (only.items() if k == keyword else [(k, v)])]
        schema.clear()
        schema.update(unwrapped)
        yield Note(f"{pointer}/{keyword}", f'A single alternative needs no "{keyword}".')
