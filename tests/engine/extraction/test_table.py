"""Records as a table: rows, columns, and where a cell stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from engine.extraction.table import (
    DOCUMENTS,
    Column,
    TableRow,
    Unit,
    cell_of,
    cells_below,
    column_of,
    columns,
    pointer_of,
    table_rows,
    units,
    value_of,
)
from engine.store import Row

if TYPE_CHECKING:
    from engine.extraction.table import Recorded

ITEM = {"type": "object", "properties": {"name": {"type": "string"}, "price": {"type": "number"}}}
INVOICE = json.dumps(
    {
        "type": "object",
        "properties": {
            "vendor": {
                "type": ["object", "null"],
                "properties": {"name": {"type": "string"}, "since": {"type": "string", "format": "date"}},
            },
            "paid": {"type": ["boolean", "null"]},
            "currency": {"enum": ["EUR", "USD"]},
            "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
            "tags": {"type": "array", "items": {"type": "string"}},
            "total": {"anyOf": [{"type": "number"}, {"type": "null"}]},
            "more": {"type": "object"},
        },
        "$defs": {"line": ITEM},
    }
)
LINES = Unit(("lines",), "lines")


@dataclass
class Read:
    """A document of which only the record matters."""

    row: Row
    record: Any


def documents(*records: Any) -> list[Recorded]:
    return [Read(Row(f"{index}.txt", "done", record=record), record) for index, record in enumerate(records)]


def test_objects_are_flattened_in_the_schemas_order_and_lists_are_one_column() -> None:
    assert [(column.title, column.kind) for column in columns(INVOICE)] == [
        ("vendor.name", "text"),
        ("vendor.since", "date"),
        ("paid", "boolean"),
        ("currency", "choice"),
        ("lines", "list"),
        ("tags", "list"),
        ("total", "number"),
        ("more", "other"),
    ]
    assert not any(column.below for column in columns(INVOICE))


def test_a_row_is_a_document_or_an_item_of_a_list_of_objects() -> None:
    assert units(INVOICE) == (DOCUMENTS, LINES)
    assert [unit.is_document for unit in units(INVOICE)] == [True, False]


def test_the_fields_of_items_take_the_place_of_their_list_under_the_same_names() -> None:
    made = columns(INVOICE, LINES)
    assert [column.title for column in made][3:7] == ["currency", "lines.name", "lines.price", "tags"]
    assert [column.title for column in made if column.below] == ["lines.name", "lines.price"]


def test_a_document_without_items_keeps_a_row() -> None:
    read = documents({"lines": [{"name": "a"}, {"name": "b"}]}, None, {"lines": []}, {"lines": [{}]})
    assert table_rows(read, LINES) == [
        TableRow("0.txt", 0, 0),
        TableRow("0.txt", 0, 1),
        TableRow("1.txt", 1),
        TableRow("2.txt", 2),
        TableRow("3.txt", 3, 0),
    ]
    assert table_rows(read) == [TableRow(f"{index}.txt", index) for index in range(4)]


def test_a_cell_is_found_by_its_row_and_column_and_the_other_way_round() -> None:
    made = columns(INVOICE, LINES)
    price = next(column for column in made if column.title == "lines.price")
    assert pointer_of(price, LINES, 2) == "/lines/2/price"
    assert pointer_of(price, LINES, None) is None
    assert pointer_of(made[0], LINES, 2) == "/vendor/name"
    assert column_of("/lines/2/price", made, LINES) == (made.index(price), 2)
    assert column_of("/vendor/name", made, LINES) == (0, None)
    assert column_of("/lines/0/price", columns(INVOICE)) == (4, None)
    assert column_of("/vendor", made, LINES) == (0, None)
    assert column_of("/elsewhere", made, LINES) is None


def test_a_list_at_the_root_is_rows_first() -> None:
    schema = json.dumps({"type": "array", "items": ITEM})
    items, whole = units(schema)
    assert (items.is_document, whole) == (False, DOCUMENTS)
    made = columns(schema, items)
    assert [column.title for column in made] == ["name", "price"]
    read = documents([{"name": "a", "price": 1}, {"name": "b", "price": 2}])
    assert [value_of(read[0], pointer_of(made[1], items, row.item)) for row in table_rows(read, items)] == [1, 2]
    assert column_of("/1/price", made, items) == (1, 1)
    assert columns(schema) == (Column((), "record", "list"),)


def test_a_list_of_plain_values_at_the_root_is_one_column() -> None:
    schema = json.dumps({"type": "array", "items": {"type": "number"}})
    items = units(schema)[0]
    (column,) = columns(schema, items)
    assert (column.title, column.kind, pointer_of(column, items, 1)) == ("item", "number", "/1")


def test_a_record_that_is_no_object_is_one_column() -> None:
    (column,) = columns('{"type": "string"}')
    assert (column.title, column.kind, pointer_of(column)) == ("record", "text", "")


def test_keys_that_only_records_have_come_last() -> None:
    schema = json.dumps({"properties": {"a": {"properties": {"b": {"type": "string"}}}}})
    made = columns(schema, DOCUMENTS, [{"a": {"b": "", "new": 1}}, {"other": 2}, None])
    assert [column.title for column in made] == ["a.b", "a.new", "other"]
    assert [column.title for column in columns("{}", DOCUMENTS, [{"x": 1}, {"y": 2}])] == ["x", "y"]
    assert [column.title for column in columns("{}", DOCUMENTS, [{"x": 1}, [2]])] == ["record"]


def test_keys_with_dots_are_told_apart() -> None:
    schema = json.dumps({"properties": {"a.b": {"type": "string"}, "a": {"properties": {"b": {"type": "string"}}}}})
    assert [column.title for column in columns(schema)] == ["/a.b", "/a/b"]


def test_alternatives_have_the_fields_of_each() -> None:
    one, two = ({"type": "object", "properties": {key: {"type": "string"}}} for key in ("x", "y"))
    assert [column.title for column in columns(json.dumps({"anyOf": [one, two]}))] == ["x", "y"]


def test_a_schema_that_contains_itself_ends() -> None:
    node = {"type": "object", "properties": {"name": {"type": "string"}, "next": {"$ref": "#"}}}
    assert [column.title for column in columns(json.dumps(node))] == ["name", "next"]


def test_a_small_schema_that_unfolds_without_measure_stays_a_table() -> None:
    definitions: dict[str, Any] = {"d0": {"type": "string"}}
    for depth in range(1, 8):
        below = {"$ref": f"#/$defs/d{depth - 1}"}
        definitions[f"d{depth}"] = {"type": "object", "properties": {f"k{number}": below for number in range(20)}}
    assert len(columns(json.dumps({"$ref": "#/$defs/d7", "$defs": definitions}))) <= 2_000


def test_an_absent_object_is_the_cell_of_its_fields() -> None:
    cells = {"/vendor": 1, "/lines/0/name": 2, "/lines/10/name": 3, "/lines2": 4}
    assert cell_of(cells, "/vendor/name") == ("/vendor", 1)
    assert cell_of(cells, "/lines/0/name") == ("/lines/0/name", 2)
    assert cell_of(cells, "/total") is None
    assert cell_of({"": 5}, "/total") == ("", 5)
    assert cells_below(cells, "/lines") == {"/lines/0/name": 2, "/lines/10/name": 3}


KEYS = st.text(st.sampled_from("ab./~0"), max_size=3)
OBJECTS = st.recursive(
    st.just({"type": "string"}),
    lambda below: st.dictionaries(KEYS, below, min_size=1, max_size=3).map(
        lambda named: {"type": "object", "properties": named}
    ),
    max_leaves=8,
)


@given(OBJECTS)
def test_every_column_has_a_name_and_a_place_of_its_own(schema: dict[str, Any]) -> None:
    made = columns(json.dumps(schema))
    assert len({column.title for column in made}) == len(made)
    for index, column in enumerate(made):
        pointer = pointer_of(column)
        assert pointer is not None
        assert column_of(pointer, made) == (index, None)
