"""The value of a form: what is loaded comes back, what is typed changes its own place."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.errors import EditRefused
from engine.schema.document import read_schema
from engine.schema.form import (
    ABSENT,
    Fields,
    FormValue,
    control_of,
    is_large,
    json_text,
    labels,
    read_json_text,
    same,
    spell,
)

if TYPE_CHECKING:
    from engine.schema.form import Path

ORDER = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "qty": {"type": "integer"},
        "price": {"type": ["number", "null"]},
        "paid": {"type": "boolean"},
        "issued": {"type": "string", "format": "date"},
        "size": {"enum": ["s", "m", 3, None, True]},
        "note": {"type": "string", "maxLength": 1000},
        "lines": {
            "type": "array",
            "items": {"type": "object", "properties": {"sku": {"type": "string"}, "n": {"type": "integer"}}},
        },
        "tags": {"type": "array", "items": {"type": "string"}},
        "by": {
            "oneOf": [
                {"type": "object", "properties": {"kind": {"const": "mail"}, "to": {"type": "string"}, "cc": {}},
                 "required": ["kind", "to"]},
                {"type": "object", "properties": {"kind": {"const": "post"}, "to": {"type": "string"}, "zip": {}},
                 "required": ["kind"]},
                {"type": "string"},
                {"type": "array", "items": {"$ref": "#"}},
            ]
        },
        "pair": {"prefixItems": [{"type": "string"}, {"type": "number"}]},
        "more": {"$ref": "#"},
    },
    "required": ["id", "qty", "by"],
    "patternProperties": {"^x-": {"type": "number"}},
}  # fmt: skip

words = st.sampled_from(["a", "1", "1.0", "true", "", "2024-03-18", "x\ny", "\u202eab", "null", "s", "mail"]) | st.text(
    max_size=5
)
names = st.sampled_from([*ORDER["properties"], "kind", "to", "sku", "n", "x-1", "else"])  # type: ignore[misc]
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names | words, inner, max_size=6),
    max_leaves=25,
)


def form(schema: Any, value: Any = ABSENT) -> FormValue:
    return FormValue(Fields(read_schema(json.dumps(schema))), value)


ORDERS = Fields(read_schema(json.dumps(ORDER)))


def type_again(held: FormValue) -> None:
    """Type into every control of a form the very text that it shows."""
    pending: list[Path] = [()]
    while pending:
        path = pending.pop()
        standing = held.stand(path)
        value = standing.value
        if value is None and (standing.declared.nullable or standing.field.nullable):
            continue
        control = control_of(standing.field, value)
        if control in {"line", "enum"}:
            text = spell(standing.field, value)
            assert text is not None
            held.type_text(path, text)
        elif control == "lines":
            held.type_text(path, value)
        elif control in {"json", "choice"}:
            held.type_json(path, json_text(value))
        elif control == "object":
            pending += [(*path, name) for name in value]
        elif control in {"items", "list", "table"}:
            pending += [(*path, index) for index in range(len(value))]


@given(values)
def test_a_value_that_is_loaded_comes_back_as_it_was(value: Any) -> None:
    before = copy.deepcopy(value)
    held = FormValue(ORDERS, value)
    assert held.value is value
    type_again(held)
    assert same(held.value, before)
    assert same(value, before)


schemas = st.recursive(
    st.sampled_from([{"type": name} for name in ("string", "integer", "number", "boolean", "null")])
    | st.lists(scalars, min_size=1, max_size=4, unique_by=json.dumps).map(lambda each: {"enum": each})
    | st.just({"$ref": "#"})
    | st.just({}),
    lambda inner: (
        st.dictionaries(names, inner, max_size=4).map(lambda each: {"type": "object", "properties": each})
        | inner.map(lambda each: {"type": "array", "items": each})
        | st.lists(inner, min_size=1, max_size=3).map(lambda each: {"anyOf": each})
        | st.lists(inner, min_size=1, max_size=2).map(lambda each: {"allOf": each})
        | st.lists(inner, min_size=1, max_size=3).map(lambda each: {"prefixItems": each})
    ),
    max_leaves=10,
)


@example({"anyOf": [{"enum": [None, False, True]}, {"$ref": "#"}]}, None)
@given(schemas, values)
def test_whatever_the_schema_a_value_that_is_loaded_comes_back(schema: Any, value: Any) -> None:
    held = form({"properties": {"v": schema}}, {"v": value, "else": value})
    before = copy.deepcopy(held.value)
    type_again(held)
    assert same(held.value, before)


@given(values, st.data())
def test_an_edit_changes_its_own_place_and_undo_brings_all_back(value: Any, data: st.DataObject) -> None:
    held = FormValue(ORDERS, value)
    path = data.draw(st.sampled_from(list(places(value))))
    held.put(path, "typed")
    for other in places(value):
        if other != path[: len(other)] and path != other[: len(path)]:
            before: Any = value
            for step in other:
                before = before[step]
            assert same(held.at(other), before)
    assert held.at(path) == "typed"
    held.undo()
    assert held.value is value


def places(value: Any) -> list[Path]:
    found: list[Path] = [()]
    for path in found:
        here: Any = value
        for step in path:
            here = here[step]
        steps = here if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()
        found += [(*path, step) for step in steps]
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("-3", -3), ("1.0", 1.0), ("1e3", 1000.0), (" 7 ", 7), ("1,5", "1,5"), ("01", "01"), ("NaN", "NaN"),
     ("1e999", "1e999")],
)  # fmt: skip
def test_a_number_is_what_json_takes_for_one_and_other_text_is_not_lost(text: str, value: Any) -> None:
    held = form({"properties": {"n": {"type": "number"}}})
    held.type_text(("n",), text)
    assert same(held.value, {"n": value})


def test_clearing_a_number_leaves_it_out_and_clearing_text_leaves_empty_text() -> None:
    held = form({"properties": {"n": {"type": "number"}, "s": {"type": "string"}, "d": {"format": "date"}}})
    for name in "nsd":
        held.type_text((name,), "1")
        held.type_text((name,), "")
    assert held.value == {"s": ""}


def test_a_new_field_stands_where_the_schema_has_it() -> None:
    held = form(ORDER, {"zzz": 1, "id": "a", "paid": True, "else": 2})
    held.type_text(("qty",), "3")
    assert list(held.value) == ["zzz", "id", "qty", "paid", "else"]


def test_typing_into_an_object_that_is_not_there_makes_it_with_its_constants() -> None:
    held = form(
        {
            "properties": {
                "a": {
                    "type": "object",
                    "properties": {"v": {"const": 2}, "b": {"type": "object", "properties": {"c": {"type": "string"}}}},
                    "required": ["v", "b"],
                }
            }
        }
    )
    held.type_text(("a", "b", "c"), "x")
    assert held.value == {"a": {"v": 2, "b": {"c": "x"}}}


def test_a_branch_keeps_what_was_typed_in_it() -> None:
    held = form(ORDER, {"by": {"kind": "mail", "to": "me", "cc": [1]}})
    held.choose(("by",), 0, 1)
    assert held.value == {"by": {"kind": "post", "to": "me"}}
    held.type_json(("by", "zip"), "8000")
    held.choose(("by",), 0, 2)
    held.type_text(("by",), "by hand")
    held.choose(("by",), 0, 0)
    assert held.value == {"by": {"kind": "mail", "to": "me", "cc": [1]}}
    held.choose(("by",), 0, 1)
    assert held.value == {"by": {"kind": "post", "to": "me", "zip": 8000}}
    held.choose(("by",), 0, 2)
    assert held.value == {"by": "by hand"}


def test_the_branch_does_not_change_under_the_hands() -> None:
    held = form({"properties": {"v": {"type": ["string", "integer"]}}}, {"v": 12})
    held.type_text(("v",), "12a")
    assert held.stand(("v",)).field.kind == "integer"
    assert held.value == {"v": "12a"}
    held.type_text(("v",), "12")
    assert held.value == {"v": 12}


def test_null_and_left_out_remember_what_was_there() -> None:
    held = form(ORDER, {"id": "a", "price": 1.50})
    held.set_null(("price",), null=True)
    assert held.value == {"id": "a", "price": None}
    held.set_null(("price",), null=False)
    held.leave_out(("price",))
    assert held.value == {"id": "a"}
    held.give(("price",))
    assert held.value == {"id": "a", "price": 1.5}


def test_a_number_that_is_added_waits_to_be_typed() -> None:
    held = form(ORDER, {"id": "a"})
    held.give(("price",))
    assert held.value == {"id": "a"}
    assert held.drafts == {("price",): ""}
    held.type_text(("price",), "2")
    assert held.value == {"id": "a", "price": 2}
    assert not held.drafts


def test_json_that_does_not_parse_is_kept_as_a_draft_and_the_value_stays() -> None:
    held = form({"properties": {"v": {}}}, {"v": [1]})
    held.type_json(("v",), "[1, 2")
    assert held.value == {"v": [1]}
    assert held.drafts == {("v",): "[1, 2"}
    held.type_json(("v",), '{"a": 1, "a": 2}')
    assert held.value == {"v": [1]}
    held.type_json(("v",), "[1, 2.0]")
    assert same(held.value, {"v": [1, 2.0]})


def test_what_is_remembered_of_items_moves_with_them() -> None:
    held = form({"type": "array", "items": {"type": ["string", "integer"]}}, [1, 2, 3])
    held.choose((1,), 0, 0)
    held.type_text((1,), "two")
    held.insert((), 0)
    held.move((), 2, 0)
    assert held.value == ["two", "", 1, 3]
    held.choose((0,), 0, 1)
    assert held.value == [2, "", 1, 3]
    held.delete((), [1, 2])
    assert held.value == [2, 3]


def test_a_key_is_renamed_in_its_place_and_never_over_another() -> None:
    held = form({"type": "object"}, {"a": 1, "b": 2})
    held.rename_key(("a",), "c")
    assert list(held.value.items()) == [("c", 1), ("b", 2)]
    with pytest.raises(EditRefused):
        held.rename_key(("c",), "b")
    with pytest.raises(EditRefused):
        held.add_key((), "b")
    assert held.value == {"c": 1, "b": 2}


def test_a_place_inside_another_value_is_refused() -> None:
    held = form(ORDER, {"more": "text"})
    with pytest.raises(EditRefused):
        held.put(("more", "id"), "a")
    assert held.value == {"more": "text"}


def test_what_is_typed_without_a_pause_is_one_step_back() -> None:
    held = form(ORDER, {})
    for text in ("a", "ab", "abc"):
        held.type_text(("id",), text)
    held.type_text(("tags", 0), "x")
    held.undo()
    assert held.value == {"id": "abc"}
    held.undo()
    assert held.value == {}
    held.redo()
    assert held.value == {"id": "abc"}


@given(values)
def test_json_that_is_shown_is_the_value_and_hides_nothing(value: Any) -> None:
    for flat in (True, False):
        text = json_text(value, flat=flat)
        assert same(read_json_text(text), value)
        assert not set("\u202e\u2028\ufeff\x00") & set(text)


def test_short_containers_stay_on_one_line() -> None:
    shown = json_text({"name": "x" * 40, "tags": ["a", "b"], "at": {"x": 1}})
    assert shown == '{\n  "name": "' + "x" * 40 + '",\n  "tags": ["a", "b"],\n  "at": {"x": 1}\n}'


def test_a_value_that_is_too_much_for_a_text_field_is_known_at_once() -> None:
    assert is_large([{"a": at} for at in range(30_000)])
    assert is_large("x" * 1_000_000)
    assert not is_large({"a": ["b"] * 1000})


def test_options_of_one_name_are_told_apart() -> None:
    fields = Fields(read_schema(json.dumps({"enum": ["1", 1, True, "true", "", None, "\u202e"]})))
    found = labels(fields.root)
    assert [same(read, wrote) for read, wrote in zip(found.values(), ["1", 1, True, "true", "", "\u202e"], strict=True)]
    assert len(set(found)) == 6
    assert "\u202e" not in "".join(found)
