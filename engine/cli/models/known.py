"""What a profile knows of models: where to look for them, and what it keeps of each."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine.errors import ModelFileInvalid
from engine.library import Wanted
from engine.library.removing import in_bin
from engine.model.bundled import bundled_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.library import ModelFile
    from engine.library.listing import Origin
    from engine.library.removing import Removed
    from engine.store import Store
    from engine.store.models import KeptFile

USUAL = "models.usual"
"""The setting in which the window keeps whether other programs' folders may be looked into."""


def downloads_of(store: Store) -> Path:
    """Return the folder into which models are downloaded, and out of which they may be deleted."""
    from engine.settings import read

    chosen = read(store.settings.all()).settings.folders.downloads
    return Path(chosen) if chosen else store.profile / "models"


def folder_of(kept: KeptFile | None, store: Store) -> Path:
    """Return the folder that held all downloads when a model was one of them; its bin is there."""
    kept_folder = None if kept is None or kept.source is None else kept.source.get("folder")
    return Path(kept_folder) if isinstance(kept_folder, str) and kept_folder else downloads_of(store)


def bins_of(store: Store) -> list[Removed]:
    """Return the downloaded models that lie in a bin, of this folder of downloads or of those before it."""
    folders = [downloads_of(store), *(folder_of(file, store) for file in store.models.files(removed=True))]
    return [removed for folder in dict.fromkeys(folders) for removed in in_bin(folder)]


def wanted_of(store: Store, more: Sequence[Path] = (), *, usual: bool = False) -> Wanted:
    """Return where to look for a profile's models, and in further folders."""
    files: list[tuple[Path, Origin]] = []
    with suppress(ModelFileInvalid):  # whoever needs the bundled model is told
        files.append((bundled_model(), "bundled"))
    kept = store.models.files()
    listed: tuple[Literal["downloaded", "added"], ...] = ("downloaded", "added")
    for origin in listed:
        files += [(Path(file.path), origin) for file in kept if file.origin == origin]
    return Wanted(
        tuple(files),
        (downloads_of(store), *map(Path, store.models.folders()), *more),
        usual or store.settings.get(USUAL) is True,
        frozenset(file.path for file in store.models.files(removed=True)),
    )


def known_hash(file: ModelFile, kept: KeptFile | None) -> str | None:
    """Return the hash that a file is known to have; None where it was never computed, or the file changed since."""
    if kept is None or (kept.size, kept.changed_ns) != (file.size, file.changed_ns):
        return None
    return kept.sha256
