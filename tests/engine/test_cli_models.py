"""The terminal's library of models: listed without being loaded, named, pinned, and taken away with a way back."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from engine.cli import main
from engine.store import Store
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]

WHOLE = gguf(LLAMA, TENSORS, data=5120)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `espalier models …` in a fresh profile and home; return the exit code and what was told."""
    for variable in ("OLLAMA_MODELS", "HF_HOME", "HF_HUB_CACHE", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))

    def ran(*words: object, command: str = "models") -> tuple[int, str, str]:
        code = main([command, *map(str, words), "--profile", str(tmp_path / "profile")])
        told = capsys.readouterr()
        return code, told.out, told.err

    return ran


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two models."""
    made = tmp_path / "mine"
    made.mkdir()
    (made / "grape-2b.gguf").write_bytes(WHOLE)
    (made / "grape-7b.gguf").write_bytes(gguf(LLAMA | {"general.name": "Grape of the North"}, TENSORS, data=5120))
    return made


def _listed(run: Run, *words: object) -> dict[str, dict[str, Any]]:
    code, out, _ = run(*words, "--json")
    assert code == 0
    return {each["name"]: each for each in json.loads(out)}


def test_the_list_says_what_each_model_is_and_whether_it_fits(run: Run, folder: Path) -> None:
    (folder / "broken.gguf").write_bytes(b"Dear diary")
    (folder / "huge.gguf").write_bytes(gguf(LLAMA, {"t": ((1 << 20, 1 << 20), 0, 0)}))
    with (folder / "huge.gguf").open("r+b") as file:
        file.truncate((1 << 42) + 4096)
    code, out, _ = run("--folder", folder)
    assert code == 0
    rows = {line.split()[0]: " ".join(line.split()) for line in out.splitlines()}
    assert "135M Q4_1 8,192 apache-2.0 98 MB fits" in rows["bundled"]
    assert "4,288 F32 2,048 apache-2.0" in rows["grape-2b"]
    assert "too large" in rows["huge"]
    assert "This file is no GGUF model." in rows["broken"]
    assert rows["broken"].endswith("broken.gguf")
    listed = _listed(run, "--folder", folder)
    assert listed["huge"]["fit"]["verdict"] == "too big"
    assert listed["broken"]["error"]["kind"] == "ModelFileInvalid"
    assert listed["grape-7b"]["title"] == "Grape of the North"
    assert listed["grape-2b"]["facts"]["context"] == 2048


def test_a_folder_that_is_added_is_looked_into_until_it_is_removed(run: Run, folder: Path) -> None:
    assert run("add", folder)[0] == 0
    assert set(_listed(run)) == {"bundled", "grape-2b", "grape-7b"}
    code, out, _ = run("remove", folder)
    assert (code, "The folder is as it was" in out) == (0, True)
    assert set(_listed(run)) == {"bundled"}
    assert (folder / "grape-2b.gguf").exists()


def test_other_programs_folders_are_looked_into_only_when_that_is_said(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "home" / ".lmstudio" / "models" / "vine"
    place.mkdir(parents=True)
    (place / "grape.gguf").write_bytes(WHOLE)
    assert set(_listed(run)) == {"bundled"}
    assert _listed(run, "--usual")["vine/grape"]["place"] == "LM Studio"
    assert set(_listed(run)) == {"bundled"}
    with Store(tmp_path / "profile") as store:
        store.settings.put("models.usual", True)  # as the window keeps the answer
    assert "vine/grape" in _listed(run)


def test_a_model_can_be_named_by_the_beginning_of_its_name(run: Run, folder: Path) -> None:
    run("add", folder)
    for name in ("grape-2b", "GRAPE-2", str(folder / "grape-2b.gguf")):
        assert json.loads(run("show", name, "--json")[1])["path"] == str(folder / "grape-2b.gguf")
    assert json.loads(run("show", "grape of", "--json")[1])["path"] == str(folder / "grape-7b.gguf")
    assert json.loads(run("show", "bundled", "--json")[1])["origin"] == "bundled"


def test_a_name_that_could_mean_several_models_or_none_tells_which_there_are(run: Run, folder: Path) -> None:
    run("add", folder)
    code, out, told = run("show", "grape")
    assert (code, out) == (1, "")
    assert "Several models are called 'grape': grape-2b, grape-7b." in told
    code, _, told = run("show", "plum")
    assert code == 1
    assert "There are: bundled, grape-2b, grape-7b." in told


def test_what_runs_a_model_takes_a_name_too(run: Run, folder: Path) -> None:
    run("add", folder)
    code, _, told = run("hello", "--model", "grape", command="generate")
    assert (code, "Several models" in told) == (1, True)
    code, _, told = run("hello", "--model", "plum", command="generate")
    assert (code, "There is no model called 'plum'" in told) == (1, True)
    (folder / "schema.json").write_text('{"type": "null"}')
    code, out, _ = run(folder / "schema.json", "--model", "bund", command="check")
    assert (code, "tokens" in out) == (0, True)


def test_show_tells_all_that_a_file_says_and_its_hash(run: Run, folder: Path) -> None:
    code, out, _ = run("show", folder / "grape-2b.gguf")
    assert code == 0
    assert hashlib.sha256(WHOLE).hexdigest() in out
    for line in ("Context:        2,048", "Licence:        apache-2.0", "Chat template:\n{{ messages }}"):
        assert line in out


def test_a_broken_file_is_told_on_stderr_with_an_exit_code(run: Run, folder: Path) -> None:
    (folder / "cut.gguf").write_bytes(WHOLE[:-1])
    code, out, told = run("show", folder / "cut.gguf")
    assert (code, "cut short" in told, "cut.gguf" in out) == (1, True, True)
    assert run("add", folder / "cut.gguf")[0] == 1
    assert set(_listed(run)) == {"bundled"}


def test_a_pinned_file_whose_content_changes_is_told(run: Run, folder: Path) -> None:
    path = folder / "grape-2b.gguf"
    run("add", path)
    assert run("pin", "grape")[0] == 0
    assert _listed(run)["grape-2b"]["pin"] == "pinned"
    path.write_bytes(WHOLE[:-1] + b"\x01")
    os.utime(path, (1, 1))
    assert _listed(run)["grape-2b"]["pin"] == "not checked"
    code, _, told = run("show", "grape")
    assert (code, "not the one that was pinned" in told) == (1, True)
    assert _listed(run)["grape-2b"]["pin"] == "changed"
    assert "is not the file that was pinned" in run()[1]
    run("pin", "grape", "--off")
    assert _listed(run)["grape-2b"]["pin"] is None


def test_a_model_that_is_not_what_it_was_pinned_to_answers_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.symlink_to(_listed(run)["bundled"]["path"])
    assert run("pin", path, "--sha256", "0" * 64)[0] == 1
    code, out, told = run("hello", "--max-tokens", 4, "--model", path, command="generate")
    assert (code, out) == (1, "")
    assert "pinned" in told


def test_a_model_can_be_pinned_to_the_hash_that_its_hub_tells(run: Run, folder: Path) -> None:
    path = folder / "grape-2b.gguf"
    right, wrong = hashlib.sha256(WHOLE).hexdigest(), "0" * 64
    assert run("pin", path, "--sha256", right.upper())[0] == 0
    code, _, told = run("pin", path, "--sha256", wrong)
    assert (code, f"it has {right}" in told) == (1, True)
    assert "64 digits" in run("pin", path, "--sha256", "abc")[2]


def test_a_file_that_was_added_leaves_the_list_and_stays_on_the_disk(run: Run, folder: Path) -> None:
    path = folder / "grape-2b.gguf"
    run("add", path)
    assert run("remove", "grape")[0] == 0
    assert path.exists()
    assert set(_listed(run)) == {"bundled"}
    assert run("restore")[1] == f"{path}\n"
    assert run("restore", path)[0] == 0
    assert _listed(run)["grape-2b"]["origin"] == "added"


def test_a_file_of_a_folder_can_leave_the_list_too(run: Run, folder: Path) -> None:
    run("add", folder)
    run("remove", "grape-2b")
    assert set(_listed(run)) == {"bundled", "grape-7b"}
    run("restore", folder / "grape-2b.gguf")
    assert set(_listed(run)) == {"bundled", "grape-2b", "grape-7b"}


def test_what_was_downloaded_goes_into_a_bin_and_comes_back(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "profile" / "models" / "vine" / "grape.gguf"
    path.parent.mkdir(parents=True)
    path.write_bytes(WHOLE)
    with Store(tmp_path / "profile") as store:
        store.models.keep(str(path), origin="downloaded", source={"repository": "vine/grape"})
    code, out, _ = run("remove", "grape")
    assert (code, "is in the bin" in out, path.exists()) == (0, True, False)
    assert "in the bin" in run("restore")[1]
    assert run("restore", path)[0] == 0
    assert _listed(run)["grape"]["origin"] == "downloaded"
    run("remove", "grape")
    assert "bytes were freed" in run("restore", "--empty-bin")[1]
    assert not path.exists()
    assert run("restore")[1] == ""


def test_a_model_from_an_earlier_folder_of_downloads_can_be_removed_and_restored(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    path = folder / "grape-2b.gguf"
    with Store(tmp_path / "profile") as store:
        store.models.keep(str(path), origin="downloaded", source={"folder": str(folder)})
    run("remove", "grape")
    assert not path.exists()
    assert run("restore", path)[0] == 0
    assert path.exists()


def test_what_lies_elsewhere_is_never_deleted_whatever_the_list_says(run: Run, folder: Path, tmp_path: Path) -> None:
    path = folder / "grape-2b.gguf"
    with Store(tmp_path / "profile") as store:
        store.models.keep(str(path), origin="downloaded")
    code, _, told = run("remove", "grape")
    assert (code, "Only files that this program has downloaded" in told, path.exists()) == (1, True, True)


def test_what_was_removed_comes_back_by_its_name(run: Run, folder: Path, tmp_path: Path) -> None:
    run("add", folder)
    for number in (2, 7):
        run("remove", f"grape-{number}b")
    assert set(_listed(run)) == {"bundled"}
    code, _, told = run("restore", "grape")
    assert (code, "Several models of this name" in told) == (1, True)
    assert f"{folder / 'grape-2b.gguf'}, {folder / 'grape-7b.gguf'}" in told
    assert run("restore", "GRAPE-2b")[0] == 0
    assert run("restore", "grape")[0] == 0
    assert set(_listed(run)) == {"bundled", "grape-2b", "grape-7b"}
    for name in ("plum", "", "grape"):
        code, _, told = run("restore", name)
        assert (code, "was not taken off the list" in told) == (1, True)


def test_a_folder_or_nothing_is_no_name_of_a_model(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("add", folder)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "grape-2").mkdir()
    (tmp_path / "grape-7b").mkdir()
    for named in ("grape-2", folder, "."):
        for words, command in ((("show", named), "models"), (("hello", "--model", named), "generate")):
            code, _, told = run(*words, command=command)
            assert (code, "This is a folder, not a model." in told) == (1, True), told
    assert json.loads(run("show", "grape-7b", "--json")[1])["path"] == str(folder / "grape-7b.gguf")
    code, _, told = run("show", "")
    assert (code, "name of the model is empty" in told) == (1, True)
    with pytest.raises(SystemExit):
        run("hello", "--model", "", command="generate")
    assert "name of the model is empty" in capsys.readouterr().err


def test_the_bundled_model_stays(run: Run) -> None:
    path = _listed(run)["bundled"]["path"]
    for name in ("bundled", path):
        code, _, told = run("remove", name)
        assert (code, "belongs to the program" in told) == (1, True)
    assert "bundled" in _listed(run)


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no such names")
def test_names_cannot_command_the_terminal(run: Run, folder: Path) -> None:
    raw = gguf(
        LLAMA | {"general.name": "\x1b[31mred", "tokenizer.chat_template": "\x1b]0;title\x07"}, TENSORS, data=5120
    )
    path = folder / "a\x1b[2Jb\nc.gguf"
    path.write_bytes(raw)
    run("add", folder)
    told = "".join([*run()[1:], *run("show", path)[1:], *run("show", "plum")[1:], *run("pin", path)[1:]])
    assert "There are: a[2Jb c" in told.replace("bundled, ", "")
    for words in (("remove", path), ("restore",), ("restore", path)):
        once = "".join(run(*words)[1:])
        assert once.count("\n") == 1
        told += once
    assert not {character for character in told if ord(character) < 32} - {"\n"}
    assert "a[2Jb c" in told


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="the system's names are valid text")
def test_names_that_are_no_valid_text_are_listed(run: Run, folder: Path) -> None:
    with open(os.fsencode(folder) + b"/caf\xe9.gguf", "wb") as file:  # noqa: PTH123 - a path of bytes
        file.write(WHOLE)
    run("add", folder)
    code, out, _ = run()
    assert (code, "no valid text" in out) == (0, True)
    assert _listed(run)["caf\udce9"]["error"] is not None


def test_a_folder_that_is_not_there_is_one_sentence(run: Run, tmp_path: Path) -> None:
    code, out, told = run("--folder", tmp_path / "gone")
    assert (code, out) == (1, "")
    assert "no such folder" in told
