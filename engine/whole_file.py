"""A file that appears under its name only when it is whole, so that whatever goes wrong leaves the old one."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.errors import EngineError


@contextlib.contextmanager
def whole_file(
    path: Path, failure: type[EngineError], advice: str, *, make_folders: bool = False
) -> Iterator[BinaryIO]:
    """Give a new file to be written, which takes the place of `path` when the block ends without an error.

    It grows beside the old one under another name, is on the disk before it takes its place, and is removed where
    the block raises. `make_folders` makes the folders that lead to it. Raises `failure`, with `advice`, where the
    operating system refuses any of this.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if make_folders:
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        reason = f"The file cannot be written: {error.strerror or error}."
        raise failure(reason, where=str(path), advice=advice) from error
