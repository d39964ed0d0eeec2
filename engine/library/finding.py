"""The models of a folder: each with the facts of its header, or with what is wrong with it."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Literal

from engine.errors import ModelFileInvalid
from engine.gguf import facts_of, read_header
from engine.library.hashing import stamp_of
from engine.library.manifests import named_by_manifests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from engine.gguf import Header, ModelFacts

Kind = Literal["model", "adapter", "projector"]
"""What a file is: a model, a LoRA adapter of one, or what lets one see pictures."""

_ENDING = ".gguf"
_PART = re.compile(r"-(\d{5})-of-(\d{5})$")
_DEEPEST = 12
_MOST_PARTS = 1000

_ADVICE = "Download or copy the file again, or choose another one."
_TOGETHER = "Put all parts into one folder, under the names they were given."


@dataclass(frozen=True)
class ModelFile:
    """A model on this machine. `path` is what is loaded, the first of `parts`.

    `name` is how its folder calls it. `size` are the bytes of all parts, and `changed_ns` says when the newest was
    changed, in nanoseconds of the Unix epoch: while both stay, a hash stays true. Either `facts` are known, or `error`
    says what is wrong with the file.
    """

    path: Path
    parts: tuple[Path, ...]
    name: str
    size: int
    kind: Kind = "model"
    facts: ModelFacts | None = None
    error: ModelFileInvalid | None = None
    changed_ns: int = 0

    @property
    def title(self) -> str:
        """What the model calls itself, or how its folder calls the file where it does not say."""
        return self.facts.name if self.facts is not None else self.name


def find_models(
    folder: Path,
    should_stop: Callable[[], bool] = lambda: False,
    read: Callable[[tuple[Path, ...], str], ModelFile] | None = None,
) -> Iterator[ModelFile]:
    """Yield the models of a folder and those below it, folder by folder in the order of their names; each file once.

    The parts of a split model are one. Nothing is written, and links to folders are not followed, so that no link
    leads round in circles or out of the folder that was chosen. A folder that cannot be read has no models. It takes
    some milliseconds a file, more on a slow disk: call it on a worker; `should_stop` is asked again and again, also
    while there is nothing to yield. `read` takes the place of `read_model`, for whoever remembers what it has read.
    """
    read = read or read_model
    seen: set[object] = set()
    for name, parts in chain(_walk(folder, should_stop), named_by_manifests(folder, should_stop)):
        if should_stop():
            return
        identity = identity_of(parts[0])
        if identity not in seen:
            seen.add(identity)
            yield read(parts, name)


def identity_of(path: Path) -> object:
    """Return by what a file is known to be the same under another name: a link, a hard link, another mount."""
    try:
        told = path.stat()
    except (OSError, ValueError):
        return path
    return (told.st_dev, told.st_ino) if told.st_ino else path


def parts_of(path: Path) -> tuple[tuple[Path, ...], str]:
    """Return all files of the model that a file is of, those that are there, and how its folder calls the model."""
    part = _PART.search(path.stem)
    if part is None:
        return (path,), path.stem
    name = path.stem[: part.start()]
    count = min(int(part[2]), _MOST_PARTS)
    named = [path.with_name(f"{name}-{number:05d}-of-{part[2]}{path.suffix}") for number in range(1, count + 1)]
    return tuple(each for each in named if os.path.lexists(each)) or (path,), name


def read_model(parts: tuple[Path, ...], name: str) -> ModelFile:
    """Read the headers of a model's parts, and see that they are all there and belong together."""
    first = parts[0]
    size = changed = 0
    try:
        size, changed = stamp_of(parts)
        _check_name(first)
        headers = [read_header(part) for part in parts]
        facts = facts_of(*headers)
        _check_parts(parts, headers, facts)
        kind: Kind = "adapter" if facts.is_adapter else "projector" if facts.architecture == "clip" else "model"
        if kind == "model":
            _check_whole(first, facts)
    except ModelFileInvalid as error:
        return ModelFile(first, parts, name, size, error=error, changed_ns=changed)
    return ModelFile(first, parts, name, size, kind, facts, changed_ns=changed)


def _walk(folder: Path, should_stop: Callable[[], bool]) -> Iterator[tuple[str, tuple[Path, ...]]]:
    """Yield the files of a folder that are called models, the parts of a split one together."""
    waiting: list[tuple[Path, str, int]] = [(folder, "", 0)]
    while waiting:
        place, prefix, deep = waiting.pop()
        files: list[str] = []
        folders: list[str] = []
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if should_stop():
                        return
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.name)
                    elif entry.name.lower().endswith(_ENDING) and not _leads_to_folder(entry):
                        files.append(entry.name)
        except (OSError, ValueError):
            pass  # what was read of it until then counts
        yield from _grouped(place, prefix, files)
        if deep < _DEEPEST:
            below = sorted(folders, key=str.casefold, reverse=True)
            waiting += [(place / name, f"{prefix}{name}/", deep + 1) for name in below]


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round in circles is shown as what it is: a file that cannot be read
        return False


def _grouped(place: Path, prefix: str, files: list[str]) -> list[tuple[str, tuple[Path, ...]]]:
    """Return the models among the names of files in one folder, in the order of their names."""
    found: dict[tuple[str, str], dict[int, Path]] = defaultdict(dict)
    for file in files:
        stem = file[: -len(_ENDING)]
        part = _PART.search(stem)
        if part is None:
            found[stem, ""][0] = place / file
        else:
            found[stem[: part.start()], part[2]][int(part[1])] = place / file
    named = [(_called(prefix + name), parts) for (name, _), parts in found.items()]
    return [
        (name, tuple(parts[number] for number in sorted(parts)))
        for name, parts in sorted(named, key=lambda each: each[0].casefold())
    ]


def _called(name: str) -> str:
    """Return how a file is called: in the cache of Hugging Face by its repository, not by a revision's hash."""
    steps = name.split("/")
    if len(steps) > 3 and steps[0].startswith("models--") and steps[1] == "snapshots":
        return "/".join([*steps[0].split("--")[1:], *steps[3:]])
    return name


def _check_name(path: Path) -> None:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise ModelFileInvalid(
            "The name of the file, or of a folder it lies in, is no valid text.", where=str(path), advice="Rename it."
        ) from None


def _check_parts(parts: tuple[Path, ...], headers: list[Header], facts: ModelFacts) -> None:
    """Raise `ModelFileInvalid` unless all parts are there that the first one speaks of."""
    numbers = [header.values.get("split.no", 0) for header in headers]
    counts = {header.values.get("split.count", 1) or 1 for header in headers}
    if facts.parts == len(parts) and numbers == list(range(len(parts))) and len(counts) == 1:
        return
    named = [_PART.search(part.stem) for part in parts]
    if not all(named):
        what = f"this file is called as if it were all of it, not as part {facts.part + 1} of {facts.parts}"
    else:
        have = {int(found[1]) for found in named if found}
        gone = next((number for number in range(1, min(facts.parts, 100_000) + 1) if number not in have), None)
        what = f"part {gone} of {facts.parts} is missing" if gone else "its parts do not belong together"
    raise ModelFileInvalid(f"The model is split into several files, and {what}.", where=str(parts[0]), advice=_TOGETHER)


def _check_whole(path: Path, facts: ModelFacts) -> None:
    """Raise `ModelFileInvalid` for a file that is well formed and no model."""
    if facts.architecture == "unknown":
        raise ModelFileInvalid("The file does not say what kind of model it is.", where=str(path), advice=_ADVICE)
    if not facts.parameters:
        raise ModelFileInvalid("The file holds a vocabulary and no weights.", where=str(path), advice=_ADVICE)
