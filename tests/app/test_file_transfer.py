"""Files of threads, brought in and taken back again."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QMessageBox, QWidget

from app.bridge import Bridge
from app.pages.playground.thread_files import show_faults
from app.session import Library, Undo
from app.session.transfer import Transfer
from engine.store.transfer import Fault, Imported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def bridge(tmp_path: Path, qapp: object) -> Iterator[Bridge]:
    made = Bridge(tmp_path, None)
    yield made
    made.close()


@pytest.fixture
def conversations(tmp_path: Path) -> Path:
    """Return a file of two conversations."""
    path = tmp_path / "chats.jsonl"
    lines = [{"messages": [{"role": "user", "content": words}]} for words in ("Pears?", "Plums?")]
    path.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    return path


def test_an_import_can_be_taken_back_from_the_moment_it_is_offered(
    bridge: Bridge, conversations: Path, qtbot: QtBot
) -> None:
    library = Library(bridge)
    transfer = Transfer(bridge, library)
    offered: list[Undo | None] = []
    library.undoable.connect(offered.append)
    library.undoable.connect(lambda undo: library.undo() if undo is not None else None)  # as fast as nobody clicks
    with qtbot.waitSignal(transfer.told):
        transfer.import_files([conversations])
    qtbot.waitUntil(lambda: library.known)
    assert library.threads == []
    assert len(library.binned) == 2
    assert [undo.words if undo else None for undo in offered] == ["2 threads imported from chats.jsonl", None]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "No thread imported from chats.jsonl, 2 known already"),
        (["{broken}"], "No thread imported from chats.jsonl, 2 known already, 1 unreadable"),
        (
            [{"messages": [{"role": "user", "content": "Figs?"}]}],
            "One thread imported from chats.jsonl, 2 known already",
        ),
    ],
    ids=["nothing new", "unreadable", "one more"],
)
def test_an_import_says_what_it_has_brought(
    bridge: Bridge, conversations: Path, qtbot: QtBot, lines: list[Any], words: str
) -> None:
    library = Library(bridge)
    transfer = Transfer(bridge, library)
    with qtbot.waitSignal(transfer.told):
        transfer.import_files([conversations])
    made = conversations.stat().st_mtime
    with conversations.open("a", encoding="utf-8") as file:
        file.writelines(f"\n{line if isinstance(line, str) else json.dumps(line)}" for line in lines)
    os.utime(conversations, (made, made))  # conversations without a time have that of their file
    with qtbot.waitSignal(transfer.told) as told:
        transfer.import_files([conversations])
    assert told.args == [words]


def test_what_could_not_be_read_is_named_and_what_became_of_the_rest_is_said(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    said = []
    for told in (Imported(threads=(3,), failed=1, faults=(Fault("line 2", "It is no JSON."),)), Imported((), 2, 7)):
        show_faults(parent, Path("/tmp/<b>\u202echats.jsonl"), told)
        box = parent.findChildren(QMessageBox)[-1]
        said.append((box.text(), box.informativeText().split("\n\n"), box.detailedText()))
    path = "/tmp/<b>\ufffdchats.jsonl"
    assert said == [
        ("One conversation could not be read.", [path, "The others were imported."], "line 2: It is no JSON."),
        ("7 conversations could not be read.", [path, "The others were there already."], ""),
    ]
