from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.bridge import Bridge
from app.pages.playground.example import EXAMPLE
from engine.model.client import ClientState
from engine.model.protocol import Started, TextDelta, ValueClosed
from engine.store import Answer as KeptAnswer
from engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.exchange import Draft
    from app.pages.playground.compare.column import ColumnView
    from app.session import Session
    from app.window import Window
    from engine.model.protocol import ModelInfo

FIRST: dict[str, Any] = {
    "vendor": {"name": "Northwind Botanicals GmbH", "city": "Berlin"},
    "invoice_number": "NB-2024-1047",
    "issued": "2024-03-18",
    "items": [
        {"description": "Apple tree, three tiers", "quantity": 4, "amount": 192.0},
        {"description": "Pear tree, fan", "quantity": 2, "amount": 111.0},
        {"description": "Galvanised wire", "quantity": 1, "amount": 31.9},
        {"description": "Vine eyes, zinc plated", "quantity": 20, "amount": 12.0},
        {"description": "Tensioners", "quantity": 6, "amount": 19.5},
    ],
    "total": 366.4,
    "currency": "EUR",
}
WARM = replace(EXAMPLE, temperature=0.8, seed=42)


def second() -> dict[str, Any]:
    value: dict[str, Any] = json.loads(json.dumps(FIRST))
    value["invoice_number"] = "1047"
    value["items"].insert(0, {"description": "Delivery", "quantity": 1, "amount": 9.0})
    value["items"][2]["quantity"] = 3
    return value


def put_answer(store: Store, thread: int, question: int, draft: Draft, text: str) -> int:
    kept = KeptAnswer(draft.settings(), details={"tokens": 61, "forced": 34})
    return store.messages.add(thread, question, "assistant", text, answer=kept)


@pytest.fixture
def profile_with_answers(tmp_path: Path) -> Path:
    """Return a profile with a thread: a question with two answers that differ in three places, the first one shown."""
    with Store(tmp_path) as store:
        thread = store.threads.create(EXAMPLE.settings(), kind="schema").id
        question = store.messages.add(thread, None, "user", EXAMPLE.prompt)
        shown = put_answer(store, thread, question, EXAMPLE, json.dumps(FIRST))
        put_answer(store, thread, question, WARM, json.dumps(second()))
        store.threads.go_to(thread, shown)
        store.settings.put("playground.thread", thread)
    return tmp_path


@pytest.fixture
def window(open_window: Callable[[Path], Window], profile_with_answers: Path, qtbot: QtBot) -> Window:
    window = open_window(profile_with_answers)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


@pytest.fixture
def session(window: Window) -> Session:
    return window._session


def compared(window: Window, qtbot: QtBot, count: int = 2) -> list[ColumnView]:
    """Compare the answers of the thread, and wait until it is known what differs."""
    window.playground.message.compare.click()
    compare = window.playground.compare
    qtbot.waitUntil(lambda: len(compare.columns) == count and compare.differences.found.compared == count)
    return compare.columns


def test_the_answers_to_a_question_stand_side_by_side(window: Window, qtbot: QtBot) -> None:
    first, other = compared(window, qtbot)
    page = window.playground
    assert page.compare.isVisible()
    assert page.conversation.isHidden()
    assert page.inspector.isHidden()
    assert first.words.line == "greedy · up to 512 tokens"
    assert other.words.line == "temperature 0.8 · seed 42"
    assert other.accessibleName() == "Column B: temperature 0.8 · seed 42"
    assert first.use.text() == "Keep this one"
    assert other.use.text() == "Use this one"


