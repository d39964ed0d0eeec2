"""From a folder of documents to a table that was reviewed and taken along, and back after everything was killed."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
from typing import TYPE_CHECKING, Any

import openpyxl
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from app.pages.extract.page import ExtractPage
from app.pages.extract.setting_up import sample_folder
from engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.session import Session
    from app.window import Window

    Start = Callable[[], tuple[Window, Session]]

LOADING_MS = 240_000
SMALL = {
    "type": "object",
    "properties": {
        "vendor": {"type": "string", "description": "Who sends the invoice", "maxLength": 40},
        "total": {"type": "number", "description": "Total to pay"},
    },
    "required": ["vendor", "total"],
    "additionalProperties": False,
}


def extraction(window: Window, qtbot: QtBot) -> ExtractPage:
    """Go to the page of extractions, and wait until it stands ready."""
    window.show_page("Extract")
    page = window.page("Extract")
    assert isinstance(page, ExtractPage)
    qtbot.waitUntil(lambda: page.session.known, timeout=LOADING_MS)
    return page


def drop(page: ExtractPage, *paths: Path) -> None:
    """Drop files on the page."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    where, copy, left = QPointF(500, 400), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    page.dropEvent(QDropEvent(where, copy, data, left, Qt.KeyboardModifier.NoModifier, QEvent.Type.Drop))


def press(qtbot: QtBot, page: ExtractPage, key: Qt.Key, modifier: str = "No") -> None:
    """Press a key where the keyboard is."""
    qtbot.keyClick(QApplication.focusWidget() or page, key, getattr(Qt.KeyboardModifier, f"{modifier}Modifier"))


def ended(page: ExtractPage, qtbot: QtBot) -> None:
    """Wait until everything is read."""
    qtbot.waitUntil(lambda: page.session.state == "done" and not page.session.loading, timeout=LOADING_MS)


def save_as(page: ExtractPage, qtbot: QtBot, target: Path) -> None:
    """Answer the dialog that asks where to."""
    qtbot.waitUntil(lambda: bool(page.findChildren(QFileDialog)))
    for dialog in page.findChildren(QFileDialog):
        dialog.filesSelected.emit([str(target)])
        dialog.close()
        dialog.deleteLater()
    qtbot.waitUntil(target.exists)


def records(page: ExtractPage) -> dict[str, Any]:
    """Return what each document came to."""
    return {row.document: row.record for row in page.session.rows}


