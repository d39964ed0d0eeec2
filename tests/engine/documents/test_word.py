"""Word documents: what a reader would see, in order, tables with their cells, and hostile files refused."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from engine.documents import Document, read_document
from engine.documents import package as package_module
from engine.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Saved = Callable[..., Document]

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def save(path: Path, body: str, **parts: str) -> Path:
    """Write a docx file with a body and other parts by name: `styles="<w:style …>"`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", f"<w:document {W} {R}><w:body>{body}</w:body></w:document>")
        relations = "".join(
            f'<Relationship Id="{name}" Type="{RELATED}/{name}" Target="{name}.xml"/>' for name in parts
        )
        archive.writestr("word/_rels/document.xml.rels", f"<Relationships>{relations}</Relationships>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{name} {W}>{content}</w:{name}>")
    return path


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    return lambda body, **parts: read_document(save(tmp_path / "letter.docx", body, **parts))


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(p(line) for line in text.split('/'))}</w:tc>"


def tr(*cells: str) -> str:
    return f"<w:tr>{''.join(cells)}</w:tr>"


def address(document: Document, text: str) -> list[str]:
    start = document.text.index(text)
    return [cell.address for _, cell in document.cells(start, start + len(text))]


def test_paragraphs_are_lines_and_headings_stand_apart(saved: Saved) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Mine"><w:basedOn w:val="H1"/><w:name w:val="My head"/></w:style>'
    )
    body = p("Dear Ms Voss,") + p("Terms", '<w:pStyle w:val="Mine"/>') + p("Pay &amp; go.") + p("") + p("Yours")
    document = saved(body, styles=styles)
    assert document.text == "Dear Ms Voss,\n\nTerms\n\nPay & go.\n\nYours"
    assert document.kind == "docx"
    assert document.page_at(0) == 1


def test_tabs_breaks_hyphens_and_ticked_boxes_are_kept(saved: Saved) -> None:
    run = (
        "<w:t>No.</w:t><w:tab/><w:t>7</w:t><w:br/><w:t>A</w:t><w:noBreakHyphen/><w:t>4 </w:t>"
        '<w:sym w:font="Wingdings" w:char="F0FE"/><w:t> paid</w:t>'
    )
    assert saved(f"<w:p><w:r>{run}</w:r></w:p>").text == "No.    7\nA-4 ☑ paid"


