"""Everything of a profile as one file, and back: threads, attachments, schemas, interfaces, jobs, settings.

The file is a zip of two members: `manifest.json`, which says what the other is, and `espalier.db`, a copy of the
database in which all of this lies. Models are not in it, nor logs and caches; keys are in the system's keyring and
never were in the database. A file from elsewhere is data: nothing is unpacked under a name that it gives, and no more
than it said at first.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any, Final

from engine._version import __version__
from engine.errors import BackupRefused, Cancelled, StoreDamaged, StoreError
from engine.store.backup import COMPANIONS, SPARE, check_copy, copy_database, explaining_files, sync
from engine.store.database import Database
from engine.store.lock import lock_file
from engine.store.migrations import MIGRATIONS
from engine.store.profile import DATABASE, prepare_profile
from engine.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FORMAT: Final = "espalier-profile"
VERSION: Final = 1
_MANIFEST: Final = "manifest.json"
_LONGEST_MANIFEST: Final = 64 * 1024
_STEP: Final = 1024 * 1024
_SQLITE: Final = b"SQLite format 3\0"
_METHODS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED: Final = 0x1
_COUNTED: Final = {
    "threads": "SELECT count(*) FROM threads WHERE deleted IS NULL AND kind != 'interface'",
    "interfaces": "SELECT count(*) FROM threads WHERE deleted IS NULL AND kind = 'interface'",
    "schemas": "SELECT count(*) FROM schemas WHERE deleted IS NULL",
    "jobs": "SELECT count(*) FROM jobs WHERE deleted IS NULL",
}
_DAMAGED: Final = "The backup is damaged"
_OTHER: Final = "Choose another backup. Nothing was changed."


@dataclass(frozen=True)
class Contents:
    """What a backup holds: when and by which version it was made, bytes unpacked, and how many of what."""

    made: datetime
    made_by: str
    size: int
    sha256: str
    counts: dict[str, int]


def _never() -> bool:
    return False


def back_up_profile(
    profile: Path,
    target: Path,
    on_progress: Callable[[float], None] | None = None,
    should_stop: Callable[[], bool] = _never,
) -> Contents:
    """Write everything of a profile into one file, while it is used; one that is there is replaced at the end.

    `on_progress` is told the share (0..1) that is written. Raises StoreError, and Cancelled where `should_stop` says
    so: nothing is left then.
    """
    database = profile / DATABASE
    copy = profile / f".backup-{os.getpid()}.part"
    busy = StoreError("A backup is being written already.", where=str(profile), advice="Wait until it is done.")
    with lock_file(profile / "locks" / "archive.lock", busy), explaining_files(target.parent):
        if not database.exists():
            raise StoreError("There is nothing to back up yet.", where=str(database))
        for left in profile.glob(".backup-*.part*"):  # by a process that was killed
            left.unlink()
        _require_room(profile, database.stat().st_size)
        try:
            copy_database(database, copy)
            check_copy(copy, database)
            contents = Contents(
                datetime.now(UTC).replace(microsecond=0), __version__, copy.stat().st_size, _sha256(copy), _counts(copy)
            )
            with (
                whole_file(target, StoreError, "Choose another place. Nothing was written.") as file,
                zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
            ):
                archive.writestr(_MANIFEST, json.dumps(_manifest(contents), indent=2))
                with copy.open("rb") as source, archive.open(DATABASE, "w", force_zip64=True) as member:
                    done = 0
                    while piece := source.read(_STEP):
                        if should_stop():
                            raise Cancelled("The backup was stopped.")
                        member.write(piece)
                        done += len(piece)
                        if on_progress is not None:
                            on_progress(done / contents.size)
        finally:
            copy.unlink(missing_ok=True)
    return contents


def look_into(path: Path) -> Contents:
    """Say what a backup holds, without unpacking it. Raises BackupRefused, with a sentence that says why."""
    with _refusing(path):
        if _is_plain(path):
            status = path.stat()
            return Contents(datetime.fromtimestamp(status.st_mtime, UTC), "", status.st_size, "", {})
        with zipfile.ZipFile(path) as archive:
            return _contents(archive, path)


def prepare_restore(
    profile: Path,
    path: Path,
    on_progress: Callable[[float], None] | None = None,
    should_stop: Callable[[], bool] = _never,
) -> Contents:
    """Unpack a backup beside the database and check it, page by page; `finish_restore` puts it in place.

    One of the copies of the database in the folder `backups` can be given, too. This is what takes its time, and the
    profile can be used meanwhile. Raises BackupRefused where the file is no backup, damaged or newer, StoreError where
    the disk has no room, Cancelled; nothing is left then.
    """
    partial = _waiting(prepare_profile(profile))
    contents = look_into(path)
    _require_room(profile, contents.size)
    whole = False
    try:
        _remove(partial)
        if not contents.sha256:
            _copy_plain(path, partial)
        else:
            with _refusing(path), zipfile.ZipFile(path) as archive, archive.open(DATABASE) as member:
                digest = _unpack(member, partial, contents.size, path, on_progress, should_stop)
            if digest != contents.sha256:
                reason = f"{_DAMAGED}: its contents are not those it was made with."
                raise BackupRefused(reason, where=str(path), advice=_OTHER)
        _check(partial, path)
        with explaining_files(profile):
            sync(partial)
        whole = True
    finally:
        if not whole:
            _remove(partial)
    return contents


def finish_restore(profile: Path) -> Path | None:
    """Put what `prepare_restore` has made in the place of the database; return where the state of before is kept.

    To be called under `claim_profile`, with no `Store` open. The old database is moved with its companions into the
    folder of copies, where nothing removes it; None where there was none. Raises StoreError.
    """
    database, partial = profile / DATABASE, _waiting(profile)
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    kept = profile / "backups" / f"before-restore-{stamp}.db"
    with explaining_files(profile):
        if not partial.exists():
            raise StoreError("Nothing stands ready to be restored.", where=str(partial))
        there = database.exists()
        kept.parent.mkdir(exist_ok=True)
        if there:
            database.rename(kept)
        for end in COMPANIONS:  # a log without its database would be taken for that of the next one
            beside = database.with_name(database.name + end)
            if beside.exists():
                beside.rename(kept.with_name(kept.name + end))
        partial.replace(database)
    return kept if there else None


def _waiting(profile: Path) -> Path:
    return profile / f"{DATABASE}.restore.part"


def _manifest(contents: Contents) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "made": contents.made.isoformat(),
        "espalier": contents.made_by,
        "database": {"size": contents.size, "sha256": contents.sha256, "version": len(MIGRATIONS)},
        "counts": contents.counts,
    }


def _contents(archive: zipfile.ZipFile, path: Path) -> Contents:
    """Read the manifest and hold it against the members; nothing else may be in the file."""
    members = archive.infolist()
    if sorted(member.filename for member in members) != sorted((_MANIFEST, DATABASE)):
        raise BackupRefused("This is no backup of Espalier.", where=str(path), advice=_OTHER)
    by_name = {member.filename: member for member in members}
    for member in members:
        if member.flag_bits & _ENCRYPTED or member.compress_type not in _METHODS:
            raise BackupRefused("This is no backup that Espalier made.", where=str(path), advice=_OTHER)
    with archive.open(_MANIFEST) as file:
        text = file.read(_LONGEST_MANIFEST + 1)
    if len(text) > _LONGEST_MANIFEST:
        raise BackupRefused(f"{_DAMAGED}: what it says of itself is too long.", where=str(path), advice=_OTHER)
    try:
        told = json.loads(text)
        database = told["database"]
        ours = told["format"] == FORMAT
        newer = int(told["version"]) > VERSION or int(database["version"]) > len(MIGRATIONS)
        contents = Contents(
            datetime.fromisoformat(told["made"]).astimezone(UTC),
            str(told["espalier"])[:40],
            int(database["size"]),
            str(database["sha256"]),
            {name: int(told["counts"].get(name, 0)) for name in _COUNTED},
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise BackupRefused(f"{_DAMAGED}: it does not say what it holds.", where=str(path), advice=_OTHER) from error
    if not ours:
        raise BackupRefused("This is no backup of Espalier.", where=str(path), advice=_OTHER)
    if newer:
        raise BackupRefused(
            f"The backup was made by a newer Espalier, {contents.made_by}.",
            where=str(path),
            advice="Update Espalier, then restore it. Nothing was changed.",
        )
    if by_name[DATABASE].file_size != contents.size:
        raise BackupRefused(f"{_DAMAGED}: it is not as long as it says.", where=str(path), advice=_OTHER)
    return contents


def _unpack(
    member: IO[bytes],
    target: Path,
    size: int,
    path: Path,
    on_progress: Callable[[float], None] | None,
    should_stop: Callable[[], bool],
) -> str:
    """Write the database, and never more than was said; return its SHA-256. Its first page says its length, too."""
    digest, done = hashlib.sha256(), 0
    with target.open("wb") as out:
        while piece := member.read(min(_STEP, size - done + 1)):
            if should_stop():
                raise Cancelled("Restoring was stopped. Nothing was changed.")
            if done == 0 and not _is_database(piece, size):
                raise BackupRefused(f"{_DAMAGED}: there is no database in it.", where=str(path), advice=_OTHER)
            done += len(piece)
            if done > size:
                raise BackupRefused(f"{_DAMAGED}: it holds more than it says.", where=str(path), advice=_OTHER)
            digest.update(piece)
            out.write(piece)
            if on_progress is not None:
                on_progress(done / size)
    if done != size:
        raise BackupRefused(f"{_DAMAGED}: it is cut short.", where=str(path), advice=_OTHER)
    return digest.hexdigest()


def _is_database(start: bytes, size: int) -> bool:
    """Whether this begins an SQLite file of that size (https://www.sqlite.org/fileformat2.html#the_database_header)."""
    page = int.from_bytes(start[16:18], "big")
    pages = int.from_bytes(start[28:32], "big")
    return start[:16] == _SQLITE and (65536 if page == 1 else page) * pages == size


def _is_plain(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def _copy_plain(path: Path, target: Path) -> None:
    try:
        copy_database(path, target)
    except StoreError as error:
        raise BackupRefused(f"The copy cannot be used: {error.message}", where=str(path), advice=_OTHER) from error


def _remove(partial: Path) -> None:
    for left in (partial, *partial.parent.glob(f"{partial.name}?*")):
        left.unlink(missing_ok=True)


def _check(unpacked: Path, path: Path) -> None:
    """Read every page, and bring the copy to the form of this version, so that nothing can fail once it is in place."""
    try:
        check_copy(unpacked, path)
        Database(unpacked).close()
        for left in unpacked.parent.glob(f"{unpacked.name}?*"):  # its state before it was brought to this version
            left.unlink()
    except StoreDamaged as error:
        raise BackupRefused(f"{_DAMAGED}: its pages contradict each other.", where=str(path), advice=_OTHER) from error
    except (StoreError, sqlite3.Error) as error:
        reason = error.message if isinstance(error, StoreError) else "it is no database of Espalier."
        raise BackupRefused(f"The backup cannot be used: {reason}", where=str(path), advice=_OTHER) from error


def _counts(copy: Path) -> dict[str, int]:
    counts = dict.fromkeys(_COUNTED, 0)
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        for name, query in _COUNTED.items():
            with contextlib.suppress(sqlite3.OperationalError):  # an older database, that has no such table yet
                counts[name] = int(connection.execute(query).fetchone()[0])
    return counts


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_room(folder: Path, size: int) -> None:
    needed = size + SPARE
    if shutil.disk_usage(folder).free < needed:
        raise StoreError(
            f"The disk has no room for it: {needed / 1e6:,.0f} MB are needed.",
            where=str(folder),
            advice="Free some space. Nothing was changed.",
        )


@contextlib.contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turn whatever a broken file makes `zipfile` raise into a refusal."""
    try:
        yield
    except OSError as error:
        reason = f"The backup cannot be read: {error.strerror or error}."
        raise BackupRefused(reason, where=str(path), advice=_OTHER) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        whole = zipfile.is_zipfile(path)
        reason = f"{_DAMAGED}: it cannot be unpacked." if whole else "This is no backup of Espalier."
        raise BackupRefused(reason, where=str(path), advice=_OTHER) from error
