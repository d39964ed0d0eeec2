"""A model as a person names it in the terminal: by its file, or as the library lists it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.console import one_line
from engine.cli.models.known import wanted_of
from engine.errors import InvalidRequest, ModelFileInvalid
from engine.library import Listed, ModelFile, identity_of, list_models, parts_of, read_model
from engine.model.bundled import bundled_model
from engine.store import Store
from engine.store.profile import DATABASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.library.listing import Origin

_MOST_TOLD = 8
BUNDLED = "bundled"


def model_path(named: Path | None, profile: Path) -> Path | None:
    """Return the file of the model that `--model` names; None, the bundled one, where it was not given.

    A file that exists is that file, and what looks like a path is one. Raises InvalidRequest where no model, or more
    than one, has such a name, and for a folder.
    """
    if named is None:
        return None
    if _is_path(named):
        _refuse_folder(named)
        return named
    with Store(profile) as store:
        return find_named(str(named), store).file.path


def pinned_hash(path: Path | None, profile: Path) -> str | None:
    """Return the hash that a model's file, or the bundled model's for None, has to have; None where it is not pinned.

    A profile that does not exist yet is not made.
    """
    if not (profile / DATABASE).exists():
        return None
    try:
        path = bundled_model() if path is None else path
    except ModelFileInvalid:  # whoever loads it says so
        return None
    with Store(profile) as store:
        kept = store.models.get(str(parts_of(whole_path(path))[0][0]))
    return None if kept is None else kept.pinned


def find_named(name: str, store: Store) -> Listed:
    """Return the model of the library that has a name, or the only one whose name begins so; or that file.

    Names are those of the list, then those that the models give themselves; case does not matter. Raises
    InvalidRequest, which names those that could be meant.
    """
    if not name.strip():
        raise InvalidRequest("The name of the model is empty.", advice="`espalier models` lists their names.")
    wanted = wanted_of(store)
    if _is_path(Path(name)):
        _refuse_folder(Path(name))
        return _listed(Path(name), store)
    # First without reading any header: most names are those of files.
    listed = [each for each in list_models(wanted, read=_unread) if each.file.kind == "model"]
    by_file = _matching(name, listed, _file_names)
    if not any(_is_called(name, each) for each in by_file):
        _refuse_folder(Path(name))  # what is there is never taken for the beginning of another name
    if len(by_file) == 1:
        return _read(by_file[0])
    if not by_file:
        listed = [_read(each) for each in listed]
        by_title = _matching(name, listed, lambda each: [each.file.title])
        if len(by_title) == 1:
            return by_title[0]
        by_file = by_title
    if by_file:
        raise InvalidRequest(
            f"Several models are called {one_line(name)!r}: {_several(by_file)}.",
            advice="Write more of the name, or the whole path of its file.",
        )
    raise InvalidRequest(
        f"There is no model called {one_line(name)!r}, and no file either.",
        advice=f"There are: {_several(listed)}. `espalier models` lists them.",
    )


def name_of(listed: Listed) -> str:
    """Return how a model is named in the terminal."""
    return BUNDLED if listed.origin == "bundled" else listed.file.name


def _file_names(listed: Listed) -> list[str]:
    return [name_of(listed), Path(name_of(listed)).name]


def _is_called(name: str, listed: Listed) -> bool:
    return name.casefold() in [each.casefold() for each in _file_names(listed)]


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise InvalidRequest(
            "This is a folder, not a model.", where=one_line(str(path)), advice="Name the GGUF file in it."
        )


def _is_path(named: Path) -> bool:
    text = str(named)
    return named.is_file() or named.is_absolute() or text.startswith((".", "~")) or text.lower().endswith(".gguf")


def _listed(path: Path, store: Store) -> Listed:
    parts, name = parts_of(whole_path(path))
    origin: Origin = "added"
    for other, how in wanted_of(store).files:
        if identity_of(other) == identity_of(parts[0]):
            origin = how
    return Listed(read_model(parts, name), origin)


def whole_path(path: Path) -> Path:
    """Return the whole path by which a file is known, without following links, which may lead to other names."""
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - `absolute` keeps the steps up


def _unread(parts: tuple[Path, ...], name: str) -> ModelFile:
    return ModelFile(parts[0], parts, name, 0)


def _read(listed: Listed) -> Listed:
    return replace(listed, file=read_model(listed.file.parts, listed.file.name))


def _matching(name: str, listed: Iterable[Listed], names: Callable[[Listed], list[str]]) -> list[Listed]:
    """Return the models that have exactly this name, or else those whose name begins with it."""
    asked = name.casefold()
    named = [(each, [one.casefold() for one in names(each)]) for each in listed]
    whole = [each for each, has in named if asked in has]
    return whole or [each for each, has in named if any(one.startswith(asked) for one in has)]


def _several(listed: list[Listed]) -> str:
    names = [one_line(name_of(each)) for each in listed]
    more = f" and {len(names) - _MOST_TOLD:,} more" if len(names) > _MOST_TOLD else ""
    return ", ".join(names[:_MOST_TOLD]) + more
