"""Hashes of models: what they are known by, and pinned to."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from engine.errors import ModelFileInvalid
from engine.library import hash_of, joined_hash, sha256_of, stamp_of

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_has_the_hash_that_others_give_it(tmp_path: Path) -> None:
    """So that it can be compared with what a hub says."""
    raw = os.urandom(9 << 20)
    (tmp_path / "m.gguf").write_bytes(raw)
    shares: list[float] = []
    assert sha256_of(tmp_path / "m.gguf", shares.append) == hashlib.sha256(raw).hexdigest()
    assert shares == sorted(shares)
    assert (len(shares), shares[-1]) == (3, 1.0)


def test_a_split_model_has_a_hash_over_those_of_its_parts(tmp_path: Path) -> None:
    """Other bytes, another order of parts: another hash."""
    parts = [tmp_path / "1", tmp_path / "2"]
    for part, raw in zip(parts, (b"one", b"two"), strict=True):
        part.write_bytes(raw)
    made = hash_of(parts)
    assert made is not None
    each = tuple(hashlib.sha256(raw).hexdigest() for raw in (b"one", b"two"))
    assert made.parts == each
    assert made.sha256 == joined_hash(each) == hashlib.sha256("\n".join(each).encode()).hexdigest()
    assert made.sha256 != joined_hash(each[::-1])
    assert (made.size, made.changed_ns) == stamp_of(parts)
    assert made.size == 6


def test_hashing_stops_within_a_block(tmp_path: Path) -> None:
    """And has no hash to tell."""
    (tmp_path / "m").write_bytes(bytes(20 << 20))
    shares: list[float] = []
    assert sha256_of(tmp_path / "m", shares.append, lambda: len(shares) == 2) is None
    assert len(shares) == 2


def test_a_file_that_changes_while_it_is_read_has_no_hash(tmp_path: Path) -> None:
    """What was read would be the hash of nothing that ever was."""
    path = tmp_path / "m"
    path.write_bytes(bytes(9 << 20))

    def grow(share: float) -> None:
        with path.open("ab") as file:
            file.write(b"more")

    with pytest.raises(ModelFileInvalid, match="changed while it was read"):
        sha256_of(path, grow)


def test_what_cannot_be_read_has_no_hash(tmp_path: Path) -> None:
    """A pipe is not waited for."""
    with pytest.raises(ModelFileInvalid, match="cannot be opened"):
        sha256_of(tmp_path / "gone")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ModelFileInvalid, match="cannot be opened"):
            sha256_of(tmp_path / "pipe")
