"""Beginnings of prompts that outlive the host: what a model computed of instructions and a schema, kept on disk.

The state of a sequence is some 20 kB a token for a small model, and read back in a millisecond where its
computation took a second. Only what stands before a document or before a conversation's first turn is kept, never the
document or the conversation. A file is whole or ignored; the least recently used ones make room for new ones.

The states are llama.cpp's (`llama_state_seq_get_data`), which are the same only for the same weights, layout, cache
type and build: the folder's name says which.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import queue
import struct
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import StoreError
from engine.model.lanes import common_prefix
from engine.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

WORTH_KEEPING = 64
"""Tokens from which on a beginning is kept, or taken from disk instead of being computed."""
_BUDGET = 256 << 20
_LARGEST = 64 << 20
_MAGIC = b"ESPKV1\0\0"
_HEAD = struct.Struct("<8sI32s")
"""Magic, number of tokens, SHA-256 of all that follows: the tokens (int32), then the state."""
_SUFFIX = ".prefix"


@dataclass(slots=True)
class _Kept:
    """A file: the tokens whose cells it holds, and its size in bytes."""

    path: Path
    tokens: list[int]
    size: int


class Prefixes:
    """The beginnings kept in one folder, for one way of running one model. Only its writing is done elsewhere."""

    def __init__(self, folder: Path, *, budget: int = _BUDGET) -> None:
        """Look at what is kept in `folder`; damaged files are removed.

        It may hold up to `budget` bytes; so may all folders beside it together, of which the oldest files go first.
        """
        self._folder = folder
        self._budget = budget
        _forget_oldest(folder.parent, budget)
        self._kept = self._look()
        self._too_long: int | None = None
        self._writing: queue.SimpleQueue[tuple[_Kept, bytes] | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None

    def wants(self, tokens: Sequence[int]) -> bool:
        """Tell whether the cells of these tokens are to be kept: enough, not known, and no more than there is room for.

        To copy them out of a context takes time in which nobody's answer grows.
        """
        if len(tokens) < WORTH_KEEPING or (self._too_long is not None and len(tokens) >= self._too_long):
            return False
        return all(common_prefix(kept.tokens, tokens) < len(tokens) for kept in self._kept)

    def longest(self, tokens: Sequence[int]) -> int:
        """Return how many of the tokens, from the first on, have their cells kept."""
        return max((common_prefix(kept.tokens, tokens) for kept in self._kept), default=0)

    def read(self, tokens: Sequence[int]) -> tuple[list[int], bytes] | None:
        """Return the kept beginning that most of the tokens begin with, and its state; None where there is none.

        The beginning can be longer than what it has in common with the tokens.
        """
        while self._kept:
            best = max(self._kept, key=lambda kept: common_prefix(kept.tokens, tokens))
            if not common_prefix(best.tokens, tokens):
                return None
            state = _read_state(best)
            if state is not None:
                self._kept.remove(best)
                self._kept.append(best)  # the order is that of use
                with contextlib.suppress(OSError):  # caches may be cleared at any time
                    os.utime(best.path)
                return best.tokens, state
            self._remove(best)
        return None

    def keep(self, tokens: Sequence[int], state: bytes) -> None:
        """Keep a beginning; written on a thread of its own. One that is too large is not kept."""
        size = _HEAD.size + 4 * len(tokens) + len(state)
        if size > min(_LARGEST, self._budget):
            self._too_long = min(len(tokens), self._too_long or len(tokens))
            return
        digest = hashlib.sha256(np.asarray(tokens, "<i4").tobytes()).hexdigest()
        kept = _Kept(self._folder / f"{digest[:32]}{_SUFFIX}", list(tokens), size)
        shorter = [each for each in self._kept if common_prefix(each.tokens, tokens) == len(each.tokens)]
        for each in shorter:
            self._remove(each)
        while self._kept and sum(each.size for each in self._kept) + size > self._budget:
            self._remove(self._kept[0])
        self._kept.append(kept)
        if self._writer is None:
            self._writer = threading.Thread(target=self._write, name="prefixes", daemon=True)
            self._writer.start()
        self._writing.put((kept, state))

    def close(self) -> None:
        """Write what is still to be written."""
        if self._writer is not None:
            self._writing.put(None)
            self._writer.join()
            self._writer = None

    def _look(self) -> list[_Kept]:
        found = []
        try:
            paths = sorted(self._folder.glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime)
        except OSError:
            return []
        for path in paths:
            tokens = _read_tokens(path)
            if tokens is None:
                with contextlib.suppress(OSError):
                    path.unlink()
            else:
                found.append(_Kept(path, tokens, path.stat().st_size))
        return found

    def _remove(self, kept: _Kept) -> None:
        self._kept.remove(kept)
        try:
            kept.path.unlink(missing_ok=True)
        except OSError as error:
            log.info("a kept beginning stays: %s", error)

    def _write(self) -> None:
        while (waiting := self._writing.get()) is not None:
            kept, state = waiting
            tokens = np.asarray(kept.tokens, "<i4").tobytes()
            digest = hashlib.sha256(tokens + state).digest()
            try:
                with whole_file(kept.path, StoreError, "Free some space on the disk.", make_folders=True) as file:
                    file.write(_HEAD.pack(_MAGIC, len(kept.tokens), digest))
                    file.write(tokens)
                    file.write(state)
            except StoreError as error:
                log.info("a beginning is not kept: %s", error)


def _forget_oldest(parent: Path, budget: int) -> None:
    """Remove the files that were used longest ago, until those of all folders are within the budget."""
    try:
        files = sorted((path.stat().st_mtime, path.stat().st_size, path) for path in parent.glob(f"*/*{_SUFFIX}"))
        too_much = sum(size for _, size, _ in files) - budget
        for _, size, path in files:
            if too_much <= 0:
                return
            path.unlink(missing_ok=True)
            too_much -= size
    except OSError as error:
        log.info("kept beginnings cannot be looked at: %s", error)


def _read_tokens(path: Path) -> list[int] | None:
    """Return the tokens that a file tells of; None where it is damaged or foreign."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD.size)
            if len(head) < _HEAD.size:
                return None
            magic, count, _ = _HEAD.unpack(head)
            if magic != _MAGIC or 4 * count > _LARGEST:
                return None
            tokens = file.read(4 * count)
    except OSError:
        return None
    return np.frombuffer(tokens, "<i4").tolist() if len(tokens) == 4 * count else None


def _read_state(kept: _Kept) -> bytes | None:
    """Return a file's state; None where it is not what was written, or not written yet."""
    try:
        content = kept.path.read_bytes()
    except OSError:
        return None
    tokens = 4 * len(kept.tokens)
    if len(content) < _HEAD.size + tokens:
        return None
    _, count, digest = _HEAD.unpack_from(content)
    whole = count == len(kept.tokens) and hashlib.sha256(memoryview(content)[_HEAD.size :]).digest() == digest
    return content[_HEAD.size + tokens :] if whole else None
