"""Schemas of named types in the strict profile: listed values, objects, arrays, texts and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.schema.dialects.intersection import key_of
from engine.schema.dialects.listed import CHECKED, kinds_of_values, literal, passing
from engine.schema.dialects.losses import infer_kinds, loss
from engine.schema.dialects.profile import FAMILIES, FORMATS, REMARKS, family, kinds_of, looks_around
from engine.schema.pointer import escape
from engine.schema.spoken import told

if TYPE_CHECKING:
    from engine.schema.dialects.tightening import Tightening

Schema = dict[str, Any] | bool
Strict = dict[str, Any]

_NULL: Strict = {"type": "null"}
_BY_SHAPE = {
    "object": FAMILIES["object"] | {"patternProperties", "unevaluatedProperties"},
    "array": frozenset({"items", "prefixItems"}),
}
"""Keywords that are written anew as a whole."""


def shape_typed(tightening: Tightening, schema: dict[str, Any], where: str) -> Strict:
    """Write a schema without references, alternatives and listed values."""
    kinds = kinds_of(schema) or infer_kinds(schema)
    if not kinds:
        return tightening.anything(schema, where)
    result: Strict = {}
    if "type" not in schema:
        tightening.note(where, f"The type is named: {' or '.join(kinds)}.")
        result["type"] = _spelled(kinds)
    elif schema["type"] != _spelled(kinds):
        tightening.note(f"{where}/type", "A single type needs no list.")
    parts: Strict = {}
    kept = {"type", *REMARKS, *(keyword for keyword in schema if _is_supported(keyword, schema, kinds))}
    if "object" in kinds:
        parts |= _shape_object(tightening, schema, where)
        kept |= _BY_SHAPE["object"]
    if "array" in kinds:
        parts |= _shape_array(tightening, schema, where)
        kept |= _BY_SHAPE["array"]
    tightening.drop(schema, where, kept, kinds)
    for keyword, value in schema.items():
        if keyword in parts:
            result[keyword] = parts.pop(keyword)
        elif keyword == "type":
            result[keyword] = _spelled(kinds)
        elif keyword in REMARKS or _is_supported(keyword, schema, kinds):
            result[keyword] = value
    return result | parts


def shape_listed(tightening: Tightening, schema: dict[str, Any], where: str) -> Strict | None:
    """Write a schema with `const` or `enum`; None where none of its values passes what else it asks."""
    keyword = "const" if "const" in schema else "enum"
    listed = [schema["const"]] if keyword == "const" else schema["enum"]
    values = passing(listed, schema)
    if not values:
        return None
    if len(values) < len(listed):
        tightening.note(f"{where}/enum", "Values that the rest refuses are left out.")
    kinds = kinds_of_values(values)
    is_plain = not {"array", "object"} & set(kinds)
    kept = {keyword, "type", *REMARKS, *(each for each in schema if is_plain and _is_supported(each, schema, kinds))}
    for each in schema:
        if each not in kept | {"$defs", "$schema"}:
            sentence, lossy = loss(each, schema, kinds)
            tightening.note(f"{where}/{escape(each)}", sentence, lossy=lossy and each not in CHECKED)
    if not is_plain:
        return _describe(tightening, schema, values, where)
    named = kinds_of(schema)
    result: Strict = {}
    if not named or {"array", "object"} & set(named):
        tightening.note(where, f"The type is named: {' or '.join(kinds)}.")
        named = kinds
    if "type" not in schema:
        result["type"] = _spelled(named)
    for each, value in schema.items():
        if each == "type":
            result[each] = _spelled(named)
        elif each == keyword:
            result[each] = value if keyword == "const" else values
        elif each in kept:
            result[each] = value
    return result


def nullable(schema: Strict) -> Strict:
    """Return a strict schema that lets null pass too."""
    if "$ref" in schema:
        return {"anyOf": [schema, _NULL]}
    if "anyOf" in schema:
        return schema if any(map(_takes_null, schema["anyOf"])) else schema | {"anyOf": [*schema["anyOf"], _NULL]}
    kinds = kinds_of(schema)
    result = schema if "null" in kinds else schema | {"type": [*kinds, "null"]}
    if None not in result.get("enum", [None]):
        result = result | {"enum": [*result["enum"], None]}
    if result.get("const") is not None:
        const = [result["const"], None]
        result = {"enum" if k == "const" else k: const if k == "const" else v for k, v in result.items()}
    return result


def _takes_null(schema: Strict) -> bool:
    """Tell whether null passes, as far as that is plain without following references."""
    if "anyOf" in schema:
        return any(map(_takes_null, schema["anyOf"]))
    return "null" in kinds_of(schema) and None in schema.get("enum", [None]) and schema.get("const") is None


def _describe(tightening: Tightening, schema: dict[str, Any], values: list[Any], where: str) -> Strict:
    """Describe listed objects and arrays by schemas of their own."""
    tightening.note(where, "Objects and arrays cannot be listed; they are described.")
    plain = [value for value in values if not isinstance(value, dict | list)]
    found: list[Strict] = [{"type": _spelled(kinds_of_values(plain)), "enum": plain}] if plain else []
    for value in values:
        if isinstance(value, dict | list):
            each, is_exact = literal(value)
            found.append(each)
            if not is_exact:
                tightening.note(where, f"{told(value)} cannot be said exactly.", lossy=True)
    described = list({key_of(each): each for each in found}.values())
    remarks = {keyword: value for keyword, value in schema.items() if keyword in REMARKS}
    return remarks | (described[0] if len(described) == 1 else {"anyOf": described})


def _shape_object(tightening: Tightening, schema: dict[str, Any], where: str) -> Strict:
    named: dict[str, Schema] = schema.get("properties", {})
    required: list[str] = schema.get("required", [])
    others: Schema = schema.get("additionalProperties", True)
    unnamed = {name: others for name in required if name not in named}
    for name in unnamed:
        tightening.note(f"{where}/required", f"{told(name)} is required and named among the properties now.")
    properties: dict[str, Strict] = {}
    for name, each in (named | unnamed).items():
        base = where if name in unnamed else f"{where}/properties/{escape(name)}"
        place = tightening.joining.where(each, base) if name not in unnamed else where
        written = tightening.tighten(each, base)
        if name in required:
            properties[name] = written or tightening.nothing(place)
        elif written is None:
            tightening.note(place, "This property can never be there, and is left out.")
        else:
            properties[name] = nullable(written)
            how = "and null where there is nothing" if _takes_null(written) else "and may be null"
            tightening.note(place, f"{told(name)} was optional; it is required now, {how}.")
    _close(tightening, schema, where, is_empty=not properties)
    missing = [name for name in properties if name not in required]
    if not properties and others is False and not {"properties", "required"} <= schema.keys():
        tightening.note(where, 'It has "properties" and "required", though they are empty.')
    return {"properties": properties, "required": [*required, *missing], "additionalProperties": False}


def _close(tightening: Tightening, schema: dict[str, Any], where: str, *, is_empty: bool) -> None:
    """Note what it loses that only named properties may be there."""
    for keyword in ("patternProperties", "unevaluatedProperties"):
        if keyword in schema:
            sentence, lossy = loss(keyword, schema, ["object"])
            tightening.note(f"{where}/{keyword}", sentence, lossy=lossy)
    others = schema.get("additionalProperties")
    if others is False:
        return
    if is_empty and "patternProperties" not in schema and schema.get("unevaluatedProperties") is not False:
        tightening.note(where, "Properties of any name cannot be said; only an empty object is left.", lossy=True)
    elif "additionalProperties" in schema:
        sentence = "Other properties were allowed; only those that are named are, now."
        tightening.note(f"{where}/additionalProperties", sentence, lossy=True)
    else:
        tightening.note(where, "Only the properties that are named are allowed now.")


def _shape_array(tightening: Tightening, schema: dict[str, Any], where: str) -> Strict:
    if "prefixItems" in schema:
        return _shape_tuple(tightening, schema, where)
    items: Schema = schema.get("items", True)
    if items is True:
        items_written: Strict | None = tightening.anything({}, f"{where}/items" if "items" in schema else where)
    else:
        items_written = tightening.tighten(items, f"{where}/items")
    if items_written is not None:
        return {"items": items_written}
    tightening.note(f"{where}/items", "No item can be there: the array is empty.")
    return {"items": dict(_NULL), "maxItems": 0}


def _shape_tuple(tightening: Tightening, schema: dict[str, Any], where: str) -> Strict:
    listed: list[Schema] = schema["prefixItems"]
    written = [tightening.tighten(each, f"{where}/prefixItems/{index}") for index, each in enumerate(listed)]
    possible = written[: written.index(None)] if None in written else written
    rest = tightening.tighten(schema.get("items", True), f"{where}/items") if len(possible) == len(written) else None
    each_once = {key_of(each): each for each in [*possible, rest] if each is not None}
    kinds = list(each_once.values()) or [dict(_NULL)]
    is_exact = len(each_once) <= 1
    sentence = "Each item may be what any of them was: which comes when cannot be said."
    if is_exact:
        sentence = 'All items are of one kind, and "items" says it.'
    tightening.note(f"{where}/prefixItems", sentence, lossy=not is_exact)
    parts: Strict = {"items": kinds[0] if len(kinds) == 1 else {"anyOf": kinds}}
    if rest is None:
        parts["maxItems"] = min(len(possible), schema.get("maxItems", len(possible)))
    return parts


def _is_supported(keyword: str, schema: dict[str, Any], kinds: list[str]) -> bool:
    """Tell whether a keyword may stay as it is; those of objects and `items` are written anew."""
    if keyword == "format":
        return "string" in kinds and schema["format"] in FORMATS
    if keyword == "pattern" and looks_around(schema["pattern"]):
        return False
    spoken_of = {family(kind) for kind in kinds} - {"object"}
    return keyword != "items" and any(keyword in FAMILIES[kind] for kind in spoken_of & FAMILIES.keys())


def _spelled(kinds: list[str]) -> Any:
    return kinds[0] if len(kinds) == 1 else kinds
