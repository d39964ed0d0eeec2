from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from engine.schema.editing import Kind, Syntax
from engine.schema.pointer import to_pointer

_TEXT = '{"a": [1, {"b/c": "x]y"}], "d": {}}'
_SYNTAX = Syntax(_TEXT)
_VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES, st.sampled_from([None, 2]))
def test_each_value_is_found_at_each_of_its_places(value: object, indent: int | None) -> None:
    syntax = Syntax(json.dumps(value, indent=indent))

    def check(path: tuple[str | int, ...], here: object) -> None:
        pointer = to_pointer(path)
        node = syntax.find(pointer)
        assert node is not None
        member = syntax.find_member(pointer)
        if member is None or member.value.start == node.start:  # not for a key that is repeated
            assert syntax.pointer_at(node.start) == pointer
            assert syntax.pointer_at(node.end) == pointer
            assert not path or [value.start for _, value in syntax.path_at(node.start)][-1] == node.start
        for key, inner in here.items() if isinstance(here, dict) else enumerate(here) if isinstance(here, list) else ():
            check((*path, key), inner)

    check((), value)


def test_an_item_is_counted_though_others_are_broken() -> None:
    assert Syntax("[1, , 2, 3]").pointer_at(9) == "/2"
    assert Syntax('{"a": [1 2, 3]}').pointer_at(12) == "/a/1"


def test_what_a_place_is_in_is_found() -> None:
    around = _SYNTAX.holder_at(_TEXT.index("b/c"))
    assert around is not None
    assert (around.kind, around.text) == (Kind.OBJECT, '{"b/c": "x]y"}')
    assert _SYNTAX.holder_at(0) is None
    assert _SYNTAX.holder_at(len(_TEXT)) is None


def test_holders_are_those_that_begin_in_a_span() -> None:
    first = _TEXT.index("[")
    assert [node.start for node in _SYNTAX.holders(first, first)] == [first]
    assert [node.start for node in _SYNTAX.holders(0, len(_TEXT))] == [0, 6, 10, 32]


def test_brackets_are_matched_and_those_in_strings_are_none() -> None:
    assert _SYNTAX.brackets_at(0) == (0, len(_TEXT) - 1)
    assert _SYNTAX.brackets_at(_TEXT.index("],") + 1) == (6, _TEXT.index("],"))
    assert _SYNTAX.brackets_at(_TEXT.index("]y")) is None
    assert _SYNTAX.brackets_at(3) is None


def test_a_string_is_found_from_within() -> None:
    start = _TEXT.index('"x]y"')
    assert _SYNTAX.string_at(start + 2) == (start, start + 5)
    assert _SYNTAX.string_at(start) is None
    assert _SYNTAX.string_at(start + 5) is None
    assert _SYNTAX.string_at(5) is None
