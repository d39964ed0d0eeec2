"""Files that are not what they seem: each is read as what it is, or refused in a sentence, and the next one is read."""

from __future__ import annotations

import contextlib
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from engine.documents import DocumentPool, find_documents, read_document
from engine.errors import DocumentError
from engine.resources import resource

if TYPE_CHECKING:
    import random

ORDERS = ("orders/documents/kestrel-kayaks.xlsx", "orders/documents/tolland-tearooms.eml")


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "paper.pdf"
    canvas = Canvas(str(path), invariant=1)
    canvas.drawString(50, 700, "Total 99.00")
    canvas.save()
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    made = openpyxl.Workbook()
    made.active["B2"] = "Plane"
    made.save(path)
    return path


@pytest.mark.parametrize(
    ("source", "named", "kind", "note"),
    [
        ("paper", "paper.txt", "pdf", "named like plain text, but is a PDF"),
        ("paper", "paper.docx", "pdf", "named like a Word document, but is a PDF"),
        ("book", "book.docx", "xlsx", "named like a Word document, but is an Excel workbook"),
        ("book", "book.csv", "xlsx", "named like a table of comma-separated values, but is an Excel workbook"),
    ],
)
def test_a_wrongly_named_file_is_read_as_what_it_is(
    request: pytest.FixtureRequest, tmp_path: Path, source: str, named: str, kind: str, note: str
) -> None:
    right: Path = request.getfixturevalue(source)
    wrong = tmp_path / "wrong" / named
    wrong.parent.mkdir()
    shutil.copyfile(right, wrong)
    document = read_document(wrong)
    assert document.kind == kind
    assert document.text == read_document(right).text
    assert note in document.notes[0]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("words.docx", b"just words", "named like a Word document but is none"),
        ("words.xlsx", b"a,b\n1,2\n", "named like an Excel workbook but is none"),
        ("words.png", b"just words", "named like an image but is none"),
        ("old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "of before 2007"),
        ("rich.docx", b"{\\rtf1 hello}", "RTF"),
        ("data.csv", b"SQLite format 3\x00" + bytes(90), "a database"),
        ("page.html", b"\x1f\x8b\x08\x00" + bytes(90), "gzip"),
        ("empty.xlsx", b"", "The file is empty"),
        ("cut.docx", b"PK\x03\x04" + bytes(90), "damaged or cut short"),
    ],
)
def test_what_is_no_document_is_refused_in_a_sentence(tmp_path: Path, name: str, data: bytes, sentence: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DocumentError, match=sentence) as caught:
        read_document(path)
    assert caught.value.where == str(path)
    assert caught.value.advice


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (["notes/readme.txt"], "a ZIP archive"),
        (["mimetype", "content.xml"], "OpenDocument"),
        (["[Content_Types].xml", "xl/workbook.bin"], "binary Excel workbook"),
        (["[Content_Types].xml", "xl/nothing.xml"], "damaged"),
        (["[Content_Types].xml", "word/nothing.xml"], "damaged"),
    ],
)
def test_archives_are_told_apart(tmp_path: Path, parts: list[str], sentence: str) -> None:
    path = tmp_path / "file.docx"
    with zipfile.ZipFile(path, "w") as archive:
        for part in parts:
            archive.writestr(part, "x")
    with pytest.raises(DocumentError, match=sentence):
        read_document(path)


def test_bad_files_among_good_ones_cost_only_themselves(tmp_path: Path, paper: Path, book: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(book.read_bytes()[:900])
    (tmp_path / "bad.docx").write_bytes(b"nothing")
    (tmp_path / "gone.csv").write_text("a,b\n")
    found = find_documents(tmp_path)
    (tmp_path / "gone.csv").unlink()  # it vanishes between the list and the reading
    said = {}
    with DocumentPool(workers=1, cache=tmp_path / "cache") as pool:
        for path, future in [(path, pool.submit(path)) for path in found]:
            error = future.exception(timeout=30)
            said[path.name] = str(error) if error else future.result().kind
    assert said["paper.pdf"] == "pdf"
    assert said["book.xlsx"] == "xlsx"
    assert "damaged or cut short" in said["bad.xlsx"]
    assert "is none" in said["bad.docx"]
    assert "The file is not there" in said["gone.csv"]


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(["letters/documents/apple-day.docx", *ORDERS]))
def test_whatever_is_damaged_gives_a_document_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random, name: str
) -> None:
    data = bytearray(resource("samples", *name.split("/")).read_bytes())
    for _ in range(chance.choice((1, 3, 20))):
        place = chance.randrange(len(data))
        data[place : place + chance.randrange(2)] = chance.choice((b"", b"\0", b"<", b'"', b"9", b"=?", b"-1", b"\xff"))
    path = tmp_path_factory.getbasetemp() / f"damaged{Path(name).suffix}"
    path.write_bytes(data)
    with contextlib.suppress(DocumentError):
        read_document(path).text.encode()


def test_two_thousand_pages_are_read_page_by_page(tmp_path: Path) -> None:
    path = tmp_path / "thick.pdf"
    canvas = Canvas(str(path), invariant=1)
    for page in range(2000):
        canvas.drawString(50, 700, f"on page {page + 1}")
        canvas.showPage()
    canvas.save()
    with DocumentPool(workers=1, timeout=10) as pool:
        document = pool.submit(path).result(timeout=60)
    assert len(document.pages) == 2000
    assert document.page_at(document.text.index("on page 1999")) == 1999


def test_files_that_a_pdf_carries_are_named(paper: Path, tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument(paper)
    document.new_attachment("factur-x.xml").set_data(b"<x/>")
    document.save(tmp_path / "carrier.pdf")
    document.close()
    assert read_document(tmp_path / "carrier.pdf").notes == (
        "Files that are embedded in the PDF were not read: factur-x.xml.",
    )
