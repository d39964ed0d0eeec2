"""A text that is not JSON is told so at the place, in words; one that is, is read as the standard library reads it."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.schema.editing import Syntax
from engine.schema.problems import lint, settle
from engine.schema.problems.rules import USUAL
from engine.schema.problems.text import MOST, Reading, read


def told(text: str) -> list[tuple[str, str, str]]:
    """Return rule, sentence and the marked text of each problem."""
    syntax = Syntax(text)
    problems, _ = settle(syntax, lint(syntax).found, USUAL)
    return [(problem.rule, problem.sentence, text[problem.start : problem.end]) for problem in problems]


@pytest.mark.parametrize(
    ("text", "marked", "words"),
    [
        ("", "", "no schema yet"),
        ('{"a": 1,}', "}", "A comma stands before the closing brace."),
        ("[1,]", "]", "A comma stands before the closing bracket."),
        ("[1,,2]", ",", "a comma too many"),
        ('{"a": 1 "b": 2}', '"b"', "A comma is missing before this."),
        ('{"a" 1}', "1", "A colon is missing"),
        ('{"a": }', "}", "A value is expected here."),
        ('{"a": tru}', "tru", "A value is expected here: true."),
        ('{"a": object}', "object", "stands in double quotes"),
        ('{"a": True}', "True", "JSON spells True as true."),
        ('{"a": None}', "None", "JSON spells None as null."),
        ("{'a': 1}", "'", "double quotes"),
        ("{a: 1}", "a", "Keys stand in double quotes."),
        ('{"a": 1 // why\n}', "/", "JSON has no comments."),
        ('{"a": "x\n}', '"x', "A line break stands inside a string, which is not closed."),
        ('{"a": "x', '"x', "This string is not closed."),
        ('{"a": "x\ty"}', "\t", "control character"),
        ('{"a": "\\d"}', "\\", "A backslash cannot stand before this"),
        ('{"a": "\\u12"}', "u12", "Four hexadecimal digits"),
        ('{\n"a": [1, 2}\n', "}", "The bracket of line 2 is closed by the wrong sign."),
        ('{\n"a": {"b": 1}\n', "", "The brace of line 1 is not closed."),
        ("{} {}", "{", "The JSON ended before this."),
        ('{"a": 01}', "1", "no number as JSON spells it"),
        ('{"a": .5}', ".5", "cannot begin with a point"),
        ('{"a": +1}', "+1", "cannot begin with a plus"),
        ('{"a": NaN}', "NaN", "NaN is not JSON."),
        ('{"a": -Infinity}', "-Infinity", "-Infinity is not JSON."),
        ("\ufeff{}", "\ufeff", "byte order mark"),
        ('{"a": \0 1}', "\0", "A NUL character stands here."),
        ('{"a": "\0"}', "\0", "A NUL character stands inside a string."),
        ("\u00a0{}", "\u00a0", "U+00A0"),
    ],
)
def test_the_first_mistake_is_told_at_its_place(text: str, marked: str, words: str) -> None:
    rule, sentence, where = told(text)[0]
    assert rule == "syntax"
    assert words in sentence
    assert where == marked


def test_later_mistakes_are_told_once_a_line() -> None:
    text = '{\n"a": 1\n"b": tru,\n"c": {},\n"d": \'x\'\n}'
    syntax = Syntax(text)
    problems, _ = settle(syntax, lint(syntax).found, USUAL)
    lines = [syntax.line_column(problem.start)[0] for problem in problems]
    assert problems[0].sentence == "A comma is missing before this."
    assert lines[0] == 3
    assert len(lines) > 1
    assert lines == sorted(set(lines))


@pytest.mark.parametrize(
    ("text", "rule", "words", "marked"),
    [
        ('{"a": 1, "b": {"c": 2, "c": 3}}', "duplicate-key", 'The key "c" stands here a second time', '"c"'),
        ('{"a": 1, "a": 2, "a": 3}', "duplicate-key", "3 times in one object", '"a"'),
        ('{"minimum": -1e999}', "huge-number", "The number -1e999 is too large.", "-1e999"),
        ('{"maximum": ' + "9" * 400 + "}", "huge-number", "of 400 characters", "9" * 400),
        ('{"title": "\\ud800"}', "half-character", "in this text", '"\\ud800"'),
        ('{"\\udfffa": 1}', "half-character", "in this key", '"\\udfffa"'),
        ('{"title": "a\u202eb"}', "hidden-character", "U+202E", '"a\u202eb"'),
        ('{"a\u200b": 1}', "hidden-character", "in this key (U+200B)", '"a\u200b"'),
    ],
)
def test_what_is_read_though_json_forbids_it_is_told(text: str, rule: str, words: str, marked: str) -> None:
    (found,) = [each for each in told(text) if each[0] == rule]
    assert words in found[1]
    assert found[2] == marked


@pytest.mark.parametrize(
    "text", ['{"title": "\\ud83d\\ude00"}', '{"title": "\\\\ud800"}', '{"minimum": 1e+300}', "true"]
)
def test_what_only_looks_wrong_is_not_told(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 500, '{"a":' * 5_000, '{"not":' * 120 + "{}" + "}" * 120])
def test_what_is_nested_too_deeply_is_told_at_the_bracket_that_is(text: str) -> None:
    ((rule, _, marked),) = told(text)
    assert rule == "nesting"
    assert marked in {"[", "{"}


@pytest.mark.parametrize(
    "text",
    [
        "\0" * 100_000,
        "[" * 1_000_000 + "]" * 1_000_000,
        '"' * 200_001,
        "," * 200_000,
        '{"a":1 ' * 100_000,
        '{"a": "' + "x" * 5_000_000,
        "[" + "NaN," * 50_000 + "1]",
        "{" + ",".join(f'"\u202e{i}": "\\ud800"' for i in range(20_000)) + "}",
        "{" + ",".join('"a": 1' for _ in range(20_000)) + "}",
        '{"enum": [' + ",".join("1e999" for _ in range(20_000)) + "]}",
    ],
    ids=["nul", "brackets", "quotes", "commas", "unclosed", "line", "nan", "hidden", "twice", "huge"],
)
def test_a_hostile_text_gives_some_problems(text: str) -> None:
    assert 1 <= len(told(text)) <= 4 * MOST


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


def reading(text: str) -> Reading:
    return read(Syntax(text))


@given(value=JSON, indent=st.sampled_from([None, 2]), escaped=st.booleans())
def test_reading_agrees_with_the_standard_library(value: Any, indent: int | None, escaped: bool) -> None:
    found = reading(json.dumps(value, indent=indent, ensure_ascii=escaped))
    assert found.is_json
    assert found.value == value
    assert {each.rule for each in found.found} <= {"hidden-character"}


@given(text=st.text('{}[]",:0123456789.eE+-truefalsn \n\\', max_size=30))
def test_reading_refuses_what_the_standard_library_refuses(text: str) -> None:
    try:
        expected = json.loads(text)
    except json.JSONDecodeError:
        found = reading(text)
        assert not found.is_json
        assert found.found
    else:
        found = reading(text)
        huge = isinstance(expected, float) and math.isinf(expected)
        assert found.value == expected or found.found
        assert not huge or found.found
