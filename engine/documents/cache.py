"""What was read of a file, kept by the hash of its bytes, so that it need not be parsed twice."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.documents.document import Page

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1
"""Of the readers: raised whenever one of them gives something else for the same bytes."""
SIZE_LIMIT = 300_000_000
"""Bytes that a cache may take on the disk; what was not used for longest goes first."""

Readings = tuple[tuple[Page, ...], tuple[str, ...]]
"""Pages and notes."""

_MAGIC = b"espalier document\n"
_SUFFIX = ".page"
_TIDY_EVERY = 64
_KEPT_OF_LIMIT = 0.8
_LONGEST_UNPACKED = 1 << 30


class DocumentCache:
    """A folder of readings. Whatever is damaged, foreign or of another version is as good as not there.

    Several processes may share the folder. One that cannot be written to only costs time.
    """

    def __init__(self, folder: Path, size_limit: int = SIZE_LIMIT) -> None:
        self._folder = folder
        self._size_limit = size_limit
        self._written = 0

    def get(self, sha256: str, how: str) -> Readings | None:
        """Return what was read of the bytes with this hash. `how` is all that decides the result beside them."""
        path = self._path(sha256, how)
        try:
            readings = _unpack(path.read_bytes())
        except (OSError, ValueError, KeyError, TypeError, zlib.error):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return readings

    def put(self, sha256: str, how: str, readings: Readings) -> None:
        """Keep what was read."""
        path = self._path(sha256, how)
        partial = path.with_suffix(f".{os.getpid()}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(_pack(readings))
            partial.replace(path)
            if self._written % _TIDY_EVERY == 0:
                self._tidy()
            self._written += 1
        except OSError:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)

    def _path(self, sha256: str, how: str) -> Path:
        return self._folder / f"{sha256}-{how}-{VERSION}{_SUFFIX}"

    def _tidy(self) -> None:
        """Delete the oldest until there is room again."""
        found = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    facts = entry.stat()
                    found.append((facts.st_mtime, facts.st_size, entry.path))
        total = sum(size for _, size, _ in found)
        if total <= self._size_limit:
            return
        for _, size, path in sorted(found):
            with contextlib.suppress(OSError):
                os.unlink(path)  # noqa: PTH108  # scandir gives strings
            total -= size
            if total <= self._size_limit * _KEPT_OF_LIMIT:
                return


def _pack(readings: Readings) -> bytes:
    pages, notes = readings
    head: dict[str, Any] = {"notes": notes, "pages": []}
    arrays = []
    for page in pages:
        head["pages"].append(
            {
                "page": [page.number, page.text, page.width, page.height, page.name, page.tables],
                "boxes": len(page.boxes),
                "cells": len(page.cells),
            }
        )
        arrays += [page.boxes.astype("<f4").tobytes(), page.cells.astype("<i4").tobytes()]
    text = json.dumps(head).encode()
    body = zlib.compress(b"".join((len(text).to_bytes(8, "little"), text, *arrays)), level=1)
    return _MAGIC + hashlib.sha256(body).digest() + body


def _unpack(data: bytes) -> Readings:
    digest, body = data[len(_MAGIC) :][:32], data[len(_MAGIC) + 32 :]
    if not data.startswith(_MAGIC) or hashlib.sha256(body).digest() != digest:
        raise ValueError
    unpacked = zlib.decompressobj().decompress(body, _LONGEST_UNPACKED)
    end = 8 + int.from_bytes(unpacked[:8], "little")
    head = json.loads(unpacked[8:end])
    pages = []
    for entry in head["pages"]:
        number, text, width, height, name, tables = entry["page"]
        boxes = np.frombuffer(unpacked, dtype="<f4", count=4 * entry["boxes"], offset=end).reshape(-1, 4)
        end += boxes.nbytes
        cells = np.frombuffer(unpacked, dtype="<i4", count=7 * entry["cells"], offset=end).reshape(-1, 7)
        end += cells.nbytes
        pages.append(
            Page(number, text, boxes.astype(np.float32), width, height, name, tuple(tables), cells.astype(np.int32))
        )
    return tuple(pages), tuple(head["notes"])
