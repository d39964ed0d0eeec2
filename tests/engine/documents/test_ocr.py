"""Scanned pages and images. The recogniser here is a stand-in: that RapidOCR reads well is not claimed by these tests.

What is tested is everything around it: which pages it is given, where its lines end up, and what is said without it.
"""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from engine.documents import ocr as ocr_module
from engine.documents import read_document
from engine.documents.ocr import INSTALL, Line, is_installed, load_recogniser
from engine.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

without_ocr = pytest.mark.skipif(is_installed(), reason="text recognition is installed here")


def bars(picture: NDArray[np.uint8]) -> list[Line]:
    """Recognise each black bar: "Total" at the left half of the page, "99.00" at the right."""
    found = []
    black = picture.max(axis=2) < 100
    for half, text in ((slice(None, picture.shape[1] // 2), "Total"), (slice(picture.shape[1] // 2, None), "99.00")):
        rows, columns = np.nonzero(black[:, half])
        if len(rows):
            left = half.start or 0
            x0, x1 = left + int(columns.min()), left + int(columns.max()) + 1
            found.append(Line(text, (x0, int(rows.min()), x1, int(rows.max()) + 1)))
    return found


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """Return a PDF of a page with text and a page with two bars and no text."""
    path = tmp_path / "scan.pdf"
    canvas = Canvas(str(path), pagesize=(400, 600), invariant=1)
    canvas.drawString(50, 500, "A cover letter")
    canvas.showPage()
    canvas.rect(50, 500, 40, 10, fill=1)
    canvas.rect(300, 500, 40, 10, fill=1)
    canvas.save()
    return path


def test_a_scanned_page_is_recognised_and_its_words_are_where_they_were_seen(scan: Path) -> None:
    document = read_document(scan, recogniser=bars)
    assert [page.text for page in document.pages] == ["A cover letter", "Total    99.00"]
    assert document.notes == ("The text on page 2 was recognised on a picture: check what matters.",)
    start = document.text.index("99.00")
    ((page, box),) = document.rectangles(start, start + 5)
    assert page == 2
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((300, 90, 340, 100), abs=1.5)


@without_ocr
def test_without_recognition_a_scanned_page_says_what_to_install(scan: Path) -> None:
    assert read_document(scan).notes == (f"No text on page 2: probably a scan or a picture. {INSTALL}",)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "receipt.png"
    picture = np.full((300, 400, 3), 255, dtype=np.uint8)
    picture[100:120, 20:80] = 0
    picture[100:120, 300:360] = 0
    Image.fromarray(picture).save(path, dpi=(144, 144))
    return path


def test_an_image_is_a_page(photo: Path) -> None:
    document = read_document(photo, recogniser=bars)
    assert (document.kind, document.text) == ("image", "Total    99.00")
    assert (document.pages[0].width, document.pages[0].height) == pytest.approx((200, 150), abs=0.1)
    ((_, box),) = document.rectangles(0, 5)
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((10, 50, 40, 60), abs=0.1)


def test_each_picture_of_a_tiff_is_a_page(tmp_path: Path, photo: Path) -> None:
    path = tmp_path / "fax.tiff"
    with Image.open(photo) as picture:
        picture.save(path, save_all=True, append_images=[picture])
    assert [page.number for page in read_document(path, recogniser=bars).pages] == [1, 2]


@without_ocr
def test_without_recognition_an_image_says_what_to_install(photo: Path) -> None:
    with pytest.raises(DocumentError, match="text recognition is not installed") as caught:
        read_document(photo)
    assert caught.value.advice == INSTALL
    assert caught.value.where == str(photo)


def test_an_image_cut_short_too_large_or_without_text_is_refused(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DocumentError, match="No text was recognised"):
        read_document(photo, recogniser=lambda picture: [])
    monkeypatch.setattr(ocr_module, "_PIXEL_LIMIT", 1000)
    with pytest.raises(DocumentError, match="too large"):
        read_document(photo, recogniser=bars)
    monkeypatch.undo()
    photo.write_bytes(photo.read_bytes()[:100])
    with pytest.raises(DocumentError, match="damaged"):
        read_document(photo, recogniser=bars)


def test_what_rapidocr_returns_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    class RapidOCR:
        """Answers in the shape that RapidOCR 3.10 documents: quadrangles (n, 4, 2) and n texts, or neither."""

        def __init__(self, params: dict[str, Any]) -> None:
            pass

        def __call__(self, picture: NDArray[np.uint8]) -> types.SimpleNamespace:
            if not picture.any():
                return types.SimpleNamespace(boxes=None, txts=None, scores=None)
            quads = np.array([[[6, 2], [322, 9], [320, 104], [4, 97]]], dtype=np.float32)
            return types.SimpleNamespace(boxes=quads, txts=("Total",), scores=(0.99,))

    module = types.ModuleType("rapidocr")
    module.RapidOCR = RapidOCR  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "rapidocr", module)
    monkeypatch.setattr(ocr_module, "is_installed", lambda: True)
    recogniser = load_recogniser()
    assert recogniser is not None
    assert recogniser(np.ones((200, 400, 3), dtype=np.uint8)) == [Line("Total", (4, 2, 322, 104))]
    assert recogniser(np.zeros((200, 400, 3), dtype=np.uint8)) == []
