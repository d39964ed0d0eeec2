"""What kind of thing stands at a place: read from everything that holds there."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from engine.schema.form.conjunction import Conjunction, Option, gather, listed

if TYPE_CHECKING:
    from engine.schema.form.conjunction import Schema, Union
    from engine.schema.references import References

Kind = Literal[
    "any", "array", "boolean", "choice", "const", "enum", "integer", "never", "null", "number", "object", "string"
]  # fmt: skip
"""The types of JSON, and `choice` of several alternatives, `enum` of several values, `const` of one, `any`, `never`."""

SCALARS: frozenset[Kind] = frozenset({"boolean", "const", "enum", "integer", "number", "string"})
"""Kinds whose values stand in one control."""

_MOST_BRANCHES = 200
_SHAPING = frozenset(
    {
        "additionalProperties", "anyOf", "const", "enum", "items", "oneOf", "patternProperties", "prefixItems",
        "properties",
    }
)  # fmt: skip
"""Keywords that tell alternatives of one type apart in a form; what else they say is only checked."""
_BY_KEYWORD: dict[str, str] = {
    "additionalProperties": "object", "maxProperties": "object", "minProperties": "object",
    "patternProperties": "object", "properties": "object", "propertyNames": "object", "required": "object",
    "additionalItems": "array", "contains": "array", "items": "array", "maxItems": "array", "minItems": "array",
    "prefixItems": "array", "uniqueItems": "array",
    "format": "string", "maxLength": "string", "minLength": "string", "pattern": "string",
    "exclusiveMaximum": "number", "exclusiveMinimum": "number", "maximum": "number", "minimum": "number",
    "multipleOf": "number",
}  # fmt: skip
_TYPED: dict[str, dict[str, Any]] = {
    name: {"type": name} for name in ("string", "integer", "number", "boolean", "array", "object")
}
"""One schema for each type, in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """What holds in one branch, and by which indices it is reached from the union (several where unions nest)."""

    what: Conjunction
    own: Schema
    source: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Nature:
    """The kind of a place, whether null may stand there too, and `what` holds besides.

    `options` are the values of an `enum` or a `const`, or those that a `string` suggests; `alternatives` those of a
    `choice`, taken from the keyword `union`, which is empty where they are types.
    """

    kind: Kind
    what: Conjunction
    nullable: bool = False
    options: tuple[Option, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    union: str = ""


def nature_of(references: References, what: Conjunction) -> Nature:
    """Return what kind of thing stands where a conjunction holds.

    A union of null and one alternative is that alternative, nullable; one of single values is an enum; one of which
    the alternatives differ in nothing that a form shows is only checked.
    """
    null_named, null_admitted = _names_null(what), _admits_null(what)
    reducing = True
    while reducing:
        reducing = False
        for union in what.unions():
            alternatives = _expand(references, what, union)
            real = [each for each in alternatives if not _is_null(each.what)]
            null_named = null_named or len(real) < len(alternatives)
            null_admitted = null_admitted and any(_admits_null(each.what) for each in alternatives)
            reduced = _reduced(references, what, union, [each for each in real if _meet(what, each.what)])
            if reduced is not None:
                what, reducing = reduced, True
                break
    nullable = null_named and null_admitted
    if what.never:
        return Nature("never", what)
    union_left = next(what.unions(), None)
    if union_left is None:
        return _without_unions(references, what, nullable=nullable)
    spent = replace(what, spent=what.spent | {union_left.key})
    joined = tuple(
        replace(each, what=gather(references, (each.own,), replace(spent, spent=spent.spent | each.what.spent)))
        for each in _expand(references, what, union_left)
        if _meet(what, each.what)
    )
    return Nature("choice", what, nullable, alternatives=joined, union=union_left.keyword)


def _reduced(references: References, what: Conjunction, union: Union, real: list[Alternative]) -> Conjunction | None:
    """Return what holds without the union, where it leaves nothing to choose; None where it does."""
    settled = replace(what, spent=what.spent | {union.key})
    if len(real) == 1:
        return gather(references, (real[0].own,), replace(settled, spent=settled.spent | real[0].what.spent))
    values = [_values(each.what) for each in real]
    types = [_types(what) & _types(each.what) for each in real]
    if not any(_is_shaping(each.what) for each in real):
        if all(each == _types(what) for each in types):
            return settled
        if len(set(types)) == 1 and len(types[0]) == 1:
            return gather(references, (_TYPED[next(iter(types[0]))],), settled)
    if any(next(each.what.unions(), None) is not None for each in real):
        return None
    options = tuple(option for each in values for option in each or ())
    if all(each is not None for each in values) and all(_is_scalar(option.value) for option in options):
        return replace(settled, options=_common(settled.options, options))
    if all(each == {"string"} for each in types):
        return gather(references, (_TYPED["string"],), replace(settled, suggested=settled.suggested + options))
    if not options and all(each <= {"integer", "number"} for each in types):
        whole = all("number" not in each for each in types)
        return gather(references, (_TYPED["integer" if whole else "number"],), settled)
    return None


def _without_unions(references: References, what: Conjunction, *, nullable: bool) -> Nature:
    values = _values(what)
    if values is not None:
        rest = tuple(option for option in values if option.value is not None)
        if not rest:
            return Nature("null" if values else "never", what)
        return Nature("const" if len(rest) == 1 else "enum", what, nullable, rest)
    types = what.types() - {"null"}
    if not types:
        return Nature("null" if "null" in what.types() else "never", what)
    if not what.is_typed:
        meant = {kind for keyword, kind in _BY_KEYWORD.items() if any(keyword in schema for schema in what.schemas)}
        if len(meant) != 1:
            return Nature("any", what, nullable)
        types &= meant
    kinds = [name for name in _TYPED if name in types and not (name == "integer" and "number" in types)]
    if len(kinds) == 1:
        return Nature(kinds[0], what, nullable, what.suggested if kinds[0] == "string" else ())  # type: ignore[arg-type]
    if types == _TYPED.keys():
        return Nature("any", what, nullable)
    branches = tuple(Alternative(gather(references, (_TYPED[kind],), what), _TYPED[kind]) for kind in kinds)
    return Nature("choice", what, nullable, alternatives=branches)


def _names_null(what: Conjunction) -> bool:
    for schema in what.schemas:
        said = schema.get("type")
        if said == "null" or (isinstance(said, list) and "null" in said):
            return True
        if None in listed(schema, "enum") or ("const" in schema and schema["const"] is None):
            return True
    return False


def _admits_null(what: Conjunction) -> bool:
    values = _values(what)
    return not what.never and "null" in what.types() and (values is None or any(each.value is None for each in values))


def _is_null(what: Conjunction) -> bool:
    """Tell whether null alone may stand where this holds."""
    values = _values(what)
    return what.types() == {"null"} or (values is not None and [option.value for option in values] == [None])


def _is_shaping(what: Conjunction) -> bool:
    """Tell whether it says more of the shape than a type."""
    return any(not _SHAPING.isdisjoint(schema) for schema in what.schemas)


def _meet(one: Conjunction, other: Conjunction) -> bool:
    return not other.never and bool(_types(one) & _types(other))


def _types(what: Conjunction) -> frozenset[str]:
    """Return the types that are allowed, null apart."""
    values = _values(what)
    types = what.types() - {"null"}
    return types if values is None else types & {_type(option.value) for option in values}


def _expand(references: References, what: Conjunction, union: Union) -> list[Alternative]:
    """Return the alternatives of a union; one that is itself nothing but a union stands for its own."""
    found: list[Alternative] = []
    outside = Conjunction(spent=what.spent | {union.key})
    pending = [
        Alternative(gather(references, (each,), outside), each, (index,))
        for index, each in reversed(list(enumerate(union.alternatives)))
    ]
    while pending and len(found) < _MOST_BRANCHES:
        here = pending.pop()
        inner = list(here.what.unions())
        if len(inner) != 1 or any(
            (_SHAPING | {"type"}) & (schema.keys() - {inner[0].keyword}) for schema in here.what.schemas
        ):
            found.append(here)
            continue
        deeper = Conjunction(spent=here.what.spent | {inner[0].key})
        pending.extend(
            Alternative(gather(references, (each,), deeper), each, (*here.source, index))
            for index, each in reversed(list(enumerate(inner[0].alternatives)))
        )
    return found


def _values(what: Conjunction) -> tuple[Option, ...] | None:
    """Return the values that `enum`, `const` and settled unions leave; None where none of them says anything."""
    found = what.options
    for schema in what.schemas:
        if "const" in schema:
            title = schema.get("title")
            found = _common(found, (Option(schema["const"], title if isinstance(title, str) else ""),))
        elif isinstance(schema.get("enum"), list):
            found = _common(found, tuple(map(Option, schema["enum"])))
    if found is None:
        return None
    types = what.types()
    return tuple({key_of(each.value): each for each in found if _type(each.value) in types}.values())


def _common(one: tuple[Option, ...] | None, other: tuple[Option, ...]) -> tuple[Option, ...]:
    if one is None:
        return other
    titles = {key_of(option.value): option.title for option in other}
    return tuple(
        Option(each.value, each.title or titles[key_of(each.value)]) for each in one if key_of(each.value) in titles
    )


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, dict | list)


def key_of(value: Any) -> str:
    """Return what two scalars share exactly when they are equal for JSON Schema, as 1 and 1.0 are."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value)


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    return {dict: "object", list: "array", str: "string", int: "integer", type(None): "null"}[type(value)]