def test_what_is_hidden_or_deleted_is_not_read_and_what_is_inserted_is(saved: Saved) -> None:
    body = (
        '<w:p><w:r><w:t xml:space="preserve">due </w:t></w:r>'
        "<w:del><w:r><w:delText>May</w:delText></w:r></w:del><w:ins><w:r><w:t>June</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    document = saved(body)
    assert document.text == "due June"
    assert document.notes == ("Changes that are still tracked were read as accepted.",)


def test_lists_are_numbered_as_word_numbers_them(saved: Saved) -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="0">'
        '<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerRoman"/><w:lvlText w:val="%1.%2)"/></w:lvl>'
        '</w:abstractNum><w:abstractNum w:abstractNumId="1">'
        '<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="x"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    )

    def item(text: str, number: int, level: int = 0) -> str:
        return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')

    body = item("a", 1) + item("b", 1, 1) + item("c", 1, 1) + item("d", 1) + item("e", 1, 1) + item("f", 2)
    lines = saved(body, numbering=numbering).text.split("\n")
    assert lines == ["3. a", "  3.i) b", "  3.ii) c", "4. d", "  4.i) e", "- f"]


def test_a_table_is_lines_whose_cells_know_their_place(saved: Saved) -> None:
    table = (
        "<w:tbl>"
        + tr(tc("Work"), tc("Price"), tc("Sum"))
        + tr(tc("Roof", '<w:vMerge w:val="restart"/>'), tc("10.00", '<w:gridSpan w:val="2"/>'))
        + tr(tc("", "<w:vMerge/>"), tc("11.00"), tc("12.00"))
        + "</w:tbl>"
    )
    document = saved(p("Offer") + table + p("Thanks"))
    assert document.text == "Offer\n\nWork | Price | Sum\nRoof | 10.00\n | 11.00 | 12.00\n\nThanks"
    assert address(document, "Price") == ["'Table 1'!B1"]
    assert address(document, "Roof") == ["'Table 1'!A2:A3"]
    assert address(document, "10.00") == ["'Table 1'!B2:C2"]
    assert address(document, "12.00") == ["'Table 1'!C3"]
    assert address(document, "Thanks") == []
    assert address(document, "Price | Sum") == ["'Table 1'!B1", "'Table 1'!C1"]


def test_a_table_that_lays_out_a_letterhead_is_read_cell_by_cell(saved: Saved) -> None:
    table = f"<w:tbl>{tr(tc('Acme Ltd/1 Long Road'), tc('Invoice/No. 7'))}</w:tbl>"
    document = saved(table)
    assert document.text == "Acme Ltd\n1 Long Road\nInvoice\nNo. 7"
    assert address(document, "No. 7") == ["'Table 1'!B1"]


def test_headers_come_first_and_notes_and_footers_last(saved: Saved) -> None:
    body = (
        '<w:p><w:r><w:t>Claim</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
        '<w:sectPr><w:headerReference w:type="default" r:id="header1"/>'
        '<w:headerReference w:type="first" r:id="header2"/>'
        '<w:footerReference w:type="default" r:id="footer1"/></w:sectPr>'
    )
    notes = f'<w:footnote w:id="1">{p("line")}</w:footnote><w:footnote w:id="2">{p("See annex B.")}</w:footnote>'
    document = saved(
        body, footnotes=notes, header1=p("Voss &amp; Co"), header2=p("never shown"), footer1=p("IBAN DE00")
    )
    assert document.text == "Voss & Co\n\nClaim[1]\n\n[1] See annex B.\n\nIBAN DE00"


def test_a_text_box_is_read_once_after_the_paragraph_it_hangs_on(saved: Saved) -> None:
    box = f"<w:txbxContent>{p('Total 99.00')}</w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    either = (
        f"<mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    document = saved(f"<w:p><w:r><w:t>Beside</w:t></w:r><w:r>{either}</w:r></w:p>" + p("After"))
    assert document.text == "Beside\n\nTotal 99.00\n\nAfter"


def test_a_document_cut_short_or_with_a_broken_part_is_refused(saved: Saved, tmp_path: Path) -> None:
    path = save(tmp_path / "whole.docx", p("word " * 5000))
    cut = tmp_path / "cut.docx"
    cut.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DocumentError, match="damaged or cut short"):
        read_document(cut)
    with pytest.raises(DocumentError, match="damaged") as caught:
        saved("<w:p>")
    assert caught.value.where == f"{tmp_path / 'letter.docx'}, part word/document.xml"
    assert caught.value.advice


def test_no_file_of_the_machine_can_be_pulled_into_a_document(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    path = tmp_path / "letter.docx"
    text = (
        f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
        f"<w:document {W}><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", text)
    with pytest.raises(DocumentError, match="damaged"):
        read_document(path)


def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_module, "XML_LIMIT", 1_000_000)
    path = save(tmp_path / "bomb.docx", p(" " * 2_000_000))
    assert path.stat().st_size < 10_000
    with pytest.raises(DocumentError, match="unpacks to far more than it seems"):
        read_document(path)


def test_a_zip_bomb_that_declares_less_than_it_holds_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package_module, "XML_LIMIT", 1_000_000)
    path = save(tmp_path / "bomb.docx", p(" " * 2_000_000))
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        real = archive.getinfo("word/document.xml").file_size
    path.write_bytes(data.replace(struct.pack("<L", real), struct.pack("<L", 1000)))
    with pytest.raises(DocumentError, match="damaged") as caught:
        read_document(path)
    assert "word/document.xml" in str(caught.value.where)


def test_a_document_nested_without_end_is_refused(saved: Saved) -> None:
    with pytest.raises(DocumentError, match="nested too deeply"):
        saved("<w:sdt>" * 5000 + p("deep") + "</w:sdt>" * 5000)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("EncryptedPackage", "locked with a password"),
        ("WordDocument", "of before 2007"),
    ],
)
def test_a_locked_document_is_told_from_an_old_one(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "locked.docx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + content.encode("utf-16-le") + bytes(500))
    with pytest.raises(DocumentError, match=sentence) as caught:
        read_document(path)
    assert caught.value.advice
