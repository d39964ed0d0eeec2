"""Downloads that were interrupted, found again by what they left."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.hub.download import Download
from engine.hub.file import local_name, name_of
from engine.hub.record import RECORD, Record, claim, is_claimed, part_path, remove_part, remove_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.hub.file import HubFile
    from engine.network import Network

_DEEPEST = 4


@dataclass(frozen=True)
class Paused:
    """A download that did not end: its files, and how many bytes of all of them have arrived."""

    files: tuple[HubFile, ...]
    folder: Path
    done: int
    total: int

    @property
    def name(self) -> str:
        """What the model is called."""
        return name_of(self.files)

    def download(self, network: Network, token: Callable[[], str | None], *, endpoint: str | None = None) -> Download:
        """Return the download that goes on with it."""
        return Download(self.files, self.folder, network, token, endpoint=endpoint)

    def throw_away(self) -> None:
        """Remove what has arrived of files that are not whole. Raises `DownloadError` while they are being fetched."""
        with claim(self.folder, self.files):
            for file in self.files:
                remove_part(self.folder, file)
            remove_record(self.folder, self.files)


def waiting(folder: Path) -> list[Paused]:
    """Return the interrupted downloads of a folder and those below it, by name; those under way are not among them.

    It reads names and small files only. A folder that cannot be read has none.
    """
    found = []
    for place, folders, files in os.walk(folder):
        below = Path(place)
        if len(below.relative_to(folder).parts) >= _DEEPEST:
            folders.clear()
        for name in files:
            record = Record.read(below / name) if name.endswith(RECORD) else None
            if record is not None and not is_claimed(below, record.files):
                found.append(_paused(below, record))
    return sorted(found, key=lambda paused: (paused.name.casefold(), str(paused.folder)))


def _paused(folder: Path, record: Record) -> Paused:
    done = sum(min(file.size, _size(folder, file)) for file in record.files)
    return Paused(record.files, folder, done, sum(file.size for file in record.files))


def _size(folder: Path, file: HubFile) -> int:
    for path in (folder / local_name(file), part_path(folder, file)):
        if path.is_file():
            return path.stat().st_size
    return 0
