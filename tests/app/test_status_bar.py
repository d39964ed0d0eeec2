"""The foot of the window says who answers: the model here, a server, or one that is about to be replaced."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.exchange import Answer, Author, Draft, Postponed
from app.model_choice import at_endpoint
from engine.model.client import ClientState
from engine.remote.endpoint import Endpoint
from engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.widgets.status_bar import StatusBar
    from app.window import Window
    from engine.model.protocol import ModelInfo

FAR = Author("big", "https://models.example.org/v1", 32768, elsewhere=True)


@pytest.fixture
def window(open_window: Callable[[Path], Window], profile: Path) -> Window:
    with Store(profile) as store:
        there = Endpoint(id="far", name="The far one", url="https://models.example.org/v1", model="big")
        store.endpoints.put("far", there.model_dump())
    return open_window(profile)


@pytest.fixture
def status(window: Window, model_info: ModelInfo) -> StatusBar:
    window.status.show_model(ClientState("ready", model=model_info))
    return window.status


def said(status: StatusBar) -> str:
    return " ".join(part.text() for part in (status._name, status._quant, status._state) if part.text())


def used(status: StatusBar) -> str:
    return status._used.text()


def answer(author: Author | None, **given: object) -> Answer:
    made = Answer("1", Draft(), "2026-01-01T00:00:00Z", prompt_tokens=1300, tokens=55, begun_by=author)
    return replace(made, **given)  # type: ignore[arg-type]


def test_while_a_server_answers_its_name_and_its_context_are_shown(status: StatusBar, window: Window) -> None:
    status.show_answer(answer(FAR, state="writing"))
    assert (said(status), used(status)) == ("big Generating", "Context 1,355 of 32,768")
    window._session.runs.rate_by = FAR
    status.show_rate(1085.0)
    assert status._rate.text() == "1,085 tok/s"
    status.show_answer(answer(FAR, state="done"))
    assert (said(status), used(status)) == ("Some-Model Q4_1 Ready", "Context 0 of 4,096")
    assert status._rate.text() == "", "the speed was the server's"


def test_a_server_that_has_not_begun_yet_is_not_taken_for_the_model_here(status: StatusBar) -> None:
    status.show_answer(answer(None, state="waiting", draft=Draft(model=at_endpoint("far"))))
    assert said(status) == "The far one Asking"
    status.show_answer(answer(FAR, state="reading", postponed=Postponed(8.0, "EndpointBusy")))
    assert said(status) == "big Waiting for the server"


def test_after_a_swap_nothing_is_left_of_the_model_before(
    status: StatusBar, window: Window, model_info: ModelInfo
) -> None:
    before = Author.of(model_info.model_dump())
    status.show_answer(answer(before, state="done"))
    window._session.runs.rate_by = before
    status.show_rate(40.0)
    assert (used(status), status._rate.text()) == ("Context 1,355 of 4,096", "40 tok/s")
    other = model_info.model_copy(update={"name": "Tall-Tree", "sha256": "cd" * 32, "context": 2048})
    status.show_model(ClientState("ready", model=other))
    assert (said(status), used(status)) == ("Tall-Tree Q4_1 Ready", "Context 0 of 2,048")
    assert status._rate.text() == ""


def test_while_another_model_loads_the_one_that_writes_is_named_and_so_is_the_other(
    status: StatusBar, model_info: ModelInfo
) -> None:
    loading = ClientState("loading", "Starting", 0.4, model_info, candidate="/models/Tall-Tree-Q4_1.gguf")
    status.show_answer(answer(Author.of(model_info.model_dump()), state="writing"))
    status.show_model(loading)
    assert said(status) == "Some-Model Q4_1 Generating, loading Tall-Tree, 40\N{NO-BREAK SPACE}%"
    status.show_answer(None)
    assert said(status) == "Some-Model Q4_1 Ready, loading Tall-Tree, 40\N{NO-BREAK SPACE}%"
    status.show_model(ClientState("loading", "Starting"))
    assert said(status) == "Model Starting"


def test_the_answer_says_that_a_busy_server_is_waited_for_and_until_when(window: Window) -> None:
    panel = window.playground.answer
    panel.show_answer(answer(FAR, state="reading", postponed=Postponed(8.0, "EndpointBusy")))
    assert panel._detail._line == "The server is busy: asked again in 8 s"
    panel.show_answer(answer(FAR, state="reading"))
    assert panel._detail._line == "1,300 tokens of prompt"
