"""A model in a process of its own: what it answers, and what it survives."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from engine.constraint.spec import AnyJson, MatchesRegex
from engine.errors import (
    Cancelled,
    ConstraintUnsupported,
    ModelCrashed,
    ModelFileInvalid,
    ModelTooLarge,
    PromptTooLong,
    TokenLimitReached,
)
from engine.model.bundled import bundled_model
from engine.model.client import ModelClient
from engine.model.protocol import (
    Failed,
    Finished,
    LoadOptions,
    Rendered,
    RequestEvent,
    Sampling,
    ShrinkableSpan,
    Started,
    TextDelta,
    ValueClosed,
)
from tests.engine.gguf.writing import LLAMA, gguf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.model.protocol import GenerateRequest
    from tests.engine.model.conftest import Ask


def finished(client: ModelClient, request: GenerateRequest) -> Finished:
    last = list(client.stream(request))[-1]
    assert isinstance(last, Finished), last
    return last


def failed(client: ModelClient, request: GenerateRequest) -> Failed:
    last = list(client.stream(request))[-1]
    assert isinstance(last, Failed), last
    return last


class Heard:
    """A listener that keeps what it hears and can be waited on."""

    def __init__(self) -> None:
        self.events: list[RequestEvent] = []
        self.growing = threading.Event()
        self.ended = threading.Event()

    def __call__(self, event: RequestEvent) -> None:
        self.events.append(event)
        if isinstance(event, TextDelta):
            self.growing.set()
        if isinstance(event, Finished | Failed | Rendered):
            self.ended.set()

    def last(self) -> RequestEvent:
        assert self.ended.wait(60)
        return self.events[-1]


@pytest.fixture
def own_client(cache_dir: Path) -> Iterator[ModelClient]:
    """Return a client for tests that harm its host."""
    with ModelClient(cache_dir=cache_dir) as client:
        client.wait_until_ready(60)
        yield client


def test_an_answer_satisfies_its_schema_and_its_events_tell_the_same_story(
    model_client: ModelClient, ask: Ask, person: dict[str, Any]
) -> None:
    events = list(model_client.stream(ask(schema=person, reproducible=True)))
    last = events[-1]
    assert isinstance(last, Finished)
    assert json.loads(last.text) == {"name": "Anna Meyer", "age": 34, "city": "Rome"}
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == last.text
    closed = [event for event in events if isinstance(event, ValueClosed)]
    assert [value.pointer for value in closed] == ["/name", "/age", "/city", ""]
    for value in closed:
        assert json.loads(last.text[value.start : value.end]) == value.value
        assert value.min_probability is not None
        assert value.mean_probability is not None
        assert 0 < value.min_probability <= value.mean_probability <= 1


def test_the_receipt_counts_what_ran(model_client: ModelClient, ask: Ask, person: dict[str, Any]) -> None:
    request = ask(schema=person, reproducible=True)
    events = list(model_client.stream(request))
    last = events[-1]
    assert isinstance(last, Finished)
    receipt, deltas = last.receipt, [event for event in events if isinstance(event, TextDelta)]
    assert receipt.request == request
    assert receipt.generated_tokens == sum(event.tokens for event in deltas)
    assert receipt.forced_tokens == sum(event.forced for event in deltas)
    assert 0 < receipt.decodes < receipt.generated_tokens
    assert receipt.finish_reason == "stop"
    assert receipt.first_token_s is not None
    assert 0 < receipt.first_token_s < receipt.total_s
    assert len(receipt.model.sha256) == 64
    assert receipt.model.quantization == "Q4_1"
    assert receipt.model.lossless
    assert {use.keyword: use.how for use in receipt.enforcement}["maxLength"] == "mask"


def test_a_reproducible_request_gives_the_same_tokens_whatever_ran_before(model_client: ModelClient, ask: Ask) -> None:
    sampling = Sampling(temperature=1.2, seed=11)
    texts = []
    for noise in (0, 4):
        others = [Heard() for _ in range(noise)]
        for number, heard in enumerate(others):
            model_client.submit(ask(f"Tell me about the number {number}.", max_tokens=12, priority="job"), heard)
        request = ask("Write about the sea.", sampling=sampling, max_tokens=12, reproducible=True)
        texts.append(failed(model_client, request).text)
        for heard in others:
            heard.last()
    assert len(set(texts)) == 1
    other = ask(
        "Write about the sea.", sampling=sampling.model_copy(update={"seed": 12}), max_tokens=12, reproducible=True
    )
    assert failed(model_client, other).text != texts[0]


def test_requests_that_begin_alike_share_their_prefix(
    model_client: ModelClient, ask: Ask, person: dict[str, Any]
) -> None:
    heard = [Heard() for _ in range(6)]
    instructions = "Keep to what is written. " * 20
    for number, listener in enumerate(heard):
        prompt = f"{instructions} Person {number} is {20 + number} years old and lives in Oslo."
        model_client.submit(ask(prompt, schema=person, priority="job"), listener)
    receipts = []
    for listener in heard:
        last = listener.last()
        assert isinstance(last, Finished)
        receipts.append(last.receipt)
    assert sorted(receipt.shared_tokens > 100 for receipt in receipts) == [False, True, True, True, True, True]


def test_somebody_waiting_comes_before_jobs(model_client: ModelClient, ask: Ask) -> None:
    order: list[str] = []
    jobs = [ask(f"Job number {number}: write a story.", max_tokens=20, priority="job") for number in range(8)]
    heard = {request.id: Heard() for request in jobs}

    def note(request: GenerateRequest, listener: Heard) -> None:
        def hear(event: RequestEvent) -> None:
            listener(event)
            if isinstance(event, Started):
                order.append(request.id)

        model_client.submit(request, hear)

    for request in jobs:
        note(request, heard[request.id])
    assert heard[jobs[0].id].growing.wait(60)
    person_waiting, theirs = ask("Say hello.", max_tokens=3), Heard()
    note(person_waiting, theirs)
    theirs.last()
    for listener in heard.values():
        listener.last()
    assert order.index(person_waiting.id) < 6


def test_an_answer_cut_off_by_its_limit_is_no_answer(
    model_client: ModelClient, ask: Ask, person: dict[str, Any]
) -> None:
    event = failed(model_client, ask(schema=person, max_tokens=12))
    assert isinstance(event.error.error(), TokenLimitReached)
    assert event.text.startswith('{"name": "')
    assert event.receipt is not None
    assert event.receipt.finish_reason == "token_limit"


def test_the_end_of_the_context_is_no_answer_either(cache_dir: Path, ask: Ask) -> None:
    with ModelClient(cache_dir=cache_dir, options=LoadOptions(context=96)) as client:
        event = failed(
            client, ask("Count from one to a thousand in words.", sampling=Sampling(logit_bias={2: -100, 0: -100}))
        )
    assert event.error.error().kind == "ContextFull"
    assert event.receipt is not None
    assert event.receipt.prompt_tokens + event.receipt.generated_tokens >= 96


def test_what_cannot_be_enforced_is_refused_before_a_token_is_generated(model_client: ModelClient, ask: Ask) -> None:
    events = list(model_client.stream(ask(schema={"properties": {"a": {"$ref": "https://example.org/a.json"}}})))
    assert len(events) == 1
    error = events[0].error.error() if isinstance(events[0], Failed) else None
    assert isinstance(error, ConstraintUnsupported)
    assert (error.keyword, error.where) == ("$ref", "/properties/a")


def test_json_mode_and_regular_expressions_hold(model_client: ModelClient, ask: Ask) -> None:
    assert isinstance(json.loads(finished(model_client, ask(constraint=AnyJson(), max_tokens=300)).text), dict)
    pattern = MatchesRegex(pattern="[A-Z]{2}-[0-9]{4}")
    text = finished(model_client, ask("Give me a code.", constraint=pattern)).text
    assert (text[:2].isupper(), text[2], text[3:].isdigit(), len(text)) == (True, "-", True, 7)


def test_stop_ends_an_answer_and_keeps_its_text(model_client: ModelClient, ask: Ask) -> None:
    request, heard = ask("Write a long story.", sampling=Sampling(logit_bias={2: -100, 0: -100})), Heard()
    model_client.submit(request, heard)
    assert heard.growing.wait(60)
    model_client.cancel(request.id)
    last = heard.last()
    assert isinstance(last, Failed)
    assert isinstance(last.error.error(), Cancelled)
    assert last.text == "".join(event.text for event in heard.events if isinstance(event, TextDelta)) != ""


def test_stop_ends_the_reading_of_a_long_prompt(model_client: ModelClient, ask: Ask, person: dict[str, Any]) -> None:
    request, heard = ask("A long text. " * 1800, max_tokens=5), Heard()
    model_client.submit(request, heard)
    while not heard.events:
        time.sleep(0.005)
    model_client.cancel(request.id)
    last = heard.last()
    assert isinstance(last, Failed)
    assert last.error.error().kind == "Cancelled"
    assert json.loads(finished(model_client, ask(schema=person)).text)["age"] == 34


def test_stop_right_after_asking_is_heard(model_client: ModelClient, ask: Ask) -> None:
    for _ in range(20):
        request, heard = ask("Write a long story.", max_tokens=400), Heard()
        model_client.submit(request, heard)
        model_client.cancel(request.id)
        last = heard.last()
        assert isinstance(last, Failed)
        assert last.error.error().kind == "Cancelled"


LARGE = {"anyOf": [{"type": "object", "properties": {"a": {"const": i}}, "required": ["a"]} for i in range(150)]}


def test_a_large_schema_is_answered_and_stop_is_heard_while_it_is_planned(model_client: ModelClient, ask: Ask) -> None:
    assert model_client.pid is not None
    heard, request = Heard(), ask(schema=LARGE)
    model_client.submit(request, heard)
    host, worker = psutil.Process(model_client.pid), None
    while worker is None:
        worker = next((each for each in host.children() if "engine.constraint.worker" in each.cmdline()), None)
    worker.suspend()
    model_client.cancel(request.id)
    last = heard.last()
    assert isinstance(last, Failed)
    assert isinstance(last.error.error(), Cancelled)
    assert json.loads(finished(model_client, ask(schema=LARGE)).text)["a"] in range(150)


def test_a_request_can_be_stopped_while_its_model_still_loads(cache_dir: Path, ask: Ask) -> None:
    with ModelClient(cache_dir=cache_dir) as client:
        request, heard = ask(), Heard()
        client.submit(request, heard)
        client.cancel(request.id)
        last = heard.last()
        assert isinstance(last, Failed)
        assert last.error.error().kind == "Cancelled"


def test_leaving_a_stream_early_stops_the_answer(model_client: ModelClient, ask: Ask, person: dict[str, Any]) -> None:
    endless = ask("Write a long story.", sampling=Sampling(logit_bias={2: -100, 0: -100}))
    for event in model_client.stream(endless):
        if isinstance(event, TextDelta):
            break
    assert finished(model_client, ask(schema=person)).text


def test_a_prompt_that_leaves_no_room_is_refused_with_its_length(model_client: ModelClient, ask: Ask) -> None:
    error = failed(model_client, ask("word " * 9000)).error.error()
    assert isinstance(error, PromptTooLong)
    assert "8,192" in error.message


def test_a_shrinkable_document_is_cut_to_fit_and_the_rest_counted(model_client: ModelClient, ask: Ask) -> None:
    text = "Here is the document:\n" + "Every word counts. " * 4000 + "\nWhat does it say?"
    span = ShrinkableSpan(message=1, start=22, end=len(text) - 18)
    heard = Heard()
    request = ask(text, shrink=span, max_tokens=64)
    model_client.submit(request, heard)
    while not heard.events:
        time.sleep(0.01)
    model_client.cancel(request.id)
    heard.last()
    started = heard.events[0]
    assert isinstance(started, Started)
    assert 7900 < started.prompt_tokens <= 8192 - 64
    assert 0 < started.trimmed_characters < len(text)
    rendered = Heard()
    model_client.render(request.model_copy(update={"id": "rendered"}), rendered)
    shown = rendered.last()
    assert isinstance(shown, Rendered)
    assert "What does it say?<|im_end|>" in shown.prompt
    assert len(shown.prompt) < len(text)


def test_a_host_killed_while_answering_costs_only_that_answer(
    own_client: ModelClient, ask: Ask, person: dict[str, Any]
) -> None:
    heard = Heard()
    own_client.submit(ask("Write a long story.", sampling=Sampling(logit_bias={2: -100, 0: -100})), heard)
    assert heard.growing.wait(60)
    assert own_client.pid is not None
    os.kill(own_client.pid, signal.SIGKILL)
    last = heard.last()
    assert isinstance(last, Failed)
    assert isinstance(last.error.error(), ModelCrashed)
    assert last.text
    assert own_client.state.phase == "crashed"
    assert json.loads(finished(own_client, ask(schema=person)).text)["name"]


@pytest.mark.parametrize("content", [b"hello, I am text", b"", b"GGUF", b"GGUF\x03\x00\x00\x00" + b"\xff" * 200])
def test_a_file_that_is_no_model_is_refused_in_a_sentence_and_the_running_model_stays(
    own_client: ModelClient, ask: Ask, person: dict[str, Any], tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "impostor.gguf"
    path.write_bytes(content)
    own_client.load(path)
    before = own_client.wait_until_ready(60)
    error = own_client.state.error
    assert isinstance(error, ModelFileInvalid)
    assert str(error.where).startswith(str(path))
    assert before.name == "SmolLM2-135M-Instruct"
    assert finished(own_client, ask(schema=person)).text


def test_truncated_and_missing_and_oversized_models_are_refused(own_client: ModelClient, tmp_path: Path) -> None:
    truncated, huge = tmp_path / "short.gguf", tmp_path / "huge.gguf"
    with bundled_model().open("rb") as whole:
        truncated.write_bytes(whole.read(40_000_000))
    side = 1 << 20
    rows = psutil.virtual_memory().total // side
    with huge.open("wb") as file:
        header = gguf(LLAMA, {"token_embd.weight": ((side, rows), 0, 0)})
        file.write(header)
        file.truncate(len(header) + 4 * side * rows)
    expected = {truncated: ModelFileInvalid, tmp_path / "absent.gguf": ModelFileInvalid, huge: ModelTooLarge}
    for path, kind in expected.items():
        own_client.load(path)
        own_client.wait_until_ready(60)
        assert isinstance(own_client.state.error, kind), own_client.state
        assert own_client.state.phase == "ready"


def test_a_first_model_that_cannot_be_loaded_fails_the_waiting_request(
    cache_dir: Path, tmp_path: Path, ask: Ask
) -> None:
    path = tmp_path / "text.gguf"
    path.write_text("no model")
    with ModelClient(path, cache_dir=cache_dir) as client:
        assert isinstance(failed(client, ask()).error.error(), ModelFileInvalid)
        with pytest.raises(ModelFileInvalid):
            client.wait_until_ready(10)


def test_lossy_weights_run_only_when_asked_for_and_the_receipt_says_so(
    cache_dir: Path, ask: Ask, person: dict[str, Any]
) -> None:
    with ModelClient(cache_dir=cache_dir, options=LoadOptions(layout="Q4_0")) as client:
        model = finished(client, ask(schema=person)).receipt.model
    assert (model.layout, model.lossless, model.quantization) == ("Q4_0", False, "Q4_1")


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
@pytest.mark.parametrize("busy", [False, True])
def test_a_host_whose_window_was_killed_ends_by_itself(cache_dir: Path, busy: bool) -> None:
    program = f"""
        import sys, time
        from pathlib import Path
        from engine.model.client import ModelClient
        from engine.model.protocol import ChatMessage, GenerateRequest, Sampling
        client = ModelClient(cache_dir=Path({str(cache_dir)!r}))
        client.wait_until_ready(60)
        if {busy}:
            story = ChatMessage(role="user", content="Write a long story.")
            endless = Sampling(logit_bias={{2: -100, 0: -100}})
            client.submit(GenerateRequest(id="a", messages=(story,), sampling=endless), lambda event: None)
            time.sleep(0.5)
        print(client.pid, flush=True)
        time.sleep(600)
    """
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout as lines:
        host = psutil.Process(int(lines.readline()))
    parent.kill()
    parent.wait()
    host.wait(10)
    assert not host.is_running()
