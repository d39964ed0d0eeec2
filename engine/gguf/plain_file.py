"""Opening what is called a model: a file, and nothing that keeps whoever opens it waiting."""

from __future__ import annotations

import errno
import os
import stat
from io import FileIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


def open_plain_file(path: Path) -> FileIO:
    """Open a file for reading, without buffer. Raises OSError, at once for a pipe, a device or a folder.

    To open a pipe would wait for somebody to write into it.
    """
    return FileIO(os.fspath(path), "rb", opener=_open)


def _open(name: str, _flags: int) -> int:
    number = os.open(name, _FLAGS)
    mode = os.fstat(number).st_mode
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):  # FileIO itself refuses folders, in the system's own words
        return number
    os.close(number)
    raise OSError(errno.EINVAL, "it is no file but a pipe or a device", name)