def test_what_differs_is_counted_marked_and_told(window: Window, qtbot: QtBot) -> None:
    first, other = compared(window, qtbot)
    compare = window.playground.compare
    assert compare._count.text() == "3 values differ"
    assert marked(first) == {"/invoice_number", "/items/1/quantity"}
    assert marked(other) == {"/invoice_number", "/items/0", "/items/2/quantity"}
    number = other.tree.nearest("/invoice_number")
    assert number is not None
    spoken = other.tree.data(other.tree.index_of(number), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "invoice_number: 1047, differs"


def marked(column: ColumnView) -> set[str]:
    return {pointer for entry in [column.tree._marked] for pointer in entry}


def test_the_keys_walk_along_the_differences_and_the_columns(window: Window, qtbot: QtBot) -> None:
    columns = compared(window, qtbot)
    compare = window.playground.compare
    qtbot.waitUntil(lambda: QApplication.focusWidget() is compare)
    places = []
    for _ in range(4):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F7)
        places.append(columns[1].stem.currentIndex().data())
    assert places[0] == places[3] == "invoice_number"
    assert compare._count.text() == "1 of 3 values differ"
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert compare._count.text() == "3 of 3 values differ"
    for column in columns:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
        assert column.owns(QApplication.focusWidget())
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not window._session.comparison.active
    assert window.playground.conversation.isVisible()
    assert window.playground.inspector.isVisible()


def test_the_one_that_is_used_becomes_the_shown_branch(window: Window, session: Session, qtbot: QtBot) -> None:
    other = compared(window, qtbot)[1]
    message = other.column.answer.message if other.column.answer else None
    other.use.click()
    qtbot.waitUntil(lambda: session.chat.focus.message == message)
    assert session.chat.conversation.head == message
    assert window.playground.conversation.isVisible()


def test_changed_settings_ask_for_another_run_and_lose_nothing(window: Window, session: Session, qtbot: QtBot) -> None:
    first, other = compared(window, qtbot)
    compare = window.playground.compare
    assert not compare.run.isEnabled()
    other.adjust.click()
    other.settings.sampling.seed.set_value(7)
    assert other.words.line == "temperature 0.8 · seed 7"
    assert other._chip.text() == "not run"
    assert compare.run.isEnabled()
    assert other.tree.rowCount() > 0, "the fields stand there before they have values"
    qtbot.waitUntil(lambda: compare._count.text() == "")
    assert first.tree._marked == frozenset()
    other.settings.sampling.seed.set_value(42)
    assert other._chip.text() == "done"
    assert not compare.run.isEnabled()
    qtbot.waitUntil(lambda: compare._count.text() == "3 values differ")


def test_there_is_room_for_four_columns_and_they_scroll_sideways(window: Window, qtbot: QtBot) -> None:
    compared(window, qtbot)
    compare = window.playground.compare
    window.resize(960, 640)
    compare.add.click()
    compare.add.click()
    QApplication.processEvents()
    assert len(compare.columns) == 4
    assert not compare.add.isVisible()
    assert {column.width() for column in compare.columns} == {280}
    qtbot.waitUntil(lambda: compare._scroll.horizontalScrollBar().value() > 0)
    last = compare.columns[3]
    qtbot.waitUntil(lambda: last.owns(QApplication.focusWidget()))
    last.remove.click()
    QApplication.processEvents()
    assert compare.add.isVisible()
    assert len(compare.columns) == 3


def test_columns_scroll_together_by_what_they_say(window: Window, qtbot: QtBot) -> None:
    window.resize(1000, 600)
    first, other = compared(window, qtbot)
    QApplication.processEvents()
    node = other.tree.nearest("/items/1")
    assert node is not None
    other.stem.show_place(node.pointer, 0)
    assert other.bar.value() not in {other.bar.minimum(), other.bar.maximum()}
    assert first.stem.place == ("/items/0", 0)


def test_wordings_of_a_question_are_compared_at_the_ends_of_their_branches(
    open_window: Callable[[Path], Window], tmp_path: Path, qtbot: QtBot
) -> None:
    text = replace(EXAMPLE, format="text")
    with Store(tmp_path) as store:
        thread = store.threads.create(text.settings(), kind="text").id
        ids = []
        for question, answer in (("What is a tree?", "A tall plant."), ("What is a vine?", "A climbing plant.")):
            ids.append(store.messages.add(thread, None, "user", question))
            put_answer(store, thread, ids[-1], text, answer)
        store.settings.put("playground.thread", thread)
    window = open_window(tmp_path)
    compare = window.playground.compare
    window.playground.conversation.compare_asked.emit(ids[1])
    qtbot.waitUntil(lambda: compare.differences.found.compared == 2)
    assert [column.wording.line for column in compare.columns] == ["What is a vine?", "What is a tree?"]
    assert [column.prose.toPlainText() for column in compare.columns] == ["A climbing plant.", "A tall plant."]
    assert compare._count.text() == "1 place differs"
    marks = [selection.cursor.selectedText() for selection in compare.columns[0].prose.extraSelections()]
    assert marks == ["A climbing"[2:]]


