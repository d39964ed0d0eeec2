"""The profile: the one folder that holds a person's database, logs, caches and models."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from engine.errors import StoreError

DATABASE = "espalier.db"


def default_profile() -> Path:
    """Return the profile folder of this platform's user data, whether it exists or not."""
    import platformdirs

    return Path(platformdirs.user_data_dir("espalier", appauthor=False))


def prepare_profile(profile: Path) -> Path:
    """Make the folder if it is missing and return it; raises StoreError where that is impossible."""
    try:
        profile.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise StoreError(
            "The profile has to be a folder, and this is a file.",
            where=str(profile),
            advice="Choose another folder with --profile.",
        ) from error
    except OSError as error:
        raise StoreError(
            f"The profile folder cannot be made: {error.strerror or error}.",
            where=str(profile),
            advice="Choose another folder with --profile.",
        ) from error
    return profile


def glance(profile: Path, key: str) -> Any:
    """Return one setting without opening the store, which may migrate or refuse; None where that is not to be had."""
    database = profile / DATABASE
    with contextlib.suppress(sqlite3.Error, OSError, ValueError):
        if database.is_file():
            with contextlib.closing(
                sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=0.2)
            ) as opened:
                found = opened.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
                return json.loads(found[0]) if found else None
    return None
