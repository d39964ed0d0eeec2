from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QAccessible,
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeySequence,
    QMouseEvent,
    QShortcut,
)
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QMessageBox, QPushButton, QToolTip, QWidget

from app.bridge import Bridge
from app.models.thread_list import MIME
from app.pages.playground.threads import ThreadsPanel
from app.session import Library
from engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme
    from app.widgets.rows import RowsView

TITLES = ("a pear", "b quince", "c plum", "d apple", "e cherry")
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
HOSTILE = "<b>bold</b> & \u202egnp.exe\x1b[31m\x00\n" + "x" * 1_000_000


class Asked:
    """What a panel has asked its page for."""

    def __init__(self, panel: ThreadsPanel) -> None:
        self.opened: list[tuple[int, int | None]] = []
        self.exported: list[list[int]] = []
        self.others: list[str] = []
        panel.open_asked.connect(lambda thread, message: self.opened.append((thread, message)))
        panel.export_asked.connect(self.exported.append)
        panel.create_asked.connect(lambda: self.others.append("create"))
        panel.import_asked.connect(lambda: self.others.append("import"))


@pytest.fixture
def stocked(tmp_path: Path) -> Path:
    """Return a profile of five threads, from top to bottom as in TITLES, the last two in the folder "Fruit"."""
    with Store(tmp_path) as store:
        folder = store.threads.make_folder("Fruit").id
        for title in reversed(TITLES):
            made = store.threads.create({}, title=title, kind="text", folder=folder if title[0] in "de" else None)
            store.messages.add(made.id, None, "user", f"Tell me of {title[2:]} trees on walls.")
    return tmp_path


@pytest.fixture
def bridge(tmp_path: Path, qapp: QApplication) -> Iterator[Bridge]:
    made = Bridge(tmp_path, None)
    yield made
    made.close()


@pytest.fixture
def library(bridge: Bridge) -> Library:
    return Library(bridge)


@pytest.fixture
def panel(stocked: Path, library: Library, theme: Theme, qtbot: QtBot) -> ThreadsPanel:
    """Return a panel of the stocked profile."""
    shown = ThreadsPanel(theme, library)
    qtbot.addWidget(shown)
    shown.resize(shown.width(), 640)
    shown.show()
    with qtbot.waitSignal(library.listed):
        library.refresh()
    qtbot.waitUntil(shown.isActiveWindow)
    return shown


@pytest.fixture
def asked(panel: ThreadsPanel) -> Asked:
    return Asked(panel)


def number(panel: ThreadsPanel, title: str) -> int:
    library = panel._library
    return next(row.id for row in (*library.threads, *library.binned) if row.title.startswith(title))


def index(panel: ThreadsPanel, title: str) -> QModelIndex:
    return panel.model.index_of_thread(number(panel, title))


def click(qtbot: QtBot, view: RowsView, row: QModelIndex, *modifiers: Qt.KeyboardModifier) -> None:
    keys = modifiers[0] if modifiers else Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, keys, view.visualRect(row).center())


def chosen(panel: ThreadsPanel) -> list[str]:
    return [str(panel.model.index_of_thread(thread).data()) for thread in panel.view.chosen_threads()]


def menu_of(panel: ThreadsPanel, qtbot: QtBot) -> QMenu:
    qtbot.waitUntil(lambda: any(menu.isVisible() for menu in panel.findChildren(QMenu)))
    return next(menu for menu in panel.findChildren(QMenu) if menu.isVisible())


def do(menu: QMenu, words: str) -> None:
    """Choose an item of a menu or of its submenus, as a click does."""
    for some in (menu, *menu.findChildren(QMenu)):
        for action in some.actions():
            if action.text().split("\t")[0] == words:
                assert action.isEnabled()
                action.trigger()
                menu.close()
                return
    raise AssertionError(words)


def items(menu: QMenu) -> list[str]:
    return [action.text().split("\t")[0] for action in menu.actions() if not action.isSeparator()]


