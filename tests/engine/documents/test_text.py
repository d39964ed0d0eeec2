"""Text files: every common encoding, nothing invisible, binary data refused."""

from __future__ import annotations

import codecs
import contextlib
import os
import pickle
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.documents import Document, Page, find_documents, is_supported, read_document
from engine.documents import reading as reading_module
from engine.encoding import decode, plain, tidy
from engine.errors import DocumentError

MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


def read_bytes(folder: Path, data: bytes, name: str = "file.txt") -> Document:
    path = folder / name
    path.write_bytes(data)
    return read_document(path)


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    st.sampled_from(sorted(MARKS)),
)
def test_marked_text_is_decoded_as_it_was_written(text: str, encoding: str) -> None:
    assert decode(MARKS[encoding] + text.encode(encoding), where="file") == (text, ())


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff\ufffe")))
def test_utf8_needs_no_mark_and_no_guess(text: str) -> None:
    assert decode(text.encode(), where="file") == (text, ())


@given(st.binary(max_size=300))
def test_any_bytes_give_clean_text_or_a_sentence(data: bytes) -> None:
    text = ""
    with contextlib.suppress(DocumentError):
        text, _ = decode(data, where="file")
    clean = tidy(plain(text))
    clean.encode()  # no lone surrogate
    assert not any(letter < " " and letter not in "\t\n\f" for letter in clean)


@given(st.text())
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    once = tidy(plain(text))
    assert tidy(plain(once)) == once
    assert "\n\n\n" not in once
    assert "     " not in once


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Größe: 5 m². Der Betrag von 12,50 € wird überwiesen.\nÄpfel, Öl und Übermut."),
        ("cp1250", "Zażółć gęślą jaźń. Faktura za usługi: kwota do zapłaty wynosi sto złotych."),
        ("cp1251", "Счёт на оплату номер пять. Итого к оплате сто двадцать рублей."),
        ("cp932", "日本語の請求書です。合計は千二百円になります。お支払いをお願いします。"),
    ],
)
def test_an_encoding_is_guessed_and_the_guess_is_told(tmp_path: Path, encoding: str, text: str) -> None:
    document = read_bytes(tmp_path, text.encode(encoding))
    assert document.text == text
    assert document.notes == (f"The encoding was guessed as {encoding}.",)


def test_utf16_without_a_mark_is_recognised(tmp_path: Path) -> None:
    document = read_bytes(tmp_path, "Total due: 12.00".encode("utf-16-le"))
    assert document.text == "Total due: 12.00"
    assert "UTF-16" in document.notes[0]


def test_every_line_end_and_space_becomes_the_plain_one(tmp_path: Path) -> None:
    text = "one\r\ntwo\rthree\u2028four\u00a0five\u202f6\x07\u200b\ufeff end"
    assert read_bytes(tmp_path, text.encode()).text == "one\ntwo\nthree\nfour five 6 end"


def test_wide_gaps_and_blank_lines_cost_little(tmp_path: Path) -> None:
    document = read_bytes(tmp_path, b"Total" + b" " * 60 + b"12.00   \n\n\n\n\nEnd\n")
    assert document.text == "Total    12.00\n\nEnd"


def test_a_form_feed_begins_a_page(tmp_path: Path) -> None:
    document = read_bytes(tmp_path, b"first page\fsecond page\f")
    assert [page.text for page in document.pages] == ["first page", "second page"]
    assert document.page_at(document.text.index("first")) == 1
    assert document.page_at(document.text.index("second")) == 2
    assert document.page_at(len(document.text)) == 2
    with pytest.raises(IndexError):
        document.page_at(len(document.text) + 1)


def test_a_document_survives_pickling_and_names_its_bytes(tmp_path: Path) -> None:
    document = read_bytes(tmp_path, b"hello", "note.md")
    assert document.kind == "markdown"
    assert document.sha256 == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert pickle.loads(pickle.dumps(document)) == document


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("empty.txt", b"", "The file is empty."),
        ("blank.txt", b" \n\n\t ", "The file holds no visible text."),
        ("sound.txt", b"OggS\x00\x02\x00\x00\x00\rIHDR\x00\x00\x01", "binary data"),
        ("noise.txt", random.Random(7).randbytes(5000), "binary data"),
        ("sheet.xyz", b"text", "Files ending in .xyz are not read."),
        ("noending", b"text", "A file without an ending is not read."),
        ("page.html", b"<html><body><script>x</script></body></html>", "The file holds no visible text."),
        ("scan.html", b"\x00\x01\x02\x03" * 40, "binary data"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path, name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(DocumentError, match=sentence) as caught:
        read_bytes(tmp_path, data, name)
    assert caught.value.where == str(tmp_path / name)
    assert caught.value.advice


def test_a_missing_file_a_folder_and_a_device_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="The file is not there"):
        read_document(tmp_path / "gone.txt")
    with pytest.raises(DocumentError, match="This is a folder"):
        read_document(tmp_path)
    folder = tmp_path / "folder.txt"
    folder.mkdir()
    with pytest.raises(DocumentError, match="This is a folder"):
        read_document(folder)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.txt")
        with pytest.raises(DocumentError, match="This is a device"):
            read_document(tmp_path / "pipe.txt")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(DocumentError, match="may not be read"):
        read_document(path)


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(reading_module.SIZE_LIMIT + 1)  # sparse: takes no room on the disk
    with pytest.raises(DocumentError, match="too large: 200 MB"):
        read_document(path)


def test_folders_are_searched_in_the_order_a_person_expects(tmp_path: Path) -> None:
    for name in (
        "page 10.txt",
        "page 2.txt",
        "Page 1.PDF",
        ".hidden.txt",
        "b/deep.html",
        "song.mp3",
        ".git/x.md",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    found = [path.relative_to(tmp_path).as_posix() for path in find_documents(tmp_path)]
    assert found == ["b/deep.html", "Page 1.PDF", "page 2.txt", "page 10.txt"]
    assert find_documents(tmp_path / "page 2.txt") == [tmp_path / "page 2.txt"]
    assert is_supported(Path("X.HTM"))
    assert not is_supported(Path("x.doc"))


def test_a_folder_without_documents_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no document that can be read"):
        find_documents(tmp_path)
    with pytest.raises(DocumentError, match="no such file or folder"):
        find_documents(tmp_path / "gone")
    sheet = tmp_path / "a.mp3"
    sheet.write_bytes(b"x")
    with pytest.raises(DocumentError, match=r"\.mp3 are not read"):
        find_documents(sheet)


def test_a_document_without_positions_marks_nothing() -> None:
    document = Document(Path("x.txt"), "", "text", (Page(1, "hello"),))
    assert document.rectangles(0, 5) == ()
