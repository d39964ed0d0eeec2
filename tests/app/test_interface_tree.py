"""The tree of an interface as a Qt model: it grows with the answer, and follows edits row by row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

from app.models.interface_tree import InterfaceTree
from engine.interface.catalogue import bundled
from engine.interface.reading import Problem

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester

METRIC = {"type": "metric", "label": "Temperature", "value": "21.4", "delta": None, "tone": "neutral"}
TREE: dict[str, Any] = {
    "type": "root",
    "title": "Greenhouse",
    "children": [
        {"type": "row", "children": [METRIC, {**METRIC, "label": "Humidity"}]},
        {"type": "tabs", "tabs": [{"label": "Week", "children": [{"type": "text", "text": "Hello"}]}]},
        {"type": "chart", "kind": "bar", "labels": ["a", "b"], "series": [{"name": "kg", "values": [1, 2]}]},
    ],
}
WORDS = ["a", "b{x}", 'q"uote', "tab"]
leaves = st.builds(lambda text: {"type": "text", "text": text}, st.sampled_from(WORDS))


def nodes(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    children = st.lists(inner, max_size=4)
    return st.one_of(
        st.builds(lambda below: {"type": "row", "children": below}, children),
        st.builds(
            lambda name, below: {"type": "card", "title": name, "children": below}, st.sampled_from(WORDS), children
        ),
        st.builds(lambda below: {"type": "tabs", "tabs": [{"label": "t", "children": below}]}, children),
    )


trees = st.builds(
    lambda below: {"type": "root", "title": "x", "children": below},
    st.lists(st.recursive(leaves, nodes, max_leaves=8), max_size=4),
)


def told(model: InterfaceTree, parent: QModelIndex | None = None) -> list[Any]:
    """Return what the model tells, nested."""
    above = parent if parent is not None else QModelIndex()
    rows = [model.index(at, 0, above) for at in range(model.rowCount(above))]
    role = Qt.ItemDataRole.AccessibleTextRole
    return [(model.data(index, role), model.path_of(index), told(model, index)) for index in rows]


def whole(value: Any) -> list[Any]:
    model = InterfaceTree()
    model.show_value(value)
    return told(model)


def test_rows_say_the_component_and_what_tells_it_from_others(qtmodeltester: ModelTester) -> None:
    model = InterfaceTree()
    qtmodeltester.check(model)
    model.show_catalogue(bundled())
    model.show_value(TREE)
    said = [model.data(model.index_of(row), Qt.ItemDataRole.DisplayRole) for row in model.rows()]
    assert said == [
        "Screen Greenhouse",
        "Row 2 children",
        "Figure Temperature",
        "Figure Humidity",
        "Tabs 1 tab",
        "Tab Week",
        "Text Hello",
        "Chart bar, 2 points",
    ]
    assert model.count == 8
    assert model.path_of(model.index_at("/children/1/tabs/0/children/0")) == "/children/1/tabs/0/children/0"
    assert not model.index_at("/children/1/tabs/1").isValid()
    assert model.path_of(model.nearest("/children/0/children/7/children/0")) == "/children/0"


@settings(max_examples=60, deadline=None)
@given(tree=trees, cuts=st.lists(st.integers(0, 2_000), max_size=8))
def test_however_an_answer_comes_the_rows_are_those_of_the_whole(tree: dict[str, Any], cuts: list[int]) -> None:
    text = json.dumps(tree)
    model = InterfaceTree()
    for cut in (*sorted(cuts), len(text)):
        model.show_text(text[:cut])
    assert told(model) == whole(tree)


@settings(max_examples=60, deadline=None)
@given(tree=trees, cuts=st.lists(st.integers(0, 2_000), min_size=1, max_size=8))
def test_going_back_and_forth_through_an_answer_ends_where_one_is(tree: dict[str, Any], cuts: list[int]) -> None:
    text = json.dumps(tree)
    model = InterfaceTree()
    for cut in cuts:
        model.show_text(text[:cut])
        fresh = InterfaceTree()
        fresh.show_text(text[:cut])
        assert told(model) == told(fresh)


@settings(max_examples=60, deadline=None)
@given(before=trees, after=trees)
def test_an_edit_leads_to_the_rows_of_the_new_tree(before: dict[str, Any], after: dict[str, Any]) -> None:
    model = InterfaceTree()
    model.show_value(before)
    model.show_value(after)
    assert told(model) == whole(after)


def test_while_it_grows_no_row_goes_and_no_row_comes_twice(qtmodeltester: ModelTester) -> None:
    model = InterfaceTree()
    qtmodeltester.check(model)
    gone: list[str] = []
    model.rowsRemoved.connect(lambda: gone.append("row"))
    model.modelReset.connect(lambda: gone.append("reset"))
    text = json.dumps(TREE)
    first = None
    for end in range(1, len(text) + 1):
        model.show_text(text[:end])
        index = model.index_at("/children/0/children/0")
        if index.isValid() and first is None:
            first = QPersistentModelIndex(index)
            assert "being written" in model.data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert gone == []
    assert first is not None
    assert first == model.index_at("/children/0/children/0")
    assert not any(row.writing for row in model.rows())


def test_a_deleted_part_takes_its_own_row_along_and_no_other() -> None:
    model = InterfaceTree()
    model.show_value(TREE)
    kept = QPersistentModelIndex(model.index_at("/children/2"))
    gone = QPersistentModelIndex(model.index_at("/children/1"))
    model.show_value({**TREE, "children": [TREE["children"][0], TREE["children"][2]]})
    assert not gone.isValid()
    assert model.path_of(kept) == "/children/1"


def test_a_part_that_is_written_anew_grows_where_it_stands() -> None:
    model = InterfaceTree()
    model.show_value(TREE)
    beside = QPersistentModelIndex(model.index_at("/children/2"))
    part = json.dumps({"type": "card", "title": "New", "children": [METRIC]})
    model.grow_part("/children/1", part[:40])
    row = model.row_at("/children/1")
    assert row is not None
    assert (row.type, row.writing) == ("card", True)
    model.grow_part("/children/1", part)
    assert beside.isValid()
    children = [TREE["children"][0], json.loads(part), TREE["children"][2]]
    assert told(model) == whole({**TREE, "children": children})


def test_what_is_wrong_with_a_part_is_told_on_its_row_wherever_it_moves() -> None:
    model = InterfaceTree()
    model.show_value(TREE)
    model.show_problems([Problem("/children/2", "unknown", "“Sparkline” is not a known component.", None)])
    spoken = model.data(model.index_at("/children/2"), Qt.ItemDataRole.AccessibleTextRole)
    assert "unknown" in spoken
    assert "Sparkline" in spoken
    model.show_problems([])
    assert "unknown" not in model.data(model.index_at("/children/2"), Qt.ItemDataRole.AccessibleTextRole)


@pytest.mark.parametrize("value", [None, 3, []])
def test_what_is_no_tree_has_no_rows(value: Any) -> None:
    model = InterfaceTree()
    model.show_value(TREE)
    model.show_value(value)
    assert model.rowCount() == 0
    assert model.count == 0
