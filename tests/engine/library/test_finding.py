"""Models found on this machine, in this program's folders and in those of others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from engine.library import find_models, usual_places
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

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
    """Before the next file."""
    for name in "abc":
        (tmp_path / f"{name}.gguf").write_bytes(WHOLE)
    answers = iter((False, False, True))
    assert [model.name for model in find_models(tmp_path, lambda: next(answers))] == ["a", "b"]


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
