"""With the real model: whatever keyword a schema uses, an answer satisfies it or says why there is none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema.validators import validator_for

from engine.constraint.keywords import REWRITTEN
from engine.errors import BudgetExceeded, ConstraintUnsatisfiable, TokenLimitReached
from engine.model.bundled import bundled_model
from engine.model.llama import Weights
from engine.model.protocol import Failed, Finished, Sampling, Started, TextDelta, ValueClosed
from engine.schema.document import read_schema

if TYPE_CHECKING:
    from engine.model.client import ModelClient
    from engine.model.protocol import GenerateRequest, RequestEvent
    from tests.engine.model.conftest import Ask


def closed(required: str = "", /, **properties: Any) -> dict[str, Any]:
    """Return the schema of an object with these properties and no others."""
    names = required.split() or list(properties)
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


SHORT = {"type": "string", "maxLength": 8}
DIGIT = {"type": "integer", "minimum": 1, "maximum": 9}
KIND = {"enum": ["person", "company"]}
TREE = {"type": "object", "properties": {"name": SHORT, "child": {"$dynamicRef": "#node"}}, "required": ["name"]}

SCHEMAS: dict[str, tuple[str, Any]] = {
    "not": ("Answer 42.", closed(n={"type": "integer", "minimum": 40, "maximum": 45, "not": {"const": 42}})),
    "not of a multiple": ("Say 42.", {"type": "integer", "minimum": 10, "maximum": 99, "not": {"multipleOf": 2}}),
    "if": (
        "ACME Ltd is a company.",
        closed("kind name", kind=KIND, name=SHORT, vat={"type": "string", "pattern": "^[A-Z]{2}[0-9]{6}$"})
        | {"if": {"properties": {"kind": {"const": "company"}}}, "then": {"required": ["vat"]}},
    ),
    "then": (
        "Anna is 34 years old.",
        closed(age={"type": "integer", "minimum": 0, "maximum": 99}, grown={"type": "boolean"})
        | {"if": {"properties": {"age": {"minimum": 18}}}, "then": {"properties": {"grown": {"const": True}}}},
    ),
    "else": (
        "Anna is 7 years old.",
        closed(age={"type": "integer", "minimum": 0, "maximum": 99}, grown={"type": "boolean"})
        | {"if": {"properties": {"age": {"minimum": 18}}}, "else": {"properties": {"grown": {"const": False}}}},
    ),
    "uniqueItems": (
        "The colours are red, red, red and red.",
        closed(colours={"type": "array", "items": SHORT, "minItems": 4, "maxItems": 4, "uniqueItems": True}),
    ),
    "contains": (
        "The numbers are 1, 2, 3.",
        closed(n={"type": "array", "items": DIGIT, "minItems": 3, "maxItems": 3, "contains": {"const": 9}}),
    ),
    "minContains": (
        "The numbers are 1, 2, 3.",
        {
            "type": "array", "items": DIGIT, "minItems": 3, "maxItems": 4,
            "contains": {"type": "integer", "minimum": 8}, "minContains": 2,
        },
    ),
    "maxContains": (
        "The numbers are 7, 7, 7, 7.",
        {"type": "array", "items": DIGIT, "minItems": 4, "maxItems": 4, "contains": {"const": 7}, "maxContains": 1},
    ),
    "propertyNames": (
        "Give two names with their ages.",
        {"type": "object", "propertyNames": {"pattern": "^[a-z]{2,5}$", "not": {"const": "name"}},
         "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 99}, "minProperties": 2,
         "maxProperties": 2},
    ),
    "dependentRequired": (
        "Anna pays with card 1234.",
        closed("name", name=SHORT, card={"type": "integer", "minimum": 1000, "maximum": 9999}, code=DIGIT)
        | {"dependentRequired": {"card": ["code"]}, "minProperties": 2},
    ),
    "dependentSchemas": (
        "The size is 3.",
        closed("size", size=DIGIT, unit=SHORT)
        | {"dependentSchemas": {"size": {"properties": {"unit": {"const": "cm"}}, "required": ["unit"]}}},
    ),
    "dependencies": (
        "The size is 3.",
        closed("size", size=DIGIT, unit={"enum": ["cm", "in"]}) | {"dependencies": {"size": ["unit"]}},
    ),
    "unevaluatedProperties": (
        "Anna is 7.",
        {"type": "object", "allOf": [{"properties": {"name": SHORT}, "required": ["name"]}],
         "properties": {"age": DIGIT}, "required": ["age"], "unevaluatedProperties": False},
    ),
    "unevaluatedItems": (
        "Anna is 7 and likes cake and tea.",
        {"type": "array", "prefixItems": [SHORT], "allOf": [{"prefixItems": [True, DIGIT]}], "minItems": 2,
         "unevaluatedItems": False},
    ),
    "$dynamicRef": (
        "Anna's child is Ben.",
        {"$dynamicAnchor": "node", "maxProperties": 2, "unevaluatedProperties": False} | TREE
        | {"properties": {"name": SHORT, "child": {"$ref": "#/$defs/leaf"}},
           "$defs": {"leaf": {"type": "object", "properties": {"name": SHORT, "of": {"$dynamicRef": "#end"}},
                              "required": ["name"], "additionalProperties": False},
                     "end": {"$dynamicAnchor": "end", "type": "null"}}},
    ),
    "$recursiveRef": (
        "Anna's child is Ben.",
        closed("name", name=SHORT, child={"$recursiveRef": "#"}) | {"$recursiveAnchor": True, "maxProperties": 2},
    ),
    "oneOf that overlaps": (
        "Answer 4.", {"oneOf": [{"type": "integer", "minimum": 1, "maximum": 5}, {"enum": [4, 5, 6, 7]}]}
    ),
    "a lookahead": (
        "What is the capital of France?",
        closed(city={"type": "string", "pattern": "^(?=.*[a-z])(?!x)", "maxLength": 9}),
    ),
    "a date": (
        "What is the last day of February 2023? It is 30 February 2023.",
        closed(day={"type": "string", "format": "date"}),
    ),
    "a date under a not": (
        "The day is 2024-01-01.",
        closed(day={"type": "string", "format": "date", "not": {"const": "2024-01-01"}}),
    ),
}  # fmt: skip


def heard(client: ModelClient, request: GenerateRequest) -> list[RequestEvent]:
    return list(client.stream(request))


def assert_valid(schema: Any, text: str) -> None:
    document = read_schema(json.dumps(schema))
    kind = validator_for(document.declared)
    kind(document.declared, format_checker=kind.FORMAT_CHECKER).validate(json.loads(text))


def rebuilt(events: list[RequestEvent]) -> str:
    text = ""
    for event in events:
        if isinstance(event, TextDelta):
            assert event.keep is None or event.keep <= len(text)
            text = event.onto(text)
    return text


def test_each_keyword_that_the_mask_cannot_say_is_tried_here() -> None:
    named = {keyword for _, schema in SCHEMAS.values() for keyword in keywords(schema)}
    assert named >= REWRITTEN


def keywords(node: Any) -> set[str]:
    if isinstance(node, dict):
        return node.keys() | {each for value in node.values() for each in keywords(value)}
    return {each for value in node for each in keywords(value)} if isinstance(node, list) else set()


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_answer_satisfies_its_schema_and_its_pieces_make_it_up(
    model_client: ModelClient, ask: Ask, name: str
) -> None:
    prompt, schema = SCHEMAS[name]
    events = heard(model_client, ask(prompt, schema=schema, max_tokens=120))
    last = events[-1]
    assert isinstance(last, Finished), last
    assert_valid(schema, last.text)
    assert rebuilt(events) == last.text
    values = told(events)
    assert values[""].value == json.loads(last.text)
    for value in values.values():
        assert json.loads(last.text[value.start : value.end]) == value.value
    checked = any(use.how == "check" for use in last.receipt.enforcement)
    started = next(event for event in events if isinstance(event, Started))
    assert started.provisional == checked


def told(events: list[RequestEvent]) -> dict[str, ValueClosed]:
    """Return the values that were closed and not withdrawn, by pointer."""
    values: dict[str, ValueClosed] = {}
    for event in events:
        if isinstance(event, TextDelta) and event.keep is not None:
            values = {pointer: value for pointer, value in values.items() if value.end <= event.keep}
        elif isinstance(event, ValueClosed):
            values[event.pointer] = event
    return values


def test_what_the_model_repeats_against_the_schema_is_taken_back(model_client: ModelClient, ask: Ask) -> None:
    prompt, schema = SCHEMAS["uniqueItems"]
    (*_, last) = heard(model_client, ask(prompt, schema=schema, max_tokens=120))
    assert isinstance(last, Finished)
    assert last.receipt.rollbacks > 0
    assert last.receipt.discarded_tokens >= last.receipt.rollbacks
    assert last.receipt.generated_tokens <= 120


@pytest.mark.parametrize("seed", range(3))
def test_answers_drawn_at_random_are_held_to_the_schema_too(model_client: ModelClient, ask: Ask, seed: int) -> None:
    prompt, schema = SCHEMAS["minContains"]
    sampling = Sampling(temperature=1.5, seed=seed)
    events = heard(model_client, ask(prompt, schema=schema, max_tokens=120, sampling=sampling))
    last = events[-1]
    assert isinstance(last, Finished), last
    assert_valid(schema, last.text)
    assert rebuilt(events) == last.text


TWO_LETTERS = {"type": "string", "pattern": "^[ab]$"}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": TWO_LETTERS, "uniqueItems": True, "minItems": 3, "maxItems": 3},
        {"type": "array", "items": TWO_LETTERS, "contains": {"pattern": "^(?!a|b)"}, "maxItems": 2},
        closed(word={"type": "string", "pattern": "^(?!a|b)[ab]{1,2}$", "maxLength": 2}),
        {"enum": ["a", "b"], "not": {"enum": ["a", "b"]}},
        {"type": "integer", "minimum": 1, "maximum": 1, "not": {"multipleOf": 1}},
    ],
)
def test_a_schema_that_nothing_satisfies_fails_by_name_and_never_with_a_wrong_answer(
    model_client: ModelClient, ask: Ask, schema: Any
) -> None:
    (*_, last) = heard(model_client, ask(schema=schema, max_tokens=80))
    assert isinstance(last, Failed), last
    error = last.error.error()
    assert isinstance(error, BudgetExceeded | ConstraintUnsatisfiable), error
    assert error.where
    assert "fault of Espalier" not in str(error)


@pytest.mark.parametrize("most", [1, 4, 8, 16, 30])
def test_a_limit_that_is_too_small_never_gives_a_wrong_answer(model_client: ModelClient, ask: Ask, most: int) -> None:
    prompt, schema = SCHEMAS["uniqueItems"]
    events = heard(model_client, ask(prompt, schema=schema, max_tokens=most))
    last = events[-1]
    if isinstance(last, Finished):
        assert_valid(schema, last.text)
        assert rebuilt(events) == last.text
        assert last.receipt.generated_tokens <= most
    else:
        assert isinstance(last, Failed)
        assert isinstance(last.error.error(), TokenLimitReached | BudgetExceeded)


@pytest.mark.parametrize("most", [16, 17, 24, 40, 90])
def test_an_answer_without_an_end_is_closed_near_its_limit_and_not_long_before(
    model_client: ModelClient, ask: Ask, most: int
) -> None:
    weights = Weights(bundled_model(), vocabulary_only=True)
    brackets = {token: -1000.0 for token in range(weights.vocabulary_size) if b"]" in weights.piece(token)}
    schema = {
        "type": "object",
        "properties": {"a": {"type": "array", "items": {"enum": [1, 2]}}, "kind": {"enum": ["left", "right"]}},
        "required": ["a", "kind"],
        "additionalProperties": False,
    }
    request = ask("Count.", schema=schema, max_tokens=most, sampling=Sampling(logit_bias=brackets))
    last = heard(model_client, request)[-1]
    assert isinstance(last, Finished), last
    assert_valid(schema, last.text)
    assert last.receipt.finish_reason == "length_closed"
    assert most - 8 <= last.receipt.generated_tokens <= most


def test_an_endless_array_is_closed_at_its_limit_and_valid(model_client: ModelClient, ask: Ask) -> None:
    schema = {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 99}, "minItems": 9}
    endless = Sampling(logit_bias={0: -100.0, 2: -100.0})
    request = ask("Count: 1, 2, 3, 4, 5, 6, 7, …", schema=schema, max_tokens=60, sampling=endless)
    events = heard(model_client, request)
    last = events[-1]
    assert isinstance(last, Finished), last
    assert_valid(schema, last.text)
    assert rebuilt(events) == last.text
    assert last.receipt.generated_tokens <= 60
    assert last.receipt.finish_reason == "length_closed"
