"""Pictures of pages: asked for where they are seen, a few at a time, and forgotten where they are not."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.document_shown import DocumentShown, Picture, PictureSource
    from engine.errors import EngineError

MOST_BYTES: Final = 96_000_000
"""What pictures may take of the memory beyond those that are seen, four bytes a pixel."""
AT_ONCE: Final = 2
SETTLE_MS: Final = 120
"""How long a size must last before pages that have a picture already are drawn anew in it."""


class PagePictures(QObject):
    """The pictures of one document at a time. `arrived` tells of a page that has one now, or none for good."""

    arrived = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._source: PictureSource | None = None
        self._document: DocumentShown | None = None
        self._kept: OrderedDict[int, tuple[int, QPixmap]] = OrderedDict()
        self._failed: dict[int, EngineError] = {}
        self._asked: set[int] = set()
        self._wanted: list[tuple[int, int]] = []
        self._bytes = 0
        self._round = 0
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self._ask)

    def set_source(self, source: PictureSource | None) -> None:
        """Say where pictures come from."""
        self._source = source
        self._forget()

    def show_document(self, document: DocumentShown | None) -> None:
        """Forget the pictures of the document before; what of it is still to come is not taken."""
        self._document = document
        self._forget()

    def _forget(self) -> None:
        self._round += 1
        self._kept.clear()
        self._failed.clear()
        self._asked.clear()
        self._wanted = []
        self._bytes = 0
        self._settling.stop()

    def picture(self, page: int) -> QPixmap | None:
        """Return what there is of a page (an index), perhaps of another size than it has now."""
        kept = self._kept.get(page)
        return kept[1] if kept else None

    def failure(self, page: int) -> EngineError | None:
        """Return why a page has no picture."""
        return self._failed.get(page)

    def kept_bytes(self) -> int:
        """Return what the pictures take of the memory."""
        return self._bytes

    def want(self, pages: Sequence[tuple[int, int]]) -> None:
        """Say which pages are seen, and after them which may soon be, each with its width in pixels of the screen."""
        wanted = [(page, width) for page, width in pages if page not in self._failed]
        if wanted == self._wanted:
            return
        self._wanted = wanted
        for page, _ in reversed(wanted):
            if page in self._kept:
                self._kept.move_to_end(page)
        if any(page not in self._kept for page, _ in wanted):
            self._ask()
        else:
            self._settling.start()

    def _ask(self) -> None:
        if self._source is None or self._document is None:
            return
        for page, width in self._wanted:
            if len(self._asked) >= AT_ONCE:
                return
            kept = self._kept.get(page)
            if page in self._asked or page in self._failed or (kept and kept[0] == width):
                continue
            if not self._document.pages[page].has_picture:
                continue
            self._asked.add(page)
            self._request(page, width, self._round)

    def _request(self, page: int, width: int, round_: int) -> None:
        assert self._source is not None
        assert self._document is not None

        def done(picture: Picture) -> None:
            if round_ == self._round:
                self._asked.discard(page)
                self._keep(page, width, picture)
                self._ask()

        def failed(error: EngineError) -> None:
            if round_ == self._round:
                self._asked.discard(page)
                self._failed[page] = error
                self.arrived.emit(page)
                self._ask()

        self._source(self._document.pages[page].number, width, done, failed)

    def _keep(self, page: int, width: int, picture: Picture) -> None:
        image = QImage(picture.rgb, picture.width, picture.height, picture.width * 3, QImage.Format.Format_RGB888)
        before = self._kept.pop(page, None)
        if before is not None:
            self._bytes -= _size(before[1])
        pixmap = QPixmap.fromImage(image)
        self._kept[page] = (width, pixmap)
        self._bytes += _size(pixmap)
        seen = {wanted for wanted, _ in self._wanted}
        for other in list(self._kept):
            if self._bytes <= MOST_BYTES:
                break
            if other not in seen:
                self._bytes -= _size(self._kept.pop(other)[1])
        self.arrived.emit(page)


def _size(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
