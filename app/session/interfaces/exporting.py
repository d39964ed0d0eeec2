"""Screens as something else: written on a worker, and saved whole or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from PySide6.QtCore import QObject

from engine.errors import TransferError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from app.bridge import Bridge
    from engine.errors import EngineError
    from engine.interface.catalogue import Catalogue
    from engine.interface.sources import Source

Target = Literal["json", "pyside", "html"]
TARGETS: Final[tuple[Target, ...]] = get_args(Target)


class InterfaceExport(QObject):
    """Writes trees as JSON, as PySide6 source that runs alone, and as a page of HTML without scripts."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge

    def write(
        self,
        tree: Any,
        target: Target,
        catalogue: Catalogue,
        sources: Sequence[Source],
        images: Mapping[str, bytes],
        done: Callable[[str], None],
        failed: Callable[[EngineError], None],
    ) -> None:
        """Write a tree as something else; `done` is given the text. `images` are PNG files by name."""
        self._bridge.check(lambda: _written(tree, target, catalogue, sources, images), done, failed)

    def save(self, path: Path, content: bytes, done: Callable[[], None], failed: Callable[[EngineError], None]) -> None:
        """Write a file, whole or not at all."""

        def job() -> None:
            from engine.whole_file import whole_file

            with whole_file(path, TransferError, "Choose another place.") as file:
                file.write(content)

        self._bridge.check(job, lambda _: done(), failed)


def _written(
    tree: Any, target: Target, catalogue: Catalogue, sources: Sequence[Source], images: Mapping[str, bytes]
) -> str:
    if target == "json":
        return json.dumps(tree, indent=2, ensure_ascii=False) + "\n"
    raise NotImplementedError
