"""What a form says of a wrong value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.constraint.validate import validator_of
from engine.schema.document import read_schema
from engine.schema.form import ABSENT, Fields, FormProblem, FormValue, Snapshot, problems_of


def problems(schema: Any, value: Any, held: FormValue | None = None) -> list[FormProblem]:
    document = read_schema(json.dumps(schema))
    held = held or FormValue(Fields(document), value)
    return list(problems_of(validator_of(document), held.fields, Snapshot(held.value, held.pins, held.drafts)))


@pytest.mark.parametrize(
    ("schema", "value", "sentence"),
    [
        ({"type": "integer"}, "12a", "“12a” is not a whole number."),
        ({"type": "integer"}, "12", "This is text; it has to be a whole number."),
        ({"type": "integer"}, 1.5, "This is not a whole number."),
        ({"type": ["string", "null"]}, [], "This is a list; it has to be null or text."),
        ({"enum": ["a", "b"]}, "c", "This is not one of the choices."),
        ({"const": None}, 1, "This has to be null."),
        ({"maximum": 1}, 9, "This is above the maximum of 1."),
        ({"minLength": 3}, "a", "This has 1 character; it takes at least 3."),
        ({"format": "date"}, "18.3.24", "This is not a date, such as 2024-03-18."),
        ({"minItems": 1}, [], "There are 0 items; it takes at least 1."),
        ({"uniqueItems": True}, [1, 1.0], "Two items are alike."),
        ({"anyOf": [{"const": 1}, {"const": 2}]}, 3, "This is not one of the choices."),
        ({"oneOf": [{"type": "string"}, {"minLength": 1}]}, "a",
         "This fits more than one of the alternatives, and may fit only one."),
        ({"propertyNames": {"maxLength": 1}}, {"ab": 1},
         "The key “ab” cannot stand here. This has 2 characters; it may have at most 1."),
    ],
)  # fmt: skip
def test_it_is_said_in_a_plain_sentence(schema: Any, value: Any, sentence: str) -> None:
    assert [problem.sentence for problem in problems(schema, value)] == [sentence]


def test_what_is_not_given_yet_is_told_at_its_own_place() -> None:
    schema = {"properties": {"a": {"type": "object", "required": ["b/c"]}}}
    (problem,) = problems(schema, {"a": {}})
    assert (problem.where, problem.missing) == ("/a/b~1c", True)


def test_a_key_that_is_a_number_is_told_by_its_spelling() -> None:
    (problem,) = problems({"additionalProperties": {"minItems": 1}}, {"2": [2], "01": []})
    assert problem.path == ("01",)


def test_of_a_choice_the_branch_that_is_shown_tells_what_is_wrong() -> None:
    schema = {
        "oneOf": [
            {"properties": {"kind": {"const": "a"}, "n": {"type": "integer"}}, "required": ["kind", "n"]},
            {"properties": {"kind": {"const": "b"}, "s": {"type": "string"}}, "required": ["kind", "s"]},
        ]
    }
    assert [problem.path for problem in problems(schema, {"kind": "b", "s": 1})] == [("s",)]
    held = FormValue(Fields(read_schema(json.dumps(schema))), {"kind": "b", "s": "x"})
    held.choose((), 0, 0)
    assert [(problem.path, problem.missing) for problem in problems(schema, None, held)] == [(("n",), True)]


def test_a_wrong_value_where_null_may_stand_is_told_without_the_null() -> None:
    schema = {"anyOf": [{"type": "object", "properties": {"a": {"type": "integer"}}}, {"type": "null"}]}
    assert [problem.where for problem in problems(schema, {"a": "x"})] == ["/a"]


def test_a_draft_is_told_in_place_of_what_it_will_replace() -> None:
    schema = {"properties": {"v": {"items": {}, "type": "array"}, "n": {"type": "number"}}}
    held = FormValue(Fields(read_schema(json.dumps(schema))), {"v": 1})
    held.type_json(("v",), "[1,")
    held.give(("n",))
    found = {problem.where: problem for problem in problems(schema, None, held)}
    assert found["/v"].sentence.startswith("This is not JSON yet")
    assert found["/n"].missing


@pytest.mark.parametrize("value", ["\ud800", float("nan"), 10**400])
def test_what_no_validator_can_read_is_a_problem_and_no_crash(value: Any) -> None:
    assert problems({"type": "array"}, value)


def test_nothing_is_missing() -> None:
    assert [problem.missing for problem in problems({"type": "string"}, ABSENT)] == [True]


any_value = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab1", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abk1"), inner, max_size=3),
    max_leaves=8,
)
TREE = {
    "$ref": "#/$defs/t",
    "$defs": {
        "t": {
            "anyOf": [
                {"type": "object", "properties": {"k": {"const": 1}, "a": {"$ref": "#/$defs/t"}}, "required": ["k"]},
                {"type": "object", "properties": {"k": {"const": 2}, "b": {"type": "integer"}}, "required": ["k"]},
                {"type": "array", "items": {"$ref": "#/$defs/t"}, "maxItems": 2},
                {"type": "string", "maxLength": 1},
            ]
        }
    },
}


@given(any_value)
def test_there_are_problems_exactly_where_the_schema_refuses_the_value(value: Any) -> None:
    found = problems(TREE, value)
    assert bool(found) != validator_of(read_schema(json.dumps(TREE))).is_valid(value)
