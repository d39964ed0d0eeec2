from __future__ import annotations

import contextlib
import hashlib
import io
import json
import random
import sqlite3
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from engine.cli import main
from engine.errors import BackupRefused, Cancelled, StoreError
from engine.settings import KEY, Appearance, AppSettings, write
from engine.store import INTERFACE, Attachment, Store, back_up, claim_profile
from engine.store.archive import back_up_profile, finish_restore, look_into, prepare_restore
from engine.store.database import Database
from engine.store.erasing import PARTS, erase, holdings
from engine.store.migrations import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCHEMA = '{"type": "object", "properties": {"total": {"type": "number"}}}'


def fill(profile: Path) -> None:
    """Make one of everything, with a file that hangs on a message."""
    with Store(profile) as store:
        thread = store.threads.create({"seed": 7}, title="Minutes of March")
        minutes = Attachment("minutes.png", "image/png", "", b"\x89PNG decided")
        question = store.messages.add(thread.id, None, "user", "What was decided?", attachments=[minutes])
        store.messages.add(thread.id, question, "assistant", "Everything.")
        store.threads.create(kind=INTERFACE, title="Booking a room")
        store.schemas.make("invoice", SCHEMA)
        store.jobs.set_documents(store.jobs.open({"schema": SCHEMA}, identity="ab", name="March"), ["a.pdf"])
        store.settings.put(KEY, write(AppSettings(Appearance("dark"))))
        store.settings.put("window.page", "Extract")


def held(profile: Path) -> dict[str, list[str]]:
    """Return everything of a database, table by table."""
    with closing(sqlite3.connect(profile / "espalier.db")) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
        ).fetchall()
        return {
            name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}")))
            for (name,) in tables
            if not name.startswith("sqlite_")
        }


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    profile = tmp_path / "profile"
    fill(profile)
    return profile


@pytest.fixture
def backup(filled: Path, tmp_path: Path) -> Path:
    target = tmp_path / "everything.zip"
    back_up_profile(filled, target)
    return target


def restored(profile: Path, backup: Path) -> Path | None:
    with claim_profile(profile):
        prepare_restore(profile, backup)
        return finish_restore(profile)


def test_what_was_backed_up_wiped_and_restored_is_all_there_again(filled: Path, backup: Path) -> None:
    before = held(filled)
    with claim_profile(filled):
        erase(filled, PARTS)
    with Store(filled) as store:
        assert not store.threads.all()
        assert not store.settings.all()
    restored(filled, backup)
    assert held(filled) == before
    with Store(filled) as store:
        (thread,) = [row for row in store.threads.all() if row.kind != INTERFACE]
        assert thread.title == "Minutes of March"
        (question, answer) = store.messages.outline(thread.id)
        assert store.messages.texts([answer.id]) == {answer.id: "Everything."}
        (attached,) = store.messages.attachments(thread.id, [question.id])
        assert (attached.name, attached.content) == ("minutes.png", b"\x89PNG decided")
        assert [row.name for row in store.schemas.all()] == ["invoice"]
        assert [job.name for job in store.jobs.all()] == ["March"]
        assert store.settings.get(KEY)["appearance"]["theme"] == "dark"


def test_a_backup_says_what_it_holds(backup: Path) -> None:
    contents = look_into(backup)
    assert contents.counts == {"threads": 1, "interfaces": 1, "schemas": 1, "jobs": 1}
    assert contents.made_by


def test_a_backup_is_made_beside_an_open_store_and_has_what_was_saved_last(filled: Path, tmp_path: Path) -> None:
    with Store(filled) as store:
        store.settings.put("window.page", "Models")
        shares: list[float] = []
        back_up_profile(filled, tmp_path / "b.zip", shares.append)
        store.settings.put("window.page", "Schemas")
    assert shares[-1] == 1
    restored(filled, tmp_path / "b.zip")
    with Store(filled) as store:
        assert store.settings.get("window.page") == "Models"


def test_the_state_of_before_is_kept_and_can_be_restored_in_the_same_way(filled: Path, backup: Path) -> None:
    with Store(filled) as store:
        store.threads.create(title="Written after the backup")
    kept = restored(filled, backup)
    assert kept is not None
    with Store(filled) as store:
        assert "Written after the backup" not in [row.title for row in store.threads.all()]
    back_up(filled, keep=1)  # the daily copies come and go beside it
    assert restored(filled, kept) is not None
    with Store(filled) as store:
        assert "Written after the backup" in [row.title for row in store.threads.all()]


