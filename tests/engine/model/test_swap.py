"""Models are changed while they answer, and no request is lost over it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from engine.errors import Cancelled, ModelCrashed, ModelFileInvalid, ModelTooLarge
from engine.model import client as client_module
from engine.model.client import ClientState, ModelClient
from engine.model.protocol import Failed, Finished, LoadOptions, RequestEvent, Sampling, TextDelta
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf
from tests.engine.model.tiny import write_tiny

if TYPE_CHECKING:
    from pathlib import Path

    from engine.model.protocol import GenerateRequest
    from tests.engine.model.conftest import Ask

OPTIONS = LoadOptions(layout="as shipped", threads=1, context=256)
LONG = LoadOptions(layout="as shipped", threads=1, context=16_384, lanes=1)
_END = 256


class Heard:
    """A listener that keeps what it hears and can be waited on."""

    def __init__(self) -> None:
        self.text = ""
        self.growing = threading.Event()
        self.ended = threading.Event()
        self.last: RequestEvent | None = None

    def __call__(self, event: RequestEvent) -> None:
        self.last = event
        if isinstance(event, TextDelta):
            self.text += event.text
            self.growing.set()
        if isinstance(event, Finished | Failed):
            self.ended.set()


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "first.gguf")[0]


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "second.gguf")[0]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Return a file whose header is in order, and that llama.cpp cannot load."""
    path = tmp_path / "broken.gguf"
    path.write_bytes(gguf(LLAMA, TENSORS, data=768 + 4352))
    return path


def endless(ask: Ask) -> GenerateRequest:
    return ask("Go on.", sampling=Sampling(logit_bias={_END: -100}))


def short(ask: Ask) -> GenerateRequest:
    return ask("Say something.", max_tokens=3)


def model_of(client: ModelClient, request: GenerateRequest) -> str:
    """Return the name of the model that a request was answered by."""
    last = list(client.stream(request))[-1]
    assert isinstance(last, Failed)
    assert last.receipt is not None
    return last.receipt.model.name


def test_what_runs_is_finished_by_the_model_that_began_it(cache_dir: Path, first: Path, second: Path, ask: Ask) -> None:
    with ModelClient(first, options=LONG, cache_dir=cache_dir) as client:
        running, heard = endless(ask), Heard()
        client.submit(running, heard)
        assert heard.growing.wait(60)
        client.load(second, OPTIONS)
        assert client.state.candidate == str(second)
        assert client.wait_until_ready(60).name == "second"
        assert client.state.candidate is None
        assert model_of(client, short(ask)) == "second"
        assert not heard.ended.is_set()
        client.cancel(running.id)
        assert heard.ended.wait(60)
    assert isinstance(heard.last, Failed)
    assert isinstance(heard.last.error.error(), Cancelled)
    assert heard.last.receipt is not None
    assert heard.last.receipt.model.name == "first"
    assert heard.last.text == heard.text


def test_what_does_not_end_is_ended_and_keeps_its_text(
    cache_dir: Path, first: Path, second: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "FINISH_SECONDS", 0.01)
    with ModelClient(first, options=LONG, cache_dir=cache_dir) as client:
        heard = Heard()
        client.submit(endless(ask), heard)
        assert heard.growing.wait(60)
        client.load(second, OPTIONS)
        assert heard.ended.wait(60)
        assert model_of(client, short(ask)) == "second"
    assert isinstance(heard.last, Failed)
    error = heard.last.error.error()
    assert isinstance(error, ModelCrashed)
    assert "changed while it answered" in error.message
    assert heard.last.text


def one_at_a_time(path: Path, cache_dir: Path, states: list[ClientState] | None = None) -> ModelClient:
    """Return a client with memory for one tiny model."""
    listener = states.append if states is not None else None
    return ModelClient(path, options=OPTIONS, cache_dir=cache_dir, memory_limit=70_000_000, listener=listener)


def test_models_that_do_not_fit_together_take_turns(cache_dir: Path, first: Path, second: Path, ask: Ask) -> None:
    states: list[ClientState] = []
    with one_at_a_time(first, cache_dir, states) as client:
        client.wait_until_ready(60)
        before = client.pid
        client.load(second, OPTIONS)
        assert model_of(client, short(ask)) in {"first", "second"}
        assert client.wait_until_ready(60).name == "second"
        assert client.state.error is None
        assert client.pid != before
        assert model_of(client, short(ask)) == "second"
    loading = [state for state in states if state.phase == "loading" and state.candidate == str(second)]
    assert any(state.model is None for state in loading), "both were in memory at once"


def test_the_model_before_comes_back_where_the_next_one_fails(
    cache_dir: Path, first: Path, broken: Path, ask: Ask
) -> None:
    with one_at_a_time(first, cache_dir) as client:
        client.wait_until_ready(60)
        before = client.pid
        client.load(broken, OPTIONS)
        assert client.wait_until_ready(60).name == "first"
        assert isinstance(client.state.error, ModelFileInvalid)
        assert client.state.error.where == str(broken)
        assert client.pid != before, "the first one was never ended"
        assert model_of(client, short(ask)) == "first"


def test_what_does_not_even_fit_alone_is_refused_with_what_would(cache_dir: Path, first: Path, second: Path) -> None:
    with one_at_a_time(first, cache_dir) as client:
        client.wait_until_ready(60)
        before = client.pid
        client.load(second, OPTIONS.model_copy(update={"context": 300_000}))
        client.wait_until_ready(60)
        error = client.state.error
        assert isinstance(error, ModelTooLarge)
        assert "With" in str(error.advice)
        assert client.pid == before


def test_a_third_model_chosen_meanwhile_is_the_one_that_is_loaded(
    cache_dir: Path, first: Path, second: Path, tmp_path: Path, ask: Ask
) -> None:
    third = write_tiny(tmp_path / "third.gguf")[0]
    with ModelClient(first, options=OPTIONS, cache_dir=cache_dir) as client:
        client.wait_until_ready(60)
        client.load(second, OPTIONS)
        client.load(third, OPTIONS)
        assert client.wait_until_ready(60).name == "third"
        assert model_of(client, short(ask)) == "third"


def test_a_model_that_is_closed_while_it_takes_turns_stays_closed(cache_dir: Path, first: Path, second: Path) -> None:
    client = one_at_a_time(first, cache_dir)
    client.wait_until_ready(60)
    client.load(second, OPTIONS)
    client.close()
    client.load(second, OPTIONS)
    assert client.state.phase in {"stopped", "loading"}
