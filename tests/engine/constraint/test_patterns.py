"""A pattern is said without its assertions: exactly where that can be, else wider, and never narrower."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.constraint.patterns import is_torn, share_a_match, spoken
from engine.schema.patterns import finds

TEXTS = ["".join(letters) for length in range(6) for letters in itertools.product("ab-", repeat=length)]
TEXTS += ["a\nb", "-\nab", "\nab", "ab\n-"]

words = st.sampled_from(["a", "ab", "b", "-", "aa", "[ab]", "[^a]", "[-b]", ".", "a*", "(?:ab|b)", "b{2}", "\\-"])
bodies = st.sampled_from(["a", "ab", "ab|b", "a$", "ab$|b", "$", "[ab]", "[^a]", "[b-]|a", "[ab]*$", "a+$", ".*a",
                          ".*bb", ".*[-a]{2}", ".*b$", "a.", "(?!a)b", "\\-", ".*\\-\\-", "a|-"])  # fmt: skip
looks = st.builds("({}{})".format, st.sampled_from(["?=", "?!"]), bodies)
behinds = st.builds("({}{})".format, st.sampled_from(["?<=", "?<!"]), st.sampled_from(["a", "ab", "[ab]", "[^-]", "-"]))
parts = st.one_of(words, words, looks, behinds, st.builds("(?:{}{})*".format, looks, words), st.just("\\b"))
patterns = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["^", ""]),
    looks | st.just(""),
    st.lists(parts, max_size=3).map("".join),
    behinds | st.just(""),
    st.sampled_from(["$", ""]),
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(pattern=patterns | st.builds("{}|{}".format, patterns, patterns))
def test_what_is_said_allows_each_match_and_where_it_is_exact_no_other_text(pattern: str) -> None:
    said = spoken(pattern)
    assume(said is not None)
    assert said is not None
    for text in TEXTS:
        meant = re.search(pattern, text) is not None
        allowed = all(re.search(part, text) for part in said.parts)
        assert allowed >= meant, text
        if said.exact:
            assert allowed == meant, text


@pytest.mark.parametrize(
    "pattern",
    [
        "^(?=.*[0-9])(?=.*[a-z])[a-z0-9]{2,4}$", "^(?!foo)[a-z]+$", "^(?!a)", "^(?!foo$|bar)b", "^(?!\\s*$).+",
        "^(?!-)[a-z-]+(?<!-)$", "^[a-z]+$(?<!-)", "^(?!.*--)[a-z-]+$", "^(?!.*[-_]{2})x", "^(?!.*\\.)x", "^(?![-.])x",
        "^(?!\\d+$)[a-z0-9]+$", "^x(?<=a|x)$", "^(?!$)", "[a&&b]",
    ],
)  # fmt: skip
def test_an_assertion_at_an_end_is_said_exactly(pattern: str) -> None:
    said = spoken(pattern)
    assert said is not None
    assert said.exact


@pytest.mark.parametrize(
    ("pattern", "wider"),
    [
        ("a\\b", "a"), ("^a(?!b)c$", "^ac$"), ("^((?!foo).)*$", "^(?:.)*$"), ("(?!a)b|c", "b|c"),
        ("^(?:(?!-)[a-z-]{1,3}(?<!-)\\.)+$", "^(?:[a-z-]{1,3}\\.)+$"), ("x(?=a)*y", "xy"), ("^(?=a(?!b))a", "^a"),
    ],
)  # fmt: skip
def test_any_other_assertion_is_left_out(pattern: str, wider: str) -> None:
    said = spoken(pattern)
    assert said is not None
    assert (said.parts[0].replace("\\-]", "-]"), said.exact) == (wider, False)


@pytest.mark.parametrize("pattern", [r"^(a|b)\1$", "(?>a|ab)c", r"(?P<x>a)(?P=x)", "(", "*a"])
def test_what_looks_at_what_was_taken_is_not_said(pattern: str) -> None:
    assert spoken(pattern) is None


@pytest.mark.parametrize(("pattern", "text", "found"), [("b", "abc", True), ("^b", "ab", False), (r"\p{L}", "é", True),
                                                        ("^(?!a)", "ab", False), (r"^\d$", "٣", False)])  # fmt: skip
def test_a_pattern_is_searched_for_as_the_validators_do(pattern: str, text: str, found: bool) -> None:
    assert finds(pattern, text) is found


@pytest.mark.parametrize(
    ("given_patterns", "shared"),
    [(["^a", "^b"], False), (["^a", "b$"], True), (["^a$", "^a"], True), (["^x-", "^[0-9]+$", "^y"], False)],
)
def test_patterns_that_a_text_may_match_at_once_are_told(given_patterns: list[str], shared: bool) -> None:
    assert share_a_match(frozenset(given_patterns)) is shared


@pytest.mark.parametrize("pattern", ["a^b", "a$b", "^a$b|c^", "(?:^a|^b)+c^", "x(?:a^b)y", "a{1,3}^", "[ab]^c$"])
def test_an_anchor_that_never_holds_is_seen(pattern: str) -> None:
    assert is_torn(pattern)


@pytest.mark.parametrize(
    "pattern", ["^a$", "a*^b", "a?^", "(?:a|)^b", "a{0,2}^b", "^a|b$", "x(?:a^b)?y", "$^", "a\\^b", "[a^]b"]
)
def test_an_anchor_that_may_hold_is_left_alone(pattern: str) -> None:
    assert not is_torn(pattern)