def test_a_restore_that_is_prepared_changes_nothing_yet(filled: Path, backup: Path) -> None:
    before = held(filled)
    prepare_restore(filled, backup)
    assert held(filled) == before


def test_an_older_backup_is_brought_to_the_form_of_this_version(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    Database(old / "espalier.db", MIGRATIONS[:3]).close()
    back_up_profile(old, tmp_path / "old.zip")
    profile = tmp_path / "profile"
    restored(profile, tmp_path / "old.zip")
    with Store(profile) as store:
        assert store.threads.all() == []
    assert [path.name for path in profile.glob("*.part*")] == []


# Files that are refused


def rewritten(backup: Path, change: Callable[[dict[str, Any], bytes], dict[str, bytes]]) -> Path:
    """Write a backup again with other members."""
    with zipfile.ZipFile(backup) as archive:
        manifest, database = json.loads(archive.read("manifest.json")), archive.read("espalier.db")
    with zipfile.ZipFile(backup, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in change(manifest, database).items():
            archive.writestr(name, content)
    return backup


def said(manifest: dict[str, Any], **changes: Any) -> bytes:
    return json.dumps({**manifest, **changes}).encode()


def resized(manifest: dict[str, Any], database: bytes) -> bytes:
    size = {"size": len(database), "sha256": hashlib.sha256(database).hexdigest()}
    return said(manifest, database=manifest["database"] | size)


REFUSED: dict[str, tuple[Callable[[dict[str, Any], bytes], dict[str, bytes]], str]] = {
    "another zip": (lambda m, d: {"letter.txt": b"Dear"}, "no backup"),
    "a member more": (lambda m, d: {"manifest.json": said(m), "espalier.db": d, "../../evil": b"x"}, "no backup"),
    "another format": (lambda m, d: {"manifest.json": said(m, format="x"), "espalier.db": d}, "no backup"),
    "a newer format": (lambda m, d: {"manifest.json": said(m, version=9), "espalier.db": d}, "newer"),
    "a newer database": (
        lambda m, d: {"manifest.json": said(m, database=m["database"] | {"version": 999}), "espalier.db": d},
        "newer",
    ),
    "no manifest": (lambda m, d: {"manifest.json": b"{", "espalier.db": d}, "damaged"),
    "an endless manifest": (lambda m, d: {"manifest.json": b" " * 10**6, "espalier.db": d}, "damaged"),
    "other contents": (lambda m, d: {"manifest.json": said(m), "espalier.db": d[:-1] + b"!"}, "damaged"),
    "fewer contents": (lambda m, d: {"manifest.json": said(m), "espalier.db": d[:4096]}, "damaged"),
    "zeros that grow": (
        lambda m, d: {"manifest.json": resized(m, bytes(10**7)), "espalier.db": bytes(10**7)},
        "no database",
    ),
    "zeros behind a database": (
        lambda m, d: {"manifest.json": resized(m, d + bytes(10**7)), "espalier.db": d + bytes(10**7)},
        "no database",
    ),
    "broken pages": (lambda m, d: {"manifest.json": resized(m, torn(d)), "espalier.db": torn(d)}, "contradict"),
    "another database": (lambda m, d: {"manifest.json": resized(m, foreign()), "espalier.db": foreign()}, ""),
}


def torn(database: bytes) -> bytes:
    return database[:4096] + b"\xff" * 8192 + database[4096 + 8192 :]


def foreign() -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE letters (text)")
        return connection.serialize()


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_restored_is_refused_with_a_sentence_and_changes_nothing(
    filled: Path, backup: Path, name: str
) -> None:
    change, words = REFUSED[name]
    before = held(filled)
    files = sorted(path.name for path in filled.iterdir())
    with pytest.raises(BackupRefused) as caught:
        prepare_restore(filled, rewritten(backup, change))
    assert words in caught.value.message
    assert caught.value.where == str(backup)
    assert held(filled) == before
    assert sorted(path.name for path in filled.iterdir()) == files


def test_files_that_are_no_zip_or_cut_short_are_refused(filled: Path, backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    for size in (0, 10, len(whole) // 2, len(whole) - 10):
        backup.write_bytes(whole[:size])
        with pytest.raises(BackupRefused):
            prepare_restore(filled, backup)
    with pytest.raises(BackupRefused):
        look_into(tmp_path / "missing.zip")


@pytest.mark.parametrize("seed", range(60))
def test_a_backup_with_a_changed_byte_is_refused_or_says_the_same(filled: Path, backup: Path, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(backup.read_bytes())
    for _ in range(chance.randint(1, 3)):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    backup.write_bytes(content)
    before = held(filled)
    with contextlib.suppress(BackupRefused):
        restored(filled, backup)
    assert held(filled) == before


def test_stopping_leaves_nothing_behind(filled: Path, backup: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        back_up_profile(filled, tmp_path / "stopped.zip", should_stop=lambda: True)
    assert not (tmp_path / "stopped.zip").exists()
    with pytest.raises(Cancelled):
        prepare_restore(filled, backup, should_stop=lambda: True)
    assert not [path for path in filled.iterdir() if ".part" in path.name]


def test_a_backup_without_a_profile_or_a_place_says_so(filled: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing to back up"):
        back_up_profile(tmp_path, tmp_path / "b.zip")
    with pytest.raises(StoreError):
        back_up_profile(filled, tmp_path / "missing" / "b.zip")


# Deleting


def test_each_part_is_counted_and_deleted_by_itself(filled: Path) -> None:
    (filled / "cache").mkdir()
    (filled / "cache" / "layouts.json").write_text("{}" * 50)
    counts = {holding.part: holding.count for holding in holdings(filled) if holding.count is not None}
    assert counts == {"threads": 1, "interfaces": 1, "schemas": 1, "jobs": 1}
    assert next(each.size for each in holdings(filled) if each.part == "caches") == 100
    with claim_profile(filled):
        erase(filled, {"threads", "caches"})
    counts = {holding.part: holding.count for holding in holdings(filled) if holding.count is not None}
    assert counts == {"threads": 0, "interfaces": 1, "schemas": 1, "jobs": 1}
    assert not (filled / "cache").exists()
    assert b"decided" not in (filled / "espalier.db").read_bytes()
    with Store(filled) as store:
        assert store.search.find("decided") == []
        assert store.settings.get("window.page") == "Extract"


def test_deleting_all_leaves_nothing_that_a_person_wrote(filled: Path) -> None:
    back_up(filled)
    (filled / "logs").mkdir()
    (filled / "logs" / "app.log").write_text("said")
    (filled / "espalier.db.damaged-20260101").write_bytes(b"decided")
    with claim_profile(filled):
        erase(filled, PARTS)
    assert [path.name for path in filled.rglob("*") if path.is_file() and path.suffix != ".lock"] == []


def test_deleting_follows_no_link_out_of_the_profile(filled: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "letter.txt").write_text("mine")
    (filled / "cache").symlink_to(outside, target_is_directory=True)
    (filled / "models").mkdir()
    (filled / "models" / "elsewhere").symlink_to(outside, target_is_directory=True)
    with claim_profile(filled):
        erase(filled, {"caches", "models"})
    assert (outside / "letter.txt").read_text() == "mine"
    assert not (filled / "cache").exists()


# The terminal


def test_the_terminal_backs_up_and_restores(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "everything.zip"
    assert main(["backup", str(target), "--profile", str(filled)]) == 0
    assert "1 thread, 1 interface, 1 schema, 1 extraction" in capsys.readouterr().out
    other = tmp_path / "other"
    assert main(["restore", str(target), "--profile", str(other), "--yes"]) == 0
    with Store(other) as store:
        assert [row.name for row in store.schemas.all()] == ["invoice"]
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["restore", str(target), "--profile", str(other)]) == 1
    assert "--yes" in capsys.readouterr().err


def test_the_terminal_does_not_restore_under_an_open_window(
    filled: Path, backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with claim_profile(filled):
        assert main(["restore", str(backup), "--profile", str(filled), "--yes"]) == 1
    assert "Another window" in capsys.readouterr().err
