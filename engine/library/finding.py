"""The models of a folder: each with the facts of its header, or with what is wrong with it."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine.errors import ModelFileInvalid
from engine.gguf import facts_of, read_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.gguf import ModelFacts

Kind = Literal["model", "adapter", "projector"]
"""What a file is: a model, a LoRA adapter of one, or what lets one see pictures."""

_ENDING = ".gguf"
_PART = re.compile(r"-(\d{5})-of-(\d{5})$")
_DEEPEST = 12
_MOST_PARTS = 1000
_MANIFEST_BYTES = 1 << 20
_OLLAMA_MODEL = "application/vnd.ollama.image.model"


@dataclass(frozen=True)
class ModelFile:
    """A model on this machine. `path` is what is loaded, the first of `parts`; `size` the bytes of all parts.

    `name` is how its folder calls it. Either `facts` are known, or `error` says what is wrong with the file.
    """

    path: Path
    parts: tuple[Path, ...]
    name: str
    size: int
    kind: Kind = "model"
    facts: ModelFacts | None = None
    error: ModelFileInvalid | None = None


def find_models(
    folder: Path,
    should_stop: Callable[[], bool] = lambda: False,
    read: Callable[[tuple[Path, ...], str], ModelFile] | None = None,
) -> Iterator[ModelFile]:
    """Yield the models of a folder and those below it, in the order of their names; a split one once.

    Nothing is written, and links to folders are not followed. A folder that cannot be read has no models. It takes
    some milliseconds a file, more on a slow disk: call it on a worker; `should_stop` is asked before each file.
    `read` takes the place of `read_model`, for whoever remembers what it has read before.
    """
    read = read or read_model
    named = _named_by_manifests(folder)
    seen: set[Path] = set()
    for name, parts in (*_walk(folder), *named):
        if should_stop():
            return
        real = _real(parts[0])
        if real not in seen:
            seen.add(real)
            yield read(parts, name)


def parts_of(path: Path) -> tuple[tuple[Path, ...], str]:
    """Return all files of the model that a file is of, those that are there, and how its folder calls the model."""
    part = _PART.search(path.stem)
    if part is None:
        return (path,), path.stem
    name = path.stem[: part.start()]
    count = int(part[2])
    named = [
        path.with_name(f"{name}-{number:05d}-of-{part[2]}{path.suffix}") for number in range(1, min(count, 1000) + 1)
    ]
    return tuple(each for each in named if each.is_file()) or (path,), name


def read_model(parts: tuple[Path, ...], name: str) -> ModelFile:
    """Read the header of a model's first part, and see that the others are there."""
    first = parts[0]
    try:
        size = sum(part.stat().st_size for part in parts)
        facts = facts_of(read_header(first))
        _check_parts(parts, facts)
    except ModelFileInvalid as error:
        return ModelFile(first, parts, name, _size(parts), error=error)
    except OSError as error:
        gone = ModelFileInvalid(f"The file cannot be read: {error.strerror}.", where=str(first))
        return ModelFile(first, parts, name, 0, error=gone)
    kind: Kind = "adapter" if facts.is_adapter else "projector" if facts.architecture == "clip" else "model"
    return ModelFile(first, parts, name, size, kind, facts)


def _walk(folder: Path) -> list[tuple[str, tuple[Path, ...]]]:
    """Return the files of a folder that are called models, the parts of a split one together."""
    whole: dict[str, tuple[Path, ...]] = {}
    split: dict[str, dict[int, Path]] = defaultdict(dict)
    for place, folders, files in os.walk(folder):
        below = Path(place)
        deep = len(below.relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if not name.startswith(".")) if deep < _DEEPEST else []
        for file in files:
            path = below / file
            if path.suffix.lower() != _ENDING or file.startswith("."):
                continue
            name = path.relative_to(folder).with_suffix("").as_posix()
            part = _PART.search(name)
            if part is None:
                whole[name] = (path,)
            else:
                split[name[: part.start()]][int(part[1])] = path
    together = {name: tuple(parts[number] for number in sorted(parts)) for name, parts in split.items()}
    return sorted((whole | together).items(), key=lambda each: each[0].casefold())


def _named_by_manifests(folder: Path) -> list[tuple[str, tuple[Path, ...]]]:
    """Return models that lie under their hashes and have their names in manifests, as Ollama keeps them."""
    found = []
    root = folder / "manifests"
    for place, _, files in os.walk(root):
        for file in files:
            path = Path(place, file)
            blob = _blob(path)
            if blob is not None:
                steps = path.relative_to(root).parts[1:]
                owner = [step for step in steps[:-2] if step != "library"]
                found.append(("/".join([*owner, f"{steps[-2]}:{steps[-1]}"]) if len(steps) > 1 else file, blob))
    return [(name, (folder / "blobs" / blob,)) for name, blob in sorted(found)]


def _blob(manifest: Path) -> str | None:
    """Return the name of the file that a manifest calls the model."""
    try:
        with manifest.open("rb") as file:
            said = json.loads(file.read(_MANIFEST_BYTES))
        layers = said["layers"]
        digest = next(layer["digest"] for layer in layers if layer["mediaType"] == _OLLAMA_MODEL)
        method, _, value = digest.partition(":")
        return f"{method}-{value}" if method.isalnum() and value.isalnum() else None
    except (OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError, StopIteration):
        return None  # whatever it is, it names no model


def _check_parts(parts: tuple[Path, ...], facts: ModelFacts) -> None:
    """Raise `ModelFileInvalid` unless all parts are there that the first one speaks of."""
    if facts.parts == len(parts) and facts.part == 0:
        return
    have = {int(found[1]) for part in parts if (found := _PART.search(part.stem))}
    missing = sorted(set(range(1, facts.parts + 1)) - have) if facts.parts < 100_000 else []
    what = f"part {missing[0]} of {facts.parts} is missing" if missing else "its parts do not belong together"
    raise ModelFileInvalid(
        f"The model is split into several files, and {what}.",
        where=str(parts[0]),
        advice="Put all parts into one folder, under the names they were given.",
    )


def _size(parts: tuple[Path, ...]) -> int:
    size = 0
    for part in parts:
        try:
            size += part.stat().st_size
        except OSError:
            continue
    return size


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path
