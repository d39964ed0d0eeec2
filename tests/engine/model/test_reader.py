"""Prompts that are read beside growing answers, in a context of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.model.llama import Context, ContextShape, DecodeOutcome
from engine.model.protocol import Failed, Finished, Sampling, TextDelta
from engine.model.reader import WORTH_READING_APART, Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.model.llama import Weights
    from engine.model.protocol import RequestEvent
    from engine.model.scheduler import Scheduler
    from tests.engine.model.conftest import Ask, MakeScheduler

    RunAll = Callable[[Scheduler], None]

ENDLESS = Sampling(logit_bias={2: -100.0, 0: -100.0})
PAGE = " ".join(f"Line {number}: {number * 7} boxes of screws went to Anna Meyer in Rome." for number in range(12))


def decode(context: Context, tokens: list[int], first: int, sequence: int) -> NDArray[np.float32]:
    """Compute tokens from a position on; return the logits of the last one."""
    context.clear_batch()
    for index, token in enumerate(tokens):
        row = context.add(token, first + index, sequence, logits=index == len(tokens) - 1)
    assert context.decode() is DecodeOutcome.OK
    return context.logits(row).copy()


def answers(heard: list[RequestEvent]) -> dict[str, str]:
    return {event.id: event.text for event in heard if isinstance(event, Finished | Failed)}


def test_cells_copied_to_another_context_are_as_good_as_computed_there(weights: Weights) -> None:
    tokens = weights.tokenize(PAGE, special=False)[:60]
    shape = ContextShape(cells=256, sequences=2, batch=64)
    with Context(weights, shape) as there, Context(weights, shape) as here:
        decode(there, tokens[:59], 0, 0)
        expected = decode(there, tokens[59:], 59, 0)
        assert there.send(0, here, 1, 0, 20)
        assert there.send(0, here, 1, 20, 59)
        assert np.array_equal(decode(here, tokens[59:], 59, 1), expected)


def test_cells_are_not_copied_where_there_is_no_room(weights: Weights) -> None:
    tokens = weights.tokenize(PAGE * 2, special=False)
    small, large = (ContextShape(cells=cells, sequences=1, batch=512) for cells in (256, 1024))
    with Context(weights, large) as there, Context(weights, small) as here:
        decode(there, tokens[:300], 0, 0)
        assert not there.send(0, here, 0, 0, 300)
        assert there.send(0, here, 0, 0, 200)


def test_a_prompt_read_beside_another_answer_is_answered_as_if_alone(
    make_scheduler: MakeScheduler, run_all: RunAll, heard: list[RequestEvent], ask: Ask, person: dict[str, Any]
) -> None:
    asked = ask(PAGE, person, priority="job")
    alone = make_scheduler(cells=2048, context=1024, lanes=2)
    alone.submit(asked)
    run_all(alone)
    expected = answers(heard)[asked.id]
    assert not alone._reader.tokens, "nobody is beside it: there is nothing to be apart from"
    heard.clear()

    crowded = make_scheduler(cells=2048, context=1024, lanes=2)
    crowded.submit(ask("Count.", sampling=ENDLESS, max_tokens=60))
    crowded.submit(asked)
    run_all(crowded)
    assert answers(heard)[asked.id] == expected
    assert len(crowded._reader.tokens) > WORTH_READING_APART


def test_siblings_share_their_beginning_with_the_reader_too(
    make_scheduler: MakeScheduler, run_all: RunAll, heard: list[RequestEvent], ask: Ask, person: dict[str, Any]
) -> None:
    crowd = [ask(f"{PAGE} It is sheet {name}: {PAGE[::-1][:300]}", person, priority="job") for name in "ABC"]
    scheduler = make_scheduler(cells=4096, context=1024, lanes=3)
    for each in crowd:
        scheduler.submit(each)
    run_all(scheduler)
    finished = [event for event in heard if isinstance(event, Finished)]
    assert {event.id for event in finished} == {each.id for each in crowd}
    assert sorted(event.receipt.shared_tokens > 200 for event in finished) == [False, True, True]


def test_stop_ends_a_prompt_that_is_read_apart_and_nothing_else(
    make_scheduler: MakeScheduler, run_all: RunAll, heard: list[RequestEvent], ask: Ask
) -> None:
    scheduler = make_scheduler(cells=2048, context=1024, lanes=2)
    kept = ask("Count.", sampling=ENDLESS, max_tokens=40)
    stopped, waiting = (ask(f"{text} {PAGE}", priority="job", max_tokens=4) for text in ("Read", "And"))
    for each in (kept, stopped, waiting):
        scheduler.submit(each)
    for _ in range(3):
        scheduler.step()
    assert scheduler._reader.tokens
    scheduler.cancel(stopped.id)
    run_all(scheduler)
    ends = {event.id: event for event in heard if isinstance(event, Finished | Failed)}
    assert set(ends) == {kept.id, stopped.id, waiting.id}
    assert isinstance(ends[stopped.id], Failed)
    assert not [event for event in heard if isinstance(event, TextDelta) and event.id == stopped.id]
    grown = [event for event in heard if isinstance(event, TextDelta) and event.id == kept.id]
    assert sum(event.tokens for event in grown) == 40


def test_pages_that_do_not_fit_together_are_all_answered(
    make_scheduler: MakeScheduler, run_all: RunAll, heard: list[RequestEvent], ask: Ask
) -> None:
    crowd = [ask(f"{name} {PAGE}", priority="job", sampling=ENDLESS, max_tokens=12) for name in "ABC"]
    scheduler = make_scheduler(cells=512, context=512, lanes=3)
    for each in crowd:
        scheduler.submit(each)
    run_all(scheduler)
    ends = [event for event in heard if isinstance(event, Failed)]
    assert {event.id for event in ends} == {each.id for each in crowd}
    for end in ends:
        assert end.error.error().kind == "TokenLimitReached"
        assert end.receipt is not None
        assert end.receipt.generated_tokens == 12


def test_without_memory_for_it_a_prompt_is_read_beside_the_answers(
    weights: Weights, make_scheduler: MakeScheduler, run_all: RunAll, heard: list[RequestEvent], ask: Ask
) -> None:
    scheduler = make_scheduler(cells=2048, context=1024, lanes=2)
    impossible = ContextShape(cells=1024, sequences=100_000)
    scheduler._reader = Reader(weights, impossible, scheduler._context)
    first, second = (ask(f"{text} {PAGE}", max_tokens=8, sampling=ENDLESS) for text in ("Read", "And"))
    scheduler.submit(first)
    scheduler.submit(second)
    run_all(scheduler)
    assert set(answers(heard)) == {first.id, second.id}
    assert not scheduler._reader.tokens


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("ERROR", "engine.model.reader")
