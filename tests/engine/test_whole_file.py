"""A file is the old one or the new one, never half of it."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.errors import EngineError, TransferError
from engine.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator

ADVICE = "Choose another folder."
NOBODY = 65534


@contextmanager
def without_rights() -> Iterator[None]:
    """Be somebody whom permissions bind, for the length of the block: root may write anywhere."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(mine)


def break_off(target: Path, reason: BaseException) -> None:
    """Write half of a file, then fail."""
    with whole_file(target, TransferError, ADVICE) as file:
        file.write(b"half of")
        file.flush()
        raise reason


def test_a_file_is_replaced_when_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "rows.jsonl"
    target.write_bytes(b"old")
    with whole_file(target, EngineError, ADVICE) as file:
        file.write(b"new")
        file.flush()
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("reason", [ValueError("a bug"), KeyboardInterrupt(), EngineError("No such thread.")])
def test_a_failure_half_way_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path, reason: BaseException) -> None:
    target = tmp_path / "rows.jsonl"
    target.write_bytes(b"old")
    with pytest.raises(type(reason)) as raised:
        break_off(target, reason)
    assert raised.value is reason
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_disk_that_gives_out_half_way_is_a_sentence_and_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "rows.jsonl"
    target.write_bytes(b"old")
    with pytest.raises(TransferError) as raised:
        break_off(target, OSError(errno.ENOSPC, "No space left on device"))
    assert raised.value.message == "The file cannot be written: No space left on device."
    assert (raised.value.where, raised.value.advice) == (str(target), ADVICE)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="permissions of folders are others here")
def test_a_read_only_folder_is_a_sentence() -> None:
    # Not below tmp_path, whose folders nobody else may enter at all.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        target = folder / "rows.jsonl"
        target.write_bytes(b"old")
        target.chmod(0o444)
        folder.chmod(0o555)
        with (
            without_rights(),
            pytest.raises(TransferError, match="The file cannot be written: Permission denied") as raised,
            whole_file(target, TransferError, ADVICE),
        ):
            raise AssertionError("there is nothing to write to")
        assert (raised.value.where, raised.value.advice) == (str(target), ADVICE)
        assert target.read_bytes() == b"old"
        assert list(folder.iterdir()) == [target]
        folder.chmod(0o755)


def test_a_name_that_is_a_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").mkdir()
    with (
        pytest.raises(TransferError, match="cannot be written"),
        whole_file(tmp_path / "rows.jsonl", TransferError, ADVICE) as file,
    ):
        file.write(b"new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["rows.jsonl"]
