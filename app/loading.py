"""How models are loaded: with which options, only while they are what was pinned, and which one at the start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import ModelFileInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.errors import EngineError
    from engine.model.protocol import LoadOptions
    from engine.store import Store
    from engine.store.models import KeptFile


@dataclass(frozen=True)
class LoadFailure:
    """A model that could not be loaded, and why; the one before still answers, if there was one."""

    key: str
    error: EngineError


@dataclass(frozen=True)
class First:
    """The file to load at the start and how; `path` None is the bundled one.

    `error` says why it is not the one that was loaded last. `bundled` is how the bundled one is to be loaded, `pinned`
    the hash that the file has to have.
    """

    path: Path | None = None
    options: LoadOptions | None = None
    error: EngineError | None = None
    bundled: LoadOptions | None = None
    pinned: str | None = None


def read_kept(store: Store, path: str) -> tuple[KeptFile | None, KeptFile | None]:
    """Return what is kept of a model, by its path, and of the bundled one."""
    from engine.model.bundled import bundled_model

    try:
        bundled = store.models.get(str(bundled_model()))
    except ModelFileInvalid:
        bundled = None
    return store.models.get(path) if path else bundled, bundled


def choose_first(last: str, kept: KeptFile | None, bundled: KeptFile | None, given: Path | None) -> First:
    """Return what to load at the start; for a worker.

    `given` is the file that the program was started with, `last` the path of the model that was loaded last; `kept` is
    what is known of that one.
    """
    usual = _options(bundled)
    path = given or (Path(last) if last else None)
    if path is None:
        return First(None, usual, bundled=usual, pinned=bundled.pinned if bundled is not None else None)
    if given is None and not path.is_file():
        return First(None, usual, ModelFileInvalid("It is not there any more.", where=str(path)), usual)
    return First(path, _options(kept), bundled=usual, pinned=kept.pinned if kept is not None else None)


def _options(kept: KeptFile | None) -> LoadOptions | None:
    return load_options(kept.options) if kept is not None and kept.options is not None else None


def load_options(kept: Mapping[str, Any] | None) -> LoadOptions:
    """Return options as they were kept; what this version does not know, or cannot be, is the default. For a worker."""
    from pydantic import ValidationError

    from engine.model.protocol import LoadOptions

    known = {name: value for name, value in (kept or {}).items() if name in LoadOptions.model_fields}
    try:
        return LoadOptions.model_validate(known)
    except ValidationError as error:
        wrong = {place["loc"][0] for place in error.errors() if place["loc"]}
        right = {name: value for name, value in known.items() if name not in wrong}
        return LoadOptions.model_validate(right) if len(right) < len(known) else LoadOptions()


def broken_pin(path: str) -> EngineError:
    """Return what is said of a file that is not the one that was pinned."""
    return ModelFileInvalid(
        "The file is not the one that was pinned: its SHA-256 is another.",
        where=path,
        advice="Unpin the model if you have changed the file yourself; otherwise fetch it again.",
    )