def test_a_schema_that_cannot_be_held_to_stops_only_its_own_column(
    window: Window, session: Session, qtbot: QtBot
) -> None:
    compared(window, qtbot)
    comparison = session.comparison
    broken = replace(WARM, schema='{"type": "whole"}')
    comparison.set_up(comparison.columns[1], broken)
    comparison.run()
    column = window.playground.compare.columns[1]
    qtbot.waitUntil(lambda: bool(column.column.refused))
    assert column._chip.text() == "cannot run"
    assert column._notice.isVisible()
    assert column.column.refused.startswith("Line 1: ")
    assert session.chat.running is None


def test_answers_of_endless_length_are_shown_and_not_compared(
    open_window: Callable[[Path], Window], tmp_path: Path, qtbot: QtBot
) -> None:
    text = replace(EXAMPLE, format="text")
    with Store(tmp_path) as store:
        thread = store.threads.create(text.settings(), kind="text").id
        question = store.messages.add(thread, None, "user", "Go on.")
        for word in ("one ", "two "):
            put_answer(store, thread, question, text, word * 100_000)
        store.settings.put("playground.thread", thread)
    window = open_window(tmp_path)
    window.playground.message.compare.click()
    compare = window.playground.compare
    qtbot.waitUntil(lambda: compare._count.text() == "too long to compare")
    assert not compare.after.isEnabled()
    assert compare.columns[0].prose.toPlainText().startswith("two two")
    compare.columns[0].copy.click()
    assert QGuiApplication.clipboard().text() == "two " * 100_000


def test_a_field_that_an_answer_lacks_is_marked_where_it_would_stand(
    open_window: Callable[[Path], Window], profile_with_answers: Path, qtbot: QtBot
) -> None:
    lacking = {key: value for key, value in FIRST.items() if key != "currency"}
    with Store(profile_with_answers) as store:
        thread = int(store.settings.all()["playground.thread"])
        head = store.threads.desk(thread).head
        (answer,) = store.messages.nodes([head or 0])
        put_answer(store, thread, answer.parent or 0, EXAMPLE, json.dumps(lacking))
        store.threads.go_to(thread, head)
    window = open_window(profile_with_answers)
    columns = compared(window, qtbot, 3)
    assert "/currency" in columns[2].tree._marked
    row = columns[2].tree.nearest("/currency")
    assert row is not None
    assert row.spoken == "currency (not given)"


