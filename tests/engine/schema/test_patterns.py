"""Patterns as people write them are spelled so that every engine reads them alike."""

from __future__ import annotations

import json
import re

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.schema.document import as_declared, read_schema
from engine.schema.patterns import fault, spell


@pytest.mark.parametrize(
    ("pattern", "spelled"),
    [
        (r"^[\w-.]+$", r"^[\w\-.]+$"),
        (r"[a-\d]", r"[a\-\d]"),
        (r"[\s--/]", r"[\s\-\-/]"),
        (r"[\\-\w]", r"[\\\-\w]"),
        (r"[\p{L}-_]", r"[\p{L}\-_]"),
        (r"^{[a-z]+}$", r"^\{[a-z]+\}$"),
        (r"\${a}", r"\$\{a\}"),
        ("a{}", r"a\{\}"),
        (r"\<[\<]\>", "<[<]>"),
        ("a[^]b", r"a[\s\S]b"),
        ("[^]*[a-c]", r"[\s\S]*[a-c]"),
        ("[]", r"[^\s\S]"),
    ],
)
def test_what_annex_b_allows_is_said_plainly(pattern: str, spelled: str) -> None:
    assert spell(pattern) == spelled


@pytest.mark.parametrize(
    "pattern",
    [
        r"[\w-]", r"[-\w]", "[a-z]", "[+--]", "[--/]", "[{}]", "a{1,2}b{3}c{4,}?", r"\p{L}{2}", r"\u{41}", r"\\<",
        "(?<n>a)", r"\{\}", "(?<=a)b", "[a", "[]a]", "[^]]", "a\\", "(a", "a{,3}", "",
    ],
)  # fmt: skip
def test_other_patterns_are_left_alone(pattern: str) -> None:
    assert spell(pattern) == pattern


@pytest.mark.parametrize(
    ("pattern", "words"),
    [("a{,3}", "{,3}"), (r"^\e$", r"\\e"), (r"[\e]", r"\\e"), (r"a\Z", r"\\Z")],
)
def test_what_other_engines_know_and_this_dialect_does_not_is_named(pattern: str, words: str) -> None:
    found = fault(pattern)
    assert found is not None
    assert found[0].startswith(f'"{words}"')


@pytest.mark.parametrize("pattern", [r"\d\p{L}\u{1b}\x1b\cA\.\-", "a{0,3}b{2,}", r"\{,3\}", "[{,3}]", "("])
def test_what_is_no_such_thing_is_not_named(pattern: str) -> None:
    assert fault(pattern) is None


pieces = st.sampled_from([*r"a\\d[]{}-^$|<>(),1?*+", r"\w", r"\<", "[a-", r"[\s-", "]", "{2}"])
plain = st.sampled_from(["a", "<", "-", "{", "}", r"\<", r"\-", "[a-c]", "[-a]", "[<-]", "b?", "a{2}"])


@given(pattern=st.lists(pieces).map("".join))
def test_spelling_changes_nothing_that_is_spelled_already(pattern: str) -> None:
    assert spell(spell(pattern)) == spell(pattern)


@given(pattern=st.lists(plain).map("".join), text=st.text(alphabet="abc<>-{}", max_size=6))
def test_a_spelled_pattern_matches_what_python_matches(pattern: str, text: str) -> None:
    pattern = f"^{pattern}$"
    validator = jsonschema_rs.Draft202012Validator({"pattern": spell(pattern)})
    assert validator.is_valid(text) == (re.search(pattern, text) is not None)


def test_validators_are_given_the_spelled_patterns_at_a_known_place() -> None:
    schema = {"patternProperties": {"^{/": {"type": "string", "pattern": "{"}}, "properties": {"{": {"pattern": "b"}}}
    document = read_schema(json.dumps(schema))
    assert isinstance(document.declared, dict)
    assert document.declared["patternProperties"] == {r"^\{/": {"type": "string", "pattern": r"\{"}}
    assert document.root == schema
    assert as_declared("/patternProperties/^{~1") == r"/patternProperties/^\{~1"
    assert as_declared("/properties/{") == "/properties/{"
