from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import from_json
from PySide6.QtCore import QModelIndex, Qt

from app.exchange import Closed
from app.models.answer_node import MISSING, Node
from app.models.answer_rows import MOST_ROWS, REST
from app.models.answer_tree import AnswerTree
from app.models.shape import Shape, shape_of_schema

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester

INVOICE = {
    "type": "object",
    "properties": {
        "reasoning": {"type": "string"},
        "vendor": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "country": {"enum": ["DE", "AT"]}},
        },
        "issued": {"type": "string", "format": "date"},
        "items": {"type": "array", "items": {"$ref": "#/$defs/item"}},
        "note": {"type": ["string", "null"]},
        "paid": {"type": "boolean"},
    },
    "$defs": {"item": {"type": "object", "properties": {"what": {"type": "string"}, "price": {"type": "number"}}}},
}
TEXT = (
    '{"reasoning": "because", "vendor": {"name": "Nor", "country": "DE"}, "issued": "2024-03-18", '
    '"items": [{"what": "tree", "price": 48.00}, {"what": "wi'
)


def partial(text: str) -> Any:
    try:
        return from_json(text, allow_partial="trailing-strings")
    except ValueError:
        return MISSING


def rows(tree: AnswerTree, parent: QModelIndex = QModelIndex()) -> list[Node]:  # noqa: B008
    return [tree.node(tree.index(row, 0, parent)) for row in range(tree.rowCount(parent))]


def framed() -> AnswerTree:
    tree = AnswerTree()
    tree.frame(shape_of_schema(INVOICE))
    return tree


def test_fields_stand_there_before_they_have_values() -> None:
    tree = framed()
    assert [node.label for node in rows(tree)] == ["reasoning", "vendor", "issued", "items", "note", "paid"]
    assert {node.state for node in rows(tree)} == {"waiting"}
    assert [node.label for node in rows(tree, tree.index(1, 0))] == ["country"]


def test_the_write_head_is_the_last_open_value() -> None:
    tree = framed()
    tree.grow(partial(TEXT), TEXT, {}, "growing")
    assert [node.state for node in rows(tree)] == ["done", "done", "done", "writing", "waiting", "waiting"]
    assert tree.head is not None
    assert tree.head.pointer == "/items/1"
    assert [cell.text for cell in tree.head.cells] == ["wi", ""]


def test_a_closed_value_hands_the_write_head_on() -> None:
    tree = framed()
    text = '{"reasoning": "because"'
    tree.grow(partial(text), text, {"/reasoning": Closed(14, 23)}, "growing")
    assert tree.head is not None
    assert tree.head.label == "vendor"


def test_values_read_as_people_write_them() -> None:
    tree = framed()
    tree.grow(partial(TEXT), TEXT, {"/items/0/price": Closed(TEXT.index("48.00"), TEXT.index("48.00") + 5)}, "growing")
    vendor, issued, items = rows(tree)[1], rows(tree)[2], rows(tree)[3]
    assert vendor.shown.text == "Nor"
    assert (issued.text, issued.hint) == ("18 March 2024", "2024-03-18")
    assert items.children[0].cells[1].text == "48.00"
    assert rows(tree, tree.index(1, 0))[0].hint == "of 2 choices"


def test_a_failure_stays_where_the_text_broke_off() -> None:
    tree = framed()
    tree.grow(partial(TEXT), TEXT, {}, "failed")
    assert tree.head is not None
    assert (tree.head.pointer, tree.head.state) == ("/items/1", "failed")
    assert "could not be finished" in tree.head.spoken


def test_what_was_left_out_is_said_to_be_absent() -> None:
    tree = framed()
    text = '{"vendor": {"name": "N", "country": "AT"}, "paid": false}'
    tree.grow(json.loads(text), text, {"": Closed(0, len(text))}, "done")
    states = {node.label: node.state for node in rows(tree)}
    assert states["reasoning"] == states["note"] == "absent"
    assert rows(tree)[5].text == "no"
    assert tree.head is None


