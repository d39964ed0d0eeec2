"""What the page of models shows of a hub: nothing before somebody asks, then sizes, progress, and what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.models.hub_lines import foot_words
from app.models.model_words import name_and_quantization
from app.pages.models.page import ModelsPage
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf
from tests.engine.hub.loopback import LoopbackHub
from tests.engine.keyrings import MemoryKeyring, using_keyring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from app.models.model_list import ModelLine
    from app.session.models import Item
    from app.window import Window

REPOSITORY = "garden/Tall-Tree-GGUF"
WHOLE = gguf(LLAMA | {"general.file_type": 15}, TENSORS, data=5120)
LONG = WHOLE + bytes(3_000_000)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    with LoopbackHub() as made, using_keyring(MemoryKeyring()):
        made.add(REPOSITORY, {"Tall-Tree-Q4_K_M.gguf": LONG, "Tall-Tree-Q8_0.gguf": WHOLE}, licence="mit")
        monkeypatch.setenv("HF_ENDPOINT", made.url)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield made


@pytest.fixture
def page(window: Window, hub: LoopbackHub, qtbot: QtBot) -> ModelsPage:
    window.show_page("Models")
    made = window.page("Models")
    assert isinstance(made, ModelsPage)
    qtbot.waitUntil(lambda: made.session.models.known and line(made, "recommended:0") is not None)
    return made


def line(page: ModelsPage, key: str) -> ModelLine | None:
    return page.listing.rows.row_of(page.listing.rows.index_of_key(key))


def button(page: ModelsPage, key: str, words: str) -> Callable[[], bool]:
    """Return whether a row's button says something by now."""

    def says() -> bool:
        shown = line(page, key)
        return shown is not None and shown.button == words

    return says


def look_up(page: ModelsPage, address: str = REPOSITORY) -> None:
    page.tools.address.setText(address)
    QTest.keyClick(page.tools.address, Qt.Key.Key_Return)


def test_nothing_is_asked_of_a_hub_before_somebody_presses_something(page: ModelsPage, hub: LoopbackHub) -> None:
    row = line(page, "recommended:4")
    assert row is not None
    assert row.size.startswith("≈ ")
    assert row.need is not None
    page.list.choose("recommended:4")
    assert page.side.hub.good_at.text()
    assert page.side.hub.no_hash.text() == "not asked yet"
    assert hub.asked == []


def test_what_an_address_names_is_listed_with_its_sizes_until_it_is_closed(page: ModelsPage, qtbot: QtBot) -> None:
    look_up(page)
    qtbot.waitUntil(button(page, "found:1", "Download"))
    found = line(page, "found:0")
    assert found is not None
    assert (found.name, found.aside, found.size, found.licence) == ("Tall-Tree", "Q4_K_M", "3 MB", "MIT")
    assert page.list.key == "found:0", "what was asked for is chosen"
    assert page.list.verticalScrollBar().value() == 0
    assert len(page.side.hub.sha256.text()) == 64
    page.deeds.do(f"head:found:{REPOSITORY}")
    assert line(page, "found:0") is None


def test_a_download_shows_how_far_it_is_can_be_paused_and_thrown_away(
    page: ModelsPage, hub: LoopbackHub, qtbot: QtBot
) -> None:
    hub.hold_after = 1_000_000
    look_up(page)
    qtbot.waitUntil(button(page, "found:0", "Download"))
    page.deeds.do("found:0")
    qtbot.waitUntil(button(page, "found:0", "Pause"))
    qtbot.waitUntil(hub.held.is_set)
    assert page.foot.words.line.startswith("Tall-Tree: ")
    assert "SHA-256" in page.foot.words.line
    page.deeds.do("found:0")
    hub.gate.set()
    qtbot.waitUntil(button(page, "found:0", "Resume"))
    page.fetching.close_found()
    (item,) = page.session.downloads.items
    paused = line(page, f"item:{item.id}")
    assert paused is not None
    assert paused.done is not None
    assert paused.need is not None
    page.list.choose(f"item:{item.id}")
    assert page.side.hub.throw_away.isVisibleTo(page)
    page.side.hub.throw_away.click()
    qtbot.waitUntil(lambda: line(page, f"item:{item.id}") is None)
    assert page.foot.words.line.startswith("Drop a GGUF file")


