"""Damage is a sentence, the newest backup a way out of it, and nothing is ever removed."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import namedtuple
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.errors import ProfileInUse, StoreDamaged, StoreError
from engine.store import Store, back_up, claim_profile, newest_backup, restore, set_aside

PAGE = 4096


def fill(profile: Path, threads: int = 40) -> list[str]:
    with Store(profile) as store:
        for number in range(threads):
            thread = store.threads.create(title=f"thread {number}").id
            store.messages.ask(thread, None, f"question {number} " + "about pears " * 200, {})
        return titles(store)


def titles(store: Store) -> list[str]:
    return [thread.title for thread in store.threads.all()]


def read_everything(profile: Path) -> list[str]:
    with Store(profile) as store:
        for thread in store.threads.all():
            store.trees.read(thread.id)
        store.search.find("pears")
        return titles(store)


def break_header(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 400)


def break_middle(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[PAGE * 20 : -PAGE] = os.urandom(len(raw) - PAGE * 21)
    path.write_bytes(raw)


def cut_short(path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2 // PAGE * PAGE])


def cut_within_a_page(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: PAGE * 5 + 100])


def make_empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [break_header, break_middle, cut_short, cut_within_a_page, make_empty])
def test_damage_is_told_and_the_newest_backup_put_in_place(tmp_path: Path, damage: object) -> None:
    before = fill(tmp_path)
    back_up(tmp_path)
    database = tmp_path / "espalier.db"
    damage(database)  # type: ignore[operator]
    damaged = database.read_bytes()
    with pytest.raises(StoreDamaged, match=r"damaged|empty") as told:
        read_everything(tmp_path)
    assert "newest backup" in str(told.value)
    backup = newest_backup(tmp_path)
    assert backup is not None
    with claim_profile(tmp_path):
        kept = restore(tmp_path, backup)
    assert kept is not None
    assert kept.read_bytes() == damaged
    assert kept.name.startswith("espalier.db.damaged-")
    assert read_everything(tmp_path) == before
    assert not list(tmp_path.rglob("*.part*"))


def test_what_the_log_of_another_database_has_overwritten_is_in_the_backup(tmp_path: Path) -> None:
    ours, other = tmp_path / "ours", tmp_path / "other"
    before = fill(ours)
    back_up(ours)
    with Store(other) as store:  # the log holds pages of another file, which SQLite cannot know
        for number in range(5):
            store.threads.create(title=f"other {number} " + "x" * 900)
        shutil.copy(other / "espalier.db-wal", ours / "espalier.db-wal")
    with suppress(StoreDamaged):
        assert read_everything(ours) != before
    backup = newest_backup(ours)
    assert backup is not None
    restore(ours, backup)
    assert read_everything(ours) == before


def test_a_log_that_was_not_written_back_goes_aside_with_its_file(tmp_path: Path) -> None:
    before = fill(tmp_path)
    backup = back_up(tmp_path)
    with Store(tmp_path) as store:
        store.threads.create(title="later")
        left = (tmp_path / "espalier.db-wal").read_bytes()
        (tmp_path / "kept").write_bytes(left)
    (tmp_path / "espalier.db-wal").write_bytes(left)
    kept = restore(tmp_path, backup)
    assert kept is not None
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == left
    assert not (tmp_path / "espalier.db-wal").exists()
    assert read_everything(tmp_path) == before


def break_one_page(path: Path) -> None:
    """Break a page that is copied like any other, and met by no query until somebody reads that message."""
    raw = bytearray(path.read_bytes())
    raw[PAGE * 40 : PAGE * 41] = bytes(PAGE)
    path.write_bytes(raw)


@pytest.mark.parametrize("damage", [break_middle, break_one_page])
def test_damage_that_nobody_has_met_is_found_by_the_backup_which_keeps_the_older_ones(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    fill(tmp_path, threads=120)
    good = back_up(tmp_path)
    damage(tmp_path / "espalier.db")
    with pytest.raises(StoreDamaged):
        back_up(tmp_path)
    assert newest_backup(tmp_path) == good
    assert [path.name for path in good.path.parent.iterdir()] == [good.path.name]


def test_a_new_profile_may_be_empty_and_a_damaged_one_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "espalier.db").write_bytes(b"")
    Store(tmp_path).close()
    assert set_aside(tmp_path / "nowhere") is None
    break_header(tmp_path / "espalier.db")
    kept = set_aside(tmp_path)
    assert kept is not None
    assert kept.read_bytes().startswith(b"Dear diary")
    assert read_everything(tmp_path) == []


def test_a_backup_is_one_whole_file_of_one_moment(tmp_path: Path) -> None:
    before = fill(tmp_path)
    with Store(tmp_path) as store:
        backup = back_up(tmp_path)
        store.threads.create(title="after")
    assert backup.path.parent == tmp_path / "backups"
    assert abs((datetime.now(UTC) - backup.made).total_seconds()) < 60
    assert [path.name for path in backup.path.parent.iterdir()] == [backup.path.name]
    shutil.copy(backup.path, tmp_path / "backups" / "notes.db")
    shutil.copy(backup.path, tmp_path / "backups" / "espalier-yesterday.db")
    assert newest_backup(tmp_path) == backup
    restore(tmp_path, backup)
    assert read_everything(tmp_path) == before


def test_a_backup_is_made_while_others_write(tmp_path: Path) -> None:
    fill(tmp_path, threads=300)
    stop = threading.Event()
    written: list[str] = []

    def write() -> None:
        with Store(tmp_path) as store:
            while not stop.is_set():
                store.drafts.put("d", "x" * 5_000)
                written.append(store.threads.create(title=f"beside {len(written)}").title)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not written:
            stop.wait(0.01)
        begun = len(written)
        backup = back_up(tmp_path)
        ended = len(written)
    finally:
        stop.set()
        writer.join()
    with closing(sqlite3.connect(backup.path)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        copied = copy.execute("SELECT count(*) FROM threads WHERE title LIKE 'beside%'").fetchone()[0]
    assert begun <= copied <= ended + 1
    assert ended > begun, "the writer stood still"


def test_the_newest_backups_are_kept(tmp_path: Path) -> None:
    fill(tmp_path)
    first = back_up(tmp_path)
    for day in range(1, 6):
        shutil.copy(first.path, first.path.with_name(f"espalier-2020010{day}-120000.db"))
    (tmp_path / "backups" / "espalier-20200101-000000.db.part").write_bytes(b"left by a kill")
    newest = back_up(tmp_path, keep=3)
    names = sorted(path.name for path in (tmp_path / "backups").iterdir())
    assert newest.path.name == names[-1]
    assert names[:-1][-1] >= "espalier-20200105-120000.db"
    assert len(names) == 3


def test_there_is_nothing_to_copy_before_the_first_start(tmp_path: Path) -> None:
    assert newest_backup(tmp_path) is None
    with pytest.raises(StoreError, match="no database to copy"):
        back_up(tmp_path)


def test_a_backup_leaves_room_for_what_a_person_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9 - 10**7, 10**7))
    with pytest.raises(StoreError, match=r"no room for a backup: \d+ MB are needed"):
        back_up(tmp_path)
    assert newest_backup(tmp_path) is None


def test_another_programs_database_is_not_restored(tmp_path: Path) -> None:
    before = fill(tmp_path)
    backup = back_up(tmp_path)
    backup.path.unlink()
    with closing(sqlite3.connect(backup.path)) as other:
        other.execute("CREATE TABLE places (url TEXT)")
    with pytest.raises(StoreError):
        restore(tmp_path, backup)
    backup.path.unlink()
    with pytest.raises(StoreError, match="cannot be made or used"):
        restore(tmp_path, backup)
    assert read_everything(tmp_path) == before


CLAIMING = """
import sys
from pathlib import Path
from engine.store import claim_profile
with claim_profile(Path(sys.argv[1])):
    print("claimed", flush=True)
    sys.stdin.read()
"""


def test_a_profile_is_open_in_one_window_and_free_when_that_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CLAIMING, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout
        assert next(window.stdout) == "claimed\n"
        with pytest.raises(ProfileInUse, match="Another window"), claim_profile(tmp_path):
            pass
        Store(tmp_path).close()  # a terminal beside it needs no claim
        os.kill(window.pid, signal.SIGKILL)
        window.wait()
        with claim_profile(tmp_path), pytest.raises(ProfileInUse), claim_profile(tmp_path):
            pass
        with claim_profile(tmp_path):
            pass


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_profile_is_a_sentence_for_backups_and_claims(tmp_path: Path) -> None:
    fill(tmp_path)
    shutil.rmtree(tmp_path / "locks", ignore_errors=True)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="lock cannot be made"):
            back_up(tmp_path)
        with pytest.raises(StoreError, match="lock cannot be made"), claim_profile(tmp_path):
            pass
    finally:
        tmp_path.chmod(0o700)