def test_growing_only_adds_rows(qtmodeltester: ModelTester) -> None:
    tree = framed()
    resets: list[bool] = []
    removed: list[bool] = []
    tree.modelReset.connect(lambda: resets.append(True))
    tree.rowsRemoved.connect(lambda *_: removed.append(True))
    for end in range(len(TEXT) + 1):
        tree.grow(partial(TEXT[:end]), TEXT[:end], {}, "growing")
    assert not resets
    assert not removed
    qtmodeltester.check(tree, force_py=True)


def test_a_root_that_is_no_object_has_one_row() -> None:
    tree = AnswerTree()
    tree.frame(shape_of_schema({"type": "array", "title": "colours", "items": {"type": "string"}}))
    tree.grow(["red", "gre"], '["red", "gre', {"/0": Closed(1, 6)}, "growing")
    (only,) = rows(tree)
    assert (only.label, only.text, only.state) == ("colours", "red · gre", "writing")


def test_recursive_schemas_end() -> None:
    tree = AnswerTree()
    schema = {
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "inner": {"type": "array", "items": {"$ref": "#/$defs/node"}},
                },
            }
        },
    }
    tree.frame(shape_of_schema(schema))
    value = {"name": "a", "inner": [{"name": "b", "inner": [{"name": "c", "inner": []}]}]}
    text = json.dumps(value)
    tree.grow(value, text, {}, "done")
    assert rows(tree)[0].text == "a"