def test_a_dropped_folder_becomes_a_reviewed_table_that_is_taken_along(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "March invoices"
    folder.mkdir()
    for name in ("harrow-and-finch.txt", "brightwell-electrical.pdf"):
        shutil.copy(sample_folder() / name, folder)
    (folder / "broken.pdf").write_bytes((folder / "brightwell-electrical.pdf").read_bytes()[:700])
    (tmp_path / "small.json").write_text(json.dumps(SMALL), "utf-8")
    window, _ = start()
    page = extraction(window, qtbot)
    qtbot.waitUntil(lambda: bool(page.session.setup.sources))
    drop(page, folder)
    drop(page, tmp_path / "small.json")
    qtbot.waitUntil(lambda: page.session.sources_found.count == 3 and len(page.session.columns) == 2)

    # Run, from the keyboard: rows appear while others are still to come, and the title tells.
    page.setFocus()
    press(qtbot, page, Qt.Key.Key_Return, "Control")
    qtbot.waitUntil(lambda: page.session.coverage.failed == 1, timeout=LOADING_MS)
    assert page.table.table.rowCount() == 3
    qtbot.waitUntil(lambda: window.windowTitle().endswith("\N{EN DASH} Espalier"), timeout=LOADING_MS)
    ended(page, qtbot)
    assert page.coverage.read.text() == "3 of 3 read"
    # Nobody has chosen a cell, and yet a document is shown beside the table.
    qtbot.waitUntil(lambda: page.right.isVisible() and bool(page.table.current()[1]), timeout=LOADING_MS)
    assert page.coverage.states["failed"].accessibleName().startswith("1 failed")
    assert {row.document: row.state for row in page.session.rows}["broken.pdf"] == "failed"
    qtbot.waitUntil(lambda: window.windowTitle() == "Espalier", timeout=LOADING_MS)

    # Review, from the keyboard: Enter accepts and goes on, the worst first.
    page.session.set_share_right(1.0)
    qtbot.waitUntil(lambda: len(page.session.to_review) == 4, timeout=LOADING_MS)
    page.focus_table()
    press(qtbot, page, Qt.Key.Key_F8)
    first = page.reviewing.place
    assert first == page.session.to_review[0]
    press(qtbot, page, Qt.Key.Key_Return)
    assert page.session.rows[page.session.index_of(first.document) or 0].cells[first.pointer].reviewed
    assert page.reviewing.place == page.session.to_review[0] != first

    # One value is put right by selecting it in the document: its last line but one is as good as any.
    page.table.choose_cell("harrow-and-finch.txt", "/vendor")
    qtbot.waitUntil(
        lambda: page.document.document is not None and page.document.document.name == "harrow-and-finch.txt",
        timeout=LOADING_MS,
    )
    assert page.document.document is not None
    at = page.document.document.text.index("Marlowe Public Library")
    page.document.show_look("text")
    page.document.text.select((at, at + len("Marlowe Public Library")))
    page.document.use_selection()
    qtbot.waitUntil(lambda: records(page)["harrow-and-finch.txt"]["vendor"] == "Marlowe Public Library")
    edited = page.session.cell("harrow-and-finch.txt", "/vendor")
    assert edited is not None
    assert (edited.state, edited.spans[0]) == ("edited", (at, at + len("Marlowe Public Library")))

    # Another is typed.
    page.table.choose_cell("brightwell-electrical.pdf", "/total")
    page.focus_table()
    press(qtbot, page, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert editor is not None
    qtbot.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(editor, "891.60")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: records(page)["brightwell-electrical.pdf"]["total"] == 891.6)

    # What is taken along is what stands there.
    for format_, name in (("csv", "out.csv"), ("xlsx", "out.xlsx")):
        page.ways.offer_export()
        page.ways.export.format.parts[format_].click()
        page.ways.export.sources.setChecked(format_ == "xlsx")
        page.ways.export.save.click()
        save_as(page, qtbot, tmp_path / name)
    kept = records(page)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = {line["document"]: line for line in csv.DictReader(file)}
    assert set(lines) == {"broken.pdf", "brightwell-electrical.pdf", "harrow-and-finch.txt"}
    for document in ("brightwell-electrical.pdf", "harrow-and-finch.txt"):
        assert lines[document]["vendor"] == kept[document]["vendor"]
        assert float(lines[document]["total"]) == kept[document]["total"]
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    heading, *rows = book.worksheets[0].iter_rows(values_only=True)
    table = {row[heading.index("document")]: row[heading.index("total")] for row in rows}
    assert table["brightwell-electrical.pdf"] == 891.6
    assert len(book.worksheets) > 1
    book.close()

    # What was reviewed becomes a test case: held against it, the table is right.
    page.ways.save_evaluation()
    save_as(page, qtbot, tmp_path / "truth.jsonl")
    page.session.set_truth(tmp_path / "truth.jsonl")
    page.show_accuracy(shown=True)
    qtbot.waitUntil(lambda: page.accuracy.model.rowCount() == 2, timeout=LOADING_MS)
    assert page.accuracy.overall.text().startswith("100\N{NO-BREAK SPACE}% right")


def test_what_is_killed_or_closed_in_the_middle_goes_on_where_it_was(
    start: Start, qtbot: QtBot, profile: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    names = [f"{number}.txt" for number in range(1, 9)]
    for number, name in enumerate(names, start=1):
        text = f"INVOICE {number}\nNordlicht {number} Ltd\n{'Seeds and bulbs. ' * 40}\nTotal: {number * 10}.50\n"
        (folder / name).write_text(text, "utf-8")
    (tmp_path / "small.json").write_text(json.dumps(SMALL), "utf-8")
    window, session = start()
    page = extraction(window, qtbot)
    qtbot.waitUntil(lambda: bool(page.session.setup.sources))
    drop(page, folder)
    drop(page, tmp_path / "small.json")
    qtbot.waitUntil(lambda: page.session.sources_found.count == 8 and len(page.session.columns) == 2)
    page.run()
    qtbot.waitUntil(lambda: page.session.coverage.done >= 1, timeout=LOADING_MS)

    # The model's process is killed: what was done stays, and the rest is read by the next.
    assert session.host_pid is not None
    os.kill(session.host_pid, signal.SIGKILL)
    before = page.session.coverage.done
    qtbot.waitUntil(
        lambda: page.session.coverage.done > before or page.session.state in {"paused", "done"}, timeout=LOADING_MS
    )
    if page.session.state == "paused":
        page.run()
        qtbot.waitUntil(lambda: page.session.coverage.done > before, timeout=LOADING_MS)

    # The window is closed in the middle.
    done = {row.document: row.record for row in page.session.rows if row.state == "done"}
    job = page.session.id
    assert job is not None
    window.close()

    window, session = start()
    page = extraction(window, qtbot)
    qtbot.waitUntil(lambda: page.session.id == job and not page.session.loading, timeout=LOADING_MS)
    assert records(page).items() >= done.items()
    if page.session.state != "done":
        assert page.session.state == "paused"
        assert page.head.go.accessibleName() == "Resume"
        page.setFocus()
        press(qtbot, page, Qt.Key.Key_Return, "Control")
    ended(page, qtbot)
    if page.session.coverage.failed:
        page.session.run_failed()
        qtbot.waitUntil(lambda: page.session.coverage.failed == 0, timeout=LOADING_MS)
        ended(page, qtbot)
    assert [row.document for row in page.session.rows] == names
    assert {row.state for row in page.session.rows} == {"done"}
    assert records(page).items() >= done.items()
    window.close()
    with Store(profile) as store:
        (kept,) = store.jobs.all()
        rows = store.jobs.rows(kept)
    assert [row.document for row in rows] == names
    assert {row.state for row in rows} == {"done"}
