"""Taking models away: what was downloaded can be put back, and nothing else is ever touched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from engine.errors import ModelError
from engine.library import find_models
from engine.library.removing import BIN, empty_bin, in_bin, move_to_bin, restore
from tests.engine.gguf.writing import LLAMA, TENSORS, gguf

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = gguf(LLAMA, TENSORS, data=5120)


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """Return a folder of downloads with a model of two parts and another one."""
    folder = tmp_path / "downloads"
    (folder / "vine").mkdir(parents=True)
    for number in (1, 2):
        raw = gguf(LLAMA | {"split.no": number - 1, "split.count": 2}, TENSORS, data=5120)
        (folder / "vine" / f"big-0000{number}-of-00002.gguf").write_bytes(raw)
    (folder / "small.gguf").write_bytes(WHOLE)
    return folder


def _names(folder: Path) -> list[str]:
    return [model.name for model in find_models(folder)]


def test_a_removed_model_comes_back_with_all_its_parts(downloads: Path) -> None:
    """Also after a restart, and also where its folder was deleted meanwhile."""
    (big,) = (model for model in find_models(downloads) if model.name == "vine/big")
    removed = move_to_bin(big.parts, downloads)
    assert removed.size == big.size
    assert _names(downloads) == ["small"]
    (downloads / "vine").rmdir()
    (found,) = in_bin(downloads)
    assert found == removed
    restore(found)
    assert _names(downloads) == ["small", "vine/big"]
    assert in_bin(downloads) == []


def test_only_what_lies_in_the_folder_of_downloads_can_be_removed(downloads: Path, tmp_path: Path) -> None:
    """Neither by its path, nor by a way up, nor by a link to a folder elsewhere."""
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "mine.gguf").write_bytes(WHOLE)
    (downloads / "elsewhere").symlink_to(foreign, target_is_directory=True)
    for path in (
        foreign / "mine.gguf",
        downloads / ".." / "foreign" / "mine.gguf",
        downloads / "elsewhere" / "mine.gguf",
    ):
        with pytest.raises(ModelError, match=r"Only files that this program has downloaded.*off the list"):
            move_to_bin([path], downloads)
    assert (foreign / "mine.gguf").read_bytes() == WHOLE


def test_a_link_is_removed_and_not_what_it_leads_to(downloads: Path, tmp_path: Path) -> None:
    """The file may be somebody else's."""
    (tmp_path / "theirs.gguf").write_bytes(WHOLE)
    (downloads / "link.gguf").symlink_to(tmp_path / "theirs.gguf")
    move_to_bin([downloads / "link.gguf"], downloads)
    empty_bin(downloads)
    assert (tmp_path / "theirs.gguf").read_bytes() == WHOLE


def test_a_model_of_which_a_part_cannot_be_moved_stays_whole(downloads: Path) -> None:
    """All parts or none."""
    parts = [downloads / "vine" / "big-00001-of-00002.gguf", downloads / "vine" / "gone.gguf"]
    with pytest.raises(ModelError, match="cannot be moved"):
        move_to_bin(parts, downloads)
    assert _names(downloads) == ["small", "vine/big"]
    assert in_bin(downloads) == []


def test_nothing_is_overwritten_when_a_model_comes_back(downloads: Path) -> None:
    """It was perhaps downloaded again."""
    removed = move_to_bin([downloads / "small.gguf"], downloads)
    (downloads / "small.gguf").write_bytes(b"another")
    with pytest.raises(ModelError, match="another file of that name"):
        restore(removed)
    assert (downloads / "small.gguf").read_bytes() == b"another"
    (downloads / "small.gguf").unlink()
    restore(removed)
    assert (downloads / "small.gguf").read_bytes() == WHOLE


def test_emptying_the_bin_frees_its_room_for_good(downloads: Path) -> None:
    """Which is told in bytes."""
    removed = move_to_bin([downloads / "small.gguf"], downloads)
    assert empty_bin(downloads) == len(WHOLE)
    assert not (downloads / BIN).exists()
    assert empty_bin(downloads) == 0
    with pytest.raises(ModelError, match="no longer in the bin"):
        restore(removed)


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"parts": [], "size": 1, "at": ""}', '{"parts": [3]}', "\x00"])
def test_a_note_that_says_nothing_is_passed_over(downloads: Path, note: str) -> None:
    """It does not hide the others."""
    move_to_bin([downloads / "small.gguf"], downloads)
    (downloads / BIN / "odd").mkdir()
    (downloads / BIN / "odd" / "removed.json").write_text(note)
    assert [removed.path.name for removed in in_bin(downloads)] == ["small.gguf"]


def test_a_note_cannot_put_a_file_anywhere_else(downloads: Path, tmp_path: Path) -> None:
    """Whoever could write into the bin could not write there."""
    place = downloads / BIN / "odd"
    place.mkdir(parents=True)
    (place / "x.gguf").write_bytes(WHOLE)
    note = {"parts": [str(tmp_path / "x.gguf")], "size": 1, "at": "2026"}
    (place / "removed.json").write_text(json.dumps(note))
    assert in_bin(downloads) == []
