"""The list of models as pages use it: real files, a real store, and the bundled model where one is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.exchange import Draft
from app.session import Session
from engine.model.protocol import LoadOptions
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.session.models import Models


@pytest.fixture
def start(profile: Path, qtbot: QtBot) -> Iterator[Callable[..., Session]]:
    """Start a session on the profile, as often as the program would be started."""
    made: list[Session] = []

    def begin(*, model: bool = False) -> Session:
        if made:
            made[-1].close()
        session = Session(profile)
        made.append(session)
        session.restore(Draft(format="text"))
        if model:
            session.start()
        qtbot.waitUntil(lambda: session.models.known)
        return session

    yield begin
    if made:
        made[-1].close()
    for each in made:
        each.deleteLater()


@pytest.fixture
def models(start: Callable[..., Session]) -> Models:
    return start().models


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
