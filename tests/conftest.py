"""The bundled model, loaded once for the whole suite, and windows for whoever tests one.

Qt is imported by the fixtures that need it, so that tests of the engine run without it.
"""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from app.style.theme import Theme
    from app.window import Window
    from engine.model.client import ModelClient
    from tests.engine.remote.peer import Peer

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_PATIENCE_MS = 30_000

# The same examples each time, so that the suite says the same of the same code; `--hypothesis-profile=default` looks
# for new ones.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")


def pytest_configure() -> None:
    """Give up waiting for the window only after half a minute: on a busy machine pytest-qt's five seconds pass soon."""
    for wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals):
        wait.__kwdefaults__["timeout"] = _PATIENCE_MS


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one cache for the session, so that the layout of the weights is measured once.

    Workers that run side by side share it: each has a folder of its own in the session's.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    (folder / "cache").mkdir(exist_ok=True)
    return folder / "cache"


@pytest.fixture(scope="session")
def model_client(cache_dir: Path) -> Iterator[ModelClient]:
    """Return the bundled model, ready."""
    from engine.model.client import ModelClient

    with ModelClient(cache_dir=cache_dir) as client:
        client.wait_until_ready(timeout=120)
        yield client


@pytest.fixture(scope="session")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """Return llama-cpp-python's own server with the bundled model, on loopback."""
    from tests.engine.remote.peer import Peer

    with Peer(tmp_path_factory.mktemp("peer") / "server.log") as running:
        yield running


@pytest.fixture
def profile(tmp_path: Path, cache_dir: Path) -> Path:
    """Return a fresh profile that shares the session's cache."""
    folder = tmp_path / "profile"
    folder.mkdir()
    (folder / "cache").symlink_to(cache_dir, target_is_directory=True)
    return folder


@pytest.fixture(scope="module")
def long_lived() -> None:
    """Keep what the imports and the modules before have left alive out of every collection of this module.

    There is so much of it that looking through it after each test takes longer than most tests.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def clear_away(qapp: QApplication, long_lived: None) -> Iterator[None]:
    """Destroy what a test has left behind, here on the Qt thread.

    Views stand in reference cycles. The collector runs on whichever thread allocates next, and an item view that is
    destroyed on a worker ends the interpreter: it rests meanwhile, as `app.collecting` has it in the program.
    """
    from PySide6.QtCore import QEvent

    gc.disable()
    yield
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    gc.enable()


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """Return the light theme, put on the application for the length of the test."""
    from app.style.theme import Theme

    made = Theme(qapp, "light")
    yield made
    qapp.setStyleSheet("")
    made.deleteLater()


@pytest.fixture
def open_window(theme: Theme) -> Iterator[Callable[[Path], Window]]:
    """Open a window on a profile as the program does, without the model."""
    from app.pages.playground.example import EXAMPLE
    from app.session import Session
    from app.window import Window

    opened: list[Window] = []

    def make(profile: Path) -> Window:
        session = Session(profile)
        session.restore(EXAMPLE)
        window = Window(theme, session)
        window.restore()
        window.show()
        opened.append(window)
        return window

    yield make
    for window in opened:
        window.close()
        window.deleteLater()
