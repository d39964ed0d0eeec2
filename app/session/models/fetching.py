"""One download that runs: on a worker of its own; what it tells comes in batches."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import Cancelled, EngineError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from engine.hub import Download, DownloadProgress


@dataclass(frozen=True)
class Moved:
    """A download is further than before."""

    id: str
    progress: DownloadProgress


@dataclass(frozen=True)
class Arrived:
    """A model is here, all of it, and is what its hub promised."""

    id: str
    path: Path
    sha256: str
    size: int
    changed_ns: int
    source: dict[str, Any]


@dataclass(frozen=True)
class Broken:
    """A download has ended before its time: stopped by a person where the error says so, else for this reason.

    `done` bytes of it are here. A `bug` is to be raised on the Qt thread, where the excepthook shows it.
    """

    id: str
    error: EngineError
    done: int = 0
    bug: Exception | None = None


class Fetch:
    """One go at a download. `tell` hears, on the worker, `Moved` about ten times a second, then one of the others."""

    def __init__(self, name: str, make: Callable[[], Download], models: Path, tell: Callable[[object], None]) -> None:
        """Prepare; `make` is called on the worker, `models` is the folder that holds those of all repositories."""
        self.id = name
        self.thrown_away = False
        self._make = make
        self._models = models
        self._tell = tell
        self._stop = threading.Event()
        self._worker = threading.Thread(target=self._work, name="download", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._worker.start()

    def stop(self) -> None:
        """End soon; what has arrived stays."""
        self._stop.set()

    def join(self, seconds: float) -> None:
        """Wait for the end, not longer than some seconds."""
        self._worker.join(seconds)

    def _work(self) -> None:
        try:
            download = self._make()
            try:
                self._tell(self._fetch(download))
            except EngineError as error:
                self._tell(Broken(self.id, error, _done(download)))
        except EngineError as error:
            self._tell(Broken(self.id, error))
        except Exception as error:  # noqa: BLE001 -- carried to the Qt thread, not swallowed
            failed = EngineError("Something unexpected happened.", advice="Try again; what has arrived is kept.")
            self._tell(Broken(self.id, failed, bug=error))

    def _fetch(self, download: Download) -> Arrived:
        from engine.library import joined_hash, stamp_of

        if self._stop.is_set():
            raise Cancelled("Stopped before it had begun.")
        paths = download.run(lambda progress: self._tell(Moved(self.id, progress)), self._stop.is_set)
        first = download.files[0]
        source = {
            "repository": first.repository,
            "revision": first.revision,
            "files": [
                {"name": file.name, "sha256": sha256}
                for file, sha256 in zip(download.files, download.hashes, strict=True)
            ],
            "licence": first.licence,
            "folder": str(self._models),
        }
        return Arrived(self.id, paths[0], joined_hash(download.hashes), *stamp_of(paths), source)


def _done(download: Download) -> int:
    """Return how many bytes of a download that has ended are here."""
    from engine.hub import waiting

    return next((each.done for each in waiting(download.folder) if each.files == download.files), 0)
