"""Where other programs keep their models. They are looked into only when a person says so, and never written to."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple


class Place(NamedTuple):
    """A program's folder of models."""

    program: str
    folder: Path


def usual_places() -> list[Place]:
    """Return the folders of other programs that are there, each once."""
    home = Path.home()
    named = (
        ("LM Studio", home / ".lmstudio" / "models"),
        ("LM Studio", home / ".cache" / "lm-studio" / "models"),
        ("Ollama", _from("OLLAMA_MODELS") or home / ".ollama" / "models"),
        ("GPT4All", _programs_data(home) / "nomic.ai" / "GPT4All"),
        ("Jan", _jan(home) / "data" / "models"),
        ("Jan", _jan(home) / "data" / "llamacpp" / "models"),
        ("Hugging Face", _hub(home)),
    )
    found: dict[Path, Place] = {}
    for program, folder in named:
        if folder.is_dir():
            found.setdefault(folder.resolve(), Place(program, folder))
    return list(found.values())


def _from(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value).expanduser() if value else None


def _hub(home: Path) -> Path:
    """Return the cache of huggingface_hub, as its own variables move it."""
    own = _from("HF_HUB_CACHE")
    if own is not None:
        return own
    return (_from("HF_HOME") or (_from("XDG_CACHE_HOME") or home / ".cache") / "huggingface") / "hub"


def _programs_data(home: Path) -> Path:
    if sys.platform == "win32":
        return _from("LOCALAPPDATA") or home / "AppData" / "Local"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    return _from("XDG_DATA_HOME") or home / ".local" / "share"


def _jan(home: Path) -> Path:
    if sys.platform == "win32":
        return (_from("APPDATA") or home / "AppData" / "Roaming") / "Jan"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "Jan"
    return (_from("XDG_CONFIG_HOME") or home / ".config") / "Jan"
