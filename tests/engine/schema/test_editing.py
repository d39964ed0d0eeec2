"""A schema is edited as text or by operations; what is not edited stays as it is, byte for byte."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EditRefused
from engine.schema.editing import (
    Change,
    Copy,
    Edit,
    EditableSchema,
    Insert,
    Kind,
    Move,
    Operation,
    Raw,
    Remove,
    Rename,
    Set,
    Syntax,
)
from engine.schema.pointer import escape, unescape

INVOICE = """{
  "type": "object",
  "required": ["vendor",   "total"],
  "properties": {
    "vendor": { "type": "string",
      "x-mine": [1,2 , 3] },
    "total": { "type": "number", "minimum": 0 }
  }
}
"""

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)
TEXTS = st.builds(
    lambda value, indent, ascii_only, crlf: json.dumps(value, indent=indent, ensure_ascii=ascii_only).replace(
        "\n", "\r\n" if crlf else "\n"
    ),
    VALUES,
    st.sampled_from([None, 1, 2, 4, "\t"]),
    st.booleans(),
    st.booleans(),
)


def edited(text: str, *operations: Operation) -> str:
    schema = EditableSchema(text)
    schema.apply(*operations, label="test")
    return schema.text


def pointers(value: Any, here: str = "") -> list[str]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(found for key, each in inside for found in pointers(each, f"{here}/{escape(str(key))}"))]


def at(value: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        value = value[int(token)] if isinstance(value, list) else value[unescape(token)]
    return value


def put(holder: Any, index: int | None, key: str | None, value: Any) -> None:
    """Do to plain Python values what `Insert` does to a text."""
    if isinstance(holder, list):
        holder.insert(len(holder) if index is None else index, value)
        return
    if key is None or key in holder or not isinstance(holder, dict):
        raise KeyError(key)
    pairs = list(holder.items())
    pairs.insert(len(pairs) if index is None else index, (key, value))
    holder.clear()
    holder.update(pairs)


def expected(value: Any, operation: Operation) -> Any:
    """Return what an operation makes of plain values; raises where it cannot be done."""
    value = copy.deepcopy(value)
    match operation:
        case Set(pointer, new):
            if not pointer:
                return new
            holder = at(value, pointer.rpartition("/")[0])
            token = pointer.rpartition("/")[2]
            holder[int(token) if isinstance(holder, list) else unescape(token)] = new
        case Insert(parent, index, new, key):
            put(at(value, parent), index, key, new)
        case Remove(pointer):
            take(value, pointer)
        case Rename(pointer, key):
            if not pointer:
                raise KeyError(pointer)
            holder = at(value, pointer.rpartition("/")[0])
            old = unescape(pointer.rpartition("/")[2])
            if not isinstance(holder, dict) or (key in holder and key != old):
                raise KeyError(key)
            pairs = [(key if each == old else each, inner) for each, inner in holder.items()]
            holder.clear()
            holder.update(pairs)
        case Copy(pointer, parent, index, key):
            if not pointer:
                raise KeyError(pointer)
            put(at(value, parent), index, naming(value, pointer, key), copy.deepcopy(at(value, pointer)))
        case Move(pointer, parent, index, key):
            if parent == pointer or parent.startswith(pointer + "/"):
                raise KeyError(parent)
            name = naming(value, pointer, key)
            into, within = at(value, parent), parent == pointer.rpartition("/")[0]
            moved = take(value, pointer)
            put(into, index, unescape(pointer.rpartition("/")[2]) if within else name, moved)
    return value


def naming(value: Any, pointer: str, key: str | None) -> str | None:
    if key is not None or isinstance(at(value, pointer.rpartition("/")[0]), list):
        return key
    return unescape(pointer.rpartition("/")[2])


def take(value: Any, pointer: str) -> Any:
    if not pointer:
        raise KeyError(pointer)
    holder = at(value, pointer.rpartition("/")[0])
    token = pointer.rpartition("/")[2]
    return holder.pop(int(token) if isinstance(holder, list) else unescape(token))


@st.composite
def operations(draw: st.DrawFn, value: Any) -> Operation:
    places = pointers(value)
    place, parent = draw(st.sampled_from(places)), draw(st.sampled_from(places))
    index = draw(st.none() | st.integers(0, 4))
    key = draw(st.none() | st.text(max_size=2))
    new = draw(VALUES)
    return draw(
        st.sampled_from(
            [
                Set(place, new),
                Insert(parent, index, new, key),
                Remove(place),
                Rename(place, key or ""),
                Copy(place, parent, index, key),
                Move(place, parent, index, key),
            ]
        )
    )


@given(TEXTS, st.data())
@settings(max_examples=150, deadline=None)
def test_any_operations_do_to_the_text_what_they_say_and_undoing_them_all_gives_the_first_bytes(
    text: str, data: st.DataObject
) -> None:
    schema = EditableSchema(text)
    for _ in range(8):
        before = schema.syntax.root.value()  # type: ignore[union-attr]
        operation = data.draw(operations(before))
        try:
            wanted = expected(before, operation)
        except (KeyError, IndexError, TypeError, ValueError):
            with pytest.raises(EditRefused):
                schema.apply(operation, label="test")
            continue
        schema.apply(operation, label="test")
        assert json.dumps(json.loads(schema.text)) == json.dumps(wanted)
    assert Syntax(schema.text) == schema.syntax
    last = schema.text
    while schema.undo():
        pass
    assert schema.text == text
    while schema.redo():
        pass
    assert schema.text == last


@given(
    TEXTS, st.lists(st.tuples(st.integers(0, 300), st.integers(0, 6), st.text('"{}[]:, \n\\ae+-1é😀\0', max_size=3)))
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_the_tree_is_that_of_the_text_and_all_of_it_can_be_undone(
    text: str, typed: list[tuple[int, int, str]]
) -> None:
    schema = EditableSchema(text)
    for place, length, letters in typed:
        start = min(place, len(schema.text))
        schema.type(start, min(start + length, len(schema.text)), letters)
        assert Syntax(schema.text) == schema.syntax
        assert schema.good.sound
    while schema.undo():
        pass
    assert schema.text == text


@pytest.mark.parametrize(
    ("operation", "old", "new"),
    [
        (Set("/properties/total/minimum", 1), '"minimum": 0', '"minimum": 1'),
        (Rename("/properties/total", "sum"), '"total": {', '"sum": {'),
        (Remove("/properties/total/minimum"), '"number", "minimum": 0 }', '"number" }'),
        (Remove("/required/0"), '["vendor",   "total"]', '["total"]'),
        (
            Insert("/properties/total", None, True, "nullable"),
            '"minimum": 0 }',
            '"minimum": 0, "nullable": true }',
        ),
        (
            Insert("/properties", 1, {"type": "string", "format": "date"}, "issued"),
            '    "total": {',
            '    "issued": { "type": "string", "format": "date" },\n    "total": {',
        ),
        (Set("/required", ["vendor", "issued", "total"]), '["vendor",   "total"]', '["vendor",   "issued",   "total"]'),
        (Insert("", None, {}, "$defs"), "  }\n}\n", '  },\n  "$defs": {}\n}\n'),
    ],
)
def test_an_operation_changes_only_its_own_span(operation: Operation, old: str, new: str) -> None:
    assert INVOICE.count(old) == 1
    assert edited(INVOICE, operation) == INVOICE.replace(old, new)


def test_what_is_moved_keeps_how_it_is_written_behind_the_margin_of_its_new_place() -> None:
    text = edited(INVOICE, Insert("", None, {}, "$defs"), Move("/properties/vendor", "/$defs", None, "party"))
    assert '    "party": { "type": "string",\n      "x-mine": [1,2 , 3] }\n' in text
    assert edited(text, Move("/$defs/party", "/properties", 0, "vendor"), Remove("/$defs")) == INVOICE


def test_a_text_in_one_line_stays_in_one_line() -> None:
    assert edited('{"a":1,"b":[]}', Insert("/b", None, {"c": [1, 2]})) == '{"a":1,"b":[{"c":[1,2]}]}'


def test_a_text_of_windows_keeps_its_line_ends() -> None:
    text = edited('{\r\n  "a": 1\r\n}', Insert("", None, {"deep": {"deeper": {"deepest": [1]}}}, "b"))
    assert "\n" not in text.replace("\r\n", "")


def test_keys_that_stand_twice_are_both_kept_and_either_can_be_removed() -> None:
    text = '{"a": 1, "b": 2, "a": 3}'
    assert [member.key for member in Syntax(text).root.members()] == ["a", "b", "a"]  # type: ignore[union-attr]
    assert edited(text, Set("/b", 4)) == '{"a": 1, "b": 4, "a": 3}'
    assert edited(text, Remove("/a", 0)) == '{"b": 2, "a": 3}'
    assert edited(text, Remove("/a", 1)) == '{"a": 1, "b": 2}'


@pytest.mark.parametrize(
    "operation",
    [
        Remove(""),
        Remove("/nothing"),
        Remove("/a/9"),
        Rename("/a/0", "x"),
        Rename("/b", "a"),
        Insert("/b", None, 1, "x"),
        Insert("", None, 1, "a"),
        Insert("", None, 1),
        Move("/a", "/a"),
        Insert("", None, Raw("{"), "x"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_has_changed(operation: Operation) -> None:
    schema = EditableSchema('{"a": [1], "b": 2}')
    with pytest.raises(EditRefused):
        schema.apply(Set("/b", 3), operation, label="test")
    assert schema.text == '{"a": [1], "b": 2}'
    assert schema.undo_label is None


def test_a_broken_text_leaves_the_tree_at_its_last_good_state() -> None:
    schema = EditableSchema('{"a": 1}')
    schema.type(6, 7, "")
    assert schema.stale
    assert schema.good.text == '{"a": 1}'
    with pytest.raises(EditRefused, match="line 1, column"):
        schema.apply(Set("/a", 2), label="test")
    schema.type(6, 6, "2")
    assert not schema.stale
    assert schema.good.find("/a").value() == 2  # type: ignore[union-attr]


def test_letters_typed_in_a_burst_are_undone_together_and_a_pause_begins_another() -> None:
    now = 0.0
    schema = EditableSchema('{"": 1}', clock=lambda: now)
    for place, letter in enumerate("name"):
        schema.type(2 + place, 2 + place, letter)
    now = 5.0
    schema.type(6, 6, "s")
    schema.undo()
    assert schema.text == '{"name": 1}'
    schema.undo()
    assert schema.text == '{"": 1}'


def test_what_is_typed_over_a_selection_is_undone_together() -> None:
    schema = EditableSchema('{"old": 1}', clock=lambda: 0.0)
    schema.type(2, 5, "n")
    schema.type(3, 3, "ew")
    schema.undo()
    assert schema.text == '{"old": 1}'


def test_letters_taken_away_in_a_burst_come_back_together_and_apart_from_those_typed() -> None:
    schema = EditableSchema('{"abc": 1}', clock=lambda: 0.0)
    schema.type(5, 5, "d")
    for end in (6, 5, 4):
        schema.type(end - 1, end, "")
    assert schema.text == '{"a": 1}'
    schema.undo()
    assert schema.text == '{"abcd": 1}'
    schema.undo()
    assert schema.text == '{"abc": 1}'


def test_what_streams_in_is_undone_as_one_until_something_else_is_done() -> None:
    schema = EditableSchema("{}")
    for value in ({"a": 1}, {"a": 1, "b": 2}):
        schema.apply(Set("", value), label="Write", joins=True)
    schema.apply(Set("/a", 3), label="Set a")
    schema.apply(Set("", {"c": 1}), label="Write", joins=True)
    schema.undo()
    assert json.loads(schema.text) == {"a": 3, "b": 2}
    schema.undo()
    schema.undo()
    assert schema.text == "{}"
    assert not schema.undo()


def test_every_view_is_told_what_changed_and_by_whom() -> None:
    schema = EditableSchema('{"a": 1}')
    told: list[Change] = []
    stop = schema.watch(told.append)
    schema.apply(Set("/a", 2), label="Set a", source="tree")
    schema.undo(source="text")
    stop()
    schema.redo()
    assert [(change.label, change.source) for change in told] == [("Set a", "tree"), ("Undo Set a", "text")]
    assert told[0].steps == ((Edit(6, 7, "2"),),)
    assert told[1].after.text == '{"a": 1}'


def test_a_place_in_the_text_has_a_pointer_and_a_pointer_a_place() -> None:
    syntax = Syntax(INVOICE)
    for pointer in pointers(json.loads(INVOICE)):
        node = syntax.find(pointer)
        assert node is not None
        inside = node.start + (1 if node.kind not in {Kind.OBJECT, Kind.ARRAY} else 0)
        assert syntax.pointer_at(inside) == pointer
    assert syntax.find("/properties/missing") is None
    assert syntax.line_column(INVOICE.index('"total": {')) == (7, 5)
    assert syntax.place_of(7, 5) == INVOICE.index('"total": {')


@pytest.mark.parametrize(
    "number", ["0", "-0", "1e5", "1E+16", "-1.5e-3", "10.25", "1e+1", "123456789012345678901234567890"]
)
def test_every_number_of_json_is_sound(number: str) -> None:
    node = Syntax(f"[{number}]").find("/0")
    assert node is not None
    assert (node.kind, node.value()) == (Kind.NUMBER, json.loads(number))
    assert Syntax(number).sound


@pytest.mark.parametrize(
    "text", ["", "\0", "[" * 50_000, '{"a":' * 20_000, '"' + "x" * 1_000_000, "\u202e{\u2066}", "\ud800", "}{" * 9_000]
)
def test_no_text_is_too_broken_for_a_tree(text: str) -> None:
    schema = EditableSchema(text)
    assert schema.stale
    assert list(schema.syntax.broken()) or not text
    schema.type(0, 0, "{")
    assert Syntax(schema.text) == schema.syntax
