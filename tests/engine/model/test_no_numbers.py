"""A model that computes no numbers for some text fails the requests with it, and only those."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.errors import ModelFileInvalid
from engine.model.llama import Weights, start_backend
from engine.model.prefixes import Prefixes
from engine.model.protocol import Failed, Finished, Sampling
from engine.model.sampling import NoNumbers, Sampler
from tests.engine.model.tiny import write_tiny

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from engine.model.protocol import RequestEvent
    from engine.model.scheduler import Scheduler
    from tests.engine.model.conftest import Ask, MakeScheduler

    RunAll = Callable[[Scheduler], None]

YES_OR_NO = {"enum": ["yes", "no"]}


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Weights]:
    """Return a model that loads and answers, unless it reads a tilde."""
    start_backend()
    loaded = Weights(write_tiny(tmp_path_factory.mktemp("models") / "damaged.gguf", spoilt="~")[0])
    yield loaded
    loaded.close()


@pytest.fixture
def scheduler(make_scheduler: MakeScheduler, damaged: Weights, tmp_path: Path) -> Scheduler:
    return make_scheduler(cells=2048, context=512, lanes=3, other=damaged, prefixes=Prefixes(tmp_path))


def ends(heard: list[RequestEvent]) -> dict[str, Finished | Failed]:
    return {event.id: event for event in heard if isinstance(event, Finished | Failed)}


def test_no_answer_is_made_of_what_are_no_numbers(
    scheduler: Scheduler, run_all: RunAll, heard: list[RequestEvent], ask: Ask, tmp_path: Path
) -> None:
    scheduler.submit(ask("A ~ here.", YES_OR_NO))
    run_all(scheduler)
    (end,) = ends(heard).values()
    assert isinstance(end, Failed)
    assert isinstance(end.error.error(), ModelFileInvalid)
    assert "no numbers" in end.error.error().message
    assert end.text in {"", '"'}
    assert not any(path.is_file() for path in tmp_path.rglob("*")), "nothing of it is kept for the next host"


def test_what_is_asked_afterwards_is_answered(
    scheduler: Scheduler, run_all: RunAll, heard: list[RequestEvent], ask: Ask
) -> None:
    for request in (ask("A ~ here.", YES_OR_NO), ask("None here.", YES_OR_NO)):
        scheduler.submit(request)
        run_all(scheduler)
    first, second = ends(heard).values()
    assert isinstance(first, Failed)
    assert isinstance(second, Finished)


def test_what_runs_beside_it_is_answered(
    scheduler: Scheduler, run_all: RunAll, heard: list[RequestEvent], ask: Ask
) -> None:
    crowd: list[Any] = [ask(f"{text} {'and on ' * 20}", YES_OR_NO, priority="job") for text in ("One", "~", "Two")]
    for request in crowd:
        scheduler.submit(request)
    run_all(scheduler)
    found = ends(heard)
    assert [type(found[request.id]) for request in crowd] == [Finished, Failed, Finished]


def test_text_that_the_model_rules_out_altogether_is_not_chosen() -> None:
    sampler = Sampler(Sampling(), 1)
    logits = np.array([1.0, -np.inf, -np.inf, 0.5], dtype=np.float32)
    assert sampler.choose(logits, np.array([1, 3]), []).token == 3
    with pytest.raises(ModelFileInvalid, match="no numbers for any"):
        sampler.choose(logits, np.array([1, 2]), [])


@pytest.mark.parametrize("spoilt", [np.nan, np.inf])
def test_one_logit_that_is_no_number_spoils_all(spoilt: float) -> None:
    with pytest.raises(NoNumbers):
        Sampler(Sampling(), 1).choose(np.array([1.0, spoilt, 0.5], dtype=np.float32), np.array([0, 2]), [])
