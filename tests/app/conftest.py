"""A real window on a fresh profile; the model is started only by tests that ask for it."""

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
def open_window(theme: Theme) -> Iterator[Callable[[Path], Window]]:
    """Open a window on a profile as the program does, without the model."""
    opened: list[Window] = []

    def make(profile: Path) -> Window:
        session = Session(profile)
        draft, answer = session.restore()
        window = Window(theme, session)
        window.restore(draft, answer)
        window.show()
        opened.append(window)
        return window

    yield make
    for window in opened:
        window.close()
        window.deleteLater()


@pytest.fixture
def window(open_window: Callable[[Path], Window], tmp_path: Path) -> Window:
    return open_window(tmp_path / "profile")
