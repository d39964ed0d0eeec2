"""Models found on this machine, in this program's folders and in those of others."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from engine.library import Place, find_models, usual_places
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf

WHOLE = gguf(LLAMA, TENSORS, data=5120)


def _part(number: int, of: int) -> bytes:
    return gguf(LLAMA | {"split.no": number, "split.count": of}, TENSORS, data=5120)


def test_models_are_found_by_name_in_folders_below(tmp_path: Path) -> None:
    """Other files, hidden ones and empty folders are passed over."""
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "b.GGUF").write_bytes(WHOLE)
    (tmp_path / "a.gguf").write_bytes(WHOLE)
    (tmp_path / ".part.gguf").write_bytes(WHOLE)
    (tmp_path / "readme.md").write_text("no model")
    found = list(find_models(tmp_path))
    assert [model.name for model in found] == ["a", "small/b"]
    assert all(model.facts is not None and model.facts.name == "Espalier Test" for model in found)


def test_a_split_model_is_one(tmp_path: Path) -> None:
    """Its size is that of all parts, and the first one is what is loaded."""
    for number in range(3):
        (tmp_path / f"big-0000{number + 1}-of-00003.gguf").write_bytes(_part(number, 3))
    (model,) = find_models(tmp_path)
    assert (model.name, len(model.parts), model.size) == ("big", 3, 3 * len(_part(0, 3)))
    assert model.path.name == "big-00001-of-00003.gguf"
    assert model.error is None


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    """Be it the last or the first one, which has the facts."""
    for gone, left in ((3, (0, 1)), (1, (1, 2))):
        folder = tmp_path / str(gone)
        folder.mkdir()
        for number in left:
            (folder / f"big-0000{number + 1}-of-00003.gguf").write_bytes(_part(number, 3))
        (model,) = find_models(folder)
        assert model.error is not None
        assert f"part {gone} of 3 is missing" in str(model.error)


def test_a_broken_file_is_shown_with_what_is_wrong(tmp_path: Path) -> None:
    """It does not hide the others."""
    (tmp_path / "cut.gguf").write_bytes(WHOLE[:-1])
    (tmp_path / "whole.gguf").write_bytes(WHOLE)
    (tmp_path / "gone.gguf").symlink_to(tmp_path / "nowhere")
    by_name = {model.name: model for model in find_models(tmp_path)}
    assert "cut short" in str(by_name["cut"].error)
    assert by_name["gone"].error is not None
    assert by_name["whole"].error is None


def test_models_under_their_hashes_have_the_names_of_their_manifests(tmp_path: Path) -> None:
    """As Ollama keeps them; a manifest that leads elsewhere or nowhere is none."""
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / "sha256-abc").write_bytes(WHOLE)
    manifests = tmp_path / "manifests" / "host" / "library" / "vine"
    manifests.mkdir(parents=True)
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:abc"}
    (manifests / "2b").write_text(json.dumps({"layers": [layer]}))
    (manifests / "bad").write_text(json.dumps({"layers": [layer | {"digest": "sha256:../../secret"}]}))
    (manifests / "worse").write_text("[" * 100_000)
    (model,) = find_models(tmp_path)
    assert (model.name, model.error) == ("vine:2b", None)


def test_one_file_under_two_names_is_listed_once(tmp_path: Path) -> None:
    """Caches keep a file for several revisions."""
    (tmp_path / "blob").write_bytes(WHOLE)
    for revision in ("one", "two"):
        (tmp_path / "snapshots" / revision).mkdir(parents=True)
        (tmp_path / "snapshots" / revision / "m.gguf").symlink_to(tmp_path / "blob")
    assert [model.name for model in find_models(tmp_path)] == ["snapshots/one/m"]


def test_adapters_and_projectors_are_no_models_to_load(tmp_path: Path) -> None:
    """They belong to one."""
    (tmp_path / "lora.gguf").write_bytes(gguf({"general.architecture": "llama", "general.type": "adapter"}))
    (tmp_path / "mmproj.gguf").write_bytes(gguf({"general.architecture": "clip"}))
    assert [model.kind for model in find_models(tmp_path)] == ["adapter", "projector"]


def test_looking_can_be_stopped(tmp_path: Path) -> None:
    """Before the next file is read."""
    for name in "abc":
        (tmp_path / f"{name}.gguf").write_bytes(WHOLE)
    stopped = False
    looking = find_models(tmp_path, lambda: stopped)
    assert next(looking).name == "a"
    stopped = True
    assert list(looking) == []


def test_a_huge_folder_without_models_can_be_left_at_once(tmp_path: Path) -> None:
    """It is not listed to its end first."""
    for number in range(1000):
        (tmp_path / f"{number}.txt").touch()
    asked = 0

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 10

    assert list(find_models(tmp_path, should_stop)) == []
    assert asked < 20


def test_models_come_as_their_folders_are_read(tmp_path: Path) -> None:
    """Nobody waits for the last folder to see what is in the first."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "m.gguf").write_bytes(WHOLE)
    looking = find_models(tmp_path)
    assert next(looking).name == "a/m"
    (tmp_path / "b" / "later.gguf").write_bytes(WHOLE)
    assert [model.name for model in looking] == ["b/later", "b/m"]


