"""A real window on a fresh profile; the model is started only by tests that ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.window import Window


@pytest.fixture(autouse=True)
def cleared(clear_away: None) -> None:
    """Clear away after every test of this folder."""


@pytest.fixture
def window(open_window: Callable[[Path], Window], tmp_path: Path) -> Window:
    return open_window(tmp_path / "profile")
