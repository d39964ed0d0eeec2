"""Threads answered elsewhere: only where somebody said so, through a real backend and a server on loopback."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.exchange import Draft
from app.model_choice import LOCAL, at_endpoint, in_order
from app.session.models import Benchmarks
from engine.errors import EndpointRefused, NetworkOff, SecretsUnavailable
from engine.remote.endpoint import Capabilities, Endpoint
from engine.store import Store
from tests.engine.keyrings import MemoryKeyring, using_keyring
from tests.engine.remote.scripted import ScriptedServer, says, unused_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.exchange import Answer
    from app.session import Session
    from engine.errors import EngineError
    from engine.store.models import KeptBenchmark
    from tests.engine.remote.scripted import Asked

KEY = "sk-very-secret-0123456789"
SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"vendor": {"type": "string"}},
        "required": ["vendor"],
        "additionalProperties": False,
    }
)
TEXT = Draft(format="text", prompt="Say hello.")


@pytest.fixture(autouse=True)
def keyring() -> Iterator[MemoryKeyring]:
    """Return a keyring of this test's own."""
    made = MemoryKeyring()
    with using_keyring(made):
        yield made


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer([says("Hello", " there.")]) as made:
        yield made


@pytest.fixture
def session(start_session: Callable[..., Session]) -> Session:
    return start_session()


def endpoint(name: str, url: str, **given: Any) -> Endpoint:
    known = Capabilities(server="vllm", models=("m",), structured="json_schema", tokenize="/tokenize")
    return Endpoint(id=name, name=name, url=url, model="m", seconds=5.0, attempts=1, capabilities=known, **given)


def answer_of(session: Session, draft: Draft, qtbot: QtBot) -> Answer:
    """Ask, and return the answer once it has ended."""
    session.chat.ask(draft)
    qtbot.waitUntil(lambda: session.chat.answer is not None and not session.chat.answer.running)
    answer = session.chat.answer
    assert answer is not None
    return answer


def test_a_thread_is_answered_elsewhere_with_no_model_here(
    session: Session, server: ScriptedServer, qtbot: QtBot
) -> None:
    session.endpoints.put(endpoint("there", server.url), KEY)
    qtbot.waitUntil(lambda: session.endpoints.has_key("there") is True)
    answer = answer_of(session, replace(TEXT, model=at_endpoint("there")), qtbot)
    assert (answer.state, answer.text) == ("done", "Hello there.")
    assert answer.receipt is not None
    assert answer.receipt["model"]["endpoint"] == server.url
    (asked,) = server.chats
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert session.model is None


def test_a_key_lies_in_the_keyring_and_nowhere_else(
    session: Session, server: ScriptedServer, keyring: MemoryKeyring, profile: Path, qtbot: QtBot
) -> None:
    session.endpoints.put(endpoint("there", server.url), KEY)
    answer = answer_of(session, replace(TEXT, model=at_endpoint("there")), qtbot)
    session.close()
    assert list(keyring.kept.values()) == [KEY]
    assert KEY not in json.dumps(answer.receipt)
    for file in profile.rglob("*"):
        if file.is_file() and not file.is_symlink() and "cache" not in file.parts:
            assert KEY.encode() not in file.read_bytes(), file


def test_without_a_keyring_a_key_is_held_and_that_is_said(
    session: Session, server: ScriptedServer, qtbot: QtBot
) -> None:
    said: list[EngineError] = []
    session.endpoints.failed.connect(said.append)
    with using_keyring(None):
        session.endpoints.put(endpoint("there", server.url), KEY)
        qtbot.waitUntil(lambda: bool(said))
        assert isinstance(said[0], SecretsUnavailable)
        answer_of(session, replace(TEXT, model=at_endpoint("there")), qtbot)
    assert server.chats[0].headers["Authorization"] == f"Bearer {KEY}"


def test_a_preview_sends_nothing(session: Session, server: ScriptedServer, qtbot: QtBot) -> None:
    session.endpoints.put(endpoint("there", server.url))
    session.endpoints.put(endpoint("unknown", server.url).model_copy(update={"capabilities": None}))
    for name in ("there", "unknown"):
        with qtbot.waitSignal(session.desk.previewed) as previewed:
            session.desk.edit(replace(TEXT, prompt=f"A secret for {name}.", model=at_endpoint(name)))
        assert f"A secret for {name}." in previewed.args[0].prompt
    assert server.asked == []


