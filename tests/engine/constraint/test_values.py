"""Each JSON key and value is reported once, at its place, as soon as its last character is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.constraint.values import ClosedKey, ClosedValue, ValueWatcher
from engine.errors import ConstraintUnsupported

if TYPE_CHECKING:
    from collections.abc import Iterator

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def count(value: Any) -> int:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(count(child) for child in children)


def keys_of(value: Any) -> Iterator[str]:
    for each in value if isinstance(value, dict | list) else ():
        if isinstance(value, dict):
            yield each
        yield from keys_of(value[each] if isinstance(value, dict) else each)


@given(value=json_values, size=st.integers(1, 9), escaped=st.booleans())
def test_every_value_is_reported_with_its_own_text(value: Any, size: int, escaped: bool) -> None:
    text = json.dumps(value, ensure_ascii=escaped)
    watcher = ValueWatcher()
    closed = [each for start in range(0, len(text), size) for each in watcher.feed(text[start : start + size])]
    closed += watcher.finish()
    values = [each for each in closed if isinstance(each, ClosedValue)]
    assert [json.loads(text[each.start : each.end]) for each in values] == [each.value for each in values]
    assert closed[-1] == values[-1]
    assert (values[-1].pointer, values[-1].value) == ("", value)
    assert len(values) == count(value)


@given(value=json_values, size=st.integers(1, 9), escaped=st.booleans())
def test_every_key_is_reported_with_its_own_text(value: Any, size: int, escaped: bool) -> None:
    text = json.dumps(value, ensure_ascii=escaped)
    watcher = ValueWatcher()
    closed = [each for start in range(0, len(text), size) for each in watcher.feed(text[start : start + size])]
    keys = [each for each in closed if isinstance(each, ClosedKey)]
    assert [json.loads(text[each.start : each.end]) for each in keys] == [each.key for each in keys]
    assert [each.key for each in keys] == list(keys_of(value))
    assert not any(each.again for each in keys)


def test_keys_and_values_are_reported_at_their_last_character() -> None:
    watcher = ValueWatcher()
    reports = {i: watcher.feed(character) for i, character in enumerate('{"a~/b": [10, "x"]}')}
    assert {i: [each.pointer for each in found] for i, found in reports.items() if found} == {
        6: [""],
        12: ["/a~0~1b/0"],
        16: ["/a~0~1b/1"],
        17: ["/a~0~1b"],
        18: [""],
    }


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ('{"a": 1, "b": 2}', [False, False]),
        ('{"a": 1, "a": 2}', [False, True]),
        ('{"a": 1, "\\u0061": 2}', [False, True]),
        ('{"a": {"a": 1}, "b": [{"a": 1}, {"a": 1}]}', [False, False, False, False, False]),
        ('{"a": {"b": 1, "b": 1}, "b": 1}', [False, False, True, False]),
    ],
)
def test_a_key_is_known_again_in_its_own_object_only(text: str, again: list[bool]) -> None:
    assert [each.again for each in ValueWatcher().feed(text) if isinstance(each, ClosedKey)] == again


def test_an_item_comes_with_the_items_before_it() -> None:
    closed = ValueWatcher().feed('{"a": [1, [2], 3]}')
    before = {each.pointer: each.before for each in closed if isinstance(each, ClosedValue)}
    assert before == {"/a/0": (), "/a/1/0": (), "/a/1": (1,), "/a/2": (1, [2]), "/a": None, "": None}


def test_an_answer_nested_without_end_is_refused_by_name() -> None:
    with pytest.raises(ConstraintUnsupported, match="levels deep"):
        ValueWatcher().feed("[" * 10_000)


def test_a_number_of_more_digits_than_anybody_reads_is_infinite() -> None:
    (closed,) = (value for value in ValueWatcher().feed("[" + "9" * 5_000 + ",") if isinstance(value, ClosedValue))
    assert closed.value == float("inf")
