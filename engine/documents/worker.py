"""The process that reads documents for a `DocumentPool`.

A request is a path and the folder of the cache or None, pickled; the answer is the document. On the way it tells how
many pages have been read, and of how many.
"""

from __future__ import annotations

import functools
import pickle
import time
from typing import TYPE_CHECKING

from engine.documents.cache import DocumentCache
from engine.documents.reading import read_document
from engine.errors import DocumentError
from engine.workers.serving import run

if TYPE_CHECKING:
    from pathlib import Path

    from engine.documents.document import Document
    from engine.workers.serving import Tell

_BEAT = 0.1
"""Seconds between two words on progress."""


def _read(request: bytes, tell: Tell) -> Document:
    path, folder = pickle.loads(request)  # noqa: S301  # our own parent wrote it
    told = time.monotonic()

    def progress(done: int, pages: int) -> None:
        nonlocal told
        if (now := time.monotonic()) - told > _BEAT:
            told = now
            tell(done, pages)

    try:
        return read_document(path, progress, cache=_cache(folder) if folder else None)
    except MemoryError:
        raise DocumentError(
            "The document needs more memory than a reader may take.", where=str(path), advice="Split it."
        ) from None


@functools.cache
def _cache(folder: Path) -> DocumentCache:
    return DocumentCache(folder)


if __name__ == "__main__":
    run(_read)