def test_endpoints_are_known_at_the_next_start_before_they_are_shown(
    start_session: Callable[..., Session], server: ScriptedServer, qtbot: QtBot
) -> None:
    session = start_session()
    session.endpoints.put(endpoint("there", server.url))
    session.endpoints.put(endpoint("far", "https://models.example.org/v1"))
    session.desk.edit(replace(TEXT, model=at_endpoint("there")))
    session = start_session()
    assert session.desk.draft.model == at_endpoint("there")
    assert session.leaves_machine(in_order([at_endpoint("far"), LOCAL])) == "models.example.org"
    assert session.leaves_machine(at_endpoint("there")) is None
    assert session.leaves_machine(LOCAL) is None
    answer = answer_of(session, session.desk.draft, qtbot)
    assert answer.text == "Hello there."
    qtbot.waitUntil(lambda: [each.id for each in session.endpoints.items] == ["there", "far"])


def test_a_thread_whose_endpoint_is_gone_asks_the_model_here(
    start_session: Callable[..., Session], server: ScriptedServer, qtbot: QtBot
) -> None:
    session = start_session()
    session.endpoints.put(endpoint("there", server.url))
    session.desk.edit(replace(TEXT, model=at_endpoint("there")))
    undo: list[Callable[[], None]] = []
    session.endpoints.told.connect(lambda _words, back: undo.append(back))
    session.endpoints.remove("there")
    session.chat.ask(session.desk.draft)
    assert session.chat.answer is not None
    assert session.chat.answer.draft.model == LOCAL
    session.chat.stop()
    undo.pop()()
    assert session.known_choice(at_endpoint("there")) == at_endpoint("there")
    assert server.asked == []
    session.endpoints.remove("there")
    assert start_session().desk.draft.model == LOCAL


def test_an_imported_thread_points_at_nobody(
    session: Session, server: ScriptedServer, tmp_path: Path, qtbot: QtBot
) -> None:
    """Not even at an endpoint of this list: a file may have been written by anybody who knows its id."""
    session.endpoints.put(endpoint("there", server.url))
    chosen = at_endpoint("there")
    thread = {
        "title": "From elsewhere",
        "settings": {"format": "text", "model": chosen},
        "messages": [
            {"role": "user", "text": "Hi"},
            {
                "role": "assistant",
                "text": "Ho",
                "parent": 0,
                "answer": {"request": {"format": "text", "model": chosen}},
            },
        ],
        "head": 1,
    }
    file = tmp_path / "threads.json"
    file.write_text(json.dumps({"format": "espalier-threads", "version": 1, "threads": [thread]}))
    with qtbot.waitSignal(session.transfer.told):
        session.transfer.import_files([file])
    row = next(row for row in session.library.threads if row.title == "From elsewhere")
    session.chat.open(row.id)
    qtbot.waitUntil(lambda: session.chat.id == row.id)
    assert session.desk.draft.model == LOCAL
    assert session.chat.answer is not None
    assert session.chat.answer.draft.model == LOCAL


def test_a_stopped_answer_leaves_its_server(session: Session, server: ScriptedServer, qtbot: QtBot) -> None:
    def begin(asked: Asked) -> None:
        asked.head()
        asked.chunk("Once upon")
        asked.hang()

    server.acts[:] = [begin]
    session.endpoints.put(endpoint("there", server.url))
    session.chat.ask(replace(TEXT, model=at_endpoint("there")))
    qtbot.waitUntil(lambda: session.chat.answer is not None and session.chat.answer.text == "Once upon")
    session.chat.stop()
    qtbot.waitUntil(lambda: session.chat.answer is not None and session.chat.answer.state == "stopped")
    assert server.left.wait(10)


def test_the_next_model_of_an_order_answers_where_the_first_is_not_there(
    session: Session, server: ScriptedServer, qtbot: QtBot
) -> None:
    session.endpoints.put(endpoint("away", f"http://127.0.0.1:{unused_port()}/v1"))
    session.endpoints.put(endpoint("there", server.url))
    order = in_order([at_endpoint("away"), at_endpoint("there")])
    answer = answer_of(session, replace(TEXT, model=order), qtbot)
    assert answer.text == "Hello there."
    assert answer.receipt is not None
    (attempt,) = answer.receipt["attempts"]
    assert attempt["error"]["fields"]["kind"] == "EndpointUnreachable"


