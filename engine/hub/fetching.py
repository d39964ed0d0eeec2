"""One file, from whatever is there of it to its last byte: over cuts, waits and servers that begin anew."""

from __future__ import annotations

import os
import queue
import re
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2

from engine.errors import Cancelled, DownloadDamaged, DownloadError
from engine.gguf.header import MAGIC
from engine.hub.addresses import shown
from engine.hub.record import disk_error, remove_part
from engine.hub.refusals import ASKS_TO_WAIT, MAY_PASS, asked_wait, refusal, unreachable
from engine.hub.stream import Head, Stream

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import FileIO
    from pathlib import Path

    from engine.hub.file import HubFile
    from engine.hub.progress import Meter
    from engine.network import Network

_TICK_S = 0.1
_SHA256 = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True)
class Patience:
    """How long a download puts up with a server.

    `attempts` are those in a row that bring not one byte; between them it waits `pause` seconds, then twice as long, up
    to `longest_pause`. `longest_wait` is how long a server may ask to be left alone, in seconds.
    """

    attempts: int = 6
    pause: float = 1.0
    longest_pause: float = 30.0
    longest_wait: float = 300.0


@dataclass(frozen=True)
class Way:
    """How the network is reached: through which door, as whom, and how patiently."""

    network: Network
    token: str | None
    endpoint: str
    patience: Patience


class _Again(Exception):
    """Something that the next attempt may not meet: `wait` seconds were asked for; `error` is told if it stays."""

    def __init__(self, error: DownloadError, wait: float | None = None) -> None:
        super().__init__()
        self.error = error
        self.wait = wait


