"""The profile's database: what was acknowledged is there, and what cannot be used says why."""

import errno
import json
import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import StoreError
from engine.store import Answer, Coverage, Row, Store
from engine.store.database import Database
from engine.store.migrations import MIGRATIONS

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(value=json_values)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_setting_comes_back_as_it_was_saved(tmp_path: Path, value: object) -> None:
    with Store(tmp_path) as store:
        store.settings.put("any", value)
        assert store.settings.get("any") == value


def test_settings_and_drafts_outlive_the_store(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.settings.put("window", {"page": 3})
        store.settings.put("window", {"page": 4})
        store.drafts.put("playground", "an unfinished quest")
    with Store(tmp_path) as store:
        assert store.settings.get("window") == {"page": 4}
        assert store.settings.all() == {"window": {"page": 4}}
        assert store.drafts.get("playground") == "an unfinished quest"
        store.drafts.forget("playground")
        store.settings.forget("window")
        assert store.drafts.get("playground") is None
        assert store.settings.get("window", "default") == "default"


def test_the_same_identity_finds_its_job_and_again_makes_another(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        first = store.jobs.open({"folder": "a"}, identity="one")
        assert store.jobs.open({"folder": "a"}, identity="one") == first
        second = store.jobs.open({"folder": "a"}, identity="one", again=True)
        assert second.id != first.id
        assert store.jobs.open({"folder": "a"}, identity="one") == second
        assert store.jobs.open({"folder": "b"}, identity="two").plan == {"folder": "b"}
        assert len(store.jobs.all()) == 3


def test_a_job_keeps_its_documents_in_order_and_counts_them(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        job = store.jobs.open({}, identity="x")
        store.jobs.set_documents(job, ["b.txt", "a.txt", "c.txt"])
        store.jobs.start(job, "a.txt")
        done = Row("b.txt", "done", "hash", {"total": 1.5}, ("a note",), None, {"seed": 1}, 2.5)
        failed = Row("c.txt", "failed", error={"kind": "DocumentError", "message": "no"})
        store.jobs.save(job, done)
        store.jobs.save(job, done)
        store.jobs.save(job, failed)
        assert store.jobs.rows(job) == [done, Row("a.txt", "running"), failed]
        assert store.jobs.rows(job, "done", "failed") == [done, failed]
        assert store.jobs.coverage(job) == Coverage(running=1, done=1, failed=1)
        assert str(store.jobs.coverage(job)) == "2 of 3 read, 1 failed, 1 to do"
        with pytest.raises(KeyError):
            store.jobs.save(job, Row("unknown.txt", "done"))


def test_naming_the_documents_again_keeps_what_is_known_of_them(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        job = store.jobs.open({}, identity="x")
        store.jobs.set_documents(job, ["a", "b"])
        store.jobs.save(job, Row("b", "done", "hash", {"v": 1}))
        store.jobs.set_documents(job, ["a", "new"])
        assert [row.document for row in store.jobs.rows(job)] == ["a", "new"]
        store.jobs.set_documents(job, ["new", "a", "b"])
        assert store.jobs.rows(job)[2] == Row("b", "done", "hash", {"v": 1})
        store.jobs.reset(job, ["b"])
        assert store.jobs.rows(job)[2] == Row("b", "pending")


def test_a_record_of_null_is_not_a_missing_record(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        job = store.jobs.open({}, identity="x")
        store.jobs.set_documents(job, ["a"])
        store.jobs.save(job, Row("a", "done", record=None))
        assert store.jobs.rows(job) == [Row("a", "done", record=None)]


def test_a_job_is_run_by_one_at_a_time(tmp_path: Path) -> None:
    with Store(tmp_path) as one, Store(tmp_path) as other:
        job = one.jobs.open({}, identity="x")
        with one.jobs.claim(job), pytest.raises(StoreError, match="running already"), other.jobs.claim(job):
            pass
        with other.jobs.claim(job):
            pass


KILLED = """
import sys
from pathlib import Path
from engine.store import Row, Store
store = Store(Path(sys.argv[1]))
job = store.jobs.open({}, identity="x")
store.jobs.set_documents(job, [str(n) for n in range(100_000)])
with store.jobs.claim(job):
    for n in range(100_000):
        store.jobs.start(job, str(n))
        store.jobs.save(job, Row(str(n), "done", record={"n": n}))
        store.jobs.start(job, str(n + 1))
        print(n, flush=True)
"""


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        acknowledged = [next(writer.stdout) for _ in range(40)]
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged += writer.stdout.readlines()
    last = int(acknowledged[-1])
    with closing(sqlite3.connect(tmp_path / "espalier.db")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with Store(tmp_path) as store:
        job = store.jobs.open({}, identity="x")
        done = store.jobs.rows(job, "done")
        assert [row.record for row in done[: last + 1]] == [{"n": n} for n in range(last + 1)]
        assert len(done) <= last + 2
        with store.jobs.claim(job):  # the killed process holds no lock, and its running row is pending again
            assert store.jobs.coverage(job).running == 0


def test_a_commit_waits_for_the_disk_so_that_it_outlives_a_power_cut(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        (mode,) = store._database.rows("PRAGMA journal_mode")[0]
        (level,) = store._database.rows("PRAGMA synchronous")[0]
    assert (mode, level) == ("wal", 2)  # FULL, https://www.sqlite.org/pragma.html#pragma_synchronous


def test_a_store_belongs_to_the_worker_that_opened_it(tmp_path: Path) -> None:
    with Store(tmp_path) as store, ThreadPoolExecutor(1) as other, pytest.raises(sqlite3.ProgrammingError):
        other.submit(store.settings.get, "x").result()


def add_a_column(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE drafts ADD COLUMN folder TEXT")


def fail_halfway(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE drafts ADD COLUMN folder TEXT")
    raise RuntimeError("halfway")


def make_version_1(path: Path) -> None:
    """Make a database as the first release left it, with something in it."""
    database = Database(path, MIGRATIONS[:1])
    database.write("INSERT INTO drafts (key, text, updated) VALUES ('d', 'kept', '2026')")
    database.close()


def test_an_older_file_is_copied_and_then_migrated(tmp_path: Path) -> None:
    path = tmp_path / "espalier.db"
    make_version_1(path)
    database = Database(path, (*MIGRATIONS[:1], add_a_column))
    assert [tuple(row) for row in database.rows("SELECT key, text, folder FROM drafts")] == [("d", "kept", None)]
    assert [row["name"] for row in database.rows("SELECT name FROM migrations")] == [
        "settings_drafts_jobs",
        "add_a_column",
    ]
    database.close()
    copy = Database(tmp_path / "espalier.db.version-1", MIGRATIONS[:1])
    assert copy.rows("SELECT text FROM drafts")[0]["text"] == "kept"
    copy.close()
    assert not list(tmp_path.glob("*.part"))


def test_rows_of_before_there_were_cells_are_kept_and_can_be_incomplete_now(tmp_path: Path) -> None:
    path = tmp_path / "espalier.db"
    database = Database(path, MIGRATIONS[:3])
    database.write("INSERT INTO jobs (identity, plan, created) VALUES ('i', '{}', '2026')")
    database.write(
        "INSERT INTO job_rows (job, document, position, state, record, notes, updated) "
        "VALUES (1, 'a.txt', 0, 'done', '{\"a\": 1}', '[\"read\"]', '2026')"
    )
    database.close()
    with Store(tmp_path) as store:
        (job,) = store.jobs.all()
        (row,) = store.jobs.rows(job)
        assert (row.state, row.record, row.notes, row.cells) == ("done", {"a": 1}, ("read",), None)
        error = {"kind": "RecordIncomplete", "message": "b is missing."}
        store.jobs.save(job, replace(row, state="incomplete", error=error, cells={"/a": {"state": "exact"}}))
        (row,) = store.jobs.rows(job)
        assert (row.state, row.record, row.error, row.cells) == (
            "incomplete",
            {"a": 1},
            error,
            {"/a": {"state": "exact"}},
        )
        assert store.jobs.coverage(job).incomplete == 1
        assert str(store.jobs.coverage(job)) == "1 of 1 read, 1 of them incomplete, 0 failed"
        store.jobs.reset(job, ["a.txt"])
        assert store.jobs.rows(job)[0].cells is None


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "espalier.db"
    make_version_1(path)
    with pytest.raises(RuntimeError, match="halfway"):
        Database(path, (*MIGRATIONS[:1], fail_halfway))
    database = Database(path, MIGRATIONS[:1])
    assert [row["name"] for row in database.rows("SELECT name FROM pragma_table_info('drafts')")] == [
        "key",
        "text",
        "updated",
    ]
    database.close()


def test_a_migration_waits_for_its_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "espalier.db"
    make_version_1(path)

    def disk_full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(StoreError, match=r"no copy could be made first.*Nothing was changed"):
        Database(path, (*MIGRATIONS[:1], add_a_column))
    make_version_1_still_opens = Database(path, MIGRATIONS[:1])
    make_version_1_still_opens.close()


def keep_exchange(path: Path, draft: str | None, exchange: str | None) -> None:
    """Leave a database as the Playground did that kept one exchange."""
    database = Database(path / "espalier.db", MIGRATIONS[:1])
    for key, text in (("playground.draft", draft), ("playground.exchange", exchange), ("schemas.open", "kept")):
        if text is not None:
            database.write("INSERT INTO drafts (key, text, updated) VALUES (?, ?, '2026')", (key, text))
    database.close()


ASKED = {"prompt": "Which pears\nkeep?", "system": "Be brief.", "format": "schema", "seed": 3}
EXCHANGE = {
    "id": "x",
    "draft": json.dumps(ASKED),
    "asked_at": "2026-05-03T10:00:00+00:00",
    "state": "done",
    "text": '{"pear": "Bosc"}',
    "tokens": 9,
    "forced": 4,
    "prompt_tokens": 30,
    "closed": {"/pear": {"start": 9, "end": 15, "mean_probability": 0.5}},
    "receipt": {"finish_reason": "stop"},
    "error": None,
}


def test_the_exchange_that_was_kept_becomes_the_first_thread(tmp_path: Path) -> None:
    keep_exchange(tmp_path, json.dumps({**ASKED, "prompt": "And apples?"}), json.dumps(EXCHANGE))
    with Store(tmp_path) as store:
        (thread,) = store.threads.all()
        assert (thread.title, thread.kind) == ("Which pears", "schema")
        tree = store.trees.read(thread.id)
        assert tree.settings == {"system": "Be brief.", "format": "schema", "seed": 3}
        assert tree.draft == "And apples?"
        assert [(m.role, m.parent, m.state, m.text) for m in tree.messages] == [
            ("user", None, "done", "Which pears\nkeep?"),
            ("assistant", 0, "done", '{"pear": "Bosc"}'),
        ]
        assert tree.head == 1
        assert tree.messages[1].answer == Answer(
            tree.settings,
            {"finish_reason": "stop"},
            None,
            {key: EXCHANGE[key] for key in ("tokens", "forced", "prompt_tokens", "closed")},
        )
        assert {message.created for message in tree.messages} == {EXCHANGE["asked_at"]}
        assert store.search.find("bosc")[0].message is not None
        assert store.drafts.get("playground.draft") is None
        assert store.drafts.get("schemas.open") == "kept"


def test_a_draft_alone_becomes_a_thread_and_nothing_none(tmp_path: Path) -> None:
    (tmp_path / "draft").mkdir()
    keep_exchange(tmp_path / "draft", json.dumps(ASKED), None)
    with Store(tmp_path / "draft") as store:
        (thread,) = store.threads.all()
        assert store.threads.desk(thread.id).draft == ASKED["prompt"]
        assert store.messages.outline(thread.id) == []
    with Store(tmp_path / "new") as store:
        assert store.threads.all() == []


@pytest.mark.parametrize(
    "broken",
    ['{"prompt": "half', "", "null", "[1, 2]", '"text"', "[" * 100_000, '{"draft": "{", "text": "kept"}',
     '{"draft": "[]", "text": "kept"}', "\ufffd\0"],
)  # fmt: skip
def test_what_was_kept_and_cannot_be_read_is_still_there_as_a_draft(tmp_path: Path, broken: str) -> None:
    keep_exchange(tmp_path, broken, broken)
    with Store(tmp_path) as store:
        drafts = [store.threads.desk(thread.id).draft for thread in store.threads.all()]
        assert (broken in drafts) == bool(broken)
        assert {thread.title for thread in store.threads.all()} <= {"Recovered draft", ""}


def test_an_exchange_that_lacks_parts_keeps_the_others(tmp_path: Path) -> None:
    keep_exchange(tmp_path, None, json.dumps({"text": "half an answ\ud83d", "state": "writing"}))
    with Store(tmp_path) as store:
        (thread,) = store.threads.all()
        question, answer = store.trees.read(thread.id).messages
        assert question.text == ""
        assert (answer.text, answer.state) == ("half an answ\ufffd", "interrupted")


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "espalier.db"
    Database(path, (*MIGRATIONS, add_a_column)).close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"newer Espalier.*Update Espalier"):
        Store(tmp_path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "espalier.db"
    path.write_bytes(b"Dear diary, today I planted a pear tree. " * 200)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="damaged or is no database"):
        Store(tmp_path)
    assert path.read_bytes() == before


def test_a_damaged_file_says_so_when_the_damage_is_met(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for number in range(2_000):
            store.drafts.put(str(number), "text " * 20)
    path = tmp_path / "espalier.db"
    damaged = bytearray(path.read_bytes())
    damaged[8192:-4096] = os.urandom(len(damaged) - 8192 - 4096)
    path.write_bytes(damaged)
    with pytest.raises(StoreError, match="damaged"):
        read_all_drafts(tmp_path)


def read_all_drafts(profile: Path) -> None:
    with Store(profile) as store:
        for number in range(2_000):
            store.drafts.get(str(number))


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "espalier.db")) as other:
        other.execute("CREATE TABLE places (url TEXT)")
    with pytest.raises(StoreError, match="made by another program"):
        Store(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="may not be written"):
            Store(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_a_profile_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="has to be a folder"):
        Store(tmp_path / "file")
    with pytest.raises(StoreError, match="cannot be made"):
        Store(tmp_path / "file" / "below")


def test_a_full_disk_is_a_sentence_and_keeps_what_was_saved(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.drafts.put("before", "kept")
        pages = store._database.rows("PRAGMA page_count")[0][0]
        store._database.rows(f"PRAGMA max_page_count={pages + 4}")
        with pytest.raises(StoreError, match="disk is full"):
            store.drafts.put("big", "x" * 1_000_000)
        assert store.drafts.get("before") == "kept"
        assert store.drafts.get("big") is None


def test_a_file_locked_by_another_program_is_a_sentence(tmp_path: Path) -> None:
    with Store(tmp_path) as store, closing(sqlite3.connect(tmp_path / "espalier.db")) as other:
        store._database.rows("PRAGMA busy_timeout=10")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="in use by another program"):
            store.drafts.put("x", "y")
        with pytest.raises(StoreError, match="in use"), store._database.transaction():
            pass
        other.rollback()
        store.drafts.put("x", "y")


def test_a_full_disk_leaves_a_growing_answer_as_far_as_it_was_saved(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create().id
        _, answer = store.messages.ask(thread, None, "?", {})
        store.messages.append(answer, "kept ")
        pages = store._database.rows("PRAGMA page_count")[0][0]
        store._database.rows(f"PRAGMA max_page_count={pages + 2}")
        with pytest.raises(StoreError, match="disk is full"):
            store.messages.append(answer, "x" * 1_000_000)
        with pytest.raises(StoreError, match="disk is full"):
            store.messages.settle(answer, "done", "y" * 1_000_000, Answer({}))
        assert store.messages.texts([answer]) == {answer: "kept "}
        store._database.rows("PRAGMA max_page_count=1000000")
        store.messages.settle(answer, "done", "kept and done", Answer({}))
        assert store.search.find("done")[0].message == answer


def test_a_transaction_that_cannot_be_kept_leaves_the_store_usable(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        thread = store.threads.create().id
        with pytest.raises(sqlite3.IntegrityError), store._database.transaction() as connection:
            connection.execute(  # its parent is checked when all is written
                "INSERT INTO messages (thread, parent, role, state, size, created, text) "
                "VALUES (?, 99, 'user', 'done', 0, '', '')",
                (thread,),
            )
        store.drafts.put("after", "kept")
        assert store.drafts.get("after") == "kept"


def test_a_transaction_is_kept_or_undone_as_a_whole(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        database = store._database
        with suppress(ZeroDivisionError), database.transaction() as connection:
            connection.execute("INSERT INTO drafts (key, text, updated) VALUES ('a', 'b', '')")
            raise ZeroDivisionError
        assert store.drafts.get("a") is None
        store.drafts.put("a", "c")
