"""The table of an extraction as a Qt model: what its cells say, and that nothing jumps about while rows finish."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.models.extract_lines import Group, Line
from app.models.extract_table import ExtractTable, Sorting, Wanted
from app.models.extract_values import copied, natural, number_words, words
from app.models.extract_words import copied_rows, explain_cell, sentence_of, way_on
from app.session.extraction import DOCUMENTS, CellPlace, ReviewedRow, columns, units
from engine.errors import DocumentError, RecordIncomplete
from engine.extraction.review import review
from engine.store import Correction, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytestqt.modeltest import ModelTester

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "vendor": {"type": "string"},
            "total": {"type": "number"},
            "issued": {"type": "string", "format": "date"},
            "paid": {"type": "boolean"},
            "items": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"what": {"type": "string"}, "price": {"type": "number"}},
                },
            },
        },
        "required": ["vendor"],
    }
)
BY_DOCUMENT, BY_ITEM = units(SCHEMA)
VENDOR, TOTAL, ISSUED, PAID, ITEMS = range(5)


def cell(value: Any, state: str = "exact", quote: str | None = None, **more: Any) -> dict[str, Any]:
    return {"value": value, "state": state, "quote": quote} | more


def invoice(name: str, vendor: str | None = "Tessel", total: float | None = 76.0, **more: Any) -> Row:
    """Return a document that was read; `items` are pairs, `states` say of fields how their values came to be."""
    states = more.get("states", {})
    items = more.get("items", [])
    issued, paid = more.get("issued", "2024-03-18"), more.get("paid", False)
    record: dict[str, Any] = {"vendor": vendor, "total": total, "issued": issued, "paid": paid}
    record["items"] = [{"what": what, "price": price} for what, price in items]
    quotes = {"total": f"{total:,.2f}" if total is not None else None, "issued": "18 March"}
    cells = {
        f"/{key}": cell(value, "absent" if value is None else states.get(key, "exact"), quotes.get(key))
        for key, value in record.items()
        if key != "items"
    }
    for at, (what, price) in enumerate(items):
        cells |= {f"/items/{at}/what": cell(what), f"/items/{at}/price": cell(price, "normalised", f"{price:.2f}")}
    if not items:
        cells["/items"] = cell([], "absent")
    return Row(name, more.get("state", "done"), record=record, cells=cells, error=more.get("error"))


def reviewed(row: Row, sure: float | None = None, *said: Correction) -> ReviewedRow:
    confidence = None if sure is None else lambda _pointer, _cell: sure
    return review(row, {each.pointer: each for each in said}, confidence, SCHEMA)


def table(rows: Sequence[Row | ReviewedRow], unit: Any = DOCUMENTS) -> ExtractTable:
    model = ExtractTable()
    model.show_job(
        [row if isinstance(row, ReviewedRow) else reviewed(row) for row in rows], unit, columns(SCHEMA, unit)
    )
    return model


def names(model: ExtractTable) -> list[str]:
    return [str(model.headerData(row, Qt.Orientation.Vertical)) for row in range(model.rowCount())]


def column(model: ExtractTable, at: int) -> list[str]:
    return [str(model.index(row, at).data()) for row in range(model.rowCount())]


def trusts(model: ExtractTable, row: int = 0) -> list[str]:
    return [model.cell(row, at).trust for at in range(model.columnCount())]


# What cells say


def test_values_read_as_a_person_would_write_them() -> None:
    row = invoice("a.pdf", total=1284.0, paid=True, items=[("Frame", 186.0), ("Post", 18.5)])
    model = table([row])
    assert [str(model.index(0, at).data()) for at in range(5)] == ["Tessel", "1,284.00", "2024-03-18", "yes", "2 items"]
    assert [words(each) for each in (None, 3, [1], {"a": "é"}, "two\nlines")] == [
        "",
        "3",
        "1 item",
        '{"a": "é"}',
        "two lines",
    ]


@pytest.mark.parametrize(
    ("value", "quote", "shown"),
    [
        (1284.0, "1,284.00", "1,284.00"),
        (1960.0, "EUR 1960.00", "1960.00"),
        (1284.5, "1.284,50 €", "1,284.50"),
        (1284.0, "1.284", "1,284"),
        (1.284, "1.284", "1.284"),
        (-124.0, "\N{MINUS SIGN}124.00", "-124.00"),
        (12.0, None, "12"),
        (0.1, None, "0.1"),
        (7, "seven", "7"),
        (1e300, "many", "1e+300"),
        (12345, "from 5 to 12345", "12345"),
    ],
)
def test_a_number_is_shown_as_the_document_writes_it_and_never_as_another(
    value: float, quote: str | None, shown: str
) -> None:
    assert number_words(value, quote) == shown


@given(st.one_of(st.floats(allow_nan=False), st.integers()), st.text("0123456789.,-+ €'", max_size=12))
def test_whatever_the_quote_the_number_shown_is_the_value(value: float, quote: str) -> None:
    assert float(number_words(value, quote).replace(",", "")) == float(value)


def test_texts_sort_by_the_numbers_in_them_without_capitals_and_accents() -> None:
    assert sorted(["b10", "B9", "é", "f", "e2", "a"], key=natural) == ["a", "B9", "b10", "é", "e2", "f"]


def test_a_cell_tells_how_far_it_can_be_trusted() -> None:
    row = invoice("a.pdf", total=None, states={"vendor": "found", "issued": "normalised", "paid": "doubtful"})
    assert trusts(table([row])) == ["found", "absent", "normalised", "doubtful", "absent"]


def test_a_cell_that_is_to_be_looked_at_is_doubtful_until_somebody_says_something_of_it() -> None:
    row = invoice("a.pdf")
    model = table([reviewed(row, 0.54)])
    model.set_review([CellPlace("a.pdf", "/total")])
    index = model.index(0, TOTAL)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "total, a.pdf: 76.00, exact, to review, 54 %"

    accepted = reviewed(row, 0.54, Correction("a.pdf", "/total", "accepted", 76.0))
    model.change_rows({0: accepted})
    model.set_review([])
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "total, a.pdf: 76.00, accepted"

    model.change_rows({0: reviewed(row, 0.54, Correction("a.pdf", "/total", "edited", 77.0))})
    assert (index.data(), trusts(model)[TOTAL]) == ("77", "edited")


def test_an_incomplete_row_shows_which_cell_it_lacks() -> None:
    lacks = RecordIncomplete("The document does not have vendor, which the schema asks for.", where="/vendor")
    model = table([invoice("a.pdf", vendor=None, state="incomplete", error=lacks.to_json())])
    assert model.cell(0, VENDOR).said() == "missing, missing"
    assert trusts(model)[1:3] == ["exact", "exact"]
    assert model.counts["incomplete"] == 1


def test_a_list_is_as_trustworthy_as_its_worst_item() -> None:
    row = invoice("a.pdf", items=[("Frame", 186.0), ("Post", 18.5)])
    assert row.cells is not None
    row.cells["/items/1/price"]["state"] = "doubtful"
    model = table([row])
    assert (model.cell(0, ITEMS).trust, model.cell(0, ITEMS).text) == ("doubtful", "2 items")
    assert model.place(0, ITEMS) == ("a.pdf", "/items/1/price")


def test_a_document_without_cells_is_one_sentence_with_a_way_on() -> None:
    locked = DocumentError("The file is locked.", advice="Save it without a password.")
    scan = DocumentError("No text on 2 pages.", advice="Run text recognition to read it.")
    blank = DocumentError("The page is blank.")
    rows = [Row("a", "failed", error=locked.to_json()), Row("b", "failed", error=scan.to_json())]
    told = DocumentError("Read, nothing to extract: it is blank.")
    rows += [Row("c", "empty", error=blank.to_json()), invoice("d"), Row("e", "empty", error=told.to_json())]
    lines = [line for row in range(5) if (line := table(rows).line(row)) is not None]
    assert [sentence_of(line) for line in lines] == [
        "The file is locked. Save it without a password.",
        "No text on 2 pages. Run text recognition to read it.",
        "Read, nothing to extract: the page is blank.",
        "",
        "Read, nothing to extract: it is blank.",
    ]
    ways = [way.words if (way := way_on(line)) is not None else "" for line in lines]
    assert ways == ["Try again", "Recognise text", "", "", ""]


def test_what_is_being_written_shows_in_its_cell_and_ends_with_the_row() -> None:
    model = table([Row("a", "running"), Row("b", "pending")])
    assert trusts(model) == ["writing", *["waiting"] * 4]
    model.grow({0: {"/vendor": "North Quay", "/total": "3,0"}})
    assert [model.cell(0, at).text for at in (VENDOR, TOTAL)] == ["North Quay", "3,0"]
    assert trusts(model)[:3] == ["written", "writing", "waiting"]
    model.grow({0: {"/vendor": "North Quay", "/items/0/what": "Rope", "/items/1/what": "A"}})
    assert (model.cell(0, ITEMS).text, trusts(model)[ITEMS]) == ("2 items", "writing")

    model.change_rows({0: reviewed(invoice("a", vendor="North Quay Ltd"))})
    assert model.cell(0, VENDOR).said() == "North Quay Ltd, exact"
    model.grow({0: {"/vendor": "late"}, 1: {"/vendor": "early"}})
    assert model.cell(0, VENDOR).text == "North Quay Ltd"
    assert trusts(model, 1) == ["waiting"] * 5


def test_a_cell_explains_itself() -> None:
    row = invoice("a.pdf", items=[(f"Item {at}", 1.0) for at in range(10)])
    assert row.cells is not None
    row.cells["/total"] |= {"state": "doubtful", "quote": "76,00", "note": "This can also be read as 7600."}
    model = table([reviewed(row, 0.5)])
    line = model.line(0)
    assert line is not None
    assert explain_cell(model, line, TOTAL).splitlines() == [
        "76.00",
        "Doubtful, 50 % sure",
        "Read from \N{LEFT DOUBLE QUOTATION MARK}76,00\N{RIGHT DOUBLE QUOTATION MARK}",
        "This can also be read as 7600.",
    ]
    assert explain_cell(model, line, ITEMS).splitlines()[-2:] == ["and 2 more", "Normalised"]


# Rows of items


def test_each_item_is_a_row_and_says_what_its_document_says() -> None:
    rows = [invoice("a", items=[("Frame", 186.0), ("Post", 18.5)]), invoice("b", "Loom"), Row("c", "pending")]
    model = table(rows, BY_ITEM)
    assert names(model) == ["a", "a", "b", "c"]
    assert column(model, VENDOR) == ["Tessel", "Tessel", "Loom", ""]
    assert column(model, 4) == ["Frame", "Post", "", ""]
    assert [model.begins_document(row) for row in range(4)] == [True, False, True, True]
    assert model.place(1, 5) == ("a", "/items/1/price")
    assert model.headerData(4, Qt.Orientation.Horizontal) == "what"
    assert trusts(model, 2)[4:] == ["none", "none"]


def test_rows_come_where_their_document_stands_when_it_is_read(qtmodeltester: ModelTester) -> None:
    model = table([Row("a", "pending"), Row("b", "pending"), Row("c", "pending")], BY_ITEM)
    kept = QPersistentModelIndex(model.index(2, 0))
    model.change_rows({1: reviewed(invoice("b", items=[("x", 1.0), ("y", 2.0), ("z", 3.0)]))})
    assert names(model) == ["a", "b", "b", "b", "c"]
    assert column(model, 4) == ["", "x", "y", "z", ""]
    assert kept.row() == 4

    model.change_rows({1: reviewed(invoice("b", items=[("x", 1.0)]))})
    assert names(model) == ["a", "b", "c"]
    qtmodeltester.check(model)


# Sorting, filtering, grouping


def test_sorting_goes_by_what_values_mean_and_puts_the_absent_last_both_ways() -> None:
    rows = [invoice("a", "v10", 9.0), invoice("b", "v9", 10.0), invoice("c", "v9", None), Row("d", "pending")]
    model = table(rows)
    model.want(Wanted(Sorting("column", TOTAL)))
    assert names(model) == ["a", "b", "c", "d"]
    model.want(Wanted(Sorting("column", TOTAL, descending=True)))
    assert names(model) == ["b", "a", "c", "d"]
    model.want(Wanted(Sorting("column", VENDOR)))
    assert names(model) == ["b", "c", "a", "d"]
    model.want(Wanted())
    assert names(model) == ["a", "b", "c", "d"]


def test_the_worst_come_first_those_to_look_at_before_all_others() -> None:
    rows = [reviewed(invoice(name), sure) for name, sure in (("a", 0.9), ("b", 0.4), ("c", 0.6), ("d", 0.95))]
    model = table([*rows, Row("e", "failed")])
    model.set_review([CellPlace("d", "/total")])
    model.want(Wanted(Sorting("worst")))
    assert names(model) == ["d", "b", "c", "a", "e"]


def test_filters_count_and_show_rows_by_kind_and_text() -> None:
    edited = reviewed(invoice("b", "Loom"), None, Correction("b", "/total", "edited", 1.0))
    model = table([invoice("a", "Tessel"), edited, Row("c", "failed"), Row("d", "empty"), Row("e", "running")])
    model.set_review([CellPlace("a", "/vendor")])
    assert model.counts == Counter(done=2, review=1, edited=1, failed=1, empty=1, waiting=1)
    for kind, shown in (("review", ["a"]), ("edited", ["b"]), ("failed", ["c"]), ("done", ["a", "b"])):
        model.want(Wanted(kind=kind))
        assert names(model) == shown
    model.want(Wanted(text="loom"))
    assert names(model) == ["b"]
    model.want(Wanted(kind="failed", text="loom"))
    assert names(model) == []
    model.want(Wanted(among=frozenset(("a", "d"))))
    assert names(model) == ["a", "d"]


def test_groups_have_heads_that_fold(qtmodeltester: ModelTester) -> None:
    model = table([invoice("a", "Loom"), invoice("b", "Tessel"), invoice("c", "Loom"), Row("d", "failed")])
    model.want(Wanted(grouped=VENDOR))
    heads = [entry for row in range(model.rowCount()) if isinstance(entry := model.entry(row), Group)]
    assert [(head.title, head.count) for head in heads] == [("Loom", 2), ("Tessel", 1), ("", 1)]
    assert names(model) == ["", "a", "c", "", "b", "", "d"]
    model.fold(heads[0], folded=True)
    assert names(model) == ["", "", "b", "", "d"]
    qtmodeltester.check(model)
    model.want(replace(model.wanted, sorting=Sorting("column", TOTAL)))
    assert names(model) == ["", "", "b", "", "d"]
    model.fold(heads[0], folded=False)
    assert names(model) == ["", "a", "c", "", "b", "", "d"]


def test_a_row_that_changes_stays_where_it_is_until_somebody_sorts_again(qapp: object) -> None:
    model = table([reviewed(invoice(name), sure) for name, sure in (("a", 0.2), ("b", 0.4), ("c", 0.6))])
    model.want(Wanted(Sorting("worst")))
    told: list[int] = []
    model.stale_changed.connect(told.append)
    model.change_rows({0: reviewed(invoice("a"), 0.99)})
    assert names(model) == ["a", "b", "c"]
    model.change_rows({0: reviewed(invoice("a"), 0.2)})
    model.change_rows({0: reviewed(invoice("a"), 0.99), 1: reviewed(invoice("b", "Loom"), 0.4)})
    assert told == [1, 0, 1]
    model.arrange_again()
    assert names(model) == ["b", "c", "a"]
    assert told == [1, 0, 1, 0]


def test_a_row_that_a_filter_would_leave_out_stays_and_one_that_it_lets_through_comes_at_the_end() -> None:
    model = table([Row("a", "pending"), Row("b", "failed"), Row("c", "failed")])
    model.want(Wanted(kind="failed"))
    model.change_rows({1: reviewed(invoice("b")), 0: reviewed(Row("a", "failed"))})
    assert names(model) == ["b", "c", "a"]
    assert model.stale == 2
    model.arrange_again()
    assert (names(model), model.stale) == (["a", "c"], 0)


def test_rows_that_change_are_told_together_and_no_model_is_reset() -> None:
    model = table([Row(str(at), "pending") for at in range(100)])
    resets: list[None] = []
    ranges: list[tuple[int, int]] = []
    model.modelReset.connect(lambda: resets.append(None))
    model.dataChanged.connect(lambda first, last, _roles: ranges.append((first.row(), last.row())))
    model.change_rows({at: reviewed(invoice(str(at))) for at in (3, 4, 5, 40, 99)})
    assert ranges == [(3, 5), (40, 40), (99, 99)]
    assert not resets
    model.follow_job([reviewed(invoice(str(at))) for at in range(100)], [CellPlace("7", "/total")])
    assert (model.counts["done"], model.counts["review"]) == (100, 1)
    model.follow_job([reviewed(invoice(str(at))) for at in range(1, 102)], [])
    assert (names(model)[0], names(model)[-1], resets) == ("1", "101", [])


def test_a_job_that_is_opened_shows_names_before_values_and_forgets_how_another_was_looked_at() -> None:
    model = table([invoice("a"), invoice("b")])
    model.want(Wanted(Sorting("document", descending=True), text="b"))
    model.show_job([ReviewedRow(Row(name, "done"), None, {}) for name in ("c", "d")], DOCUMENTS, columns(SCHEMA))
    assert (names(model), model.wanted) == (["c", "d"], Wanted())
    assert trusts(model) == ["waiting"] * 5


def test_how_sure_cells_are_can_change_without_their_rows() -> None:
    model = table([reviewed(invoice("a"), 0.9), reviewed(invoice("b"), 0.5)])
    places = [CellPlace("a", "/total"), CellPlace("b", "/total")]
    model.set_review(places)
    model.set_review(places, [reviewed(invoice("a"), 0.3), reviewed(invoice("b"), 0.6)])
    model.want(Wanted(Sorting("worst")))
    assert names(model) == ["a", "b"]
    assert model.cell(0, TOTAL).said() == "76.00, doubtful, 30 %"
    assert [model.cell(row, TOTAL).loud for row in range(2)] == [True, False]
    # What is merely less sure than others still says where it stands.
    assert model.cell(1, TOTAL).said() == "76.00, exact, to review, 60 %"


def test_columns_know_their_states_and_sums() -> None:
    model = table(
        [invoice("a", total=10.5), invoice("b", total=None), invoice("c", total=2.0, states={"total": "found"})]
    )
    assert model.told(TOTAL) == "1 exact, 1 found, 1 not in document"
    assert model.sum_of(TOTAL) == (12.5, 2)
    assert model.sum_of(VENDOR) is None
    model.want(Wanted(text="a"))
    model.change_rows({0: reviewed(invoice("a", total=3.0, states={"total": "doubtful"}))})
    assert model.told(TOTAL) == "1 found, 1 not in document, 1 doubtful"


def test_what_is_copied_fits_a_spreadsheet_and_is_no_formula() -> None:
    row = invoice("=a.pdf", vendor="=1+1\tx\ny", total=1284.0, items=[("Frame", 1.0)])
    model = table([row, Row("b", "failed")])
    assert copied_rows(model, {0: [VENDOR, TOTAL, PAID]}, names=True) == "'=a.pdf\t'=1+1 x y\t1284.00\tno"
    assert copied_rows(model, {1: [0], 0: [TOTAL]}, names=False) == "1284.00\nThe document could not be read."
    assert copied(-5) == "-5"


# Whatever happens

STATES = st.sampled_from(["pending", "running", "done", "failed", "empty"])
changes = st.tuples(st.integers(0, 5), STATES, st.integers(0, 3), st.sampled_from(["v1", "v2", "v10"]))
wishes = st.builds(
    Wanted,
    st.builds(Sorting, st.sampled_from(["order", "document", "column", "worst"]), st.integers(0, 3), st.booleans()),
    st.sampled_from([None, "failed", "done", "waiting"]),
    st.sampled_from(["", "v1", "2"]),
    st.sampled_from([None, 0, 1]),
)


def made(at: int, state: Any, items: int, vendor: str) -> ReviewedRow:
    if state != "done":
        return reviewed(Row(f"d{at}", state))
    return reviewed(invoice(f"d{at}", vendor, float(items), items=[(f"i{each}", each * 1.5) for each in range(items)]))


@settings(max_examples=60)
@given(st.data())
def test_however_rows_change_and_are_looked_at_the_model_keeps_in_step(data: st.DataObject) -> None:
    rows = [reviewed(Row(f"d{at}", "pending")) for at in range(6)]
    model = table(rows, data.draw(st.sampled_from([BY_DOCUMENT, BY_ITEM])))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for _step in range(6):
        if data.draw(st.booleans()):
            model.want(data.draw(wishes))
        kept = [(QPersistentModelIndex(model.index(row, 0)), model.entry(row)) for row in range(model.rowCount())]
        drawn = {change[0]: made(*change) for change in data.draw(st.lists(changes, max_size=4))}
        for at, row in drawn.items():
            rows[at] = row
        model.change_rows(drawn)
        for index, entry in kept:
            assert not index.isValid() or model.entry(index.row()) is entry
    again = ExtractTable()
    again.show_job(rows, model.fields.unit, model.fields.columns)
    again.want(model.wanted)
    model.arrange_again()
    assert [_shown(model, row) for row in range(model.rowCount())] == [
        _shown(again, row) for row in range(again.rowCount())
    ]
    assert +model.counts == +again.counts
    assert [+counts for counts in model.trusts] == [+counts for counts in again.trusts]
    tester.deleteLater()


def _shown(model: ExtractTable, row: int) -> Any:
    entry = model.entry(row)
    if isinstance(entry, Line):
        return entry.name, entry.item, [model.index(row, at).data() for at in range(model.columnCount())]
    return entry.title, entry.count
