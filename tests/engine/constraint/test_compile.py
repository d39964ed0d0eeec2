"""Every schema is held to, and each keyword is reported with how; what is refused is refused by name and place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.constraint.compile import CompiledConstraint, compile_constraint
from engine.constraint.keywords import FORMATS, KEYWORDS, MASKED, REWRITTEN
from engine.constraint.spec import AnyJson, MatchesLark, MatchesRegex, MatchesSchema, Unconstrained
from engine.errors import ConstraintUnsatisfiable, ConstraintUnsupported
from engine.schema.drafts import ASSERTIONS

ALONE: dict[str, dict[str, Any]] = {
    "$dynamicAnchor": {"$dynamicAnchor": "a"},
    "$dynamicRef": {"$dynamicRef": "#/$defs/d"},
    "$recursiveAnchor": {"$recursiveAnchor": True},
    "$recursiveRef": {"items": {"$recursiveRef": "#"}},
    "$ref": {"$ref": "#/$defs/d"},
    "additionalItems": {"items": [{}], "additionalItems": False},
    "additionalProperties": {"additionalProperties": False},
    "allOf": {"allOf": [{"type": "object"}]},
    "anyOf": {"anyOf": [{"type": "object"}, {"type": "string"}]},
    "const": {"const": 1},
    "contains": {"contains": {"const": 1}},
    "dependencies": {"dependencies": {"a": ["b"]}},
    "dependentRequired": {"dependentRequired": {"a": ["b"]}},
    "dependentSchemas": {"dependentSchemas": {"a": {"required": ["b"]}}},
    "else": {"if": {"const": 1}, "else": {"minimum": 1}},
    "enum": {"enum": [1, 2]},
    "exclusiveMaximum": {"exclusiveMaximum": 1},
    "exclusiveMinimum": {"exclusiveMinimum": 1},
    "format": {"type": "string", "format": "uuid"},
    "if": {"if": {"const": 1}, "then": {"type": "integer"}},
    "items": {"items": {"type": "integer"}},
    "maxContains": {"contains": {"const": 1}, "maxContains": 1},
    "maxItems": {"maxItems": 1},
    "maxLength": {"maxLength": 1},
    "maxProperties": {"maxProperties": 1},
    "maximum": {"maximum": 1},
    "minContains": {"contains": {"const": 1}, "minContains": 1},
    "minItems": {"minItems": 1},
    "minLength": {"minLength": 1},
    "minProperties": {"minProperties": 1},
    "minimum": {"minimum": 1},
    "multipleOf": {"multipleOf": 2},
    "not": {"not": {"type": "null"}},
    "oneOf": {"oneOf": [{"type": "object"}, {"type": "string"}]},
    "pattern": {"pattern": "a"},
    "patternProperties": {"patternProperties": {"^a": {"type": "integer"}}},
    "prefixItems": {"prefixItems": [{"type": "integer"}]},
    "properties": {"properties": {"a": {"type": "integer"}}},
    "propertyNames": {"propertyNames": {"pattern": "a"}},
    "required": {"required": ["a"]},
    "then": {"if": {"const": 1}, "then": {"type": "integer"}},
    "type": {"type": "object"},
    "unevaluatedItems": {"unevaluatedItems": False},
    "unevaluatedProperties": {"unevaluatedProperties": False},
    "uniqueItems": {"uniqueItems": True},
}


def compiled(schema: Any) -> CompiledConstraint:
    done = compile_constraint(MatchesSchema(schema_text=json.dumps(schema)))
    assert done is not None
    return done


DEFINITIONS: dict[str, Any] = {"$defs": {"d": {}}}
PLACES = {"$recursiveRef": "/items"}
"""Where a keyword stands that cannot stand at the root."""


def how(schema: Any, keyword: str, pointer: str = "") -> str:
    (found,) = [use.how for use in compiled(schema).uses if (use.pointer, use.keyword) == (pointer, keyword)]
    return found


def test_the_two_tables_share_nothing_and_each_keyword_of_them_is_tried_here() -> None:
    assert not MASKED & REWRITTEN
    assert ALONE.keys() == MASKED | REWRITTEN


@pytest.mark.parametrize("keyword", sorted(MASKED - {"minProperties", "maxProperties"}))
def test_each_keyword_that_the_mask_knows_is_reported_as_masked(keyword: str) -> None:
    assert how(ALONE[keyword] | DEFINITIONS, keyword) == "mask"


@pytest.mark.parametrize("keyword", ["minProperties", "maxProperties"])
def test_how_many_keys_an_object_has_is_checked_where_the_schema_names_none(keyword: str) -> None:
    assert how(ALONE[keyword] | DEFINITIONS, keyword) == "check"


@pytest.mark.parametrize("keyword", sorted(REWRITTEN))
def test_each_keyword_that_the_mask_does_not_know_is_rewritten_or_checked(keyword: str) -> None:
    assert how(ALONE[keyword] | DEFINITIONS, keyword, PLACES.get(keyword, "")) in {"rewritten", "check"}


@pytest.mark.parametrize("keyword", sorted(REWRITTEN))
def test_each_of_them_is_taken_and_reported_deep_inside_a_schema_too(keyword: str) -> None:
    schema = {"type": "object", "properties": {"ok": {"type": "string"}, "deep": ALONE[keyword]}} | DEFINITIONS
    assert how(schema, keyword, f"/properties/deep{PLACES.get(keyword, '')}") in {"rewritten", "check"}


@pytest.mark.parametrize(
    ("schema", "keyword", "expected"),
    [
        ({"type": ["null", "string"], "not": {"type": "null"}}, "not", "rewritten"),
        ({"type": "object", "properties": {"a": {}, "b": {}}, "dependentRequired": {"a": ["b"]}},
         "dependentRequired", "rewritten"),
        ({"type": "object", "propertyNames": {"pattern": "^a"}}, "propertyNames", "rewritten"),
        ({"type": "array", "uniqueItems": True}, "uniqueItems", "check"),
        ({"type": "array", "contains": {"type": "integer"}}, "contains", "check"),
        ({"type": "string", "pattern": "^(?!a)"}, "pattern", "mask"),
        ({"type": "string", "pattern": "^((?!ab).)*$"}, "pattern", "check"),
        ({"type": "array", "contains": {"type": "integer"}, "maxItems": 8}, "contains", "rewritten"),
        ({"type": "integer", "not": {"multipleOf": 3}}, "not", "check"),
    ],
)  # fmt: skip
def test_a_keyword_is_checked_only_where_it_could_not_be_rewritten(schema: Any, keyword: str, expected: str) -> None:
    assert how(schema, keyword) == expected


@pytest.mark.parametrize(
    "schema",
    [
        {"$defs": {"u": {"$ref": "#/$defs/v"}}, "type": "integer"},
        {"$defs": {"u": {"items": {"$ref": "other.json"}}}, "type": "integer"},
        {"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/n", "items": {"$ref": "#nowhere"},
         "definitions": {"n": {"type": "integer"}}},
    ],
)  # fmt: skip
def test_a_broken_reference_that_nothing_leads_to_is_an_annotation(schema: Any) -> None:
    assert [use.how for use in compiled(schema).uses if use.keyword == "$ref" and use.pointer] == ["annotation"]


def test_all_of_a_definition_that_nothing_refers_to_is_an_annotation() -> None:
    schema = {"$defs": {"used": {"minimum": 1}, "unused": {"minimum": 1}}, "$ref": "#/$defs/used"}
    assert (how(schema, "minimum", "/$defs/used"), how(schema, "minimum", "/$defs/unused")) == ("mask", "annotation")


@pytest.mark.parametrize(
    ("draft", "keyword", "value"),
    [
        ("http://json-schema.org/draft-04/schema#", "const", 1),
        ("http://json-schema.org/draft-07/schema#", "prefixItems", [{"type": "null"}]),
        ("http://json-schema.org/draft-07/schema#", "$recursiveRef", "#"),
        ("https://json-schema.org/draft/2019-09/schema", "dependencies", {"a": ["b"]}),
        ("https://json-schema.org/draft/2020-12/schema", "dependencies", {"a": {"required": ["b"]}}),
        ("https://json-schema.org/draft/2020-12/schema", "$recursiveRef", "#"),
    ],
)
def test_a_keyword_that_the_declared_draft_does_not_have_is_an_annotation(
    draft: str, keyword: str, value: object
) -> None:
    uses = compiled({"$schema": draft, keyword: value, "type": ["object", "array", "integer"]}).uses
    assert {use.how for use in uses if use.keyword != "type" or use.pointer} == {"annotation"}


@pytest.mark.parametrize("keyword", ["$recursiveRef", "$recursiveAnchor"])
def test_recursive_references_are_checked_where_they_depend_on_the_dynamic_scope(keyword: str) -> None:
    tree = {"$id": "https://example.org/tree", "$recursiveAnchor": True, "items": {"$recursiveRef": "#"}}
    schema = {"$recursiveAnchor": True, "$id": "https://example.org/root", "properties": {"a": tree},
              "patternProperties": {"(x)\\1": {}}}  # fmt: skip
    assert how(schema, keyword, "/properties/a/items" if keyword == "$recursiveRef" else "/properties/a") in {
        "rewritten",
        "check",
    }


def test_a_pattern_that_the_validators_cannot_read_is_refused_by_name() -> None:
    with pytest.raises(ConstraintUnsupported) as caught:
        compiled({"type": "string", "pattern": "^[\\b]$"})
    assert "[\\\\b]" in caught.value.message


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("(a", "no regular expression"),
        ("a{,3}", 'no regular expression: "{,3}" counts nothing in ECMA-262'),
        (r"\e", r'no regular expression: "\\e" is no escape in ECMA-262'),
        ("^a{3,1}$", "no regular expression"),
        ("((a{100}){100}){100}", "too large a regular expression"),
    ],
)
def test_a_pattern_that_is_none_is_told_from_one_that_is_too_large(pattern: str, fault: str) -> None:
    with pytest.raises(ConstraintUnsupported) as caught:
        compiled({"type": "string", "pattern": pattern})
    assert caught.value.message == f"The pattern {json.dumps(pattern)} is {fault}."


@pytest.mark.parametrize("form", ["no-such-format", "color", "int32", "password"])
def test_an_unknown_format_is_an_annotation(form: str) -> None:
    assert how({"items": {"format": form, "type": "string"}}, "format", "/items") == "annotation"


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_known_format_is_held_to(form: str) -> None:
    assert how({"type": "string", "format": form}, "format") == FORMATS[form][0]


def test_a_format_that_came_later_is_an_annotation() -> None:
    schema = {"$schema": "http://json-schema.org/draft-06/schema#", "type": "string", "format": "iri"}
    assert how(schema, "format") == "annotation"


@pytest.mark.parametrize(
    ("schema", "reference", "where"),
    [
        ({"$defs": {"a": {"$ref": "#/$defs/b"}}, "items": {"$ref": "#/$defs/a"}}, "#/$defs/b", "/$defs/a"),
        ({"properties": {"a": {"$id": "https://example.org/a", "$ref": "#/$defs/b"}}, "$defs": {"b": {}}},
         "#/$defs/b", "/properties/a"),
        ({"x": {"y": {"items": {"$ref": "#z"}}}, "not": {"$ref": "#/x/y"}}, "#z", "/not/items"),
        ({"$ref": "http://["}, "http://[", "the root"),
        ({"$ref": "https://example.org/other.json"}, "https://example.org/other.json", "the root"),
        ({"properties": {"a": {"items": {"$ref": "other.json#/x"}}}}, "other.json#/x", "/properties/a/items"),
        ({"$defs": {"a": {}}, "anyOf": [{}, {"$ref": "#/$defs/b"}]}, "#/$defs/b", "/anyOf/1"),
        ({"properties": {"a/b": {"$ref": "#nowhere"}}}, "#nowhere", "/properties/a~1b"),
    ],
)  # fmt: skip
def test_a_reference_out_of_the_schema_or_to_nothing_is_refused_by_name(
    schema: Any, reference: str, where: str
) -> None:
    with pytest.raises(ConstraintUnsupported) as caught:
        compiled(schema)
    assert (caught.value.keyword, caught.value.where) == ("$ref", where)
    assert reference in caught.value.message


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"not": {}},
        {"type": "string", "const": 1},
        {"allOf": [{"type": "string"}, {"type": "null"}]},
        {"type": "integer", "minimum": 3, "maximum": 2},
        {"type": "object", "properties": {"a": False}, "required": ["a"]},
        {"enum": ["a", "b"], "not": {"enum": ["b", "a", "c"]}},
        {"type": "boolean", "if": {"const": True}, "then": False, "else": False},
    ],
)
def test_a_schema_without_instances_is_refused(schema: Any) -> None:
    with pytest.raises(ConstraintUnsatisfiable):
        compiled(schema)


@pytest.mark.parametrize(
    "relaxed",
    [
        {"type": "string", "maxLength": 3, "x-guidance": {"lenient": True}},
        {"type": "array", "uniqueItems": True, "x-guidance": {"lenient": True}},
        {"x-guidance": {"lenient": True, "coerce_one_of": True}, "oneOf": [{"minimum": 1}, {"maximum": 5}]},
        {"properties": {"a": {"maximum": 3, "x-guidance": {"whitespace_flexible": True}}}},
        {"anyOf": [{"not": {"const": 1}, "x-guidance": {"lenient": True}}]},
    ],
)
def test_a_schema_cannot_relax_its_own_enforcement(relaxed: Any) -> None:
    done = compiled(relaxed)
    plain = compiled(without(relaxed, "x-guidance"))
    assert done.grammar == plain.grammar
    assert [use for use in done.uses if use.keyword != "x-guidance"] == list(plain.uses)
    assert {use.how for use in done.uses if use.keyword == "x-guidance"} == {"annotation"}


def without(node: Any, keyword: str) -> Any:
    if isinstance(node, dict):
        return {key: without(value, keyword) for key, value in node.items() if key != keyword}
    return [without(each, keyword) for each in node] if isinstance(node, list) else node


def test_each_keyword_that_asks_something_has_a_way_to_the_mask() -> None:
    assert KEYWORDS.keys() == ASSERTIONS


def test_unknown_keywords_are_reported_as_annotations() -> None:
    done = compiled({"type": "string", "description": "d", "x-note": 1})
    assert {use.keyword: use.how for use in done.uses} == {
        "type": "mask",
        "description": "annotation",
        "x-note": "annotation",
    }


def test_the_finished_text_is_validated_once_more() -> None:
    done = compiled({"type": "object", "properties": {"a": {"maximum": 3}}})
    done.check_text('{"a": 3}')
    with pytest.raises(ConstraintUnsatisfiable) as caught:
        done.check_text('{"a": 4}')
    assert caught.value.where == "/a"


@pytest.mark.parametrize(
    "spec", [MatchesRegex(pattern="(["), MatchesRegex(pattern="a(?=b)"), MatchesLark(grammar="start: x")]
)
def test_a_grammar_that_is_none_is_refused(spec: MatchesRegex | MatchesLark) -> None:
    with pytest.raises(ConstraintUnsupported):
        compile_constraint(spec)


def test_text_needs_no_constraint_and_json_mode_has_one() -> None:
    assert compile_constraint(Unconstrained()) is None
    json_mode = compile_constraint(AnyJson())
    assert json_mode is not None
    assert json_mode.is_json
