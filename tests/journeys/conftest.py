"""A person's path through the window, with the real model in its real host."""

from __future__ import annotations

import gc
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent

from app.session import Session
from app.style.theme import Theme
from app.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

LOADING_MS = 240_000
ANSWER_MS = 120_000


@pytest.fixture(autouse=True)
def clear_away(qapp: QApplication) -> Iterator[None]:
    """Destroy what a test has left behind, here on the Qt thread.

    Views stand in reference cycles. The collector runs on whichever thread allocates next, and an item view that is
    destroyed on a worker ends the interpreter.
    """
    yield
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, "light")
    yield made
    qapp.setStyleSheet("")
    made.deleteLater()


@pytest.fixture
def start(theme: Theme, profile: Path) -> Iterator[Callable[[], tuple[Window, Session]]]:
    """Start the window on the profile as the program does."""
    started: list[Window] = []

    def make() -> tuple[Window, Session]:
        session = Session(profile)
        draft, answer = session.restore()
        window = Window(theme, session)
        window.restore(draft, answer)
        window.show()
        session.start()
        started.append(window)
        return window, session

    yield make
    for window in started:
        window.close()
        window.deleteLater()
