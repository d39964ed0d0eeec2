"""A folder of every kind of document to rows, bad files among them, with the bundled model."""

from __future__ import annotations

import json
import zipfile
from email.message import EmailMessage
from typing import TYPE_CHECKING

import openpyxl

from engine.documents import DocumentPool
from engine.extraction import ExtractionJob, ExtractionPlan
from engine.store import Row, Store

if TYPE_CHECKING:
    from pathlib import Path

    from engine.model.client import ModelClient

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"total": {"type": "number"}},
        "required": ["total"],
        "additionalProperties": False,
    }
)
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def fill(folder: Path) -> None:
    with zipfile.ZipFile(folder / "letter.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>Total: 10.50</w:t></w:r></w:p></w:body></w:document>',
        )
    book = openpyxl.Workbook()
    book.active.append(["Total", 20.5])
    book.save(folder / "book.xlsx")
    (folder / "table.csv").write_text("item,total\nPlane,30.50\n")
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "voss@mail.example", "Order"
    mail.set_content("Total: 40.50")
    mail.add_attachment("item,total\nSaw,50.50\n", subtype="csv", filename="order.csv")
    (folder / "mail.eml").write_bytes(mail.as_bytes())
    (folder / "locked.docx").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le")
    )
    (folder / "cut.xlsx").write_bytes((folder / "book.xlsx").read_bytes()[:800])
    (folder / "empty.eml").write_bytes(b"")


def test_every_kind_becomes_a_row_and_every_bad_file_a_sentence(tmp_path: Path, model_client: ModelClient) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    fill(folder)
    with Store(tmp_path / "profile") as store, DocumentPool(cache=tmp_path / "cache") as pool:
        job = ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, model_client, pool)
        coverage = job.run()
        rows = {row.document: row for row in job.rows()}
        again: list[Row] = []
        ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, model_client, pool).run(again.append)
    done = {"letter.docx", "book.xlsx", "table.csv", "mail.eml", "mail.eml/order.csv"}
    assert {name for name, row in rows.items() if row.state == "done"} == done
    assert all(isinstance(rows[name].record["total"], int | float) for name in done)
    assert (coverage.done, coverage.failed, coverage.empty) == (5, 2, 1)
    sentences = {"locked.docx": "password", "cut.xlsx": "cut short", "empty.eml": "empty"}
    for name, sentence in sentences.items():
        error = rows[name].error
        assert error is not None
        assert sentence in error["message"]
        assert (error["where"], bool(error["advice"])) == (name, True)
    assert {row.document for row in again} == {"locked.docx", "cut.xlsx"}
