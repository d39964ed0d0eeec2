"""A picture of the window with the worked example run by the real model, for machines without a screen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from app.exchange import Answer
    from app.session import Session
    from app.window import Window

_LIMIT_MS = 180_000


def take_picture(app: QApplication, window: Window, session: Session, path: Path) -> int:
    """Run the worked example, save the window as PNG, end. Returns 0, or 1 where there was no answer."""
    window.show_page("Playground")
    outcome = 1

    def finish() -> None:
        nonlocal outcome
        saved = window.grab().save(str(path))
        answer = session.chat.answer
        whole = answer is not None and answer.state == "done"
        outcome = 0 if saved and whole else 1
        if saved:
            print(f"{path}: {'the worked example, run' if whole else 'no answer'}")
        else:
            print(f"espalier: {path} could not be written", file=sys.stderr)
        window.close()
        app.quit()

    def changed(answer: Answer) -> None:
        if not answer.running:
            QTimer.singleShot(400, finish)

    session.runs.changed.connect(changed)
    QTimer.singleShot(_LIMIT_MS, finish)
    QTimer.singleShot(0, window.playground.run_example)
    app.exec()
    return outcome
