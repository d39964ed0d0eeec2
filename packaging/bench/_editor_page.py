"""The page of schemas with one of 4 MB open, and somebody typing into it.

Run as a process of its own by `bench editor`: `_editor_page.py KEYS`; prints one JSON line:

* `open_ms`: from asking for the schema until its text was painted
* `keystroke_ms`: from each key to the end of the painting that shows it
* `faults`: what was not as it has to be for these figures to mean anything
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from _editor_text import keystrokes, large_schema
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.pages.playground.example import EXAMPLE
from app.session import Session
from app.style.theme import Theme
from app.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.pages.schemas.page import SchemasPage

_PATIENCE_S = 60.0
_LEAST = 4_000_000


def main(keys: int) -> None:
    """Open, type, print."""
    application = QApplication([])
    theme = Theme(application, "light")
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="espalier-editor-", ignore_cleanup_errors=True) as folder:
        session = Session(Path(folder))
        session.restore(EXAMPLE)
        window = Window(theme, session)
        window.restore()
        window.show()
        window.show_page("Schemas")
        page = cast("SchemasPage", window.page("Schemas"))
        _wait_for(lambda: page.library.known)
        text = large_schema(_LEAST)
        start = time.perf_counter()
        page.editing.make("large", text)
        _wait_for(lambda: page.editing.document.text == text)
        page.text.view.viewport().repaint()
        open_ms = (time.perf_counter() - start) * 1000
        if len(text) < _LEAST:
            faults.append("the schema is not as large as it has to be")
        taken = keystrokes(page.text.view, keys)
        if page.editing.document.text != text:
            faults.append("what was typed and undone has left something behind")
        if len(taken) != keys:
            faults.append(f"{keys - len(taken)} keys were not measured")
        window.close()
    print(json.dumps({"open_ms": open_ms, "keystroke_ms": taken, "faults": faults}), flush=True)
    os._exit(0)  # the examiner may still be at it


def _wait_for(done: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not done():
        if time.monotonic() > until:
            raise TimeoutError("the page did not get there")
        loop = QEventLoop()
        QTimer.singleShot(5, loop.quit)
        loop.exec()


if __name__ == "__main__":
    main(int(sys.argv[1]))