def test_what_is_called_a_model_and_is_none_is_told_without_waiting(tmp_path: Path) -> None:
    """Pipes wait for a writer, links can lead round in circles, and a folder is a folder whatever its name."""
    (tmp_path / "folder.gguf").mkdir()
    (tmp_path / "folder.gguf" / "inner.gguf").write_bytes(WHOLE)
    (tmp_path / "link.gguf").symlink_to(tmp_path / "folder.gguf", target_is_directory=True)
    (tmp_path / "one.gguf").symlink_to(tmp_path / "two.gguf")
    (tmp_path / "two.gguf").symlink_to(tmp_path / "one.gguf")
    (tmp_path / "round").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "archive.gguf").write_bytes(b"PK\x03\x04" * 10)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.gguf")
    by_name = {model.name: model for model in find_models(tmp_path)}
    assert set(by_name) - {"pipe"} == {"archive", "folder.gguf/inner", "one", "two"}
    assert by_name["folder.gguf/inner"].error is None
    assert "no GGUF" in str(by_name["archive"].error)
    assert all(by_name[name].error is not None for name in by_name if name in {"one", "two", "pipe"})


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    """The reason is the system's."""
    (tmp_path / "secret.gguf").write_bytes(WHOLE)
    (tmp_path / "secret.gguf").chmod(0)
    (model,) = find_models(tmp_path)
    if os.access(tmp_path / "secret.gguf", os.R_OK):
        pytest.skip("this user may read every file")
    assert "Permission denied" in str(model.error)


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="the system's names are valid text")
def test_a_name_that_is_no_valid_text_is_told_to_be_changed(tmp_path: Path) -> None:
    """It could not be passed on to the process that loads it."""
    with Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.gguf")).open("wb") as file:
        file.write(WHOLE)
    (model,) = find_models(tmp_path)
    assert "no valid text" in str(model.error)
    assert model.size == len(WHOLE)


def test_one_file_under_two_hard_links_is_listed_once(tmp_path: Path) -> None:
    """As some programs share their models."""
    (tmp_path / "a.gguf").write_bytes(WHOLE)
    (tmp_path / "b.gguf").hardlink_to(tmp_path / "a.gguf")
    assert [model.name for model in find_models(tmp_path)] == ["a"]


def test_all_parts_of_a_split_model_count_and_have_to_belong_together(tmp_path: Path) -> None:
    """Parts of two splits with the same name are two models, and a foreign part is told."""
    for number in range(2):
        (tmp_path / f"m-0000{number + 1}-of-00002.gguf").write_bytes(_part(number, 2))
    for number in range(3):
        (tmp_path / f"m-0000{number + 1}-of-00003.gguf").write_bytes(_part(number, 3))
    two, three = find_models(tmp_path)
    assert two.facts is not None
    assert three.facts is not None
    assert (two.facts.weights_size, three.facts.weights_size) == (2 * 5120, 3 * 5120)
    (tmp_path / "m-00003-of-00003.gguf").write_bytes(_part(0, 3))
    _, three = find_models(tmp_path)
    assert "do not belong together" in str(three.error)


def test_a_part_under_a_name_of_its_own_is_told_apart_from_a_model(tmp_path: Path) -> None:
    """The loader finds the others by their names."""
    (tmp_path / "renamed.gguf").write_bytes(_part(1, 3))
    (model,) = find_models(tmp_path)
    assert "part 2 of 3" in str(model.error)


def test_a_vocabulary_and_a_file_of_unknown_kind_are_no_models(tmp_path: Path) -> None:
    """They are well formed and cannot be loaded."""
    (tmp_path / "matrix.gguf").write_bytes(gguf({"general.type": "imatrix"}, TENSORS, data=5120))
    (tmp_path / "vocabulary.gguf").write_bytes(gguf(LLAMA))
    matrix, vocabulary = find_models(tmp_path)
    assert "what kind of model" in str(matrix.error)
    assert "no weights" in str(vocabulary.error)


def test_models_of_the_cache_of_a_hub_are_called_by_their_repositories(tmp_path: Path) -> None:
    """Not by the hash of a revision."""
    folder = tmp_path / "models--vine--Grape-2B-GGUF" / "snapshots" / "0f3a"
    folder.mkdir(parents=True)
    (folder / "grape.gguf").write_bytes(WHOLE)
    assert [model.name for model in find_models(tmp_path)] == ["vine/Grape-2B-GGUF/grape"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_manifest_that_is_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    """As is one whose model is not there."""
    folder = tmp_path / "manifests" / "host" / "owner" / "vine"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "pipe")
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:gone"}
    (folder / "7b").write_text(json.dumps({"layers": [layer]}))
    (model,) = find_models(tmp_path)
    assert model.name == "owner/vine:7b"
    assert model.error is not None


def test_the_folders_of_other_programs_are_those_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where their variables say they are."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "elsewhere"))
    assert usual_places() == []
    for folder in ("hf/hub", "elsewhere", ".lmstudio/models"):
        (tmp_path / folder).mkdir(parents=True)
    assert [place.program for place in usual_places()] == ["LM Studio", "Ollama", "Hugging Face"]


def test_folders_that_were_moved_are_found_where_settings_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of other programs are read with care: what is broken says nothing."""
    for variable in ("OLLAMA_MODELS", "HF_HOME", "HF_HUB_CACHE", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    studio = tmp_path / "studio"
    for folder in (studio / "models", tmp_path / "big disk"):
        folder.mkdir(parents=True)
    (tmp_path / ".lmstudio-home-pointer").write_text(f"{studio}\n")
    (studio / "settings.json").write_text(json.dumps({"downloadsFolder": str(tmp_path / "big disk")}))
    assert usual_places() == [Place("LM Studio", tmp_path / "big disk"), Place("LM Studio", studio / "models")]
    for broken in ("[", "[]", '{"downloadsFolder": 3}', "[" * 100_000):
        (studio / "settings.json").write_text(broken)
        assert [place.folder for place in usual_places()] == [studio / "models"]
