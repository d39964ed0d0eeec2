"""PDF files to pages, with pdfium."""

from __future__ import annotations

import contextlib
import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from engine.documents.document import Page
from engine.documents.glyphs import read_glyphs
from engine.documents.layout import lay_out
from engine.documents.ocr import INSTALL, RESOLUTION, recognised_page
from engine.encoding import plain
from engine.errors import DocumentEmpty, DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.documents.document import Progress
    from engine.documents.ocr import Recogniser

_TAIL = 4096
_LONGEST_SIDE = 5000
_DRAWN_ANNOTATIONS = frozenset((pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP))


def read_pages(
    data: bytes,
    where: str,
    progress: Progress | None = None,
    load_recogniser: Callable[[], Recogniser | None] = lambda: None,
) -> tuple[tuple[Page, ...], tuple[str, ...]]:
    """Return the pages of a PDF and notes on pages that could not be read well.

    Pages without text are given to the recogniser, which is loaded where there are such pages. Raises DocumentError
    for what is no PDF, is cut short, damaged, locked with a password, or has no text at all.
    """
    document = open_pdf(data, where)
    recognised: list[int] = []
    try:
        pages, unmapped = [], []
        for number, (page, lost) in enumerate(_each_page(document, where), start=1):
            pages.append(page)
            if progress is not None:
                progress(number, len(document))
            if lost:
                unmapped.append(number)
        empty = [page.number for page in pages if not page.text]
        recogniser = load_recogniser() if empty else None
        for number in empty:
            if recogniser is None:
                break
            pages[number - 1] = _recognise(document, number, recogniser, where)
            if pages[number - 1].text:
                recognised.append(number)
            if progress is not None:
                progress(number, len(document))
        embedded = _embedded_files(document)
        empty = [number for number in empty if number not in recognised]
        if len(empty) == len(pages) and not unmapped and all(_is_blank(document, number, where) for number in empty):
            what = "The page is" if len(pages) == 1 else f"All {len(pages)} pages are"
            raise DocumentEmpty(f"{what} blank.", where=where)
    finally:
        document.close()
    if len(empty) == len(pages):
        raise _textless(where, unmapped=bool(unmapped), tried=recogniser is not None)
    notes = []
    if recognised:
        notes.append(f"The text on {_listed(recognised)} was recognised on a picture: check what matters.")
    if empty:
        advice = "" if recogniser else f" {INSTALL}"
        notes.append(f"No text on {_listed(empty)}: probably a scan or a picture.{advice}")
    if unmapped:
        notes.append(f"On {_listed(unmapped)} some letters could not be read: a font does not name them.")
    if embedded:
        notes.append(f"Files that are embedded in the PDF were not read: {', '.join(embedded)}.")
    return tuple(pages), tuple(notes)


def open_pdf(data: bytes, where: str) -> Any:
    """Return a pypdfium2 `PdfDocument` with at least one page, to be closed.

    Raises DocumentError for what is no PDF, is cut short, damaged, or locked with a password.
    """
    _check_ends(data, where)
    document = _open(data, where)
    if not len(document):
        document.close()
        raise _damaged(where)
    return document


def page_size(document: Any, number: int, where: str) -> tuple[float, float]:
    """Return width and height in points of a page (from 1) as it is shown."""
    try:
        width, height = document.get_page_size(number - 1)
    except pypdfium2.PdfiumError as error:
        raise _damaged(f"{where}, page {number}") from error
    return width, height


@contextlib.contextmanager
def page_as_read(document: Any, number: int, where: str) -> Iterator[Any]:
    """Give a page (from 1) as its text was read: with form fields and notes as part of its content.

    Raises DocumentError, with the page, where pdfium cannot make sense of it.
    """
    place = f"{where}, page {number}"
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError as error:
        raise _damaged(place) from error
    try:
        page = _with_annotations(document, page, number - 1)
        yield page
    except pypdfium2.PdfiumError as error:
        raise _damaged(place) from error
    finally:
        page.close()


def draw_page(page: Any, width: int, height: int) -> bytes:
    """Return a page on white paper as red, green and blue bytes, row after row. Its scripts and actions stay shut."""
    stride = width * 3
    pixels = ctypes.create_string_buffer(stride * height)
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGR, pixels, stride)
    if not bitmap:
        raise MemoryError
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        flags = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER
        pdfium.FPDF_RenderPageBitmap(bitmap, page.raw, 0, 0, width, height, 0, flags)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return pixels.raw


