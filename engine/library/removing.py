"""Taking away models that this program has downloaded: into a bin beside them, from which they can be put back.

The bin is a folder on the same disk, so that nothing is copied; what has been put into it is found again after a
restart. Files that this program did not download are never moved or deleted: they only leave the list.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

BIN = ".espalier-bin"
"""The folder, within that of downloads. Searches for models pass over hidden folders."""
_NOTE = "removed.json"


@dataclass(frozen=True)
class Removed:
    """A model in the bin: where its files lay, the first of which is its path in lists, and where they lie now.

    `size` is in bytes; `at` is ISO 8601, UTC.
    """

    parts: tuple[Path, ...]
    place: Path
    size: int
    at: str

    @property
    def path(self) -> Path:
        """The path of the model in lists."""
        return self.parts[0]


def move_to_bin(parts: Sequence[Path], downloads: Path) -> Removed:
    """Move a model's files out of the folder of downloads into its bin, all of them or none.

    Raises ModelError where they lie elsewhere, so that nothing of anybody else can be taken away, and where they cannot
    be moved. A program that has the file open keeps it, where the system lets it.
    """
    for part in parts:
        if not _lies_in(part, downloads):
            raise ModelError(
                "Only files that this program has downloaded can be deleted.",
                where=str(part),
                advice="Take it off the list instead.",
            )
    try:
        size = sum(part.stat().st_size for part in parts)
        (downloads / BIN).mkdir(exist_ok=True)
        place = Path(tempfile.mkdtemp(dir=downloads / BIN))
        made = Removed(tuple(parts), place, size, datetime.now(UTC).isoformat())
        # Written first: whatever happens from here on, it can be told what lies there.
        note = {"parts": [str(part) for part in parts], "size": size, "at": made.at}
        (place / _NOTE).write_text(json.dumps(note), "utf-8")
        _move([(part, place / part.name) for part in parts])
    except OSError as error:
        raise _unmovable(error, parts[0]) from error
    return made


def restore(removed: Removed) -> None:
    """Put a model's files back where they lay. Raises ModelError where something else lies there now, or it fails."""
    there = [(removed.place / part.name, part) for part in removed.parts if (removed.place / part.name).exists()]
    if not there:
        raise ModelError("The model is no longer in the bin.", where=str(removed.path))
    taken = next((part for _, part in there if os.path.lexists(part)), None)
    if taken is not None:
        raise ModelError(
            "There is another file of that name now.",
            where=str(taken),
            advice="Move it away, then restore the model again.",
        )
    try:
        removed.path.parent.mkdir(parents=True, exist_ok=True)
        _move(there)
    except OSError as error:
        raise _unmovable(error, removed.path) from error
    shutil.rmtree(removed.place, ignore_errors=True)


def in_bin(downloads: Path) -> list[Removed]:
    """Return what is in the bin of a folder of downloads, the newest first."""
    found = []
    with suppress(OSError):
        for place in (downloads / BIN).iterdir():
            removed = _read(place)
            if removed is not None:
                found.append(removed)
    return sorted(found, key=lambda each: each.at, reverse=True)


def empty_bin(downloads: Path) -> int:
    """Delete for good what is in the bin; return the bytes that this freed. Raises ModelError where it fails."""
    freed = 0
    for removed in in_bin(downloads):
        freed += removed.size
        try:
            shutil.rmtree(removed.place)
        except OSError as error:
            raise _unmovable(error, removed.path) from error
    with suppress(OSError):
        (downloads / BIN).rmdir()
    return freed


def _read(place: Path) -> Removed | None:
    try:
        note = json.loads((place / _NOTE).read_text("utf-8"))
        parts, size, at = tuple(map(Path, note["parts"])), int(note["size"]), str(note["at"])
    except (OSError, ValueError, LookupError, TypeError):
        return None
    # The note says where files go; it is believed only for files beside it and for places beside the bin.
    downloads = place.parent.parent
    if not parts or not all(_lies_in(part, downloads) for part in parts):
        return None
    return Removed(parts, place, size, at) if any((place / part.name).exists() for part in parts) else None


def _lies_in(path: Path, folder: Path) -> bool:
    """Tell whether a file itself lies in a folder or below it; a link in it does, what it leads to does not."""
    try:
        return (path.parent.resolve() / path.name).is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return False


def _move(pairs: Sequence[tuple[Path, Path]]) -> None:
    """Rename files, all of them or none."""
    done: list[tuple[Path, Path]] = []
    try:
        for old, new in pairs:
            old.rename(new)
            done.append((old, new))
    except OSError:
        for old, new in reversed(done):
            with suppress(OSError):
                new.rename(old)
        raise


def _unmovable(error: OSError, path: Path) -> ModelError:
    return ModelError(
        f"The file cannot be moved: {error.strerror or error}.",
        where=str(path),
        advice="Close whatever uses it, and check that its folder may be written.",
    )
