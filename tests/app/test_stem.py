from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pydantic_core import from_json
from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication
from PySide6.QtWidgets import QMenu

from app.exchange import Closed
from app.models.answer_node import MISSING
from app.models.answer_tree import AnswerTree, Ending
from app.models.shape import shape_of_schema
from app.widgets.stem import StemView

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme

ITEM = {"type": "object", "properties": {"what": {"type": "string"}, "price": {"type": "number"}}}
SCHEMA = {
    "type": "object",
    "properties": {
        "reasoning": {"type": "string"},
        "vendor": {"type": "object", "properties": {"name": {"type": "string"}, "city": {"type": "string"}}},
        "items": {"type": "array", "items": ITEM},
        "tags": {"type": "array", "items": {"type": "string"}},
        "note": {"type": "string"},
    },
}
VALUE: dict[str, Any] = {
    "reasoning": "word " * 60,
    "vendor": {"name": "N", "city": "B"},
    "items": [{"what": f"tree {number}", "price": number} for number in range(30)],
    "tags": ["a", "b"],
    "note": "<b>not bold</b>",
}
TEXT = json.dumps(VALUE)


@pytest.fixture
def stem(theme: Theme, qtbot: QtBot) -> StemView:
    tree = AnswerTree()
    tree.frame(shape_of_schema(SCHEMA))
    view = StemView(theme, tree)
    tree.setParent(view)
    qtbot.addWidget(view)
    view.resize(640, 320)
    view.show()
    return view


def grow(view: StemView, text: str, ending: Ending = "growing") -> None:
    tree = view.model()
    assert isinstance(tree, AnswerTree)
    value = from_json(text, allow_partial="trailing-strings") if text else MISSING
    closed = {"": Closed(0, len(text))} if ending == "done" else {}
    tree.grow(value, text, closed, ending)
    view.grown()


def test_every_state_can_be_painted(stem: StemView, theme: Theme) -> None:
    for end in range(0, len(TEXT), 97):
        grow(stem, TEXT[:end])
        assert not stem.grab().isNull()
    for ending in ("failed", "stopped"):
        grow(stem, TEXT[:700], ending)  # type: ignore[arg-type]
        stem.grab()
    grow(stem, TEXT, "done")
    theme.choose("dark")
    stem.grab()


def test_the_write_head_stays_in_sight(stem: StemView) -> None:
    for end in range(1, TEXT.index('"tags"'), 40):
        grow(stem, TEXT[:end])
    tree = stem.model()
    assert isinstance(tree, AnswerTree)
    assert tree.head is not None
    assert stem.viewport().rect().intersects(stem.visualRect(tree.index_of(tree.head)))


def test_scroll_and_folds_stay_while_the_answer_grows(stem: StemView) -> None:
    grow(stem, TEXT[: TEXT.index('"tags"')])
    stem._follow = False
    vendor = stem.model().index(1, 0)
    stem.toggle(vendor)
    stem.verticalScrollBar().setValue(40)
    grow(stem, TEXT[: TEXT.index('"note"')])
    assert stem.verticalScrollBar().value() == 40
    assert not stem.isExpanded(vendor)


def test_reasoning_folds_when_it_is_done_and_opens_again(stem: StemView, qtbot: QtBot) -> None:
    tree = stem.model()
    assert isinstance(tree, AnswerTree)
    grow(stem, TEXT[:200])
    first = tree.index(0, 0)
    assert not stem.folds.shortened(tree.node(first))
    tall = stem.visualRect(first).height()
    grow(stem, TEXT, "done")
    assert stem.folds.shortened(tree.node(first))
    assert stem.row_layout.height(tree.node(first)) < tall
    stem.setCurrentIndex(first)
    qtbot.keyClick(stem, Qt.Key.Key_Space)
    assert not stem.folds.shortened(tree.node(first))


