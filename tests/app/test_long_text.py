"""Text of any length and kind in the views: its beginning is shown as text, and all of it stays at hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor, QTextOption

from app.exchange import Answer, Draft
from app.models.json_layout import laid_out
from app.pages.playground.answer.prose_view import ProseView
from app.pages.playground.composer import Composer
from app.pages.playground.message import MessageBlock
from app.session import Focus
from app.style.plain_text import breakable, utf16
from app.widgets.json_editor import JsonView
from app.widgets.long_text import MOST, MOST_LINES
from app.widgets.text_field import MOST_EDITED, TextField
from engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme
    from app.window import Window

WORDS = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
ANYWHERE = QTextOption.WrapMode.WrapAnywhere
HUGE = "x" * 10_000_000


@pytest.fixture
def prose(theme: Theme, qtbot: QtBot) -> ProseView:
    made = ProseView(theme)
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    return made


@pytest.fixture
def field(theme: Theme, qtbot: QtBot) -> TextField:
    made = TextField()
    qtbot.addWidget(made)
    made.show()
    return made


# Reading


def test_of_a_huge_answer_the_beginning_is_shown_and_how_much_is_left_out(prose: ProseView) -> None:
    prose.show_text(HUGE)
    more = len(HUGE) - MOST
    assert prose.toPlainText() == "x" * MOST + f"\n\n… and {more:,} more characters. Copy the answer to have all of it."


def test_of_an_answer_of_countless_lines_the_first_are_shown(prose: ProseView) -> None:
    prose.show_text("a\n" * 20_000)
    shown, note = prose.toPlainText().split("\n\n")
    assert shown == "\n".join("a" * MOST_LINES)
    assert note.startswith(f"… and {40_000 - len(shown):,} more characters.")


def test_an_answer_that_can_be_shown_has_no_note(prose: ProseView) -> None:
    prose.show_text("word " * (MOST // 5))
    assert prose.toPlainText() == "word " * (MOST // 5)


@pytest.mark.parametrize("blank", ["", "\u00a0", "\u202f"], ids=["none", "no-break", "narrow no-break"])
def test_lines_break_anywhere_where_there_is_no_blank_to_break_at(prose: ProseView, blank: str) -> None:
    prose.show_text(f"a{blank}" * 3000)
    assert prose.wordWrapMode() == ANYWHERE
    prose.show_text("a word, and another " * 3000)
    assert prose.wordWrapMode() == WORDS


def test_the_note_gives_way_to_what_is_written(prose: ProseView) -> None:
    for length in (MOST - 1, MOST + 1, MOST + 7):
        prose.show_text("word " * (MOST // 5) + "x" * (length - MOST), growing=True)
    assert prose.toPlainText().endswith("word \n\n… and 7 more characters. Copy the answer to have all of it.")
    assert prose.toPlainText().count("more character") == 1


def test_controls_and_marks_of_direction_are_shown_as_signs_and_html_as_text(prose: ProseView) -> None:
    prose.show_text("<b>a</b>\x00\x1b[31m\u202eb\r\nc\u2029d")
    assert prose.toPlainText() == "<b>a</b>\ufffd\ufffd[31m\ufffdb \nc\nd"


def test_an_answer_is_read_from_its_beginning_and_followed_while_it_grows(prose: ProseView) -> None:
    bar = prose.verticalScrollBar()
    prose.show_text("line\n" * 200)
    assert bar.value() == 0 < bar.maximum()
    prose.show_text("another\n" * 200, growing=True)
    assert bar.value() == bar.maximum()
    prose.show_text("another\n" * 300)
    assert bar.value() == bar.maximum()


def test_a_difference_in_what_is_left_out_marks_nothing(prose: ProseView) -> None:
    prose.show_text("😀" * (MOST + 20))
    prose.mark([(MOST - 1, MOST + 5), (MOST + 10, MOST + 12)])
    assert [mark.cursor.selectedText() for mark in prose.extraSelections()] == ["😀", ""]
    prose.seek((MOST + 10, MOST + 12))


def test_json_is_laid_out_as_far_as_it_is_shown(theme: Theme, qtbot: QtBot) -> None:
    view = JsonView(theme, "Answer as JSON")
    qtbot.addWidget(view)
    text = json.dumps({"a": "x\u202e" * 1_000_000}, ensure_ascii=False)
    view.show_json(text)
    shown, note = view.toPlainText().split("\n\n")
    assert shown.startswith('{\n  "a": "x\ufffdx\ufffd')
    assert view.wordWrapMode() == ANYWHERE
    left = int(note.split()[2].replace(",", ""))
    assert left == len(text) - len(shown) + len("\n  ")
    view.show_json('{"a": 1}')
    assert view.toPlainText() == '{\n  "a": 1\n}'


def test_json_within_json_without_end_is_no_text_of_blanks() -> None:
    text = '{"a": ' * 20_000
    assert len(laid_out(text)) < 100 * len(text)


@pytest.mark.parametrize("text", [HUGE, json.dumps({"a": [HUGE, {"b": 1}]})], ids=["text", "json"])
def test_the_whole_answer_is_copied_though_a_part_is_shown(window: Window, text: str) -> None:
    panel = window.playground.answer
    draft = Draft(format="text" if text is HUGE else "json")
    panel.show_answer(Answer("1", draft, "2026-01-01T00:00:00Z", state="done", text=text))
    panel._copy.click()
    assert QGuiApplication.clipboard().text() == text


def test_an_answer_is_copied_as_the_json_view_lays_it_out(window: Window) -> None:
    panel = window.playground.answer
    answer = Answer("1", Draft(format="json"), "2026-01-01T00:00:00Z", state="done", text='{"a": [1], "b": {}}')
    panel.show_answer(answer)
    panel._copy.click()
    assert QGuiApplication.clipboard().text() == panel.json.toPlainText() == '{\n  "a": [1],\n  "b": {}\n}'


@pytest.mark.parametrize("text", ["[" * 100_000, "{not JSON", '{"a": ' + "1" * 5000 + "}"])
def test_what_is_no_json_after_all_is_read_as_text(window: Window, text: str) -> None:
    panel = window.playground.answer
    panel.show_answer(Answer("1", Draft(format="json"), "2026-01-01T00:00:00Z", state="done", text=text))
    assert panel.read.currentWidget() is panel.prose
    assert panel.prose.toPlainText() == text
    panel.show_answer(Answer("2", Draft(format="json"), "2026-01-01T00:00:00Z", state="done", text='{"a": 1}'))
    assert panel.read.currentWidget() is panel.stem


# Asking


def test_a_question_without_a_blank_can_be_opened_and_scrolled(theme: Theme, qtbot: QtBot) -> None:
    block = MessageBlock(theme)
    qtbot.addWidget(block)
    block.resize(600, 300)
    block.show()
    block.show_focus(Focus(prompt=HUGE), "", None, several=False)
    assert block._more.isVisible()
    assert block.minimumSizeHint().width() < 600
    block._more.click()
    assert block._whole.toPlainText().startswith("x" * MOST)
    assert block._whole.verticalScrollBar().maximum() > 0
    block._more.click()
    assert not block._whole.isVisible()


def test_a_long_word_in_a_label_can_be_broken_and_others_stay() -> None:
    path = "/home/" + "folder/" * 30
    assert breakable(f"See {path} and do").replace("\u200b", "") == f"See {path} and do"
    assert max(map(len, breakable(path).split("\u200b"))) <= 8
    assert breakable("an honest sentence " * 20) == "an honest sentence " * 20


def test_a_prompt_too_long_to_be_edited_is_kept_whole(theme: Theme, qtbot: QtBot) -> None:
    composer = Composer(theme)
    qtbot.addWidget(composer)
    composer.write(HUGE)
    assert composer.prompt == HUGE
    assert len(composer.text.toPlainText()) < MOST + 200
    assert composer.can_run
    qtbot.keyClicks(composer.text, "more")
    assert composer.prompt == HUGE
    composer.write("short")
    qtbot.keyClicks(composer.text, "er ")
    assert composer.prompt == "er short"


@pytest.mark.parametrize("text", ["line of a document\n" * 20_000, "a word " * 14_000], ids=["lines", "one line"])
def test_a_long_prompt_can_be_edited(field: TextField, qtbot: QtBot, text: str) -> None:
    field.write(text)
    qtbot.keyClicks(field, "So: ")
    assert field.whole == f"So: {text}"


@pytest.mark.parametrize("text", ["a word " * 20_000, "\n" * 30_000], ids=["one line", "lines"])
def test_what_would_hold_up_the_window_at_every_key_is_kept_and_not_edited(
    field: TextField, qtbot: QtBot, text: str
) -> None:
    field.write(text)
    qtbot.keyClicks(field, "no")
    assert field.whole == text
    assert field.toPlainText().endswith("too many to be edited here. Delete clears them all.")


def test_what_is_too_long_can_be_cleared_and_comes_back_with_undo(field: TextField, qtbot: QtBot) -> None:
    field.write(HUGE)
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    assert field.whole == ""
    qtbot.keyClicks(field, "n")
    assert field.whole == "n"
    field.undo()
    field.undo()
    assert field.whole == HUGE
    assert field.isReadOnly()


def paste(field: TextField, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    field.insertFromMimeData(data)


def test_a_huge_text_is_pasted_where_the_caret_stands_and_can_be_undone(field: TextField, qtbot: QtBot) -> None:
    field.write("😀 before, 😀 after")
    cursor = field.textCursor()
    cursor.setPosition(utf16(field.whole, field.whole.index(",") + 1))
    field.setTextCursor(cursor)
    paste(field, "y" * (MOST_EDITED + 1))
    assert field.whole == "😀 before," + "y" * (MOST_EDITED + 1) + " 😀 after"
    assert field.isReadOnly()
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.whole == "😀 before, 😀 after"
    assert not field.isReadOnly()


def test_what_is_pasted_is_text(field: TextField) -> None:
    data: Any = QMimeData()
    data.setHtml("<b>bold</b>")
    data.setText("<b>bold</b>")
    field.insertFromMimeData(data)
    assert field.whole == "<b>bold</b>"


def test_a_word_without_end_is_pasted_into_lines_that_break_anywhere(field: TextField) -> None:
    paste(field, "z" * 5_000)
    assert field.wordWrapMode() == ANYWHERE
    field.write("a few words")
    assert field.wordWrapMode() == WORDS


@pytest.mark.parametrize("way", ["restored", "pasted"])
def test_a_huge_draft_is_saved_whole(
    open_window: Callable[[Path], Window], tmp_path: Path, qtbot: QtBot, way: str
) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create({"format": "text"}, kind="text").id
        store.threads.keep_draft(thread, HUGE if way == "restored" else "So: ")
    window = open_window(tmp_path)
    composer = window.playground.composer
    if way == "pasted":
        composer.text.moveCursor(QTextCursor.MoveOperation.End)
        paste(composer.text, HUGE)
    expected = HUGE if way == "restored" else f"So: {HUGE}"
    assert window._session.desk.draft.prompt == expected
    window.playground.inspector.sampling.temperature.set_value(0.7)
    window.close()
    with Store(tmp_path) as store:
        desk = store.threads.desk(thread)
    assert (desk.draft == expected, desk.settings["temperature"]) == (True, 0.7)
