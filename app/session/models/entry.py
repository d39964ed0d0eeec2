"""A model of the list, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from app.model_names import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.library import ModelFile
    from engine.model.fit import Fit
    from engine.model.protocol import LoadOptions

Origin = Literal["bundled", "downloaded", "added", "folder", "usual"]
"""How a model came on the list: with the program, from the hub, by hand, by a chosen folder, by another program's."""

BUNDLED: Final = "Bundled"
DOWNLOADED: Final = "Downloaded"
ADDED: Final = "Added"


@dataclass(frozen=True)
class Entry:
    """A model file and what is known of it beside its header.

    `options` are those that it is loaded with, `own_options` whether somebody has chosen them; `fit` is what that takes
    of this machine's memory. `sha256` is None until it is known, `hashing` the share (0..1) that is
    read while it is computed. `pinned` is the hash that a person wants the file to have. `source` says where a
    downloaded one is from, as plain JSON.
    """

    file: ModelFile
    origin: Origin
    group: str
    options: LoadOptions
    own_options: bool = False
    fit: Fit | None = None
    sha256: str | None = None
    hashing: float | None = None
    pinned: str | None = None
    source: Mapping[str, Any] | None = None

    @property
    def key(self) -> str:
        """The path of the file, by which the entry is named everywhere."""
        return str(self.file.path)

    @property
    def name(self) -> str:
        """What the model is called; of a broken file, what the file is."""
        return name_of(self.file) if self.file.error is None else self.file.path.name

    @property
    def stamp(self) -> tuple[int, int]:
        """By what a change of the file is noticed: its size in bytes, and when it was changed (ns)."""
        return self.file.size, self.file.changed_ns

    @property
    def loadable(self) -> bool:
        """Whether this is a whole model: neither broken, nor an adapter, nor what lets one see."""
        return self.file.error is None and self.file.kind == "model"

    @property
    def removable(self) -> bool:
        """Whether it can be taken off the list: what came with the program stays."""
        return self.origin != "bundled"

    @property
    def breaks_pin(self) -> bool:
        """Whether the file is known not to be the one that was pinned."""
        return self.pinned is not None and self.sha256 is not None and self.sha256 != self.pinned


def group_of(origin: Origin, folder: Path | None = None, program: str = "") -> str:
    """Return the heading under which a model is listed: "Found in ~/Models", or the name of the other program."""
    match origin:
        case "bundled":
            return BUNDLED
        case "downloaded":
            return DOWNLOADED
        case "added":
            return ADDED
        case "usual":
            return program
    return f"Found in {_short(folder)}" if folder is not None else ADDED


def _short(folder: Path) -> str:
    """Return a folder as people write it, with ~ for their own."""
    home = Path.home()
    return f"~/{folder.relative_to(home).as_posix()}" if folder != home and folder.is_relative_to(home) else str(folder)
