"""The process that lists the attachments of messages: paths, encoded by `os.fsencode`, to lists of names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from engine.documents.mail import list_attachments
from engine.documents.reading import read_file
from engine.errors import DocumentError
from engine.workers.serving import run

if TYPE_CHECKING:
    from engine.workers.serving import Tell


def _list(request: bytes, _tell: Tell) -> list[str]:
    path = Path(os.fsdecode(request))
    try:
        return list_attachments(read_file(path, str(path)), str(path))
    except MemoryError:
        raise DocumentError("The message needs more memory than a reader may take.", where=str(path)) from None


if __name__ == "__main__":
    run(_list)
