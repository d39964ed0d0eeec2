"""A value that breaks the schema is found as soon as it closes, and named by its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.constraint.residual import Residual, Violation
from engine.constraint.values import ValueWatcher
from engine.schema.document import read_schema

EVERYTHING = frozenset({"contains", "format", "minProperties", "not", "pattern", "propertyNames", "uniqueItems"})


def first_fault(schema: Any, text: str, checked: frozenset[str] = EVERYTHING) -> tuple[str, Violation] | None:
    """Write a text letter by letter; return how far it came until a fault was found, and the fault."""
    residual, watcher = Residual(read_schema(json.dumps(schema)), checked), ValueWatcher()
    for index, character in enumerate(text):
        for closed in watcher.feed(character):
            found = residual.violation(closed)
            if found is not None:
                return text[: index + 1], found
    for closed in watcher.finish():
        found = residual.violation(closed)
        if found is not None:
            return text, found
    return None


def words(*names: str) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": "string", "not": {"const": "no"}} for name in names}}


@pytest.mark.parametrize(
    ("schema", "text", "written", "pointer", "span"),
    [
        (words("a"), '{"a": "no", "b": 1}', '{"a": "no"', "/a", '"no"'),
        ({"properties": {"a/b": words("c~d")}}, '{"a/b": {"c~d": "no"}}', '{"a/b": {"c~d": "no"', "/a~1b/c~0d", '"no"'),
        ({"type": "array", "items": {"not": {"const": 2}}}, "[1, 2, 3]", "[1, 2,", "/1", "2"),
        ({"type": "array", "prefixItems": [{}, {"not": {"const": 2}}]}, "[2, 2]", "[2, 2]", "/1", "2"),
        ({"type": "array", "items": [{}], "additionalItems": {"not": {"const": 2}}}, "[2, 2]", "[2, 2]", "/1", "2"),
        ({"additionalProperties": {"not": {"const": 2}}}, '{"x": 1, "y": 2}', '{"x": 1, "y": 2}', "/y", "2"),
        ({"patternProperties": {"^a": {"not": {"const": 2}}}}, '{"b": 2, "a": 2}', '{"b": 2, "a": 2}', "/a", "2"),
        ({"allOf": [words("a")]}, '{"a": "no"}', '{"a": "no"', "/a", '"no"'),
        ({"$ref": "#/$defs/x", "$defs": {"x": words("a")}}, '{"a": "no"}', '{"a": "no"', "/a", '"no"'),
        ({"items": {"type": "string", "format": "date"}}, '["2023-02-30"]', '["2023-02-30"', "/0", '"2023-02-30"'),
        ({"type": "integer", "not": {"const": 2}}, "2", "2", "", "2"),
        ({"type": "array", "contains": {"const": 2}}, "[1, [2]]", "[1, [2]]", "", "[1, [2]]"),
    ],
)  # fmt: skip
def test_a_fault_is_found_when_its_value_closes_and_named_by_its_place(
    schema: Any, text: str, written: str, pointer: str, span: str
) -> None:
    found = first_fault(schema, text)
    assert found is not None
    assert found[0] == written
    violation = found[1]
    assert violation.pointer == pointer
    assert text[violation.start : violation.end] == span
    assert violation.message


def test_a_fault_deep_in_a_value_is_named_where_it_is_though_it_is_found_further_out() -> None:
    schema = {
        "type": "object",
        "if": {"properties": {"kind": {"const": "x"}}},
        "then": {"properties": {"size": {"maximum": 3}}},
    }
    found = first_fault(schema, '{"kind": "x", "size": 4}')
    assert found is not None
    assert found[1].pointer == "/size"
    assert (found[1].start, found[1].end) == (0, 24)


@pytest.mark.parametrize(
    ("text", "written", "pointer"),
    [
        ('{"a": [1, 2, 1, 3]}', '{"a": [1, 2, 1,', "/a/2"),
        ('{"a": ["x", "x"]}', '{"a": ["x", "x"', "/a/1"),
        ('{"a": [{"p": 1, "q": 2}, {"q": 2, "p": 1}]}', '{"a": [{"p": 1, "q": 2}, {"q": 2, "p": 1}', "/a/1"),
        ('{"a": [1, 1.0]}', '{"a": [1, 1.0]', "/a/1"),
        ('{"a": [[], [1], []', '{"a": [[], [1], []', "/a/2"),
    ],
)
def test_a_duplicate_is_found_at_the_item_and_not_when_the_array_closes(text: str, written: str, pointer: str) -> None:
    found = first_fault({"properties": {"a": {"type": "array", "uniqueItems": True}}}, text)
    assert found is not None
    assert (found[0], found[1].pointer) == (written, pointer)
    assert "already" in found[1].message


@pytest.mark.parametrize("text", ["[1, true, 0, false]", '[1, "1", [1], {"a": 1}]', '[{"a": 1}, {"a": 2}]', "[[1], 1]"])
def test_values_that_only_look_alike_are_no_duplicates(text: str) -> None:
    assert first_fault({"type": "array", "uniqueItems": True}, text) is None


def test_duplicates_are_free_where_nobody_forbids_them() -> None:
    schema = {"properties": {"a": {"uniqueItems": True, "items": {"type": "array"}}, "b": {"uniqueItems": False}}}
    assert first_fault(schema, '{"a": [[1, 1], [1]], "b": [1, 1], "c": [1, 1]}') is None


def test_a_key_that_stands_there_already_is_a_fault_even_where_nothing_else_is_checked() -> None:
    found = first_fault({"type": "object"}, '{"a": 1, "b": {"a": 1, "c": 2, "a": 3}}', frozenset())
    assert found is not None
    written, violation = found
    assert written == '{"a": 1, "b": {"a": 1, "c": 2, "a"'
    assert (violation.pointer, '"a"' in violation.message) == ("/b", True)


def test_a_key_that_may_not_be_is_found_before_its_value() -> None:
    schema = {"type": "object", "propertyNames": {"pattern": "^(?!x)"}}
    found = first_fault(schema, '{"ax": 1, "xa": 2}')
    assert found is not None
    assert found[0] == '{"ax": 1, "xa"'
    assert found[1].pointer == ""


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"anyOf": [words("a"), {"required": ["b"]}]}, '{"a": "no", "b": 1}'),
        ({"oneOf": [words("a"), {"required": ["b"]}]}, '{"a": "no", "b": 1}'),
        ({"if": {"required": ["b"]}, "else": words("a")}, '{"a": "no", "b": 1}'),
        ({"not": {"required": ["b"], **words("a")}}, '{"a": "no", "b": 1}'),
        ({"dependentSchemas": {"b": words("a")}}, '{"a": "no"}'),
        ({"contains": words("a")}, '[{"a": "no"}, {"a": "yes"}]'),
    ],
)
def test_what_holds_under_a_condition_only_is_no_fault_while_the_choice_is_open(schema: Any, text: str) -> None:
    assert first_fault(schema, text) is None


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"anyOf": [words("a"), {"required": ["b"]}]}, '{"a": "no"}'),
        ({"dependentSchemas": {"b": words("a")}}, '{"a": "no", "b": 1}'),
        ({"contains": words("a")}, '[{"a": "no"}]'),
    ],
)
def test_what_holds_under_a_condition_is_checked_where_the_condition_is_known(schema: Any, text: str) -> None:
    found = first_fault(schema, text)
    assert found is not None
    assert found[0] == text


def test_a_schema_that_refers_to_itself_is_checked_at_every_depth() -> None:
    schema = {"type": "object", "properties": {"v": {"not": {"const": 0}}, "n": {"$ref": "#"}}}
    found = first_fault(schema, '{"v": 1, "n": {"v": 2, "n": {"v": 0}}}')
    assert found is not None
    assert found[1].pointer == "/n/n/v"


@pytest.mark.parametrize(
    ("schema", "text", "written"),
    [
        ({"properties": {"a": {"type": "integer"}}}, '{"a": "x", "b": 1}', '{"a": "x"'),
        ({"patternProperties": {"^a": {"items": {"maxLength": 1}}}}, '{"a": ["x", "yy", "z"]}', '{"a": ["x", "yy"'),
        ({"properties": {"a": {"properties": {"b": {"minimum": 3}}}}}, '{"a": {"b": 2, "c": 1}}', '{"a": {"b": 2,'),
    ],
)
def test_what_hangs_on_a_keyword_that_the_mask_lost_is_checked_as_it_closes(
    schema: Any, text: str, written: str
) -> None:
    found = first_fault(schema, text, frozenset({"properties", "patternProperties"}))
    assert found is not None
    assert found[0] == written


def test_contains_is_checked_as_soon_as_its_array_closes() -> None:
    schema = {"properties": {"a": {"items": {"contains": {"const": 1}}}}}
    found = first_fault(schema, '{"a": [[1], [2], [3]], "b": 1}')
    assert found is not None
    assert (found[0], found[1].pointer) == ('{"a": [[1], [2]', "/a/1")


def test_only_text_that_a_check_could_withdraw_is_provisional() -> None:
    document = read_schema('{"type": "object"}')
    assert not Residual(document, frozenset()).provisional
    assert Residual(document, frozenset({"not"})).provisional


def test_values_under_keys_that_can_run_out_may_be_withdrawn() -> None:
    keys = {"type": "object", "patternProperties": {"^[ab]$": {"type": "integer"}}, "additionalProperties": False}
    assert Residual(read_schema(json.dumps(keys)), frozenset()).provisional
    named = {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False}
    assert not Residual(read_schema(json.dumps(named)), frozenset()).provisional


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        (True, '{"a": [1, -1e400, 2]}'),
        ({"type": "array"}, "[1e400]"),
        ({"type": "number"}, "1e400"),
        ({"minimum": 3}, '{"a": 1e999}'),
    ],
)
@pytest.mark.parametrize("checked", [frozenset[str](), EVERYTHING])
def test_a_number_beyond_doubles_is_found_whatever_else_is_checked(
    schema: Any, text: str, checked: frozenset[str]
) -> None:
    found = first_fault(schema, text, checked)
    assert found is not None
    assert "e" in text[found[1].start : found[1].end]
    assert found[1].message == "this number is too large to be read"
