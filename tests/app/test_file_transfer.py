"""Files of threads, brought in and taken back again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from app.bridge import Bridge
from app.session import Library, Undo
from app.session.transfer import Transfer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
