"""An examiner works apart: the newest text wins, nothing hangs, and no process is left."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from engine.constraint.examine import Examination, examine
from engine.constraint.examiner import Examiner
from engine.schema.problems import Profile, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORKER = "engine.constraint.examiner_worker"
SMALL = '{"type": "strng"}'
SLOW = json.dumps({"properties": {f"p{i}": {"type": "string", "default": i} for i in range(4_000)}})
"""A text whose rules take a moment, and whose planning takes seconds."""


def workers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if WORKER in child.cmdline()]


def wait_until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.01)


@pytest.fixture
def examiner() -> Iterator[Examiner]:
    with Examiner() as made:
        yield made
    assert workers() == []


def test_it_finds_what_is_found_in_place(examiner: Examiner) -> None:
    settings = Settings(frozenset(Profile), token_limit=3)
    for schema in ({"type": "strng"}, {"type": "string", "maxlength": 3}, {"$ref": "#"}, {"title": "\ud800"}):
        text = json.dumps(schema, ensure_ascii=False)
        found = examiner.examine(text, settings)
        assert json.dumps(found.to_json()) == json.dumps(examine(text, settings).to_json())


def test_one_process_serves_one_text_after_the_other(examiner: Examiner) -> None:
    assert workers() == []
    examiner.examine(SMALL)
    (first,) = workers()
    examiner.examine("{}")
    assert workers() == [first]


def test_a_newer_text_takes_the_place_of_one_that_waits(examiner: Examiner) -> None:
    heard = threading.Event()
    running = examiner.begin(SLOW, hear=lambda _: heard.set())
    assert heard.wait(20)
    waiting = examiner.begin("{}")
    newest = examiner.begin(SMALL)
    assert waiting.cancelled()
    assert not newest.result(20).valid
    assert running.cancelled()


def test_a_text_that_is_done_soon_is_not_given_up() -> None:
    with Examiner(patience=60) as examiner:
        heard = threading.Event()
        running = examiner.begin('{"uniqueItems": true}', hear=lambda _: heard.set())
        assert heard.wait(20)
        assert not examiner.begin(SMALL).result(20).valid
        assert running.result(0).planned


def test_what_is_known_soon_is_told_soon(examiner: Examiner) -> None:
    told: list[Examination] = []
    done = examiner.begin(SLOW, hear=told.append)
    wait_until(lambda: bool(told))
    assert not done.done()
    assert {each.rule for each in told[0].problems} == {"free-string", "bad-default"}
    assert told[0].more


def test_what_takes_too_long_ends_with_what_is_known_and_one_problem_more() -> None:
    with Examiner(seconds=1.5) as examiner:
        examiner.examine("{}")
        found = examiner.examine(SLOW)
        first, *others = found.problems
        assert (first.rule, first.pointer) == ("not-examined", "")
        assert first.sentence == ("It was not possible to find out whether the schema can be held to in 1.5 seconds.")
        assert others
        assert found.valid
        assert not found.planned
        assert not examiner.examine(SMALL).valid  # another process has taken its place


def test_a_process_that_dies_costs_its_text_only(examiner: Examiner) -> None:
    heard = threading.Event()
    running = examiner.begin(SLOW, hear=lambda _: heard.set())
    assert heard.wait(20)
    workers()[0].kill()
    assert "the process that tried has crashed" in running.result(20).problems[0].sentence
    assert not examiner.examine(SMALL).valid


def test_a_process_that_dies_idle_costs_nothing(examiner: Examiner) -> None:
    examiner.examine("{}")
    (process,) = workers()
    process.kill()
    process.wait(10)
    assert [each.rule for each in examiner.examine(SMALL).problems] == ["metaschema"]


def test_closing_ends_what_runs_and_cancels_what_waits() -> None:
    examiner = Examiner()
    heard = threading.Event()
    running = examiner.begin(SLOW, hear=lambda _: heard.set())
    assert heard.wait(20)
    waiting = examiner.begin("{}")
    examiner.close()
    assert running.cancelled()
    assert waiting.cancelled()
    assert workers() == []
    assert examiner.begin(SMALL).cancelled()


def test_many_askers_at_once_all_get_an_end(examiner: Examiner) -> None:
    ends: list[Any] = []

    def ask(number: int) -> None:
        try:
            ends.append(examiner.examine(json.dumps({"minLength": number})).valid)
        except CancelledError:
            ends.append(None)

    askers = [threading.Thread(target=ask, args=[number]) for number in range(20)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(30)
    assert len(ends) == 20
    assert True in ends


def test_what_a_listener_raises_reaches_whoever_asked(examiner: Examiner) -> None:
    def fail(_: Examination) -> None:
        raise LookupError("the listener")

    with pytest.raises(LookupError):
        examiner.begin("{}", hear=fail).result(20)
    assert not examiner.examine(SMALL).valid
