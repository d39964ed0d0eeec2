"""From an empty profile: a file is added, one downloaded, loaded and swapped back, one removed, one found elsewhere."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.exchange import Draft
from app.pages.models.page import ModelsPage
from app.window import Window
from engine.model.bundled import bundled_model
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf
from tests.engine.hub.loopback import LoopbackHub
from tests.engine.keyrings import MemoryKeyring, using_keyring
from tests.engine.remote.scripted import ScriptedServer, says

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.models.model_list import ModelLine
    from app.session import Session
    from tests.engine.remote.scripted import Asked

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


def test_a_thread_is_pointed_at_a_server_and_back(start: Start, qtbot: QtBot) -> None:
    """Nothing is sent there before it is chosen, and the answer's receipt says that it was only checked here."""
    page, session = open_page(start, qtbot)

    def models(asked: Asked) -> None:
        asked.json({"object": "list", "data": [{"id": "big"}]})

    with using_keyring(MemoryKeyring()), ScriptedServer([says("Apples and pears.")], {"/v1/models": models}) as server:
        page.elsewhere.add()
        dialog = page.elsewhere.dialog
        assert dialog is not None
        QTest.keyClicks(dialog.form.url, server.url)
        dialog.check.click()
        qtbot.waitUntil(dialog.keep.isEnabled, timeout=LOADING_MS)
        dialog.keep.click()
        (endpoint,) = session.endpoints.items
        asked = len(server.asked)

        window = page.window()
        assert isinstance(window, Window)
        window.show_page("Playground")
        playground = window.playground
        first = Draft(prompt="Which trees are espaliered?", format="text", max_tokens=20)
        session.chat.create(first)
        qtbot.waitUntil(lambda: session.desk.draft == first)
        box = playground.inspector.model.box
        qtbot.waitUntil(lambda: box.findData(f"endpoint:{endpoint.id}") >= 0)
        box.setCurrentIndex(box.findData(f"endpoint:{endpoint.id}"))
        box.activated.emit(box.currentIndex())
        assert len(server.asked) == asked, "choosing sends nothing"
        qtbot.waitUntil(lambda: playground.composer.can_run, timeout=LOADING_MS)
        playground.run()
        qtbot.waitUntil(lambda: session.chat.answer is not None and not session.chat.answer.running, timeout=LOADING_MS)
        answer = session.chat.answer
        assert answer is not None
        assert answer.text == "Apples and pears."
        assert len(server.asked) > asked

        box.setCurrentIndex(box.findData(""))
        box.activated.emit(box.currentIndex())
        asked = len(server.asked)
        second = Draft(prompt="And when are they pruned?", format="text", max_tokens=5)
        session.chat.create(second)
        qtbot.waitUntil(lambda: session.desk.draft == second)
        qtbot.waitUntil(lambda: playground.composer.can_run, timeout=LOADING_MS)
        playground.run()

        def answered() -> bool:
            newest = session.chat.answer
            return newest is not None and newest is not answer and not newest.running

        qtbot.waitUntil(answered, timeout=LOADING_MS)
        assert len(server.asked) == asked, "what is answered here is sent nowhere"
