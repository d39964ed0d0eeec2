"""A model on its way into a folder."""

from __future__ import annotations

import functools
import logging
import shutil
from typing import TYPE_CHECKING

from engine.errors import (
    Cancelled,
    DiskFull,
    DownloadDamaged,
    DownloadError,
    InvalidRequest,
    ModelFileInvalid,
    SecretsUnavailable,
)
from engine.gguf import read_header
from engine.hub.addresses import hub_endpoint, shown
from engine.hub.fetching import Fetching, Patience, Way
from engine.hub.file import check_whole, local_name, name_of
from engine.hub.progress import Meter
from engine.hub.record import Record, claim, disk_error, part_path, record_path, remove_part, remove_record
from engine.library.hashing import sha256_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from engine.hub.file import HubFile
    from engine.hub.progress import DownloadProgress
    from engine.network import Network

_RESERVE = 64 << 20
"""Bytes that are left free on the disk: a system without any cannot be worked with."""

log = logging.getLogger(__name__)


class Download:
    """All parts of one model, fetched into a folder under their own names.

    While it lasts, each file stands beside its name with the ending `.part`, and what is known of them in one
    `.part.json`; both outlive the program. `token` is asked once a run; it is given to the server at `endpoint`, the
    hub's, and to no other. After a run `hashes` are the SHA-256 of the files, in hex and in their order.
    """

    def __init__(
        self,
        files: Sequence[HubFile],
        folder: Path,
        network: Network,
        token: Callable[[], str | None],
        *,
        endpoint: str | None = None,
        patience: Patience | None = None,
    ) -> None:
        """Prepare to fetch; nothing is asked or written yet.

        Raises `InvalidRequest` for no files, `DownloadRefused` unless they are one whole model with harmless names.
        """
        if not files:
            raise InvalidRequest("There is no file to download.")
        check_whole(files)
        self.files = tuple(files)
        self.folder = folder
        self.paths = tuple(folder / local_name(file) for file in files)
        self.name = name_of(files)
        self.total = sum(file.size for file in files)
        self.hashes: tuple[str, ...] = ()
        self._network = network
        self._token = token
        self._endpoint = (endpoint or hub_endpoint()).rstrip("/")
        self._patience = patience or Patience()

    def run(self, on_progress: Callable[[DownloadProgress], None], should_stop: Callable[[], bool]) -> tuple[Path, ...]:
        """Fetch what is not there yet, check all of it, and return where it lies, the first part first.

        Call it on a worker; `on_progress` and `should_stop` are called there, the latter at least ten times a second.
        Raises `Cancelled` once `should_stop` says so, `NetworkOff`, `DiskFull` and other `DownloadError`s. Whatever
        happens, what has arrived is kept and the next run goes on from there, but for what turned out to be damaged.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error, self.folder / self.paths[0].name) from error
        with claim(self.folder, self.files), self._network.using(f"Downloading {self.name}"):
            try:
                self._check_space()
                self._run(on_progress, should_stop)
            except OSError as error:
                raise disk_error(error, self.paths[0]) from error
            except DownloadError:
                if not any(part_path(self.folder, file).exists() for file in self.files):
                    remove_record(self.folder, self.files)  # nothing is left that could go on
                raise
        log.info("Downloaded %s from %s", self.name, shown(self.files[0].url))
        return self.paths

    def _run(self, on_progress: Callable[[DownloadProgress], None], should_stop: Callable[[], bool]) -> None:
        record = self._begin()
        meter = Meter(self.total, on_progress)
        meter.enter("asking", self._done())
        self._fetch(record, meter, should_stop)
        meter.enter("checking", 0)
        pairs = zip(self.files, self.paths, strict=True)
        self.hashes = tuple(self._check(file, path, meter, should_stop) for file, path in pairs)
        self._finish()

    def _begin(self) -> Record:
        """Throw away what belongs to other files of these names, and write down what is to be fetched."""
        path = record_path(self.folder, self.files)
        before = Record.read(path)
        if not path.exists():  # a record is there before anything else and goes last, so these are somebody else's
            for file in self.files:
                if part_path(self.folder, file).exists():
                    raise _taken(part_path(self.folder, file))
        tags: dict[str, str] = {}
        for file in self.files:
            if before is not None and before.knows(file):
                tags |= {file.name: before.tags[file.name]} if file.name in before.tags else {}
            else:
                remove_part(self.folder, file)
        record = Record(files=self.files, tags=tags)
        record.write(self.folder)
        return record

    def _done(self) -> int:
        """Return how many bytes are here. Raises `DownloadError` where a name is taken by another file."""
        done = 0
        for file, path in zip(self.files, self.paths, strict=True):
            part = part_path(self.folder, file)
            if path.exists():
                if not path.is_file() or path.stat().st_size != file.size:
                    raise _taken(path)
                done += file.size
            elif part.is_file():
                done += min(part.stat().st_size, file.size)
        return done

    def _check_space(self) -> None:
        missing = self.total - self._done()
        free = shutil.disk_usage(self.folder).free
        if missing and free < missing + _RESERVE:
            raise DiskFull(
                f"{_spell(missing)} are still to come, and the disk has {_spell(free)} free.",
                where=str(self.folder),
                advice="Make room, or choose a folder on another disk.",
            )

    def _fetch(self, record: Record, meter: Meter, should_stop: Callable[[], bool]) -> None:
        tags = dict(record.tags)

        def remember(name: str, tag: str) -> None:
            tags[name] = tag
            Record(files=self.files, tags=tags).write(self.folder)

        way = Way(self._network, self._ask_token(), self._endpoint, self._patience)
        for file, path in zip(self.files, self.paths, strict=True):
            if path.exists():
                continue
            part = part_path(self.folder, file)
            tag = tags.get(file.name)
            Fetching(file, part, way, meter, should_stop, tag, functools.partial(remember, file.name)).run()

    def _ask_token(self) -> str | None:
        try:
            return self._token()
        except SecretsUnavailable as error:
            # Most models need none; where this one does, the hub's refusal says so.
            log.warning("Downloading without a token: %s", error)
            return None

    def _check(self, file: HubFile, path: Path, meter: Meter, should_stop: Callable[[], bool]) -> str:
        """Compare a file with what the hub promised, and return its hash.

        What is not as promised is thrown away, unless it was here before.
        """
        is_here = path.exists()
        found = path if is_here else part_path(self.folder, file)
        digest = _sha256(found, meter, should_stop)
        if file.sha256 is not None and digest != file.sha256:
            if is_here:
                raise _taken(path)
            remove_part(self.folder, file)
            raise DownloadDamaged(
                "What arrived is not what the hub promised: its SHA-256 is another. It was thrown away.",
                where=shown(file.url),
                advice="Begin anew; if it happens again, the fault is the hub's or that of a proxy on the way.",
            )
        try:
            read_header(found)
        except ModelFileInvalid as error:
            if is_here:
                raise
            remove_part(self.folder, file)
            raise DownloadDamaged(
                f"What arrived is no model that can be used, and was thrown away. {error.message}",
                where=shown(file.url),
                advice="Choose another file.",
            ) from error
        return digest

    def _finish(self) -> None:
        """Give all files their names, the first last, so that a model never seems to be there with parts missing."""
        for file, path in reversed(list(zip(self.files, self.paths, strict=True))):
            if not path.exists():
                part_path(self.folder, file).rename(path)
        remove_record(self.folder, self.files)


def _sha256(path: Path, meter: Meter, should_stop: Callable[[], bool]) -> str:
    size, counted = path.stat().st_size, 0

    def count(share: float) -> None:
        nonlocal counted
        done = round(share * size)
        meter.move(done - counted)
        counted = done

    try:
        digest = sha256_of(path, count, should_stop)
    except ModelFileInvalid as error:
        raise DownloadError(error.message, where=str(path), advice=error.advice) from error
    if digest is None:
        raise Cancelled("The download was paused.", advice="Resume it, and it goes on where it was.")
    return digest


def _taken(path: Path) -> DownloadError:
    return DownloadError(
        "Another file of this name lies there.", where=str(path), advice="Choose another folder, or move it away."
    )


def _spell(size: int) -> str:
    if size >= 1e12:
        return f"{size / 1e12:,.1f} TB"
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
