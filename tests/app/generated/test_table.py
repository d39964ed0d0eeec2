"""Tables of generated screens: rows come without disturbing what is there, and can be sorted, read and copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from app.models.generated_table import GeneratedRows, number_in, read_columns
from app.style.tokens import DARK, LIGHT
from app.widgets.generated.table_view import ROW, GeneratedTable

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme

COLUMNS = [
    {"label": "Bed", "kind": "text"},
    {"label": "Litres", "kind": "number"},
    {"label": "Done", "kind": "boolean"},
    {"label": "State", "kind": "badge"},
]
ROWS = [["North", "48", "yes", "open"], ["South", "9", "no", "sent"], ["Herb bench", "1,200.5", "", "open"]]


@pytest.fixture
def table(theme: Theme, qtbot: QtBot) -> GeneratedTable:
    table = GeneratedTable(theme)
    qtbot.addWidget(table)
    table.resize(420, 300)
    table.show()
    return table


def shown(table: GeneratedTable, column: int = 0) -> list[str]:
    model = table.view.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def click_heading(table: GeneratedTable, column: int, qtbot: QtBot) -> None:
    header = table.view.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(column) + 8, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


# The model

CELLS = st.lists(st.sampled_from(["a", "b", "1", "2.5", "yes", ""]), max_size=3)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables=st.lists(st.lists(CELLS, max_size=6), max_size=5))
def test_rows_become_any_others_as_a_view_expects_it(qtmodeltester: ModelTester, tables: list[list[list[str]]]) -> None:
    model = GeneratedRows()
    columns = read_columns(COLUMNS[:3])
    model.show_rows(columns, [])
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    qtmodeltester.check(model, force_py=True)
    for rows in tables:
        model.show_rows(columns, rows)
        assert model.texts() == [(row + [""] * 3)[:3] for row in rows]
    assert not resets


def test_rows_that_come_leave_the_others_where_they_are(table: GeneratedTable) -> None:
    table.show_table(COLUMNS, ROWS[:1], growing=True)
    kept = QPersistentModelIndex(table.view.model().index(0, 0))
    changed: list[Any] = []
    table.model.dataChanged.connect(lambda *_: changed.append("changed"))
    table.model.modelReset.connect(lambda: changed.append("reset"))
    table.show_table(COLUMNS, ROWS[:2], growing=True)
    table.show_table(COLUMNS, ROWS)
    assert kept.isValid()
    assert changed == []
    assert shown(table) == ["North", "South", "Herb bench"]


def test_rows_may_hold_whatever_a_model_wrote(table: GeneratedTable) -> None:
    table.show_table([{"label": 3, "kind": "odd"}, "Plain"], [[1.50, None], "single", [True, ["a", "b"]], [], {"a": 1}])
    assert [column.label for column in table.model.columns] == ["3", "Plain"]
    assert table.model.texts() == [["1.5", ""], ["single", ""], ["yes", "a, b"], ["", ""], ["{'a': 1}", ""]]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("48", 48),
        ("-3.5 kg", -3.5),
        ("€ 1,234.50", 1234.5),
        ("1.234,50 EUR", 1234.5),
        ("1,200", 1200),
        ("0,5", 0.5),
        ("12,50", 12.5),
        ("1 234 567", 1234567),
        ("1.000.000", 1000000),
        ("3e2", 300),
        ("\N{MINUS SIGN}2", -2),
        ("about 12 %", 12),
        ("none", None),
        ("", None),
        ("9" * 400, None),
    ],
)
def test_the_number_in_a_cell_is_found(text: str, number: float | None) -> None:
    assert number_in(text) == number


# The widget


def test_a_click_on_a_heading_sorts_a_second_turns_round_a_third_brings_back(
    table: GeneratedTable, qtbot: QtBot
) -> None:
    table.show_table(COLUMNS, ROWS)
    QApplication.processEvents()
    assert shown(table, 1) == ["48", "9", "1,200.5"]
    click_heading(table, 1, qtbot)
    assert shown(table, 1) == ["9", "48", "1,200.5"]
    click_heading(table, 1, qtbot)
    assert shown(table, 1) == ["1,200.5", "48", "9"]
    click_heading(table, 1, qtbot)
    assert shown(table, 1) == ["48", "9", "1,200.5"]


def test_a_row_that_comes_into_a_sorted_table_goes_where_it_belongs(table: GeneratedTable, qtbot: QtBot) -> None:
    table.show_table(COLUMNS, ROWS, growing=True)
    QApplication.processEvents()
    click_heading(table, 1, qtbot)
    table.show_table(COLUMNS, [*ROWS, ["Late", "20", "", ""]])
    assert shown(table) == ["South", "Late", "North", "Herb bench"]


def test_a_table_is_as_tall_as_its_rows_up_to_a_limit(table: GeneratedTable) -> None:
    for count in (0, 1, 5):
        table.show_table(COLUMNS, ROWS[:1] * count, growing=True)
        assert table.view.height() == (count + 1) * ROW
    table.show_table(COLUMNS, ROWS[:1] * 500)
    assert table.view.height() == 13 * ROW
    QApplication.processEvents()
    assert table.view.verticalScrollBar().maximum() > 0


def test_columns_that_do_not_fit_are_scrolled_to_and_the_last_row_stays_in_sight(table: GeneratedTable) -> None:
    table.resize(200, 300)
    table.show_table(COLUMNS * 3, ROWS)
    QApplication.processEvents()
    assert table.view.horizontalScrollBar().maximum() > 0
    assert table.view.viewport().height() >= len(ROWS) * ROW


def test_nothing_and_too_much_are_said(table: GeneratedTable) -> None:
    table.show_table([], [])
    assert table.sentence == "This table has no columns."
    table.show_table(COLUMNS, [])
    assert table.sentence == "No rows."
    table.show_table(COLUMNS, [], growing=True)
    assert table.sentence == ""
    table.show_table(COLUMNS[:1], [["a", "b"], ["c"]])
    assert table.sentence == "1 row has more cells than there are columns: they are left out."


def test_numbers_stand_at_the_right_and_booleans_are_read_out(table: GeneratedTable) -> None:
    table.show_table(COLUMNS, ROWS)
    model = table.view.model()
    assert model.index(0, 1).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert model.index(0, 0).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignLeft
    said = [model.index(row, 2).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(3)]
    assert said == ["Done, row 1, yes", "Done, row 2, no", "Done, row 3, empty"]


def test_a_check_is_green_and_follows_the_theme(table: GeneratedTable, theme: Theme) -> None:
    table.show_table(COLUMNS[2:3], [["yes"]])
    for tokens, name in ((LIGHT, "light"), (DARK, "dark")):
        theme.choose(name)
        QApplication.processEvents()
        image = table.grab().toImage()
        found = {image.pixelColor(x, y).name().upper() for x in range(40) for y in range(image.height())}
        assert tokens.accent in found


def test_selected_cells_are_copied_with_tabs_and_lines(table: GeneratedTable, qtbot: QtBot) -> None:
    table.show_table(COLUMNS, [["a\tb\nc", "1", "", ""], ["d", "2", "", ""]])
    view = table.view
    view.setFocus()
    view.setCurrentIndex(view.model().index(0, 0))
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "a\tb\nc"
    chosen = QItemSelection(view.model().index(0, 0), view.model().index(1, 1))
    view.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "a b c\t1\nd\t2"
    (everything,) = [action for action in view.menu().actions() if action.text() == "Copy the table"]
    everything.trigger()
    assert QGuiApplication.clipboard().text() == "Bed\tLitres\tDone\tState\na b c\t1\t\t\nd\t2\t\t"


def test_the_keyboard_sorts_through_the_menu_of_a_cell(table: GeneratedTable) -> None:
    table.show_table([{"label": "A & B", "kind": "text"}], [["b"], ["a"]])
    table.view.setCurrentIndex(table.view.model().index(0, 0))
    actions = {action.text(): action for action in table.view.menu().actions()}
    actions["Sort by A && B"].trigger()
    assert shown(table) == ["a", "b"]
    actions["Sort by A && B, the other way round"].trigger()
    assert shown(table) == ["b", "a"]
    actions["As it came"].trigger()
    assert shown(table) == ["b", "a"]


def test_tab_goes_on_to_what_follows_and_the_ring_begins_at_the_first_cell(table: GeneratedTable, qtbot: QtBot) -> None:
    table.show_table(COLUMNS, ROWS)
    QApplication.processEvents()
    table.activateWindow()
    table.view.clearFocus()
    table.view.setFocus()
    qtbot.waitUntil(table.view.hasFocus)
    assert table.view.currentIndex().row() == 0
    qtbot.keyClick(table.view, Qt.Key.Key_Tab)
    assert table.view.currentIndex().column() == 0
    qtbot.keyClick(table.view, Qt.Key.Key_Right)
    assert table.view.currentIndex().column() == 1


@pytest.mark.parametrize(("text", "tells"), [("<b>bold</b>" * 40, True), ("<b>b</b>", False)])
def test_a_cell_that_is_cut_shows_all_of_it_as_it_is_written(table: GeneratedTable, text: str, tells: bool) -> None:
    table.show_table(COLUMNS, [[text, "", "", ""]])
    QApplication.processEvents()
    view = table.view
    place = view.visualRect(view.model().index(0, 0)).center()
    QToolTip.hideText()
    QApplication.sendEvent(
        view.viewport(), QHelpEvent(QHelpEvent.Type.ToolTip, place, view.viewport().mapToGlobal(place))
    )
    assert ("&lt;b&gt;bold&lt;/b&gt;" in QToolTip.text()) == tells
    QToolTip.hideText()


def test_a_table_has_the_name_that_it_is_given(table: GeneratedTable) -> None:
    assert table.view.accessibleName() == "Table"
    table.name("Last waterings")
    assert table.view.accessibleName() == "Last waterings"
