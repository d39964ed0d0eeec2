"""Conversations that last: asking, stopping, branching, finding, moving between programs, and surviving a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from PySide6.QtCore import Qt

from app.pages.playground.example import EXAMPLE
from engine.store import Store
from tests.journeys.drafts import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.session import Session
    from app.window import Window

    Start = Callable[[], tuple[Window, Session]]

LOADING_MS = 240_000
ANSWER_MS = 120_000
TEXT = replace(EXAMPLE, prompt="", format="text", max_tokens=40)
ROOT = Path(__file__).parents[2]


def ask(window: Window, session: Session, qtbot: QtBot, prompt: str) -> None:
    """Type a prompt and press Run, as a person does; wait for the end of the answer."""
    composer = window.playground.composer
    composer.text.setFocus()
    composer.text.selectAll()
    qtbot.keyClicks(composer.text, prompt)
    qtbot.keyClick(composer.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_for_answer(session, qtbot)


def wait_for_answer(session: Session, qtbot: QtBot) -> None:
    before = session.chat.conversation.head
    qtbot.waitUntil(lambda: session.chat.running is not None or session.chat.conversation.head != before)
    qtbot.waitUntil(lambda: session.chat.running is None, timeout=LOADING_MS)


def shown(session: Session) -> list[str]:
    """Return what the messages of the shown branch say."""
    texts = session.chat.texts
    return [texts[node.id] for node in session.chat.conversation.path if node.role == "user"]


def plain(window: Window, session: Session, qtbot: QtBot) -> None:
    """Set the thread to short answers in text."""
    window.playground._fill(TEXT)
    qtbot.waitUntil(lambda: session.model is not None and session.model.phase == "ready", timeout=LOADING_MS)


def test_a_conversation_is_told_whole_branches_are_kept_and_each_can_be_gone_back_to(
    start: Start, qtbot: QtBot
) -> None:
    window, session = start()
    plain(window, session, qtbot)
    ask(window, session, qtbot, "My name is Ada. Say hello.")
    ask(window, session, qtbot, "And now good bye.")
    assert session.chat.answer is not None
    told = [message["content"] for message in (session.chat.answer.receipt or {})["request"]["messages"]]
    assert told[0] == "My name is Ada. Say hello."
    assert told[-1] == "And now good bye."
    assert len(told) == 3

    qtbot.keyClick(window.playground, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: session.desk.editing is not None)
    assert window.playground.composer.prompt == "And now good bye."
    ask(window, session, qtbot, "And now count to three.")
    assert shown(session) == ["My name is Ada. Say hello.", "And now count to three."]
    assert session.desk.editing is None

    qtbot.mouseClick(window.playground.message.switch.before, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(session)[-1] == "And now good bye.")
    qtbot.waitUntil(lambda: session.chat.focus.prompt == "And now good bye.")

    first = session.chat.answer
    qtbot.keyClick(window.playground, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    wait_for_answer(session, qtbot)
    assert session.chat.answer is not first
    assert window.playground.answer.switch.isVisible()
    qtbot.mouseClick(window.playground.answer.switch.before, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.chat.answer is not None and session.chat.answer.message == first.message)


def test_a_stopped_answer_is_continued_from_where_it_stopped_and_stays_as_it_was(start: Start, qtbot: QtBot) -> None:
    window, session = start()
    plain(window, session, qtbot)
    window.playground._fill(replace(TEXT, prompt="Tell a long story about a garden.", max_tokens=300))
    window.playground.run()
    qtbot.waitUntil(lambda: session.chat.answer is not None and session.chat.answer.tokens > 12, timeout=LOADING_MS)
    qtbot.keyClick(window.playground, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: session.chat.running is None, timeout=ANSWER_MS)
    stopped = session.chat.answer
    assert stopped is not None
    assert stopped.state == "stopped"
    window.playground.continue_answer()

    def longer_by_now() -> bool:
        answer = session.chat.answer
        return answer is not None and answer is not stopped and len(answer.text) > len(stopped.text) + 20

    qtbot.waitUntil(longer_by_now, timeout=ANSWER_MS)
    window.playground.stop()
    qtbot.waitUntil(lambda: session.chat.running is None, timeout=ANSWER_MS)
    longer = session.chat.answer
    assert longer is not None
    assert longer.text.startswith(stopped.text)
    assert session.chat.conversation.alternatives(longer.message or 0).ids == (stopped.message, longer.message)


def test_another_token_is_chosen_and_the_answer_goes_on_from_there(start: Start, qtbot: QtBot) -> None:
    window, session = start()
    window.playground._fill(SMALL)
    window.playground.run()
    wait_for_answer(session, qtbot)
    answer = session.chat.answer
    assert answer is not None
    tokens = answer.trace.tokens
    assert "".join(token.text for token in tokens) == answer.text
    place, other = next(
        (place, other.id)
        for place, token in enumerate(tokens)
        if token.how == "drawn"
        for other in token.alternatives
        if other.allowed and other.id != token.id and other.text.isalpha()
    )
    window.playground.answer.choose("Tokens")
    window.playground.answer.tokens.branch_asked.emit(place, other)
    wait_for_answer(session, qtbot)
    branch = session.chat.answer
    assert branch is not None
    assert branch is not answer
    assert [token.id for token in branch.trace.tokens[: place + 1]] == [*(t.id for t in tokens[:place]), other]
    assert branch.state == "done", branch.error
    json.loads(branch.text)


def test_what_was_said_is_found_exported_and_imported_elsewhere_without_loss(
    start: Start, qtbot: QtBot, tmp_path: Path, profile: Path
) -> None:
    window, session = start()
    plain(window, session, qtbot)
    ask(window, session, qtbot, "What is a trellis?")
    window.playground.new_thread()
    qtbot.waitUntil(lambda: not len(session.chat.conversation))
    first = next(row.id for row in session.library.threads if row.title == "What is a trellis?")

    panel = window.playground.threads
    qtbot.keyClick(window.playground, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(panel.search, "trel")
    qtbot.waitUntil(lambda: panel.results_model.rowCount() > 0)
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.chat.id == first)

    target = tmp_path / "threads.json"
    told: list[str] = []
    session.transfer.told.connect(told.append)
    session.transfer.export([first], target, "json")
    qtbot.waitUntil(lambda: bool(told))
    with Store(profile) as store:
        before = store.trees.read(first)
    with Store(tmp_path / "elsewhere") as other:
        from engine.store.transfer import import_threads

        (copy,) = import_threads(other.trees, target).threads
        assert other.trees.read(copy) == before

    session.library.delete([first])
    session.library.empty_bin()

    def gone() -> None:
        with Store(profile) as store:
            assert store.threads.get(first) is None

    qtbot.waitUntil(gone)
    told.clear()
    session.transfer.import_files([target])
    qtbot.waitUntil(lambda: bool(told))
    qtbot.waitUntil(lambda: any(row.title == "What is a trellis?" for row in session.library.threads))


def test_an_unsent_draft_waits_while_a_message_is_worded_anew_and_both_outlive_the_window(
    start: Start, qtbot: QtBot
) -> None:
    window, session = start()
    plain(window, session, qtbot)
    ask(window, session, qtbot, "One?")
    window.playground.composer.write("half a thought")
    window.playground.edit_message()
    qtbot.waitUntil(lambda: session.desk.editing is not None)
    window.playground.composer.write("One, in other words?")
    window.close()
    again, restored = start()
    assert again.playground.composer.prompt == "One, in other words?"
    assert restored.desk.editing is not None
    qtbot.mouseClick(again.playground.composer.leave, Qt.MouseButton.LeftButton)
    assert again.playground.composer.prompt == "half a thought"
    assert restored.desk.editing is None


def test_a_receipt_is_run_again_with_the_seed_that_was_drawn(start: Start, qtbot: QtBot) -> None:
    window, session = start()
    plain(window, session, qtbot)
    window.playground._fill(replace(TEXT, temperature=1.0, max_tokens=10, prompt="Name a tree."))
    window.playground.run()
    wait_for_answer(session, qtbot)
    first = session.chat.answer
    assert first is not None
    assert first.draft.seed is None
    window.playground.answer.choose("Receipt")
    for _ in range(2):  # the first run was not alone on the context; those of a receipt are
        before = session.chat.answer
        qtbot.mouseClick(window.playground.answer.receipt.run, Qt.MouseButton.LeftButton)
        wait_for_answer(session, qtbot)
        assert session.chat.answer is not before
    second = session.chat.answer
    assert second is not None
    assert second.receipt is not None
    assert second.receipt["seed"] == (first.receipt or {})["seed"]
    assert second.receipt["request"]["reproducible"]
    assert before is not None
    assert second.text == before.text


def test_a_line_shows_where_the_prompt_begins_once_the_context_is_full(
    start: Start, qtbot: QtBot, profile: Path
) -> None:
    with Store(profile) as store:
        thread = store.threads.create({"format": "text", "max_tokens": 40}, kind="text", title="Long")
        parent = None
        for number in range(40):
            role: Literal["user", "assistant"] = "assistant" if number % 2 else "user"
            parent = store.messages.add(thread.id, parent, role, f"{number}: " + "garden wall pear " * 130)
        store.threads.keep_draft(thread.id, "And now?")
    window, session = start()
    qtbot.waitUntil(lambda: session.desk.preview is not None, timeout=LOADING_MS)
    assert session.desk.preview is not None
    begins = session.desk.preview.begins
    assert begins is not None
    place = session.chat.conversation.place(begins)
    assert place
    assert session.chat.conversation.node(begins).role == "user"
    view = window.playground.conversation
    assert view._boundary == (begins, f"The prompt begins here: {place} earlier messages do not fit")
    first_told = session.chat.texts[begins]
    assert first_told in session.desk.preview.prompt
    assert f"{place - 1}: garden" not in session.desk.preview.prompt


def test_a_deleted_branch_comes_back_with_undo(start: Start, qtbot: QtBot) -> None:
    window, session = start()
    plain(window, session, qtbot)
    ask(window, session, qtbot, "One?")
    ask(window, session, qtbot, "Two?")
    qtbot.mouseClick(window.playground.message.remove, Qt.MouseButton.LeftButton)
    assert shown(session) == ["One?"]
    qtbot.waitUntil(window.playground.threads.undo_bar.isVisible)
    qtbot.mouseClick(window.playground.threads.undo_bar.undo, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(session) == ["One?", "Two?"])


def test_several_threads_are_answered_at_once_and_each_keeps_its_own(start: Start, qtbot: QtBot) -> None:
    window, session = start()
    plain(window, session, qtbot)
    window.playground._fill(replace(TEXT, prompt="Tell a long story about a wall.", max_tokens=60))
    window.playground.run()
    qtbot.waitUntil(lambda: session.chat.answer is not None and session.chat.answer.tokens > 4, timeout=LOADING_MS)
    long, first = session.chat.answer, session.chat.id
    window.playground.new_thread()
    qtbot.waitUntil(lambda: session.chat.id != first)
    ask(window, session, qtbot, "Say hello.")
    assert shown(session) == ["Say hello."]
    qtbot.waitUntil(lambda: long is not None and not long.running, timeout=ANSWER_MS)
    session.chat.open(first)
    qtbot.waitUntil(lambda: session.chat.id == first and session.chat.answer is not None)
    assert long is not None
    assert session.chat.answer.text == long.text


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_killed_program_starts_again_with_what_was_written_and_goes_on_from_it(
    start: Start, qtbot: QtBot, profile: Path
) -> None:
    script = ROOT / "packaging" / "bench" / "_scripted.py"
    scratch = profile.parent
    program = subprocess.Popen(
        [sys.executable, str(script), str(profile), "7", str(scratch), "2000", "ask"], stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    grown = ""
    for line in program.stdout:
        fact = json.loads(line)
        if fact["did"] == "grow":
            grown = fact["text"]
            os.kill(program.pid, signal.SIGKILL)
            break
    program.stdout.read()
    program.stdout.close()
    program.wait()
    assert grown
    window, session = start()
    with Store(profile) as store:
        texts = {
            node.id: store.messages.texts([node.id])[node.id]
            for row in store.threads.all()
            for node in store.messages.outline(row.id)
            if node.state == "interrupted"
        }
        assert not [node for row in store.threads.all() for node in store.messages.outline(row.id)
                    if node.state == "writing"]  # fmt: skip
    (message, text), *_ = [(message, text) for message, text in texts.items() if text.startswith(grown)]
    session.chat.look_at(message)
    qtbot.waitUntil(lambda: session.chat.answer is not None and session.chat.answer.message == message)
    assert "while this was being written" in str(session.chat.answer.error)
    assert window.playground.answer.strip.isVisible()
    cut = session.chat.answer
    window.playground.continue_answer()

    def longer_by_now() -> bool:
        answer = session.chat.answer
        return answer is not None and answer is not cut and len(answer.text) > len(text)

    qtbot.waitUntil(longer_by_now, timeout=LOADING_MS)
    window.playground.stop()
    qtbot.waitUntil(lambda: session.chat.running is None, timeout=ANSWER_MS)
    assert session.chat.answer.text.startswith(text)
