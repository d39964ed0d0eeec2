"""Screens as something else: written on a worker, and saved whole or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from PySide6.QtCore import QObject

from engine.errors import TransferError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from app.bridge import Bridge
    from engine.errors import EngineError
    from engine.interface.catalogue import Catalogue
    from engine.interface.sources import Source

Target = Literal["json", "pyside", "html"]
ENDINGS: Final[dict[Target, str]] = {"json": "json", "pyside": "py", "html": "html"}


@dataclass(frozen=True)
class Exported:
    """A tree with all that it shows: its data, the pictures as PNG files and the drawings as SVG paths, by name."""

    tree: Any
    catalogue: Catalogue
    sources: tuple[Source, ...] = ()
    images: Mapping[str, bytes] = field(default_factory=dict)
    glyphs: Mapping[str, str] = field(default_factory=dict)


class InterfaceExport(QObject):
    """Writes trees as JSON, as PySide6 source that runs alone, and as a page of HTML without scripts."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge

    def write(
        self, screen: Exported, target: Target, done: Callable[[str], None], failed: Callable[[EngineError], None]
    ) -> None:
        """Write a screen as something else; `done` is given the text."""
        self._bridge.check(lambda: written(screen, target), done, failed)

    def save(self, path: Path, content: bytes, done: Callable[[], None], failed: Callable[[EngineError], None]) -> None:
        """Write a file, whole or not at all."""

        def job() -> None:
            from engine.whole_file import whole_file

            with whole_file(path, TransferError, "Choose another place.") as file:
                file.write(content)

        self._bridge.check(job, lambda _: done(), failed)


def written(screen: Exported, target: Target) -> str:
    """Return a screen as something else; may be slow."""
    from engine.interface.export.page import page
    from engine.interface.export.pyside import pyside

    known: Any = {"catalogue": screen.catalogue, "sources": screen.sources, "glyphs": screen.glyphs}
    match target:
        case "pyside":
            return pyside(screen.tree, **known)
        case "html":
            return page(screen.tree, images=screen.images, **known)
    return json.dumps(screen.tree, indent=2, ensure_ascii=False) + "\n"
