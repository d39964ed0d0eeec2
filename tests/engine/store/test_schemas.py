"""The library of schemas: every version stays as it was saved, byte for byte, and nothing typed is lost."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.store import Store
from engine.store.database import Database
from engine.store.histories import Edition, History
from engine.store.migrations import MIGRATIONS
from engine.store.schema_search import SchemaHit
from engine.store.schema_uses import Use, Uses

INVOICE = '{\r\n\t"type": "object",  "x": 1.0,\n "properties": {"due": {"type": "string"}}}\n'
HOSTILE = [
    "half a pair \ud83d and the other \ude00 and both \ud83d\ude00",
    "nul \0 in the middle",
    "\ufeff{}",
    "\r\n\r{}\u2028\x85",
    "\u202e\u2066{}",
    "e\u0301 é",
    "",
    " ",
    '" OR 1=1; DROP TABLE schemas; --',
]
INDEXES = ("schema_name_text", "schema_note_text", "schema_version_text", "schema_draft_text")


def places(store: Store, typed: str) -> list[tuple[int, str, int | None]]:
    return [(hit.schema, hit.place, hit.version) for hit in store.schemas.search(typed)]


def marked(hit: SchemaHit) -> list[str]:
    return [hit.excerpt[start:end] for start, end in hit.marks]


def test_a_schema_is_made_with_its_first_version(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        made = store.schemas.make(
            "  Invoice\n of a  shop ", INVOICE, tags=["shop", " Shop", "", "to \n do"], note="first"
        )
        assert (made.name, made.tags, made.version, made.differs) == ("Invoice of a shop", ("shop", "to do"), 1, False)
        assert made.size == len(INVOICE.encode())
        assert store.schemas.make(" \n", "{}").name == "Untitled"
    with Store(tmp_path) as store:
        state = store.schemas.load(made.id)
        assert (state.row, state.text, state.base) == (made, INVOICE, 1)
        assert [(version.number, version.note) for version in state.versions] == [(1, "first")]
        assert [row.name for row in store.schemas.all()] == ["Untitled", "Invoice of a shop"]


def test_what_is_typed_is_a_draft_until_it_is_the_version_again(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        schema = store.schemas.make("a", "{}").id
        drafted = store.schemas.keep_draft(schema, '{"type": ')
        assert (drafted.differs, drafted.size, drafted.version) == (True, 9, 1)
        assert store.schemas.get(schema) == drafted
        assert store.schemas.text(schema) == '{"type": '
        assert store.schemas.version_text(schema, 1) == "{}"
        assert not store.schemas.keep_draft(schema, "{}").differs
        assert store.schemas.load(schema).text == "{}"


def test_each_save_keeps_a_version_and_an_unchanged_text_makes_none(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        schema = store.schemas.make("a", "1").id
        store.schemas.keep_draft(schema, "2")
        second = store.schemas.save_version(schema, "2", "two")
        assert (second.number, second.note) == (2, "two")
        assert store.schemas.save_version(schema, "2") == second
        assert store.schemas.save_version(schema, "2", "better words") == replace(second, note="better words")
        third = store.schemas.save_version(schema, "1", "back again")
        store.schemas.set_note(schema, 1, "the beginning")
        state = store.schemas.load(schema)
        assert [(version.number, version.note) for version in state.versions] == [
            (3, "back again"),
            (2, "better words"),
            (1, "the beginning"),
        ]
        assert state.versions[0] == third
        assert [store.schemas.version_text(schema, number) for number in (1, 2, 3)] == ["1", "2", "1"]
        assert (state.row.version, state.row.differs, state.text) == (3, False, "1")


def test_a_draft_knows_the_version_that_it_goes_on_from(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        schema = store.schemas.make("a", "1").id
        store.schemas.save_version(schema, "2")
        store.schemas.keep_draft(schema, "3")
        store.schemas.keep_draft(schema, "4")
        assert store.schemas.load(schema).base == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_no_byte_of_a_text_changes(tmp_path: Path, text: str) -> None:
    with Store(tmp_path) as store:
        schema = store.schemas.make("a", text).id
        store.schemas.save_version(schema, text + "2")
        store.schemas.keep_draft(schema, text + "3")
        copy = store.schemas.duplicate(schema).id
        (again,) = store.histories.insert([store.histories.read(schema)])
    with Store(tmp_path) as store:
        for kept in (schema, copy, again):
            assert store.schemas.text(kept) == text + "3"
        for kept in (schema, again):
            assert [store.schemas.version_text(kept, number) for number in (1, 2)] == [text, text + "2"]
        assert store.schemas.version_text(copy, 1) == text + "2"
        store.schemas.search("a")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_tags_and_notes_are_text(tmp_path: Path, text: str) -> None:
    with Store(tmp_path) as store:
        schema = store.schemas.make(text, "{}", tags=[text], note=text).id
        store.schemas.rename(schema, text)
        store.schemas.set_tags(schema, [text, text])
        row = store.schemas.get(schema)
        assert row is not None
        whole = text.replace("\ud83d\ude00", "😀").replace("\ud83d", "\ufffd").replace("\ude00", "\ufffd")
        assert row.name == (" ".join(whole.split()) or "Untitled")
        assert row.tags == ((" ".join(whole.split()),) if whole.strip() else ())
        assert store.schemas.load(schema).versions[0].note == whole


def test_an_endless_name_is_cut(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        assert len(store.schemas.make("x" * 100_000, "{}").name) == 1_000


def test_names_tags_and_pins_are_there_after_a_restart(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        first, second = (store.schemas.make(name, "{}") for name in ("one", "two"))
        store.schemas.rename(first.id, "first")
        store.schemas.set_tags(first.id, ["b", "a", "B"])
        store.schemas.pin([first.id, second.id], pinned=True)
        store.schemas.pin([second.id], pinned=False)
    with Store(tmp_path) as store:
        assert store.schemas.all() == [second, replace(first, name="first", tags=("b", "a"), pinned=True)]
        store.schemas.keep_draft(first.id, "1")
        assert [row.id for row in store.schemas.all()] == [first.id, second.id]


def test_a_copy_begins_a_history_of_its_own(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        schema = store.schemas.make("Pears", "1", tags=["fruit"]).id
        store.schemas.save_version(schema, "2", "two")
        store.schemas.keep_draft(schema, "3")
        store.schemas.pin([schema], pinned=True)
        copy = store.schemas.duplicate(schema)
        assert (copy.name, copy.tags, copy.pinned, copy.version, copy.differs) == (
            "Pears (copy)", ("fruit",), False, 1, True
        )  # fmt: skip
        state = store.schemas.load(copy.id)
        assert (state.text, state.base, len(state.versions)) == ("3", 1, 1)
        assert state.versions[0].note == "Copy of Pears, version 2"
        store.schemas.save_version(copy.id, "mine")
        assert store.schemas.text(schema) == "3"


def test_what_is_in_the_bin_comes_back_as_it_was(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        gone, kept = store.schemas.make("gone", "1"), store.schemas.make("kept", "1")
        store.schemas.keep_draft(gone.id, "2")
        before = store.schemas.load(gone.id)
        store.schemas.delete([gone.id])
        assert store.schemas.all() == [kept]
        assert [row.name for row in store.schemas.all(deleted=True)] == ["gone"]
        store.schemas.restore([gone.id])
        assert store.schemas.load(gone.id) == before
        store.schemas.delete([gone.id])
        assert store.schemas.empty_bin() == 1
        assert store.schemas.get(gone.id) is None
        assert store.schemas.all(deleted=True) == []
        for table in ("schema_versions", "schema_drafts"):
            assert {tuple(row)[1] for row in store._database.rows(f"SELECT * FROM {table}")} <= {kept.id}
        assert store.schemas.empty_bin() == 0


def test_who_writes_to_what_is_not_there_is_told(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        schema = store.schemas.make("a", "1").id
        for act in (
            lambda: store.schemas.load(9),
            lambda: store.schemas.keep_draft(9, "x"),
            lambda: store.schemas.save_version(9, "x"),
            lambda: store.schemas.duplicate(9),
            lambda: store.schemas.version_text(schema, 2),
            lambda: store.schemas.set_note(schema, 2, "x"),
            lambda: store.histories.read(9),
        ):
            with pytest.raises(KeyError):
                act()
        assert store.schemas.get(9) is None
        assert store.schemas.used_by(9) == Uses()
        assert [row.id for row in store.schemas.all()] == [schema]


WRITING = """
import sys
from pathlib import Path
from engine.store import Store
store = Store(Path(sys.argv[1]))
schema = store.schemas.make("a", "0").id
for n in range(100_000):
    store.schemas.keep_draft(schema, f"draft {n} " * 500)
    if n % 5 == 4:
        store.schemas.save_version(schema, f"version {n}")
    print(n, flush=True)
