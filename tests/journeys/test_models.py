"""From an empty profile: a file is added, one downloaded, loaded and swapped back, one removed, one found elsewhere."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.pages.models.page import ModelsPage
from engine.model.bundled import bundled_model
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf
from tests.engine.hub.loopback import LoopbackHub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.models.model_list import ModelLine
    from app.session import Session
    from app.window import Window

    Start = Callable[[], tuple[Window, Session]]

LOADING_MS = 120_000
REPOSITORY = "garden/Tall-Tree-GGUF"
FILE = "Tall-Tree-Q4_1.gguf"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    """A hub on this machine that has the bundled model under another name."""
    with LoopbackHub() as made:
        made.add(REPOSITORY, {FILE: bundled_model().read_bytes()}, licence="apache-2.0")
        monkeypatch.setenv("HF_ENDPOINT", made.url)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield made


def open_page(start: Start, qtbot: QtBot) -> tuple[ModelsPage, Session]:
    """Go to the page of models, and wait for the bundled one."""
    window, session = start()
    window.show_page("Models")
    page = window.page("Models")
    assert isinstance(page, ModelsPage)
    qtbot.waitUntil(lambda: session.models.known and page.showing.key == str(bundled_model()), timeout=LOADING_MS)
    return page, session


def line(page: ModelsPage, key: str) -> ModelLine | None:
    """Return the row of a key."""
    return page.listing.rows.row_of(page.listing.rows.index_of_key(key))


def offered(page: ModelsPage, key: str, words: str, qtbot: QtBot) -> None:
    """Wait until the button of a row says something."""

    def says() -> bool:
        shown = line(page, key)
        return shown is not None and shown.button == words

    qtbot.waitUntil(says, timeout=LOADING_MS)


def press(page: ModelsPage, key: str, words: str, qtbot: QtBot) -> None:
    """Press the button of a row, once it says so."""
    offered(page, key, words, qtbot)
    page.list.scrollTo(page.listing.rows.index_of_key(key))
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=page.list.button_rect(key).center())


def test_a_model_is_looked_up_downloaded_in_two_goes_loaded_and_swapped_back(
    start: Start, hub: LoopbackHub, qtbot: QtBot
) -> None:
    """The old one answers until the new one is there, and nothing was asked of the hub before a press."""
    page, session = open_page(start, qtbot)
    assert hub.asked == []
    page.tools.address.setText(REPOSITORY)
    page.tools.look_up.click()
    hub.hold_after = 40_000_000
    press(page, "found:0", "Download", qtbot)
    qtbot.waitUntil(hub.held.is_set)
    press(page, "found:0", "Pause", qtbot)
    hub.hold_after = None
    hub.gate.set()
    offered(page, "found:0", "Resume", qtbot)
    kept = session.downloads.items[0].done
    assert kept > 0
    press(page, "found:0", "Resume", qtbot)
    qtbot.waitUntil(lambda: any(entry.origin == "downloaded" for entry in session.models.entries), timeout=LOADING_MS)
    assert hub.files_asked()[-1].headers["range"] == f"bytes={kept}-", "what has arrived is not fetched again"
    (entry,) = (each for each in session.models.entries if each.origin == "downloaded")

    press(page, entry.key, "Load", qtbot)
    qtbot.waitUntil(lambda: session.models.loading_key == entry.key)
    assert page.loaded.name.line == "SmolLM2-135M-Instruct"
    qtbot.waitUntil(lambda: session.models.loaded_key == entry.key, timeout=LOADING_MS)
    assert (page.loaded.name.line, page.loaded.origin.text()) == ("Tall-Tree", "downloaded")
    offered(page, str(bundled_model()), "Load", qtbot)
    page.list.choose(str(bundled_model()))
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.models.loaded_key == str(bundled_model()), timeout=LOADING_MS)

    offered(page, entry.key, "Load", qtbot)
    page.list.choose(entry.key)
    QTest.keyClick(page.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: session.models.entry(entry.key) is None)
    assert not entry.file.path.exists()
    page.told.undo.click()
    qtbot.waitUntil(lambda: session.models.entry(entry.key) is not None)
    assert entry.file.path.exists()


def test_a_file_that_cannot_be_loaded_leaves_the_old_model_answering(
    start: Start, tmp_path: Path, qtbot: QtBot
) -> None:
    """The strip says what, why and how to go on; the file is only taken off the list, never deleted."""
    page, session = open_page(start, qtbot)
    qtbot.waitUntil(lambda: session.models.loaded_key is not None, timeout=LOADING_MS)
    file = tmp_path / "seedling-Q4_0.gguf"
    file.write_bytes(gguf(LLAMA, TENSORS, data=768 + 4352))
    page.ways.take_dropped([file])
    key = str(file)
    press(page, key, "Load", qtbot)
    qtbot.waitUntil(lambda: page.trouble.error is not None, timeout=LOADING_MS)
    assert "SmolLM2-135M-Instruct is still loaded" in page.trouble.advice.text()
    assert session.models.loaded_key == str(bundled_model())
    assert page.loaded.state.text() == "loaded"
    page.list.choose(key)
    QTest.keyClick(page.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: line(page, key) is None)
    assert file.exists()
    page.told.undo.click()
    qtbot.waitUntil(lambda: line(page, key) is not None)


def test_a_model_is_held_to_its_hash_and_to_its_settings_after_a_restart(
    start: Start, tmp_path: Path, qtbot: QtBot
) -> None:
    page, session = open_page(start, qtbot)
    copy = tmp_path / "Short-Tree.Q4_1.gguf"
    shutil.copy(bundled_model(), copy)
    session.models.add_file(copy)
    key = str(copy)
    qtbot.waitUntil(lambda: line(page, key) is not None)
    page.list.choose(key)
    lanes = page.side.model.load_with.lanes
    lanes.setFocus()
    lanes.selectAll()
    QTest.keyClicks(lanes, "2")
    page.deeds.pin(key, pinned=True)
    qtbot.waitUntil(lambda: (session.models.entry(key) or pytest.fail("gone")).pinned is not None, timeout=LOADING_MS)
    page.showing.side.load()
    qtbot.waitUntil(lambda: session.models.loaded_key == key, timeout=LOADING_MS)
    assert page.loaded.pinned.text() == "pinned"
    loaded = session.models.loaded
    assert loaded is not None
    assert loaded.lanes == 2
    assert page.side.model.foot.isHidden(), "there is nothing left to do"