def test_the_keyboard_walks_folds_and_copies(stem: StemView, qtbot: QtBot) -> None:
    grow(stem, TEXT, "done")
    stem.setCurrentIndex(stem.model().index(1, 0))
    qtbot.keyClick(stem, Qt.Key.Key_Left)
    assert not stem.isExpanded(stem.model().index(1, 0))
    qtbot.keyClick(stem, Qt.Key.Key_Right)
    assert stem.isExpanded(stem.model().index(1, 0))
    qtbot.keyClick(stem, Qt.Key.Key_Down)
    assert stem.currentIndex().data() == "city"
    qtbot.keyClick(stem, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "B"


def test_a_narrow_view_keeps_every_column(stem: StemView) -> None:
    grow(stem, TEXT, "done")
    stem.resize(360, 320)
    stem.grab()
    tree = stem.model()
    assert isinstance(tree, AnswerTree)
    assert all(width >= 20 for width in stem.row_layout.table(tree.node(tree.index(2, 0))).widths)


def test_a_headline_still_to_come_has_its_blank(stem: StemView) -> None:
    row = stem.visualRect(stem.model().index(1, 0))
    beside = QRect(stem.row_layout.value_x(), row.top(), 120, row.height())
    seen = stem.viewport().grab(beside).toImage()
    assert len({seen.pixel(x, y) for x in range(seen.width()) for y in range(seen.height())}) > 1


def test_a_number_that_is_spelled_late_still_fits_its_column(stem: StemView) -> None:
    tree = stem.model()
    assert isinstance(tree, AnswerTree)
    text = '{"items": [{"what": "Apple tree", "price": 1234567.00}, {"what": "P'
    grow(stem, text)
    items = tree.node(tree.index(2, 0))
    stem.row_layout.table(items)
    start = text.index("1234567.00")
    closed = {"/items/0/price": Closed(start, start + 10), "/items/0": Closed(11, start + 11)}
    tree.grow(from_json(text, allow_partial="trailing-strings"), text, closed, "growing")
    price = items.children[0].cells[1]
    assert price.text == "1234567.00"
    metrics = QFontMetricsF(stem._theme.fonts.text(13, tabular=True))
    assert stem.row_layout.table(items).widths[1] >= metrics.horizontalAdvance(price.text)


def test_a_closed_menu_is_gone(stem: StemView, qapp: QApplication) -> None:
    grow(stem, TEXT, "done")
    stem._show_menu(stem.visualRect(stem.model().index(1, 0)).center())
    (menu,) = stem.findChildren(QMenu)
    assert [action.text() for action in menu.actions()] == ["Copy value", "Copy JSON Pointer"]
    menu.close()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert stem.findChildren(QMenu) == []


def test_what_is_taken_back_leaves_no_row_behind(stem: StemView, qtmodeltester: ModelTester) -> None:
    tree = stem.model()
    assert isinstance(tree, AnswerTree)
    kept = TEXT[: TEXT.index("tree 2")]
    grow(stem, kept)
    before = [node.look for node in tree.node(tree.index(2, 0)).children]
    grow(stem, TEXT[: TEXT.index('"note"')])
    assert len(tree.node(tree.index(2, 0)).children) == 30
    grow(stem, kept)
    assert [node.look for node in tree.node(tree.index(2, 0)).children] == before
    assert not stem.grab().isNull()
    qtmodeltester.check(tree, force_py=True)


def test_names_that_come_while_it_grows_have_their_room(theme: Theme, qtbot: QtBot) -> None:
    tree = AnswerTree()
    view = StemView(theme, tree)
    tree.setParent(view)
    qtbot.addWidget(view)
    view.resize(900, 320)
    grow(view, '{"a": 1')
    before = view.row_layout.value_x()
    name = "a name of forty letters and some more now"
    grow(view, f'{{"a": 1, "{name}": {{"inner": 2')
    wide = QFontMetricsF(theme.fonts.text()).horizontalAdvance(name)
    assert view.row_layout.value_x() > max(before, view.row_layout.label_x + wide)


def test_a_row_of_any_text_is_of_a_height_that_can_be_scrolled(stem: StemView) -> None:
    text = json.dumps({"note": "x" * 1_000_000, "reasoning": "\n" * 1_000_000, "tags": ["t" * 100_000] * 50})
    grow(stem, text, "done")
    stem.toggle(stem.model().index(0, 0))
    assert stem.verticalScrollBar().maximum() < 100_000
    assert not stem.grab().isNull()
