"""The table of the Extract page: a person walks, reviews, types, sorts and copies, and nothing moves by itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QFontMetricsF, QGuiApplication

from app.exchange import Draft
from app.models.extract_order import Sorting
from app.pages.extract.table import ExtractTableView
from app.pages.extract.table.menus import cell_menu, column_menu, unit_menu, view_menu
from app.pages.extract.table.painting import END, WORDS_AT
from app.session import Session
from app.shortcuts import Shortcuts
from engine.errors import DocumentError
from engine.extraction import ExtractionPlan
from engine.store import Row, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QLineEdit, QMenu
    from pytestqt.qtbot import QtBot

    from app.session.extraction import Extractions
    from app.style.theme import Theme

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "vendor": {"type": "string"},
            "total": {"type": "number"},
            "paid": {"type": "boolean"},
            "items": {"type": "array", "items": {"type": "object", "properties": {"what": {"type": "string"}}}},
        },
        "required": ["vendor"],
        "additionalProperties": False,
    }
)
VENDOR, TOTAL, PAID, ITEMS = range(4)


def cell(value: Any, state: str = "exact", **more: Any) -> dict[str, Any]:
    said = {"value": value, "state": state, "quote": None if value is None else str(value), "spans": [], "places": []}
    sure = {"mean": 0.99, "min": 0.99, "margin": 0.98, "removed": 0.0, "absence": 0.0}
    return said | {"probability": sure} | more


def invoice(name: str, vendor: str = "Tessel", total: float = 76.0, state: str = "exact", items: int = 0) -> Row:
    listed = [{"what": f"Item {at}"} for at in range(items)]
    record = {"vendor": vendor, "total": total, "paid": False, "items": listed}
    others = [
        {"value": value, "quote": None, "spans": [], "places": [], "probability": share}
        for value, share in ((total, 0.6), (1248.0, 0.3), (None, 0.1))
    ]
    cells = {
        "/vendor": cell(vendor),
        "/total": cell(total, state, quote=f"{total:,.2f}", alternatives=others),
        "/paid": cell(False, "found"),
    }
    cells |= {f"/items/{at}/what": cell(f"Item {at}") for at in range(items)} or {"/items": cell([], "absent")}
    return Row(name, "done", sha256="ab" * 32, record=record, cells=cells)


LOCKED = Row("locked.pdf", "failed", error=DocumentError("The file is locked.", advice="Save it openly.").to_json())
ROWS = (
    invoice("a.pdf", "Loom", 30.0),
    invoice("b.pdf", "Tessel", 1284.0, "doubtful", items=3),
    LOCKED,
    invoice("d.pdf", "Arbour", 9.5, "doubtful"),
)


@pytest.fixture
def open_table(profile: Path, tmp_path: Path, theme: Theme, qtbot: QtBot) -> Iterator[Callable[..., ExtractTableView]]:
    """Show the table of a job whose rows were saved as the engine saves them."""
    sessions: list[Session] = []

    def begin(rows: Sequence[Row] = ROWS, more: Sequence[str] = ()) -> ExtractTableView:
        folder = tmp_path / "invoices"
        folder.mkdir()
        for name in (*(row.document for row in rows), *more):
            (folder / name).write_text("Total 76.00")
        plan = {
            "sources": [str(folder.resolve())],
            "schema": SCHEMA,
            "instructions": ExtractionPlan((folder,), SCHEMA).instructions,
            "sampling": {},
            "reproducible": False,
            "grounding": 1,
        }
        with Store(profile) as store:
            job = store.jobs.open(plan, identity="one", name="invoices", again=True)
            store.jobs.set_documents(job, [*(row.document for row in rows), *more])
            for row in rows:
                store.jobs.save(job, row)
            store.jobs.settle(job)
        session = Session(profile)
        sessions.append(session)
        session.restore(Draft(format="text"))
        extractions = session.extractions
        view = ExtractTableView(theme, Shortcuts())
        view.resize(900, 420)
        view.set_session(extractions)
        qtbot.addWidget(view)
        extractions.open(job.id)
        qtbot.waitUntil(lambda: extractions.id == job.id and not extractions.loading)
        qtbot.waitUntil(lambda: view.table.rowCount() == len(rows) + len(more) and not view._batch.isActive())
        extractions.set_share_right(0.5)
        doubtful = sum((row.cells or {}).get("/total", {}).get("state") == "doubtful" for row in rows)
        qtbot.waitUntil(lambda: len(extractions.to_review) == doubtful == view.table.counts["review"])
        view.show()
        view.cells.setFocus()
        return view

    yield begin
    for session in sessions:
        session.close()
        session.deleteLater()


@pytest.fixture
def view(open_table: Callable[..., ExtractTableView]) -> ExtractTableView:
    return open_table()


def session_of(view: ExtractTableView) -> Extractions:
    assert view._session is not None
    return view._session


def documents(view: ExtractTableView) -> list[str]:
    return [str(view.table.headerData(row, Qt.Orientation.Vertical)) for row in range(view.table.rowCount())]


def middle(view: ExtractTableView, row: int, column: int) -> QPoint:
    return view.cells.cell_rect(row, column).center()


def press(qtbot: QtBot, view: ExtractTableView, *keys: Any) -> None:
    for key in keys:
        if isinstance(key, str):
            qtbot.keyClicks(view.cells, key)
        else:
            qtbot.keyClick(view.cells, key)


def editor(view: ExtractTableView) -> QLineEdit | None:
    return view.cells.editing.line


# Walking and reviewing


def test_arrow_keys_walk_from_cell_to_cell_and_each_is_told(view: ExtractTableView, qtbot: QtBot) -> None:
    view.choose_cell("a.pdf", "/vendor")
    told: list[tuple[str, str]] = []
    view.cell_chosen.connect(lambda *place: told.append(place))
    press(qtbot, view, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Home)
    assert told == [("a.pdf", "/total"), ("b.pdf", "/total"), ("locked.pdf", "")]


def test_keys_ask_for_what_they_say_about_the_current_cell(view: ExtractTableView, qtbot: QtBot) -> None:
    told: list[Any] = []
    view.accept_asked.connect(lambda: told.append("accept"))
    view.choice_asked.connect(told.append)
    view.absent_asked.connect(lambda: told.append("absent"))
    view.undo_asked.connect(lambda: told.append("undo"))
    view.redo_asked.connect(lambda: told.append("redo"))
    view.choose_cell("b.pdf", "/total")
    press(qtbot, view, Qt.Key.Key_Return, "2", Qt.Key.Key_3, "5", Qt.Key.Key_Delete)
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(view.cells, Qt.Key.Key_Z, control)
    qtbot.keyClick(view.cells, Qt.Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier)
    assert told == ["accept", 1, 2, "absent", "undo", "redo"]
    assert editor(view) is None


def test_tab_goes_through_what_is_to_be_looked_at_and_leaves_the_table_when_nothing_is(
    view: ExtractTableView, qtbot: QtBot
) -> None:
    session = session_of(view)
    assert [place.document for place in session.to_review] == ["b.pdf", "d.pdf"]
    press(qtbot, view, Qt.Key.Key_Tab)
    assert view.current() == ("b.pdf", "/total")
    press(qtbot, view, Qt.Key.Key_Tab)
    assert view.current() == ("d.pdf", "/total")
    press(qtbot, view, Qt.Key.Key_Tab)
    assert view.current() == ("b.pdf", "/total")
    session.accept("b.pdf", "/total")
    qtbot.waitUntil(lambda: len(session.to_review) == 1)
    press(qtbot, view, Qt.Key.Key_Tab)
    assert view.current() == ("d.pdf", "/total")
    session.set_absent("d.pdf", "/total")
    qtbot.waitUntil(lambda: not view.cells.has_review)
    press(qtbot, view, Qt.Key.Key_Tab)
    assert not view.cells.hasFocus()


def test_what_the_session_takes_shows_in_the_cell_which_stays_the_current_one(
    view: ExtractTableView, qtbot: QtBot
) -> None:
    session = session_of(view)
    view.choose_cell("b.pdf", "/total")
    view.choice_asked.connect(lambda at: session.choose(*view.current(), at))
    press(qtbot, view, "2")
    index = view.table.index(1, TOTAL)
    qtbot.waitUntil(lambda: index.data() == "1248")
    assert view.current() == ("b.pdf", "/total")
    assert view.table.cell(1, TOTAL).trust == "edited"


# Typing


@pytest.mark.parametrize("begin", [(Qt.Key.Key_F2,), ("Q",)])
def test_a_cell_is_typed_into_where_it_stands(view: ExtractTableView, qtbot: QtBot, begin: tuple[Any, ...]) -> None:
    told: list[str] = []
    view.edit_asked.connect(told.append)
    view.choose_cell("a.pdf", "/vendor")
    press(qtbot, view, *begin)
    line = editor(view)
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "Loom & Co")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: told == ["Loom & Co"])
    assert view.table.index(0, VENDOR).data() == "Loom"


def test_what_is_not_changed_or_given_up_with_escape_is_not_told(view: ExtractTableView, qtbot: QtBot) -> None:
    told: list[str] = []
    view.edit_asked.connect(told.append)
    view.choose_cell("a.pdf", "/vendor")
    for key, words in ((Qt.Key.Key_Return, ""), (Qt.Key.Key_Escape, "x")):
        view.edit_current()
        line = editor(view)
        assert line is not None
        qtbot.keyClicks(line, words)
        qtbot.keyClick(line, key)
        qtbot.waitUntil(lambda: editor(view) is None)
    assert told == []


def test_typing_goes_on_while_the_row_changes_below_it(view: ExtractTableView, qtbot: QtBot) -> None:
    view.choose_cell("a.pdf", "/vendor")
    view.edit_current()
    line = editor(view)
    assert line is not None
    line.setText("half a wo")
    session_of(view).accept("a.pdf", "/total")
    qtbot.waitUntil(lambda: view.table.cell(0, TOTAL).trust == "accepted")
    assert editor(view) is line
    assert line.text() == "half a wo"


def test_what_cannot_be_taken_comes_back_to_be_mended(view: ExtractTableView, qtbot: QtBot) -> None:
    view.edit_asked.connect(lambda _text: view.reject_edit("The total is a number."))
    view.choose_cell("a.pdf", "/total")
    view.edit_current()
    line = editor(view)
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "about 30")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: (again := editor(view)) is not None and again is not line)
    again = editor(view)
    assert again is not None
    assert (again.text(), again.accessibleDescription()) == ("about 30", "The total is a number.")


def test_a_list_opens_as_rows_instead_of_being_typed_into(view: ExtractTableView, qtbot: QtBot) -> None:
    view.choose_cell("b.pdf", "/items/1/what")
    assert view.cells.currentIndex().column() == ITEMS
    press(qtbot, view, Qt.Key.Key_F2)
    assert editor(view) is None
    qtbot.mouseDClick(view.cells.viewport(), Qt.MouseButton.LeftButton, pos=middle(view, 1, ITEMS))
    qtbot.waitUntil(lambda: view.table.rowCount() == 6)
    assert documents(view) == ["a.pdf", "b.pdf", "b.pdf", "b.pdf", "locked.pdf", "d.pdf"]
    assert view.bar.unit.text() == "Rows: items"
    assert view.current()[0] == "b.pdf"


# Failed documents


def test_a_failed_document_offers_a_button_and_the_same_by_enter(view: ExtractTableView, qtbot: QtBot) -> None:
    told: list[str] = []
    view.again_asked.connect(told.append)
    button = view.cells.button_rect(2)
    assert button is not None
    qtbot.mouseClick(view.cells.viewport(), Qt.MouseButton.LeftButton, pos=button[0].center())
    view.choose_cell("locked.pdf", "")
    press(qtbot, view, Qt.Key.Key_Return)
    assert told == ["locked.pdf", "locked.pdf"]
    said = view.table.index(2, VENDOR).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "vendor, locked.pdf: The file is locked. Save it openly."


# Order


def test_a_title_sorts_upwards_downwards_and_not_at_all(view: ExtractTableView, qtbot: QtBot) -> None:
    heading = view.cells.headings
    at = QPoint(heading.sectionViewportPosition(TOTAL) + 40, 16)
    orders = []
    for _click in range(3):
        qtbot.mouseClick(heading.viewport(), Qt.MouseButton.LeftButton, pos=at)
        orders.append(documents(view))
    assert orders == [
        ["d.pdf", "a.pdf", "b.pdf", "locked.pdf"],
        ["b.pdf", "a.pdf", "d.pdf", "locked.pdf"],
        ["a.pdf", "b.pdf", "locked.pdf", "d.pdf"],
    ]
    qtbot.mouseClick(view.cells.corner, Qt.MouseButton.LeftButton, pos=QPoint(20, 16))
    assert view.table.wanted.sorting == Sorting("document")


def test_the_current_cell_stays_the_same_cell_however_rows_are_sorted(view: ExtractTableView) -> None:
    view.choose_cell("b.pdf", "/total")
    told: list[Any] = []
    view.cell_chosen.connect(lambda *place: told.append(place))
    view.sort_by(Sorting("column", TOTAL, descending=True))
    view.show_worst_first()
    view.show_only("review")
    assert view.current() == ("b.pdf", "/total")
    assert told == []


def test_a_cell_that_a_filter_hides_is_current_again_when_it_is_shown(view: ExtractTableView) -> None:
    view.choose_cell("a.pdf", "/total")
    view.show_only("failed")
    assert not view.cells.currentIndex().isValid()
    view.show_only("")
    assert view.current() == ("a.pdf", "/total")


def test_rows_that_finish_move_neither_what_is_seen_nor_the_current_cell(
    open_table: Callable[..., ExtractTableView], qtbot: QtBot
) -> None:
    rows = [invoice(f"{at:03}.pdf", items=at % 3) for at in range(60)]
    view = open_table(rows)
    session = session_of(view)
    view.set_unit(session.units[1])
    qtbot.waitUntil(lambda: view.table.total == 80)
    view.choose_cell("040.pdf", "/total")
    bar = view.cells.verticalScrollBar()
    bar.setValue(bar.value() + 13)
    seen = view.cells.visualRect(view.cells.currentIndex())
    session.rows[2] = session.rows[0]
    session.row_changed.emit(2)
    qtbot.waitUntil(lambda: view.table.total == 60 + 19)
    assert view.current() == ("040.pdf", "/total")
    assert view.cells.visualRect(view.cells.currentIndex()) == seen


def test_a_row_that_is_no_longer_the_worst_stays_and_a_button_offers_to_sort_again(
    view: ExtractTableView, qtbot: QtBot
) -> None:
    view.show_worst_first()
    assert documents(view)[:2] == ["b.pdf", "d.pdf"]
    assert view.bar.again.isHidden()
    session_of(view).accept("b.pdf", "/total")
    qtbot.waitUntil(lambda: not view.bar.again.isHidden())
    assert documents(view)[:2] == ["b.pdf", "d.pdf"]
    view.bar.again.click()
    assert documents(view)[0] == "d.pdf"
    assert view.bar.again.isHidden()


def test_chips_count_rows_and_filter_them(view: ExtractTableView, qtbot: QtBot) -> None:
    shown = {chip.accessibleName() for chip in view.bar.chips.values() if not chip.isHidden()}
    assert shown == {"All, 4", "To review, 2", "Failed, 1", "Done, 3"}
    qtbot.mouseClick(view.bar.chips["failed"], Qt.MouseButton.LeftButton)
    assert documents(view) == ["locked.pdf"]
    qtbot.mouseClick(view.bar.chips[None], Qt.MouseButton.LeftButton)
    qtbot.keyClick(view.cells, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert view.bar.field.hasFocus()
    qtbot.keyClicks(view.bar.field, "ARB")
    qtbot.keyClick(view.bar.field, Qt.Key.Key_Return)
    assert documents(view) == ["d.pdf"]
    assert view.cells.hasFocus()


def test_going_to_a_cell_opens_filters_groups_and_columns_that_hide_it(view: ExtractTableView) -> None:
    view.group_by(VENDOR)
    for row in reversed(range(view.table.rowCount())):
        entry = view.table.entry(row)
        if view.table.line(row) is None:
            view.table.fold(entry, folded=True)
    view.show_only("failed")
    view.show_column(TOTAL, shown=False)
    view.choose_cell("b.pdf", "/total")
    assert view.current() == ("b.pdf", "/total")
    assert not view.cells.isColumnHidden(TOTAL)
    assert view.cells.viewport().rect().contains(view.cells.visualRect(view.cells.currentIndex()).center())


def test_the_head_of_a_group_folds_by_click_and_by_key(view: ExtractTableView, qtbot: QtBot) -> None:
    view.group_by(VENDOR)
    whole = view.table.rowCount()
    qtbot.mouseClick(view.cells.viewport(), Qt.MouseButton.LeftButton, pos=middle(view, 0, 0))
    assert view.table.rowCount() == whole - 1
    view.cells.setCurrentIndex(view.table.index(0, 0))
    press(qtbot, view, Qt.Key.Key_Right)
    assert view.table.rowCount() == whole
    press(qtbot, view, Qt.Key.Key_Return)
    assert view.table.rowCount() == whole - 1


# Copying and menus


def test_selected_cells_are_copied_as_a_spreadsheet_takes_them(view: ExtractTableView, qtbot: QtBot) -> None:
    view.cells.choose(0, VENDOR)
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(view.cells, Qt.Key.Key_Right, shift)
    qtbot.keyClick(view.cells, Qt.Key.Key_Down, shift)
    qtbot.keyClick(view.cells, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Loom\t30.00\nTessel\t1284.00"
    view.cells.clearSelection()
    qtbot.mouseClick(view.cells.names.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(30, 10))
    view.cells.copy()
    assert QGuiApplication.clipboard().text() == "a.pdf\tLoom\t30.00\tno\t[]"


def words(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def chosen(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text() == text).trigger()


def test_the_menu_of_a_cell_has_what_keys_do_and_more(view: ExtractTableView) -> None:
    told: list[Any] = []
    view.show_asked.connect(lambda *place: told.append(place))
    view.run_field_asked.connect(told.append)
    view.folder_asked.connect(told.append)
    view.again_asked.connect(told.append)
    view.choose_cell("b.pdf", "/total")
    menu = cell_menu(view)
    again = "Run total again\N{HORIZONTAL ELLIPSIS}"
    assert words(menu) == [
        "Accept",
        "Edit",
        "Not in the document",
        "Choose instead",
        "Copy",
        "Show in document",
        again,
        "Open the file's folder",
    ]
    for each in ("Show in document", again, "Open the file's folder"):
        chosen(menu, each)
    view.choose_cell("locked.pdf", "")
    chosen(cell_menu(view), "Try again")
    assert told == [("b.pdf", "/total"), "total", "b.pdf", "locked.pdf"]


def test_the_menu_of_a_column_sorts_groups_and_hides_it(view: ExtractTableView, qtbot: QtBot) -> None:
    chosen(column_menu(view, TOTAL), "Sort downwards")
    assert documents(view)[0] == "b.pdf"
    chosen(column_menu(view, VENDOR), "Group by vendor")
    assert view.table.grouped_by() == "vendor"
    chosen(column_menu(view, PAID), "Hide paid")
    assert view.cells.isColumnHidden(PAID)
    assert "Columns" in words(view_menu(view))
    chosen(unit_menu(view), "items")
    qtbot.waitUntil(lambda: view.table.fields.unit.title == "items")


# Widths


def test_widths_that_a_person_chose_and_hidden_columns_are_remembered(
    view: ExtractTableView, theme: Theme, qtbot: QtBot
) -> None:
    view.cells.headings.resizeSection(VENDOR, 311)
    view.show_column(PAID, shown=False)
    view.cells.widths.drag_names(155)
    other = ExtractTableView(theme, Shortcuts())
    qtbot.addWidget(other)
    other.resize(700, 300)
    other.restore_state(json.loads(json.dumps(view.save_state())))
    other.set_session(session_of(view))
    assert other.cells.columnWidth(VENDOR) == 311
    assert other.cells.isColumnHidden(PAID)
    assert other.cells.names.width() == 155
    other.restore_state({"widths": "none", "hidden": 3})
    assert not other.cells.isColumnHidden(PAID)


def test_columns_fill_the_width_and_names_stay_in_sight(view: ExtractTableView) -> None:
    cells = view.cells
    assert sum(cells.columnWidth(at) for at in range(4)) == cells.viewport().width()
    cells.headings.resizeSection(VENDOR, 900)
    cells.horizontalScrollBar().setValue(300)
    assert cells.names.x() == 0
    assert cells.corner.geometry().width() == cells.names.width()


def test_texts_have_the_room_that_figures_do_not_need(
    open_table: Callable[..., ExtractTableView], qtbot: QtBot
) -> None:
    vendor = "Hargreaves & Sons, Timber Merchants"
    view = open_table([invoice("a.pdf", vendor, state="doubtful"), invoice("b.pdf", vendor)])
    figures, wide = (TOTAL, PAID, ITEMS), {at: view.cells.columnWidth(at) for at in range(4)}
    view.resize(1200, 420)
    qtbot.waitUntil(lambda: view.cells.columnWidth(VENDOR) == wide[VENDOR] + 300)
    assert [view.cells.columnWidth(at) for at in figures] == [wide[at] for at in figures]
    # Where room lacks, a count over figures gives way before texts are cut, and no figure is ever cut.
    view.resize(view.width() - view.cells.columnWidth(VENDOR) + 150, 420)
    qtbot.waitUntil(lambda: view.cells.columnWidth(TOTAL) < wide[TOTAL])
    metrics = QFontMetricsF(view.cells.painting.theme.fonts.text(13, 500, tabular=True))
    assert view.cells.columnWidth(TOTAL) >= WORDS_AT + metrics.horizontalAdvance("76.00") + END
    assert 150 < view.cells.columnWidth(VENDOR) < wide[VENDOR]


def test_the_table_is_read_out_cell_by_cell(view: ExtractTableView) -> None:
    view.choose_cell("b.pdf", "/total")
    table = QAccessible.queryAccessibleInterface(view.cells)
    said = [table.child(at).text(QAccessible.Text.Name) for at in range(table.childCount())]
    assert any(each.startswith("total, b.pdf: 1,284.00, doubtful") for each in said)


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_every_kind_of_row_can_be_painted(
    open_table: Callable[..., ExtractTableView], theme: Theme, choice: Any
) -> None:
    theme.choose(choice)
    view = open_table(ROWS, ["later.pdf"])
    view.cells.choose(1, TOTAL)
    ground = theme.colour("amberSoft").rgb()
    picture = view.cells.viewport().grab().toImage()
    rect = view.cells.cell_rect(1, TOTAL)
    assert picture.pixelColor(rect.center().x(), rect.top() + 5).rgb() == ground
    quiet = view.cells.cell_rect(0, TOTAL)
    assert picture.pixelColor(quiet.center().x(), quiet.top() + 5).rgb() == theme.colour("surface").rgb()
    failed = view.cells.row_rect(2)
    assert picture.pixelColor(failed.center().x(), failed.top() + 3).rgb() == theme.colour("failedRow").rgb()
