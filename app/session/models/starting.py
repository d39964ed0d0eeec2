"""The model that a start of the program begins with: the one that was loaded last, if it is still what it was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.session.models.models import broken_pin
from app.session.models.searching import load_options
from engine.errors import ModelFileInvalid

if TYPE_CHECKING:
    from engine.model.protocol import LoadOptions
    from engine.store import Store
    from engine.store.models import KeptFile


def read_kept(store: Store, path: str) -> KeptFile | None:
    """Return what is kept of the model of a path, that of the bundled one where it is empty."""
    from engine.model.bundled import bundled_model

    try:
        return store.models.get(path or str(bundled_model()))
    except ModelFileInvalid:
        return None


def choose_first(last: str, kept: KeptFile | None, given: Path | None) -> tuple[Path | None, LoadOptions | None]:
    """Return the file to load and how; None is the bundled one. For a worker: a pin may have to be checked.

    `given` is the file that the program was started with, `last` the path of the model that was loaded last. Raises
    `ModelFileInvalid` where that is gone, or is not what was pinned.
    """
    path = given or (Path(last) if last else None)
    options = load_options(kept.options) if kept is not None and kept.options is not None else None
    if path is None:
        return None, options
    if given is None and not path.is_file():
        raise ModelFileInvalid("It is not there any more.", where=str(path))
    if kept is not None and kept.pinned is not None and _sha256(path, kept) != kept.pinned:
        raise broken_pin(str(path))
    return path, options


def _sha256(path: Path, kept: KeptFile) -> str | None:
    from engine.library import hash_of, parts_of, stamp_of

    parts, _ = parts_of(path)
    if kept.sha256 is not None and stamp_of(parts) == (kept.size, kept.changed_ns):
        return kept.sha256
    made = hash_of(parts)
    return made.sha256 if made is not None else None
