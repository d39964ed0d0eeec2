"""For a schema that is hard to meet by chance an instance is found, without a model, that its plan lets through."""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from engine.constraint.closing import Closer
from engine.constraint.compile import compile_constraint
from engine.constraint.numbers import numbers
from engine.constraint.sizes import measure
from engine.constraint.spec import AnyJson, MatchesSchema
from engine.constraint.strings import strings
from engine.constraint.witness import find_witness, spell

if TYPE_CHECKING:
    from llguidance import LLTokenizer

    from engine.constraint.compile import CompiledConstraint

D4 = "http://json-schema.org/draft-04/schema#"
D7 = "http://json-schema.org/draft-07/schema#"
D2020 = "https://json-schema.org/draft/2020-12/schema"


def record(properties: dict[str, Any], *required: str, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), **more}


HARD: dict[str, Any] = {
    "contains among free strings": {"type": "array", "items": {"type": "string"}, "contains": {"const": "needle"}},
    "three of a kind": {
        "type": "array",
        "items": {"type": "string"},
        "contains": {"pattern": "^[A-Z]{3}-\\d{4}$"},
        "minContains": 3,
        "uniqueItems": True,
    },
    "no more than one": {
        "type": "array",
        "items": {"type": "integer"},
        "contains": {"minimum": 100},
        "maxContains": 1,
        "minItems": 4,
        "uniqueItems": True,
    },
    "two that must be contained": {
        "type": "array",
        "allOf": [{"contains": {"const": "a"}}, {"contains": {"type": "integer"}}],
        "maxItems": 2,
    },
    "contains behind a prefix": {
        "type": "array",
        "prefixItems": [{"type": "string"}, {"type": "null"}],
        "contains": {"type": "integer", "multipleOf": 7, "minimum": 1},
    },
    "twenty different strings": {"type": "array", "items": {"type": "string"}, "minItems": 20, "uniqueItems": True},
    "different records": {
        "type": "array",
        "items": record({"id": {"type": "integer"}, "tag": {"enum": ["x", "y"]}}, "id", "tag"),
        "minItems": 5,
        "uniqueItems": True,
    },
    "all of a finite set": {"type": "array", "items": {"enum": [1, 2, 3, 4]}, "minItems": 4, "uniqueItems": True},
    "not a pattern": {"type": "string", "minLength": 3, "not": {"pattern": "a"}},
    "not a shape": {**record({"a": {"type": "string"}}, "a"), "not": {"properties": {"a": {"maxLength": 5}}}},
    "not of not": {"not": {"not": {"type": "array", "minItems": 2, "items": {"type": "boolean"}}}},
    "if a kind then a number": record(
        {"kind": {"enum": ["person", "company"]}, "vat": {"type": "string"}},
        "kind",
        allOf=[
            {
                "if": {"properties": {"kind": {"const": "company"}}},
                "then": {"required": ["vat"], "properties": {"vat": {"pattern": "^DE[0-9]{9}$"}}},
                "else": {"not": {"required": ["vat"]}, "required": ["born"]},
            }
        ],
    ),
    "ifs in a row": {
        "type": "object",
        "required": ["a", "b"],
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "allOf": [
            {"if": {"properties": {"a": {"minimum": 5}}}, "then": {"properties": {"b": {"maximum": 2}}}},
            {"if": {"properties": {"b": {"maximum": 2}}}, "then": {"properties": {"a": {"multipleOf": 11}}}},
            {"properties": {"a": {"minimum": 6}}},
        ],
    },
    "keys that bring keys along": {
        "type": "object",
        "required": ["a"],
        "dependentRequired": {"a": ["b"], "b": ["c"], "c": ["a"]},
        "dependentSchemas": {"c": {"properties": {"c": {"minimum": 10, "type": "integer"}}, "required": ["d"]}},
    },
    "dependencies of draft 7": {
        "$schema": D7,
        "type": "object",
        "required": ["a"],
        "dependencies": {"a": ["b"], "b": {"properties": {"c": {"const": 3}}, "required": ["c"]}},
    },
    "names by pattern": {
        "type": "object",
        "propertyNames": {"pattern": "^[A-Z]{3}$"},
        "minProperties": 3,
        "additionalProperties": {"type": "integer"},
    },
    "names by length and exception": {
        "type": "object",
        "propertyNames": {"minLength": 2, "maxLength": 2, "not": {"enum": ["aa", "ab"]}},
        "minProperties": 2,
    },
    "keys by pattern, some required": {
        "type": "object",
        "patternProperties": {"^x-": {"type": "string", "minLength": 2}, "-y$": {"pattern": "z"}},
        "required": ["x-y", "x-z"],
        "additionalProperties": False,
    },
    "a password": {"type": "string", "pattern": "^(?=.*[A-Z])(?=.*[a-z])(?=.*\\d)(?!.*aa)[A-Za-z\\d]{10,12}$"},
    "a lookahead within": {"type": "string", "pattern": "^item-(?!0)[0-9]{2}$"},
    "a lookbehind": {"type": "string", "pattern": "^[ab]{4}(?<!b)$"},
    "a lookahead at the end": {"type": "string", "pattern": "^([a-z]+/)*(?=[.]json)"},
    "an anchor within": {"type": "string", "pattern": "^([^,]+(,|$)){3,}$"},
    "a pattern and a length": {"type": "string", "pattern": "^(ab)+$", "minLength": 9, "maxLength": 11},
    "two patterns": {"type": "string", "allOf": [{"pattern": "^[a-f0-9]+$"}, {"pattern": "dead.*beef"}]},
    "a multiple within bounds": {"type": "integer", "multipleOf": 17, "exclusiveMinimum": 1000, "maximum": 1010},
    "a decimal multiple": {"type": "number", "multipleOf": 0.25, "minimum": 0.3, "maximum": 0.6},
    "a number that is no integer": {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 3, "maximum": 4}]},
    "two multiples": {"type": "integer", "allOf": [{"multipleOf": 6}, {"multipleOf": 10}], "minimum": 1},
    "an exclusive bound of draft 4": {
        "$schema": D4,
        "type": "integer",
        "minimum": 5,
        "exclusiveMinimum": True,
        "maximum": 6,
    },
    "overlapping oneOf": {"oneOf": [{"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}]},
    "unevaluated": {
        "$ref": "#/$defs/base",
        "properties": {"b": {"type": "integer"}},
        "required": ["b"],
        "unevaluatedProperties": False,
        "$defs": {"base": record({"a": {"type": "string", "format": "idn-email"}}, "a")},
    },
    "a tree": record(
        {
            "name": {"type": "string", "not": {"pattern": "^a"}, "minLength": 1},
            "children": {"type": "array", "items": {"$ref": "#"}},
        },
        "name",
        "children",
    ),
    "many levels": record(
        {"a": record({"b": record({"c": {"type": "array", "contains": {"const": "deep"}}}, "c")}, "b")}, "a"
    ),
    "a huge array": {"type": "array", "items": {"type": "boolean"}, "minItems": 1000},
    **{
        f"format {form}": {"type": "string", "format": form}
        for form in (
            "date", "date-time", "duration", "email", "hostname", "idn-email", "idn-hostname", "ipv4", "ipv6", "iri",
            "iri-reference", "json-pointer", "regex", "relative-json-pointer", "time", "uri", "uri-reference",
            "uri-template", "uuid",
        )
    },
}  # fmt: skip

IMPOSSIBLE: dict[str, Any] = {
    "more different items than there are": {
        "type": "array",
        "items": {"type": "string", "pattern": "^(?!x)[ab]$"},
        "minItems": 3,
        "uniqueItems": True,
    },
    "a string that is none": {"type": "string", "pattern": "^x(?=a)(?!a).$"},
}


@pytest.fixture(scope="module")
def closer(mask_tokenizer: LLTokenizer) -> Closer:
    return Closer(mask_tokenizer, frozenset())


def compiled(schema: Any, tokenizer: LLTokenizer) -> CompiledConstraint:
    done = compile_constraint(MatchesSchema(schema_text=json.dumps(schema)), tokenizer)
    assert done is not None
    return done


@pytest.mark.parametrize("case", HARD)
def test_a_witness_is_an_instance_that_the_mask_lets_through(
    case: str, mask_tokenizer: LLTokenizer, closer: Closer
) -> None:
    schema = HARD[case]
    constraint = compiled(schema, mask_tokenizer)
    text = find_witness(constraint, closer)
    assert text is not None
    declared = {"$schema": D2020, **schema}
    kind = jsonschema.validators.validator_for(declared)
    kind(declared, format_checker=kind.FORMAT_CHECKER).validate(json.loads(text))
    tokens = spell(constraint.matcher(mask_tokenizer), mask_tokenizer, text)
    assert tokens is not None
    assert mask_tokenizer.decode_str(tokens) == text


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_where_none_is_found_there_is_none(case: str, mask_tokenizer: LLTokenizer, closer: Closer) -> None:
    assert find_witness(compiled(IMPOSSIBLE[case], mask_tokenizer), closer) is None


@pytest.mark.parametrize("case", ["three of a kind", "a password", "different records"])
def test_the_same_schema_has_the_same_witness(case: str, mask_tokenizer: LLTokenizer, closer: Closer) -> None:
    found = {find_witness(compiled(HARD[case], mask_tokenizer), closer) for _ in range(3)}
    assert len(found) == 1


def test_the_keys_of_a_witness_are_in_the_plan_s_order(mask_tokenizer: LLTokenizer, closer: Closer) -> None:
    schema = record({"z": {"type": "null"}, "a": {"type": "null"}}, "a", "z", uniqueItems=True)
    assert find_witness(compiled(schema, mask_tokenizer), closer) == '{"z": null, "a": null}'


def test_without_a_vocabulary_a_mask_over_bytes_is_asked(mask_tokenizer: LLTokenizer) -> None:
    assert find_witness(compiled(HARD["a password"], mask_tokenizer)) is not None


def test_what_has_no_schema_has_no_witness(closer: Closer) -> None:
    constraint = compile_constraint(AnyJson())
    assert constraint is not None
    assert find_witness(constraint, closer) is None


def test_the_least_size_is_the_witness_s_where_the_shortest_text_fails_a_check(
    mask_tokenizer: LLTokenizer, closer: Closer
) -> None:
    sizes = measure(compiled(HARD["contains among free strings"], mask_tokenizer), closer)
    assert sizes.minimum is not None
    assert 2 <= sizes.minimum <= len('["needle"]')


@pytest.mark.parametrize("pattern", ["^[A-Z]{2}[0-9]{3}$", "a+b", "^(x|yy){3,5}$", "^\\d+(\\.\\d+)?$"])
def test_samples_of_a_pattern_match_it(pattern: str) -> None:
    found = list(itertools.islice(strings([{"pattern": pattern}]), 20))
    assert len(set(found)) > 1
    assert all(re.search(pattern, each) for each in found)


def test_plain_strings_are_different_and_within_their_lengths() -> None:
    found = list(itertools.islice(strings([{"minLength": 2}, {"maxLength": 3}]), 2000))
    assert len(set(found)) == len(found)
    assert all(2 <= len(each) <= 3 for each in found)


def test_numbers_are_within_their_bounds_and_multiples() -> None:
    found = list(numbers([{"minimum": 0.5, "multipleOf": 0.25}, {"maximum": 2}], whole=False))
    assert sorted(found) == [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]
    assert list(numbers([{"minimum": 1, "maximum": 3}], whole=True)) == [1, 3, 2]
