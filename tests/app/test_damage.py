"""A damaged database: the window offers the newest backup, and nothing is thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox

from app.alerts import RESTART, show_error
from app.damage import DamageDialog
from engine.errors import StoreDamaged, StoreError
from engine.store import Store
from engine.store.backup import back_up, newest_backup
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


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return what the program was asked to end with."""
    asked: list[int] = []
    monkeypatch.setattr(QApplication, "exit", asked.append)
    return asked


def offers(window: Window) -> list[DamageDialog]:
    return [dialog for dialog in window.findChildren(DamageDialog) if dialog.isVisible()]


def backed_up(profile: Path, title: str, name: str) -> Path:
    """Add a thread and make a backup of the given name; return its path."""
    with Store(profile) as store:
        store.threads.create(title=title)
    return back_up(profile).path.rename(profile / "backups" / name)


def test_where_the_backup_is_damaged_too_the_next_older_one_is_offered_and_then_a_new_beginning(
    open_window: Callable[[Path], Window], profile: Path, codes: list[int]
) -> None:
    older = backed_up(profile, "older", "espalier-20260101-100000.db")
    newer = backed_up(profile, "newer", "espalier-20260102-100000.db")
    newer.write_bytes(b"no database at all " * 200)
    window = open_window(profile)
    show_error(window, window._session, StoreDamaged("The database is damaged.", where=str(profile)))
    (first,) = offers(window)
    first.mend_button.click()
    (second,) = offers(window)
    assert (codes, second.text()) == ([], "The backup cannot be used: it is damaged too.")
    assert second.informativeText().startswith(str(newer))
    assert "next older backup was made on 1 January 2026" in second.informativeText()
    show_error(window, window._session, StoreDamaged("The database is damaged.", where=str(profile)))
    assert offers(window) == [second]
    older.write_bytes(b"neither")
    second.mend_button.click()
    (third,) = offers(window)
    assert "no older backup" in third.informativeText()
    third.mend_button.click()
    assert codes == [RESTART]
    with Store(profile) as store:
        assert store.threads.all() == []


def test_an_older_backup_is_put_in_place_where_the_newest_is_damaged(
    open_window: Callable[[Path], Window], profile: Path, codes: list[int]
) -> None:
    backed_up(profile, "older", "espalier-20260101-100000.db")
    backed_up(profile, "newer", "espalier-20260102-100000.db").write_bytes(b"no database")
    window = open_window(profile)
    show_error(window, window._session, StoreDamaged("The database is damaged.", where=str(profile)))
    for _ in range(2):
        offers(window)[0].mend_button.click()
    assert codes == [RESTART]
    with Store(profile) as store:
        assert [thread.title for thread in store.threads.all()] == ["older"]


def test_whoever_chooses_nothing_leaves_the_program(open_window: Callable[[Path], Window], profile: Path) -> None:
    backed_up(profile, "newer", "espalier-20260102-100000.db").write_bytes(b"no database")
    window = open_window(profile)
    show_error(window, window._session, StoreDamaged("The database is damaged.", where=str(profile)))
    offers(window)[0].mend_button.click()
    (second,) = offers(window)
    second.reject()
    assert not window.isVisible()


def test_a_backup_that_cannot_be_put_in_place_now_can_be_tried_again(
    open_window: Callable[[Path], Window], profile: Path, codes: list[int]
) -> None:
    backup = backed_up(profile, "kept", "espalier-20260102-100000.db")
    window = open_window(profile)
    (profile / f"{DATABASE}.restored.part").mkdir()  # what is copied cannot be written
    show_error(window, window._session, StoreDamaged("The database is damaged.", where=str(profile)))
    offers(window)[0].mend_button.click()
    (second,) = offers(window)
    assert second.backup == newest_backup(profile)
    assert second.backup is not None
    assert second.backup.path == backup
    (profile / f"{DATABASE}.restored.part").rmdir()
    second.mend_button.click()
    assert codes == [RESTART]


def test_the_same_failure_is_told_once_until_it_was_read(open_window: Callable[[Path], Window], profile: Path) -> None:
    window = open_window(profile)

    def told() -> list[str]:
        return [box.text() for box in window.findChildren(QMessageBox) if box.isVisible()]

    for message in ("The disk is full.", "The disk is full.", "It is read-only.", "The disk is full."):
        show_error(window, window._session, StoreError(message))
    assert sorted(told()) == ["It is read-only.", "The disk is full."]
    for box in window.findChildren(QMessageBox):
        box.reject()
    show_error(window, window._session, StoreError("The disk is full."))
    assert told() == ["The disk is full."]