def test_what_arrives_wrong_is_said_in_its_row_and_can_be_tried_again(
    page: ModelsPage, hub: LoopbackHub, qtbot: QtBot
) -> None:
    hub.wrong_hash = True
    look_up(page)
    qtbot.waitUntil(button(page, "found:1", "Download"))
    page.deeds.do("found:1")
    qtbot.waitUntil(button(page, "found:1", "Try again"))
    wrong = line(page, "found:1")
    assert wrong is not None
    assert wrong.said is not None
    assert wrong.said.shape == "cross"
    hub.wrong_hash = False
    page.deeds.do("found:1")
    qtbot.waitUntil(lambda: page.told.words.text() == "Tall-Tree is downloaded")
    qtbot.waitUntil(lambda: any(entry.origin == "downloaded" for entry in page.session.models.entries))
    qtbot.waitUntil(lambda: page.session.models.entry(page.showing.key) is not None)
    assert page.list.key == page.showing.key, "whoever watched the download sees the model"
    qtbot.waitUntil(lambda: (line(page, "found:1") or wrong).beside == "On this machine")


def test_what_a_hub_hands_out_to_nobody_is_asked_for_again_with_a_token(
    page: ModelsPage, hub: LoopbackHub, qtbot: QtBot
) -> None:
    hub.token = "hf_right"
    look_up(page)
    qtbot.waitUntil(button(page, "found:error", "Try again"))
    wrong = line(page, "found:error")
    assert wrong is not None
    assert wrong.name == "Could not be looked up"
    assert (page.list.key, page.side.name.line) == ("found:error", "Could not be looked up")
    assert page.side.hub.state.text()
    assert not page.side.hub.token.isHidden()
    words = [action.text() for action in page.deeds.menu("found:error").actions()]
    assert "Token of the hub…" in words
    page.deeds.give_token()
    dialog = page.fetching.dialog
    assert dialog is not None
    assert not dialog.keep.isEnabled()
    QTest.keyClicks(dialog.field, "hf_right")
    dialog.keep.click()
    qtbot.waitUntil(lambda: page.session.downloads.token_state == "kept")
    page.deeds.do("found:error")
    qtbot.waitUntil(button(page, "found:1", "Download"))


def test_where_the_network_is_off_the_page_says_so_and_asks_nothing(
    window: Window, page: ModelsPage, hub: LoopbackHub, qtbot: QtBot
) -> None:
    look_up(page)
    qtbot.waitUntil(button(page, "found:0", "Download"))
    asked = len(hub.asked)
    page.session.preferences.put("network", use="never")
    assert not page.off.isHidden()
    assert page.promise.isHidden()
    assert not page.tools.look_up.isEnabled()
    assert not page.side.hub.deed.isEnabled()
    for key in ("found:0", "recommended:0", "head:Recommended"):
        shown = line(page, key)
        assert shown is not None
        assert not shown.able
    look_up(page)
    assert len(hub.asked) == asked
    page.off.way.click()
    assert window.pages.currentWidget() is window.page("Settings")
    page.session.preferences.put("network", use="asked")
    assert page.off.isHidden()


def test_a_name_says_the_model_and_its_quantization() -> None:
    assert [
        name_and_quantization(name)
        for name in ("Qwen3-8B-Q4_K_M.gguf", "a/b/big-Q6_K-00001-of-00003.gguf", "qwen-q4_k_m.gguf", "plain.gguf")
    ] == [("Qwen3-8B", "Q4_K_M"), ("big", "Q6_K"), ("qwen", "Q4_K_M"), ("plain", "")]


def test_nothing_is_said_at_the_foot_where_nothing_moves() -> None:
    items: list[Item] = []
    assert foot_words(items) == ""
