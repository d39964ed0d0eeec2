"""The documents of a folder, in the order a person expects."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from engine.documents.kinds import kind_by_name, readable_endings
from engine.documents.reading import check_name
from engine.errors import DocumentError
from engine.workers.process import Worker, WorkerCrashed, WorkerLate

if TYPE_CHECKING:
    from collections.abc import Iterable

_SECONDS = 20.0
"""What a message may take until its attachments are known."""
_DIGITS = re.compile(r"(\d+)")


def is_supported(path: Path) -> bool:
    """Tell from its name whether `read_document` can read a file."""
    return kind_by_name(path) is not None


def find_documents(folder: Path) -> list[Path]:
    """Return the documents in a folder and those below it, "page 2" before "page 10"; a file gives itself.

    After a message come its attachments, as paths that lead into it: `message.eml/order.csv`. Hidden files and folders
    and unsupported kinds are passed over; links to folders are not followed. Raises DocumentError where the folder is
    missing, cannot be read or holds no document.
    """
    if folder.is_file():
        check_name(folder)
        return _with_attachments([folder])
    if not folder.is_dir():
        raise DocumentError("There is no such file or folder.", where=str(folder), advice="Check the path.")
    found: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(place, name) for name in files if not name.startswith("."))
        found.extend(path for path in paths if is_supported(path))
    if not found:
        raise DocumentError(
            "The folder holds no document that can be read.",
            where=str(folder),
            advice=f"Add files that end in one of these: {readable_endings()}.",
        )
    found.sort(key=lambda path: [_natural(part) for part in path.relative_to(folder).parts])
    return _with_attachments(found)


def _with_attachments(paths: Iterable[Path]) -> list[Path]:
    """Add to each message the attachments it has; a process of its own looks, since messages may be hostile."""
    found: list[Path] = []
    worker: Worker | None = None
    try:
        for path in paths:
            found.append(path)
            if kind_by_name(path) != "eml":
                continue
            worker = worker or Worker("engine.documents.attachments_worker")
            try:
                names = worker.ask(os.fsencode(path.absolute()), _SECONDS)
            except (DocumentError, WorkerCrashed, WorkerLate):
                continue  # reading the message itself says what is wrong with it
            found.extend(path / name for name in names)
    finally:
        if worker is not None:
            worker.discard()
    return found


def _refuse(error: OSError) -> None:
    raise DocumentError(
        f"A folder cannot be read: {error.strerror}.",
        where=str(error.filename),
        advice="Ask for permission to read it, or move it elsewhere.",
    ) from error


def _natural(name: str) -> tuple[list[tuple[int, int, str]], str]:
    parts = [
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(name.casefold()) if part
    ]
    return parts, name
