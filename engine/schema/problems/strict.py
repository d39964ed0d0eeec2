"""What the strict profile forbids (`engine.schema.dialects.profile`), with what mends each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.schema import spoken
from engine.schema.dialects.profile import strict_violations
from engine.schema.drafts import Draft
from engine.schema.editing import Insert, Operation, Remove, Rename, Set
from engine.schema.pointer import unescape, value_at
from engine.schema.problems.found import Found, told
from engine.schema.problems.problem import Fix
from engine.schema.problems.subject import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.dialects.profile import Violation
    from engine.schema.problems.subject import Subject

_BY_KEYWORD = {"properties": "object", "required": "object", "items": "array", "pattern": "string", "minimum": "number"}
"""Types that keywords give away."""
_OLD, _NEW = "#/definitions/", "#/$defs/"
_MOST_LED = 500
"""References that are changed with one fix."""
_REMOVABLE = frozenset({"beside-any-of", "beside-reference", "format", "keyword", "pattern"})


def strict(subject: Subject) -> Iterator[Found]:
    """Yield what the strict profile forbids."""
    for violation in strict_violations(subject.document.root):
        keyword = violation.code in _REMOVABLE
        fixes = tuple(_mended(subject, violation))
        marks_key = keyword or violation.code == "required"
        rule = f"strict-{violation.code}"
        yield Found(rule, violation.pointer, violation.sentence, fixes, on_key=marks_key, keyword=keyword)


def _mended(subject: Subject, violation: Violation) -> Iterator[Fix]:
    at, code, root = violation.pointer, violation.code, subject.document.root
    above, _, last = at.rpartition("/")
    here = value_at(root, at)
    if code == "required":
        yield from _required(subject, violation)
    elif code == "additional":
        said = last == "additionalProperties" and place_of(above)[1] is None
        yield Fix("Close it", (Set(at if said else f"{at}/additionalProperties", False),))
    elif code == "properties":
        yield Fix("Name no properties", (Set(f"{at}/properties", {}),))
    elif code == "items":
        yield Fix("Let the items be strings", (Set(f"{at}/items", {"type": "string"}),))
    elif code == "type" and isinstance(here, dict):
        kind = _type(here)
        if kind is not None:
            named = Set(f"{at}/type", kind) if "type" in here else Insert(at, 0, kind, "type")
            yield Fix(f"Name the type {kind}", (named,))
    elif code == "root" and isinstance(here, dict) and "type" not in here and _type(here) in {"object", None}:
        if not here.keys() & {"$ref", "anyOf", "oneOf", "allOf"}:
            yield Fix("Make it an object", (Insert("", 0, "object", "type"),))
    elif code == "boolean" and here is True:
        yield Fix("Make it a string", (Set(at, {"type": "string"}),))
    elif code in _REMOVABLE:
        holder = value_at(root, above)
        if at == "/definitions":
            yield from _moved(subject)
            return
        if last == "oneOf" and isinstance(holder, dict) and "anyOf" not in holder:
            yield Fix("Use anyOf", (Rename(at, "anyOf"),))
        yield Fix(f"Remove {told(unescape(last))}", (Remove(at),))


def _moved(subject: Subject) -> Iterator[Fix]:
    """Yield the fix that puts definitions where the profile wants them, and lets all references lead there."""
    root = subject.document.root
    led = [spot for spot in subject.spots if str(spot.schema.get("$ref")).startswith(_OLD)]
    if isinstance(root, dict) and "$defs" not in root and len(led) <= _MOST_LED:
        references = (Set(f"{spot.pointer}/$ref", _NEW + spot.schema["$ref"].removeprefix(_OLD)) for spot in led)
        yield Fix("Move them to $defs", (*references, Rename("/definitions", "$defs")))


def _required(subject: Subject, violation: Violation) -> Iterator[Fix]:
    """Yield what mends an unlisted property, a listed name that is none, or a list that is missing."""
    at, sentence, root = violation.pointer, violation.sentence, subject.document.root
    here = value_at(root, at)
    if isinstance(here, list):
        place = next(
            (i for i, name in enumerate(here) if sentence.startswith(f"{spoken.told(name)} is required")), None
        )
        if place is not None:
            yield Fix("Do not require it", (Remove(f"{at}/{place}"),))
        return
    if not sentence.endswith("has to be required."):
        if subject.document.draft != Draft.D4:  # which wants at least one there
            yield Fix("Require nothing", (Set(f"{at}/required", []),))
        return
    object_pointer, _, name = at.rpartition("/properties/")
    required = value_at(root, f"{object_pointer}/required")
    put: Operation = Insert(f"{object_pointer}/required", None, unescape(name))
    if not isinstance(required, list):
        put = Insert(object_pointer, None, [unescape(name)], "required")
    null = _nullable(here, at)
    if null:
        yield Fix("Require it, allow null", (*null, put))
    yield Fix("Require it", (put,))


def _nullable(schema: Any, at: str) -> tuple[Operation, ...]:
    """Return what lets a schema allow null besides; nothing where it does so already, or nothing can be said."""
    if not isinstance(schema, dict):
        return ()
    kind, listed = schema.get("type"), schema.get("enum")
    kinds = kind if isinstance(kind, list) else [kind] if isinstance(kind, str) else []
    plain = "anyOf" not in schema and "$ref" not in schema and "const" not in schema and kinds
    if plain and (listed is None or isinstance(listed, list)):
        put: tuple[Operation, ...] = () if "null" in kinds else (Set(f"{at}/type", [*kinds, "null"]),)
        return put if listed is None or None in listed else (*put, Insert(f"{at}/enum", None, None))
    if isinstance(schema.get("anyOf"), list):
        has_null = any(isinstance(each, dict) and each.get("type") == "null" for each in schema["anyOf"])
        return () if has_null else (Insert(f"{at}/anyOf", None, {"type": "null"}),)
    return (Set(at, {"anyOf": [schema, {"type": "null"}]}),) if schema else ()


def _type(schema: dict[str, Any]) -> str | None:
    """Return the type that a schema without one must mean, None where that is not plain."""
    values = schema["enum"] if isinstance(schema.get("enum"), list) else [schema["const"]] if "const" in schema else []
    kinds = {type(value) for value in values}
    if kinds == {str}:
        return "string"
    if kinds == {int}:
        return "integer"
    if kinds == {bool}:
        return "boolean"
    return next((kind for keyword, kind in _BY_KEYWORD.items() if keyword in schema), None)
