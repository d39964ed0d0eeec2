"""An array in a form, as a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from app.models.form_state import FormState
from app.models.form_table import FormTable
from engine.schema.document import read_schema
from engine.schema.form import Fields, FormProblem

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester

LINES = {
    "type": "array",
    "maxItems": 4,
    "items": {
        "type": "object",
        "properties": {
            "sku": {"type": "string"},
            "n": {"type": "integer"},
            "ok": {"type": ["boolean", "null"]},
            "size": {"enum": ["s", "m"]},
            "notes": {"type": "array", "items": {"type": "string"}},
            "kind": {"const": "line"},
        },
        "required": ["sku", "kind"],
    },
}
FIELDS = Fields(read_schema(json.dumps(LINES)))


def table(value: Any) -> tuple[FormState, FormTable]:
    state = FormState(FIELDS, value)
    return state, FormTable(state, (), FIELDS.root, state)


def texts(model: FormTable, row: int) -> list[Any]:
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_each_item_is_a_row_and_the_last_one_adds(qapp: object, qtmodeltester: ModelTester) -> None:
    _state, model = table([{"sku": "a", "n": 1.0, "ok": None, "notes": ["x", "y"]}, "no object", {"sku": 5, "n": "1a"}])
    qtmodeltester.check(model)
    assert texts(model, 0) == ["a", "1.0", "null", "", "2 items", ""]
    assert texts(model, 1)[0] == '"no object"'
    assert texts(model, 2)[:2] == ["5", "1a"]
    assert model.rowCount() == 4
    assert model.is_ghost(model.index(3, 0))


def test_a_cell_is_typed_where_its_text_is_the_value(qapp: object) -> None:
    _state, model = table([{"sku": "a", "notes": []}, "no object", {"sku": 5}])
    typed = [[model.is_typed(model.index(row, column)) for column in range(6)] for row in range(3)]
    assert typed == [[True, True, True, True, False, False], [False] * 6, [False, True, True, True, False, False]]


def test_typing_into_the_last_row_makes_an_object_with_its_constants(qapp: object, qtmodeltester: ModelTester) -> None:
    state, model = table([{"sku": "a"}])
    assert model.setData(model.index(1, 1), "7")
    assert state.value == [{"sku": "a"}, {"n": 7, "kind": "line"}]
    assert model.rowCount() == 3
    qtmodeltester.check(model)


def test_there_is_no_row_to_add_where_there_may_be_no_more(qapp: object) -> None:
    state, model = table([{}, {}, {}])
    assert model.rowCount() == 4
    model.setData(model.index(3, 0), "d")
    assert model.rowCount() == 4
    state.delete((), [0])
    model.sync()
    assert model.rowCount() == 4
    assert model.is_ghost(model.index(3, 0))


def test_an_emptied_cell_leaves_its_field_out(qapp: object) -> None:
    state, model = table([{"sku": "a", "n": 1, "ok": True}])
    model.setData(model.index(0, 1), "")
    model.setData(model.index(0, 2), None)
    model.setData(model.index(0, 3), "m")
    assert state.value == [{"sku": "a", "ok": None, "size": "m"}]


def test_a_cell_that_is_left_as_it_was_changes_nothing(qapp: object) -> None:
    value = [{"sku": "a", "n": 1.0, "ok": None}]
    state, model = table(value)
    for column in range(6):
        index = model.index(0, column)
        model.setData(index, index.data(Qt.ItemDataRole.EditRole))
    assert state.value is value


def test_what_is_wrong_is_told_in_the_cell(qapp: object) -> None:
    state, model = table([{"sku": "a", "n": 0}])
    state.show_problems([FormProblem((0, "n"), "Too small."), FormProblem((0, "size"), "Missing.", missing=True)])
    assert [problem.sentence for problem in model.problems(model.index(0, 1))] == ["Too small."]
    assert model.problems(model.index(0, 3)) == []
    assert "Too small." in model.data(model.index(0, 1), Qt.ItemDataRole.ToolTipRole)
    assert "Too small." in model.data(model.index(0, 1), Qt.ItemDataRole.AccessibleTextRole)


rows = st.lists(
    st.sampled_from([{"sku": "a"}, {"sku": "b", "n": 2}, {}, "text"]).map(json.dumps).map(json.loads), max_size=6
)


@settings(max_examples=40)
@given(rows, st.data())
def test_rows_follow_whatever_is_done_to_the_items(before: list[Any], data: st.DataObject) -> None:
    state, model = table(before)
    seen: list[tuple[str, int, int]] = []
    model.rowsInserted.connect(lambda _parent, first, last: seen.append(("in", first, last)))
    model.rowsRemoved.connect(lambda _parent, first, last: seen.append(("out", first, last)))
    had = model.rowCount()
    state.put((), data.draw(st.permutations(before)) + data.draw(rows))
    model.sync()
    grown = sum(last - first + 1 if way == "in" else first - last - 1 for way, first, last in seen)
    assert had + grown == model.rowCount()
    assert model.count == len(state.value)
    for row, item in enumerate(state.value):
        assert texts(model, row)[0] == (item.get("sku", "") if isinstance(item, dict) else '"text"')


@pytest.mark.parametrize("item", [{"type": "string"}, {"type": "integer"}, {"enum": ["a", "b", "c"]}])
def test_single_values_are_one_column(qapp: object, item: Any) -> None:
    fields = Fields(read_schema(json.dumps({"type": "array", "items": item})))
    state = FormState(fields, ["a", 1, [2]])
    model = FormTable(state, (), fields.root, state)
    assert model.columnCount() == 1
    assert [model.index(row, 0).data() for row in range(3)] == ["a", "1", "[2]"]
    assert model.rowCount() == 4
