"""Weights are laid out once, whoever asks for them at the same time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from engine.file_lock import try_lock
from engine.model.layouts import _lay_out

if TYPE_CHECKING:
    from pathlib import Path


def test_what_another_process_lays_out_is_waited_for_and_not_written_twice(tmp_path: Path) -> None:
    target = tmp_path / "layouts" / "weights-F16.gguf"
    target.parent.mkdir()
    missing = tmp_path / "no such file.gguf"  # to lay this out would be an error
    waiter = threading.Thread(target=_lay_out, args=(missing, target, "F16", 1))
    with target.with_suffix(".lock").open("ab") as lock:
        assert try_lock(lock)
        waiter.start()
        waiter.join(0.15)
        assert waiter.is_alive()
        target.write_bytes(b"laid out by the other one")
    waiter.join(10)
    assert not waiter.is_alive()
    assert target.read_bytes() == b"laid out by the other one"
