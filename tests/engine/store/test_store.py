"""The profile's database: what was acknowledged is there, and what cannot be used says why."""

import errno
import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import StoreError
from engine.store import Coverage, Row, Store
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
        assert str(store.jobs.coverage(job)) == "1 of 3 read, 1 failed, 1 to do"
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


def test_a_transaction_is_kept_or_undone_as_a_whole(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        database = store._database
        with suppress(ZeroDivisionError), database.transaction() as connection:
            connection.execute("INSERT INTO drafts (key, text, updated) VALUES ('a', 'b', '')")
            raise ZeroDivisionError
        assert store.drafts.get("a") is None
        store.drafts.put("a", "c")
