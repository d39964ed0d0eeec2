"""Each JSON value is reported once, at its place, as soon as its last character is there."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.constraint.values import ValueWatcher

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def count(value: Any) -> int:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(count(child) for child in children)


@given(value=json_values, size=st.integers(1, 9), escaped=st.booleans())
def test_every_value_is_reported_with_its_own_text(value: Any, size: int, escaped: bool) -> None:
    text = json.dumps(value, ensure_ascii=escaped)
    watcher = ValueWatcher()
    closed = [each for start in range(0, len(text), size) for each in watcher.feed(text[start : start + size])]
    closed += watcher.finish()
    assert [json.loads(text[each.start : each.end]) for each in closed] == [each.value for each in closed]
    assert closed[-1].pointer == ""
    assert closed[-1].value == value
    assert len(closed) == count(value)


def test_a_value_is_reported_at_its_last_character() -> None:
    watcher = ValueWatcher()
    reports = {i: watcher.feed(character) for i, character in enumerate('{"a~/b": [10, "x"]}')}
    assert {i: [each.pointer for each in found] for i, found in reports.items() if found} == {
        12: ["/a~0~1b/0"],
        16: ["/a~0~1b/1"],
        17: ["/a~0~1b"],
        18: [""],
    }
