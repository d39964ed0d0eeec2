"""The page of models without a host: files are real, states of the model are told as the host would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.model_names import name_of
from app.models.load_choices import context_choices
from app.models.model_list import ModelLine, ModelList, Need, Said
from app.models.model_words import left_words, progress_words, size_words
from app.pages.models.list.columns import columns_of
from app.pages.models.page import ModelsPage
from engine.errors import ModelTooLarge
from engine.library import read_model
from engine.model.bundled import bundled_model
from engine.model.client import ClientState
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

    from app.window import Window
    from engine.model.protocol import ModelInfo

BUNDLED = "SmolLM2-135M-Instruct"
WHOLE = gguf(LLAMA | {"general.file_type": 17}, TENSORS, data=5120)
CUT = gguf(LLAMA, TENSORS, data=5000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a model, one that is cut short, and an adapter."""
    made = tmp_path / "Models"
    made.mkdir()
    (made / "Tall-Tree-Q5_K_M.gguf").write_bytes(WHOLE)
    (made / "broken.gguf").write_bytes(CUT)
    (made / "invoices.gguf").write_bytes(gguf(LLAMA | {"general.type": "adapter"}, TENSORS, data=5120))
    return made


@pytest.fixture
def page(window: Window, qtbot: QtBot) -> ModelsPage:
    """The page, once everything has been looked for."""
    window.show_page("Models")
    made = window.page("Models")
    assert isinstance(made, ModelsPage)
    qtbot.waitUntil(lambda: made.session.models.known and {BUNDLED, "Recommended"} <= lines(made).keys())
    return made


def lines(page: ModelsPage) -> dict[str, ModelLine]:
    """Return the rows by their names."""
    rows = page.listing.rows
    found = [rows.row_of(rows.index(at)) for at in range(rows.rowCount())]
    return {line.name: line for line in found if line is not None}


def add(page: ModelsPage, folder: Path, qtbot: QtBot) -> None:
    page.session.models.add_folder(folder)
    qtbot.waitUntil(lambda: "Tall-Tree" in lines(page) and page.session.models.known)