class TestRunning:
    """Columns that are run, with the events that a host would send."""

    @pytest.fixture(autouse=True)
    def ready(self, session: Session, model_info: ModelInfo, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: list[str] = []
        self.cancelled: list[str] = []
        monkeypatch.setattr(Bridge, "submit", lambda _self, build, _failed, _model: self.sent.append(build().id))
        monkeypatch.setattr(Bridge, "cancel", lambda _self, request: self.cancelled.append(request))
        monkeypatch.setattr(Bridge, "render", lambda *_: None)
        session._model_changed(ClientState(phase="ready", model=model_info))

    def two_more(self, window: Window, session: Session, qtbot: QtBot) -> list[ColumnView]:
        """Run two more columns beside the shown answer."""
        session.comparison.compare_settings()
        qtbot.waitUntil(lambda: len(session.comparison.columns) == 2)
        window.playground.compare.add.click()
        columns = window.playground.compare.columns
        for column, seed in zip(columns[1:], (1, 2), strict=True):
            session.comparison.set_up(column.column, replace(column.column.draft, temperature=0.5, seed=seed))
        window.playground.run()
        qtbot.waitUntil(lambda: len(self.sent) == 2)
        return columns

    def test_columns_run_at_once_and_the_shown_branch_stays(
        self, window: Window, session: Session, qtbot: QtBot
    ) -> None:
        head = session.chat.conversation.head
        columns = self.two_more(window, session, qtbot)
        assert [column.column.running for column in columns] == [False, True, True]
        assert session.chat.conversation.head == head
        assert head is not None
        assert len(session.chat.conversation.alternatives(head).ids) == 4
        assert window.playground.compare.run.accessibleName() == "Stop"
        assert not columns[1].adjust.isEnabled()

    def test_only_what_is_closed_is_compared_while_columns_grow(
        self, window: Window, session: Session, qtbot: QtBot
    ) -> None:
        columns = self.two_more(window, session, qtbot)
        whole = json.dumps({**FIRST, "invoice_number": "X-1"})
        text = whole[: whole.index("X-1") + 4]
        number = text.index('"X-1"')
        events = [
            Started(id=self.sent[0], prompt_tokens=9, shared_tokens=0),
            TextDelta(id=self.sent[0], text=text, tokens=30, forced=9),
            ValueClosed(
                id=self.sent[0],
                pointer="/invoice_number",
                value="X-1",
                start=number,
                end=number + 5,
                mean_probability=0.9,
                min_probability=0.9,
                removed_mass=0.1,
            ),
        ]
        session.runs._events_arrived(events)
        compare = window.playground.compare
        qtbot.waitUntil(lambda: compare._count.text() == "1 value differs")
        assert columns[1].tree._marked == {"/invoice_number"}
        assert columns[1]._chip.text() == "writing"
        assert columns[2].tree._marked == frozenset()

    def test_stop_stops_all_columns(self, window: Window, session: Session, qtbot: QtBot) -> None:
        self.two_more(window, session, qtbot)
        window.playground.escape()
        assert sorted(self.cancelled) == sorted(self.sent)
        assert session.comparison.active

    def test_a_closed_comparison_goes_on_in_the_thread(self, window: Window, session: Session, qtbot: QtBot) -> None:
        columns = self.two_more(window, session, qtbot)
        answer = columns[2].column.answer
        assert answer is not None
        session.comparison.close()
        session.runs._events_arrived([TextDelta(id=self.sent[1], text="{", tokens=1, forced=1)])
        assert answer.text == "{"
        assert answer.message is not None
        session.chat.look_at(answer.message)
        assert session.chat.answer is answer
        assert session.chat.running is answer

    def test_what_was_running_when_the_program_was_killed_is_interrupted(
        self, window: Window, session: Session, qtbot: QtBot, profile_with_answers: Path
    ) -> None:
        columns = self.two_more(window, session, qtbot)
        messages = [column.column.answer.message for column in columns[1:] if column.column.answer]
        with Store(profile_with_answers / "copy") as store:
            assert store.messages.recover() == []
        session._bridge.wait_for_store(lambda store: store.messages.recover())
        states = session._bridge.wait_for_store(
            lambda store: [node.state for node in store.messages.nodes(filter(None, messages))]
        )
        assert states == ["interrupted", "interrupted"]

    def test_a_new_question_is_asked_once_for_all_its_columns(
        self, window: Window, session: Session, qtbot: QtBot
    ) -> None:
        page = window.playground
        page.composer.write("And the next invoice?")
        page.compare_draft()
        columns = page.compare.columns
        assert len(columns) == 2
        session.comparison.set_up(columns[1].column, replace(columns[1].column.draft, temperature=1.0))
        page.run()
        qtbot.waitUntil(lambda: len(self.sent) == 2)
        one, two = (column.column.answer for column in columns)
        assert one is not None
        assert two is not None
        assert one.question == two.question is not None
        assert session.chat.conversation.head == one.message
        assert session.chat.texts[one.question or 0] == "And the next invoice?"
        assert page.composer.prompt == ""
