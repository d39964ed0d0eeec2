"""Messages: headers and the readable body, attachments as documents of their own, hostile nesting bounded."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest

from engine.documents import DocumentPool, find_documents, read_document
from engine.documents.mail import DEPTH_LIMIT
from engine.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path


def message(subject: str = "Order 4711", text: str = "Please send the goods below.\nA. Voss") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Anselm Voss <voss@mail.example>"
    mail["To"] = "sales@lindenhof.example"
    mail["Date"] = "Thu, 04 Sep 2025 14:30:00 +0200"
    mail["Subject"] = subject
    mail.set_content(text)
    return mail


def save(folder: Path, mail: EmailMessage, name: str = "mail.eml") -> Path:
    path = folder / name
    path.write_bytes(mail.as_bytes())
    return path


def test_headers_and_body_are_read(tmp_path: Path) -> None:
    document = read_document(save(tmp_path, message("Größe der Hobel")))
    assert document.text == (
        "From: Anselm Voss <voss@mail.example>\nTo: sales@lindenhof.example\n"
        "Date: Thu, 04 Sep 2025 14:30:00 +0200\nSubject: Größe der Hobel\n\nPlease send the goods below.\nA. Voss"
    )
    assert document.kind == "eml"


def test_plain_text_is_read_before_html_and_html_where_there_is_no_other(tmp_path: Path) -> None:
    mail = message()
    mail.add_alternative("<p>as HTML</p>", subtype="html")
    both = read_document(save(tmp_path, mail)).text
    assert "the goods below" in both
    assert "HTML" not in both
    only = message(text="")
    only.add_alternative("<table><tr><td>Plane</td><td>129.00</td></tr></table>", subtype="html")
    assert read_document(save(tmp_path, only)).text.endswith("Plane | 129.00")


def test_a_body_in_the_encoding_it_declares_is_read(tmp_path: Path) -> None:
    mail = message()
    mail.set_content("Überweisung für Größe", charset="iso-8859-15", cte="quoted-printable")
    assert read_document(save(tmp_path, mail)).text.endswith("Überweisung für Größe")


def test_attachments_are_documents_of_their_own(tmp_path: Path) -> None:
    mail = message()
    mail.add_attachment("article,count\nplane,2\n", subtype="csv", filename="order.csv")
    mail.add_attachment(b"PK\x03\x04", maintype="application", subtype="zip", filename="plans.zip")
    forwarded = message("Prices")
    forwarded.add_attachment("a,b\n1,2\n", subtype="csv", filename="order.csv")
    mail.add_attachment(forwarded)
    path = save(tmp_path, mail)
    found = find_documents(tmp_path)
    assert [entry.relative_to(tmp_path).as_posix() for entry in found] == [
        *("mail.eml", "mail.eml/order.csv", "mail.eml/Prices.eml", "mail.eml/Prices.eml/order.csv"),
    ]
    with DocumentPool(workers=1) as pool:
        documents = [pool.submit(entry).result(timeout=30) for entry in found]
    assert [document.kind for document in documents] == ["eml", "csv", "eml", "csv"]
    assert [document.path for document in documents] == found
    assert documents[1].text == "article | count\nplane | 2"
    assert documents[3].text == "a | b\n1 | 2"
    assert len({document.sha256 for document in documents}) == 4
    assert documents[0].notes == (
        "Attachments are documents of their own: order.csv, Prices.eml.",
        "Attachments of other kinds were not read: plans.zip.",
    )
    assert find_documents(path) == found


def test_attachments_of_one_name_are_told_apart_and_no_name_leads_out(tmp_path: Path) -> None:
    mail = message()
    mail.add_attachment("one", filename="../../etc/note.txt")
    mail.add_attachment("two", filename="../../etc/note.txt")
    save(tmp_path, mail)
    _, one, two = find_documents(tmp_path)
    assert one.parent == two.parent == tmp_path / "mail.eml"
    assert (read_document(one).text, read_document(two).text) == ("one", "two")


def test_pictures_within_the_text_are_no_documents(tmp_path: Path) -> None:
    mail = message()
    mail.add_alternative("<img src='cid:logo'>", subtype="html")
    body = mail.get_payload()[1]
    body.add_related(b"\x89PNG", maintype="image", subtype="png", cid="<logo>", filename="logo.png")
    path = save(tmp_path, mail)
    assert find_documents(tmp_path) == [path]


def test_messages_within_messages_end_somewhere(tmp_path: Path) -> None:
    mail = message("innermost")
    for depth in range(DEPTH_LIMIT + 4):
        outer = message(f"level {depth}")
        outer.add_attachment(mail)
        mail = outer
    save(tmp_path, mail)
    assert len(find_documents(tmp_path)) == 1 + DEPTH_LIMIT


def test_parts_nested_without_end_are_refused_and_the_folder_is_still_read(tmp_path: Path) -> None:
    parts = "".join(f'Content-Type: multipart/mixed; boundary="b{depth}"\n\n--b{depth}\n' for depth in range(3000))
    (tmp_path / "bomb.eml").write_text(f"From: x@mail.example\n{parts}")
    save(tmp_path, message(), "good.eml")
    bomb, good = find_documents(tmp_path)
    with DocumentPool(workers=1) as pool:
        with pytest.raises(DocumentError, match="nested too deeply") as caught:
            pool.submit(bomb).result(timeout=30)
        assert caught.value.where == str(bomb)
        assert pool.submit(good).result(timeout=30).kind == "eml"


def test_an_encrypted_message_no_message_and_a_lost_attachment_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    path.write_text('From: x@mail.example\nContent-Type: multipart/encrypted; boundary="b"\n\n--b\n\nx\n--b--\n')
    with pytest.raises(DocumentError, match="The message is encrypted"):
        read_document(path)
    path.write_text("no headers at all")
    with pytest.raises(DocumentError, match="named like an e-mail message but is none"):
        read_document(path)
    save(tmp_path, message())
    with pytest.raises(DocumentError, match="no such attachment") as caught:
        read_document(path / "gone.txt")
    assert caught.value.where == str(path / "gone.txt")
    path.unlink()
    with pytest.raises(DocumentError, match="The file is not there"):
        read_document(path / "gone.txt")
