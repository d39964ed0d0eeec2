"""A person's path through the window, with the real model in its real host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.session import Session
    from app.window import Window


@pytest.fixture(autouse=True)
def cleared(clear_away: None) -> None:
    """Clear away after every test of this folder."""


@pytest.fixture
def start(open_window: Callable[[Path], Window], profile: Path) -> Callable[[], tuple[Window, Session]]:
    """Start the window on the profile as the program does, with the model."""

    def make() -> tuple[Window, Session]:
        window = open_window(profile)
        window._session.start()
        return window, window._session

    return make
