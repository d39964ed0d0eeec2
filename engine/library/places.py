"""Where other programs keep their models. They are looked into only when a person says so, and never written to."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

from engine.gguf.plain_file import open_plain_file

_MOST_BYTES = 1 << 20
"""Of another program's settings that are read."""


class Place(NamedTuple):
    """A program's folder of models."""

    program: str
    folder: Path


def usual_places() -> list[Place]:
    """Return the folders of other programs that are there, each once: where they say they are, else where they start.

    LM Studio and Jan say it in their settings, Ollama and Hugging Face in variables of the environment.
    """
    home = Path.home()
    named = [
        *(("LM Studio", folder) for folder in _lm_studio(home)),
        ("Ollama", _from("OLLAMA_MODELS") or home / ".ollama" / "models"),
        ("Ollama", Path("/usr/share/ollama/.ollama/models")),  # as a service of a Linux system
        ("GPT4All", _programs_data(home) / "nomic.ai" / "GPT4All"),
        *(("Jan", folder) for folder in _jan(home)),
        ("Hugging Face", _hub(home)),
    ]
    found: dict[Path, Place] = {}
    for program, folder in named:
        try:
            if folder.is_dir():
                found.setdefault(folder.resolve(), Place(program, folder))
        except (OSError, ValueError, RuntimeError):
            continue  # what cannot be looked at has no models
    return list(found.values())


def _lm_studio(home: Path) -> list[Path]:
    base = home / ".lmstudio"
    moved = _read(home / ".lmstudio-home-pointer").strip()
    bases = [*([Path(moved)] if moved else []), base, home / ".cache" / "lm-studio"]
    chosen = (_setting(each / "settings.json", "downloadsFolder") for each in bases)
    return [*(folder for folder in chosen if folder is not None), *(each / "models" for each in bases)]


def _jan(home: Path) -> list[Path]:
    if sys.platform == "win32":
        bases = [(_from("APPDATA") or home / "AppData" / "Roaming") / "Jan"]
    elif sys.platform == "darwin":
        bases = [home / "Library" / "Application Support" / "Jan"]
    else:
        bases = [
            (_from("XDG_DATA_HOME") or home / ".local" / "share") / "Jan",
            (_from("XDG_CONFIG_HOME") or home / ".config") / "Jan",
        ]
    chosen = (_setting(base / "settings.json", "data_folder") for base in bases)
    data = [*(folder for folder in chosen if folder is not None), *(base / "data" for base in bases), home / "jan"]
    return [folder / below for folder in data for below in ("models", "llamacpp/models")]


def _hub(home: Path) -> Path:
    """Return the cache of huggingface_hub, as its own variables move it."""
    own = _from("HF_HUB_CACHE") or _from("HUGGINGFACE_HUB_CACHE")
    if own is not None:
        return own
    return (_from("HF_HOME") or (_from("XDG_CACHE_HOME") or home / ".cache") / "huggingface") / "hub"


def _programs_data(home: Path) -> Path:
    if sys.platform == "win32":
        return _from("LOCALAPPDATA") or home / "AppData" / "Local"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    return _from("XDG_DATA_HOME") or home / ".local" / "share"


def _from(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value).expanduser() if value else None


def _setting(settings: Path, key: str) -> Path | None:
    """Return a folder that another program's settings name, if they do."""
    try:
        said = json.loads(_read(settings))
    except (ValueError, RecursionError):
        return None
    folder = said.get(key) if isinstance(said, dict) else None
    return Path(folder) if isinstance(folder, str) and folder.strip() else None


def _read(path: Path) -> str:
    try:
        with open_plain_file(path) as file:
            return (file.read(_MOST_BYTES) or b"").decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