def right_click(panel: ThreadsPanel, view: RowsView, row: QModelIndex) -> None:
    at = view.visualRect(row).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.viewport().mapToGlobal(at))
    QApplication.sendEvent(view.viewport(), event)


def editor(panel: ThreadsPanel) -> QLineEdit:
    (field,) = panel.view.viewport().findChildren(QLineEdit)
    return field


def type_name(panel: ThreadsPanel, qtbot: QtBot, name: str) -> None:
    field = editor(panel)
    panel.activateWindow()  # which the offscreen platform does not do when a menu closes
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, name)
    qtbot.keyClick(field, Qt.Key.Key_Return)


# Opening


def test_a_click_opens_a_thread(panel: ThreadsPanel, asked: Asked, qtbot: QtBot) -> None:
    click(qtbot, panel.view, index(panel, "b"))
    assert asked.opened == [(number(panel, "b"), None)]


def test_choosing_several_opens_none(panel: ThreadsPanel, asked: Asked, qtbot: QtBot) -> None:
    panel.show_current(number(panel, "a"))
    click(qtbot, panel.view, index(panel, "b"), CTRL)
    assert chosen(panel) == ["a pear", "b quince"]
    click(qtbot, panel.view, index(panel, "c"), SHIFT)
    assert set(chosen(panel)) >= {"b quince", "c plum"}
    assert asked.opened == []


def test_the_arrow_keys_open_after_a_pause_only_what_was_reached(
    panel: ThreadsPanel, asked: Asked, qtbot: QtBot
) -> None:
    panel.show_current(number(panel, "a"))
    panel.focus_list()
    qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    assert asked.opened == []
    qtbot.waitUntil(lambda: bool(asked.opened))
    assert asked.opened == [(number(panel, "c"), None)]


def test_enter_opens_at_once_and_only_once(panel: ThreadsPanel, asked: Asked, qtbot: QtBot) -> None:
    panel.show_current(number(panel, "a"))
    panel.focus_list()
    qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    assert asked.opened == [(number(panel, "b"), None)]
    assert not panel.view._rest.isActive()


def test_showing_the_current_thread_chooses_its_row_and_asks_for_nothing(
    panel: ThreadsPanel, asked: Asked, qtbot: QtBot
) -> None:
    panel.show_current(number(panel, "c"))
    assert chosen(panel) == ["c plum"]
    assert asked.opened == []
    assert not panel.view._rest.isActive()


