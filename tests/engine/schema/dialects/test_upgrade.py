"""An upgraded schema says in a later draft what it said in its own: every instance keeps its verdict."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.constraint.validate import validator_of
from engine.errors import SchemaInvalid
from engine.schema.dialects.upgrade import upgrade
from engine.schema.document import read_schema
from engine.schema.drafts import Draft, guess_draft

D4, D6, D7 = (f"{draft}#" for draft in (Draft.D4, Draft.D6, Draft.D7))
D2019, D2020 = str(Draft.D2019), str(Draft.D2020)


def accepts(schema: Any, instance: Any) -> bool:
    return bool(validator_of(read_schema(json.dumps(schema))).is_valid(instance))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            {"$schema": D4, "id": "http://example.org/a", "type": "object"},
            {"$schema": D2020, "$id": "http://example.org/a", "type": "object"},
        ),
        (
            {"minimum": 1, "exclusiveMinimum": True, "maximum": 9, "exclusiveMaximum": False},
            {"exclusiveMinimum": 1, "maximum": 9},
        ),
        (
            {"items": [{"type": "string"}, True], "additionalItems": {"type": "null"}},
            {"prefixItems": [{"type": "string"}, True], "items": {"type": "null"}},
        ),
        ({"$schema": D7, "items": {}, "additionalItems": False}, {"$schema": D2020, "items": {}}),
        (
            {"dependencies": {"a": ["b"], "c": {"required": ["d"]}}},
            {"dependentSchemas": {"c": {"required": ["d"]}}, "dependentRequired": {"a": ["b"]}},
        ),
        (
            {"$schema": D7, "$ref": "#/definitions/a", "minimum": 3, "title": "A", "definitions": {"a": {}}},
            {"$schema": D2020, "$ref": "#/$defs/a", "title": "A", "$defs": {"a": {}}},
        ),
        (
            {"$schema": D2019, "$recursiveAnchor": True, "items": {"$recursiveRef": "#"}},
            {"$schema": D2020, "$dynamicAnchor": "recursive", "items": {"$dynamicRef": "#recursive"}},
        ),
        (
            {"$schema": D2019, "items": {"$recursiveRef": "#"}},
            {"$schema": D2020, "items": {"$ref": "#"}},
        ),
        (
            {"$schema": D7, "definitions": {"a": {"$id": "#a", "type": "null"}}, "properties": {"x": {"$ref": "#a"}}},
            {"$schema": D2020, "$defs": {"a": {"$anchor": "a", "type": "null"}}, "properties": {"x": {"$ref": "#a"}}},
        ),
        ({"$schema": D4, "const": 1, "if": {}, "type": "null"}, {"$schema": D2020, "type": "null"}),
        ({"$schema": D7, "definitions": {}}, {"$schema": D2020, "$defs": {}}),
        ({"$schema": D4, "enum": [{"id": "a", "items": [1]}]}, {"$schema": D2020, "enum": [{"id": "a", "items": [1]}]}),
    ],
)
def test_keywords_get_the_form_they_have_in_2020_12(old: Any, new: Any) -> None:
    rewritten = upgrade(old)
    assert json.dumps(rewritten.value) == json.dumps(new)
    assert rewritten.notes


@pytest.mark.parametrize(
    ("old", "refused"),
    [
        ({"items": [{"type": "string"}], "properties": {"x": {"$ref": "#/items/0"}}}, {"x": 1}),
        (
            {"items": [{}], "additionalItems": {"type": "null"}, "properties": {"x": {"$ref": "#/additionalItems"}}},
            {"x": 1},
        ),
        ({"dependencies": {"a": {"type": "null"}}, "properties": {"x": {"$ref": "#/dependencies/a"}}}, {"x": 1}),
        ({"$schema": D4, "kinds": {"a b": {"type": "null"}}, "properties": {"x": {"$ref": "#/kinds/a%20b"}}}, {"x": 1}),
        ({"$schema": D7, "properties": {"p": {"type": "null"}, "x": {"$ref": "#/properties/p"}}}, {"x": 1}),
        ({"$schema": D7, "properties": {"x": {"$ref": "#/properties/x/then", "then": {"type": "null"}}}}, {"x": 1}),
        ({"$schema": D4, "if": {"type": "null"}, "properties": {"x": {"$ref": "#/if"}}}, {"x": 1}),
        (
            {"$schema": D7, "definitions": {"a": {"const": 1}}, "$defs": {"a": {}}, "not": {"$ref": "#/definitions/a"}},
            1,
        ),
        (
            {
                "$schema": D4,
                "definitions": {"r": {"id": "http://example.org/r", "definitions": {"n": {"type": "null"}}}},
                "properties": {"x": {"$ref": "http://example.org/r"}, "y": {"$ref": "http://example.org/r#/definitions/n"}},
            },
            {"y": 1},
        ),
    ],
)  # fmt: skip
def test_references_follow_what_they_lead_to(old: Any, refused: Any) -> None:
    new = upgrade(old).value
    assert not accepts(old, refused)
    assert not accepts(new, refused)
    assert read_schema(json.dumps(new)).references.broken() == []


def test_what_an_old_draft_does_not_read_is_left_out_and_named() -> None:
    rewritten = upgrade({"$schema": D4, "properties": {"a": {"const": 1, "contains": {}}}})
    assert rewritten.value == {"$schema": D2020, "properties": {"a": {}}}
    assert [note.pointer for note in rewritten.notes] == ["/$schema", "/properties/a/const", "/properties/a/contains"]
    assert not rewritten.lossy


def test_a_format_that_the_old_draft_did_not_check_is_marked() -> None:
    (note,) = (note for note in upgrade({"$schema": D7, "format": "uuid"}).notes if note.lossy)
    assert note.pointer == "/format"
    assert not accepts(upgrade({"$schema": D7, "format": "uuid"}).value, "no uuid")


def test_items_that_count_as_evaluated_from_then_on_are_marked() -> None:
    old = {"$schema": D2019, "contains": {"const": 1}, "unevaluatedItems": {"const": 2}}
    assert [note.pointer for note in upgrade(old).notes if note.lossy] == ["/contains"]
    assert not upgrade({"$schema": D2019, "contains": {"const": 1}}).lossy


def test_an_older_target_can_be_chosen() -> None:
    old = {
        "$schema": D4,
        "id": "http://example.org/a",
        "definitions": {"a": {}},
        "items": [{"$ref": "#/definitions/a"}],
    }
    new = {
        "$schema": D7,
        "$id": "http://example.org/a",
        "definitions": {"a": {}},
        "items": [{"$ref": "#/definitions/a"}],
    }
    assert upgrade(old, Draft.D7).value == new
    new["$schema"] = D2019
    assert upgrade(old, Draft.D2019).value["$defs"] == {"a": {}}  # type: ignore[index]


def test_there_is_no_way_back() -> None:
    with pytest.raises(SchemaInvalid, match="later than draft 7"):
        upgrade({"$schema": D2020}, Draft.D7)


@pytest.mark.parametrize(
    "schema", [True, False, {}, {"$schema": D2020, "$defs": {"a": {"id": "b"}}, "x-any": [{"c": 1}]}]
)
def test_what_is_in_2020_12_stays_as_it_is(schema: Any) -> None:
    rewritten = upgrade(schema)
    assert json.dumps(rewritten.value) == json.dumps(schema)
    assert rewritten.notes == ()


def test_what_is_no_schema_is_refused_in_words() -> None:
    deep: Any = {}
    for _ in range(100_000):
        deep = {"not": deep}
    for broken in (deep, {"type": 3}, {"minimum": float("nan")}, {"maximum": 10**5000}):
        with pytest.raises(SchemaInvalid):
            upgrade(broken)


scalars = st.sampled_from([None, True, 0, 1, 2, "", "a", "ab"])
instances = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner), max_leaves=6
)
kinds = st.sampled_from(["string", "number", "null", "array", "object", "boolean"])
leaves = st.fixed_dictionaries(
    {},
    optional={
        "type": kinds,
        "enum": st.lists(scalars, min_size=1, max_size=3, unique_by=json.dumps),
        "maxLength": st.integers(0, 2),
        "const": scalars,
        "required": st.lists(st.sampled_from("ab"), min_size=1, unique=True),
    },
)
bounds = st.fixed_dictionaries({"minimum": st.integers(0, 2)}, optional={"exclusiveMinimum": st.booleans()})
references = st.sampled_from(["#/definitions/a", "#/definitions/b", "#/definitions/a/properties/a", "#/if"])


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(st.sampled_from("ab"), inner),
            "items": inner | st.lists(inner, min_size=1, max_size=2),
            "additionalItems": inner,
            "dependencies": st.dictionaries(st.sampled_from("ab"), inner | st.just(["b"])),
            "not": inner,
            "if": inner,
            "then": inner,
            "contains": inner,
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "maximum": st.integers(0, 2),
        },
    )


schemas = st.recursive(leaves | bounds, nested, max_leaves=8)
referring = st.tuples(schemas, references).map(lambda pair: pair[0] | {"$ref": pair[1]})


@st.composite
def roots(draw: st.DrawFn) -> dict[str, Any]:
    """Schemas of the older drafts, some of whose keywords say nothing there."""
    root: dict[str, Any] = draw(nested(schemas | referring))
    root["definitions"] = {"a": draw(schemas), "b": draw(nested(schemas))}
    draft = draw(st.sampled_from([D4, D6, D7, D2019, None]))
    if draft != D4 and not (draft is None and guess_draft(root) == Draft.D4):
        root = json.loads(json.dumps(root), object_hook=_with_numbers)
    return ({"$schema": draft} if draft else {}) | root


def _with_numbers(schema: dict[str, Any]) -> dict[str, Any]:
    if isinstance(schema.get("exclusiveMinimum"), bool):
        schema["exclusiveMinimum"] = 1
    return schema


@settings(max_examples=100, deadline=None)
@given(roots(), st.lists(instances, max_size=8))
def test_every_instance_keeps_its_verdict(root: dict[str, Any], values: list[Any]) -> None:
    assume(not read_schema(json.dumps(root)).references.broken())
    before = copy.deepcopy(root)
    rewritten = upgrade(root)
    assert root == before
    old, new = (read_schema(json.dumps(each)) for each in (root, rewritten.value))
    assert new.draft == Draft.D2020
    assert upgrade(rewritten.value).notes == ()
    for value in values:
        assert validator_of(old).is_valid(value) == validator_of(new).is_valid(value), rewritten.value
