"""The Playground from the first start to the end of the program, whatever happens to the model on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import psutil
import pytest
from jsonschema.validators import Draft202012Validator

from app.pages.playground.example import EXAMPLE
from engine.errors import ModelCrashed
from engine.store import Store
from tests.journeys.drafts import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.exchange import Answer
    from app.session import Session
    from app.window import Window

    Start = Callable[[], tuple[Window, Session]]

LOADING_MS = 240_000
ANSWER_MS = 120_000
LONG = replace(EXAMPLE, format="text", prompt="Tell a long story about a garden.", max_tokens=600)


def answered(session: Session) -> bool:
    return session.chat.answer is not None and not session.chat.answer.running


def run_to_its_end(window: Window, session: Session, qtbot: QtBot) -> Answer:
    before = session.chat.answer
    window.playground.run()
    qtbot.waitUntil(lambda: session.chat.answer is not before and answered(session), timeout=LOADING_MS)
    return answer_of(session)


def answer_of(session: Session) -> Answer:
    assert session.chat.answer is not None
    return session.chat.answer


def wait_for_writing(session: Session, qtbot: QtBot, tokens: int = 12) -> None:
    def writing() -> bool:
        return session.chat.answer is not None and session.chat.answer.tokens > tokens

    qtbot.waitUntil(writing, timeout=LOADING_MS)


def wait_ready(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.model is not None and session.model.phase == "ready", timeout=LOADING_MS)


def test_the_first_run_gives_a_true_answer_that_satisfies_its_schema(start: Start, qtbot: QtBot) -> None:
    window, session = start()
    answer = run_to_its_end(window, session, qtbot)
    assert answer.state == "done", answer.error
    value = json.loads(answer.text)
    Draft202012Validator(json.loads(EXAMPLE.schema)).validate(value)
    assert value["vendor"]["name"] == "Northwind Botanicals GmbH"
    assert value["total"] == 303
    assert answer.receipt is not None
    assert answer.receipt["finish_reason"] == "stop"
    tree = window.playground.answer.tree
    assert tree.head is None
    assert tree.node(tree.index(0, 0)).shown.text == "Northwind Botanicals GmbH"
    assert json.loads(window.playground.answer.json.toPlainText()) == value
    qtbot.waitUntil(lambda: session.desk.preview is not None, timeout=ANSWER_MS)
    assert "Northwind" not in window.playground.composer.prompt


def test_stop_keeps_what_was_written_and_the_next_run_works(start: Start, qtbot: QtBot) -> None:
    window, session = start()
    window.playground._fill(LONG)
    window.playground.run()
    wait_for_writing(session, qtbot)
    pressed = time.monotonic()
    window.playground.stop()
    qtbot.waitUntil(lambda: answered(session), timeout=ANSWER_MS)
    assert time.monotonic() - pressed < 2
    assert answer_of(session).state == "stopped"
    assert answer_of(session).text
    assert window.playground.answer.strip.isHidden()
    window.playground._fill(SMALL)
    assert run_to_its_end(window, session, qtbot).state == "done"


def test_a_killed_host_costs_neither_the_answer_so_far_nor_the_next(start: Start, qtbot: QtBot) -> None:
    window, session = start()
    window.playground._fill(LONG)
    window.playground.run()
    wait_for_writing(session, qtbot)
    assert session.host_pid is not None
    os.kill(session.host_pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: answered(session), timeout=ANSWER_MS)
    answer = answer_of(session)
    assert answer.state == "failed"
    assert isinstance(answer.error, ModelCrashed)
    assert answer.text
    assert window.playground.answer.prose.toPlainText() == answer.text
    assert window.playground.answer.strip.isVisible()
    assert "starts it again" in window.status._state.text()
    window.playground._fill(SMALL)
    assert run_to_its_end(window, session, qtbot).state == "done"
    assert window.playground.answer.strip.isHidden()


def test_a_schema_that_cannot_be_held_to_writes_nothing_and_is_shown_at_its_line(start: Start, qtbot: QtBot) -> None:
    window, session = start()
    wait_ready(session, qtbot)
    schema = '{\n  "type": "object",\n  "properties": {\n    "a": {\n      "$ref": "https://a.example/"\n    }\n  }\n}'
    window.playground._fill(replace(EXAMPLE, schema=schema))
    qtbot.waitUntil(lambda: bool(window.playground.inspector.response.schema.problems), timeout=ANSWER_MS)
    assert window.playground.inspector.response.schema.problems[0].line in {4, 5}
    answer = run_to_its_end(window, session, qtbot)
    assert answer.state == "failed"
    assert answer.text == ""
    assert window.playground.answer.strip.isVisible()


def test_running_into_the_token_limit_is_no_answer(start: Start, qtbot: QtBot) -> None:
    window, session = start()
    window.playground._fill(replace(EXAMPLE, max_tokens=20))
    window.playground.run()
    qtbot.waitUntil(lambda: answered(session), timeout=LOADING_MS)
    assert answer_of(session).state == "failed"
    assert answer_of(session).text
    head = window.playground.answer.tree.head
    assert head is not None
    assert head.state == "failed"


def test_what_is_being_written_is_on_disk_before_it_is_whole(start: Start, qtbot: QtBot, profile: Path) -> None:
    window, session = start()
    window.playground._fill(LONG)
    window.playground.run()
    wait_for_writing(session, qtbot)

    def saved() -> None:
        with Store(profile) as store:
            (thread,) = store.threads.all()
            question, answer = store.messages.outline(thread.id)
            texts = store.messages.texts([question.id, answer.id])
        assert answer.state == "writing"
        assert texts[question.id] == LONG.prompt
        assert texts[answer.id]

    qtbot.waitUntil(saved, timeout=3000)
    window.playground.stop()
    qtbot.waitUntil(lambda: answered(session), timeout=ANSWER_MS)


def test_the_last_exchange_comes_back(start: Start, qtbot: QtBot) -> None:
    window, session = start()
    window.playground._fill(SMALL)
    window.playground.run()
    qtbot.waitUntil(lambda: answered(session), timeout=LOADING_MS)
    before = answer_of(session)
    window.close()
    again, restored = start()
    assert answer_of(restored).text == before.text
    assert answer_of(restored).receipt == before.receipt
    assert again.playground.message.isVisible()


def test_closing_during_an_answer_ends_the_host(start: Start, qtbot: QtBot) -> None:
    window, session = start()
    window.playground._fill(LONG)
    window.playground.run()
    wait_for_writing(session, qtbot)
    pid = session.host_pid
    assert pid is not None
    window.close()
    qtbot.waitUntil(lambda: not psutil.pid_exists(pid), timeout=5000)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "ended"])
def test_the_program_leaves_no_process_behind(profile: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-m", "app", "--profile", str(profile), "--timings"]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert program.stdout is not None
    try:
        for line in program.stdout:
            if "model_ready" in line:
                break
        children = psutil.Process(program.pid).children(recursive=True)
        assert children
        program.send_signal(how)
        code = program.wait(timeout=20)
        _, alive = psutil.wait_procs(children, timeout=10)
        assert not alive
        assert code == (0 if how == signal.SIGTERM else -how)
    finally:
        program.stdout.close()
        if program.poll() is None:
            program.kill()


def test_a_picture_can_be_taken_without_a_screen(profile: Path, tmp_path: Path) -> None:
    target = tmp_path / "window.png"
    command = [sys.executable, "-m", "app", "--profile", str(profile), "--picture", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    assert target.stat().st_size > 20_000
