"""A schema made strict keeps to the profile, says what it lost, and is left alone the second time."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.constraint.validate import validator_of
from engine.errors import SchemaInvalid
from engine.schema.dialects.strict import LIMITS, make_strict, strict_violations
from engine.schema.document import read_schema
from engine.schema.drafts import Draft

if TYPE_CHECKING:
    from collections.abc import Iterable


def closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def strict_of(schema: Any) -> Any:
    """Return what becomes of a subschema, as a required property."""
    value = make_strict(closed({"x": schema})).value
    assert isinstance(value, dict)
    return value["properties"]["x"]


def accepts(schema: Any, instance: Any) -> bool:
    return bool(validator_of(read_schema(json.dumps(schema))).is_valid(instance))


def is_there(value: Any, pointer: str) -> bool:
    for token in pointer.split("/")[1:]:
        step = token.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def test_an_optional_property_is_required_and_may_be_null() -> None:
    rewritten = make_strict(closed({"a": {"type": "string"}, "b": {"type": "number"}}) | {"required": ["a"]})
    assert rewritten.value == closed({"a": {"type": "string"}, "b": {"type": ["number", "null"]}})
    (note,) = rewritten.notes
    assert (note.pointer, note.lossy) == ("/properties/b", False)
    assert "required now, and may be null" in note.sentence


@pytest.mark.parametrize(
    ("optional", "nullable"),
    [
        ({"type": "integer", "minimum": 1}, {"type": ["integer", "null"], "minimum": 1}),
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        ({"type": "string", "enum": ["a", "b"]}, {"type": ["string", "null"], "enum": ["a", "b", None]}),
        ({"type": "string", "const": "a"}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"$ref": "#/$defs/d"}, {"anyOf": [{"$ref": "#/$defs/d"}, {"type": "null"}]}),
        ({"$ref": "#"}, {"anyOf": [{"$ref": "#"}, {"type": "null"}]}),
        (
            {"anyOf": [{"type": "string"}, {"type": "number"}], "title": "T"},
            {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "null"}], "title": "T"},
        ),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        (closed({}), closed({}) | {"type": ["object", "null"]}),
    ],
)
def test_null_stands_for_what_was_left_out_whatever_it_is(optional: Any, nullable: Any) -> None:
    root = closed({"x": optional}) | {"required": [], "$defs": {"d": {"type": "string"}}}
    rewritten = make_strict(root)
    assert not rewritten.lossy
    assert json.dumps(rewritten.value) == json.dumps(
        closed({"x": nullable}) | {"required": ["x"], "$defs": {"d": {"type": "string"}}}
    )


@pytest.mark.parametrize(
    ("old", "new", "is_lossy"),
    [
        ({"type": "string", "minLength": 1}, {"type": "string"}, True),
        ({"type": "string", "minLength": 0}, {"type": "string"}, False),
        ({"type": "integer", "minLength": 1}, {"type": "integer"}, False),
        ({"type": "string", "not": {"const": "a"}}, {"type": "string"}, True),
        ({"type": "string", "default": "a", "$comment": "c"}, {"type": "string"}, False),
        ({"type": "string", "format": "uri"}, {"type": "string"}, True),
        ({"type": "string", "format": "phone"}, {"type": "string"}, False),
        ({"type": "string", "format": "date"}, {"type": "string", "format": "date"}, False),
        ({"type": "string", "pattern": "^(?!a)"}, {"type": "string"}, True),
        ({"type": "string", "pattern": r"^[(?=]\(?="}, {"type": "string", "pattern": r"^[(?=]\(?="}, False),
        ({"type": "string", "x-grounding": "quoted"}, {"type": "string"}, True),
        (
            {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
            {"type": "array", "items": {"type": "string"}},
            True,
        ),
        (
            {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3},
            {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3},
            False,
        ),
        ({"type": "array", "items": False}, {"type": "array", "items": {"type": "null"}, "maxItems": 0}, False),
        ({"enum": ["a", 1, None]}, {"type": ["string", "integer", "null"], "enum": ["a", 1, None]}, False),
        ({"enum": ["a", "bb"], "minLength": 2}, {"type": "string", "enum": ["bb"]}, False),
        ({"type": "string", "enum": ["a", 1], "minLength": 1}, {"type": "string", "enum": ["a"]}, False),
        ({"const": {"a": 1}}, closed({"a": {"type": "integer", "const": 1}}), False),
        ({"pattern": "^a"}, {"type": "string", "pattern": "^a"}, False),
        ({"properties": {}, "additionalProperties": False}, {"type": "object"} | closed({}), False),
        ({}, {"type": ["string", "number", "boolean", "null"]}, True),
        (False, {"type": "null"}, True),
        ({"type": "object"}, closed({}), True),
        ({"type": "object", "additionalProperties": {"type": "string"}}, closed({}), True),
        (closed({"a": {"type": "null"}}) | {"additionalProperties": True}, closed({"a": {"type": "null"}}), True),
        (closed({"a": {"type": "null"}}) | {"minProperties": 1}, closed({"a": {"type": "null"}}), False),
        (closed({"a": {"type": "null"}}) | {"patternProperties": {"^b": {}}}, closed({"a": {"type": "null"}}), True),
        ({"type": "string", "if": {"minLength": 1}, "then": {"maxLength": 2}}, {"type": "string"}, True),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_left_out_and_marked(old: Any, new: Any, is_lossy: bool) -> None:
    assert strict_of(old) == new
    assert make_strict(closed({"x": old})).lossy == is_lossy


@pytest.mark.parametrize(
    ("old", "new", "is_lossy"),
    [
        ({"oneOf": [{"type": "string"}, {"type": "null"}]}, {"anyOf": [{"type": "string"}, {"type": "null"}]}, False),
        ({"oneOf": [{"type": "string"}, {"type": "string", "pattern": "a"}]},
         {"anyOf": [{"type": "string"}, {"type": "string", "pattern": "a"}]}, True),
        ({"oneOf": [closed({"k": {"type": "string", "const": each}}) for each in "ab"]},
         {"anyOf": [closed({"k": {"type": "string", "const": each}}) for each in "ab"]}, False),
        ({"type": "string", "anyOf": [{"pattern": "a"}, {"pattern": "b"}]},
         {"anyOf": [{"type": "string", "pattern": "a"}, {"type": "string", "pattern": "b"}]}, False),
        ({"anyOf": [{"type": "string"}, False]}, {"type": "string"}, False),
        ({"anyOf": [{"type": "string"}, {"anyOf": [{"type": "null"}, {"type": "string"}, False]}]},
         {"anyOf": [{"type": "string"}, {"type": "null"}]}, False),
        (closed({"a": {"type": "string"}}) | {"required": [], "anyOf": [{"required": ["a"]}]},
         closed({"a": {"type": ["string", "null"]}}), True),
    ],
)  # fmt: skip
def test_alternatives_are_each_a_schema_of_their_own(old: Any, new: Any, is_lossy: bool) -> None:
    assert strict_of(old) == new
    assert make_strict(closed({"x": old})).lossy == is_lossy


@pytest.mark.parametrize(
    ("parts", "new", "is_lossy"),
    [
        ([{"type": "string"}, {"pattern": "^a"}], {"type": "string", "pattern": "^a"}, False),
        ([{"type": "number", "minimum": 1}, {"type": "integer", "minimum": 3, "maximum": 9}],
         {"type": "integer", "minimum": 3, "maximum": 9}, False),
        ([{"multipleOf": 4}, {"multipleOf": 6, "type": "integer"}], {"type": "integer", "multipleOf": 12}, False),
        ([{"type": "string", "pattern": "^a"}, {"pattern": "b$"}], {"type": "string", "pattern": "^a"}, True),
        ([{"enum": ["a", "b"]}, {"enum": ["b", "c"]}], {"type": "string", "enum": ["b"]}, False),
        ([{"type": "string"}, {"type": "number"}], {"type": "null"}, True),
        ([{"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
          {"properties": {"b": {"type": "null"}}, "required": ["b"]}],
         closed({"a": {"type": "string"}, "b": {"type": "null"}}), False),
        ([closed({"a": {"type": "number"}}), {"properties": {"a": {"minimum": 1}}}],
         closed({"a": {"type": "number", "minimum": 1}}), False),
        ([{"type": "object", "properties": {"a": {"type": "null"}}}, closed({"b": {"type": "null"}})],
         closed({"b": {"type": "null"}}), False),
        ([{"type": "array", "items": {"type": "number"}}, {"items": {"minimum": 1}}],
         {"type": "array", "items": {"type": "number", "minimum": 1}}, False),
        ([{"anyOf": [{"type": "string"}, {"type": "null"}]}, {"anyOf": [{"type": "null"}, {"type": "number"}]}],
         {"type": "null"}, False),
        ([{"$ref": "#/$defs/d"}, {"minimum": 2}], {"type": "number", "title": "D", "minimum": 2}, False),
        ([{"$ref": "#/$defs/d"}], {"$ref": "#/$defs/d"}, False),
    ],
)  # fmt: skip
def test_what_holds_together_becomes_one_schema(parts: Any, new: Any, is_lossy: bool) -> None:
    root = closed({"x": {"allOf": parts}}) | {"$defs": {"d": {"type": "number", "title": "D"}}}
    rewritten = make_strict(root)
    assert rewritten.value["properties"]["x"] == new  # type: ignore[index]
    assert rewritten.lossy == is_lossy


def test_a_described_reference_keeps_its_description() -> None:
    root = closed({"x": {"description": "Who", "$ref": "#/$defs/d"}}) | {"$defs": {"d": {"type": "string"}}}
    value = make_strict(root).value
    assert value["properties"]["x"] == {"description": "Who", "anyOf": [{"$ref": "#/$defs/d"}]}  # type: ignore[index]
    assert strict_violations(value) == []


def test_old_definitions_and_their_references_are_renamed() -> None:
    root = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {"next": {"$ref": "#/definitions/node"}},
        "required": ["next"],
        "definitions": {"node": closed({"next": {"$ref": "#/definitions/node"}})},
    }
    value = make_strict(root).value
    assert isinstance(value, dict)
    assert value["$schema"] == str(Draft.D2020)
    assert value["properties"] == {"next": {"$ref": "#/$defs/node"}}
    assert value["$defs"]["node"]["properties"] == {"next": {"$ref": "#/$defs/node"}}


def test_what_is_referred_to_elsewhere_becomes_a_definition() -> None:
    value = make_strict(closed({"a": {"type": "string"}, "b": {"$ref": "#/properties/a"}})).value
    assert value["properties"]["b"] == {"$ref": "#/$defs/a"}  # type: ignore[index]
    assert value["$defs"] == {"a": {"type": "string"}}  # type: ignore[index]


def test_a_root_that_is_a_reference_is_written_out() -> None:
    rewritten = make_strict({"$ref": "#/$defs/a", "$defs": {"a": closed({"b": {"type": "string"}})}})
    assert rewritten.value == closed({"b": {"type": "string"}})
    assert not rewritten.lossy


@pytest.mark.parametrize(
    "root", [{"type": "array", "items": {"type": "string"}}, {"anyOf": [{"type": "string"}, {"type": "null"}]}]
)
def test_a_root_that_is_no_object_becomes_a_property_of_one(root: Any) -> None:
    rewritten = make_strict(root)
    assert rewritten.value == closed({"value": root})
    assert [(note.pointer, note.lossy) for note in rewritten.notes] == [("", False)]


def test_a_wrapped_root_that_refers_to_itself_becomes_a_definition() -> None:
    value = make_strict({"type": "array", "items": {"$ref": "#"}}).value
    assert value == closed({"value": {"$ref": "#/$defs/root"}}) | {
        "$defs": {"root": {"type": "array", "items": {"$ref": "#/$defs/root"}}}
    }


def test_a_reference_to_itself_in_all_of_ends() -> None:
    node = {"allOf": [{"$ref": "#/$defs/n"}, {"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}}}]}
    value = make_strict(closed({"n": {"$ref": "#/$defs/n"}}) | {"$defs": {"n": node}}).value
    assert strict_violations(value) == []


def test_pairs_of_recursions_are_given_up_with_a_note() -> None:
    definitions = {
        name: {"type": "object", "properties": {"next": {"$ref": f"#/$defs/{name}"}}, "required": ["next"]}
        for name in "ab"
    }
    both = {"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}]}
    rewritten = make_strict(closed({"x": both}) | {"$defs": definitions})
    assert rewritten.lossy
    assert strict_violations(rewritten.value) == []


def test_order_of_keys_is_kept() -> None:
    root = {
        "required": ["b"],
        "properties": {"b": {"type": "string"}, "a": {"description": "d", "type": "null"}},
        "type": "object",
    }
    value = make_strict(root).value
    assert list(value) == ["required", "properties", "type", "additionalProperties"]  # type: ignore[arg-type]
    assert list(value["properties"]) == ["b", "a"]  # type: ignore[index]
    assert value["required"] == ["b", "a"]  # type: ignore[index]


def test_references_that_multiply_stay_small() -> None:
    def step(number: int) -> dict[str, Any]:
        more = {"allOf": [{"$ref": f"#/$defs/d{number + 1}"}, {"minProperties": 1}]}
        return {"type": "object", "properties": {"a": more, "b": more}}

    root = {"type": "object", "properties": {"x": {"$ref": "#/$defs/d0"}}}
    definitions = {f"d{number}": step(number) for number in range(30)} | {"d30": {"type": "object"}}
    rewritten = make_strict(root | {"$defs": definitions})
    assert len(json.dumps(rewritten.value)) < 5_000_000
    assert {violation.code for violation in strict_violations(rewritten.value)} <= LIMITS


def test_no_two_places_of_the_result_are_one() -> None:
    properties = {
        "a": {"$ref": "#/$defs/d"},
        "b": {"items": False, "type": "array"},
        "c": {"items": False, "type": "array"},
    }
    value = make_strict({"type": "object", "properties": properties, "$defs": {"d": {"type": "string"}}}).value
    seen: set[int] = set()
    pending: list[Any] = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, dict | list):
            assert id(each) not in seen
            seen.add(id(each))
            pending += each.values() if isinstance(each, dict) else each


def test_what_is_no_schema_is_refused_in_words() -> None:
    with pytest.raises(SchemaInvalid):
        make_strict({"type": 3})


# What the profile forbids


@pytest.mark.parametrize(
    ("schema", "pointer", "code"),
    [
        ({"type": "array", "items": {"type": "string"}}, "/type", "root"),
        ([], "", "root"),
        (closed({}) | {"anyOf": [closed({})]}, "/anyOf", "root"),
        (closed({"a": {}}), "/properties/a", "type"),
        (closed({"a": True}), "/properties/a", "boolean"),
        (closed({"a": {"type": "string"}}) | {"required": []}, "/properties/a", "required"),
        (closed({}) | {"required": ["a"]}, "/required", "required"),
        ({"type": "object", "properties": {}, "required": []}, "", "additional"),
        (closed({}) | {"additionalProperties": {}}, "/additionalProperties", "additional"),
        ({"type": "object", "required": [], "additionalProperties": False}, "", "properties"),
        (closed({"a": {"type": "array"}}), "/properties/a", "items"),
        (closed({"a": {"type": "string", "minLength": 1}}), "/properties/a/minLength", "keyword"),
        (closed({"a": {"type": "integer", "pattern": "a"}}), "/properties/a/pattern", "keyword"),
        (closed({"a": {"type": "string", "format": "uri"}}), "/properties/a/format", "format"),
        (closed({"a": {"type": "string", "pattern": "a(?=b)"}}), "/properties/a/pattern", "pattern"),
        (closed({"a": {"oneOf": [{"type": "string", "maxLength": 1}]}}), "/properties/a/oneOf/0/maxLength", "keyword"),
        (closed({"a": {"$ref": "#", "title": "A"}}), "/properties/a/title", "beside-reference"),
        (closed({"a": {"$ref": "#/properties/a"}}), "/properties/a/$ref", "reference"),
        (closed({"a": {"$ref": "#/$defs/b"}}), "/properties/a/$ref", "reference"),
        (closed({"a": {"type": "string", "anyOf": [{"type": "string"}]}}), "/properties/a/type", "beside-any-of"),
        (closed({"a": {"type": "object", "enum": [{}]}}), "/properties/a/enum", "value"),
        (closed({"a/b": {"type": "string"}}) | {"required": []}, "/properties/a~1b", "required"),
        (closed({}) | {"$defs": {"d": {"$defs": {}, "type": "null"}}}, "/$defs/d/$defs", "keyword"),
    ],
)
def test_each_thing_the_profile_forbids_is_told_at_its_place(schema: Any, pointer: str, code: str) -> None:
    assert (pointer, code) in [(violation.pointer, violation.code) for violation in strict_violations(schema)]


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = closed({"a": {"type": "string"}})
    for _ in range(levels - 1):
        schema = closed({"a": schema})
    return schema


def wide(count: int) -> dict[str, Any]:
    return closed({f"p{number}": {"type": "null"} for number in range(count)})


def listing(values: Iterable[Any]) -> dict[str, Any]:
    return closed({"a": {"type": ["string", "integer"], "enum": list(values)}})


@pytest.mark.parametrize(
    ("within", "beyond", "code"),
    [
        (nested(10), nested(11), "nesting"),
        (wide(5000), wide(5001), "size"),
        (closed({"a" * 120_000: {"type": "null"}}), closed({"a" * 120_001: {"type": "null"}}), "names"),
        (listing(range(1000)), listing(range(1001)), "values"),
        (listing(f"{n:050}" for n in range(250)), listing(f"{n:060}" for n in range(251)), "long-enum"),
    ],
    ids=["nesting", "size", "names", "values", "long-enum"],
)  # fmt: skip
def test_sizes_are_told_where_they_are_too_large(within: Any, beyond: Any, code: str) -> None:
    assert strict_violations(within) == []
    assert [violation.code for violation in strict_violations(beyond)] == [code]
    assert code in LIMITS
    assert make_strict(beyond).notes == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "object", "array", "#", "#/$defs/a", "a"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["type", "properties", "required", "items", "anyOf", "oneOf", "$defs", "$ref", "enum", "const", "format"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(json_values)
def test_any_json_can_be_surveyed(value: Any) -> None:
    before = copy.deepcopy(value)
    assert isinstance(strict_violations(value), list)
    assert value == before


# For any schema

scalars = st.sampled_from([None, True, 0, 1, 2, "", "a", "ab"])
instances = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner), max_leaves=5
)
leaves = st.booleans() | st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "number", "integer", "null", ["string", "null"], ["array", "object"]]),
        "enum": st.lists(instances, min_size=1, max_size=3),
        "const": scalars,
        "minimum": st.integers(0, 2),
        "pattern": st.sampled_from(["^a", "b$", "(?=a)"]),
        "maxLength": st.integers(0, 2),
        "$ref": st.sampled_from(["#", "#/$defs/a", "#/$defs/b", "#/properties/a", "#/nowhere"]),
        "description": st.just("d"),
    },
)  # fmt: skip


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Objects whose properties are all required, so that null is not added to what passes."""
    properties = draw(st.dictionaries(st.sampled_from("ab"), inner))
    required = {"required": sorted(properties)} if properties else {}
    more = draw(st.fixed_dictionaries({}, optional={"additionalProperties": st.just(False) | inner}))
    return {"type": "object", "properties": properties} | required | more


