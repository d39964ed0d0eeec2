"""Text recognition (OCR) for scanned pages and images, where the optional extra `espalier[ocr]` is installed."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import struct
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.documents.document import Page
from engine.documents.glyphs import Glyphs
from engine.documents.layout import lay_out
from engine.errors import DocumentEmpty, DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from engine.documents.document import Progress

INSTALL = "Install text recognition: pip install 'espalier[ocr]'."
"""What to do about a page that is a picture."""

RESOLUTION = 200
"""Dots an inch at which a scanned page is drawn: letters of 8 points are then 22 pixels high."""

_PIXEL_LIMIT = 80_000_000
_POINTS = 72


class Line(NamedTuple):
    """A line of text as it was recognised, and its box in pixels: x0, y0, x1, y1 from the top left."""

    text: str
    box: tuple[float, float, float, float]


Recogniser = Callable[["NDArray[np.uint8]"], Sequence[Line]]
"""Finds lines in a picture of shape (height, width, 3), blue first, as OpenCV has it."""


def is_installed() -> bool:
    """Tell whether pictures can be read on this machine."""
    return all(importlib.util.find_spec(name) for name in ("rapidocr", "onnxruntime"))


def load_recogniser() -> Recogniser | None:
    """Return RapidOCR with the models that come with it, or None where it is not installed. Takes seconds."""
    if not is_installed():
        return None
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "warning"})

    def recognise(picture: NDArray[np.uint8]) -> list[Line]:
        result = engine(picture)
        texts, quads = getattr(result, "txts", None), getattr(result, "boxes", None)
        if texts is None or quads is None:  # nothing that looks like text
            return []
        corners = np.asarray(quads, dtype=np.float64)  # (lines, 4 corners, x and y)
        low, high = corners.min(axis=1).tolist(), corners.max(axis=1).tolist()
        return [Line(text, (*a, *b)) for text, a, b in zip(texts, low, high, strict=True)]

    return recognise


def recognised_page(picture: NDArray[np.uint8], recogniser: Recogniser, number: int, scale: float = 1.0) -> Page:
    """Return a page with what is recognised on a picture, laid out like any other; a point has `scale` pixels."""
    height, width = picture.shape[:2]
    codes: list[int] = []
    boxes: list[tuple[float, float, float, float]] = []
    spaced: list[bool] = []
    for line in recogniser(picture):
        x0, y0, x1, y1 = (side / scale for side in line.box)
        # The recogniser knows where a line is, not its letters: each gets an equal share.
        step = (x1 - x0) / max(len(line.text), 1)
        space = True
        for place, letter in enumerate(line.text):
            if not letter.isspace():
                codes.append(ord(letter))
                boxes.append((x0 + step * place, y0, x0 + step * (place + 1), y1))
                spaced.append(space)
            space = letter.isspace()
    count = len(codes)
    sides = np.asarray(boxes, dtype=np.float32).reshape(-1, 4)
    glyphs = Glyphs(
        codes=np.asarray(codes, dtype=np.int32),
        boxes=sides,
        em=sides[:, 3] - sides[:, 1],
        angles=np.zeros(count, dtype=np.int16),
        spaced=np.asarray(spaced, dtype=np.bool_),
        weak=np.zeros(count, dtype=np.bool_),
        tight=np.zeros(count, dtype=np.bool_),
        unmapped=0,
        width=width / scale,
        height=height / scale,
    )
    text, placed = lay_out(glyphs)
    return Page(number, text, placed, glyphs.width, glyphs.height)


def read_image(
    data: bytes, where: str, recogniser: Recogniser | None, progress: Progress | None = None
) -> tuple[tuple[Page, ...], tuple[str, ...]]:
    """Return the pages of an image file (a TIFF may have several) and a note that they were recognised.

    Raises DocumentError where no recogniser is installed, and for what is damaged, huge or has no text.
    """
    if recogniser is None:
        raise DocumentError("The file is an image, and text recognition is not installed.", where=where, advice=INSTALL)
    pages = []
    for number, (picture, scale, count) in enumerate(_pictures(data, where), start=1):
        pages.append(recognised_page(picture, recogniser, number, scale))
        if progress is not None:
            progress(number, count)
    if not any(page.text for page in pages):
        raise DocumentEmpty("No text was recognised on the image.", where=where, advice="Check that it shows some.")
    return tuple(pages), ("The text was recognised on an image: check what matters.",)


def _pictures(data: bytes, where: str) -> Any:
    """Yield each picture of a file, upright, with the pixels of a point and the number of all pictures."""
    from PIL import ImageOps

    with open_image(data, where) as image:
        count = frame_count(image)
        for number in range(1, count + 1):
            frame = frame_at(image, number, where)
            with decoding(where):
                upright = ImageOps.exif_transpose(frame).convert("RGB")
                pixels = np.ascontiguousarray(np.asarray(upright)[:, :, ::-1])
            yield pixels, dots_per_point(frame), count


@contextlib.contextmanager
def decoding(where: str) -> Iterator[None]:
    """Raise DocumentError for whatever Pillow raises over a damaged file."""
    from PIL import Image

    try:
        yield
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError) as error:
        raise DocumentError(
            "The image is damaged and cannot be read.", where=where, advice="Scan or export it again."
        ) from error


def open_image(data: bytes, where: str) -> Any:
    """Return a Pillow image, to be closed; its pixels are not read yet. Raises DocumentError for what is damaged."""
    from PIL import Image

    with decoding(where):
        return Image.open(io.BytesIO(data))


def frame_count(image: Any) -> int:
    """Return how many pictures an image has: a TIFF may have several."""
    return int(getattr(image, "n_frames", 1))


def frame_at(image: Any, number: int, where: str) -> Any:
    """Return one picture of an image (from 1). Raises DocumentError where it is damaged or too large."""
    with decoding(where):
        image.seek(number - 1)
    if image.width * image.height > _PIXEL_LIMIT:
        raise DocumentError("The image is too large to be read.", where=where, advice="Scale it down.")
    return image


def dots_per_point(frame: Any) -> float:
    """Return how many pixels of a picture make a point, by what it says itself or as scanners do."""
    dots = frame.info.get("dpi", (0, 0))[0]
    return float(dots) / _POINTS if 50 < dots < 2400 else RESOLUTION / _POINTS
