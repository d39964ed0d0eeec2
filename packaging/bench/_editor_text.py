"""The text of a large schema in its editor: how long it takes to open, and a key to be seen.

Measured in the process that calls; `python packaging/bench/_editor_text.py` prints a table.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from app.pages.schemas.text import SchemaTextView

_WORDS = (
    "amount",
    "carrier",
    "customer",
    "delivery",
    "gross",
    "invoice",
    "order",
    "part",
    "price",
    "quantity",
    "weight",
)
_LETTERS = "abcdefghij"
_PATIENCE_S = 10.0


def large_schema(characters: int = 4_000_000, *, one_line: bool = False) -> str:
    """Return a schema's text of about so many characters: thousands of properties, each an object of its own."""
    chance = random.Random(5)
    properties, size = {}, 0
    while size < characters:
        words = " ".join(chance.choice(_WORDS) for _ in range(12))
        made = {
            "type": "object",
            "description": f"The {words}.",
            "properties": {
                "code": {"type": "string", "minLength": 1, "maxLength": 12, "pattern": "^[A-Z0-9]+$"},
                "amount": {"type": "number", "minimum": 0},
                "tags": {"type": "array", "items": {"enum": ["red", "green", "blue"]}},
            },
            "required": ["code", "amount"],
        }
        name = f"{chance.choice(_WORDS)}_{len(properties)}"
        properties[name] = made
        size += len(json.dumps(made, indent=None if one_line else 2)) + len(name) + (10 if one_line else 120)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": properties}
    return json.dumps(schema, indent=None if one_line else 2)


def keystrokes(view: SchemaTextView, count: int) -> list[float]:
    """Return the milliseconds from each of so many keys to the end of the painting that shows it.

    They are typed in bursts at places all over the text; afterwards all are undone.
    """
    chance = random.Random(7)
    painted = _Painted(view.viewport())
    text = view.syntax.text
    taken: list[float] = []
    for number in range(count):
        if number % len(_LETTERS) == 0:
            place = text.index('"', chance.randrange(len(text) - 10)) + 1
            view.go_to(place, place)
            _settle()
        letter = _LETTERS[number % len(_LETTERS)]
        before = painted.count
        start = time.perf_counter()
        QApplication.sendEvent(
            view, QKeyEvent(QEvent.Type.KeyPress, ord(letter.upper()), Qt.KeyboardModifier.NoModifier, letter)
        )
        while painted.count == before and time.perf_counter() - start < _PATIENCE_S:
            QApplication.processEvents()
        taken.append((time.perf_counter() - start) * 1000)
        _settle()  # what comes after the painting is not what the key waits for
    painted.stop()
    while view.schema is not None and view.schema.undo():
        pass
    assert view.syntax.text == text, "undoing everything gives the first text"
    return taken


class _Painted(QObject):
    """Counts how often a widget has been painted to the end."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self.count = 0
        self._widget = widget
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Count paint events; the painting itself is over before the event loop goes on."""
        self.count += event.type() == QEvent.Type.Paint
        return False

    def stop(self) -> None:
        """Count no more."""
        self._widget.removeEventFilter(self)


def _settle() -> None:
    for _ in range(5):
        QApplication.processEvents()


def main() -> None:
    """Measure and print."""
    from app.pages.schemas.text import SchemaTextPane
    from app.style.theme import Theme
    from engine.schema.editing import EditableSchema

    app = QApplication([])
    pane = SchemaTextPane(Theme(app, "light"))
    pane.resize(760, 900)
    pane.show()
    pane.activateWindow()
    pane.view.setFocus()
    for one_line in (False, True):
        text = large_schema(one_line=one_line)
        schema = EditableSchema(text)
        _settle()
        start = time.perf_counter()
        pane.open(schema)
        _settle()
        opened = (time.perf_counter() - start) * 1000
        taken = sorted(keystrokes(pane.view, 200))
        print(
            f"{len(text):,} characters in {text.count(chr(10)) + 1:,} lines: opened in {opened:.0f} ms, "
            f"a key p50 {taken[100]:.1f}, p95 {taken[190]:.1f}, max {taken[-1]:.1f} ms"
        )


if __name__ == "__main__":
    main()
