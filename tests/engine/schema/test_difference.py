"""What changed between two schemas is told in sentences that name the place as people call it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import SchemaInvalid
from engine.schema.difference import Change, difference


def thing(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **more}


def sentences(old: Any, new: Any) -> list[str]:
    return [change.sentence for change in difference(old, new)]


TEXT: dict[str, Any] = {"type": "string"}
PARTY = thing({"name": TEXT, "parent": {"$ref": "#/$defs/party"}})
COMPANY = thing({"name": TEXT, "parent": {"$ref": "#/$defs/company"}})


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ({"minimum": 0}, {"minimum": 1}, "x: minimum 0 → 1"),
        ({"minimum": 0}, {}, "x: minimum 0 removed"),
        ({}, {"pattern": "^a"}, 'x: pattern "^a" added'),
        ({"const": 1}, {"const": True}, "x: const 1 → true"),
        (TEXT, {"type": "number"}, "x: type string → number"),
        (TEXT, {"type": ["string", "null"]}, "x may be null now"),
        ({"type": ["string", "null"]}, TEXT, "x may not be null any more"),
        ({"$ref": "#"}, {"anyOf": [{"$ref": "#"}, {"type": "null"}]}, "x may be null now"),
        (TEXT, {"type": "array", "items": TEXT}, "x: string → array of string"),
        (thing({"a": TEXT}), {"$ref": "#/$defs/d"}, "x: object with 1 property → d"),
        ({"enum": ["a", "b"]}, {"enum": ["a", "c"]}, 'x: values added "c", removed "b"'),
        ({"enum": ["a", "b"]}, {"enum": ["b", "a"]}, "x: its values have another order"),
        ({"items": TEXT}, {"items": {"type": "null"}}, "x[]: type string → null"),
        ({"items": TEXT}, {"items": False}, "x: items string → nothing"),
        ({}, {"additionalProperties": False}, "x may not have other properties now"),
        ({"additionalProperties": False}, {}, "x may have other properties now"),
        ({"anyOf": [TEXT]}, {"anyOf": [{"type": "null"}, TEXT]}, "x: alternative 1 added (null)"),
        ({"oneOf": [TEXT]}, {"anyOf": [TEXT]}, 'x: "oneOf" is "anyOf" now'),
        (thing({"a": TEXT}), thing({"a": {"type": "null"}}), "x.a: type string → null"),
        ({"not": TEXT}, {"not": {"type": "null"}}, "x (not): type string → null"),
        ({"required": ["a"]}, {"required": []}, "x.a is optional now"),
        (True, TEXT, "x: anything → string"),
        ({"description": "a" * 50 + "b"}, {"description": "a" * 50 + "c" + "d" * 90},
         f'x: description …"{"a" * 15}b" → …"{"a" * 15}c{"d" * 42}…'),
    ],
)  # fmt: skip
def test_a_change_of_a_property_is_one_sentence(old: Any, new: Any, sentence: str) -> None:
    assert sentences(thing({"x": old}), thing({"x": new})) == [sentence]


def test_properties_come_and_go_with_what_they_are() -> None:
    old = thing({"total": {"type": "number"}, "vendor": TEXT}, required=["total"])
    new = thing({"total": {"type": "number"}, "vendor": TEXT, "notes": TEXT}, required=["total", "vendor"])
    assert difference(old, new) == [
        Change("added", None, "/properties/notes", "property notes added (string, optional)"),
        Change("changed", "/properties/vendor", "/properties/vendor", "vendor is required now"),
    ]
    assert difference(new, old) == [
        Change("removed", "/properties/notes", None, "property notes removed (string, optional)"),
        Change("changed", "/properties/vendor", "/properties/vendor", "vendor is optional now"),
    ]


def test_a_renamed_property_is_told_once_with_what_else_changed() -> None:
    amount = {"type": "number", "description": "What has to be paid, in euros"}
    old = thing({"sum": amount}, required=["sum"])
    new = thing({"total": {**amount, "minimum": 0}})
    assert difference(old, new) == [
        Change("renamed", "/properties/sum", "/properties/total", "property sum renamed to total"),
        Change("changed", "/properties/sum", "/properties/total", "total is optional now"),
        Change("added", None, "/properties/total/minimum", "total: minimum 0 added"),
    ]


def test_unlike_properties_are_not_taken_for_renamed() -> None:
    old, new = thing({"age": {"type": "integer"}, "note": TEXT}), thing({"zip": TEXT, "vat": {"type": "integer"}})
    assert [change.kind for change in difference(old, new)] == ["removed", "removed", "added", "added"]


def test_a_property_that_went_elsewhere_is_told_as_moved() -> None:
    iban = {"type": "string", "pattern": "^[A-Z]{2}"}
    old = thing({"seller": thing({"iban": iban, "name": TEXT}), "payment": thing({"bic": TEXT})})
    new = thing({"seller": thing({"name": TEXT}), "payment": thing({"bic": TEXT, "iban": iban})})
    pointers = "/properties/seller/properties/iban", "/properties/payment/properties/iban"
    assert difference(old, new) == [Change("moved", *pointers, "property iban moved from seller to payment")]


def test_a_renamed_definition_is_not_told_for_each_reference() -> None:
    old = thing({"a": {"$ref": "#/$defs/party"}, "b": {"$ref": "#/$defs/party"}}, **{"$defs": {"party": PARTY}})
    new = thing({"a": {"$ref": "#/$defs/company"}, "b": {"$ref": "#/$defs/company"}}, **{"$defs": {"company": COMPANY}})
    assert sentences(old, new) == ["definition party renamed to company (used 3 times)"]


def test_definitions_under_their_new_name_are_the_same() -> None:
    old = {"definitions": {"party": TEXT}, "items": {"$ref": "#/definitions/party"}}
    new = {"$defs": {"party": TEXT}, "items": {"$ref": "#/$defs/party"}}
    assert sentences(old, new) == ['the schema: "definitions" is "$defs" now']


def test_the_order_of_keys_counts() -> None:
    old, new = (thing(dict.fromkeys(names, TEXT)) for names in (["total", "date", "why"], ["why", "total", "date"]))
    assert sentences(old, new) == ["order of keys: why moved before total"]
    assert sentences(thing({"a": new}), thing({"a": old})) == ["order of keys in a: why moved to the end"]
    many = [f"p{number}" for number in range(20)]
    old, new = (thing(dict.fromkeys(names, TEXT)) for names in (many, many[::-1]))
    assert sentences(old, new) == ["order of keys: 19 of 20 moved"]


def test_only_the_order_of_properties_counts() -> None:
    old = {"type": "object", "properties": {"a": {"minimum": 1, "type": "number"}}, "required": ["a", "b"]}
    new = {"required": ["b", "a"], "properties": {"a": {"type": "number", "minimum": 1.0}}, "type": "object"}
    assert difference(old, new) == []


def test_long_values_and_names_are_cut_short() -> None:
    old = thing({"n" * 5000: {"enum": list(range(1000)), "description": "a" * 5000, "default": ["x"] * 900}})
    new = thing({"n" * 5000: {"enum": list(range(500, 2000)), "description": "b" * 5000, "default": {"y": "z" * 5000}}})
    found = sentences(old, new)
    assert len(found) == 3
    assert all(len(sentence) < 300 for sentence in found)


def test_wide_and_deep_schemas_are_compared() -> None:
    wide = thing({f"a{number}": {"type": "string", "description": f"Number {number}"} for number in range(3000)})
    other = thing({name.replace("a", "b"): schema for name, schema in wide["properties"].items()})
    assert {change.kind for change in difference(wide, other)} == {"renamed"}
    deep, changed = (_nested(200, kind) for kind in ("string", "null"))
    assert len(difference(deep, changed)) == 1
    with pytest.raises(SchemaInvalid, match="too deeply"):
        difference(_nested(100_000, "string"), _nested(100_000, "null"))


def _nested(levels: int, kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": kind}
    for _ in range(levels):
        schema = {"items": schema}
    return schema


values = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["a", "#/$defs/a", "string", 1.0])
names = st.sampled_from(
    ["type", "properties", "required", "items", "anyOf", "oneOf", "$defs", "definitions", "$ref", "enum", "not", "a",
     "prefixItems", "additionalProperties", "dependentRequired", "title", "b"]
)  # fmt: skip
anything = st.recursive(
    values, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=14
)


@settings(max_examples=300, deadline=None)
@given(anything, anything)
def test_any_two_values_can_be_compared(old: Any, new: Any) -> None:
    before = copy.deepcopy((old, new))
    found = difference(old, new)
    assert (old, new) == before
    assert difference(old, copy.deepcopy(old)) == []
    for change in found:
        assert _is_there(old, change.pointer_old)
        assert _is_there(new, change.pointer_new)


def _is_there(value: Any, pointer: str | None) -> bool:
    for token in (pointer or "").split("/")[1:]:
        step = token.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True


subschemas = st.recursive(
    st.fixed_dictionaries({"type": st.sampled_from(["string", "number"])}, optional={"minimum": st.integers(0, 3)}),
    lambda inner: (
        st.dictionaries(st.sampled_from("abcd"), inner, max_size=3).map(thing)
        | st.fixed_dictionaries({"items": inner})
        | st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)})
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(subschemas, subschemas)
def test_nothing_that_changed_goes_untold(old: Any, new: Any) -> None:
    assert (difference(old, new) == []) == (json.dumps(old) == json.dumps(new) or _is_reordered(old, new))


def _is_reordered(old: Any, new: Any) -> bool:
    """Tell whether two schemas differ only in the order of their alternatives."""
    return bool(_sorted(old) == _sorted(new))


def _sorted(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    result = {keyword: _sorted(value) for keyword, value in schema.items()}
    if "properties" in schema:
        result["properties"] = [(name, _sorted(each)) for name, each in schema["properties"].items()]
    if "anyOf" in schema:
        result["anyOf"] = sorted((_sorted(each) for each in schema["anyOf"]), key=repr)
    return result