def test_nothing_is_sent_where_the_network_is_off_and_its_use_is_told_where_it_is_on(
    session: Session, server: ScriptedServer, qtbot: QtBot
) -> None:
    session.endpoints.put(endpoint("there", server.url))
    session.preferences.put("network", use="never")
    answer = answer_of(session, replace(TEXT, model=at_endpoint("there")), qtbot)
    assert isinstance(answer.error, NetworkOff)
    assert server.asked == []
    uses: list[tuple[str, ...]] = []
    session.network_changed.connect(uses.append)
    session.preferences.put("network", use="asked")
    assert answer_of(session, replace(TEXT, model=at_endpoint("there")), qtbot).state == "done"
    qtbot.waitUntil(lambda: bool(uses) and uses[-1] == ())
    assert session.network_uses == ()


def test_a_changed_endpoint_is_asked_at_its_new_address(session: Session, server: ScriptedServer, qtbot: QtBot) -> None:
    session.endpoints.put(endpoint("there", f"http://127.0.0.1:{unused_port()}/v1"))
    assert answer_of(session, replace(TEXT, model=at_endpoint("there")), qtbot).state == "failed"
    session.endpoints.put(endpoint("there", server.url))
    assert answer_of(session, replace(TEXT, model=at_endpoint("there")), qtbot).text == "Hello there."


def test_a_server_is_asked_what_it_understands_before_it_is_in_the_list(
    session: Session, server: ScriptedServer, qtbot: QtBot
) -> None:
    def models(asked: Asked) -> None:
        allowed = asked.headers.get("Authorization") == f"Bearer {KEY}"
        asked.json({"data": [{"id": "m"}]} if allowed else {"error": "no"}, 200 if allowed else 401)

    server.others["/v1/models"] = models
    found: list[Capabilities] = []
    failed: list[EngineError] = []
    new = endpoint("new", server.url)
    session.endpoints.probe(new, KEY, found.append, failed.append)
    qtbot.waitUntil(lambda: bool(found or failed))
    assert [each.models for each in found] == [("m",)]
    session.endpoints.probe(new, None, found.append, failed.append)
    qtbot.waitUntil(lambda: bool(failed))
    assert isinstance(failed[0], EndpointRefused)
    assert session.endpoints.items == []


def test_the_key_of_a_removed_endpoint_is_forgotten_by_the_next_start(
    start_session: Callable[..., Session], server: ScriptedServer, keyring: MemoryKeyring, qtbot: QtBot
) -> None:
    session = start_session()
    session.endpoints.put(endpoint("there", server.url), KEY)
    qtbot.waitUntil(lambda: session.endpoints.has_key("there") is True)
    session.endpoints.remove("there")
    assert list(keyring.kept.values()) == [KEY]
    session = start_session()
    assert session.endpoints.items == []
    qtbot.waitUntil(lambda: keyring.kept == {})


def test_an_endpoint_of_a_later_version_is_left_alone(
    start_session: Callable[..., Session], profile: Path, qtbot: QtBot
) -> None:
    with Store(profile) as store:
        store.endpoints.put("odd", {"version": 99, "id": "odd", "url": "https://there.example/v1"})
    session = start_session()
    qtbot.waitUntil(lambda: session.endpoints.known)
    assert session.endpoints.items == []
    session.close()
    with Store(profile) as store:
        assert [each.id for each in store.endpoints.all()] == ["odd"]


def begins(asked: Asked) -> None:
    """Begin an answer that does not end."""
    asked.head()
    asked.chunk("It was ")
    asked.hang()


def test_a_benchmark_of_a_model_elsewhere_is_kept_under_its_endpoint(
    session: Session, server: ScriptedServer, qtbot: QtBot
) -> None:
    server.acts[:] = [begins]
    session.endpoints.put(endpoint("there", server.url))
    benchmarks = Benchmarks(session._bridge, lambda: "", seconds=0.4)
    shares: list[float] = []
    benchmarks.changed.connect(lambda: shares.append(benchmarks.running.share if benchmarks.running else -1.0))
    with qtbot.waitSignal(benchmarks.kept) as kept:
        benchmarks.run(at_endpoint("there"))
    assert kept.args == ["there"]
    assert shares[-1] == -1.0
    found: list[list[KeptBenchmark]] = []
    benchmarks.history("there", found.append)
    qtbot.waitUntil(lambda: bool(found))
    assert [(each.name, each.figures["lanes"]) for each in found[0]] == [("m", 4)]
    benchmarks.close()


