"""Who has the profile: locks on files that a killed process gives back."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from engine.errors import ProfileInUse, StoreError
from engine.file_lock import try_lock
from engine.store.profile import prepare_profile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def lock_file(path: Path, busy: StoreError) -> Iterator[None]:
    """Hold the lock on a file, made if missing; raises `busy` at once when somebody else does."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        raise StoreError(
            f"A lock cannot be made: {error.strerror or error}.",
            where=str(path),
            advice="Choose another folder with --profile.",
        ) from error
    with file:  # closing the file gives the lock back
        try:
            locked = try_lock(file)
        except OSError as error:  # a network share without locks
            raise StoreError(
                f"The folder cannot be locked: {error.strerror or error}.",
                where=str(path),
                advice="Choose another folder with --profile.",
            ) from error
        if not locked:
            raise busy
        yield


@contextlib.contextmanager
def claim_profile(profile: Path) -> Iterator[None]:
    """Be the one window of a profile, until the block ends or the process is killed.

    What only one may do is safe inside: `Messages.recover`, `engine.store.backup.restore`. Terminals need no claim:
    they may read, import and extract beside a window. Raises ProfileInUse at once where another window has it.
    """
    busy = ProfileInUse(
        "Another window of Espalier has this profile open.",
        where=str(profile),
        advice="Use that window, or choose another folder with --profile.",
    )
    with lock_file(prepare_profile(profile) / "locks" / "window.lock", busy):
        yield
