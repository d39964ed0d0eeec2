"""Logs: rotating files in the profile. What a document or a model says is never logged."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, Literal

from engine.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

_FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"


def configure_logging(profile: Path, role: Literal["app", "terminal", "host"], *, level: int = logging.INFO) -> Path:
    """Send this process's logs to `<profile>/logs/<role>.log` and return that path.

    A file holds 1 MB and four older ones are kept. Each role has its own file, since a log that rotates under
    a second process loses lines. Calling it again moves the log. Raises StoreError if the folder cannot be
    written.
    """
    path = profile / "logs" / f"{role}.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=4, encoding="utf-8", delay=False)
    except OSError as error:
        raise StoreError(
            f"The logs cannot be written: {error.strerror or error}.",
            where=str(path),
            advice="Choose another folder with --profile.",
        ) from error
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.set_name("espalier")
    root = logging.getLogger()
    for earlier in [known for known in root.handlers if known.get_name() == "espalier"]:
        root.removeHandler(earlier)
        earlier.close()
    root.addHandler(handler)
    root.setLevel(level)
    # It names every address that is asked, whole: some have a key in them.
    logging.getLogger("httpx2").setLevel(max(level, logging.WARNING))
    return path