class Fetching:
    """Fetches a file into `part`, which may hold its beginning.

    `tag` is the entity tag that the server gave before; `remember` is told a new one before anything of it is written.
    """

    def __init__(
        self,
        file: HubFile,
        part: Path,
        way: Way,
        meter: Meter,
        should_stop: Callable[[], bool],
        tag: str | None,
        remember: Callable[[str], None],
    ) -> None:
        self._file = file
        self._part = part
        self._way = way
        self._meter = meter
        self._should_stop = should_stop
        self._tag = tag
        self._remember = remember
        self._where = shown(file.url)

    def run(self) -> None:
        """Return once as many bytes are there as the hub promised.

        Raises `Cancelled`, `NetworkOff` and `DownloadError`: the part stays, unless it is no part of this file.
        """
        failures = 0
        while (before := self._size()) < self._file.size:
            self._meter.enter("asking")
            try:
                self._fetch(before)
            except _Again as again:
                failures = 1 if self._size() > before else failures + 1
                if failures >= self._way.patience.attempts:
                    raise again.error from None
                self._wait(again.wait, failures)

    def _size(self) -> int:
        try:
            size = self._part.stat().st_size
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise disk_error(error, self._part) from error
        if size > self._file.size:
            self._discard()
            return 0
        return size

    def _fetch(self, offset: int) -> None:
        network, token, endpoint = self._way.network, self._way.token, self._way.endpoint
        with closing(Stream(network, self._file.url, offset, token, endpoint)) as stream:
            stream.start()
            head = self._next(stream)
            if not isinstance(head, Head):
                raise _Again(unreachable(self._where, fetching=True))
            start = self._accept(head, offset)
            if start != offset:
                self._meter.move(start - offset)
            self._meter.enter("fetching")
            try:
                with self._part.open("r+b" if start else "wb", buffering=0) as file:
                    file.seek(start)
                    self._write(file, stream, start)
            except OSError as error:
                raise disk_error(error, self._part) from error
        if self._size() < self._file.size:
            raise _Again(unreachable(self._where, fetching=True))

    def _accept(self, head: Head, offset: int) -> int:
        """Return from which byte on the answer is the file; raises where it is not, or begins elsewhere."""
        if head.status in ASKS_TO_WAIT or head.status in MAY_PASS:
            error = refusal(head.status, head.headers, self._where, with_token=head.with_token, fetching=True)
            wait = asked_wait(head.headers)
            if wait is not None and wait > self._way.patience.longest_wait:
                raise error
            raise _Again(error, wait)
        if head.status == 416 and offset:
            raise self._begin_anew()
        if head.status not in {200, 206}:
            raise refusal(head.status, head.headers, self._where, with_token=head.with_token, fetching=True)
        start, size = extent(head)
        if offset and self._tag and head.tag and self._tag != head.tag:
            raise self._begin_anew()
        linked = (head.tag or "").strip('"').lower()
        is_other = self._file.sha256 and _SHA256.fullmatch(linked) and linked != self._file.sha256
        sizes = {known for known in (size, head.linked_size) if known is not None}
        if is_other or sizes - {self._file.size}:
            raise self._damaged(
                "The hub has another file by now than the one that was chosen.", "Ask the hub again, and begin anew."
            )
        if start not in {0, offset}:
            raise self._begin_anew()
        if head.tag and head.tag != self._tag:
            self._tag = head.tag
            self._remember(head.tag)
        return start

    def _write(self, file: FileIO, stream: Stream, at: int) -> None:
        beginning = b""
        while (chunk := self._next(stream)) is not None:
            assert isinstance(chunk, bytes)
            if at < len(MAGIC):
                beginning = (beginning + chunk)[: len(MAGIC)]
                if not MAGIC.startswith(beginning):
                    raise self._damaged("What the server sends is no GGUF file.", "See in a browser what is there.")
            if at + len(chunk) > self._file.size:
                raise self._damaged("The server sends more than the hub promised.", "Begin anew later.")
            rest = memoryview(chunk)
            while rest:
                written = file.write(rest)
                rest = rest[written:]
            at += len(chunk)
            self._meter.move(len(chunk))
        os.fsync(file.fileno())

    def _next(self, stream: Stream) -> Head | bytes | None:
        while True:
            self._look()
            try:
                item = stream.next(_TICK_S)
            except queue.Empty:
                continue
            if isinstance(item, httpx2.HTTPError | OSError):
                raise _Again(unreachable(self._where, fetching=True)) from None
            if isinstance(item, httpx2.InvalidURL):
                raise DownloadError("The server redirects to an address that is none.", where=self._where)
            if isinstance(item, Exception):
                raise item
            return item

    def _look(self) -> None:
        """Raise where the download may not go on."""
        if self._should_stop():
            raise Cancelled("The download was paused.", advice="Resume it, and it goes on where it was.")
        self._way.network.check()

    def _wait(self, asked: float | None, failures: int) -> None:
        patience = self._way.patience
        pause = min(patience.longest_pause, patience.pause * 2.0 ** (failures - 1)) if asked is None else asked
        until = time.monotonic() + pause
        quiet = threading.Event()
        while (left := until - time.monotonic()) > 0:
            self._look()
            quiet.wait(min(_TICK_S, left))

    def _begin_anew(self) -> _Again:
        self._discard()
        return _Again(
            DownloadError("The server does not go on where it was.", where=self._where, advice="Begin anew later."), 0.0
        )

    def _damaged(self, message: str, advice: str) -> DownloadDamaged:
        self._discard()
        return DownloadDamaged(message, where=self._where, advice=advice)

    def _discard(self) -> None:
        self._meter.move(-min(self._part.stat().st_size, self._file.size) if self._part.exists() else 0)
        self._tag = None
        remove_part(self._part.parent, self._file)


def extent(head: Head) -> tuple[int, int | None]:
    """Return with which byte an answer begins, and how many the whole file has, where it tells."""
    if head.status == 206:
        told = _RANGE.fullmatch(head.headers.get("Content-Range", "").strip())
        if told is None:
            return -1, None
        return int(told[1]), None if told[2] == "*" else int(told[2])
    length = head.headers.get("Content-Length", "")
    return 0, int(length) if length.isascii() and length.isdigit() else None