def drop(page: ModelsPage, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.dropEvent(QDropEvent(QPointF(200, 300), Qt.DropAction.CopyAction, data, buttons, keys, QEvent.Type.Drop))


def say_loaded(page: ModelsPage, info: ModelInfo) -> None:
    page.session._model_changed(ClientState(phase="ready", model=info))


# The list


def test_the_bundled_model_stands_on_the_list_of_whoever_has_no_other(page: ModelsPage) -> None:
    names = list(lines(page))
    assert names[names.index("On this machine") + 1] == BUNDLED
    line = lines(page)[BUNDLED]
    assert (line.aside, line.size, line.licence, line.button) == ("Q4_1", "98 MB", "Apache-2.0", "Load")


def test_a_folder_brings_its_models_and_says_what_is_wrong_with_broken_ones(
    page: ModelsPage, folder: Path, qtbot: QtBot
) -> None:
    add(page, folder, qtbot)
    found = lines(page)
    assert (found["Tall-Tree"].aside, found["Tall-Tree"].deed) == ("Q5_K_M", "load")
    broken = found["broken.gguf"]
    assert broken.said is not None
    assert broken.said.shape == "cross"
    assert "cut short" in broken.said.words
    assert broken.button == "Show file"
    assert found["invoices"].deed is None
    page.list.choose(str(folder / "broken.gguf"))
    assert page.side.name.line == "broken.gguf"
    assert "cut short" in page.side.model.file.wrong.words[0]
    assert page.side.model.foot.isHidden(), "it cannot be loaded"


def test_files_and_folders_can_be_dropped_anywhere(page: ModelsPage, folder: Path, qtbot: QtBot) -> None:
    drop(page, folder / "Tall-Tree-Q5_K_M.gguf")
    qtbot.waitUntil(lambda: "Tall-Tree" in lines(page))
    drop(page, folder)
    qtbot.waitUntil(lambda: "broken.gguf" in lines(page))


def test_a_row_is_found_by_any_part_of_what_it_says(page: ModelsPage, folder: Path, qtbot: QtBot) -> None:
    add(page, folder, qtbot)
    page.search()
    page.filter.setText("tall q5")
    assert list(lines(page))[1:] == ["Tall-Tree"]
    page.filter.clear()
    assert BUNDLED in lines(page)


def test_the_chosen_row_is_shown_at_the_right_and_what_is_set_there_is_remembered(
    page: ModelsPage, folder: Path, qtbot: QtBot
) -> None:
    add(page, folder, qtbot)
    key = str(folder / "Tall-Tree-Q5_K_M.gguf")
    page.list.choose(key)
    assert page.side.name.line == "Tall-Tree"
    settings = page.side.model.load_with
    QTest.keyClicks(settings.threads, "3")
    settings.context.setCurrentIndex(settings.context.findData(1024))
    settings.context.picked.emit()
    entry = page.session.models.entry(key)
    assert entry is not None
    assert (entry.options.threads, entry.options.context) == (3, 1024)
    page.side.reset.click()
    assert settings.threads.text() == ""
    assert page.can_undo
    page.undo()
    assert settings.threads.text() == "3"


def test_a_number_that_cannot_be_is_marked_and_not_kept(page: ModelsPage) -> None:
    key = str(bundled_model())
    page.list.choose(key)
    lanes = page.side.model.load_with.lanes
    lanes.selectAll()
    QTest.keyClicks(lanes, "99")
    entry = page.session.models.entry(key)
    assert entry is not None
    assert entry.options.lanes == 9
    assert lanes.property("kind") == "error"
    assert page.side.model.load_with.wrong.text() == "Lanes: from 1 to 64"
    lanes.editingFinished.emit()
    assert (lanes.text(), page.side.model.load_with.wrong.isHidden()) == ("64", True)
    entry = page.session.models.entry(key)
    assert entry is not None
    assert entry.options.lanes == 64


def test_enter_and_the_button_of_a_row_load_it(page: ModelsPage, folder: Path, qtbot: QtBot) -> None:
    add(page, folder, qtbot)
    asked: list[str] = []
    page.list.deed_asked.connect(asked.append)
    key = str(folder / "broken.gguf")
    page.ways.show_file = lambda path: None  # type: ignore[method-assign, assignment]
    page.list.choose(key)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    middle = page.list.button_rect(key).center()
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, middle.y()))
    assert asked == [key, key]


def test_rows_are_read_out_whole(page: ModelsPage) -> None:
    row = page.listing.rows.index_of_key(str(bundled_model()))
    said = row.data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == f"{BUNDLED}, Q4_1, 98 MB, 8,192 tokens, Apache-2.0, fits, Enter: Load"


def test_a_file_that_is_added_is_chosen_and_told_of_and_so_is_one_that_is_there_already(
    page: ModelsPage, folder: Path, qtbot: QtBot
) -> None:
    file = folder / "Tall-Tree-Q5_K_M.gguf"
    drop(page, file)
    qtbot.waitUntil(lambda: page.list.key == str(file))
    qtbot.waitUntil(lambda: page.told.words.text() == "Tall-Tree added")
    page.list.choose(str(bundled_model()))
    drop(page, file)
    qtbot.waitUntil(lambda: page.list.key == str(file))
    assert page.told.words.text() == "Tall-Tree is on the list already"


def test_a_folder_says_how_many_models_are_in_it(page: ModelsPage, folder: Path, qtbot: QtBot) -> None:
    drop(page, folder)
    qtbot.waitUntil(lambda: page.told.words.text() == "3 models in Models")
    page.undo()
    qtbot.waitUntil(lambda: "Tall-Tree" not in lines(page))


