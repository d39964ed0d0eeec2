"""Screens as something else: written on a worker, and saved whole or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from engine.errors import TransferError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.bridge import Bridge
    from engine.errors import EngineError


class InterfaceExport(QObject):
    """Writes trees as JSON."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge

    def write(self, tree: Any, done: Callable[[str], None], failed: Callable[[EngineError], None]) -> None:
        """Write a tree as JSON; `done` is given the text."""
        self._bridge.check(lambda: _written(tree), done, failed)

    def save(self, path: Path, content: bytes, done: Callable[[], None], failed: Callable[[EngineError], None]) -> None:
        """Write a file, whole or not at all."""

        def job() -> None:
            from engine.whole_file import whole_file

            with whole_file(path, TransferError, "Choose another place.") as file:
                file.write(content)

        self._bridge.check(job, lambda _: done(), failed)


def _written(tree: Any) -> str:
    return json.dumps(tree, indent=2, ensure_ascii=False) + "\n"