def containing(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    few = st.lists(inner, min_size=1, max_size=3)
    return objects(inner) | st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["array", "string", "object"]),
            "items": inner,
            "prefixItems": few,
            "minItems": st.integers(0, 2),
            "anyOf": few,
            "oneOf": few,
            "allOf": few,
            "not": inner,
            "if": inner,
            "then": inner,
            "title": st.just("t"),
            "$ref": st.sampled_from(["#/$defs/a", "#/$defs/b"]),
        },
    )


schemas = st.recursive(leaves, containing, max_leaves=10)


@st.composite
def roots(draw: st.DrawFn) -> Any:
    root = draw(schemas)
    return root if isinstance(root, bool) else root | {"$defs": {"a": draw(schemas), "b": draw(objects(schemas))}}


@settings(max_examples=150, deadline=None)
@given(roots())
def test_a_strict_schema_has_no_violation_and_is_strict_already(root: Any) -> None:
    before = copy.deepcopy(root)
    rewritten = make_strict(root)
    assert root == before
    assert {violation.code for violation in strict_violations(rewritten.value)} <= LIMITS
    assert all(is_there(root, note.pointer) for note in rewritten.notes)
    again = make_strict(rewritten.value)
    assert json.dumps(again.value) == json.dumps(rewritten.value)
    assert again.notes == ()


@settings(max_examples=150, deadline=None)
@given(roots(), st.lists(instances, max_size=10))
def test_where_nothing_is_lost_nothing_passes_that_was_refused(root: Any, values: list[Any]) -> None:
    rewritten = make_strict(root)
    if rewritten.lossy:
        return
    is_wrapped = any('its property "value"' in note.sentence for note in rewritten.notes)
    old, new = (validator_of(read_schema(json.dumps(each))) for each in (root, rewritten.value))
    for value in values:
        if new.is_valid({"value": value} if is_wrapped else value):
            assert old.is_valid(value), rewritten
