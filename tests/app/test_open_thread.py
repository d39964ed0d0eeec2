"""The open thread without a model: whatever a person does in which order, each thing happens where it was meant."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.exchange import Draft
from app.pages.playground.example import EXAMPLE
from app.session import Attachment, Session
from engine.errors import StoreError
from engine.store import Answer as KeptAnswer
from engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

TEXT = Draft(format="text")


@pytest.fixture(autouse=True)
def cleared(clear_away: None) -> None:
    """Clear away after every test."""


@pytest.fixture
def session(tmp_path: Path, qtbot: QtBot) -> Iterator[Session]:
    made = Session(tmp_path)
    made.restore(TEXT)
    made.show_restored()
    made.library.refresh()
    qtbot.waitUntil(lambda: made.library.known)
    yield made
    made.close()
    made.deleteLater()


def in_store(session: Session, ask: Callable[[Store], object], qtbot: QtBot) -> object:
    """Return what the store says after everything that was asked of it before."""
    found: list[object] = []
    session._bridge.ask_store(ask, found.append)
    qtbot.waitUntil(lambda: bool(found))
    return found[0]


def open_thread(session: Session, thread: int, qtbot: QtBot) -> None:
    session.chat.open(thread)
    qtbot.waitUntil(lambda: session.chat.id == thread)


def another(session: Session, qtbot: QtBot, draft: Draft = TEXT) -> int:
    """Make another thread with something in it, and open it."""
    before = session.chat.id
    session.desk.edit(replace(session.desk.draft, prompt=session.desk.draft.prompt or "something"))
    assert not session.chat.create(draft)
    qtbot.waitUntil(lambda: session.chat.id != before)
    return session.chat.id


def asked(session: Session, qtbot: QtBot, text: str) -> int:
    """Save a question with an answer, as if it had been asked; return the question's id."""
    thread = session.chat.id

    def put(store: Store) -> int:
        head = store.threads.desk(thread).head
        question, answer = store.messages.ask(thread, head, text, TEXT.settings(), attachments=())
        store.messages.settle(answer, "done", f"answer to {text}", KeptAnswer(TEXT.settings()))
        return question

    question = in_store(session, put, qtbot)
    assert isinstance(question, int)
    session.chat.open(thread)
    qtbot.waitUntil(lambda: question in session.chat.conversation)
    return question


def test_a_question_is_not_asked_in_a_thread_that_was_opened_while_its_schema_was_checked(
    session: Session, qtbot: QtBot
) -> None:
    first = session.chat.id
    second = another(session, qtbot, replace(TEXT, prompt="the draft of another thread"))
    open_thread(session, first, qtbot)
    hold = threading.Event()
    session._bridge.check(hold.wait, lambda _: None)
    draft = replace(EXAMPLE, prompt="meant for the first")
    session.desk.edit(draft)
    session.chat.ask(draft)
    open_thread(session, second, qtbot)
    hold.set()
    qtbot.wait(200)
    assert not len(session.chat.conversation)
    assert session.desk.draft.prompt == "the draft of another thread"
    assert in_store(session, lambda store: store.threads.desk(second).draft, qtbot) == "the draft of another thread"
    assert in_store(session, lambda store: store.threads.desk(first).draft, qtbot) == "meant for the first"


def test_a_new_thread_does_not_take_the_place_of_one_with_an_unsent_draft(session: Session, qtbot: QtBot) -> None:
    first = session.chat.id
    session.desk.edit(replace(TEXT, prompt="a long thought"))
    assert not session.chat.create(TEXT)
    qtbot.waitUntil(lambda: session.chat.id != first)
    open_thread(session, first, qtbot)
    assert session.desk.draft.prompt == "a long thought"


def test_a_thread_in_the_bin_is_not_gone_on_in(session: Session, qtbot: QtBot) -> None:
    first = session.chat.id
    session.library.delete([first])
    assert not session.chat.create(TEXT)
    qtbot.waitUntil(lambda: session.chat.id != first)


def test_the_wording_of_a_message_keeps_its_files_when_the_thread_is_left(session: Session, qtbot: QtBot) -> None:
    first = session.chat.id
    in_store(session, lambda store: store.messages.attach(first, Attachment("draft.txt", "text/plain", "d")), qtbot)
    question = asked(session, qtbot, "One?")

    def attach(store: Store) -> object:
        with store._database.transaction() as connection:
            connection.execute(
                "INSERT INTO attachments (thread, message, name, media, size, sha256, text) "
                "VALUES (?, ?, 'asked.txt', 'text/plain', 1, '', 'q')",
                (first, question),
            )
        return True

    in_store(session, attach, qtbot)
    session.chat.edit_message(question)
    qtbot.waitUntil(lambda: session.desk.editing == question)
    assert [entry.name for entry in session.chat.attachments.files] == ["asked.txt"]
    session.desk.edit(replace(session.desk.draft, prompt="One, anew?"))
    another(session, qtbot)
    open_thread(session, first, qtbot)
    assert session.desk.draft.prompt == "One, anew?"
    assert [entry.name for entry in session.chat.attachments.files] == ["asked.txt"]
    session.chat.leave_editing()
    qtbot.waitUntil(lambda: [entry.name for entry in session.chat.attachments.files] == ["draft.txt"])


