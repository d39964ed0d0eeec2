"""Looking for models: those of the list, of the chosen folders and of other programs, each told as it is found."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.loading import load_options
from app.session.models.entry import Entry, group_of
from engine.errors import EngineError, ModelFileInvalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from app.session.models.entry import Origin
    from engine.library import ModelFile
    from engine.model.fit import Fit
    from engine.model.protocol import LoadOptions, ModelInfo
    from engine.store import Store
    from engine.store.models import KeptFile


@dataclass(frozen=True)
class Wanted:
    """Where is to be looked: the files that are kept, by path; folders; `usual` says whether other programs' too.

    `hidden` are the paths of files that were taken off the list; `loaded` is the model that answers now.
    """

    kept: Mapping[str, KeptFile]
    folders: tuple[Path, ...] = ()
    usual: bool = False
    hidden: frozenset[str] = frozenset()
    loaded: ModelInfo | None = None


@dataclass(frozen=True)
class Found:
    """A model was found, in the course of this search."""

    search: Search
    entry: Entry


@dataclass(frozen=True)
class Searched:
    """A search has come to its end."""

    search: Search


class Headers:
    """What was read from the headers of files, remembered as long as the files stay as they are."""

    def __init__(self) -> None:
        self._read: dict[tuple[tuple[Path, ...], tuple[int, int]], ModelFile] = {}

    def read(self, parts: tuple[Path, ...], name: str) -> ModelFile:
        """Return a model of these parts, from its header or as it was read before."""
        from engine.library import read_model, stamp_of

        try:
            key = parts, stamp_of(parts)
        except ModelFileInvalid:
            return read_model(parts, name)
        if key not in self._read:
            self._read[key] = read_model(parts, name)
        return self._read[key]


class Search:
    """One look at everything. `run` is for a worker, `stop` for any OS thread."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def stop(self) -> None:
        """Find no more than what has been found."""
        self._stop.set()

    def run(self, wanted: Wanted, headers: Headers, tell: Callable[[object], None]) -> None:
        """Tell of each model once, as `Found`, then `Searched`; of nothing more once it was stopped."""
        for file, origin, group in self._look(wanted, headers):
            tell(Found(self, make_entry(file, origin, group, wanted)))
        if not self._stop.is_set():
            tell(Searched(self))

    def _look(self, wanted: Wanted, headers: Headers) -> Iterator[tuple[ModelFile, Origin, str]]:
        from engine.library import list_models, listing
        from engine.model.bundled import bundled_model

        files: list[tuple[Path, Origin]] = []
        with suppress(EngineError):  # the client says so, where it is to be loaded
            files.append((bundled_model(), "bundled"))
        kept: tuple[Origin, ...] = ("downloaded", "added")
        files += [(Path(path), origin) for origin in kept for path, it in wanted.kept.items() if it.origin == origin]
        asked = listing.Wanted(tuple(files), wanted.folders, wanted.usual, wanted.hidden)
        for listed in list_models(asked, self._stop.is_set, headers.read):
            folder = Path(listed.place) if listed.origin == "folder" else None
            yield listed.file, listed.origin, group_of(listed.origin, folder, listed.place)


def read_wanted(store: Store) -> Wanted:
    """Return what the store says of where to look; other programs' folders are another matter."""
    return Wanted(
        {kept.path: kept for kept in store.models.files()},
        tuple(map(Path, store.models.folders())),
        hidden=frozenset(kept.path for kept in store.models.files(removed=True)),
    )


def make_entry(file: ModelFile, origin: Origin, group: str, wanted: Wanted) -> Entry:
    """Return a model with what the store keeps of it; for a worker."""
    kept = wanted.kept.get(str(file.path))
    options = load_options(kept.options if kept is not None else None)
    entry = Entry(file, origin, group, options, fit=weigh(file, options, wanted.loaded))
    if kept is None:
        return entry
    known = kept.sha256 if (kept.size, kept.changed_ns) == entry.stamp else None
    own = kept.options is not None
    return replace(entry, own_options=own, sha256=known, pinned=kept.pinned, source=kept.source)


def weigh(file: ModelFile, options: LoadOptions, loaded: ModelInfo | None) -> Fit | None:
    """Return what loading a model would take, None for a file that is none; for a worker.

    Another model is loaded beside the one that answers, whose memory therefore counts as taken.
    """
    from engine.model.fit import Memory, estimate

    if file.facts is None or file.kind != "model":
        return None
    if loaded is None or loaded.path != str(file.path):
        return estimate(file.facts, file.size, options)
    layout = loaded.layout if options.layout == "measured" else None
    return estimate(file.facts, file.size, options, Memory.now(loaded.memory_bytes or 0), layout=layout)
