"""Where the documents of a job come from: folders and single files, each document under a name of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from engine.documents import find_documents
from engine.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

_SAY_NOTHING = frozenset(("docs", "documents", "files", "scans"))


@dataclass(frozen=True)
class SourceFile:
    """A document and what its job calls it. `path` may lead into a message: `message.eml/order.csv`."""

    name: str
    path: Path


def find_sources(sources: Sequence[Path]) -> list[SourceFile]:
    """Return the documents of some folders and files, in the order of these, each once.

    One folder names its documents by their paths within it; of several each gives its own name first, and one that is
    taken gets a number: `invoices (2)/a.pdf`. A file has its own name, and its attachments follow it. Raises
    DocumentError where a source is missing, cannot be read or holds no document, and where there is none.
    """
    if not sources:
        raise DocumentError("No documents were chosen.", advice="Choose a folder or some files.")
    found: list[SourceFile] = []
    seen: set[Path] = set()
    labels: set[str] = set()
    names: set[str] = set()
    for given in sources:
        source = Path(os.path.abspath(given))  # noqa: PTH100 - links stay what a person called them
        paths = find_documents(source)
        is_file = source.is_file()
        alone = len(sources) == 1
        label = "" if alone and not is_file else _unique(_readable(source.name or str(source)), labels, file=is_file)
        labels.add(label)
        for path in paths:
            if path in seen:
                continue
            seen.add(path)
            below = path.relative_to(source).as_posix()
            name = "/".join(part for part in (label, "" if below == "." else _readable(below)) if part)
            name = _unique(name, names, file=True)
            names.add(name)
            found.append(SourceFile(name, path))
    return found


def name_of(sources: Sequence[Path]) -> str:
    """Return a short name for what comes of some sources: `Invoices`, `Invoices and 2 more`.

    A folder whose name says no more than that documents are in it is called as the one around it.
    """
    place = sources[0].resolve() if sources else None
    if place is not None and place.name.casefold() in _SAY_NOTHING and place.parent.name:
        place = place.parent
    first = _readable(place.name or str(place)) if place is not None else ""
    return first if len(sources) < 2 else f"{first} and {len(sources) - 1} more"


def _unique(name: str, taken: Container[str], *, file: bool) -> str:
    """Return a name that is not taken, numbered before a file's ending if it is."""
    path = PurePath(name)
    stem, suffix = (str(path.with_suffix("")), path.suffix) if file and path.suffix else (name, "")
    number = 2
    while name in taken:
        name = f"{stem} ({number}){suffix}"
        number += 1
    return name


def _readable(name: str) -> str:
    """Return a name without the bytes that are no text, which some file systems allow."""
    return os.fsencode(name).decode("utf-8", "replace")
