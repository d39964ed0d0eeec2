"""Which model answers a thread or reads a folder is chosen beside it, and what leaves the machine is said there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.model_choice import LOCAL, at_endpoint, in_order
from app.models.receipt import receipt_rows
from engine.errors import AnswerInvalid, EndpointUnreachable
from engine.model.protocol import Attempt, ChatMessage, ErrorPayload, GenerateRequest, Receipt
from engine.remote.endpoint import Endpoint
from engine.store import Store
from tests.engine.keyrings import MemoryKeyring, using_keyring
from tests.engine.remote.scripted import ScriptedServer, says

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.pages.extract.page import ExtractPage
    from app.widgets.model_box import ModelBox
    from app.window import Window
    from engine.model.protocol import ModelInfo

FAR = at_endpoint("far")
NEAR = at_endpoint("near")


@pytest.fixture(autouse=True)
def keyring() -> Iterator[None]:
    with using_keyring(MemoryKeyring()):
        yield


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer([says("Hello", " there.")]) as made:
        yield made


@pytest.fixture
def opened(open_window: Callable[[Path], Window], profile: Path, server: ScriptedServer) -> Window:
    """Return a window whose profile knows two endpoints: one on another machine and one on this one."""
    with Store(profile) as store:
        for name, url in (("far", "https://models.example.org/v1"), ("near", server.url)):
            store.endpoints.put(name, Endpoint(id=name, name=f"The {name} one", url=url, model="m").model_dump())
    return open_window(profile)


def choose(box: ModelBox, choice: str) -> None:
    """Choose as a person does, by the line."""
    index = box.findData(choice)
    assert index >= 0, choice
    box.setCurrentIndex(index)
    box.activated.emit(index)


def offered(box: ModelBox) -> list[str]:
    return [box.itemText(index) for index in range(box.count())]


def test_a_thread_is_answered_here_until_somebody_chooses_otherwise(opened: Window) -> None:
    page = opened.playground
    assert page.inspector.model.box.choice == LOCAL
    assert page.leaving.isHidden()
    assert offered(page.inspector.model.box) == [
        "This machine",
        "The far one",
        "The far one, or here where it cannot answer",
        "The near one",
        "The near one, or here where it cannot answer",
    ]


def test_a_strip_above_the_prompt_names_the_machine_that_it_is_sent_to(opened: Window, qtbot: QtBot) -> None:
    page = opened.playground
    choose(page.inspector.model.box, in_order((FAR, LOCAL)))
    assert page.leaving.isVisible()
    assert "models.example.org" in page.leaving.words.text().replace("\u200b", "")
    assert page.inspector.model.note.isVisibleTo(page.inspector)
    assert opened._session.desk.draft.model == in_order((FAR, LOCAL))
    page.leaving.stay.click()
    assert page.leaving.isHidden()
    assert opened._session.desk.draft.model == LOCAL
    choose(page.inspector.model.box, NEAR)
    assert page.leaving.isHidden(), "a server on this machine is no other machine"


def test_the_choice_belongs_to_its_thread_and_is_there_again_after_a_restart(
    opened: Window, open_window: Callable[[Path], Window], profile: Path, qtbot: QtBot
) -> None:
    session, page = opened._session, opened.playground
    first = session.chat.id
    choose(page.inspector.model.box, FAR)
    page.new_thread()
    qtbot.waitUntil(lambda: session.chat.id != first)
    choose(page.inspector.model.box, LOCAL)
    session.chat.open(first)
    qtbot.waitUntil(lambda: page.inspector.model.box.choice == FAR)
    assert page.leaving.host == "models.example.org"
    opened.close()
    again = open_window(profile)
    assert again.playground.inspector.model.box.choice == FAR
    assert again.playground.leaving.host == "models.example.org"


def test_an_endpoint_that_is_removed_is_asked_no_more(opened: Window, qtbot: QtBot) -> None:
    session, page = opened._session, opened.playground
    choose(page.inspector.model.box, FAR)
    qtbot.waitUntil(lambda: session.endpoints.known)
    session.endpoints.remove("far")
    assert page.leaving.isHidden()
    assert page.inspector.model.box.choice == LOCAL
    assert page.inspector.model.box.currentText() == "This machine"
    assert all("far" not in words for words in offered(page.inspector.model.box))
    assert page.draft.model == LOCAL


def test_what_is_run_is_answered_there_and_the_receipt_says_so(
    opened: Window, server: ScriptedServer, qtbot: QtBot
) -> None:
    session, page = opened._session, opened.playground
    page.inspector.response.choose("text")
    choose(page.inspector.model.box, NEAR)
    page.composer.write("Say hello.")
    page.run()
    qtbot.waitUntil(lambda: session.chat.answer is not None and not session.chat.answer.running)
    answer = session.chat.answer
    assert answer is not None
    assert (answer.state, answer.text) == ("done", "Hello there.")
    assert answer.receipt is not None
    assert dict(receipt_rows(answer.receipt))["Asked at"] == server.url


def test_documents_are_read_where_the_setup_says_and_the_page_says_where(opened: Window, qtbot: QtBot) -> None:
    opened.show_page("Extract")
    page: Any = opened.page("Extract")
    extract: ExtractPage = page
    extract.setting_up.offer_options()
    choose(extract.setting_up.options.model, FAR)
    qtbot.waitUntil(lambda: extract.leaving.host == "models.example.org")
    assert extract.session.setup.model == FAR
    assert "The far one: values are grounded" in extract.setup.options.toolTip()
    extract.leaving.stay.click()
    qtbot.waitUntil(lambda: extract.leaving.host is None)
    assert extract.session.setup.model == LOCAL


def test_where_the_documents_are_sent_away_nothing_says_that_they_stay(opened: Window, qtbot: QtBot) -> None:
    opened.show_page("Extract")
    page: Any = opened.page("Extract")
    extract: ExtractPage = page
    extract.setting_up.offer_options()
    qtbot.waitUntil(lambda: "Nothing leaves this machine" in extract.empty.hint.text())
    choose(extract.setting_up.options.model, FAR)
    qtbot.waitUntil(lambda: extract.leaving.host == "models.example.org")
    assert "leaves" not in extract.empty.hint.text()


def test_a_receipt_tells_what_was_tried_before_and_what_the_guarantee_is(model_info: ModelInfo) -> None:
    gone = EndpointUnreachable("Nobody answers there.", where="https://models.example.org/v1")
    wrong = AnswerInvalid("This is no number.", where="/total")
    receipt = Receipt(
        request=GenerateRequest(
            id="1",
            messages=(ChatMessage(role="user", content="hello"),),
            constraint={"kind": "json"},  # type: ignore[arg-type]
        ),
        model=model_info.model_copy(update={"endpoint": "https://models.example.org/v1", "name": "big"}),
        finish_reason="stop",
        seed=7,
        guarantee="checked",
        attempts=(
            Attempt(model="first", error=ErrorPayload.of(gone)),
            Attempt(model="big", error=ErrorPayload.of(wrong), seconds=2.5),
        ),
        started_at="2026-01-01T00:00:00Z",
        engine_version="0.1.0",
    ).model_dump(mode="json")
    rows = receipt_rows(receipt)
    assert [value for name, value in rows if name == "Tried before"] == [
        "first: Nobody answers there. (https://models.example.org/v1)",
        "big after 2.5 s: This is no number. (/total)",
    ]
    assert dict(rows)["Guarantee"] == "valid or an error: written elsewhere, checked here"
    assert "SHA-256" not in dict(rows)
