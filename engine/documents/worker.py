"""The process that reads documents for a `DocumentPool`: paths, encoded by `os.fsencode`, to documents.

On the way it tells how many pages have been read, and of how many.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from engine.documents.reading import read_document
from engine.errors import DocumentError
from engine.workers.serving import run

if TYPE_CHECKING:
    from engine.documents.document import Document
    from engine.workers.serving import Tell

_BEAT = 0.1
"""Seconds between two words on progress."""


def _read(request: bytes, tell: Tell) -> Document:
    path = Path(os.fsdecode(request))
    told = time.monotonic()

    def progress(done: int, pages: int) -> None:
        nonlocal told
        if (now := time.monotonic()) - told > _BEAT:
            told = now
            tell(done, pages)

    try:
        return read_document(path, progress)
    except MemoryError:
        raise DocumentError(
            "The document needs more memory than a reader may take.", where=str(path), advice="Split it."
        ) from None


if __name__ == "__main__":
    run(_read)
