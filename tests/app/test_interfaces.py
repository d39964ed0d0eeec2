"""Interfaces without a model: what a host would send is handed in, and everything stands where it was meant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtGui import QColor, QImage

from app.bridge import Bridge
from app.exchange import Draft
from app.session import Session
from engine.errors import EngineError, InvalidRequest, ModelCrashed
from engine.interface.acting import Send
from engine.model.client import ClientState
from engine.model.protocol import ErrorPayload, Failed, Started, TextDelta
from engine.store import INTERFACE, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.session.interfaces import Interfaces
    from engine.model.protocol import GenerateRequest, ModelInfo


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "style": "body", "text": words}


def screen(*words: str, title: str = "Guests") -> dict[str, Any]:
    return {"type": "root", "title": title, "children": [text(each) for each in words]}


def titled(title: str) -> Callable[[Any], Any]:
    """Return an edit by hand that gives the screen a title."""
    return lambda tree: {**tree, "title": title}


class Host:
    """What stands in for the host process: it takes requests, and sends what a test has it send."""

    def __init__(self, session: Session) -> None:
        self.requests: list[GenerateRequest] = []
        self.cancelled: list[str] = []
        self._session = session

    def write(self, piece: str, number: int = -1) -> None:
        """Go on with an answer."""
        identity = self.requests[number].id
        self._session.runs._events_arrived([TextDelta(id=identity, text=piece, tokens=1, forced=0)])

    def start(self, number: int = -1) -> None:
        identity = self.requests[number].id
        self._session.runs._events_arrived([Started(id=identity, prompt_tokens=9, shared_tokens=0)])

    def fail(self, error: EngineError, text: str = "", number: int = -1) -> None:
        identity = self.requests[number].id
        self._session.runs._events_arrived([Failed(id=identity, error=ErrorPayload.of(error), text=text)])

    def finish(self, tree: Any, number: int = -1) -> None:
        """End an answer with a value; what a receipt says is not looked at here."""
        answer = next(each for each in self._session.runs.running if each.id == self.requests[number].id)
        answer.text, answer.state = json.dumps(tree), "done"
        self._session.runs._end(answer)


@pytest.fixture(autouse=True)
def cleared(clear_away: None) -> None:
    """Clear away after every test."""


@pytest.fixture
def start(tmp_path: Path, qtbot: QtBot) -> Iterator[Callable[[], Session]]:
    """Start a session on the profile, as often as the program would be started."""
    made: list[Session] = []

    def begin() -> Session:
        if made:
            made[-1].close()
        session = Session(tmp_path)
        session.restore(Draft(format="text"))
        session.library.refresh()
        qtbot.waitUntil(lambda: session.library.known)
        made.append(session)
        return session

    yield begin
    if made:
        made[-1].close()
    for each in made:
        each.deleteLater()


@pytest.fixture
def session(start: Callable[[], Session]) -> Session:
    return start()


@pytest.fixture
def interfaces(session: Session, qtbot: QtBot) -> Interfaces:
    return shown(session, qtbot)


@pytest.fixture
def host(session: Session, model_info: ModelInfo, monkeypatch: pytest.MonkeyPatch) -> Host:
    made = Host(session)
    monkeypatch.setattr(Bridge, "submit", lambda _self, build, _failed, _model: made.requests.append(build()))
    monkeypatch.setattr(Bridge, "cancel", lambda _self, request: made.cancelled.append(request))
    session._model_changed(ClientState(phase="ready", model=model_info))
    return made


def shown(session: Session, qtbot: QtBot) -> Interfaces:
    """Return the interfaces of a session once the one that was open last is shown."""
    opened: list[bool] = []
    interfaces = session.interfaces
    interfaces.opened.connect(lambda: opened.append(True))
    qtbot.waitUntil(lambda: bool(opened) and interfaces.gallery.known)
    return interfaces


def asked(interfaces: Interfaces, host: Host, qtbot: QtBot, ask: Callable[[], object], many: int = 1) -> None:
    """Ask, and wait until the requests are with the host."""
    before = len(host.requests)
    ask()
    qtbot.waitUntil(lambda: len(host.requests) == before + many)


def answered(interfaces: Interfaces, host: Host, qtbot: QtBot, sentence: str, tree: Any) -> None:
    asked(interfaces, host, qtbot, lambda: interfaces.describe(sentence))
    host.finish(tree)


def in_store(session: Session, ask: Callable[[Store], Any], qtbot: QtBot) -> Any:
    """Return what the store says after everything that was asked of it before."""
    found: list[Any] = []
    session._bridge.ask_store(ask, found.append)
    qtbot.waitUntil(lambda: bool(found))
    return found[0]


# Asking


def test_a_sentence_is_on_the_disk_before_the_model_hears_of_it(
    session: Session, interfaces: Interfaces, qtbot: QtBot
) -> None:
    interfaces.describe("Who comes to the party?")
    qtbot.waitUntil(lambda: interfaces.id > 0)
    thread = in_store(session, lambda store: store.threads.get(interfaces.id), qtbot)
    assert (thread.kind, thread.title) == (INTERFACE, "Who comes to the party?")
    states = in_store(session, lambda store: [node.state for node in store.messages.outline(thread.id)], qtbot)
    assert states == ["done", "writing"]
    assert interfaces.running is not None
    assert [turn.role for turn in interfaces.turns] == ["user", "assistant"]


def test_what_the_model_is_told_describes_no_schema(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    asked(interfaces, host, qtbot, lambda: interfaces.describe("Who comes to the party?"))
    (request,) = host.requests
    assert "with these keys" not in request.messages[0].content
    assert sum(len(message.content) for message in request.messages) < 2_500
    assert request.messages[-1].content.startswith("Who comes to the party?")
    assert request.trace == 0


def test_an_answer_grows_and_becomes_the_tree(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    asked(interfaces, host, qtbot, lambda: interfaces.describe("Guests"))
    host.start()
    host.write('{"type": "root", "title": "Gue')
    assert interfaces.growing is not None
    assert interfaces.growing.kind == "tree"
    assert interfaces.growing.tree == {"type": "root", "title": "Gue"}
    assert interfaces.tree is None
    with qtbot.waitSignal(interfaces.ended):
        host.finish(screen("Hello"))
    assert interfaces.growing is None
    assert interfaces.running is None
    assert interfaces.tree == screen("Hello")
    qtbot.waitUntil(lambda: [json.loads(row.tree_text or "null") for row in interfaces.rows] == [screen("Hello")])


def test_a_change_is_asked_with_the_tree_as_it_stands(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    assert interfaces.edit(titled("By hand"))
    asked(interfaces, host, qtbot, lambda: interfaces.describe("Say it in German"))
    assert json.dumps(screen("Hello", title="By hand")) in host.requests[-1].messages[-1].content
    assert interfaces.tree == screen("Hello", title="By hand")
    host.finish(screen("Hallo"))
    assert interfaces.tree == screen("Hallo")
    assert [turn.text for turn in interfaces.turns if turn.role == "user"] == ["Guests", "Say it in German"]


def test_what_a_form_sends_is_the_next_turn(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    asked(interfaces, host, qtbot, lambda: interfaces.send(Send("submit", "guest", {"name": "Ana"})))
    (turn,) = [turn for turn in interfaces.turns if turn.kind == "submit" and turn.role == "user"]
    assert json.loads(turn.text) == {"action": "guest", "values": {"name": "Ana"}}
    assert turn.text in host.requests[-1].messages[-1].content
    assert interfaces.title == "Guests"


def test_what_a_form_sends_leaves_the_typed_sentence(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    interfaces.write("and then")
    asked(interfaces, host, qtbot, lambda: interfaces.send(Send("ask", "", {}, "Write to Ana")))
    assert interfaces.draft == "and then"
    assert json.loads(interfaces.turns[-2].text) == {"action": "", "values": {}, "ask": "Write to Ana"}


def test_nothing_is_asked_or_changed_while_the_model_writes(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    told: list[str] = []
    interfaces.told.connect(told.append)
    asked(interfaces, host, qtbot, lambda: interfaces.describe("Again"))
    interfaces.describe("And again")
    assert not interfaces.edit(titled("By hand"))
    assert len(host.requests) == 2
    assert len(told) == 2
    assert interfaces.tree == screen("Hello")


def test_what_cannot_be_saved_is_given_back(interfaces: Interfaces, session: Session, qtbot: QtBot) -> None:
    session._bridge.ask_store(lambda _: session._bridge._close_store())
    interfaces.write("A form for guests")
    with qtbot.waitSignal(interfaces.failed) as failed:
        interfaces.describe("A form for guests")
    assert str(failed.args[0]).startswith("Nothing can be saved")  # type: ignore[index]
    assert interfaces.draft == "A form for guests"
    assert interfaces.running is None


def test_a_sentence_of_blanks_asks_nothing(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    interfaces.describe("  \n")
    qtbot.wait(50)
    assert not host.requests
    assert interfaces.id == 0


# Answers that do not end well


@pytest.mark.parametrize(
    ("written", "tree"),
    [
        ('{"type": "root", "title": "Guests", "children": [{"type": "text", "style": "body", "text": "Hel',
         screen("Hel")),
        ('{"type": "root", "title": "Guests", "children": [{"type": "te',
         {"type": "root", "title": "Guests", "children": []}),
        ('{"type": "ro', None),
        ("", None),
    ],
    ids=["text", "type", "root", "nothing"],
)  # fmt: skip
def test_what_there_is_of_a_failed_answer_stays(
    interfaces: Interfaces, host: Host, qtbot: QtBot, written: str, tree: Any
) -> None:
    asked(interfaces, host, qtbot, lambda: interfaces.describe("Guests"))
    host.write(written)
    host.fail(ModelCrashed("The model's process ended."), written)
    assert interfaces.tree == tree
    answer = interfaces.turns[-1].answer
    assert answer is not None
    assert answer.state == "failed"
    assert isinstance(answer.error, ModelCrashed)


def test_a_failed_change_leaves_the_screen(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    asked(interfaces, host, qtbot, lambda: interfaces.describe("In German"))
    host.fail(ModelCrashed("The model's process ended."))
    assert interfaces.tree == screen("Hello")


def test_stop_stops_and_keeps_what_there_is(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    asked(interfaces, host, qtbot, lambda: interfaces.describe("Guests"))
    interfaces.stop()
    assert host.cancelled == [host.requests[0].id]


def test_stop_while_the_sentence_is_being_saved_stops(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    interfaces.describe("Guests")
    interfaces.stop()
    qtbot.waitUntil(lambda: bool(host.cancelled))
    assert host.cancelled == [host.requests[0].id]


def test_again_asks_the_same_beside_the_first_answer(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    asked(interfaces, host, qtbot, interfaces.again)
    assert host.requests[1].messages == host.requests[0].messages
    host.finish(screen("Welcome"))
    assert interfaces.tree == screen("Welcome")
    assert [answer.tree for answer in interfaces.alternatives] == [screen("Hello"), screen("Welcome")]
    assert len(interfaces.turns) == 2


# Variants


def test_variants_stand_beside_one_another_and_one_is_chosen(
    interfaces: Interfaces, host: Host, session: Session, qtbot: QtBot
) -> None:
    asked(interfaces, host, qtbot, lambda: interfaces.variants("Guests", 3), many=3)
    assert [request.sampling.temperature for request in host.requests] == [0.0, 0.8, 0.8]
    for number, words in enumerate(("one", "two", "three")):
        host.write(f'{{"type": "root", "title": "{words}', number)
    assert [answer.tree["title"] for answer in interfaces.alternatives] == ["one", "two", "three"]
    for number, words in enumerate(("one", "two", "three")):
        host.finish(screen(words), number)
    assert interfaces.tree == screen("one")
    interfaces.choose_variant(2)
    assert interfaces.tree == screen("three")
    head = in_store(session, lambda store: store.threads.desk(interfaces.id).head, qtbot)
    assert head == interfaces.shown
    asked(interfaces, host, qtbot, lambda: interfaces.describe("In German"))
    assert '"three"' in host.requests[-1].messages[-1].content


# By hand


def test_an_edit_is_on_the_disk_soon_and_can_be_taken_back(
    interfaces: Interfaces, host: Host, session: Session, qtbot: QtBot
) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    assert interfaces.edit(titled("Party"), "Title")
    assert (interfaces.can_undo, interfaces.undo_label, interfaces.can_redo) == (True, "Title", False)
    message = interfaces.shown
    assert message is not None

    def kept() -> Any:
        return in_store(session, lambda store: store.messages.answer(message), qtbot).details["tree"]

    qtbot.waitUntil(lambda: kept() == screen("Hello", title="Party"))
    assert [json.loads(row.tree_text)["title"] for row in interfaces.rows] == ["Party"]
    interfaces.undo()
    assert interfaces.tree == screen("Hello")
    assert (interfaces.can_undo, interfaces.redo_label) == (False, "Title")
    interfaces.redo_edit()
    assert interfaces.tree == screen("Hello", title="Party")


def test_an_edit_that_is_refused_changes_nothing(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))

    def refuse(_tree: Any) -> Any:
        raise InvalidRequest("There is no such part.", where="/children/9")

    with qtbot.waitSignal(interfaces.failed):
        assert not interfaces.edit(refuse)
    assert interfaces.tree == screen("Hello")
    assert not interfaces.can_undo


def test_a_change_by_the_model_can_be_taken_back(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    answered(interfaces, host, qtbot, "In German", screen("Hallo"))
    interfaces.undo()
    assert interfaces.tree == screen("Hello")


def test_edits_outlive_the_program(
    interfaces: Interfaces, host: Host, start: Callable[[], Session], qtbot: QtBot
) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    interfaces.edit(titled("Party"))
    again = shown(start(), qtbot)
    assert again.tree == screen("Hello", title="Party")
    assert again.title == "Guests"
    assert [turn.text for turn in again.turns if turn.role == "user"] == ["Guests"]
    assert again.prefixes(again.shown or 0).text == json.dumps(screen("Hello"))  # type: ignore[union-attr]


# Opening and leaving


def test_an_answer_goes_on_while_another_interface_is_shown(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    asked(interfaces, host, qtbot, lambda: interfaces.describe("Guests"))
    first = interfaces.id
    interfaces.new()
    assert interfaces.id == 0
    assert interfaces.running is None
    host.write('{"type": "root", "title": "Gue')
    with qtbot.waitSignal(interfaces.opened):
        interfaces.open(first)
    assert interfaces.growing is not None
    assert interfaces.growing.text == '{"type": "root", "title": "Gue'
    host.write('sts", "children": []')
    assert interfaces.growing.text.endswith("[]")
    interfaces.new()
    host.finish(screen("Hello"))
    qtbot.waitUntil(lambda: [row.tree_text for row in interfaces.rows] == [json.dumps(screen("Hello"))])
    assert interfaces.tree is None


def test_what_a_killed_program_left_is_shown_as_far_as_it_went(
    interfaces: Interfaces, host: Host, session: Session, start: Callable[[], Session], qtbot: QtBot
) -> None:
    asked(interfaces, host, qtbot, lambda: interfaces.describe("Guests"))
    host.write('{"type": "root", "title": "Guests", "children": [{"type": "text", "style": "body", "text": "Hello"')
    session.runs.close()  # what a killed program has written by then
    again = shown(start(), qtbot)
    assert again.tree == screen("Hello")
    answer = again.turns[-1].answer
    assert answer is not None
    assert answer.state == "failed"


def test_an_older_turn_can_be_looked_at_and_gone_on_from(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    first = interfaces.shown
    answered(interfaces, host, qtbot, "In German", screen("Hallo"))
    interfaces.open(interfaces.id, first)
    assert interfaces.tree == screen("Hello")
    assert len(interfaces.turns) == 4
    answered(interfaces, host, qtbot, "In French", screen("Salut"))
    assert [turn.text for turn in interfaces.turns if turn.role == "user"] == ["Guests", "In French"]
    assert interfaces.prefixes(interfaces.shown or 0).base == screen("Hello")  # type: ignore[union-attr]


def test_a_typed_sentence_comes_back(interfaces: Interfaces, start: Callable[[], Session], qtbot: QtBot) -> None:
    interfaces.write("A form for")
    again = start().interfaces
    qtbot.waitUntil(lambda: again.draft == "A form for")


def test_deleting_can_be_undone_and_the_bin_is_the_one_of_the_threads(
    interfaces: Interfaces, host: Host, session: Session, qtbot: QtBot
) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    gone = interfaces.id
    undo = interfaces.delete([gone])
    assert interfaces.rows == []
    assert interfaces.id == 0
    qtbot.waitUntil(lambda: [row.id for row in session.library.binned] == [gone])
    undo()
    qtbot.waitUntil(lambda: [row.id for row in interfaces.rows] == [gone])
    qtbot.waitUntil(lambda: not session.library.binned)
    interfaces.delete([gone])
    qtbot.waitUntil(lambda: [row.id for row in session.library.binned] == [gone])
    session.library.restore([gone])
    qtbot.waitUntil(lambda: [row.id for row in interfaces.rows] == [gone])


def test_the_list_of_threads_its_search_and_the_last_thread_leave_interfaces_out(
    interfaces: Interfaces, host: Host, session: Session, start: Callable[[], Session], qtbot: QtBot
) -> None:
    answered(interfaces, host, qtbot, "A medlar form", screen("Hello"))
    done: list[bool] = []
    session.library.refresh(lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done))
    assert all(row.kind != INTERFACE for row in session.library.threads)
    assert [row.id for row in session.library.interfaces] == [interfaces.id]
    with qtbot.waitSignal(session.library.found) as found:
        session.library.search("medlar")
    assert found.args[0].hits == ()  # type: ignore[index]
    session.put_setting("playground.thread", interfaces.id)
    again = start()
    again.show_restored()
    assert again.chat.row is not None
    assert again.chat.row.kind != INTERFACE


def test_a_copy_is_opened_and_renamed_alone(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    first = interfaces.id
    interfaces.edit(titled("Party"))
    interfaces.duplicate(first)
    qtbot.waitUntil(lambda: interfaces.id not in {0, first})
    assert interfaces.tree == screen("Hello", title="Party")
    interfaces.rename(interfaces.id, "Another")
    assert interfaces.title == "Another"
    assert sorted(row.title for row in interfaces.rows) == ["Another", "Guests"]


def test_kept_data_of_another_form_is_left_out(
    session: Session, interfaces: Interfaces, host: Host, qtbot: QtBot
) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    message, thread = interfaces.shown, interfaces.id
    for details in (
        '{"tree": [1]}',
        '{"tree": {"type": 3}, "notes": [[1]], "closed": 7}',
        '{"tree": {"children": []}}',
    ):
        in_store(
            session,
            lambda store, details=details: store.messages._database.write(
                "UPDATE answers SET details = ?, request = ? WHERE message = ?",
                (details, '{"interface": {"kind": 7, "at": []}, "seed": "x"}', message),
            ),
            qtbot,
        )
        interfaces.new()
        with qtbot.waitSignal(interfaces.opened):
            interfaces.open(thread)
        assert interfaces.tree == screen("Hello")
        assert interfaces.turns[-1].kind == "sentence"
        assert interfaces.turns[-1].notes == ()


def test_an_interface_that_is_gone_is_a_new_one(interfaces: Interfaces, qtbot: QtBot) -> None:
    with qtbot.waitSignal(interfaces.opened):
        interfaces.open(99)
    assert interfaces.id == 0
    assert interfaces.turns == []


# What is attached


def test_a_data_source_is_told_to_the_model_and_kept_with_the_interface(
    interfaces: Interfaces, host: Host, tmp_path: Path, start: Callable[[], Session], qtbot: QtBot
) -> None:
    file = tmp_path / "sales.csv"
    file.write_text("Month,Revenue\nJanuary,31200\n")
    interfaces.write("The sales")
    with qtbot.waitSignal(interfaces.attached):
        interfaces.attach_source(file)
    assert [source.name for source in interfaces.sources] == ["sales"]
    assert interfaces.draft == "The sales"
    asked(interfaces, host, qtbot, lambda: interfaces.describe("The sales"))
    assert "Month" in host.requests[-1].messages[-1].content
    again = shown(start(), qtbot)
    assert [source.rows for source in again.sources] == [(("January", "31200"),)]
    with qtbot.waitSignal(again.attached):
        again.detach("sales")
    assert again.sources == ()


def test_files_of_one_name_are_data_sources_of_two(interfaces: Interfaces, tmp_path: Path, qtbot: QtBot) -> None:
    for name, content in (("sales.csv", "Month\nMay\n"), ("sales.json", '[{"Week": "1"}]')):
        (tmp_path / name).write_text(content)
        with qtbot.waitSignal(interfaces.attached):
            interfaces.attach_source(tmp_path / name)
    assert [(source.name, source.columns[0].name) for source in interfaces.sources] == [
        ("sales", "Month"),
        ("sales 2", "Week"),
    ]
    with qtbot.waitSignal(interfaces.attached):
        interfaces.detach("sales 2")
    assert [source.name for source in interfaces.sources] == ["sales"]


def test_a_picture_is_attached_and_replaced_by_one_of_its_name(
    interfaces: Interfaces, tmp_path: Path, qtbot: QtBot
) -> None:
    for size in (8, 4_000):
        image = QImage(size, 10, QImage.Format.Format_RGB32)
        image.fill(QColor("red"))
        assert image.save(str(tmp_path / "pear.png"))
        with qtbot.waitSignal(interfaces.attached):
            interfaces.attach_image(tmp_path / "pear.png")
    assert list(interfaces.images) == ["pear.png"]
    assert interfaces.images["pear.png"].width() == 2_000


@pytest.mark.parametrize(("name", "content"), [("pear.png", b"no picture"), ("gone.png", None)])
def test_a_picture_that_cannot_be_read_is_refused_with_its_name(
    interfaces: Interfaces, tmp_path: Path, qtbot: QtBot, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with qtbot.waitSignal(interfaces.failed) as failed:
        interfaces.attach_image(tmp_path / name)
    assert name in str(failed.args[0])  # type: ignore[index]
    assert interfaces.id == 0


# From elsewhere


def test_a_file_with_a_tree_becomes_an_interface(interfaces: Interfaces, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "party.json"
    file.write_text(json.dumps(screen("Hello")))
    with qtbot.waitSignal(interfaces.opened):
        interfaces.import_file(file)
    assert (interfaces.title, interfaces.tree) == ("Guests", screen("Hello"))
    assert [(turn.role, turn.kind) for turn in interfaces.turns] == [("assistant", "import")]
    assert interfaces.edit(titled("By hand"))


@pytest.mark.parametrize(
    ("content", "said"), [('{"type": "root",\n!', "line 1"), ("", "empty"), ("[1, 2]", "party.json"), ("\0\1", "party")]
)
def test_a_file_that_is_no_interface_is_refused_with_its_place(
    interfaces: Interfaces, tmp_path: Path, qtbot: QtBot, content: str, said: str
) -> None:
    file = tmp_path / "party.json"
    file.write_text(content)
    with qtbot.waitSignal(interfaces.failed) as failed:
        interfaces.import_file(file)
    assert said in str(failed.args[0])  # type: ignore[index]
    assert interfaces.rows == []


@pytest.mark.parametrize("key", ["login", "dashboard", "settings", "wizard", "survey"])
def test_each_example_is_opened_with_its_sentence_and_its_data(interfaces: Interfaces, qtbot: QtBot, key: str) -> None:
    with qtbot.waitSignal(interfaces.opened):
        interfaces.example(key)
    assert interfaces.tree["type"] == "root"
    assert [turn.role for turn in interfaces.turns] == ["user", "assistant"]
    assert bool(interfaces.sources) == (key == "dashboard")
    assert (
        interfaces.profile == "core"
    )  # a small model comes to no end with all components: that is for a person to say


# What the model may use


def test_the_profile_is_kept_with_the_interface_and_for_the_next(
    interfaces: Interfaces, host: Host, start: Callable[[], Session], qtbot: QtBot
) -> None:
    assert interfaces.profile == "core"
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    interfaces.set_profile("full")
    again = shown(start(), qtbot)
    assert again.profile == "full"
    again.new()
    assert again.profile == "full"


def test_a_catalogue_that_describes_nothing_is_refused(interfaces: Interfaces, qtbot: QtBot) -> None:
    before = interfaces.catalogue
    with qtbot.waitSignal(interfaces.failed):
        assert not interfaces.choose_catalogue('{"type": "object"}')
    assert interfaces.catalogue is before


# Parts and patches


def test_a_part_is_written_anew_where_it_stands(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello", "Who comes?"))
    asked(interfaces, host, qtbot, lambda: interfaces.redo("/children/1", "politely"))
    host.write('{"type": "text", "style": "body", "text": "Who may')
    growing = interfaces.growing
    assert growing is not None
    assert (growing.kind, growing.path) == ("part", "/children/1")
    assert growing.tree == screen("Hello", "Who may")
    host.finish(text("Who may we expect?"))
    assert interfaces.tree == screen("Hello", "Who may we expect?")
    turn = [turn for turn in interfaces.turns if turn.role == "user"][-1]
    assert (turn.kind, turn.at, turn.text) == ("redo", "/children/1", "politely")


def test_a_part_that_is_gone_is_not_asked_for(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    with qtbot.waitSignal(interfaces.failed) as failed:
        interfaces.redo("/children/7")
    assert "/children/7" in str(failed.args[0])  # type: ignore[index]
    assert len(host.requests) == 1


def test_a_patch_changes_the_tree_as_it_grows(interfaces: Interfaces, host: Host, qtbot: QtBot) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello", "Who comes?"))
    asked(interfaces, host, qtbot, lambda: interfaces.describe("Make it nicer"))
    changes = [{"op": "remove", "at": "/children/0"}, {"op": "append", "at": "", "node": text("Bring a cake.")}]
    whole = json.dumps({"type": "patch", "changes": changes})
    trees = []
    for letter in whole:
        host.write(letter)
        assert interfaces.growing is not None
        tree = interfaces.growing.tree
        if not trees or trees[-1] != tree:
            trees.append(tree)
    assert interfaces.growing is not None
    assert interfaces.growing.kind == "patch"
    assert trees[0] == screen("Hello", "Who comes?")
    assert screen("Who comes?") in trees
    assert screen("Who comes?", "Bring a") in trees
    host.finish({"type": "patch", "changes": changes})
    assert interfaces.tree == screen("Who comes?", "Bring a cake.")
    prefixes = interfaces.prefixes(interfaces.shown or 0)
    assert prefixes is not None
    assert (prefixes.kind, prefixes.base) == ("patch", screen("Hello", "Who comes?"))


def test_a_patch_and_a_part_are_the_same_after_a_restart(
    interfaces: Interfaces, host: Host, session: Session, start: Callable[[], Session], qtbot: QtBot
) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello", "Who comes?"))
    asked(interfaces, host, qtbot, lambda: interfaces.describe("Make it nicer"))
    host.finish({"type": "patch", "changes": [{"op": "remove", "at": "/children/0"}]})
    asked(interfaces, host, qtbot, lambda: interfaces.redo("/children/0", "politely"))
    host.finish(text("Who may we expect?"))
    expected = screen("Who may we expect?")
    assert interfaces.tree == expected
    # As if the program had been killed between the end of the answers and the trees that are kept with them.
    in_store(session, lambda store: store.messages._database.write("UPDATE answers SET details = '{}'"), qtbot)
    again = shown(start(), qtbot)
    assert again.tree == expected
    assert [turn.kind for turn in again.turns if turn.role == "user"] == ["sentence", "sentence", "redo"]


def test_a_patch_of_an_imported_thread_may_name_anything(
    interfaces: Interfaces, host: Host, session: Session, qtbot: QtBot
) -> None:
    answered(interfaces, host, qtbot, "Guests", screen("Hello"))
    asked(interfaces, host, qtbot, lambda: interfaces.describe("Make it nicer"))
    changes: list[Any] = [3, {"op": "remove", "at": "/children/9"}, {"op": "append", "at": [], "node": 1}, {"at": ""}]
    host.finish({"type": "patch", "changes": changes})
    assert interfaces.tree == screen("Hello")
