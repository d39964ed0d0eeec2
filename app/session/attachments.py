"""The files that will go with the draft."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, replace
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
    from engine.errors import EngineError
    from engine.store import Store

_IMAGE_LIMIT = 20_000_000
"""Largest image that is kept, in bytes."""


@dataclass(frozen=True)
class Reading:
    """A file that is still being read, for a thread's draft, or where `wording` is not 0 for a message worded anew.

    Its `id` is below 0, and is the one that the file has among those of a wording.
    """

    id: int
    name: str
    thread: int
    wording: int = 0


class Attachments(QObject):
    """What is attached to the unsent draft of the open thread.

    `changed` tells of other files: those that are there, then each `Reading` that is under way for them. While a
    message is worded anew, `held` are the files of that; those of the draft wait in the store. A file belongs to what
    was being written when it was added, whatever is shown once it was read.
    """

    changed = Signal(object)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.files: tuple[Attachment, ...] = ()
        self.held = False
        self._bridge = bridge
        self._thread = 0
        self._wordings = 0
        self._added = 0
        self._pending: dict[int, Reading] = {}

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The files that are still being read for what is shown."""
        return tuple(reading for reading in self._pending.values() if self._is_shown(reading))

    @property
    def reading(self) -> int:
        """How many files are still being read for what is shown."""
        return len(self.readings)

    @property
    def ready(self) -> bool:
        """Whether all files are there that were added to what is shown: what is sent before leaves some behind."""
        return not self.readings

    # What is shown

    def show(self, thread: int, files: Sequence[Attachment]) -> None:
        """Show what is attached to a thread's draft."""
        self.held = False
        self._show(thread, files)

    def hold(self, files: Sequence[Attachment]) -> None:
        """Show the files of a message that is worded anew."""
        self.held = True
        self._wordings += 1
        self._show(self._thread, files)

    def let_go(self) -> None:
        """Show the draft's files again."""
        if self.held:
            thread = self._thread
            self.show(thread, ())
            self._bridge.ask_store(partial(_files_of, thread), partial(self._read, thread))

    def _is_shown(self, reading: Reading) -> bool:
        return reading.thread == self._thread and reading.wording == (self._wordings if self.held else 0)

    def _show(self, thread: int, files: Sequence[Attachment]) -> None:
        self._thread, self.files = thread, tuple(files)
        self._tell()

    def _read(self, thread: int, files: list[Attachment] | None) -> None:
        if files is not None and thread == self._thread and not self.held:
            self._show(thread, files)

    def _tell(self) -> None:
        self.changed.emit((*self.files, *self.readings))

    # Adding and removing

    def add(self, paths: Sequence[Path]) -> None:
        """Read files and attach them: the text of documents, images as they are."""
        begun = []
        for path in paths:
            self._added += 1
            reading = Reading(-self._added, path.name, self._thread, self._wordings if self.held else 0)
            self._pending[reading.id] = reading
            begun.append((reading, path))
        self._tell()
        for reading, path in begun:
            media = mimetypes.guess_type(path.name)[0] or "text/plain"
            if media.startswith("image/"):
                self._add_image(reading, path, media)
            else:
                self._add_document(reading, path, media)

    def remove(self, attachment: int) -> None:
        """Take a file off what is shown, also one that is still being read."""
        if self._pending.pop(attachment, None) is not None:
            self._tell()
            return
        self._show(self._thread, [entry for entry in self.files if entry.id != attachment])
        if not self.held:
            self._detach(self._thread, attachment)

    def _detach(self, thread: int, attachment: int) -> None:
        def detach(store: Store) -> list[Attachment]:
            store.messages.detach(attachment)
            return _files_of(thread, store)

        self._bridge.ask_store(detach, partial(self._read, thread))

    def _add_document(self, reading: Reading, path: Path, media: str) -> None:
        def read(document: Document) -> None:
            self._keep(reading, Attachment(path.name, media, document.text))

        self._bridge.read_document(path, read, partial(self._fail, reading))

    def _add_image(self, reading: Reading, path: Path, media: str) -> None:
        def read(_store: Store) -> Attachment:
            try:
                content = path.read_bytes() if path.stat().st_size <= _IMAGE_LIMIT else None
            except OSError as error:
                raise DocumentError(f"The image cannot be read: {error.strerror}.", where=str(path)) from error
            if content is None:
                advice = f"Attach one of up to {_IMAGE_LIMIT // 1_000_000} MB."
                raise DocumentError("The image is too large to be kept.", where=str(path), advice=advice)
            return Attachment(path.name, media, "", content)

        self._bridge.ask_store(read, partial(self._keep, reading), partial(self._fail, reading))

    def _keep(self, reading: Reading, attachment: Attachment | None) -> None:
        """Attach what was read to what it was added to; nothing where it was taken off, or there is no store."""
        if attachment is None:
            self._end(reading)
        elif reading.id not in self._pending:
            return
        elif reading.wording:
            if self._is_shown(reading):
                self.files = (*self.files, replace(attachment, id=reading.id))
            self._end(reading)
        else:
            self._save(reading, attachment)

    def _save(self, reading: Reading, attachment: Attachment) -> None:
        thread = reading.thread

        def put(store: Store) -> tuple[int, list[Attachment]]:
            return store.messages.attach(thread, attachment), _files_of(thread, store)

        def saved(found: tuple[int, list[Attachment]] | None) -> None:
            if found is None:
                self._end(reading)
            elif self._pending.pop(reading.id, None) is None:
                self._detach(thread, found[0])  # taken off while it was being saved
            else:
                self._read(thread, found[1])

        self._bridge.ask_store(put, saved, partial(self._fail, reading))

    def _end(self, reading: Reading) -> None:
        self._pending.pop(reading.id, None)
        self._tell()

    def _fail(self, reading: Reading, error: EngineError) -> None:
        self._end(reading)
        self._bridge.failed.emit(error)


def _files_of(thread: int, store: Store) -> list[Attachment]:
    return store.messages.attachments(thread, content=False)
