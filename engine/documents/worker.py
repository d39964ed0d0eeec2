"""The process that reads documents for a `DocumentPool`, and draws their pages.

A request is what is wanted, a path and what else it takes, pickled; the answer is a document, a picture or the sizes
of pages. On the way a reading tells how many pages have been read, and of how many.
"""

from __future__ import annotations

import functools
import pickle
import time
from typing import TYPE_CHECKING

from engine.documents.cache import DocumentCache
from engine.documents.pictures import OpenPictures
from engine.documents.reading import read_document
from engine.errors import DocumentError
from engine.workers.serving import run

if TYPE_CHECKING:
    from pathlib import Path

    from engine.documents.document import Document
    from engine.workers.serving import Tell

_BEAT = 0.1
"""Seconds between two words on progress."""

_pictures = OpenPictures()


def _work(request: bytes, tell: Tell) -> object:
    what, path, rest = pickle.loads(request)  # noqa: S301  # our own parent wrote it
    try:
        if what == "picture":
            return tuple(_pictures.of(path).picture(*rest))
        if what == "sizes":
            return [tuple(size) for size in _pictures.of(path).sizes()]
        _pictures.close()
        (folder,) = rest
        return _read(path, folder, tell)
    except MemoryError:
        _pictures.close()
        raise DocumentError(
            "The document needs more memory than a reader may take.", where=str(path), advice="Split it."
        ) from None


def _read(path: Path, folder: Path | None, tell: Tell) -> Document:
    told = time.monotonic()

    def progress(done: int, pages: int) -> None:
        nonlocal told
        if (now := time.monotonic()) - told > _BEAT:
            told = now
            tell(done, pages)

    return read_document(path, progress, cache=_cache(folder) if folder else None)


@functools.cache
def _cache(folder: Path) -> DocumentCache:
    return DocumentCache(folder)


if __name__ == "__main__":
    run(_work)
