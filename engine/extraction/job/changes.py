"""Whether a document is still what was read."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from engine.documents import container_of
from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.documents import DocumentPool


class Fingerprints:
    """The SHA-256 of documents as they are now; of an attachment, that of its own bytes."""

    def __init__(self, documents: DocumentPool) -> None:
        self._documents = documents
        self._files: dict[Path, str | None] = {}

    def of(self, path: Path) -> str | None:
        """Return the hash of a document, None where it cannot be read.

        An attachment is read as a document is, in a process of its own: messages may be hostile.
        """
        if container_of(path) is None:
            return self._file(path)
        try:
            return self._documents.submit(path).result().sha256
        except EngineError:
            return None

    def has_changed(self, path: Path, sha256: str | None, known: Mapping[Path, str | None]) -> bool:
        """Tell whether a document is no longer the one that was read; one that is gone is not known to be.

        `known` are the hashes of messages as they were read: where one is unchanged, so are its attachments.
        """
        container = container_of(path)
        if container is not None and known.get(container) is not None and self._file(container) == known[container]:
            return False
        now = self.of(path)
        return now is not None and now != sha256

    def _file(self, path: Path) -> str | None:
        if path not in self._files:
            self._files[path] = hash_file(path)
        return self._files[path]


def hash_file(path: Path) -> str | None:
    """Return the SHA-256 of a file's bytes; None where it is none, or cannot be read."""
    try:
        if not path.is_file():
            return None  # to open a pipe would be to wait for whoever writes into it
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
