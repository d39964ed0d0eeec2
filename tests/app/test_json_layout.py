from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.models.json_layout import JsonLayout

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(value=JSON, cut=st.integers(0, 200))
def test_laying_out_keeps_the_value_and_does_not_depend_on_the_pieces(value: Any, cut: int) -> None:
    text = json.dumps(value)
    whole = JsonLayout().feed(text)
    pieces = JsonLayout()
    assert pieces.feed(text[:cut]) + pieces.feed(text[cut:]) == whole
    assert json.loads(whole) == value


def test_items_of_an_array_stay_on_their_lines() -> None:
    text = '{"a": [{"b": 1.50, "c": []}, {"b": 2}], "d": {}, "e": [1,2]}'
    assert JsonLayout().feed(text) == (
        '{\n  "a": [\n    {"b": 1.50, "c": []},\n    {"b": 2}\n  ],\n  "d": {},\n  "e": [1, 2]\n}'
    )
