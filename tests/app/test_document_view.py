"""The view of a document: marks lie over their words, and what is selected there is exactly that text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from reportlab.pdfgen.canvas import Canvas

from app.document_shown import DocumentShown, PageShown, shown, shown_without_text
from app.shortcuts import Shortcuts
from app.widgets.document_view import DocumentView, Mark
from app.widgets.document_view.cells import CellModel, sheets
from app.widgets.document_view.find_bar import hits_in
from app.widgets.document_view.page_pictures import AT_ONCE, MOST_BYTES
from app.widgets.document_view.text_map import TextMap
from app.widgets.document_view.words import caret_at, line_around, word_around
from engine.documents import read_document
from engine.documents.pictures import OpenPictures, PagePicture
from engine.errors import DocumentError, EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtGui import QImage
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

    from app.document_shown import Look
    from app.style.theme import Theme
    from app.widgets.document_view.page_canvas import PageCanvas

LINES = ("Hargreaves & Sons", "Invoice no. H-0311", "Total due 1,284.00", "Paid on account 36.00, balance 1,248.00.")


@pytest.fixture(autouse=True)
def cleared(clear_away: None) -> None:
    """Clear away after every test of this file."""


@pytest.fixture
def invoice(tmp_path: Path) -> Path:
    """Return a PDF of three pages; the lines stand on each, with its number."""
    path = tmp_path / "hargreaves.pdf"
    canvas = Canvas(str(path), pagesize=(400, 500), invariant=1)
    for page in range(3):
        canvas.setFont("Helvetica-Bold", 14)
        for place, line in enumerate((*LINES, f"Page {page + 1}")):
            canvas.drawString(40, 440 - 40 * place, line)
        canvas.showPage()
    canvas.save()
    return path


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> DocumentView:
    made = DocumentView(theme, Shortcuts())
    qtbot.addWidget(made)
    made.resize(500, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def opened(view: DocumentView, invoice: Path) -> Iterator[DocumentShown]:
    """Show the invoice, with its pictures."""
    pictures = OpenPictures()
    document = shown(read_document(invoice))

    def draw(page: int, width: int, done: Callable[[PagePicture], None], failed: Callable[[EngineError], None]) -> None:
        del failed
        done(pictures.of(invoice).picture(page, width))

    view.set_picture_source(draw)
    view.show_document(document)
    yield document
    pictures.close()


def span(document: DocumentShown, text: str, place: int = 0) -> tuple[int, int]:
    start = -1
    for _ in range(place + 1):
        start = document.text.index(text, start + 1)
    return start, start + len(text)


def point_of(canvas: PageCanvas, document: DocumentShown, place: int, at: float = 0.5) -> QPoint:
    """Return where a character stands in the viewport; `at` is 0 at its left, 1 at its right side."""
    page = document.page_at(place)
    (sides,) = document.rectangles(page, place, place + 1)
    box = canvas.places.layout.box(page, sides)
    x = box.left() + box.width() * at
    return QPoint(round(x), round(box.center().y())) - QPoint(
        canvas.horizontalScrollBar().value(), canvas.verticalScrollBar().value()
    )


def drag(canvas: PageCanvas, start: QPoint, end: QPoint) -> None:
    """Press, move and release the left button."""
    none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
    for kind, point, button, held in (
        (QEvent.Type.MouseButtonPress, start, left, left),
        (QEvent.Type.MouseMove, (start + end) / 2, none, left),
        (QEvent.Type.MouseMove, end, none, left),
        (QEvent.Type.MouseButtonRelease, end, left, none),
    ):
        place = QPointF(point)
        event = QMouseEvent(kind, place, canvas.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier)
        QGuiApplication.sendEvent(canvas.viewport(), event)


def inked(image: QImage, left: int, top: int, right: int, bottom: int) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(left, right) for y in range(top, bottom)}


def test_dragging_over_words_takes_exactly_them(view: DocumentView, opened: DocumentShown, qtbot: QtBot) -> None:
    view.set_target("vendor")
    start, end = span(opened, "Hargreaves & Sons")
    drag(view.pages, point_of(view.pages, opened, start, 0.2), point_of(view.pages, opened, end - 1, 0.8))
    assert view.selection() == (start, end)
    assert view.use_bar.isVisible()
    with qtbot.waitSignal(view.text_chosen) as chosen:
        QTest.keyClick(view.pages, Qt.Key.Key_Return)
    assert chosen.args == [start, end]
    assert view.selection() is None
    assert not view.use_bar.isVisible()


def test_a_selection_may_go_on_over_lines_and_back(view: DocumentView, opened: DocumentShown) -> None:
    first, last = span(opened, "H-0311")[0], span(opened, "Total")[1]
    drag(view.pages, point_of(view.pages, opened, last - 1, 0.8), point_of(view.pages, opened, first, 0.2))
    assert view.selection() == (first, last)


def test_a_double_click_takes_the_word_and_a_third_the_line(view: DocumentView, opened: DocumentShown) -> None:
    word = span(opened, "1,248.00")
    point = point_of(view.pages, opened, word[0] + 2)
    QTest.mouseClick(view.pages.viewport(), Qt.MouseButton.LeftButton, pos=point)
    QTest.mouseDClick(view.pages.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert view.selection() == word
    QTest.mouseClick(view.pages.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert view.selection() == span(opened, LINES[3])


def test_the_button_beside_the_selection_names_the_field_and_takes_it(
    view: DocumentView, opened: DocumentShown, qtbot: QtBot
) -> None:
    view.set_target("total")
    view.pages.select(span(opened, "1,284.00"))
    assert view.use_bar.use.text() == "Use for total"
    with qtbot.waitSignal(view.text_chosen) as chosen:
        view.use_bar.use.click()
    assert tuple(chosen.args) == span(opened, "1,284.00")


def test_without_a_field_nothing_is_offered_and_enter_is_left_to_others(
    view: DocumentView, opened: DocumentShown, qtbot: QtBot
) -> None:
    view.set_target(None)
    view.pages.select(span(opened, "1,284.00"))
    assert not view.use_bar.isVisible()
    with qtbot.assertNotEmitted(view.text_chosen):
        QTest.keyClick(view.pages, Qt.Key.Key_Return)


def test_esc_clears_and_ctrl_c_copies_the_selection(view: DocumentView, opened: DocumentShown) -> None:
    view.pages.select(span(opened, "1,284.00"))
    QTest.keyClick(view.pages, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "1,284.00"
    QTest.keyClick(view.pages, Qt.Key.Key_Escape)
    assert view.selection() is None


def test_the_keyboard_moves_the_end_of_a_selection(view: DocumentView, opened: DocumentShown) -> None:
    start, end = span(opened, "Hargreaves")
    view.pages.select((start, end))
    QTest.keyClick(view.pages, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert view.selection() == (start, end - 1)
    both = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(view.pages, Qt.Key.Key_Right, both)
    QTest.keyClick(view.pages, Qt.Key.Key_Right, both)
    assert view.selection() == (start, start + len("Hargreaves &"))


def test_a_mark_tints_the_place_of_its_word_and_no_other(
    view: DocumentView, opened: DocumentShown, qtbot: QtBot
) -> None:
    word = span(opened, "1,284.00")
    corner, end = point_of(view.pages, opened, word[0], 0), point_of(view.pages, opened, word[1] - 1, 1)
    qtbot.waitUntil(lambda: view.pages.pictures.picture(0) is not None)
    before = view.pages.viewport().grab().toImage()
    view.set_marks([Mark(*word, "found", key="total")])
    after = view.pages.viewport().grab().toImage()
    changed = [
        (x, y) for x in range(after.width()) for y in range(after.height()) if before.pixel(x, y) != after.pixel(x, y)
    ]
    xs, ys = [x for x, _ in changed], [y for _, y in changed]
    assert abs(min(xs) - corner.x()) <= 4
    assert abs(max(xs) - end.x()) <= 4
    assert min(ys) < corner.y() < max(ys)
    assert max(ys) - min(ys) < 40
    darkest = min(after.pixelColor(x, corner.y()).lightness() for x in range(corner.x(), end.x()))
    assert darkest < 60, "what is printed stays as dark as it was"


def test_a_click_on_a_mark_tells_its_key_and_the_one_on_top_counts(
    view: DocumentView, opened: DocumentShown, qtbot: QtBot
) -> None:
    word = span(opened, "1,284.00")
    view.set_marks([Mark(*word, "chosen", key="chosen"), Mark(*span(opened, LINES[2]), "found", key="below")])
    for place, key in ((word[0] + 1, "chosen"), (span(opened, "Total")[0], "below")):
        with qtbot.waitSignal(view.mark_clicked) as clicked:
            QTest.mouseClick(view.pages.viewport(), Qt.MouseButton.LeftButton, pos=point_of(view.pages, opened, place))
        assert clicked.args == [key]


@pytest.mark.parametrize("look", ["pages", "text"])
def test_revealing_something_on_page_3_shows_it(
    view: DocumentView, opened: DocumentShown, qtbot: QtBot, look: str
) -> None:
    view.resize(500, 300)
    if look == "text":
        view.turn_look()
    place = span(opened, "Page 3")
    view.reveal(*place)
    pane = view.pages if look == "pages" else view.text
    room = pane.viewport().rect()
    if look == "pages":
        qtbot.waitUntil(lambda: room.contains(point_of(view.pages, opened, place[0])))
        assert view.head.count.text() == "3 of 3"
    else:
        (box,) = view.text._boxes(*place)
        assert room.contains(box.toAlignedRect())


@pytest.mark.parametrize("look", ["pages", "text"])
def test_what_is_to_be_seen_before_the_view_is_shown_is_seen_then(
    theme: Theme, qtbot: QtBot, invoice: Path, look: Look
) -> None:
    view = DocumentView(theme, Shortcuts())
    qtbot.addWidget(view)
    document = shown(read_document(invoice))
    view.show_document(document)
    view.show_look(look)
    place = span(document, "Page 3")
    view.reveal(*place)
    view.resize(500, 200)
    view.show()

    def is_seen() -> bool:
        pane = view.pages if look == "pages" else view.text
        point = point_of(view.pages, document, place[0]) if look == "pages" else None
        boxes = view.text._boxes(*place) if look == "text" else []
        point = boxes[0].center().toPoint() if boxes else point
        return point is not None and pane.viewport().rect().contains(point)

    qtbot.waitUntil(is_seen)


def test_only_pages_in_sight_and_their_neighbours_are_drawn_a_few_at_a_time(view: DocumentView, qtbot: QtBot) -> None:
    asked: list[int] = []
    waiting: list[tuple[int, Callable[[PagePicture], None]]] = []

    def draw(page: int, width: int, done: Callable[[PagePicture], None], _failed: object) -> None:
        asked.append(page)
        waiting.append((width, done))

    view.set_picture_source(draw)
    view.show_document(shown_without_text("scan.pdf", "pdf", [(600, 800)] * 2_000))
    qtbot.waitUntil(lambda: len(asked) == AT_ONCE)
    view.pages.go_to_page(1_500)
    view.pages.viewport().repaint()
    while waiting:
        width, done = waiting.pop(0)
        done(PagePicture(width, width, bytes(width * width * 3)))
        assert len(waiting) <= AT_ONCE
        view.pages.viewport().repaint()
    assert set(asked) <= {1, 2, *range(1_498, 1_506)}
    assert {1_501, 1_502} <= set(asked)


def test_pictures_of_many_pages_take_a_bounded_part_of_the_memory(view: DocumentView) -> None:
    def draw(_page: int, _width: int, done: Callable[[PagePicture], None], _failed: object) -> None:
        done(PagePicture(2_000, 2_000, bytes(12_000_000)))

    view.set_picture_source(draw)
    view.show_document(shown_without_text("scan.pdf", "pdf", [(600, 800)] * 60))
    for page in range(60):
        view.pages.go_to_page(page)
        view.pages.viewport().repaint()
        assert view.pages.pictures.picture(page) is not None
    assert view.pages.pictures.kept_bytes() <= MOST_BYTES


def test_pictures_of_the_document_before_are_not_taken_for_the_next(view: DocumentView) -> None:
    waiting: list[Callable[[PagePicture], None]] = []

    def draw(_page: int, _width: int, done: Callable[[PagePicture], None], _failed: object) -> None:
        waiting.append(done)

    view.set_picture_source(draw)
    for name in ("first.pdf", "second.pdf"):
        view.show_document(shown_without_text(name, "pdf", [(600, 800)]))
        view.pages.viewport().repaint()
    waiting[0](PagePicture(10, 10, bytes(300)))
    assert view.pages.pictures.picture(0) is None
    waiting[1](PagePicture(10, 10, bytes(300)))
    assert view.pages.pictures.picture(0) is not None


def test_a_page_that_cannot_be_drawn_says_why_and_is_not_asked_for_again(view: DocumentView) -> None:
    asked: list[int] = []

    def draw(page: int, _width: int, _done: object, failed: Callable[[EngineError], None]) -> None:
        asked.append(page)
        failed(DocumentError("The PDF is damaged.", where="x.pdf"))

    view.set_picture_source(draw)
    view.show_document(shown_without_text("x.pdf", "pdf", [(600, 800)]))
    for _ in range(3):
        view.pages.viewport().repaint()
    assert asked == [1]
    error = view.pages.pictures.failure(0)
    assert error is not None
    assert error.message == "The PDF is damaged."


def test_zooming_keeps_what_is_under_the_pointer(view: DocumentView, opened: DocumentShown) -> None:
    place = span(opened, "balance")[0]
    before = point_of(view.pages, opened, place)
    view.pages.set_zoom(2.0, QPointF(before))
    after = point_of(view.pages, opened, place)
    assert (after - before).manhattanLength() <= 3
    view.zoom(0)
    assert view.pages.zoom == 1.0


def test_pages_are_turned_and_counted(view: DocumentView, opened: DocumentShown) -> None:
    assert view.head.count.text() == "1 of 3"
    assert not view.head.back.isEnabled()
    view.head.on.click()
    view.head.on.click()
    assert view.head.count.text() == "3 of 3"
    assert not view.head.on.isEnabled()


def test_text_mode_shows_the_whole_text_and_takes_exactly_what_is_selected(
    view: DocumentView, opened: DocumentShown, qtbot: QtBot
) -> None:
    view.set_target("total")
    view.turn_look()
    assert view.look == "text"
    assert view.text.toPlainText() == opened.text
    place = span(opened, "1,284.00", 2)
    view.text.select(place)
    with qtbot.waitSignal(view.text_chosen) as chosen:
        QTest.keyClick(view.text, Qt.Key.Key_Return)
    assert tuple(chosen.args) == place


def test_what_is_selected_stays_selected_from_one_look_to_the_other(view: DocumentView, opened: DocumentShown) -> None:
    place = span(opened, "1,284.00", 1)
    view.pages.select(place)
    view.turn_look()
    assert view.look == "text"
    assert view.selection() == place
    view.turn_look()
    assert view.look == "pages"
    assert view.selection() == place


def plain(text: str, kind: str = "text") -> DocumentShown:
    return DocumentShown("note.txt", kind, text, (PageShown(1, "", 0, len(text)),))


def test_offsets_hold_beside_characters_of_any_plane_and_very_long_lines(view: DocumentView) -> None:
    text = "\U0001d518 first 😀 \u202ereversed\u2066 " + "word " * 1_200 + "TARGET 😀 end\nlast"
    document = plain(text)
    view.show_document(document)
    assert "\u202e" not in view.text.toPlainText()
    for word in ("first", "reversed", "TARGET", "last"):
        view.text.select(span(document, word))
        assert view.text.textCursor().selectedText() == word
        assert view.selection() == span(document, word)
    start, end = 0, len(text)
    view.text.select((start, end))
    view.copy_selection()
    assert QGuiApplication.clipboard().text() == text
    assert view.text.createMimeDataFromSelection().text() == text


@given(st.text(max_size=60), st.integers(1, 120))
def test_places_go_to_the_display_and_back(part: str, times: int) -> None:
    text = "a😀b" + part * times
    places = TextMap(text)
    assert len(places.shown.encode("utf-16-le", "surrogatepass")) // 2 == places.to_shown(len(text))
    for place in (*range(0, len(text), 7), len(text)):
        assert places.to_text(places.to_shown(place)) == place


def test_a_long_text_is_shown_in_slices_and_can_be_gone_to_at_once(view: DocumentView, qtbot: QtBot) -> None:
    text = "".join(f"line {number} with some words to read\n" for number in range(120_000)) + "THE END"
    document = plain(text)
    view.show_document(document)
    assert 0 < len(view.text.toPlainText()) < len(text) / 5
    view.reveal(*span(document, "THE END"))
    (box,) = view.text._boxes(*span(document, "THE END"))
    assert view.text.viewport().rect().contains(box.toAlignedRect())
    assert view.text.toPlainText() == text


def test_a_long_text_comes_by_itself(view: DocumentView, qtbot: QtBot) -> None:
    text = "some words to read\n" * 60_000
    view.show_document(plain(text))
    qtbot.waitUntil(lambda: view.text.document().characterCount() == len(text) + 1)


@pytest.fixture
def table() -> DocumentShown:
    text = "Item | Amount\nOak frame | 744.00\n\nNote"
    cells = np.array(
        [
            [0, 4, 0, 1, 1, 1, 1],
            [7, 13, 0, 1, 2, 1, 2],
            [14, 23, 0, 2, 1, 2, 1],
            [26, 32, 0, 2, 2, 2, 2],
            [34, 38, 1, 7, 3, 7, 4],
        ],
        dtype=np.int32,
    )
    page = PageShown(1, "Order", 0, len(text), tables=("Order", "Notes"), cells=cells)
    return DocumentShown("order.xlsx", "xlsx", text, (page,))


def test_a_table_is_a_grid_with_addresses(table: DocumentShown, qtmodeltester: ModelTester) -> None:
    model = CellModel()
    first, second = sheets(table)
    model.show_sheet(table.text, first)
    qtmodeltester.check(model)
    assert [[model.data(model.index(row, column)) for column in range(2)] for row in range(2)] == [
        ["Item", "Amount"],
        ["Oak frame", "744.00"],
    ]
    assert model.headerData(1, Qt.Orientation.Horizontal) == "B"
    spoken = model.data(model.index(1, 1), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "B2: 744.00"
    model.show_sheet(table.text, second)
    assert model.data(model.index(6, 2)) == "Note"
    assert model.merged() == [(6, 2, 1, 2)]


def test_a_cell_is_chosen_with_its_span_and_a_mark_brings_its_sheet(
    view: DocumentView, table: DocumentShown, qtbot: QtBot
) -> None:
    view.show_document(table)
    assert view.look == "grid"
    view.set_target("amount")
    view.grid.table.setCurrentIndex(view.grid.cells.index(1, 1))
    with qtbot.waitSignal(view.text_chosen) as chosen:
        QTest.keyClick(view.grid.table, Qt.Key.Key_Return)
    assert table.text[slice(*chosen.args)] == "744.00"
    view.set_marks([Mark(34, 38, "found", key="note")])
    view.reveal(34, 38)
    assert view.grid.tabs.currentIndex() == 1
    index = view.grid.cells.index(6, 2)
    with qtbot.waitSignal(view.mark_clicked) as clicked:
        QTest.mouseClick(
            view.grid.table.viewport(), Qt.MouseButton.LeftButton, pos=view.grid.table.visualRect(index).center()
        )
    assert clicked.args == ["note"]


def test_finding_goes_from_hit_to_hit_and_leaves_it_selected(view: DocumentView, opened: DocumentShown) -> None:
    view.begin_find()
    view.find_bar.field.setText("total  DUE")
    assert view.find_bar.count.text() == "1 of 3"
    QTest.keyClick(view.find_bar.field, Qt.Key.Key_Return)
    assert view.selection() == span(opened, "Total due", 1)
    QTest.keyClick(view.find_bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert view.selection() == span(opened, "Total due")
    QTest.keyClick(view.find_bar.field, Qt.Key.Key_Escape)
    assert view.find_bar.isHidden()
    assert view.selection() == span(opened, "Total due")


def test_the_keyboard_begins_to_find_and_turns_pages_into_text(
    view: DocumentView, opened: DocumentShown, qtbot: QtBot
) -> None:
    view.activateWindow()
    view.pages.setFocus()
    qtbot.waitUntil(view.pages.hasFocus)
    QTest.keyClick(view.pages, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert view.look == "text"
    QTest.keyClick(view.text, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert view.find_bar.isVisible()
    assert view.find_bar.field.hasFocus()


def test_the_menu_offers_what_a_selection_can_do(view: DocumentView, opened: DocumentShown) -> None:
    view.set_target("R&D total")
    view.pages.select(span(opened, "1,284.00"))
    menu = view.menu()
    offered = {action.text().partition("\t")[0]: action.isEnabled() for action in menu.actions() if action.text()}
    assert offered == {
        "Use for R&&D total": True,
        "Copy": True,
        "Find in this document": True,
        "Show the text": True,
    }
    menu.deleteLater()


def test_words_are_found_whatever_their_case_and_however_far_apart() -> None:
    text = "Total\n  due and total due (x.y)"
    assert [text[slice(*hit)] for hit in hits_in(text, "TOTAL due")] == ["Total\n  due", "total due"]
    assert hits_in(text, "x.y") == [(27, 30)]
    assert hits_in("abc", "a.c") == []
    assert hits_in(text, "  ") == []


def test_the_notice_says_its_first_sentence_strongly(view: DocumentView, opened: DocumentShown) -> None:
    view.set_notice("Two amounts in the text fit total. Both are marked.", "doubtful")
    assert view.notice.isVisible()
    assert view.notice.text == "Two amounts in the text fit total. Both are marked."
    view.set_notice(None)
    assert view.notice.isHidden()


def test_words_and_lines_are_taken_without_what_stands_around_them() -> None:
    text = '  (paid "1,248.00,")  on time.\nnext'
    assert text[slice(*word_around(text, text.index("248")))] == "1,248.00"
    assert text[slice(*word_around(text, text.index("paid")))] == "paid"
    assert text[slice(*line_around(text, 5))] == '(paid "1,248.00,")  on time.'


def test_a_point_beside_a_line_belongs_to_that_line() -> None:
    boxes = np.array(
        [[0, 0, 10, 10], [10, 0, 20, 10], [np.nan] * 4, [0, 20, 10, 30], [10, 20, 200, 30]], dtype=np.float32
    )
    assert caret_at(boxes, 90, 6) == 2
    assert caret_at(boxes, 2, 6) == 0
    assert caret_at(boxes, 3, 24) == 3
    assert caret_at(np.full((2, 4), np.nan, dtype=np.float32), 1, 1) is None
