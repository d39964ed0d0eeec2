"""The SHA-256 of models: by it a file is known again wherever it lies, and pinned.

That of a split model is the SHA-256 of the hashes of its parts, in hexadecimal and in their order, joined by line
breaks. So each part can be compared with what its hub says of it, and the model has one hash, as others have.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import ModelFileInvalid
from engine.gguf.plain_file import open_plain_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from io import FileIO
    from pathlib import Path

_BLOCK = 1 << 22
"""Bytes between two looks at whether to stop: a hundredth of a second."""


@dataclass(frozen=True)
class ModelHash:
    """The hash of a model and those of its parts; `size` and `changed_ns` are as in `ModelFile`, when it was read."""

    sha256: str
    parts: tuple[str, ...]
    size: int
    changed_ns: int


def sha256_of(
    path: Path, on_progress: Callable[[float], None] = lambda _: None, should_stop: Callable[[], bool] = lambda: False
) -> str | None:
    """Return a file's SHA-256 in hex, or None where it was stopped.

    `on_progress` hears the share (0..1) that is done. Raises `ModelFileInvalid` where the file cannot be read, or
    changes while it is.
    """
    made = hash_of((path,), on_progress, should_stop)
    return None if made is None else made.sha256


def hash_of(
    parts: Sequence[Path],
    on_progress: Callable[[float], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> ModelHash | None:
    """Return the hash of a model of one or several files, or None where it was stopped.

    It takes some seconds a gigabyte; call it on a worker. Raises as `sha256_of` does.
    """
    before = stamp_of(parts)
    hashes: list[str] = []
    done = 0
    for path in parts:
        try:
            with open_plain_file(path) as file:
                digest = hashlib.sha256()
                block = bytearray(_BLOCK)
                while taken := _fill(file, block):
                    if should_stop():
                        return None
                    digest.update(memoryview(block)[:taken])
                    done += taken
                    if done > before[0]:
                        raise _changed(path)
                    on_progress(min(done / max(before[0], 1), 1.0))
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from None
        hashes.append(digest.hexdigest())
    if stamp_of(parts) != before:
        raise _changed(parts[0])
    return ModelHash(joined_hash(hashes), tuple(hashes), *before)


def joined_hash(hashes: Sequence[str]) -> str:
    """Return the hash of a model whose parts have these: of one part, its own."""
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def stamp_of(parts: Sequence[Path]) -> tuple[int, int]:
    """Return the size in bytes of all parts, and when the newest was changed, in nanoseconds of the Unix epoch.

    As long as both stay, a model is taken to be unchanged. Raises `ModelFileInvalid` where a part is gone.
    """
    size = changed = 0
    for path in parts:
        try:
            told = path.stat()
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from None
        size += told.st_size
        changed = max(changed, told.st_mtime_ns)
    return size, changed


def _fill(file: FileIO, block: bytearray) -> int:
    return file.readinto(block) or 0


def _changed(path: Path) -> ModelFileInvalid:
    return ModelFileInvalid(
        "The file changed while it was read.",
        where=str(path),
        advice="Wait until whatever writes it is done, then try again.",
    )


def _unreadable(path: Path, error: OSError | ValueError) -> ModelFileInvalid:
    reason = getattr(error, "strerror", None) or "its name is impossible"
    advice = "Choose a GGUF file."
    return ModelFileInvalid(f"The model cannot be opened: {reason}.", where=str(path), advice=advice)
