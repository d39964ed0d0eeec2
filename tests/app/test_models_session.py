"""The list of models as pages use it: real files, a real store, and the bundled model where one is loaded."""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from app.model_choice import LAST_LOADED
from engine.model.bundled import bundled_model
from engine.model.protocol import LoadOptions
from engine.store import Store
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.session import Session
    from app.session.models import Models
    from engine.errors import EngineError
    from engine.model.fit import Fit


@pytest.fixture
def start(start_session: Callable[..., Session], qtbot: QtBot) -> Callable[..., Session]:
    """Start a session and wait until its models were looked for."""

    def begin(*, model: bool = False) -> Session:
        session = start_session(model=model)
        qtbot.waitUntil(lambda: session.models.known)
        return session

    return begin


@pytest.fixture
def models(start: Callable[..., Session]) -> Models:
    return start().models


LOADING_MS = 120_000
"""On a busy machine a model takes a while."""


def write_model(path: Path, name: str) -> Path:
    """Write a small whole model file that calls itself by a name."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gguf(LLAMA | {"general.name": name}, TENSORS, data=768 + 4352))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two whole models and one that is cut short."""
    made = tmp_path / "Models"
    write_model(made / "first.gguf", "First")
    whole = write_model(made / "second.gguf", "Second")
    (made / "broken.gguf").write_bytes(whole.read_bytes()[:300])
    return made


def groups(models: Models) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in models.entries:
        found.setdefault(entry.group, []).append(entry.file.name)
    return found


def test_the_bundled_model_is_listed_on_an_empty_profile(models: Models) -> None:
    (entry,) = models.entries
    assert (entry.origin, entry.loadable, entry.options) == ("bundled", True, LoadOptions())
    assert entry.file.facts is not None
    assert entry.file.facts.licence == "apache-2.0"


def test_a_folder_is_looked_into_now_and_at_the_next_start(
    start: Callable[..., Session], folder: Path, qtbot: QtBot
) -> None:
    models = start().models
    models.add_folder(folder)
    qtbot.waitUntil(lambda: len(models.entries) == 4)
    again = start().models
    assert groups(again) == {
        "Bundled": ["SmolLM2-135M-Instruct.Q4_1"],
        f"Found in {folder}": ["broken", "first", "second"],
    }
    assert again.folders == (folder,)


def test_a_broken_file_is_listed_with_what_is_wrong_and_refused(models: Models, folder: Path, qtbot: QtBot) -> None:
    models.add_folder(folder)
    key = str(folder / "broken.gguf")
    qtbot.waitUntil(lambda: models.entry(key) is not None)
    models.load(key)
    qtbot.waitUntil(lambda: models.load_failure is not None)
    assert models.load_failure is not None
    assert "cut short" in models.load_failure.error.message
    assert models.loading_key is None


def test_no_more_is_looked_into_a_folder_until_that_is_taken_back(models: Models, folder: Path, qtbot: QtBot) -> None:
    models.add_folder(folder)
    qtbot.waitUntil(lambda: len(models.entries) == 4)
    undo: list[Callable[[], None]] = []
    models.told.connect(lambda _words, back: undo.append(back))
    models.remove_folder(folder)
    qtbot.waitUntil(lambda: len(models.entries) == 1)
    assert (folder / "first.gguf").exists()
    undo.pop()()
    qtbot.waitUntil(lambda: len(models.entries) == 4)


def test_any_part_of_a_split_model_brings_all_of_it(models: Models, tmp_path: Path, qtbot: QtBot) -> None:
    parts = [tmp_path / f"big-{number:05d}-of-00002.gguf" for number in (1, 2)]
    for number, part in enumerate(parts):
        part.write_bytes(gguf(LLAMA | {"split.no": number, "split.count": 2}, TENSORS, data=768 + 4352))
    models.add_file(parts[1])
    qtbot.waitUntil(lambda: len(models.entries) == 2)
    entry = models.entry(str(parts[0]))
    assert entry is not None
    assert (entry.origin, entry.file.parts, entry.loadable) == ("added", tuple(parts), True)


