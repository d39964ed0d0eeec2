"""The conversation in the window: what is shown, how it scrolls, and what the keys and the mouse do in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel

from app.conversation import Conversation
from app.pages.playground.conversation import ConversationView
from app.pages.playground.message import MessageBlock
from app.session import Focus, Node

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme

AT = "2026-01-01T10:00:00+00:00"
WIDTH, HEIGHT = 700, 500


def thread(turns: int, size: int = 60) -> tuple[Conversation, dict[int, str]]:
    nodes, texts = [], {}
    for message in range(1, 2 * turns + 1):
        role = "user" if message % 2 else "assistant"
        text = f"message {message} " + "words " * (size // 6)
        nodes.append(Node(message, message - 1 or None, role, "done", len(text), AT))  # type: ignore[arg-type]
        texts[message] = text
    return Conversation(nodes, None), texts


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> ConversationView:
    made = ConversationView(theme, QLabel("the exchange"))
    made.resize(WIDTH, HEIGHT)
    qtbot.addWidget(made)
    made.show()
    return made


def show(view: ConversationView, conversation: Conversation, texts: dict[int, str], focus: set[int]) -> None:
    view.show_conversation(conversation, texts, focus)
    QApplication.processEvents()


def exchange_fills(view: ConversationView) -> bool:
    return view.exchange.y() == 0 and view.exchange.height() == view.viewport().height()


def test_a_single_exchange_fills_the_view_and_does_not_scroll(view: ConversationView) -> None:
    conversation, texts = thread(1)
    show(view, conversation, texts, {1, 2})
    assert exchange_fills(view)
    assert view.verticalScrollBar().maximum() == 0


def test_the_exchange_in_focus_is_scrolled_to_wherever_it_stands(view: ConversationView) -> None:
    conversation, texts = thread(20)
    for focus in ({39, 40}, {1, 2}, {21, 22}):
        show(view, conversation, texts, focus)
        assert exchange_fills(view)
    assert view.row_rect(20).bottom() < 0
    assert view.row_rect(23).top() == view.viewport().height()


def test_laying_out_rows_that_come_into_sight_does_not_move_the_others(view: ConversationView) -> None:
    conversation, texts = thread(50, size=900)
    show(view, conversation, texts, {99, 100})
    bar = view.verticalScrollBar()
    for _ in range(30):
        bar.setValue(bar.value() - 40)
        before = view.exchange.y() if view.exchange.y() < HEIGHT else None
        QApplication.processEvents()
        view.viewport().repaint()
        if before is not None:
            assert view.exchange.y() == before


def test_texts_are_asked_for_before_they_are_needed(view: ConversationView, qtbot: QtBot) -> None:
    conversation, texts = thread(200)
    asked: list[int] = []
    view.texts_wanted.connect(asked.extend)
    show(view, conversation, {399: texts[399], 400: texts[400]}, {399, 400})
    view.viewport().repaint()
    assert 398 in asked
    assert 100 not in asked
    view.verticalScrollBar().setValue(0)
    view.viewport().repaint()
    assert 1 in asked


def test_arrow_keys_walk_over_the_messages_and_enter_opens_one(view: ConversationView, qtbot: QtBot) -> None:
    conversation, texts = thread(10)
    show(view, conversation, texts, {19, 20})
    view.setFocus()
    opened: list[int] = []
    view.look_asked.connect(opened.append)
    for _ in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Up)
    assert view.current == 16
    rect = view.row_rect(16)
    assert rect.top() >= 0
    assert rect.bottom() <= view.viewport().height()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened == [16]


def test_the_arrows_of_alternatives_are_pressed_and_the_rest_of_the_row_opens(
    view: ConversationView, qtbot: QtBot
) -> None:
    conversation, texts = thread(6)
    nodes = [conversation.node(message) for message in range(1, 13)]
    nodes.append(Node(13, 3, "assistant", "done", 4, AT))
    several = Conversation(nodes, 12)
    show(view, several, texts | {13: "else"}, {11, 12})
    view.verticalScrollBar().setValue(0)
    QApplication.processEvents()
    switched: list[tuple[int, int]] = []
    opened: list[int] = []
    view.switch_asked.connect(lambda message, step: switched.append((message, step)))
    view.look_asked.connect(opened.append)
    row = view.row_rect(4)
    right = view.viewport().width() - 16 - 12
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(right, row.top() + 20))
    assert switched == [(4, 1)]
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, row.top() + 20))
    assert opened == [4]


def test_a_line_shows_where_the_prompt_begins(view: ConversationView) -> None:
    conversation, texts = thread(6)
    show(view, conversation, texts, {11, 12})
    before = view.row_rect(5).height()
    view.show_boundary(5, "The prompt begins here")
    assert view.row_rect(5).height() > before
    view.show_boundary(None)
    assert view.row_rect(5).height() == before


HOSTILE = [
    "\u202eevil\u202c right to left",
    "x" * 10_000_000,
    "<b>bold</b><script>alert(1)</script><img src='file:///etc/passwd'>",
    "\x1b[31mred\x1b[0m \x07 bell",
    "nul\x00inside",
    "👩‍👩‍👧‍👦🏳️‍🌈" * 500,
    "\n" * 100_000,
    '{"a": ' * 50_000,
    '{"a": ' * 700 + "1" + "}" * 700,
    "{" + ", ".join(f'"key {number}": {number}' for number in range(500)) + "}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_shown_as_text_and_in_bounds(view: ConversationView, text: str) -> None:
    nodes = [
        Node(1, None, "user", "done", len(text), AT),
        Node(2, 1, "assistant", "done", len(text), AT),
        Node(3, 2, "user", "done", 1, AT),
    ]
    show(view, Conversation(nodes, 3), {1: text, 2: text, 3: "?"}, {3})
    view.verticalScrollBar().setValue(0)
    view.viewport().repaint()
    assert view.row_rect(1).height() < HEIGHT
    assert view.row_rect(2).height() < HEIGHT


@pytest.mark.parametrize("stamp", ["soon", "", "0001-01-01T00:00:00"])
def test_a_message_of_no_known_time_is_shown_without_one(view: ConversationView, theme: Theme, stamp: str) -> None:
    nodes = [Node(1, None, "user", "done", 5, stamp), Node(2, 1, "user", "done", 1, AT)]
    show(view, Conversation(nodes, 2), {1: "Well?", 2: "?"}, {2})
    view.verticalScrollBar().setValue(0)
    view.viewport().repaint()
    assert view.row_rect(1).isValid()
    block = MessageBlock(theme)
    block.show_focus(Focus(nodes[0], "Well?"), stamp, None, several=False)
    assert "Well?" in [text.text() for text in block.findChildren(QLabel)]