def _is_blank(document: Any, number: int, where: str) -> bool:
    """Tell whether nothing is drawn on a page (from 1); text that shows no letters is nothing."""
    with page_as_read(document, number, where) as page:
        drawn = (pdfium.FPDFPage_GetObject(page.raw, at) for at in range(pdfium.FPDFPage_CountObjects(page.raw)))
        return all(pdfium.FPDFPageObj_GetType(each) == pdfium.FPDF_PAGEOBJ_TEXT for each in drawn)


def _textless(where: str, *, unmapped: bool, tried: bool) -> DocumentError:
    if unmapped:
        message = "The PDF's fonts do not say which letters they draw, so its text cannot be read."
    else:
        message = "The PDF has no text on any page: it is probably a scan."
    kind = DocumentEmpty if tried and not unmapped else DocumentError
    return kind(message, where=where, advice="Check that its pages can be read by eye." if tried else INSTALL)


def _recognise(document: Any, number: int, recogniser: Recogniser, where: str) -> Page:
    scale = RESOLUTION / 72
    try:
        page = document[number - 1]
        try:
            # A page of any size must fit the memory: beyond this it is drawn more coarsely.
            scale = min(scale, _LONGEST_SIDE / max(*page.get_size(), 1))
            picture = page.render(scale=scale).to_numpy()
        finally:
            page.close()
    except pypdfium2.PdfiumError as error:
        raise _damaged(f"{where}, page {number}") from error
    return recognised_page(np.ascontiguousarray(picture[:, :, :3]), recogniser, number, scale)


def _embedded_files(document: Any) -> list[str]:
    """Return the names of the files that a PDF carries with it."""
    try:
        names = [document.get_attachment(place).get_name() for place in range(min(document.count_attachments(), 20))]
    except pypdfium2.PdfiumError:
        return []
    return [plain(name).strip() or "without a name" for name in names]


def _check_ends(data: bytes, where: str) -> None:
    if b"%PDF-" not in data[:1024]:
        raise DocumentError(
            "The file is named like a PDF but is none.", where=where, advice="Check what kind of file it is."
        )
    tail = data.rstrip(b"\x00 \r\n\t")[-_TAIL:]
    if b"%%EOF" not in tail and b"startxref" not in tail:
        raise DocumentError(
            "The PDF is cut short: its end is missing.",
            where=where,
            advice="Fetch or export the file again.",
        )


def _open(data: bytes, where: str) -> Any:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}:
            raise DocumentError(
                "The PDF is locked with a password.",
                where=where,
                advice="Save a copy without a password, and add that.",
            ) from error
        raise _damaged(where) from error


def _each_page(document: Any, where: str) -> Iterator[tuple[Page, bool]]:
    for number in range(1, len(document) + 1):
        with page_as_read(document, number, where) as page:
            glyphs = read_glyphs(page)
        text, boxes = lay_out(glyphs)
        many = glyphs.unmapped > 3 and glyphs.unmapped > len(glyphs.codes) // 20
        yield Page(number, text, boxes, glyphs.width, glyphs.height), many


def _with_annotations(document: Any, page: Any, index: int) -> Any:
    """Return the page with form fields and notes as part of its content: pdfium's text leaves them out."""
    count = pdfium.FPDFPage_GetAnnotCount(page.raw)
    if not any(_drawn(page, place) for place in range(count)):
        return page
    if pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY) != pdfium.FLATTEN_SUCCESS:
        return page
    page.close()
    return document[index]


def _drawn(page: Any, place: int) -> bool:
    annotation = pdfium.FPDFPage_GetAnnot(page.raw, place)
    if not annotation:
        return False
    try:
        return pdfium.FPDFAnnot_GetSubtype(annotation) in _DRAWN_ANNOTATIONS
    finally:
        pdfium.FPDFPage_CloseAnnot(annotation)


def _damaged(where: str) -> DocumentError:
    return DocumentError(
        "The PDF is damaged and cannot be opened.", where=where, advice="Fetch or export the file again."
    )


def _listed(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    shown = ", ".join(map(str, numbers[:8]))
    return f"pages {shown}" + (f" and {len(numbers) - 8} more" if len(numbers) > 8 else "")