def test_a_benchmark_can_be_stopped_and_leaves_nothing(session: Session, server: ScriptedServer, qtbot: QtBot) -> None:
    server.acts[:] = [begins]
    session.endpoints.put(endpoint("there", server.url))
    benchmarks = session.benchmarks
    failed: list[EngineError] = []
    benchmarks.failed.connect(failed.append)
    benchmarks.run(at_endpoint("there"))
    qtbot.waitUntil(server.hanging.is_set)
    benchmarks.stop()
    qtbot.waitUntil(lambda: benchmarks.running is None)
    assert server.left.wait(10)
    found: list[list[KeptBenchmark]] = []
    benchmarks.history("there", found.append)
    qtbot.waitUntil(lambda: bool(found))
    assert (found[0], failed) == ([], [])


def test_a_benchmark_gives_way_to_an_answer_and_leaves_nothing(
    session: Session, server: ScriptedServer, qtbot: QtBot
) -> None:
    server.acts[:] = [begins, begins]
    session.endpoints.put(endpoint("there", server.url))
    benchmarks = session.benchmarks
    failed: list[EngineError] = []
    benchmarks.failed.connect(failed.append)
    benchmarks.run(at_endpoint("there"))
    qtbot.waitUntil(server.hanging.is_set)
    session.chat.ask(replace(TEXT, model=at_endpoint("there")))
    qtbot.waitUntil(lambda: benchmarks.running is None)
    assert [error.message for error in failed] == ["The benchmark was stopped: an answer is being written."]
    found: list[list[KeptBenchmark]] = []
    benchmarks.history("there", found.append)
    qtbot.waitUntil(lambda: bool(found))
    assert found[0] == []


def test_a_benchmark_waits_for_nobody_and_is_refused_beside_an_answer(
    session: Session, server: ScriptedServer, qtbot: QtBot
) -> None:
    server.acts[:] = [begins]
    session.endpoints.put(endpoint("there", server.url))
    session.chat.ask(replace(TEXT, model=at_endpoint("there")))
    qtbot.waitUntil(server.hanging.is_set)
    failed: list[EngineError] = []
    session.benchmarks.failed.connect(failed.append)
    session.benchmarks.run()
    assert [error.message for error in failed] == ["An answer is being written."]
    assert session.benchmarks.running is None


def test_a_job_is_done_elsewhere_knows_it_after_a_restart_and_sends_nothing_once_its_endpoint_is_gone(
    start_session: Callable[..., Session], server: ScriptedServer, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "1.txt").write_text("From Nordlicht Ltd")
    (folder / "2.txt").write_text("From Nordlicht Ltd, too")
    server.acts[:] = [says('{"vendor": "Nordlicht Ltd"}')]
    session = start_session()
    session.endpoints.put(endpoint("there", server.url))
    jobs = session.extractions
    qtbot.waitUntil(lambda: jobs.known)
    jobs.set_sources([folder])
    jobs.set_schema(SCHEMA)
    jobs.set_options(model=at_endpoint("there"), grounding=False)
    with qtbot.waitSignal(jobs.ended) as ended:
        jobs.run()
    assert ended.args[1].done == 2
    assert len(server.chats) == 2
    assert "Nordlicht Ltd, too" in json.dumps([asked.body for asked in server.chats])

    session = start_session()
    jobs = session.extractions
    qtbot.waitUntil(lambda: jobs.id is not None)
    assert (jobs.setup.model, jobs.setup_differs) == (at_endpoint("there"), False)
    session.endpoints.remove("there")
    (folder / "3.txt").write_text("From nobody")
    failed: list[EngineError] = []
    jobs.failed.connect(failed.append)
    jobs.run()
    qtbot.waitUntil(lambda: bool(failed))
    assert "not in the list any more" in failed[0].message
    assert len(server.chats) == 2
