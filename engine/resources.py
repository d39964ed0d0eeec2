"""Where the files that ship with Espalier lie: samples, style, icons."""

from __future__ import annotations

from pathlib import Path


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder, in a source tree as in an installed wheel.

    Raises FileNotFoundError: a missing resource is a packaging bug.
    """
    package = Path(__file__).parent
    for root in (package.parent / "resources", package / "resources"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError("/".join(("resources", *parts)))
