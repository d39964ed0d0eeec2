"""What is kept of a download beside its unfinished files, so that it can go on after anything."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING, BinaryIO, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from engine.errors import DiskFull, DownloadError
from engine.file_lock import try_lock
from engine.hub.file import HubFile, check_whole, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PART = ".part"
RECORD = ".part.json"
_LOCK = ".part.lock"
_UNFINISHED = ".new"
_LARGEST = 1 << 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Record(BaseModel):
    """The files of a download, all parts of one model, and the entity tags that their server gave them by name."""

    model_config = ConfigDict(frozen=True)

    version: Literal[1] = 1
    files: tuple[HubFile, ...]
    tags: dict[str, str] = {}

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Return what a file says, or None where there is none or it says nothing that can be trusted."""
        try:
            if path.stat().st_size > _LARGEST:
                return None
            record = cls.model_validate_json(path.read_bytes())
            check_whole(record.files)
            names = [local_name(file) for file in record.files]
        except (OSError, ValidationError, DownloadError, IndexError):
            return None
        return record if path.name == names[0] + RECORD else None

    def write(self, folder: Path) -> None:
        """Put it beside the first file of its model. Raises `DownloadError`, `DiskFull`."""
        path = record_path(folder, self.files)
        # Under one name, since there is one writer: what a kill leaves of it, the next one writes over.
        unfinished = path.with_name(path.name + _UNFINISHED)
        try:
            with unfinished.open("wb") as file:
                file.write(self.model_dump_json().encode())
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError as error:
            raise disk_error(error, path) from error

    def knows(self, file: HubFile) -> bool:
        """Tell whether what was fetched by this record is the beginning of that file."""
        return any(
            local_name(known) == local_name(file)
            and known.size == file.size
            and known.sha256 == file.sha256
            and (known.sha256 is not None or known.url == file.url)
            for known in self.files
        )


def record_path(folder: Path, files: tuple[HubFile, ...]) -> Path:
    """Return where the record of a download is kept."""
    return folder / (local_name(files[0]) + RECORD)


def remove_record(folder: Path, files: tuple[HubFile, ...]) -> None:
    """Forget a download. Raises `DownloadError` where the system does not let it."""
    path = record_path(folder, files)
    try:
        path.with_name(path.name + _UNFINISHED).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    except OSError as error:
        raise disk_error(error, path) from error


def remove_part(folder: Path, file: HubFile) -> None:
    """Throw away what has arrived of a file. Raises `DownloadError` where the system does not let it."""
    path = part_path(folder, file)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise disk_error(error, path) from error


def part_path(folder: Path, file: HubFile) -> Path:
    """Return where a file is kept while it is fetched."""
    return folder / (local_name(file) + PART)


def disk_error(error: OSError, path: Path) -> DownloadError:
    """Return what an error of the operating system means for a download."""
    if error.errno in _FULL:
        return DiskFull(
            "The disk is full.",
            where=str(path.parent),
            advice="Make room and resume; what has arrived is kept.",
        )
    if error.errno == errno.EFBIG:
        return DiskFull(
            "The disk takes no file of this size.",
            where=str(path.parent),
            advice="Choose a folder on another disk, one that is not formatted as FAT32.",
        )
    return DownloadError(
        f"The file cannot be written: {error.strerror or error}.", where=str(path), advice="Choose another folder."
    )


@contextlib.contextmanager
def claim(folder: Path, files: tuple[HubFile, ...]) -> Iterator[None]:
    """Be the only one to fetch a model into a folder until the block ends or the process is killed.

    Raises `DownloadError` at once where somebody else does, or where the folder cannot be written to.
    """
    path = folder / (local_name(files[0]) + _LOCK)
    file = None
    try:
        while file is None:
            file = _lock(path)
    except OSError as error:
        raise disk_error(error, path) from error
    with file:
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # an open file cannot be removed on Windows: it stays there, empty
                path.unlink()


def is_claimed(folder: Path, files: tuple[HubFile, ...]) -> bool:
    """Tell whether somebody fetches a model into a folder right now, without being in their way."""
    if not (folder / (local_name(files[0]) + _LOCK)).exists():
        return False
    try:
        with claim(folder, files):
            return False
    except DownloadError:
        return True


def _lock(path: Path) -> BinaryIO | None:
    """Return the locked file; None where whoever held it removed it between its opening and its locking here."""
    with contextlib.ExitStack() as opened:
        file = opened.enter_context(path.open("ab"))
        if not try_lock(file):
            raise DownloadError(
                "This model is being downloaded into this folder already.",
                where=str(path.parent),
                advice="Wait for the other download, or stop it.",
            )
        if not path.exists() or not os.path.samestat(os.fstat(file.fileno()), path.stat()):
            return None
        opened.pop_all()
        return file
