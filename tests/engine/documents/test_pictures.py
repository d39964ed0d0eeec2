"""Pictures of pages: what is drawn lies where the text was read, however a page is turned, cut, large or broken."""

from __future__ import annotations

import io
from email.message import EmailMessage
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from engine.documents import DocumentPool, read_document
from engine.documents.pictures import LONGEST_SIDE, MOST_PIXELS, OpenPictures, PagePicture, pixel_size
from engine.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.documents import Box


def picture(path: Path, page: int = 1, width: int = 800) -> PagePicture:
    pictures = OpenPictures()
    try:
        return pictures.of(path).picture(page, width)
    finally:
        pictures.close()


def pixels(drawn: PagePicture) -> NDArray[np.uint8]:
    return np.frombuffer(drawn.rgb, dtype=np.uint8).reshape(drawn.height, drawn.width, 3)


def darkest(drawn: PagePicture, box: Box, page_width: float) -> int:
    """Return the darkest pixel of a box, which is in points."""
    scale = drawn.width / page_width
    x0, y0, x1, y1 = (round(side * scale) for side in box)
    return int(pixels(drawn)[max(y0, 0) : y1, max(x0, 0) : x1].min())


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """Return a page with one word near its top left corner, and nothing else."""
    path = tmp_path / "paper.pdf"
    canvas = Canvas(str(path), pagesize=(600, 400), invariant=1)
    canvas.setFont("Helvetica-Bold", 20)
    canvas.drawString(60, 330, "Total")
    canvas.save()
    return path


def changed(path: Path, *, turn: int, crop: tuple[float, float, float, float] | None) -> Path:
    """Write the page turned by some degrees, of which only a part is shown."""
    document = pypdfium2.PdfDocument(path)
    page = document[0]
    if crop:
        page.set_cropbox(*crop)
    page.set_rotation(turn)
    made = path.with_name("changed.pdf")
    document.save(made)
    document.close()
    return made


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (30, 200, 500, 380)])
def test_ink_lies_in_the_box_of_the_word_and_nowhere_else(
    paper: Path, turn: int, crop: tuple[float, float, float, float] | None
) -> None:
    path = changed(paper, turn=turn, crop=crop)
    page = read_document(path).pages[0]
    ((_, box),) = read_document(path).rectangles(0, len("Total"))
    drawn = picture(path)
    assert drawn.width == 800
    assert drawn.height == pytest.approx(800 * page.height / page.width, abs=1)
    assert darkest(drawn, box, page.width) < 60
    scale = drawn.width / page.width
    x0, y0, x1, y1 = (round(side * scale) for side in box)
    outside = pixels(drawn).copy()
    outside[y0 - 3 : y1 + 3, x0 - 3 : x1 + 3] = 255
    assert outside.min() == 255


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """Return a form with one field that is filled in."""
    path = tmp_path / "form.pdf"
    canvas = Canvas(str(path), pagesize=(400, 300), invariant=1)
    canvas.drawString(40, 250, "Name")
    canvas.acroForm.textfield(name="name", value="Hargreaves", x=120, y=200, width=200, height=30, borderWidth=0)
    canvas.save()
    return path


def test_form_fields_are_drawn_as_they_are_printed(form: Path) -> None:
    document = read_document(form)
    start = document.text.index("Hargreaves")
    ((_, box),) = document.rectangles(start, start + len("Hargreaves"))
    assert darkest(picture(form), box, 400) < 60


def test_a_second_picture_of_a_form_is_the_same_as_the_first(form: Path) -> None:
    pictures = OpenPictures()
    first = pictures.of(form).picture(1, 300)
    assert pictures.of(form).picture(1, 300) == first
    pictures.close()


@pytest.mark.parametrize("size", [(14_400, 14_400), (3, 14_400), (14_400, 3), (10_000_000, 1)])
def test_a_page_of_any_size_has_a_picture_of_bounded_size(size: tuple[float, float]) -> None:
    for wanted in (1, 400, 100_000_000):
        width, height = pixel_size(*size, wanted)
        assert 1 <= width <= LONGEST_SIDE
        assert 1 <= height <= LONGEST_SIDE
        assert width * height <= MOST_PIXELS


def test_a_huge_page_is_drawn_more_coarsely(tmp_path: Path) -> None:
    path = tmp_path / "huge.pdf"
    canvas = Canvas(str(path), pagesize=(14_400, 14_400), invariant=1)
    canvas.rect(0, 0, 7_200, 14_400, fill=1)
    canvas.save()
    drawn = picture(path, width=50_000)
    assert drawn.width * drawn.height <= MOST_PIXELS
    assert pixels(drawn)[5, 5].tolist() == [0, 0, 0]
    assert pixels(drawn)[5, -5].tolist() == [255, 255, 255]


