"""Requests as tests write them."""

from __future__ import annotations

import itertools
import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from engine.constraint.spec import ConstraintSpec, MatchesSchema, Unconstrained
from engine.model.bundled import bundled_model
from engine.model.fit import EXTRA_LANES
from engine.model.llama import Context, ContextShape, Weights, start_backend, uses_amx
from engine.model.protocol import ChatMessage, GenerateRequest, ModelInfo, RequestEvent
from engine.model.scheduler import Scheduler
from engine.model.template import ChatTemplate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.model.prefixes import Prefixes

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 30},
        "age": {"type": "integer", "minimum": 0, "maximum": 120},
        "city": {"type": "string", "maxLength": 20},
    },
    "required": ["name", "age", "city"],
    "additionalProperties": False,
}


class Ask(Protocol):
    """Make a request."""

    def __call__(self, prompt: str = ..., schema: Any = ..., **fields: Any) -> GenerateRequest: ...


@pytest.fixture(scope="session")
def ask() -> Ask:
    """Return a maker of requests with ids of their own; without a schema the answer is plain text."""
    numbers = itertools.count()

    def make(prompt: str = "Anna Meyer is 34 and lives in Rome.", schema: Any = None, **fields: Any) -> GenerateRequest:
        constraint: ConstraintSpec = (
            Unconstrained() if schema is None else MatchesSchema(schema_text=json.dumps(schema))
        )
        messages = (
            ChatMessage(role="system", content="Read the facts from the text and answer with JSON."),
            ChatMessage(role="user", content=prompt),
        )
        return GenerateRequest(**{"id": f"r{next(numbers)}", "messages": messages, "constraint": constraint} | fields)

    return make


@pytest.fixture(scope="session")
def person() -> dict[str, Any]:
    """Return a small schema."""
    return PERSON


class MakeScheduler(Protocol):
    """Make a scheduler with a context of its own."""

    def __call__(
        self,
        *,
        cells: int,
        context: int,
        lanes: int,
        wake: Callable[[], None] = ...,
        prefixes: Prefixes | None = ...,
        other: Weights | None = ...,
    ) -> Scheduler: ...


@pytest.fixture(scope="session")
def weights() -> Iterator[Weights]:
    """Return the bundled model's weights, loaded into this process."""
    start_backend()
    loaded = Weights(bundled_model(), extra_buffers=not uses_amx())
    yield loaded
    loaded.close()


@pytest.fixture(scope="session")
def vocabulary() -> Iterator[Weights]:
    """Return the bundled model's vocabulary, without its weights."""
    start_backend()
    loaded = Weights(bundled_model(), vocabulary_only=True)
    yield loaded
    loaded.close()


@pytest.fixture
def heard() -> list[RequestEvent]:
    """Return what the made schedulers tell."""
    return []


@pytest.fixture
def make_scheduler(weights: Weights, heard: list[RequestEvent]) -> Iterator[MakeScheduler]:
    """Return a maker of schedulers that share `cells` among `lanes`, of the bundled model or of `other` weights."""
    made = ExitStack()

    def make(
        *,
        cells: int,
        context: int,
        lanes: int,
        wake: Callable[[], None] = lambda: None,
        prefixes: Prefixes | None = None,
        other: Weights | None = None,
    ) -> Scheduler:
        model = other or weights
        shape = ContextShape(cells=cells, sequences=lanes + EXTRA_LANES, batch=64, threads=1)
        facts = {
            "name": "m", "path": "p", "size_bytes": 1, "sha256": "0", "parameters": 1, "quantization": "Q4_1",
            "layout": "as shipped", "lossless": True, "trained_context": context, "context": context, "lanes": lanes,
            "threads": 2, "template": "file", "vocabulary": model.vocabulary_size,
        }  # fmt: skip
        scheduler = Scheduler(
            model,
            made.enter_context(Context(model, shape)),
            ChatTemplate(model.chat_template),
            model.mask_tokenizer(),
            ModelInfo.model_validate(facts),
            heard.append,
            wake=wake,
            prefixes=prefixes,
        )
        made.callback(scheduler.close)
        return scheduler

    with made:
        yield make


@pytest.fixture(scope="session")
def run_all() -> Callable[[Scheduler], None]:
    """Return what advances a scheduler until it is idle."""

    def run(scheduler: Scheduler) -> None:
        for _ in range(5000):
            if scheduler.idle:
                return
            scheduler.step()
        raise AssertionError("the scheduler did not come to an end")

    return run
