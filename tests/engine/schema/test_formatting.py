from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EditRefused
from engine.schema.editing.edits import apply
from engine.schema.editing.formatting import formatted
from engine.schema.editing.layout import Style, write

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=30,
)


def _formatted(text: str, style: Style | None = None) -> str:
    return apply(text, formatted(text, style))


@given(_VALUES, st.sampled_from([None, 1, 4, "\t"]), st.booleans(), st.booleans())
def test_it_lays_out_as_values_are_written(
    value: object, indent: int | str | None, objects: bool, arrays: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    style = replace(Style(), objects=objects, arrays=arrays)
    assert _formatted(text, style) == write(value, style)


@given(_VALUES)
def test_laying_out_twice_changes_nothing_more(value: object) -> None:
    once = _formatted(json.dumps(value))
    assert formatted(once) == ()


def test_spelling_order_and_repeated_keys_stay() -> None:
    text = '{"b":1e5,"a":"\\u00e9\\/", "b" :\n\n 1.0}'
    assert _formatted(text, Style(objects=False)) == '{\n  "b": 1e5,\n  "a": "\\u00e9\\/",\n  "b": 1.0\n}'


def test_indent_and_line_ends_are_the_texts_own() -> None:
    text = '{\r\n\t"a": [{"b": [{"c": 1}]}],\r\n\t"d": {}\r\n}\r\n'
    assert _formatted(text).splitlines(keepends=True)[:2] == ["{\r\n", '\t"a": [\r\n']
    assert _formatted(text).endswith("}\r\n")


def test_edits_are_of_blanks_alone() -> None:
    text = '{"a":  1,"b":[ ]}'
    assert all(not (text[edit.start : edit.end] + edit.text).strip() for edit in formatted(text))


@pytest.mark.parametrize("text", ['{"a": 1', "{]", "}", '{"a\n": 1}', '"a', "[1] /* note */ ]"])
def test_what_is_not_json_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(EditRefused) as refused:
        formatted(text)
    assert refused.value.where is not None


def test_hostile_nesting_is_refused() -> None:
    with pytest.raises(EditRefused):
        formatted("[" * 100_000 + "]" * 100_000)