"""


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITING, str(tmp_path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        acknowledged = [next(writer.stdout) for _ in range(42)]
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged += writer.stdout.readlines()
    last = int(acknowledged[-1])
    with closing(sqlite3.connect(tmp_path / "espalier.db")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with Store(tmp_path) as store:
        state = store.schemas.load(1)
        texts = [store.schemas.version_text(1, version.number) for version in reversed(state.versions)]
        saved = ["0", *(f"version {n}" for n in range(4, last + 1, 5))]
        assert texts[: len(saved)] == saved
        assert len(texts) <= len(saved) + 1
        assert state.text in {f"draft {n} " * 500 for n in (last, last + 1)} | {
            f"version {n}" for n in (last, last + 1)
        }


# Search


def test_names_and_tags_come_first_then_texts_then_notes(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        noted = store.schemas.make("a", "1", note="for every pear").id
        text = store.schemas.make("b", '{"title": "Pears"}').id
        tagged = store.schemas.make("c", "1", tags=["fruit", "pears"]).id
        named = store.schemas.make("Pear tree", "1").id
        assert places(store, "pear") == [
            (named, "name", None), (tagged, "tags", None), (text, "text", 1), (noted, "note", 1)
        ]  # fmt: skip
        assert [marked(hit) for hit in store.schemas.search("pear")] == [["Pear"], ["pears"], ["Pears"], ["pear"]]
        assert [hit.excerpt for hit in store.schemas.search("fruit")] == ["fruit, pears"]
        assert places(store, "pear tree") == [(named, "name", None)]
        assert store.schemas.search("...") == []
        store.schemas.delete([noted, text, tagged, named])
        assert store.schemas.search("pear") == []


def test_the_text_that_is_found_is_the_draft_or_the_latest_version(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        schema = store.schemas.make("a", '{"apple": 1, "crate": 1}').id
        store.schemas.save_version(schema, '{"pear": 1, "crate": 1}', "no more apples")
        assert places(store, "apple ") == []
        assert places(store, "apples") == [(schema, "note", 2)]
        store.schemas.keep_draft(schema, '{"plum": 1, "crate": 1}')
        assert [places(store, word) for word in ("plum", "pear", "crate")] == [
            [(schema, "text", None)], [(schema, "text", 2)], [(schema, "text", None)]
        ]  # fmt: skip
        store.schemas.keep_draft(schema, '{"quince": 1}')
        assert [places(store, word) for word in ("plum", "quince")] == [[], [(schema, "text", None)]]
        store.schemas.save_version(schema, '{"quince": 1}')
        assert places(store, "quince") == [(schema, "text", 3)]
        assert places(store, "pear") == []


def test_a_key_deep_in_a_long_text_is_shown_where_it_stands(tmp_path: Path) -> None:
    text = json.dumps({f"key_{n}": {"type": "string"} for n in range(30_000)})
    with Store(tmp_path) as store:
        store.schemas.make("long", text)
        (hit,) = store.schemas.search("key_29555")
        assert marked(hit) == ["key_29555"]
        assert hit.excerpt.startswith("…")


def test_a_search_finds_no_more_than_it_is_asked_for(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for number in range(5):
            schema = store.schemas.make(f"pear {number}", "pear", note="pear").id
            store.schemas.keep_draft(schema, "pear again")
        assert [len(store.schemas.search("pear", limit)) for limit in (0, 3, 7, 12, 60)] == [0, 3, 7, 12, 15]


# Uses


def hold(store: Store, schema: str, **others: object) -> int:
    return store.threads.create({"schema": schema, **others}, title=schema).id


def test_a_schema_is_used_by_who_holds_one_of_its_texts(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        schema = store.schemas.make("a", "one").id
        store.schemas.save_version(schema, "two")
        store.schemas.keep_draft(schema, "draft")
        one, draft = hold(store, "one", format="schema"), hold(store, "draft")
        hold(store, "another")
        hold(store, "two", format="json")  # it answers in another format
        job = store.jobs.open({"schema": "two"}, identity="x", name="Invoices")
        store.jobs.open({"schema": "else"}, identity="y", name="Letters")
        uses = store.schemas.used_by(schema)
        assert [(use.kind, use.id, use.title, use.version) for use in uses.threads] == [
            ("thread", draft, "draft", None),
            ("thread", one, "one", 1),
        ]
        assert uses.jobs == (Use("job", job.id, "Invoices", 2, job.created),)


def test_uses_follow_the_settings_of_threads(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        schema = store.schemas.make("a", "mine").id

        def users() -> list[int]:
            return sorted(use.id for use in store.schemas.used_by(schema).threads)

        thread = hold(store, "else")
        assert users() == []
        store.threads.keep_settings(thread, {"schema": "mine", "format": "schema"}, kind="schema")
        assert users() == [thread]
        copy = store.threads.duplicate(thread).id
        (brought,) = store.trees.insert([store.trees.read(thread)])
        assert users() == [thread, copy, brought]
        store.threads.keep_settings(thread, {"schema": "mine", "format": "text"}, kind="text")
        store.threads.delete([copy])
        assert users() == [brought]
        store.threads.restore([copy])
        assert users() == [copy, brought]
        store.threads.delete([copy, brought])
        store.threads.empty_bin()
        assert users() == []
        assert store._database.rows("SELECT * FROM schema_uses") == []


@pytest.mark.parametrize("settings", [{}, {"schema": 5}, {"schema": ""}, {"schema": " \n"}, {"schema": None}])
def test_settings_that_hold_no_schema_use_none(tmp_path: Path, settings: dict[str, object]) -> None:
    with Store(tmp_path) as store:
        store.threads.create(settings)
        for text in ("", " \n", "5", "null"):
            assert store.schemas.used_by(store.schemas.make("a", text).id) == Uses()


# Older files


def test_a_file_without_schemas_gets_a_library_and_knows_who_holds_what(tmp_path: Path) -> None:
    database = Database(tmp_path / "espalier.db", MIGRATIONS[:2])
    thread = "INSERT INTO threads (title, created, updated, settings, draft) VALUES (?, '2026', '2026', ?, 'unsent')"
    for title, plain in (
        ("holds it", '{"schema": "{}", "format": "schema"}'),
        ("holds another", '{"schema": "true"}'),
        ("broken", "{"),
        ("a list", "[]"),
        ("deep", "[" * 100_000),
    ):
        database.write(thread, (title, plain))
    database.write(
        "INSERT INTO jobs (identity, plan, created) VALUES ('x', ?, '2026')", ('{"schema": "{}", "folder": "f"}',)
    )
    database.close()
    with Store(tmp_path) as store:
        assert store.schemas.all() == []
        uses = store.schemas.used_by(store.schemas.make("a", "{}").id)
        assert [use.title for use in uses.threads] == ["holds it"]
        assert [use.title for use in uses.jobs] == ["f"]
        assert len(store.threads.all()) == 5
        assert store.search.find("unsent")
    assert (tmp_path / "espalier.db.version-2").exists()


# Whatever is done


texts = st.text(st.sampled_from('{"ab é中国語 .\0\u0301\ud83d\ude00😀\r\n'), max_size=12)


class Operations(RuleBasedStateMachine):
    """Whatever a person does, each text is what it was, and the indexes hold the words of the texts."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name))
        self.versions: dict[int, list[str]] = {}
        self.drafts: dict[int, str] = {}
        self.binned: set[int] = set()

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(name=texts, text=texts)
    def make(self, name: str, text: str) -> None:
        self.versions[self.store.schemas.make(name, text, tags=[name], note=name).id] = [text]

    @precondition(lambda self: self.versions)
    @rule(data=st.data(), text=texts)
    def keep(self, data: st.DataObject, text: str) -> None:
        schema = data.draw(st.sampled_from(sorted(self.versions)))
        self.store.schemas.keep_draft(schema, text)
        self.drafts[schema] = text

    @precondition(lambda self: self.versions)
    @rule(data=st.data(), text=texts)
    def save(self, data: st.DataObject, text: str) -> None:
        schema = data.draw(st.sampled_from(sorted(self.versions)))
        self.store.schemas.save_version(schema, text, text)
        self.drafts.pop(schema, None)
        if text != self.versions[schema][-1]:
            self.versions[schema].append(text)

    @precondition(lambda self: self.versions)
    @rule(data=st.data(), name=texts)
    def rename(self, data: st.DataObject, name: str) -> None:
        schema = data.draw(st.sampled_from(sorted(self.versions)))
        self.store.schemas.rename(schema, name)
        self.store.schemas.set_tags(schema, [name, "b"])

    @precondition(lambda self: self.versions)
    @rule(data=st.data())
    def duplicate(self, data: st.DataObject) -> None:
        schema = data.draw(st.sampled_from(sorted(self.versions)))
        copy = self.store.schemas.duplicate(schema).id
        self.versions[copy] = self.versions[schema][-1:]
        if schema in self.drafts:
            self.drafts[copy] = self.drafts[schema]

    @precondition(lambda self: self.versions)
    @rule(data=st.data(), deleted=st.booleans())
    def bin(self, data: st.DataObject, deleted: bool) -> None:
        schema = data.draw(st.sampled_from(sorted(self.versions)))
        (self.store.schemas.delete if deleted else self.store.schemas.restore)([schema])
        (self.binned.add if deleted else self.binned.discard)(schema)

    @rule()
    def empty_bin(self) -> None:
        assert self.store.schemas.empty_bin() == len(self.binned)
        for schema in self.binned:
            del self.versions[schema]
            self.drafts.pop(schema, None)
        self.binned.clear()

    @rule(typed=texts)
    def search(self, typed: str) -> None:
        found = {hit.schema for hit in self.store.schemas.search(typed, 1_000)}
        assert found <= self.versions.keys() - self.binned

    @invariant()
    def every_text_is_what_it_was(self) -> None:
        rows = self.store.schemas.all() + self.store.schemas.all(deleted=True)
        assert {row.id for row in rows} == self.versions.keys()
        for row in rows:
            kept = self.versions[row.id]
            state = self.store.schemas.load(row.id)
            assert [self.store.schemas.version_text(row.id, number) for number in range(1, row.version + 1)] == kept
            assert state.text == self.drafts.get(row.id, kept[-1])
            assert row.differs == (state.text != kept[-1])

    @invariant()
    def nothing_is_broken(self) -> None:
        database = self.store._database
        for index in INDEXES:
            database.write(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
        assert [tuple(row) for row in database.rows("PRAGMA integrity_check")] == [("ok",)]
        assert database.rows("PRAGMA foreign_key_check") == []


TestOperations = Operations.TestCase
TestOperations.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@given(text=st.text(st.characters(codec=None)))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back_as_it_was_given(tmp_path: Path, text: str) -> None:
    with Store(tmp_path) as store:
        schema = store.schemas.make("a", text).id
        assert store.schemas.text(schema) == text
        assert store.schemas.keep_draft(schema, text + "x").differs
        assert store.schemas.text(schema) == text + "x"


def test_a_history_that_is_there_is_known(tmp_path: Path) -> None:
    history = History("Pears", (Edition("1", "first", "2026"), Edition("2")), ("fruit",), True, "2025", "2026", "3", 1)
    with Store(tmp_path) as store:
        (schema,) = store.histories.insert([history])
        assert store.histories.read(schema) == replace(
            history, editions=(history.editions[0], replace(history.editions[1], created="2025"))
        )
        assert store.histories.holds(history)
        for other in (
            replace(history, name="Plums"),
            replace(history, created="2024"),
            replace(history, draft=None),
            replace(history, draft="4"),
            replace(history, editions=history.editions[1:]),
        ):
            assert not store.histories.holds(other)
        plain = History("Pears", (Edition("2"),))
        assert not store.histories.holds(plain)  # something else was typed since
        store.schemas.keep_draft(schema, "2")
        assert store.histories.holds(plain)
        store.schemas.delete([schema])
        assert not store.histories.holds(plain)


def test_a_schema_is_found_by_what_it_says_just_now(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        older, newer = (store.schemas.make(name, INVOICE).id for name in "ab")
        assert store.schemas.holding(INVOICE) == newer
        store.schemas.keep_draft(newer, "{}")
        assert store.schemas.holding(INVOICE) == older
        assert store.schemas.holding("{}") == newer
        store.schemas.delete([older])
        assert store.schemas.holding(INVOICE) is None
