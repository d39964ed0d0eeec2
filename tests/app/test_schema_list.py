"""The library of schemas as a list."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QPersistentModelIndex, Qt

from app.models.schema_list import SchemaList
from engine.resources import ExampleSchema
from engine.store.schema_search import SchemaHit
from engine.store.schemas import SchemaRow

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester

NOW = datetime.fromisoformat("2026-03-14T12:00:00+00:00")
EXAMPLE = ExampleSchema("a/b", "Invoice", "Who is to pay what", "{}", "")


def row(number: int, name: str, *, pinned: bool = False, differs: bool = False) -> SchemaRow:
    at = f"2026-03-14T0{number}:00:00+00:00"
    return SchemaRow(number, name, ("work",), pinned, 3, 10, differs, at, at)


def words(model: SchemaList) -> list[str]:
    return [model.data(model.index(at), Qt.ItemDataRole.AccessibleTextRole) for at in range(model.rowCount())]


def test_ones_own_come_first_pinned_ones_before_others_then_the_examples(qtmodeltester: ModelTester) -> None:
    model = SchemaList(clock=lambda: NOW)
    qtmodeltester.check(model)
    model.show_library([row(2, "b", differs=True), row(1, "a", pinned=True)], [EXAMPLE])
    told = words(model)
    assert [each.split(",")[0] for each in told] == ["Yours", "a", "b", "Examples", "Invoice"]
    assert told[2].startswith("b, v3, draft ")
    assert told[2].endswith("· work")
    assert not model.flags(model.index(0)) & Qt.ItemFlag.ItemIsSelectable


def test_a_schema_that_is_written_to_moves_up_and_the_others_keep_their_rows() -> None:
    model = SchemaList(clock=lambda: NOW)
    model.show_library([row(2, "b"), row(1, "a")], [EXAMPLE])
    example = QPersistentModelIndex(model.index_of(example="a/b"))
    model.show_library([row(1, "a"), row(2, "b")], [EXAMPLE])
    assert model.index_of(schema=1).row() == 1
    assert example.row() == 4


def test_a_search_shows_each_schema_once_with_what_matched() -> None:
    model = SchemaList(clock=lambda: NOW)
    hits = [
        SchemaHit(1, "name", None, "party", ((0, 5),)),
        SchemaHit(1, "text", 3, "a party", ((2, 7),)),
        SchemaHit(2, "note", 1, "the party", ((4, 9),)),
        SchemaHit(9, "name", None, "gone", ()),
    ]
    model.show_found(hits, {1: row(1, "party"), 2: row(2, "b")})
    first, second = model.entry(model.index(0)), model.entry(model.index(1))
    assert first is not None
    assert second is not None
    assert model.rowCount() == 2
    assert first.marks == ((0, 5),)
    assert second.below == "Note: the party"
    assert [second.below[start:end] for start, end in second.below_marks] == ["party"]


def test_a_hostile_name_is_one_line() -> None:
    model = SchemaList(clock=lambda: NOW)
    model.show_library([row(1, "a\n\u202eb" + "x" * 1_000_000)], [])
    entry = model.entry(model.index(1))
    assert entry is not None
    assert len(entry.words) < 500
    assert "\n" not in entry.words
