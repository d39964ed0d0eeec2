"""A file of a hub, the parts that make a model, and the names under which they are kept here."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from engine.errors import DownloadRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ENDING = ".gguf"

_PART = re.compile(r"-(\d{5})-of-(\d{5})$")
_FORBIDDEN = frozenset('<>:"/\\|?*')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
_LONGEST = 200
"""Bytes of a name: file systems take 255, and endings are put to it while it is fetched."""


@dataclass(frozen=True)
class HubFile:
    """A file that can be fetched. `name` is its path in the repository, with slashes; `size` is in bytes.

    `sha256` is what the hub says it is, as lowercase hex; None where nobody says, so that only size and header of what
    arrives can be checked. `repository` is empty, and `revision` too, where an address does not belong to the hub.
    """

    repository: str
    revision: str
    name: str
    size: int
    sha256: str | None
    url: str = field(repr=False)
    licence: str | None = None


def models_of(files: Iterable[HubFile]) -> list[tuple[HubFile, ...]]:
    """Put the parts of split models together, in their order; whoever is whole stands alone. Sorted by name."""
    models: dict[str, dict[int, HubFile]] = defaultdict(dict)
    for file in files:
        stem, number, _ = split_name(file.name)
        models[stem][number] = file
    return [tuple(models[stem][number] for number in sorted(models[stem])) for stem in sorted(models, key=str.casefold)]


def name_of(files: Sequence[HubFile]) -> str:
    """Return what a model is called by its file name: without folders, number of the part and ending."""
    return PurePosixPath(split_name(files[0].name)[0]).name


def folder_of(models: Path, files: Sequence[HubFile]) -> Path:
    """Return the folder below `models` where a model is kept, one a repository: owners give equal names to their files.

    Raises `DownloadRefused` for a name that cannot be one of a folder.
    """
    repository = files[0].repository or (urlsplit(files[0].url).hostname or "")
    return models.joinpath(*(_checked(step, files[0].name) for step in repository.split("/")))


def local_name(file: HubFile) -> str:
    """Return the name under which a file is kept, the last step of its path in the repository.

    Raises `DownloadRefused` for names that lead elsewhere, or that some system cannot keep.
    """
    steps = file.name.split("/")
    for step in steps:
        _checked(step, file.name)
    if not steps[-1].lower().endswith(ENDING):
        raise DownloadRefused("This is not the name of a GGUF file.", where=repr(file.name)[1:-1])
    return steps[-1]


def check_whole(files: Sequence[HubFile]) -> None:
    """Raise `DownloadRefused` unless the files are all parts of one model, in their order."""
    stem, _, count = split_name(files[0].name)
    there = [split_name(file.name) for file in files]
    for number in range(1, count + 1):
        if (stem, number, count) not in there:
            raise DownloadRefused(
                f"The model is split into {count} files, and the hub has no part {number}.", where=files[0].name
            )
    if len(there) != count or there != sorted(there):
        raise DownloadRefused("These files are not the parts of one model.", where=files[0].name)


def split_name(name: str) -> tuple[str, int, int]:
    """Return what a model is called without number and ending, which part this is, counted from 1, and of how many."""
    stem = name[: -len(ENDING)] if name.lower().endswith(ENDING) else name
    part = _PART.search(stem)
    return (stem[: part.start()], int(part[1]), int(part[2])) if part else (stem, 1, 1)


def _checked(step: str, name: str) -> str:
    """Return one step of a path if every system can keep it and it leads nowhere else."""
    shown = repr(name)[1:-1]
    if (
        step in {"", ".", ".."}
        or step[0] == "."
        or step[-1] in ". "
        or not step.isprintable()
        or _FORBIDDEN & set(step)
        or _RESERVED.fullmatch(step.split(".", maxsplit=1)[0].rstrip())
        or len(step.encode()) > _LONGEST
    ):
        raise DownloadRefused(
            "The file has a name that cannot be kept on this machine.",
            where=shown,
            advice="Fetch it another way, under another name, and add it as a file.",
        )
    return step
