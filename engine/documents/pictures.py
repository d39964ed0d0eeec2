"""A page of a PDF, or an image file, as pixels: what a person compares with the text that was read of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.documents.kinds import KINDS, kind_by_content
from engine.documents.reading import bytes_of, check_name
from engine.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

MOST_PIXELS = 16_000_000
"""Pixels of a picture at most: 48 MB. A page that would have more is drawn more coarsely."""
LONGEST_SIDE = 16_000
"""Pixels of a side at most."""
PICTURED = frozenset(("pdf", "image"))
"""The kinds of documents that have pictures."""


class PagePicture(NamedTuple):
    """A page as it is shown: `rgb` holds three bytes a pixel, row after row, without padding."""

    width: int
    height: int
    rgb: bytes


class PageSize(NamedTuple):
    """Width and height of a page as it is shown, in points."""

    width: float
    height: float


def pixel_size(width: float, height: float, wanted: int) -> tuple[int, int]:
    """Return the pixels of a picture `wanted` pixels wide, or of the largest that is allowed.

    `width` and `height` may be in any unit. A side is at least one pixel.
    """
    width, height = max(width, 1e-3), max(height, 1e-3)
    scale = max(wanted, 1) / width
    scale = min(scale, math.sqrt(MOST_PIXELS / (width * height)), LONGEST_SIDE / max(width, height))
    # Rounded down, since two sides that are rounded up may be more than is allowed.
    return max(int(width * scale + 1e-6), 1), max(int(height * scale + 1e-6), 1)


class Pictures:
    """The pages of one file, which stays open from one picture to the next. Close it."""

    def __init__(self, data: bytes, kind: str, where: str) -> None:
        """Open a file. Raises DocumentError for what is damaged, locked, or has no pictures."""
        self._where = where
        if kind == "pdf":
            self._pages: _PdfPages | _Frames = _PdfPages(data, where)
        elif kind == "image":
            self._pages = _Frames(data, where)
        else:
            raise DocumentError(
                f"The file is {KINDS[kind]}, which has no pictures of its pages.",
                where=where,
                advice="Its text is shown.",
            )

    def sizes(self) -> tuple[PageSize, ...]:
        """Return the size of each page. Raises DocumentError for a page that is damaged."""
        return tuple(self._pages.size(number) for number in range(1, self._pages.count + 1))

    def picture(self, page: int, width: int) -> PagePicture:
        """Return a page (from 1), `width` pixels wide where that is not too much.

        Annotations and form fields are drawn as they are printed; nothing in the file is run. Raises DocumentError
        for a page that is not there or cannot be drawn.
        """
        if not 1 <= page <= self._pages.count:
            raise DocumentError(
                f"The file has no page {page}.", where=self._where, advice="It may have changed since it was read."
            )
        return self._pages.draw(page, width)

    def close(self) -> None:
        """Give back what the file takes of the memory."""
        self._pages.close()


class _PdfPages:
    def __init__(self, data: bytes, where: str) -> None:
        from engine.documents.pdf import open_pdf

        self._where = where
        self._document = open_pdf(data, where)
        self.count = len(self._document)

    def size(self, number: int) -> PageSize:
        from engine.documents.pdf import page_size

        return PageSize(*page_size(self._document, number, self._where))

    def draw(self, number: int, wanted: int) -> PagePicture:
        from engine.documents.pdf import draw_page, page_as_read

        with page_as_read(self._document, number, self._where) as page:
            across, down = page.get_size()
            width, height = pixel_size(across, down, wanted)
            return PagePicture(width, height, draw_page(page, width, height))

    def close(self) -> None:
        self._document.close()


class _Frames:
    """The pictures of an image file."""

    def __init__(self, data: bytes, where: str) -> None:
        from engine.documents.ocr import frame_count, open_image

        self._where = where
        self._image = open_image(data, where)
        self.count = frame_count(self._image)

    def size(self, number: int) -> PageSize:
        from engine.documents.ocr import decoding, dots_per_point, frame_at

        frame = frame_at(self._image, number, self._where)
        scale = dots_per_point(frame)
        with decoding(self._where):
            width, height = _upright_size(frame)
        return PageSize(width / scale, height / scale)

    def draw(self, number: int, wanted: int) -> PagePicture:
        from PIL import Image, ImageOps

        from engine.documents.ocr import decoding, frame_at

        frame = frame_at(self._image, number, self._where)
        with decoding(self._where):
            across, down = _upright_size(frame)
            width, height = pixel_size(across, down, wanted)
            upright = ImageOps.exif_transpose(frame).convert("RGB")
            drawn = upright.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
        return PagePicture(width, height, drawn.tobytes())

    def close(self) -> None:
        self._image.close()


def _upright_size(frame: Any) -> tuple[int, int]:
    """Return width and height of a picture turned as its camera says."""
    from PIL import ExifTags

    width, height = frame.size
    turned = frame.getexif().get(ExifTags.Base.Orientation, 1) in {5, 6, 7, 8}
    return (height, width) if turned else (width, height)


class OpenPictures:
    """Gives pictures of one file after the other, and keeps the last file open: a person turns its pages."""

    def __init__(self) -> None:
        self._open: Pictures | None = None
        self._known: tuple[object, ...] = ()

    def of(self, path: Path) -> Pictures:
        """Return the pictures of a file or of an attachment, `message.eml/scan.pdf`, as it is now."""
        known = (path, *_state(path))
        if self._open is None or known != self._known:
            self.close()
            where = str(path)
            named = check_name(path)
            data = bytes_of(path, where)
            kind, _ = kind_by_content(data, named, where)
            self._open, self._known = Pictures(data, kind, where), known
        return self._open

    def close(self) -> None:
        """Close the file that is open."""
        if self._open is not None:
            self._open.close()
            self._open = None


def _state(path: Path) -> tuple[int, int]:
    """Return what differs once a file, or the message around it, has been written anew."""
    for file in (path, *path.parents):
        try:
            facts = file.stat()
        except OSError:
            continue
        return facts.st_mtime_ns, facts.st_size
    return 0, 0
