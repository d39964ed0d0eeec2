"""The files that will go with the draft."""

from __future__ import annotations

import mimetypes
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.errors import DocumentError
from engine.store import Attachment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.bridge import Bridge
    from engine.documents import Document
    from engine.store import Store

_IMAGE_LIMIT = 20_000_000
"""Largest image that is kept, in bytes."""


class Attachments(QObject):
    """What is attached to the unsent draft of the open thread; `changed` tells of other files.

    While a message is worded anew, `held` are the files of that; those of the draft wait in the store.
    """

    changed = Signal(object)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.files: tuple[Attachment, ...] = ()
        self.held = False
        self._bridge = bridge
        self._thread = 0

    def show(self, thread: int, files: Sequence[Attachment]) -> None:
        """Show what is attached to a thread's draft."""
        self.held = False
        self._show(thread, files)

    def hold(self, files: Sequence[Attachment]) -> None:
        """Show the files of a message that is worded anew."""
        self.held = True
        self._show(self._thread, files)

    def let_go(self) -> None:
        """Show the draft's files again."""
        if self.held:
            thread = self._thread
            self._bridge.ask_store(lambda store: store.messages.attachments(thread), partial(self._read, thread))

    def _show(self, thread: int, files: Sequence[Attachment]) -> None:
        self._thread, self.files = thread, tuple(files)
        self.changed.emit(self.files)

    def _read(self, thread: int, files: list[Attachment] | None) -> None:
        if files is not None and thread == self._thread:
            self.show(thread, files)

    def add(self, paths: Sequence[Path]) -> None:
        """Read files and attach them: the text of documents, images as they are."""
        for path in paths:
            media = mimetypes.guess_type(path.name)[0] or "text/plain"
            if media.startswith("image/"):
                self._add_image(path, media)
            else:
                self._add_document(path, media)

    def remove(self, attachment: int) -> None:
        """Take a file off the draft."""
        self._show(self._thread, [entry for entry in self.files if entry.id != attachment])
        if self.held:
            return
        self._bridge.ask_store(lambda store: store.messages.detach(attachment))

    def _add_document(self, path: Path, media: str) -> None:
        thread = self._thread

        def read(document: Document) -> None:
            self._keep(thread, Attachment(path.name, media, document.text))

        self._bridge.read_document(path, read, self._bridge.failed.emit)

    def _add_image(self, path: Path, media: str) -> None:
        thread = self._thread

        def read(_store: Store) -> Attachment:
            try:
                content = path.read_bytes() if path.stat().st_size <= _IMAGE_LIMIT else None
            except OSError as error:
                raise DocumentError(f"The image cannot be read: {error.strerror}.", where=str(path)) from error
            if content is None:
                advice = f"Attach one of up to {_IMAGE_LIMIT // 1_000_000} MB."
                raise DocumentError("The image is too large to be kept.", where=str(path), advice=advice)
            return Attachment(path.name, media, "", content)

        self._bridge.ask_store(read, lambda image: self._keep(thread, image) if image is not None else None)

    def _keep(self, thread: int, attachment: Attachment) -> None:
        if self.held:
            if thread == self._thread:
                self.hold([*self.files, replace(attachment, id=-len(self.files) - 1)])
            return

        def put(store: Store) -> list[Attachment]:
            store.messages.attach(thread, attachment)
            return store.messages.attachments(thread)

        self._bridge.ask_store(put, partial(self._read, thread))