def test_a_thread_made_later_is_chosen_once_it_is_listed(panel: ThreadsPanel, library: Library, tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        made = store.threads.create({}, title="made later")
    panel.show_current(made.id)
    library.put(made)
    assert chosen(panel) == ["made later"]


def test_a_thread_in_a_folded_folder_is_brought_to_light(panel: ThreadsPanel) -> None:
    folder = panel._library.folders[0].id
    panel.view.fold(folder, folded=True)
    panel.show_current(number(panel, "e"))
    assert not panel.view.is_folded(folder)
    assert panel.view.visualRect(index(panel, "e")).isValid()


def test_the_buttons_ask_for_a_new_thread_and_for_an_import(panel: ThreadsPanel, asked: Asked, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.new, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.more, Qt.MouseButton.LeftButton)
    do(menu_of(panel, qtbot), "Import…")
    assert asked.others == ["create", "import"]
    assert "Ctrl+N" in panel.new.toolTip()


def test_all_threads_can_be_exported(panel: ThreadsPanel, asked: Asked, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.more, Qt.MouseButton.LeftButton)
    do(menu_of(panel, qtbot), "Export all…")
    assert sorted(asked.exported[0]) == sorted(row.id for row in panel._library.threads)


# Walking


def test_the_keys_walk_over_threads_and_folders_never_sections(panel: ThreadsPanel, qtbot: QtBot) -> None:
    panel.focus_list()
    walked = [panel.view.currentIndex().data()]
    for _ in range(8):
        qtbot.keyClick(panel.view, Qt.Key.Key_Down)
        walked.append(panel.view.currentIndex().data())
    assert walked[:6] == ["Fruit", "d apple", "e cherry", "a pear", "b quince", "c plum"]
    qtbot.keyClick(panel.view, Qt.Key.Key_Home)
    assert panel.view.currentIndex().data() == "Fruit"
    qtbot.keyClick(panel.view, Qt.Key.Key_Up)
    assert panel.view.currentIndex().data() == "Fruit"
    qtbot.keyClick(panel.view, Qt.Key.Key_End)
    assert panel.view.currentIndex().data() == "c plum"


def test_the_arrow_keys_fold_and_a_folded_folder_leaves_nothing_chosen_out_of_sight(
    panel: ThreadsPanel, qtbot: QtBot
) -> None:
    folds: list[list[int]] = []
    panel.folds_changed.connect(folds.append)
    folder = panel._library.folders[0].id
    panel.show_current(number(panel, "d"))
    panel.focus_list()
    qtbot.keyClick(panel.view, Qt.Key.Key_Left)
    assert panel.view.currentIndex().data() == "Fruit"
    qtbot.keyClick(panel.view, Qt.Key.Key_Left)
    assert panel.view.is_folded(folder)
    assert chosen(panel) == []
    qtbot.keyClick(panel.view, Qt.Key.Key_Right)
    qtbot.keyClick(panel.view, Qt.Key.Key_Right)
    assert panel.view.currentIndex().data() == "d apple"
    assert folds == [[folder], []]


def test_a_click_folds_a_folder_and_resting_on_it_does_not(panel: ThreadsPanel, asked: Asked, qtbot: QtBot) -> None:
    folder = panel._library.folders[0].id
    click(qtbot, panel.view, panel.model.index_of_folder(folder))
    assert panel.view.is_folded(folder)
    panel.view.rested.emit(panel.model.index_of_folder(folder))
    assert panel.view.is_folded(folder)
    click(qtbot, panel.view, panel.model.index_of_folder(folder))
    assert not panel.view.is_folded(folder)
    assert asked.opened == []


def test_folds_come_back(panel: ThreadsPanel, library: Library, theme: Theme, qtbot: QtBot) -> None:
    again = ThreadsPanel(theme, library)
    qtbot.addWidget(again)
    folder = library.folders[0].id
    again.restore_folds([folder])
    again.show()
    library.listed.emit()
    assert not again.view.isExpanded(again.model.index_of_folder(folder))
    assert panel.view.isExpanded(panel.model.index_of_folder(folder))


def test_an_answered_thread_stays_chosen_on_its_way_to_the_top(panel: ThreadsPanel, library: Library) -> None:
    from dataclasses import replace

    panel.show_current(number(panel, "c"))
    row = library.thread_of(number(panel, "c"))
    assert row is not None
    library.put(replace(row, updated="2999-01-01T00:00:00+00:00"))
    assert chosen(panel) == ["c plum"]
    assert index(panel, "c").row() == 0


# Names


def test_f2_renames_in_place(panel: ThreadsPanel, qtbot: QtBot, library: Library) -> None:
    panel.show_current(number(panel, "b"))
    panel.focus_list()
    qtbot.keyClick(panel.view, Qt.Key.Key_F2)
    type_name(panel, qtbot, "medlar")
    qtbot.waitUntil(lambda: "medlar" in [row.title for row in library.threads])
    assert panel.view.hasFocus()


def test_esc_leaves_the_name_as_it_was(panel: ThreadsPanel, qtbot: QtBot, library: Library) -> None:
    panel.show_current(number(panel, "b"))
    panel.focus_list()
    qtbot.keyClick(panel.view, Qt.Key.Key_F2)
    qtbot.keyClicks(editor(panel), "medlar")
    qtbot.keyClick(editor(panel), Qt.Key.Key_Escape)
    assert sorted(row.title for row in library.threads) == sorted(TITLES)


def test_a_folder_is_made_and_named_where_it_stands(panel: ThreadsPanel, qtbot: QtBot, library: Library) -> None:
    qtbot.mouseClick(panel.more, Qt.MouseButton.LeftButton)
    do(menu_of(panel, qtbot), "New folder…")
    qtbot.waitUntil(lambda: bool(panel.view.viewport().findChildren(QLineEdit)))
    type_name(panel, qtbot, "Vegetables")
    qtbot.waitUntil(lambda: [folder.name for folder in library.folders] == ["Fruit", "Vegetables"])


def test_a_name_can_be_written_from_the_search_results(panel: ThreadsPanel, qtbot: QtBot, library: Library) -> None:
    search(panel, qtbot, "apple")
    panel.focus_list()
    qtbot.keyClick(panel.results, Qt.Key.Key_F2)
    type_name(panel, qtbot, "crab")
    qtbot.waitUntil(lambda: "crab" in [row.title for row in library.threads])


# The menu


def test_the_menu_of_one_thread_and_of_several(panel: ThreadsPanel, qtbot: QtBot) -> None:
    right_click(panel, panel.view, index(panel, "b"))
    menu = menu_of(panel, qtbot)
    assert items(menu) == ["Open", "Rename", "Pin", "Duplicate", "Move to folder", "Export…", "Delete"]
    menu.close()
    panel.show_current(number(panel, "a"))
    click(qtbot, panel.view, index(panel, "b"), CTRL)
    right_click(panel, panel.view, index(panel, "b"))
    assert items(menu_of(panel, qtbot)) == ["Pin", "Move to folder", "Export…", "Delete"]


@pytest.mark.parametrize(
    ("key", "modifier"), [(Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_F10, SHIFT)]
)
def test_the_keyboard_opens_the_menu(
    panel: ThreadsPanel, qtbot: QtBot, library: Library, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    panel.show_current(number(panel, "b"))
    panel.focus_list()
    qtbot.keyClick(panel.view, key, modifier)
    do(menu_of(panel, qtbot), "Pin")
    assert [row.title for row in library.threads if row.pinned] == ["b quince"]
    assert panel.model.index(0, 0).data() == "Pinned"


def test_threads_move_to_a_folder_and_out_of_it_by_the_menu(
    panel: ThreadsPanel, qtbot: QtBot, library: Library
) -> None:
    right_click(panel, panel.view, index(panel, "b"))
    do(menu_of(panel, qtbot), "Fruit")
    assert library.thread_of(number(panel, "b")).folder == library.folders[0].id  # type: ignore[union-attr]
    right_click(panel, panel.view, index(panel, "d"))
    qtbot.waitUntil(lambda: any(menu.isVisible() for menu in panel.findChildren(QMenu)))
    do(menu_of(panel, qtbot), "No folder")
    assert library.thread_of(number(panel, "d")).folder is None  # type: ignore[union-attr]


def test_a_copy_is_opened(panel: ThreadsPanel, asked: Asked, qtbot: QtBot) -> None:
    right_click(panel, panel.view, index(panel, "b"))
    do(menu_of(panel, qtbot), "Duplicate")
    qtbot.waitUntil(lambda: bool(asked.opened))
    assert asked.opened == [(number(panel, "b quince (copy)"), None)]


def test_the_menu_asks_for_an_export(panel: ThreadsPanel, asked: Asked, qtbot: QtBot) -> None:
    panel.show_current(number(panel, "a"))
    click(qtbot, panel.view, index(panel, "c"), CTRL)
    right_click(panel, panel.view, index(panel, "c"))
    do(menu_of(panel, qtbot), "Export…")
    assert asked.exported == [[number(panel, "a"), number(panel, "c")]]


def test_a_folder_has_a_menu_of_its_own(panel: ThreadsPanel, qtbot: QtBot, library: Library) -> None:
    folder = panel.model.index_of_folder(library.folders[0].id)
    right_click(panel, panel.view, folder)
    menu = menu_of(panel, qtbot)
    assert items(menu) == ["Rename", "Remove"]
    do(menu, "Remove")
    assert library.folders == []
    assert panel.undo_bar.words.text() == "Folder removed"
    panel.undo_bar.undo.click()
    qtbot.waitUntil(lambda: bool(library.folders))
    assert panel.model.rowCount(panel.model.index_of_folder(library.folders[0].id)) == 2


# Dragging


def drop(panel: ThreadsPanel, data: QMimeData, row: QModelIndex) -> bool:
    """Drag something over a row and let it go there where it is taken, as the platform does."""
    at = panel.view.visualRect(row).center()
    given = (Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    for event in (QDragEnterEvent(at, *given), QDragMoveEvent(at, *given)):
        QApplication.sendEvent(panel.view.viewport(), event)
        if not event.isAccepted():
            return False
    QApplication.sendEvent(panel.view.viewport(), QDropEvent(QPointF(at), *given))
    return True


def test_threads_are_dragged_onto_a_folder_and_out_of_it(panel: ThreadsPanel, library: Library) -> None:
    folder = library.folders[0].id
    data = panel.model.mimeData([index(panel, "a"), index(panel, "b")])
    assert drop(panel, data, panel.model.index_of_folder(folder))
    assert {row.title for row in library.threads if row.folder == folder} == {
        "a pear",
        "b quince",
        "d apple",
        "e cherry",
    }
    assert panel.undo_bar.words.text() == "2 threads moved"
    drop(panel, panel.model.mimeData([index(panel, "d")]), index(panel, "c"))
    assert library.thread_of(number(panel, "d")).folder is None  # type: ignore[union-attr]


def test_the_mouse_drags_all_threads_that_are_chosen(
    panel: ThreadsPanel, asked: Asked, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dragged: list[list[int]] = []

    def no_screen(drag: QDrag, _action: Qt.DropAction) -> Qt.DropAction:
        dragged.append(json.loads(bytes(drag.mimeData().data(MIME).data())))
        assert not drag.pixmap().isNull()
        return Qt.DropAction.IgnoreAction

    monkeypatch.setattr(QDrag, "exec", no_screen)
    panel.show_current(number(panel, "a"))
    click(qtbot, panel.view, index(panel, "c"), CTRL)
    view = panel.view.viewport()
    start = panel.view.visualRect(index(panel, "c")).center()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for step in (10, 30, 60):
        to = QPointF(start + QPoint(0, -step))
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            to,
            view.mapToGlobal(to),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(view, move)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start)
    assert dragged == [[number(panel, "a"), number(panel, "c")]]
    assert asked.opened == []


def test_a_pinned_thread_dragged_to_a_folder_is_pinned_no_more(panel: ThreadsPanel, library: Library) -> None:
    library.pin([number(panel, "a")], pinned=True)
    drop(panel, panel.model.mimeData([index(panel, "a")]), index(panel, "d"))
    row = library.thread_of(number(panel, "a"))
    assert row is not None
    assert (row.pinned, row.folder) == (False, library.folders[0].id)
    drop(panel, panel.model.mimeData([index(panel, "a")]), index(panel, "c"))
    library.pin([number(panel, "b")], pinned=True)
    drop(panel, panel.model.mimeData([index(panel, "a")]), index(panel, "b"))
    assert {row.title for row in library.threads if row.pinned} == {"a pear", "b quince"}


def test_what_is_not_a_thread_is_not_taken(panel: ThreadsPanel, library: Library) -> None:
    before = list(library.threads)
    data = QMimeData()
    data.setText("[1, 2]")
    assert not drop(panel, data, panel.model.index_of_folder(library.folders[0].id))
    assert library.threads == before


# Deleting, undo, the bin


def test_deleted_threads_come_back_by_the_bar(panel: ThreadsPanel, qtbot: QtBot, library: Library) -> None:
    panel.show_current(number(panel, "a"))
    panel.focus_list()
    qtbot.keyClick(panel.view, Qt.Key.Key_Down, SHIFT)
    qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
    assert panel.undo_bar.isVisible()
    assert panel.undo_bar.words.text() == "2 threads deleted"
    assert panel.bin_row.isVisible()
    qtbot.mouseClick(panel.undo_bar.undo, Qt.MouseButton.LeftButton)
    assert [row.title for row in library.binned] == []
    qtbot.waitUntil(lambda: not panel.undo_bar.isVisible())
    assert not panel.bin_row.isVisible()


def test_all_that_the_bar_says_can_be_read(panel: ThreadsPanel, qtbot: QtBot) -> None:
    panel.undo_bar.tell(f"No thread imported from {'n' * 60}.jsonl, 2 known already, 1 unreadable")
    words = panel.undo_bar.words
    qtbot.waitUntil(lambda: words.height() >= words.heightForWidth(words.width()) > 50)
    assert words.minimumSizeHint().width() <= words.width()


def test_ctrl_z_in_the_list_undoes_also_after_the_bar_has_gone(
    panel: ThreadsPanel, qtbot: QtBot, library: Library
) -> None:
    panel.delete([number(panel, "b")])
    panel.undo_bar.patience.timeout.emit()
    qtbot.waitUntil(lambda: not panel.undo_bar.isVisible())
    panel.focus_list()
    qtbot.keyClick(panel.view, Qt.Key.Key_Z, CTRL)
    assert library.binned == []


def test_the_bar_stays_while_the_focus_is_on_it(panel: ThreadsPanel, qtbot: QtBot) -> None:
    panel.delete([number(panel, "b")])
    panel.undo_bar.undo.setFocus()
    panel.undo_bar.patience.timeout.emit()
    qtbot.wait(200)
    assert panel.undo_bar.isVisible()


def test_the_next_action_takes_the_bar_away(panel: ThreadsPanel, qtbot: QtBot, library: Library) -> None:
    panel.delete([number(panel, "b")])
    library.pin([number(panel, "a")], pinned=True)
    qtbot.waitUntil(lambda: not panel.undo_bar.isVisible())


def test_where_the_shown_thread_is_deleted_the_next_one_is_opened_first(
    panel: ThreadsPanel, asked: Asked, library: Library
) -> None:
    told: list[object] = []
    panel.open_asked.connect(lambda thread, _: told.append(thread))
    library.removed.connect(told.append)
    panel.show_current(number(panel, "b"))
    panel.delete([number(panel, "b"), number(panel, "c")])
    assert told == [number(panel, "a"), [*sorted({number(panel, "b"), number(panel, "c")}, reverse=True)]]
    assert chosen(panel) == ["a pear"]


def test_deleting_another_thread_opens_nothing(panel: ThreadsPanel, asked: Asked) -> None:
    panel.show_current(number(panel, "a"))
    panel.delete([number(panel, "c")])
    assert asked.opened == []


def test_the_bin_shows_what_was_deleted_and_gives_it_back(panel: ThreadsPanel, qtbot: QtBot, library: Library) -> None:
    panel.delete([number(panel, "a"), number(panel, "b")])
    qtbot.mouseClick(panel.bin_row, Qt.MouseButton.LeftButton)
    assert panel.middle.currentWidget() is panel.bin
    assert panel.bin.model.rowCount() == 2
    panel.bin.view.clearSelection()
    assert not panel.bin.restore.isEnabled()
    click(qtbot, panel.bin.view, panel.bin.model.index_of_thread(number(panel, "a")))
    qtbot.mouseClick(panel.bin.restore, Qt.MouseButton.LeftButton)
    assert [row.title for row in library.binned] == ["b quince"]
    assert panel.middle.currentWidget() is panel.bin
    panel.bin.view.selectAll()
    qtbot.mouseClick(panel.bin.restore, Qt.MouseButton.LeftButton)
    assert library.binned == []
    assert panel.middle.currentWidget() is panel.view


def test_esc_leaves_the_bin(panel: ThreadsPanel, qtbot: QtBot) -> None:
    panel.delete([number(panel, "a")])
    qtbot.keyClick(panel.bin_row, Qt.Key.Key_Space)
    assert panel.bin.view.hasFocus()
    qtbot.keyClick(panel.bin.view, Qt.Key.Key_Escape)
    assert panel.middle.currentWidget() is panel.view
    assert panel.view.hasFocus()
    assert not panel.bin_row.isChecked()


@pytest.mark.parametrize(("answer", "left"), [("Cancel", 1), ("Empty the bin", 0)])
def test_emptying_the_bin_asks_first(
    panel: ThreadsPanel, qtbot: QtBot, library: Library, answer: str, left: int
) -> None:
    panel.delete([number(panel, "a")])
    panel.show_bin()
    qtbot.mouseClick(panel.bin.empty, Qt.MouseButton.LeftButton)
    (box,) = panel.findChildren(QMessageBox)
    assert box.text() == "Remove 1 thread for good?"
    assert box.textFormat() == Qt.TextFormat.PlainText
    (button,) = [one for one in box.buttons() if one.text().replace("&", "") == answer]
    button.click()
    assert len(library.binned) == left
    assert (panel.middle.currentWidget() is panel.bin) == bool(left)


# Search


def search(panel: ThreadsPanel, qtbot: QtBot, words: str) -> None:
    panel.focus_search()
    assert panel.search.hasFocus()
    with qtbot.waitSignal(panel._library.found, check_params_cb=lambda found: found.query == words):
        qtbot.keyClicks(panel.search, words)


def test_a_search_shows_titles_and_texts_and_opens_at_the_message(
    panel: ThreadsPanel, asked: Asked, qtbot: QtBot
) -> None:
    search(panel, qtbot, "quin")
    assert panel.middle.currentWidget() is panel.results
    rows = [panel.results_model.row(panel.results_model.index(row)) for row in range(2)]
    assert [row.hit.place for row in rows if row] == ["title", "message"]
    qtbot.keyClick(panel.search, Qt.Key.Key_Down)
    assert panel.results.hasFocus()
    qtbot.keyClick(panel.results, Qt.Key.Key_Down)
    qtbot.keyClick(panel.results, Qt.Key.Key_Return)
    assert rows[1] is not None
    assert asked.opened == [(number(panel, "b"), rows[1].hit.message)]
    assert asked.opened[0][1] is not None


def test_enter_in_the_field_opens_the_first_place(panel: ThreadsPanel, asked: Asked, qtbot: QtBot) -> None:
    search(panel, qtbot, "quin")
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert asked.opened == [(number(panel, "b"), None)]


@pytest.mark.parametrize("by", ["Esc", "button"])
def test_clearing_the_search_brings_the_list_back(panel: ThreadsPanel, qtbot: QtBot, by: str) -> None:
    search(panel, qtbot, "wall")
    assert panel.results_model.rowCount() == 5
    if by == "Esc":
        qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    else:
        panel.search.clearing.trigger()
    assert panel.search.text() == ""
    assert panel.middle.currentWidget() is panel.view
    assert not panel.search.clearing.isVisible()


def test_keys_that_mean_something_here_do_not_reach_the_shortcuts_of_the_page(
    panel: ThreadsPanel, qtbot: QtBot, library: Library
) -> None:
    heard: list[str] = []
    for keys in ("Esc", "Ctrl+Z", "Del", "F2"):
        QShortcut(QKeySequence(keys), panel).activated.connect(lambda keys=keys: heard.append(keys))
    search(panel, qtbot, "wall")
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert panel.search.text() == ""
    panel.show_current(number(panel, "b"))
    panel.focus_list()
    qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
    qtbot.keyClick(panel.view, Qt.Key.Key_Z, CTRL)
    assert library.binned == []
    panel.delete([number(panel, "c")])
    panel.show_bin()
    qtbot.keyClick(panel.bin.view, Qt.Key.Key_Escape)
    assert heard == []
    panel.focus_search()
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    panel.focus_list()
    qtbot.keyClick(panel.view, Qt.Key.Key_Escape)
    assert heard == ["Esc", "Esc"]


def test_where_nothing_is_found_one_line_says_so(panel: ThreadsPanel, qtbot: QtBot) -> None:
    search(panel, qtbot, "gooseberry")
    assert panel.middle.currentWidget() is panel.none
    assert panel.none.text() == "No thread has these words."


def test_a_result_is_deleted_like_any_thread(panel: ThreadsPanel, qtbot: QtBot, library: Library) -> None:
    search(panel, qtbot, "quin")
    click(qtbot, panel.results, panel.results_model.index(0))
    qtbot.keyClick(panel.results, Qt.Key.Key_Delete)
    assert [row.title for row in library.binned] == ["b quince"]
    assert panel.results_model.rowCount() == 0


# Empty, strange, accessible


def test_where_no_result_is_chosen_the_hidden_list_is_left_alone(
    panel: ThreadsPanel, qtbot: QtBot, library: Library
) -> None:
    folder = panel.model.index_of_folder(library.folders[0].id)
    panel.view.setCurrentIndex(folder)
    search(panel, qtbot, "quin")
    panel.results.setFocus()
    panel.results.clearSelection()
    qtbot.keyClick(panel.results, Qt.Key.Key_Delete)
    panel.results.menu_asked.emit(QPoint(0, 0))
    assert [row.name for row in library.folders] == ["Fruit"]
    assert panel.findChildren(QMenu) == []


def test_an_empty_list_says_so_but_not_before_it_was_read(
    theme: Theme, library: Library, qtbot: QtBot, tmp_path: Path
) -> None:
    panel = ThreadsPanel(theme, library)
    qtbot.addWidget(panel)
    library.set_busy(1, True)
    assert panel.middle.currentWidget() is panel.view
    with qtbot.waitSignal(library.listed):
        library.refresh()
    assert panel.middle.currentWidget() is panel.none
    assert panel.none.text() == "No threads yet."


def test_hostile_titles_are_shown_as_text_everywhere(
    panel: ThreadsPanel, library: Library, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.rename(number(panel, "a"), HOSTILE)
    library.rename_folder(library.folders[0].id, HOSTILE)
    row = index(panel, "<b>")
    assert len(str(row.data())) < 1000
    assert "\u202e" not in str(row.data())
    tips: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, text, *_: tips.append(text))
    at = panel.view.visualRect(row).center()
    QApplication.sendEvent(panel.view.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, QPoint(0, 0)))
    assert "&lt;b&gt;bold&lt;/b&gt; &amp;" in tips[0]
    assert len(tips[0]) < 2000
    right_click(panel, panel.view, row)
    (folders,) = menu_of(panel, qtbot).findChildren(QMenu)
    assert folders.actions()[0].text().startswith("<b>bold</b> && ")
    assert len(folders.actions()[0].text()) < 100
    panel.grab()


def test_no_label_guesses_at_html(panel: ThreadsPanel) -> None:
    panel.delete([number(panel, "a")])
    formats = {label.textFormat() for label in panel.findChildren(QLabel) if not label.objectName().startswith("qt_")}
    assert formats == {Qt.TextFormat.PlainText}


def test_everything_that_takes_the_focus_says_what_it_is(panel: ThreadsPanel) -> None:
    panel.delete([number(panel, "a")])
    for show in (panel.show_bin, panel.bin.left.emit):
        show()
        for widget in panel.findChildren(QWidget):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name), widget
    for button in panel.findChildren(QPushButton):
        assert button.accessibleName()


def test_the_keyboard_reaches_everything(panel: ThreadsPanel, qtbot: QtBot) -> None:
    panel.delete([number(panel, "a")])
    panel.focus_search()
    reached: list[Any] = []
    for _ in range(12):
        reached.append(panel.focusWidget())
        qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
    assert {panel.search, panel.new, panel.more, panel.view, panel.undo_bar.undo, panel.bin_row} <= set(reached)


def test_a_busy_thread_turns_its_ring_only_while_it_is_busy(panel: ThreadsPanel, library: Library) -> None:
    library.set_busy(number(panel, "a"), True)
    still = panel.view.grab().toImage()
    panel.view._turning.timeout.emit()
    assert panel.view.grab().toImage() != still
    library.set_busy(number(panel, "a"), False)
    assert not panel.view._turning.isActive()
