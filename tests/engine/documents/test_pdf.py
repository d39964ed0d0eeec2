"""PDF: lines and columns as they are seen, positions that fit the page, damaged files refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from engine.documents import Document, read_document
from engine.documents.ocr import INSTALL
from engine.errors import DocumentEmpty, DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Drawn = Callable[[Callable[[Canvas], None]], Document]

WIDTH, HEIGHT = 595.0, 842.0


@pytest.fixture
def drawn(tmp_path: Path) -> Drawn:
    """Return a function that draws a PDF in Helvetica 10 and reads it."""

    def draw(what: Callable[[Canvas], None]) -> Document:
        canvas = Canvas(str(tmp_path / "drawn.pdf"), pagesize=(WIDTH, HEIGHT), invariant=1)
        canvas.setFont("Helvetica", 10)
        what(canvas)
        canvas.save()
        document = read_document(tmp_path / "drawn.pdf")
        for page in document.pages:
            assert page.boxes.shape == (len(page.text), 4)
            assert page.boxes.dtype == np.float32
            blank = np.array([letter.isspace() for letter in page.text], dtype=bool)
            assert (np.isnan(page.boxes[:, 0]) == blank).all()
        return document

    return draw


def test_a_value_stands_on_its_labels_line_whatever_the_order_of_drawing(drawn: Drawn) -> None:
    def draw(canvas: Canvas) -> None:
        for place, value in enumerate(("INV-7", "3 May 2025", "119.00")):
            canvas.drawRightString(500, 700 - 15 * place, value)
        for place, label in enumerate(("Invoice number", "Date", "Total")):
            canvas.drawString(50, 700 - 15 * place, label)

    assert drawn(draw).text == "Invoice number    INV-7\nDate    3 May 2025\nTotal    119.00"


def test_a_larger_value_on_the_same_baseline_stays_on_the_line(drawn: Drawn) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "Total due")
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(200, 699, "$4.11")

    assert drawn(draw).text == "Total due    $4.11"


def test_small_lines_beside_a_large_heading_stay_apart(drawn: Drawn) -> None:
    def draw(canvas: Canvas) -> None:
        for place, line in enumerate(("Acme Ltd", "1 Long Road", "Leeds")):
            canvas.drawString(400, 712 - 11 * place, line)
        canvas.setFont("Helvetica-Bold", 30)
        canvas.drawString(50, 695, "INVOICE")

    lines = drawn(draw).text.split("\n")
    assert [line for line in lines if "Acme" in line and "Road" in line] == []
    assert sum("INVOICE" in line for line in lines) == 1


def test_columns_of_running_text_are_read_one_after_the_other(drawn: Drawn) -> None:
    left = [f"left column line {place} runs on and on to the edge" for place in range(8)]
    right = [f"right column line {place} also has words enough" for place in range(8)]

    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 760, "A heading that spans the whole page, as wide as both of the columns below it are")
        for place, (one, two) in enumerate(zip(left, right, strict=True)):
            canvas.drawString(50, 720 - 12 * place, one)
            canvas.drawString(320, 720 - 12 * place, two)

    text = drawn(draw).text
    assert text.startswith("A heading")
    assert "\n".join(left) + "\n\n" + "\n".join(right) in text


def test_blocks_on_different_baselines_are_not_interleaved(drawn: Drawn) -> None:
    sender = ["Brightwell Electrical", "Canal Works", "Stroud", "office@brightwell.example"]
    customer = ["Ashgrove Practice", "Doctor Whitlock", "Ashgrove Terrace", "Gloucester"]

    def draw(canvas: Canvas) -> None:
        for place in range(4):
            canvas.drawString(340, 760 - 14 * place, sender[place])
            canvas.drawString(50, 753 - 14 * place, customer[place])

    assert drawn(draw).text == "\n".join(sender) + "\n\n" + "\n".join(customer)


def test_a_table_with_long_descriptions_stays_a_table(drawn: Drawn) -> None:
    def draw(canvas: Canvas) -> None:
        for place in range(6):
            canvas.drawString(50, 700 - 15 * place, f"A rather long description of article {place} in words")
            canvas.drawRightString(540, 700 - 15 * place, f"{place}.50")

    lines = drawn(draw).text.split("\n")
    assert lines[3] == "A rather long description of article 3 in words    3.50"
    assert len(lines) == 6


def test_prices_centred_on_taller_cells_are_not_torn_off(drawn: Drawn) -> None:
    def draw(canvas: Canvas) -> None:
        for place in range(4):
            canvas.drawString(50, 700 - 30 * place, f"Article number {place}")
            canvas.drawString(50, 688 - 30 * place, "with a second line")
            canvas.drawRightString(540, 694 - 30 * place, f"{place}.50")

    text = drawn(draw).text
    assert text.index("0.50") < text.index("Article number 1") < text.index("1.50") < text.index("Article number 2")


def test_gaps_leaders_and_blank_lines_cost_little(drawn: Drawn) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "Page" + "." * 80 + "7")
        canvas.drawString(50, 400, "Far below")
        canvas.drawString(500, 400, "far right")

    assert drawn(draw).text == "Page...7\n\nFar below    far right"


def test_bold_by_printing_twice_is_read_once(drawn: Drawn) -> None:
    def draw(canvas: Canvas) -> None:
        for shift in (0.0, 0.3, 0.6):
            canvas.drawString(50 + shift, 700, "Grand total: 888.80")

    assert drawn(draw).text == "Grand total: 888.80"


def test_tracked_capitals_are_words(drawn: Drawn) -> None:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(50, 700)
        text.setCharSpace(2.5)
        text.textOut("INVOICE TO PAY")
        canvas.drawText(text)

    assert drawn(draw).text == "INVOICE TO PAY"


def test_invisible_specks_and_text_off_the_page_are_not_read(drawn: Drawn) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "Seen")
        canvas.drawString(50, -40, "below the page")
        canvas.drawString(900, 700, "beside the page")
        canvas.setFont("Helvetica", 0.1)
        canvas.drawString(50, 680, "a speck")

    assert drawn(draw).text == "Seen"


def test_turned_text_follows_the_rest(drawn: Drawn) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "The upright line is longer than the others")
        for angle, words in ((90, "read upwards"), (270, "read downwards"), (45, "DRAFT COPY")):
            canvas.saveState()
            canvas.translate(300, 300 + angle)
            canvas.rotate(angle)
            canvas.drawString(0, 0, words)
            canvas.restoreState()

    parts = drawn(draw).text.split("\n\n")
    assert parts[0] == "The upright line is longer than the others"
    assert sorted(parts[1:]) == ["DRAFT COPY", "read downwards", "read upwards"]


def test_a_filled_form_is_read_with_its_values(drawn: Drawn) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "Name")
        canvas.acroForm.textfield(name="name", value="Ada Byron", x=100, y=690, width=200, height=20)

    assert drawn(draw).text.split() == ["Name", "Ada", "Byron"]


def test_a_words_box_is_where_it_was_drawn(drawn: Drawn) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Amount due")
        canvas.drawString(300, 700, "417.20")

    document = drawn(draw)
    start = document.text.index("417.20")
    ((page, box),) = document.rectangles(start, start + 6)
    assert page == 1
    assert box.x0 == pytest.approx(300, abs=0.5)
    assert box.x1 == pytest.approx(300 + stringWidth("417.20", "Helvetica", 10), abs=0.5)
    baseline = HEIGHT - 700
    assert baseline - 10 < box.y0 < baseline - 6
    assert baseline < box.y1 < baseline + 4


def test_boxes_follow_a_turned_page(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "turned.pdf"), pagesize=(400, 600), invariant=1)
    canvas.setPageRotation(90)
    canvas.rotate(90)
    canvas.setFont("Helvetica", 10)
    canvas.drawString(50, -100, "Upright when shown")
    canvas.save()
    document = read_document(tmp_path / "turned.pdf")
    assert document.text == "Upright when shown"
    assert (document.pages[0].width, document.pages[0].height) == (400, 600)
    ((_, box),) = document.rectangles(0, 7)
    assert box.x0 == pytest.approx(50, abs=1.5)
    assert box.y0 < 100 < box.y1


def test_a_span_over_two_lines_and_pages_is_marked_line_by_line(drawn: Drawn) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "first")
        canvas.drawString(50, 685, "second")
        canvas.showPage()
        canvas.drawString(50, 700, "third")

    document = drawn(draw)
    marked = document.rectangles(0, len(document.text))
    assert [page for page, _ in marked] == [1, 1, 2]
    assert document.page_at(document.text.index("third")) == 2


def test_a_page_without_text_is_noted_and_a_file_without_any_refused(drawn: Drawn) -> None:
    def half(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "Some text")
        canvas.showPage()
        canvas.rect(50, 50, 100, 100)

    def none(canvas: Canvas) -> None:
        canvas.rect(50, 50, 100, 100)

    assert drawn(half).notes == (f"No text on page 2: probably a scan or a picture. {INSTALL}",)
    with pytest.raises(DocumentError, match="probably a scan") as caught:
        drawn(none)
    assert caught.value.advice == INSTALL


@pytest.mark.parametrize(("pages", "sentence"), [(1, "The page is blank."), (3, "All 3 pages are blank.")])
def test_pages_on_which_nothing_is_drawn_are_read_and_empty(tmp_path: Path, pages: int, sentence: str) -> None:
    path = tmp_path / "blank.pdf"
    canvas = Canvas(str(path))
    for _ in range(pages):
        canvas.showPage()
    canvas.save()
    with pytest.raises(DocumentEmpty) as caught:
        read_document(path)
    assert caught.value.message == sentence


def test_a_locked_pdf_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    canvas = Canvas(str(path), encrypt=StandardEncryption("secret"))
    canvas.drawString(50, 700, "hidden")
    canvas.save()
    with pytest.raises(DocumentError, match="locked with a password"):
        read_document(path)


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.7, 0.95])
def test_a_pdf_cut_short_is_refused(drawn: Drawn, tmp_path: Path, keep: float) -> None:
    def draw(canvas: Canvas) -> None:
        for place in range(200):
            canvas.drawString(50, 700, f"line {place}")
            canvas.showPage()

    drawn(draw)
    data = (tmp_path / "drawn.pdf").read_bytes()
    path = tmp_path / "cut.pdf"
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(DocumentError, match="cut short"):
        read_document(path)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"plain words", "named like a PDF but is none"),
        (b"PK\x03\x04 a zip", "damaged or cut short"),
        (b"%PDF-1.4\nnothing here\n%%EOF\n", "damaged"),
        (b"%PDF-1.4\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF", "damaged"),
    ],
)
def test_what_is_no_pdf_is_refused(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = tmp_path / "file.pdf"
    path.write_bytes(data)
    with pytest.raises(DocumentError, match=sentence) as caught:
        read_document(path)
    assert caught.value.where == str(path)
