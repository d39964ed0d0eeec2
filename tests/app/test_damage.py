"""A damaged database: the window offers the newest backup, and nothing is thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication

from app.alerts import RESTART, show_error
from app.damage import DamageDialog
from engine.errors import StoreDamaged
from engine.store import Store
from engine.store.backup import back_up
from engine.store.profile import DATABASE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window import Window


@pytest.fixture(autouse=True)
def cleared(clear_away: None) -> None:
    """Clear away after every test."""


def damage(profile: Path) -> bytes:
    """Overwrite the first pages of the database; return what it holds then."""
    file = profile / DATABASE
    held = b"no database at all " * 200 + file.read_bytes()[4000:]
    file.write_bytes(held)
    for companion in ("-wal", "-shm"):
        (profile / (DATABASE + companion)).unlink(missing_ok=True)
    return held


def test_a_damaged_database_is_replaced_by_its_backup_and_kept(tmp_path: Path, qtbot: QtBot) -> None:
    with Store(tmp_path) as store:
        store.threads.create(title="from the backup")
    back_up(tmp_path)
    held = damage(tmp_path)
    with pytest.raises(StoreDamaged) as caught:
        Store(tmp_path)
    dialog = DamageDialog(tmp_path, caught.value)
    qtbot.addWidget(dialog)
    assert "newest backup" in dialog.informativeText()
    dialog.mend()
    with Store(tmp_path) as store:
        assert [thread.title for thread in store.threads.all()] == ["from the backup"]
    assert held in [kept.read_bytes() for kept in tmp_path.glob(f"{DATABASE}.damaged-*")]


def test_without_a_backup_a_new_beginning_is_offered(tmp_path: Path, qtbot: QtBot) -> None:
    with Store(tmp_path) as store:
        store.threads.create(title="lost")
    held = damage(tmp_path)
    dialog = DamageDialog(tmp_path, StoreDamaged("The database is damaged.", where=str(tmp_path)))
    qtbot.addWidget(dialog)
    assert "no backup" in dialog.informativeText()
    dialog.mend()
    with Store(tmp_path) as store:
        assert store.threads.all() == []
    assert held in [kept.read_bytes() for kept in tmp_path.glob(f"{DATABASE}.damaged-*")]


def test_the_window_tells_of_the_damage_and_starts_again_with_the_backup(
    open_window: Callable[[Path], Window], profile: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(profile) as store:
        store.threads.create(title="from the backup")
    back_up(profile)
    damage(profile)
    codes: list[int] = []
    monkeypatch.setattr(QApplication, "exit", codes.append)
    window = open_window(profile)
    session = window._session
    told: list[StoreDamaged] = []
    session.failed.connect(told.append)
    qtbot.waitUntil(lambda: bool(told))
    show_error(window, session, told[0])
    (dialog,) = window.findChildren(DamageDialog)
    dialog.mend_button.click()
    qtbot.waitUntil(lambda: codes == [RESTART])
    with Store(profile) as store:
        assert [thread.title for thread in store.threads.all()] == ["from the backup"]