def test_what_cannot_be_saved_comes_back_and_what_was_typed_since_stays(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_more: object) -> tuple[int, int]:
        raise StoreError("The disk is full.")

    store = session._bridge._store
    assert store is not None
    monkeypatch.setattr(store.messages, "ask", refuse)
    session.desk.edit(replace(TEXT, prompt="precious"))
    session.chat.ask(session.desk.draft)
    session.desk.edit(replace(session.desk.draft, prompt="typed since"))
    qtbot.waitUntil(lambda: session.chat.running is None)
    assert session.desk.draft.prompt == "precious\n\ntyped since"
    assert session.chat.answer is not None
    assert str(session.chat.answer.error) == "The disk is full."


def test_an_append_that_failed_leaves_no_hole(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    session.chat.ask(replace(TEXT, prompt="Go on."))
    qtbot.waitUntil(lambda: session.chat.answer is not None and session.chat.answer.message is not None)
    answer = session.chat.answer
    assert answer is not None
    assert answer.message is not None
    message, store = answer.message, session._bridge._store
    assert store is not None
    append = store.messages.append
    told: list[object] = []
    session._bridge.failed.connect(told.append)

    def refuse(*_args: object) -> None:
        raise StoreError("The disk is full.")

    for text, put in (("first ", append), ("first second ", refuse), ("first second third", append)):
        monkeypatch.setattr(store.messages, "append", put)
        answer.text = text
        session.runs._keep()
        in_store(session, lambda _store: True, qtbot)
    assert in_store(session, lambda store: store.messages.texts([message])[message], qtbot) == "first second third"
    assert len(told) == 1


def test_an_end_that_could_not_be_saved_is_saved_later(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.chat.ask(replace(TEXT, prompt="Go on."))
    qtbot.waitUntil(lambda: session.chat.answer is not None and session.chat.answer.message is not None)
    answer, store = session.chat.answer, session._bridge._store
    assert answer is not None
    assert store is not None
    settle = store.messages.settle
    calls: list[object] = []

    def refuse_once(*args: object) -> None:
        calls.append(args)
        if len(calls) == 1:
            raise StoreError("The disk is full.")
        settle(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(store.messages, "settle", refuse_once)
    answer.text = "what there was"
    session.chat.stop()
    message = answer.message
    assert message is not None
    qtbot.waitUntil(lambda: len(calls) == 2)
    assert in_store(session, lambda store: store.messages.nodes([message])[0].state, qtbot) == "stopped"


def test_the_focus_that_was_asked_for_last_is_the_one_that_is_shown(session: Session, qtbot: QtBot) -> None:
    first = asked(session, qtbot, "One?")
    asked(session, qtbot, "Two?")
    session.chat.look_at(first)
    session.chat.ask_again(TEXT, first)
    qtbot.waitUntil(lambda: session.chat.running is not None and session.chat.running.message is not None)
    qtbot.wait(100)
    assert session.chat.answer is session.chat.running
    session.chat.stop()


def test_deleting_another_message_leaves_the_wording_that_is_being_edited(session: Session, qtbot: QtBot) -> None:
    first = asked(session, qtbot, "One?")
    second = asked(session, qtbot, "Two?")
    session.chat.edit_message(first)
    qtbot.waitUntil(lambda: session.desk.editing == first)
    session.chat.delete(second)
    assert session.desk.editing == first
    session.chat.delete(first)
    assert session.desk.editing is None


def test_what_was_typed_before_the_store_had_answered_is_a_thread_of_its_own(tmp_path: Path, qtbot: QtBot) -> None:
    with Store(tmp_path) as store:
        store.threads.keep_draft(store.threads.create().id, "left unfinished yesterday")
    session, disk = Session(tmp_path), threading.Event()
    session._bridge.ask_store(lambda _store: disk.wait(60))
    session.restore(EXAMPLE)
    session.show_restored()
    session.desk.edit(replace(session.desk.draft, prompt="typed while the disk was slow"))
    disk.set()
    qtbot.waitUntil(lambda: session.chat.id > 0 and session.desk.draft.prompt == "typed while the disk was slow")
    session.close()
    with Store(tmp_path) as store:
        drafts = {store.threads.desk(thread.id).draft for thread in store.threads.all()}
    assert drafts == {"left unfinished yesterday", "typed while the disk was slow"}
    session.deleteLater()


def test_a_slow_store_with_nothing_typed_meanwhile_brings_the_last_thread_back(tmp_path: Path, qtbot: QtBot) -> None:
    with Store(tmp_path) as store:
        store.threads.keep_draft(store.threads.create().id, "left unfinished yesterday")
    session, disk = Session(tmp_path), threading.Event()
    session._bridge.ask_store(lambda _store: disk.wait(60))
    session.restore(EXAMPLE)
    session.show_restored()
    assert session.desk.draft == EXAMPLE
    disk.set()
    qtbot.waitUntil(lambda: session.desk.draft.prompt == "left unfinished yesterday")
    session.close()
    with Store(tmp_path) as store:
        assert len(store.threads.all()) == 1
    session.deleteLater()