def test_a_file_that_is_no_model_is_refused_with_a_word(page: ModelsPage, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("no model")
    drop(page, notes)
    assert "notes.txt" in page.told.words.text()
    assert "notes" not in lines(page)


def test_what_was_taken_off_is_chosen_again_once_it_is_back(page: ModelsPage, folder: Path, qtbot: QtBot) -> None:
    file = folder / "Tall-Tree-Q5_K_M.gguf"
    drop(page, file)
    qtbot.waitUntil(lambda: page.list.key == str(file))
    page.deeds.remove(str(file))
    assert page.told.words.text().startswith("Tall-Tree taken off"), "as the list calls it"
    qtbot.waitUntil(lambda: "Tall-Tree" not in lines(page))
    page.undo()
    qtbot.waitUntil(lambda: page.list.key == str(file))


def test_a_pin_can_be_seen_and_a_file_that_breaks_it_not_be_loaded(
    page: ModelsPage, folder: Path, qtbot: QtBot
) -> None:
    add(page, folder, qtbot)
    key, file = str(folder / "Tall-Tree-Q5_K_M.gguf"), page.side.model.file
    page.list.choose(key)
    file.pin.click()
    qtbot.waitUntil(lambda: lines(page)["Tall-Tree"].aside == "Q5_K_M, pinned")
    assert "is pinned" in page.told.words.text()
    assert file.pin.isChecked()
    assert file.wrong.words == ["Pinned: another file in its place is refused"]
    entry = page.session.models.entry(key)
    assert entry is not None
    assert entry.pinned is not None
    pinned = entry.pinned
    (folder / "Tall-Tree-Q5_K_M.gguf").write_bytes(WHOLE + bytes(32))
    page.session.models.refresh()
    qtbot.waitUntil(lambda: (now := page.session.models.entry(key)) is not None and now.breaks_pin)
    page.listing.show()
    assert not page.side.model.load.isEnabled()
    assert pinned[:4] in file.wrong.words[0]
    file.pin.click()
    assert page.side.model.load.isEnabled()


def test_contexts_stand_in_their_order_with_what_is_taken_by_itself_among_them() -> None:
    choices = context_choices(32_768, None)
    assert [words for words, _ in choices] == [
        "1,024 tokens", "2,048 tokens", "4,096 tokens", "8,192 tokens", "16,384 tokens", "32,768 tokens",
    ]  # fmt: skip
    assert choices[3][1] is None


# What is loaded


def test_the_head_is_as_high_before_a_model_is_there_as_after(page: ModelsPage, model_info: ModelInfo) -> None:
    before = page.loaded.sizeHint().height()
    say_loaded(page, model_info.model_copy(update={"path": str(bundled_model())}))
    assert page.loaded.sizeHint().height() == before


def test_the_loaded_model_is_named_with_its_facts(page: ModelsPage, model_info: ModelInfo) -> None:
    info = model_info.model_copy(update={"path": str(bundled_model()), "size_bytes": 98_000_000})
    say_loaded(page, info)
    qt = page.loaded
    assert (qt.name.line, qt.state.text(), qt.origin.text()) == (BUNDLED, "loaded", "bundled")
    assert (qt.fact("Size"), qt.fact("Context"), qt.fact("SHA-256")) == ("98 MB", "4,096", "abab…abab")
    page.listing.show()
    assert lines(page)[BUNDLED].chip == "loaded"
    page.list.choose(info.path)
    page.side.model.file.sha256.copy.click()
    assert QGuiApplication.clipboard().text() == info.sha256


def test_facts_that_have_no_room_are_left_out_and_come_back(
    window: Window, page: ModelsPage, model_info: ModelInfo
) -> None:
    say_loaded(page, model_info.model_copy(update={"path": str(bundled_model())}))
    shown = page.loaded._facts["Context"][0]
    for width, there in ((1280, True), (960, False), (1280, True)):
        window.resize(width, 800)
        QApplication.processEvents()
        assert window.width() == width
        assert shown.isVisible() is there


def test_while_another_model_comes_the_old_one_is_still_named(
    page: ModelsPage, folder: Path, model_info: ModelInfo, qtbot: QtBot
) -> None:
    add(page, folder, qtbot)
    info = model_info.model_copy(update={"path": str(bundled_model())})
    say_loaded(page, info)
    models = page.session.models
    models._asked = str(folder / "Tall-Tree-Q5_K_M.gguf")
    page.session._model_changed(ClientState(phase="loading", model=info, stage="Reading the weights", fraction=0.25))
    assert page.loaded.name.line == BUNDLED
    assert page.loaded.state.text() == "loaded"
    assert page.loaded.coming.words.line.startswith("Loading Tall-Tree: reading the weights, 25%")
    page.session._model_changed(
        ClientState(phase="ready", model=info, error=ModelTooLarge("It is too big.", advice="Choose a smaller one."))
    )
    assert page.loaded.coming.isHidden()
    assert page.trouble.what.text() == "It is too big."
    assert "SmolLM2-135M-Instruct is still loaded" in page.trouble.advice.text()
    page.trouble.way.click()
    assert page.showing.key == str(folder / "Tall-Tree-Q5_K_M.gguf")


# Words and columns


def test_sizes_and_times_are_said_in_three_digits() -> None:
    assert [size_words(size) for size in (98e6, 1.06e9, 14.34e9, 123e9, 999.9e6, 512)] == [
        "98 MB", "1.06 GB", "14.3 GB", "123 GB", "1.00 GB", "512 B",
    ]  # fmt: skip
    assert progress_words(1_550_000_000, 2_500_000_000) == "1.55 of 2.50 GB"
    assert progress_words(800_000_000, 2_500_000_000) == "800 MB of 2.50 GB"
    assert [left_words(seconds) for seconds in (None, 3, 31, 65, 7200)] == [
        "", "a few seconds left", "about 30 s left", "about 1 min left", "about 2.0 h left",
    ]  # fmt: skip


def test_a_model_is_called_by_its_file_without_the_quantization(tmp_path: Path) -> None:
    for file, name in {
        "Qwen2.5-1.5B-Instruct-Q5_K_M.gguf": "Qwen2.5-1.5B-Instruct",
        "SmolLM2-135M-Instruct.Q4_1.gguf": BUNDLED,
        "phi-4-UD-IQ2_XXS.gguf": "phi-4",
        "gemma-bf16.gguf": "gemma",
        "ggml-model-f16.gguf": "Espalier Test",
        "Q8_0.gguf": "Q8_0",
    }.items():
        path = tmp_path / file
        path.write_bytes(WHOLE)
        assert name_of(read_model((path,), path.stem)) == name


def test_columns_give_way_before_names_do() -> None:
    wide, usual, narrow = columns_of(1300), columns_of(888), columns_of(568)
    assert wide.context is not None
    assert usual.context is None
    assert usual.licence is not None
    assert usual.meter is not None
    assert narrow.licence is None
    for columns in (wide, usual, narrow):
        assert columns.figures - columns.name >= 120


def test_the_list_is_a_sound_model(qtmodeltester: ModelTester) -> None:
    """However it changes: rows come, go, and say something else."""
    rows = ModelList()
    head = ModelLine("head:a", "head", "On this machine")
    one = ModelLine("one", "row", "One", need=Need(0.5, "tight"), deed="load", button="Load")
    two = ModelLine("two", "row", "Two", said=Said("cut short", "cross"))
    qtmodeltester.check(rows, force_py=True)
    for shown in ([], [head, one], [head, two, one], [two], [head, ModelLine("n", "note", "None yet")]):
        rows.show_rows(shown)
    assert not rows.flags(rows.index(0)) & Qt.ItemFlag.ItemIsSelectable
