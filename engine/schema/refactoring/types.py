"""What a subschema allows: its type, whether null, its keywords; and schemas put around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from engine.errors import EditRefused
from engine.schema.editing import Insert, Kind
from engine.schema.location import locate
from engine.schema.pointer import escape
from engine.schema.refactoring.properties import move, remove, set_required
from engine.schema.refactoring.script import Refactoring, Script
from engine.schema.refactoring.uses import Redirect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.schema.editing import Node, Syntax

TYPES: Final = ("string", "number", "integer", "boolean", "object", "array", "null")
"""The types of JSON Schema, the commonest first."""
Wrapping = Literal["array", "object", "anyOf"]

_NUMBERS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf")
_APPLY: Final[dict[str, tuple[str, ...]]] = {
    "string": ("minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType", "contentSchema"),
    "number": _NUMBERS,
    "integer": _NUMBERS,
    "array": (
        "items", "prefixItems", "additionalItems", "unevaluatedItems", "contains", "minContains", "maxContains",
        "minItems", "maxItems", "uniqueItems",
    ),
    "object": (
        "properties", "patternProperties", "additionalProperties", "unevaluatedProperties", "propertyNames", "required",
        "minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "dependencies",
    ),
}  # fmt: skip
"""Keywords that say something of one type only."""
_REFERRING = ("$ref", "$dynamicRef", "$recursiveRef")
_BRANCHING = ("anyOf", "oneOf")
_NULL: Final = {"type": "null"}
_HOLE = "\ufdd0here\ufdd0"


def put_keyword(syntax: Syntax, pointer: str, keyword: str, value: Any) -> Refactoring:
    """Give a subschema a keyword, or its keyword another value; one that says true gets room for it."""
    script = Script(syntax)
    if script.node(pointer).kind is Kind.TRUE:
        script.rewrite(pointer, {})
    script.schema(pointer)
    script.keyword(pointer, keyword, value)
    return script.done(f"Set {keyword}", [pointer])


def drop_keyword(syntax: Syntax, pointer: str, keyword: str) -> Refactoring:
    """Take a keyword off a subschema."""
    script = Script(syntax)
    script.schema(pointer)
    script.drop(pointer, keyword)
    return script.done(f"Remove {keyword}", [pointer])


def change_type(syntax: Syntax, pointer: str, type_name: str | None, *, nullable: bool | None = None) -> Refactoring:
    """Let a subschema be of another type; None for any. What says nothing of it goes, all else stays.

    Values of `enum`, `const`, `default` and `examples` stay where they are of the type. `nullable` says whether null
    is allowed too; None leaves that as it is.
    """
    script = Script(syntax)
    node = script.node(pointer)
    null = is_nullable(syntax, pointer) if nullable is None else nullable
    if node.kind is not Kind.OBJECT:
        script.rewrite(pointer, _fresh(type_name))
    else:
        script.drop(pointer, *_REFERRING, *_BRANCHING)
        kept = _APPLY.get(type_name or "", ())
        if type_name is not None:
            others = {keyword for keywords in _APPLY.values() for keyword in keywords}
            script.drop(pointer, *(each.key for each in script.node(pointer).members() if each.key in others - {*kept}))
            _keep_fitting(script, pointer, type_name, null=null)
            script.keyword(pointer, "type", type_name)
            for keyword, value in _fresh(type_name).items():
                if not any(script.has(f"{pointer}/{each}") for each in (keyword, *_instead(keyword))):
                    script.keyword(pointer, keyword, value)
        else:
            script.drop(pointer, "type")
    if null and type_name not in {None, "null"}:
        _allow_null(script, pointer)
    return script.done(f"Change type to {type_name or 'any'}", [pointer])


def set_nullable(syntax: Syntax, pointer: str, *, nullable: bool) -> Refactoring:
    """Allow null beside what a subschema allows, or not any more."""
    script = Script(syntax)
    if nullable and not is_nullable(syntax, pointer):
        _allow_null(script, pointer)
    elif not nullable:
        _refuse_null(script, pointer)
    return script.done("Allow null" if nullable else "Refuse null", [pointer])


def is_nullable(syntax: Syntax, pointer: str) -> bool:
    """Tell whether a subschema says that null is allowed: by a union of types, a branch, or an enum without a type."""
    node = syntax.find(pointer)
    if node is None or node.kind is not Kind.OBJECT:
        return False
    said = node.get("type")
    if said is not None:
        return said.kind is Kind.ARRAY and len(said.items()) > 1 and any(each.text == '"null"' for each in said.items())
    choices = node.get("enum")
    if choices is not None:
        return any(each.kind is Kind.NULL for each in choices.items())
    return any(_is_null(branch) for keyword in _BRANCHING for branch in _branches(node, keyword))


def wrap(syntax: Syntax, pointers: Sequence[str], how: Wrapping) -> Refactoring:
    """Put an array, an object or a choice around a subschema; several properties of one object into a new one."""
    script = Script(syntax)
    if len(pointers) > 1:
        return _gather(script, pointers, how)
    pointer = pointers[0]
    if locate(pointer) is None:
        raise EditRefused("Only a schema can be wrapped.", where=pointer)
    script.node(pointer)
    around, inside = {
        "array": ({"type": "array", "items": _HOLE}, "/items"),
        "anyOf": ({"anyOf": [_HOLE, _NULL]}, "/anyOf/0"),
        "object": (
            {"type": "object", "properties": {"value": _HOLE}, "required": ["value"], "additionalProperties": False},
            "/properties/value",
        ),
    }[how]
    if not pointer:
        raise EditRefused("The root stays as it is.", where="the root", advice="Wrap what stands below it.")
    script.do(Redirect({pointer: pointer + inside}))
    script.enclose(pointer, around, _HOLE)
    return script.done(f"Wrap in {how}", [pointer])


def _gather(script: Script, pointers: Sequence[str], how: Wrapping) -> Refactoring:
    places = [locate(pointer) for pointer in pointers]
    holders = {place.holder for place in places if place is not None and place.is_property}
    if how != "object" or len(holders) != 1 or None in places or not all(each and each.is_property for each in places):
        raise EditRefused(
            "Only properties of one object can be wrapped together, in an object.",
            advice="Choose properties that stand beside each other, or wrap them one by one.",
        )
    properties = f"{next(iter(holders))}/properties"
    keys = [member.key for member in script.node(properties).members()]
    name = script.free(properties, "group")
    first = min(keys.index(str(place.name)) for place in places if place is not None)
    group = {"type": "object", "properties": {}, "additionalProperties": False}
    script.do(Insert(properties, first, group, name))
    inside = f"{properties}/{escape(name)}/properties"
    required = script.value(f"{next(iter(holders))}/required", [])
    script.run(move(script.syntax, pointers, inside))
    if isinstance(required, list) and all(place is not None and place.name in required for place in places):
        script.run(set_required(script.syntax, f"{properties}/{escape(name)}", required=True))
    return script.done("Wrap in object", [f"{properties}/{escape(name)}"])


def _fresh(type_name: str | None) -> dict[str, Any]:
    """Return what a schema of a type begins with."""
    more: dict[str, Any] = {}
    if type_name == "object":
        more = {"properties": {}, "additionalProperties": False}
    elif type_name == "array":
        more = {"items": {"type": "string"}}
    return ({} if type_name is None else {"type": type_name}) | more


def _instead(keyword: str) -> tuple[str, ...]:
    return {
        "properties": ("patternProperties", "additionalProperties"),
        "additionalProperties": ("properties", "unevaluatedProperties"),
        "items": ("prefixItems", "contains"),
    }.get(keyword, ())


def _keep_fitting(script: Script, pointer: str, type_name: str, *, null: bool) -> None:
    """Drop the values beside a type that are of another, and the keywords that have none left."""
    for keyword in ("enum", "examples"):
        values = script.value(f"{pointer}/{keyword}")
        if isinstance(values, list):
            fitting = [each for each in values if _is_of(each, type_name) or (null and each is None)]
            if not [each for each in fitting if each is not None]:
                script.drop(pointer, keyword)
            elif len(fitting) < len(values):
                script.keyword(pointer, keyword, fitting)
    for keyword in ("const", "default"):
        if script.has(f"{pointer}/{keyword}") and not _is_of(script.value(f"{pointer}/{keyword}"), type_name):
            script.drop(pointer, keyword)


def _is_of(value: Any, type_name: str) -> bool:
    match value:
        case None:
            return type_name == "null"
        case bool():
            return type_name == "boolean"
        case int():
            return type_name in {"integer", "number"}
        case float():
            return type_name == "number" or (type_name == "integer" and value.is_integer())
        case str():
            return type_name == "string"
        case list():
            return type_name == "array"
    return type_name == "object"


def _allow_null(script: Script, pointer: str) -> None:
    node = script.schema(pointer)
    said = script.value(f"{pointer}/type")
    if isinstance(said, str | list) and not any(node.get(keyword) for keyword in (*_REFERRING, "const")):
        types = [said] if isinstance(said, str) else said
        if "null" not in types:
            script.keyword(pointer, "type", [*types, "null"])
        choices = script.value(f"{pointer}/enum")
        if isinstance(choices, list) and None not in choices:
            script.keyword(pointer, "enum", [*choices, None])
        return
    branching = next((keyword for keyword in _BRANCHING if node.get(keyword) is not None), None)
    if branching is not None and said is None:
        script.do(Insert(f"{pointer}/{branching}", None, _NULL))
        return
    choices = script.value(f"{pointer}/enum")
    if said is None and isinstance(choices, list):
        script.do(Insert(f"{pointer}/enum", None, None))
        return
    if not pointer:
        raise EditRefused("The root stays as it is.", where="the root", advice="Give it a type, and null beside that.")
    script.do(Redirect({pointer: f"{pointer}/anyOf/0"}))
    script.enclose(pointer, {"anyOf": [_HOLE, _NULL]}, _HOLE)


def _refuse_null(script: Script, pointer: str) -> None:
    said = script.value(f"{pointer}/type")
    if isinstance(said, list) and "null" in said and len(said) > 1:
        left = [each for each in said if each != "null"]
        script.keyword(pointer, "type", left[0] if len(left) == 1 else left)
    choices = script.value(f"{pointer}/enum")
    if isinstance(choices, list) and None in choices and len(choices) > 1:
        script.keyword(pointer, "enum", [each for each in choices if each is not None])
    for keyword in _BRANCHING:
        branches = _branches(script.schema(pointer), keyword)
        nulls = [index for index, branch in enumerate(branches) if _is_null(branch)]
        if not nulls or len(nulls) == len(branches):
            continue
        if len(branches) - len(nulls) == 1 and len(script.schema(pointer).members()) == 1:
            only = next(index for index in range(len(branches)) if index not in nulls)
            script.do(Redirect({f"{pointer}/{keyword}/{only}": pointer}))
            script.unwrap(pointer, f"{pointer}/{keyword}/{only}")
        else:
            script.run(remove(script.syntax, [f"{pointer}/{keyword}/{index}" for index in nulls]))


def _branches(node: Node, keyword: str) -> list[Node]:
    holder = node.get(keyword)
    return holder.items() if holder is not None else []


def _is_null(branch: Node) -> bool:
    said = branch.get("type")
    return said is not None and said.text == '"null"'