def test_how_a_model_is_loaded_is_remembered_and_can_be_reset(start: Callable[..., Session], qtbot: QtBot) -> None:
    models = start().models
    key = models.entries[0].key
    models.put_options(key, LoadOptions(context=2048, lanes=2))
    models = start().models
    assert (models.entries[0].options, models.entries[0].own_options) == (LoadOptions(context=2048, lanes=2), True)
    models.reset_options(key)
    models = start().models
    assert (models.entries[0].options, models.entries[0].own_options) == (LoadOptions(), False)


def test_other_programs_folders_are_looked_into_only_once_somebody_said_so(
    start: Callable[..., Session], folder: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setenv("OLLAMA_MODELS", str(folder))
    monkeypatch.setenv("HOME", str(folder.parent))
    models = start().models
    assert (models.usual_allowed, list(groups(models))) == (None, ["Bundled"])
    models.allow_usual(True)
    qtbot.waitUntil(lambda: groups(models).get("Ollama") == ["broken", "first", "second"])
    assert start().models.usual_allowed is True


def test_a_file_added_later_is_found_by_looking_anew_and_a_gone_one_is_dropped(
    models: Models, folder: Path, qtbot: QtBot
) -> None:
    models.add_folder(folder)
    qtbot.waitUntil(lambda: len(models.entries) == 4 and not models.searching)
    (folder / "first.gguf").unlink()
    write_model(folder / "third.gguf", "Third")
    models.refresh()
    qtbot.waitUntil(lambda: not models.searching)
    assert groups(models)[f"Found in {folder}"] == ["broken", "second", "third"]


def test_hashes_are_computed_behind_and_known_at_the_next_start(
    start: Callable[..., Session], folder: Path, qtbot: QtBot
) -> None:
    models = start().models
    key = str(folder / "first.gguf")
    models.add_file(folder / "first.gguf")
    qtbot.waitUntil(lambda: (entry := models.entry(key)) is not None and entry.sha256 is not None)
    whole = hashlib.sha256((folder / "first.gguf").read_bytes()).hexdigest()
    entry = start().models.entry(key)
    assert entry is not None
    assert entry.sha256 == whole


def test_a_pinned_file_that_has_changed_is_not_loaded(models: Models, folder: Path, qtbot: QtBot) -> None:
    key = str(folder / "first.gguf")
    models.add_file(folder / "first.gguf")
    qtbot.waitUntil(lambda: models.entry(key) is not None)
    models.pin(key)
    qtbot.waitUntil(lambda: (entry := models.entry(key)) is not None and entry.pinned is not None)
    write_model(folder / "first.gguf", "Another")
    models.refresh()
    qtbot.waitUntil(lambda: (entry := models.entry(key)) is not None and entry.breaks_pin)
    models.load(key)
    qtbot.waitUntil(lambda: models.load_failure is not None)
    assert models.load_failure is not None
    assert "pinned" in models.load_failure.error.message
    models.unpin(key)
    entry = models.entry(key)
    assert entry is not None
    assert entry.pinned is None


def test_a_model_is_taken_off_the_list_without_touching_its_file_and_put_back(
    start: Callable[..., Session], folder: Path, qtbot: QtBot
) -> None:
    models = start().models
    models.add_folder(folder)
    key = str(folder / "first.gguf")
    qtbot.waitUntil(lambda: len(models.entries) == 4 and not models.searching)
    models.remove(key)
    qtbot.waitUntil(lambda: models.entry(key) is None)
    assert (folder / "first.gguf").exists()
    models = start().models
    assert models.entry(key) is None
    undo: list[Callable[[], None]] = []
    models.told.connect(lambda _words, back: undo.append(back))
    models.remove(str(folder / "second.gguf"))
    undo.pop()()
    qtbot.waitUntil(lambda: not models.searching)
    assert groups(models)[f"Found in {folder}"] == ["broken", "second"]


def test_the_bundled_model_cannot_be_taken_off(models: Models) -> None:
    said: list[str] = []
    models.failed.connect(lambda error: said.append(error.message))
    models.remove(models.entries[0].key)
    assert len(said) == 1
    assert "came with the program" in said[0]
    assert len(models.entries) == 1


def test_what_a_model_takes_is_estimated_for_each_and_for_other_options(models: Models, qtbot: QtBot) -> None:
    entry = models.entries[0]
    assert entry.fit is not None
    told: list[Fit | None] = []
    models.estimate(entry.key, LoadOptions(context=512, lanes=1), told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert told[0] is not None
    assert told[0].cache < entry.fit.cache


def test_what_computes_here_is_known_once_the_list_is(models: Models, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: models.build is not None)
    assert models.build is not None
    assert models.build.device


def test_a_template_is_shown_as_it_is_typed_and_a_broken_one_says_where(models: Models, qtbot: QtBot) -> None:
    key = models.entries[0].key
    shown: list[str] = []
    refused: list[EngineError] = []
    models.preview_template(key, "{% for m in messages %}<{{ m.role }}>{% endfor %}", shown.append, refused.append)
    models.preview_template(key, None, shown.append, refused.append)
    qtbot.waitUntil(lambda: bool(shown))
    assert shown[-1].startswith("<|im_start|>system\n")
    models.preview_template(key, "{% for m in messages %}\n{{ m.role", shown.append, refused.append)
    qtbot.waitUntil(lambda: bool(refused))
    assert "line 2" in str(refused[0])
    assert len(shown) == 1


def test_models_are_swapped_a_failed_one_changes_nothing_and_the_last_one_comes_back(
    start: Callable[..., Session], profile: Path, tmp_path: Path, folder: Path, qtbot: QtBot
) -> None:
    """One walk: the bundled model, another one, one that cannot be loaded, and the next two starts."""
    bundled = str(bundled_model())
    with Store(profile) as store:
        store.models.put_options(bundled, {"layout": "as shipped"})  # nothing has to be timed first
    session = start(model=True)
    models = session.models
    qtbot.waitUntil(lambda: models.loaded_key == bundled, timeout=LOADING_MS)
    copy = tmp_path / "copy.gguf"
    shutil.copyfile(bundled, copy)
    models.add_file(copy)
    models.add_file(folder / "first.gguf")
    qtbot.waitUntil(lambda: len(models.entries) == 3 and not models.searching)
    models.put_options(str(copy), LoadOptions(context=1024, lanes=2, layout="as shipped"))
    models.load(str(copy))
    assert models.loading_key == str(copy)
    assert models.loaded_key == bundled
    qtbot.waitUntil(lambda: models.loaded_key == str(copy) and models.loading_key is None, timeout=LOADING_MS)
    assert models.loaded is not None
    assert (models.loaded.context, models.loaded.lanes) == (1024, 2)
    models.load(str(folder / "first.gguf"))
    qtbot.waitUntil(lambda: models.load_failure is not None)
    assert (models.loaded_key, models.loading_key) == (str(copy), None)

    models.pin(str(copy))
    session = start(model=True)
    qtbot.waitUntil(lambda: session.models.loaded_key == str(copy), timeout=LOADING_MS)
    assert session.start_notice == ""
    assert session.models.loaded is not None
    assert session.models.loaded.context == 1024

    session.close()
    with copy.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"x")
    session = start(model=True)
    qtbot.waitUntil(lambda: session.models.loaded_key == bundled, timeout=LOADING_MS)
    assert "pinned" in session.start_notice or "SHA-256" in session.start_notice


def test_a_last_model_that_is_gone_leaves_the_bundled_one_with_a_sentence(
    start_session: Callable[..., Session], profile: Path, qtbot: QtBot
) -> None:
    with Store(profile) as store:
        store.models.put_options(str(bundled_model()), {"layout": "as shipped"})
        store.settings.put(LAST_LOADED, "/gone/model.gguf")
    session = start_session(model=True)
    qtbot.waitUntil(lambda: bool(session.start_notice))
    assert "not there any more" in session.start_notice
    assert "/gone/model.gguf" in session.start_notice
    qtbot.waitUntil(lambda: session.known_model is not None, timeout=LOADING_MS)
    assert session.known_model is not None
    assert session.known_model.path == str(bundled_model())
    models = session.models
    assert models.load_failure is not None
    assert models.load_failure.key == "/gone/model.gguf"
    qtbot.waitUntil(lambda: models.known)
    models.load(str(bundled_model()))
    assert session.start_notice == ""
