"""One window a profile: the second start brings the first one to the front."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from app.instance import Instance, ask_to_show
from engine.errors import ProfileInUse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def instance(qtbot: QtBot, tmp_path: Path) -> Iterator[Instance]:
    made = Instance(tmp_path / "profile")
    yield made
    made.release()
    made.deleteLater()


def test_a_profile_has_one_window(instance: Instance, tmp_path: Path) -> None:
    with pytest.raises(ProfileInUse, match="Another window"):
        Instance(tmp_path / "profile")
    other = Instance(tmp_path / "other")
    other.release()
    other.deleteLater()


def test_a_profile_can_be_opened_again_once_it_was_given_back(qtbot: QtBot, tmp_path: Path) -> None:
    for _ in range(2):
        made = Instance(tmp_path / "profile")
        made.release()
        made.deleteLater()


def test_a_second_start_shows_the_first_window_and_ends_well(instance: Instance, qtbot: QtBot, tmp_path: Path) -> None:
    shown: list[bool] = []
    instance.shown_again.connect(lambda: shown.append(True))
    command = [sys.executable, "-m", "app", "--profile", str(tmp_path / "profile")]
    second = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=30_000)
    assert second.stderr is not None
    complaint = second.stderr.read()
    second.stderr.close()
    assert second.returncode == 0, complaint
    qtbot.waitUntil(lambda: bool(shown))


def test_where_nobody_answers_nobody_was_reached(qtbot: QtBot, tmp_path: Path) -> None:
    assert not ask_to_show(tmp_path / "nobody")
