"""Files that are there under their name only when they are whole."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from engine.errors import TransferError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO


@contextlib.contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """Give a file to write into; it takes its name, and the place of another, when the block ends well.

    Raises TransferError where it cannot be written.
    """
    partial = partial_of(target)
    with explaining(target):
        try:
            with partial.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)


def partial_of(target: Path) -> Path:
    """Return the name under which a file or folder is written before it is whole."""
    return target.with_name(f".{target.name}.{os.getpid()}.part")


@contextlib.contextmanager
def explaining(target: Path) -> Iterator[None]:
    """Say in a sentence why something cannot be written."""
    try:
        yield
    except OSError as error:
        raise TransferError(
            f"The file cannot be written: {error.strerror or error}.",
            where=str(target),
            advice="Choose another name or folder. A file of that name, if there was one, is as it was.",
        ) from error