def test_rows_can_be_heard() -> None:
    tree = framed()
    tree.grow(partial(TEXT), TEXT, {}, "growing")
    said = tree.data(tree.index(2, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert said == "issued: 18 March 2024"
    first_item = tree.index(0, 0, tree.index(3, 0))
    assert tree.data(first_item, Qt.ItemDataRole.AccessibleTextRole) == "1: what tree, price 48.0"


@pytest.mark.parametrize(
    "value",
    [
        {"rows": [{"a": 1, "b": 2}, {"a": {"inner": 3}, "b": [{"c": 4}]}]},
        {"rows": [{"name": "x", "b": [{"c": [1]}]}, {"name": {"inner": {"deep": 1}}, "b": []}]},
    ],
    ids=["cell", "headline"],
)
def test_rows_that_are_not_alike_stay_rows(value: dict[str, Any], qtmodeltester: ModelTester) -> None:
    text = json.dumps(value)
    tree = AnswerTree()
    tree.frame(shape_of_schema({}))
    for end in range(len(text)):
        tree.grow(partial(text[:end]), text[:end], {}, "growing")
        if tree.head is not None:
            assert tree.node(tree.index_of(tree.head)) is tree.head
    tree.grow(value, text, {}, "done")
    second = tree.node(tree.index(1, 0, tree.index(0, 0)))
    told = [cell.text for cell in second.cells] or [second.shown.text]
    assert told[0] == json.dumps(value["rows"][1][next(iter(value["rows"][1]))])
    qtmodeltester.check(tree, force_py=True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text('ab é"\\/~\n', max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc/~", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(value=st.dictionaries(st.text("abc", min_size=1, max_size=3), JSON, max_size=4), step=st.integers(1, 7))
def test_any_answer_can_be_grown_in_any_pieces(value: dict[str, Any], step: int) -> None:
    text = json.dumps(value, ensure_ascii=False)
    tree = AnswerTree()
    tree.frame(shape_of_schema({}))
    for end in range(0, len(text), step):
        tree.grow(partial(text[:end]), text[:end], {}, "growing")
        if tree.head is not None and tree.head.parent is not None:
            assert tree.index_of(tree.head).isValid()
    tree.grow(value, text, {}, "done")
    assert [node.key for node in rows(tree)] == list(value)
    assert tree.head is None


def test_of_a_vast_table_the_first_rows_are_shown_and_how_many_more_there_are() -> None:
    tree = framed()
    text = json.dumps({"items": [{"what": "tree", "price": 1}] * 100_000, "note": "here all the same"})
    tree.grow(json.loads(text), text, {}, "done")
    items, note = rows(tree)[3], rows(tree)[4]
    shown = len(items.children) - 1
    assert MOST_ROWS / 2 < shown < MOST_ROWS
    assert items.children[-1].spoken == f"…: and {100_000 - shown:,} more. Copy the answer to have all of it."
    assert items.spoken == "items: 100,000 rows"
    assert note.text == "here all the same"


@pytest.mark.parametrize(
    "value",
    [
        {f"k{number}": number for number in range(50_000)},
        {"a": [[[1], [2]]] * 50_000, "b": [[{}]] * 50_000},
        {"a": [{"b": [{"c": [{"d": 1}] * 20}] * 20}] * 20},
    ],
    ids=["fields", "lists", "nested"],
)
def test_an_answer_never_has_more_rows_than_can_be_shown(value: Any, qtmodeltester: ModelTester) -> None:
    tree = AnswerTree()
    tree.frame(shape_of_schema({}), tables=False)
    text = json.dumps(value)
    tree.grow(value, text, {}, "done")
    assert MOST_ROWS / 2 < len(tree._nodes) < 1.1 * MOST_ROWS
    assert any(node.key is REST for node in tree._nodes.values())
    qtmodeltester.check(tree, force_py=True)


def test_rows_that_are_settled_take_their_room_while_others_grow() -> None:
    tree = AnswerTree()
    tree.frame(shape_of_schema({}))
    value: dict[str, Any] = {f"k{number}": [[0]] * 300 for number in range(6)}
    text = json.dumps(value)
    closed: dict[str, Closed] = {}
    for count in range(1, 7):
        some = dict(list(value.items())[:count])
        tree.grow(some, text, closed, "growing")
        closed |= {f"/k{count - 1}": Closed(0, 1)}
    assert len(tree._nodes) < 1.1 * MOST_ROWS


def test_a_list_too_long_to_be_read_ends_with_how_many_items_are_missing() -> None:
    tree = AnswerTree()
    tree.frame(shape_of_schema({}))
    value = {"tags": ["tag"] * 1_000_000}
    tree.grow(value, json.dumps(value), {}, "done")
    (tags,) = rows(tree)
    assert tags.text.startswith("tag · tag · ")
    assert tags.text.endswith(" more items. Copy the value to have them all.")
    assert len(tags.text) < 30_000
    assert tags.hint == "1,000,000 items"


def test_a_name_without_end_is_shown_on_one_line_with_nothing_below_it() -> None:
    tree = AnswerTree()
    tree.frame(shape_of_schema({}))
    value = {"n" * 1_000_000: {f"k{number}": [1] for number in range(1_000)}}
    tree.grow(value, json.dumps(value), {}, "done")
    (only,) = rows(tree)
    assert len(only.label) < 500
    assert only.children == []


def test_the_outline_of_a_schema_whose_parts_multiply_has_an_end() -> None:
    schema = {
        "$ref": "#/$defs/d0",
        "$defs": {
            f"d{number}": {
                "type": "object",
                "properties": {f"p{part}": {"$ref": f"#/$defs/d{number + 1}"} for part in range(10)},
            }
            for number in range(7)
        },
    }

    def parts(shape: Shape) -> int:
        return 1 + sum(parts(inner) for _, inner in shape.properties)

    assert 1_000 < parts(shape_of_schema(schema)) < 50_000


@pytest.mark.parametrize(
    ("pointer", "label", "failed"),
    [
        ("/items", "items", ["items"]),
        ("/vendor/country", "country", ["vendor"]),
        ("/items/0/price", "1", ["items"]),
        ("/vendor/nothing", "vendor", ["vendor"]),
    ],
)
def test_an_answer_that_does_not_pass_its_check_fails_where_it_is_wrong(
    pointer: str, label: str, failed: list[str]
) -> None:
    text = TEXT + 'nd", "price": 2}], "note": null, "paid": true}'
    tree = framed()
    tree.grow(partial(text), text, {}, "failed", pointer)
    assert tree.head is not None
    assert tree.head.label == label
    assert [node.label for node in rows(tree) if node.state == "failed"] == failed


def test_no_field_is_blamed_for_what_is_wrong_with_the_whole_answer() -> None:
    text = '{"reasoning": "because"}'
    tree = framed()
    tree.grow(partial(text), text, {}, "failed", "")
    assert all(node.state != "failed" for node in rows(tree))
