from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checks import check_schema, located, read_json
from engine.errors import ConstraintUnsupported, SchemaSyntaxError


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "no schema"),
        ('{\n  "type": "object"\n  "title": "x"\n}', 3, "comma is missing"),
        ('{\n  "type": "object",\n}', 3, "comma stands before"),
        ('{\n  "type" "object"\n}', 2, "colon"),
        ('{\n  "type": "obj\n}', 2, "inside a string"),
        ('{\n  "type": object\n}', 2, "value is expected"),
        ('{"a": 1,\n "a": 2}', 2, "second time"),
        ('{\n  "type": "strng"\n}', 2, "no JSON type"),
        ('{\n "properties": {\n  "a": {"minimum": "x"}}}', 3, "number"),
        ("[1]", 1, "object"),
        ("{} {}", 1, "ended before"),
        ("[" * 500, 1, "deep"),
    ],
)
def test_an_error_stands_at_its_line(text: str, line: int, words: str) -> None:
    check = check_schema(text)
    assert not check.valid
    assert check.problems[0].line == line
    assert words in check.problems[0].message


def test_a_valid_schema_has_no_problems() -> None:
    assert check_schema('{"type": "object", "properties": {"a": {"type": ["string", "null"]}}}').valid


def test_what_the_engine_refuses_is_put_at_the_line_of_its_pointer() -> None:
    check = check_schema('{\n "properties": {\n  "a": {\n   "not": {}\n  }\n }\n}')
    refused = ConstraintUnsupported("not is not supported.", keyword="not", where="/properties/a")
    problem = located(check, refused).problems[0]
    assert (problem.line, problem.message) == (3, "not is not supported.")


def test_a_keyword_that_is_nearly_known_is_a_warning_at_its_line() -> None:
    check = check_schema('{\n "properties": {\n  "a/b": {"type": "string",\n   "maxlenght": 3}\n }\n}')
    (warning,) = check.warnings
    assert check.valid
    assert (warning.line, warning.column, warning.length) == (4, 4, len('"maxlenght"'))
    assert warning.message == 'Unknown keyword "maxlenght"; did you mean "maxLength"?'


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(value=JSON, indent=st.sampled_from([None, 2]))
def test_reading_agrees_with_the_standard_library(value: Any, indent: int | None) -> None:
    read, places, duplicates = read_json(json.dumps(value, indent=indent))
    assert read == value
    assert not duplicates
    assert "" in places


@given(text=st.text('{}[]",:0123456789.eE+-truefalsn \n\\', max_size=30))
def test_reading_refuses_what_the_standard_library_refuses(text: str) -> None:
    try:
        expected = json.loads(text)
    except json.JSONDecodeError:
        with pytest.raises(SchemaSyntaxError):
            read_json(text)
    else:
        read, _, duplicates = read_json(text)
        assert read == expected or duplicates


@pytest.mark.parametrize(
    "text", ['{"type": "%s"}', '{"required": ["%s", "%s"]}', '{"%s": 1, "%s": 2}'], ids=["type", "value", "key"]
)
def test_a_sentence_about_a_text_without_end_is_short(text: str) -> None:
    (problem,) = check_schema(text.replace("%s", "x\u202e" * 500_000)).problems
    assert len(problem.message) < 500
    assert "\u202e" not in problem.message
