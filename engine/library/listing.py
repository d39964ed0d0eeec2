"""All models of this machine in one list: those that are kept, then those of folders and of other programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.library.finding import find_models, identity_of, parts_of, read_model
from engine.library.places import usual_places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from engine.library.finding import ModelFile

Origin = Literal["bundled", "downloaded", "added", "folder", "usual"]
"""How a model came on the list: with this program, by it, by hand, or by lying where is looked."""


@dataclass(frozen=True)
class Listed:
    """A model of the list; `place` is the folder or the program where it was found, empty for those that are kept."""

    file: ModelFile
    origin: Origin
    place: str = ""


@dataclass(frozen=True)
class Wanted:
    """Where to look: files that are kept, folders, and, if `usual`, the folders of other programs.

    `hidden` are the paths of files that were taken off the list.
    """

    files: tuple[tuple[Path, Origin], ...] = ()
    folders: tuple[Path, ...] = ()
    usual: bool = False
    hidden: frozenset[str] = frozenset()


def list_models(
    wanted: Wanted,
    should_stop: Callable[[], bool] = lambda: False,
    read: Callable[[tuple[Path, ...], str], ModelFile] = read_model,
) -> Iterator[Listed]:
    """Yield the models of the list, each file once, as `find_models` does and under the same terms."""
    seen: set[object] = set()
    for listed in _look(wanted, should_stop, read):
        if should_stop():
            return
        identity = identity_of(listed.file.path)
        if identity not in seen and str(listed.file.path) not in wanted.hidden:
            seen.add(identity)
            yield listed


def _look(
    wanted: Wanted, should_stop: Callable[[], bool], read: Callable[[tuple[Path, ...], str], ModelFile]
) -> Iterator[Listed]:
    for path, origin in wanted.files:
        yield Listed(read(*parts_of(path)), origin)
    for folder in wanted.folders:
        for file in find_models(folder, should_stop, read):
            yield Listed(file, "folder", str(folder))
    for place in usual_places() if wanted.usual else ():
        for file in find_models(place.folder, should_stop, read):
            yield Listed(file, "usual", place.program)