def test_colours_come_red_first(tmp_path: Path) -> None:
    path = tmp_path / "red.pdf"
    canvas = Canvas(str(path), pagesize=(100, 100), invariant=1)
    canvas.setFillColorRGB(1, 0, 0)
    canvas.rect(0, 0, 100, 100, fill=1, stroke=0)
    canvas.save()
    assert pixels(picture(path, width=10))[5, 5].tolist() == [255, 0, 0]


def test_an_image_stands_upright_and_each_of_its_pages_can_be_asked_for(tmp_path: Path) -> None:
    lying = Image.new("RGB", (40, 20), (255, 255, 255))
    lying.paste((200, 0, 0), (0, 0, 10, 20))  # red at the left is red at the top, once turned clockwise
    exif = Image.Exif()
    exif[0x0112] = 6
    lying.save(tmp_path / "photo.png", exif=exif)
    turned = picture(tmp_path / "photo.png", width=20)
    assert (turned.width, turned.height) == (20, 40)
    assert pixels(turned)[2, 10].tolist() == [200, 0, 0]
    assert pixels(turned)[35, 10].tolist() == [255, 255, 255]

    first, second = Image.new("RGB", (30, 30), (0, 0, 255)), Image.new("RGB", (60, 30), (0, 255, 0))
    first.save(tmp_path / "scan.tiff", save_all=True, append_images=[second], dpi=(72, 72))
    assert pixels(picture(tmp_path / "scan.tiff", 1, 10))[5, 5].tolist() == [0, 0, 255]
    pictures = OpenPictures()
    assert pixels(pictures.of(tmp_path / "scan.tiff").picture(2, 10))[2, 5].tolist() == [0, 255, 0]
    assert pictures.of(tmp_path / "scan.tiff").sizes() == ((30, 30), (60, 30))
    pictures.close()


def test_a_file_that_was_written_anew_is_drawn_anew(paper: Path) -> None:
    pictures = OpenPictures()
    before = pictures.of(paper).picture(1, 200)
    canvas = Canvas(str(paper), pagesize=(200, 200), invariant=1)
    canvas.drawString(20, 20, "Something else, and rather longer")
    canvas.save()
    assert pictures.of(paper).picture(1, 200) != before
    pictures.close()


def test_the_pool_draws_attachments_of_messages(paper: Path, tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "Invoice"
    message.set_content("See the attachment.")
    message.add_attachment(paper.read_bytes(), maintype="application", subtype="pdf", filename="paper.pdf")
    (tmp_path / "mail.eml").write_bytes(message.as_bytes())
    with DocumentPool(workers=1) as pool:
        attached = pool.picture(tmp_path / "mail.eml" / "paper.pdf", 1, 300).result(timeout=30)
        assert attached == picture(paper, width=300)
        assert pool.page_sizes(tmp_path / "mail.eml" / "paper.pdf").result(timeout=30) == ((600, 400),)


def test_what_cannot_be_drawn_says_why(paper: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked.pdf"
    canvas = Canvas(str(locked), encrypt=StandardEncryption("secret"))
    canvas.drawString(20, 20, "Total")
    canvas.save()
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(paper.read_bytes()[:300])
    note = tmp_path / "note.txt"
    note.write_text("Total 12.00")
    buffer = io.BytesIO()
    Image.new("RGB", (100, 100)).save(buffer, "PNG")
    broken = tmp_path / "broken.png"
    broken.write_bytes(buffer.getvalue()[:60])
    sentences = {
        (locked, 1): "The PDF is locked with a password.",
        (cut, 1): "The PDF is cut short: its end is missing.",
        (note, 1): "The file is plain text, which has no pictures of its pages.",
        (broken, 1): "The image is damaged and cannot be read.",
        (paper, 2): "The file has no page 2.",
        (tmp_path / "gone.pdf", 1): "The file is not there.",
    }
    with DocumentPool(workers=1) as pool:
        for (path, page), sentence in sentences.items():
            with pytest.raises(DocumentError) as caught:
                pool.picture(path, page, 300).result(timeout=30)
            assert caught.value.message == sentence
            assert caught.value.advice
        assert pool.picture(paper, 1, 300).result(timeout=30).width == 300


def test_an_image_that_unpacks_to_far_too_much_is_refused(tmp_path: Path) -> None:
    Image.new("1", (12_000, 12_000)).save(tmp_path / "bomb.png")
    with DocumentPool(workers=1) as pool, pytest.raises(DocumentError, match="too large"):
        pool.picture(tmp_path / "bomb.png", 1, 300).result(timeout=30)


def test_a_picture_comes_before_files_that_wait(paper: Path, tmp_path: Path) -> None:
    slow = tmp_path / "slow.html"
    slow.write_text("<div>" * 400_000 + "end")
    with DocumentPool(workers=1, timeout=3) as pool:
        pool.submit(slow)
        waiting = [pool.submit(paper) for _ in range(3)]
        drawn = pool.picture(paper, 1, 100)
        ended: list[object] = []
        for future in (*waiting, drawn):
            future.add_done_callback(ended.append)
        for future in (*waiting, drawn):
            future.result(timeout=30)
        assert ended[0] is drawn
