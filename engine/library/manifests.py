"""Models that lie under their hashes and have their names in manifests, as Ollama keeps them.

Below `manifests` lie small JSON files, by host, owner, model and tag; each names layers by their hashes, and what is
so named lies in `blobs`. A manifest is read with suspicion: it can name nothing but a file of that folder.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from engine.gguf.plain_file import open_plain_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DEEPEST = 6
_MANIFEST_BYTES = 1 << 20
_MODEL = "application/vnd.ollama.image.model"


def named_by_manifests(folder: Path, should_stop: Callable[[], bool]) -> Iterator[tuple[str, tuple[Path, ...]]]:
    """Yield the names and files of the models that manifests name, in the order of their names, "owner/model:tag"."""
    found = []
    root = folder / "manifests"
    for place, folders, files in os.walk(root):
        if len(Path(place).relative_to(root).parts) >= _DEEPEST:
            folders.clear()
        for file in files:
            if should_stop():
                return
            path = Path(place, file)
            blob = _blob(path)
            if blob is not None:
                found.append((_name(path.relative_to(root).parts), blob))
    for name, blob in sorted(found):
        yield name, (folder / "blobs" / blob,)


def _name(steps: tuple[str, ...]) -> str:
    """Return how Ollama calls a model: without the host, and without the owner where that is Ollama itself."""
    if len(steps) < 3:
        return steps[-1]
    *owners, model, tag = steps[1:]
    return "/".join([*(owner for owner in owners if owner != "library"), f"{model}:{tag}"])


def _blob(manifest: Path) -> str | None:
    """Return the name of the file that a manifest calls the model; None where it names none, whatever it is."""
    try:
        with open_plain_file(manifest) as file:
            said = json.loads(file.read(_MANIFEST_BYTES) or b"")
        digest = next(layer["digest"] for layer in said["layers"] if layer["mediaType"] == _MODEL)
        method, _, value = digest.partition(":")
    except (OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError, StopIteration):
        return None
    # Letters and digits only, so that it leads nowhere but into the folder of blobs.
    return f"{method}-{value}" if method.isalnum() and value.isalnum() else None
