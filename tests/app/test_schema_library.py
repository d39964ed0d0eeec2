"""The library of schemas as pages know it: seen at once, on the disk soon after, and nothing typed is ever lost."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from app.bridge import Bridge
from app.exchange import Draft
from app.session import Found, SchemaLibrary, Session, Undo
from engine.errors import StoreError
from engine.extraction.plan import ExtractionPlan
from engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from engine.errors import EngineError
    from engine.model.protocol import ModelInfo
    from engine.store.schema_search import SchemaHit
    from engine.store.schema_uses import Uses
    from engine.store.schemas import SchemaRow, SchemaState


@pytest.fixture
def stocked(tmp_path: Path) -> Path:
    """Return a profile of three schemas, "one" to "three", of which "three" was written to last."""
    with Store(tmp_path) as store:
        for name in ("one", "two", "three"):
            store.schemas.make(name, f'{{"title": "{name}"}}')
    return tmp_path


@pytest.fixture
def bridge(stocked: Path, qapp: object) -> Iterator[Bridge]:
    made = Bridge(stocked, None)
    yield made
    made.close()


@pytest.fixture
def library(bridge: Bridge, qtbot: QtBot) -> Iterator[SchemaLibrary]:
    made = SchemaLibrary(bridge)
    with qtbot.waitSignal(made.started):
        made.start()
    yield made
    made.close()


@pytest.fixture
def stored(bridge: Bridge, qtbot: QtBot) -> Callable[[Callable[[Store], Any]], Any]:
    """Return a function that asks the store, after all that was asked of it before."""

    def ask(question: Callable[[Store], Any]) -> Any:
        answers: list[Any] = []
        bridge.ask_store(question, answers.append)
        qtbot.waitUntil(lambda: bool(answers))
        return answers[0]

    return ask


def ids(library: SchemaLibrary, *names: str) -> list[int]:
    return [row.id for name in names for row in (*library.rows, *library.binned) if row.name == name]


def names(rows: list[SchemaRow]) -> list[str]:
    return [row.name for row in rows]


def in_step(library: SchemaLibrary, store: Store) -> bool:
    """Return whether the lists are what the store has, but for when something was deleted."""

    def plain(rows: list[SchemaRow]) -> list[tuple[object, ...]]:
        return sorted((row.id, row.name, row.tags, row.pinned, row.updated, row.differs, row.version) for row in rows)

    return library.rows == store.schemas.all() and plain(library.binned) == plain(store.schemas.all(deleted=True))


def open_schema(library: SchemaLibrary, qtbot: QtBot, name: str) -> int:
    (schema,) = ids(library, name)
    if library.desk.id != schema:
        with qtbot.waitSignal(library.desk.opened):
            library.open(schema)
    return schema


# The list


def test_the_library_is_read_when_it_is_first_shown_with_what_was_open_last(
    stocked: Path, bridge: Bridge, qtbot: QtBot
) -> None:
    with Store(stocked) as store:
        store.settings.put("schemas.open", 2)
    library = SchemaLibrary(bridge)
    assert not library.known
    with qtbot.waitSignal(library.started):
        library.start()
    assert names(library.rows) == ["three", "two", "one"]
    assert library.known
    assert (library.desk.id, library.desk.text) == (2, '{"title": "two"}')
    assert "Org chart" in [example.name for example in library.examples]
    library.start()  # nothing is read anew where a person has gone on
    open_schema(library, qtbot, "one")
    assert library.desk.id == 1


@pytest.mark.parametrize("last", [None, 99, "two", 2])
def test_where_the_last_schema_is_gone_the_one_written_to_last_is_opened(
    stocked: Path, bridge: Bridge, qtbot: QtBot, last: object
) -> None:
    with Store(stocked) as store:
        store.settings.put("schemas.open", last)
        store.schemas.delete([2])
    library = SchemaLibrary(bridge)
    with qtbot.waitSignal(library.started):
        library.start()
    assert library.desk.id == 3


def test_an_empty_library_opens_none_and_has_examples(tmp_path: Path, qapp: object, qtbot: QtBot) -> None:
    bridge = Bridge(tmp_path / "new", None)
    library = SchemaLibrary(bridge)
    opened: list[SchemaState | None] = []
    library.desk.opened.connect(opened.append)
    with qtbot.waitSignal(library.started):
        library.start()
    assert opened == [None]
    assert library.examples
    library.desk.edit("typed into nothing")
    library.desk.save_version()
    bridge.close()
    with Store(tmp_path / "new") as store:
        assert store.schemas.all() == []


def test_a_change_is_seen_at_once_and_written_behind_it(library: SchemaLibrary, stored: Any) -> None:
    (two,) = ids(library, "two")
    library.rename(two, "  second ")
    library.set_tags(two, ["b", "a", "B "])
    library.pin([two], pinned=True)
    library.delete(ids(library, "one"))
    assert names(library.rows) == ["three", "second"]
    assert names(library.binned) == ["one"]
    row = library.row_of(two)
    assert row is not None
    assert (row.tags, row.pinned) == (("b", "a"), True)
    assert stored(lambda store: in_step(library, store))


def test_every_change_can_be_taken_back_one_after_the_other(library: SchemaLibrary, stored: Any) -> None:
    before = (library.rows, library.binned)
    one, two, three = ids(library, "one", "two", "three")
    library.rename(one, "first")
    library.set_tags(two, ["fruit"])
    library.pin([two, three], pinned=True)
    library.delete([one, three])
    library.restore([three])
    for _ in range(5):
        library.undo()
    assert (library.rows, library.binned) == before
    assert stored(lambda store: in_step(library, store))
    library.undo()  # nothing is left to take back
    assert (library.rows, library.binned) == before


def test_what_is_deleted_is_offered_back_in_words(library: SchemaLibrary) -> None:
    offered: list[Undo | None] = []
    gone: list[list[int]] = []
    library.undoable.connect(offered.append)
    library.removed.connect(gone.append)
    library.delete(ids(library, "one"))
    library.delete(ids(library, "two", "three"))
    assert [undo.words if undo else None for undo in offered] == ["Schema deleted", "2 schemas deleted"]
    assert gone == [[1], [3, 2]]
    library.empty_bin()
    assert offered[-1] is None
    library.undo()
    assert library.rows == library.binned == []


def test_what_is_made_and_copied_is_listed_and_can_be_taken_back(
    library: SchemaLibrary, stored: Any, qtbot: QtBot
) -> None:
    made: list[SchemaRow] = []
    library.make("four", "true", made.append)
    library.duplicate(1, made.append)
    qtbot.waitUntil(lambda: len(made) == 2)
    assert names(library.rows) == ["one (copy)", "four", "three", "two", "one"]
    assert names(made) == ["four", "one (copy)"]
    assert stored(lambda store: in_step(library, store))
    library.undo()
    library.undo()
    assert names(library.binned) == ["four", "one (copy)"]
    assert stored(lambda store: in_step(library, store))


def test_a_copy_has_what_was_typed_a_moment_ago(library: SchemaLibrary, stored: Any, qtbot: QtBot) -> None:
    schema = open_schema(library, qtbot, "two")
    library.desk.edit("just typed")
    made: list[SchemaRow] = []
    library.duplicate(schema, made.append)
    qtbot.waitUntil(lambda: bool(made))
    assert stored(lambda store: store.schemas.text(made[0].id)) == "just typed"


def test_the_newest_search_is_answered(library: SchemaLibrary, qtbot: QtBot) -> None:
    open_schema(library, qtbot, "one")
    library.desk.edit('{"title": "quince"}')
    answers: list[Found[SchemaHit]] = []
    library.found.connect(answers.append)
    for typed in ("t", "th", "thr", "quince"):
        library.search(typed)
    qtbot.waitUntil(lambda: bool(answers) and answers[-1].query == "quince")
    assert [(hit.schema, hit.place) for hit in answers[-1].hits] == [(1, "text")]
    assert len(answers) < 4
    library.search(" ")
    assert answers[-1] == Found("")


# The open schema


def test_what_is_typed_is_a_draft_soon_after_and_seen_in_the_list(
    library: SchemaLibrary, stored: Any, qtbot: QtBot
) -> None:
    schema = open_schema(library, qtbot, "one")
    with qtbot.waitSignal(library.desk.kept):
        library.desk.edit("{")
        library.desk.edit('{"a')
    assert names(library.rows) == ["one", "three", "two"]
    assert library.desk.row == library.rows[0]
    assert library.rows[0].differs
    assert stored(lambda store: store.schemas.text(schema)) == '{"a'
    assert stored(lambda store: in_step(library, store))


def test_another_schema_is_opened_after_what_was_typed_is_saved(
    library: SchemaLibrary, stored: Any, qtbot: QtBot
) -> None:
    one = open_schema(library, qtbot, "one")
    library.desk.edit("typed")
    library.open(ids(library, "two")[0])
    library.desk.edit("typed on, before it was there")
    with qtbot.waitSignal(library.desk.opened):
        library.open(ids(library, "three")[0])
    assert library.desk.text == '{"title": "three"}'
    assert stored(lambda store: store.schemas.text(one)) == "typed on, before it was there"
    with qtbot.waitSignal(library.desk.opened):
        library.open(one)
    assert (library.desk.text, library.desk.base) == ("typed on, before it was there", 1)


def test_a_rename_while_a_draft_is_on_its_way_stays(library: SchemaLibrary, stored: Any, qtbot: QtBot) -> None:
    schema = open_schema(library, qtbot, "one")
    library.desk.edit("{")
    with qtbot.waitSignal(library.desk.kept):
        library.desk.save()
        library.rename(schema, "first")
    assert library.desk.row is not None
    assert (library.desk.row.name, library.desk.row.differs) == ("first", True)
    assert stored(lambda store: in_step(library, store))


def test_a_version_is_what_was_typed_with_its_note(library: SchemaLibrary, stored: Any, qtbot: QtBot) -> None:
    schema = open_schema(library, qtbot, "one")
    saved: list[int] = []
    library.desk.edit("second")
    library.desk.save_version("for the shop", lambda version: saved.append(version.number))
    library.desk.edit("third")
    qtbot.waitUntil(lambda: bool(saved))
    assert [(version.number, version.note) for version in library.desk.versions] == [(2, "for the shop"), (1, "")]
    library.desk.save()
    library.desk.set_note(1, "the first")
    with qtbot.waitSignal(library.desk.versions_changed):
        pass
    state = stored(lambda store: store.schemas.load(schema))
    assert (state.text, state.base, state.versions) == ("third", 2, library.desk.versions)
    texts: list[str] = []
    library.desk.version_text(2, texts.append)
    library.desk.version_text(1, texts.append)
    qtbot.waitUntil(lambda: len(texts) == 2)
    assert texts == ["second", '{"title": "one"}']
    library.desk.save_version(done=lambda version: saved.append(version.number))
    library.desk.save_version("again", lambda version: saved.append(version.number))
    qtbot.waitUntil(lambda: len(saved) == 3)
    assert saved == [2, 3, 3]
    assert [(version.number, version.note) for version in library.desk.versions] == [
        (3, "again"),
        (2, "for the shop"),
        (1, "the first"),
    ]
    assert stored(lambda store: in_step(library, store))


def test_the_open_schema_can_be_deleted_brought_back_and_removed_for_good(
    library: SchemaLibrary, stored: Any, qtbot: QtBot
) -> None:
    schema = open_schema(library, qtbot, "one")
    library.delete([schema])
    library.desk.edit("typed in the bin")
    library.undo()
    library.desk.save()
    assert stored(lambda store: store.schemas.text(schema)) == "typed in the bin"
    library.delete([schema])
    library.desk.edit("typed too late")
    library.empty_bin()
    assert library.desk.row is None
    library.close()
    assert stored(lambda store: store.schemas.get(schema)) is None


def test_a_schema_that_is_gone_is_not_opened(library: SchemaLibrary, qtbot: QtBot) -> None:
    one, two = ids(library, "one", "two")
    open_schema(library, qtbot, "one")
    library.delete([two])
    library.open(two)
    library.empty_bin()
    with qtbot.waitSignal(library.desk.opened) as opened:
        library.open(99)
    assert opened.args == [None]
    assert library.desk.bound_for == 0
    with qtbot.waitSignal(library.desk.opened):
        library.open(one)


def test_what_could_not_be_saved_is_tried_again(
    library: SchemaLibrary, bridge: Bridge, stored: Any, qtbot: QtBot
) -> None:
    schema = open_schema(library, qtbot, "one")
    stored(lambda store: store._database.write("PRAGMA max_page_count = 1"))
    failures: list[EngineError] = []
    bridge.failed.connect(failures.append)
    text = "x" * 5_000_000
    library.desk.edit(text)
    library.desk.save()
    qtbot.waitUntil(lambda: bool(failures))
    assert isinstance(failures[0], StoreError)
    library.desk.save_version()
    qtbot.waitUntil(lambda: len(failures) == 2)
    stored(lambda store: store._database.write("PRAGMA max_page_count = 1000000"))
    library.close()
    assert stored(lambda store: store.schemas.text(schema)) == text
    assert stored(lambda store: store.schemas.get(schema).version) == 1


# Uses and files


def test_who_uses_a_schema_is_known_from_what_was_typed(library: SchemaLibrary, stored: Any, qtbot: QtBot) -> None:
    schema = open_schema(library, qtbot, "one")
    thread = stored(lambda store: store.threads.create({"schema": "typed"}, title="mine")).id
    library.desk.edit("typed")
    answers: list[Uses] = []
    library.used_by(schema, answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    assert [(use.id, use.title, use.version) for use in answers[0].threads] == [(thread, "mine", None)]


def test_a_thread_and_a_job_hold_their_schema_where_it_is_looked_for(
    library: SchemaLibrary, model_info: ModelInfo, tmp_path: Path, stored: Any
) -> None:
    text = '{"title": "two"}'
    plan = ExtractionPlan((tmp_path,), text).to_json(model_info)
    stored(lambda store: store.threads.create(Draft(format="schema", schema=text).settings(), title="schema"))
    stored(lambda store: store.threads.create(Draft(format="json", schema=text).settings(), title="json"))
    stored(lambda store: store.jobs.open(plan, identity="x", name="invoices"))
    uses = stored(lambda store: store.schemas.used_by(2))
    assert [use.title for use in (*uses.threads, *uses.jobs)] == ["schema", "invoices"]


def test_an_export_holds_what_was_typed_and_an_import_can_be_taken_back(
    library: SchemaLibrary, tmp_path: Path, stored: Any, qtbot: QtBot
) -> None:
    schema = open_schema(library, qtbot, "one")
    library.desk.edit("typed")
    words: list[str] = []
    library.told.connect(words.append)
    library.export([schema], tmp_path / "plain.json", "plain")
    library.export([row.id for row in library.rows], tmp_path / "all.zip", "zip")
    qtbot.waitUntil(lambda: len(words) == 2)
    assert words == ["One schema exported to plain.json", "3 schemas exported to all.zip"]
    assert (tmp_path / "plain.json").read_text("utf-8") == "typed"
    library.delete(ids(library, "two"))
    stored(lambda store: store.schemas.all())
    (tmp_path / "lines.jsonl").write_text("{}\n5\n", "utf-8")
    faults: list[Any] = []
    library.faults_found.connect(faults.append)
    library.import_files([tmp_path / "all.zip", tmp_path / "lines.jsonl"])
    qtbot.waitUntil(lambda: len(words) == 4)
    assert words[2:] == [
        "One schema imported from all.zip, 2 known already",
        "One schema imported from lines.jsonl, 1 unreadable",
    ]
    assert [path.name for path, _ in faults] == ["lines.jsonl"]
    assert sorted(names(library.rows)) == ["lines 1", "one", "three", "two"]
    library.undo()
    library.undo()
    assert sorted(names(library.rows)) == ["one", "three"]
    assert stored(lambda store: in_step(library, store))


def test_a_file_that_cannot_be_read_or_written_is_told(
    library: SchemaLibrary, bridge: Bridge, tmp_path: Path, qtbot: QtBot
) -> None:
    failures: list[EngineError] = []
    bridge.failed.connect(failures.append)
    library.import_files([tmp_path / "none"])
    library.export([1], tmp_path / "no" / "such.json", "library")
    qtbot.waitUntil(lambda: len(failures) == 2)
    assert {failure.kind for failure in failures} == {"TransferError"}


# The session


def test_the_open_schema_and_what_was_typed_last_come_back_on_the_next_start(
    stocked: Path, qapp: object, qtbot: QtBot
) -> None:
    first = Session(stocked)
    with qtbot.waitSignal(first.schemas.started):
        first.schemas.start()
    with qtbot.waitSignal(first.schemas.desk.opened):
        first.schemas.open(1)
    first.schemas.desk.edit("typed and closed at once")
    first.close()
    again = Session(stocked)
    with qtbot.waitSignal(again.schemas.started):
        again.schemas.start()
    assert (again.schemas.desk.id, again.schemas.desk.text) == (1, "typed and closed at once")
    again.close()


def test_the_window_starts_without_the_library(tmp_path: Path) -> None:
    probe = (
        "import sys; from pathlib import Path; import app.session; from engine.store import Store; "
        f"Store(Path({str(tmp_path)!r})).close(); "
        "print([m for m in sys.modules if m.startswith(('engine.store.schemas', 'engine.store.schema_transfer'))])"
    )
    ran = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
