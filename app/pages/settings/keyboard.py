"""Every shortcut: shown, found, and changed by pressing other keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyledItemDelegate, QStyleOptionViewItem

from app.models.shortcut_list import ChangedRole, HeadingRole, KeysRole, ShortcutList
from app.pages.settings.rows import SettingsSection, across
from app.shortcuts import PLACES, native, pressed_keys, why_not
from app.style import tokens
from app.widgets.controls import button, label, set_ink

if TYPE_CHECKING:
    from app.session import Session
    from app.shortcuts import Action
    from app.style.theme import Theme

_ROWS = 12
"""Rows of the list that are seen at once, so that the settings below are not a long way off."""
_PRESS = "Press the new keys, or Esc"


class ShortcutView(QListView):
    """The commands. Enter begins to listen, the next keys are the command's; Del takes its keys away."""

    listening_changed = Signal()
    pressed = Signal(object, str)
    taken_away = Signal(object)

    def __init__(self, theme: Theme, model: ShortcutList) -> None:
        super().__init__()
        self.shortcuts = model
        self.listening: Action | None = None
        self.setModel(model)
        self.setItemDelegate(_ShortcutRows(theme, self))
        self.setAccessibleName("Shortcuts")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._fit()
        model.modelReset.connect(self._fit)
        self.doubleClicked.connect(lambda _index: self.listen())
        theme.changed.connect(self.viewport().update)

    def _fit(self) -> None:
        self.setFixedHeight(min(_ROWS, self.shortcuts.rowCount()) * tokens.ROW)

    @property
    def current(self) -> Action | None:
        """The command that is chosen."""
        return self.shortcuts.action(self.currentIndex())

    def listen(self) -> None:
        """Take the next keys for the chosen command."""
        if self.current is not None and not self.current.fixed:
            self._listen_for(self.current)

    def end_listening(self) -> None:
        """Let keys be what they are."""
        self._listen_for(None)

    def _listen_for(self, action: Action | None) -> None:
        if action != self.listening:
            self.listening = action
            self.viewport().update()
            self.listening_changed.emit()

    def event(self, event: QEvent) -> bool:
        """Keep every key for itself while it listens."""
        if self.listening is not None and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if self.listening is not None and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._take(event)  # before Qt makes Tab leave the list
            return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        keys, action = pressed_keys(event), self.listening
        if keys == "Esc":
            self.end_listening()
        elif keys and action is not None:
            self.end_listening()
            self.pressed.emit(action, keys)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin to listen with Enter, take keys away with Del."""
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_F2:
                self.listen()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace if self.current is not None and not self.current.fixed:
                self.taken_away.emit(self.current)
            case _:
                super().keyPressEvent(event)

    def focusOutEvent(self, event: Any) -> None:
        """Stop listening when the focus goes elsewhere."""
        self.end_listening()
        super().focusOutEvent(event)


class KeyboardSection(SettingsSection):
    """The list, what can be done with the chosen command, and what stands in the way of keys that were pressed.

    `told` is given words and what takes the change back.
    """

    told = Signal(str, object)

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme, "keyboard")
        self._session = session
        self._asked: tuple[Action, str, list[Action]] | None = None
        self.model = ShortcutList(session.shortcuts, self)
        self.view = ShortcutView(theme, self.model)
        self.change = button(theme, "Change keys")
        self.remove = button(theme, "Take keys away")
        self.reset = button(theme, "Usual keys")
        self.note = label(theme, "", 12, ink="text3")
        self.note.setWordWrap(True)
        self.swap = button(theme, "Swap keys")
        self.take = button(theme, "Take them away there")
        self.cancel = button(theme, "Cancel", "flat")
        self.reset_all = button(theme, "Reset all shortcuts")
        self.change.clicked.connect(self._listen)
        self.remove.clicked.connect(lambda: self._take_away(self.view.current))
        self.reset.clicked.connect(self._reset_one)
        self.swap.clicked.connect(lambda: self._resolve(swapped=True))
        self.take.clicked.connect(lambda: self._resolve(swapped=False))
        self.cancel.clicked.connect(self._leave)
        self.reset_all.clicked.connect(self._reset_all)
        self.view.pressed.connect(self.assign)
        self.view.taken_away.connect(self._take_away)
        self.view.listening_changed.connect(self._show_able)
        self.view.selectionModel().currentChanged.connect(lambda *_: self._leave())
        session.shortcuts.changed.connect(self._show_able)
        row = self.add("keyboard.shortcuts", self.view, below=True)
        row.add_below(across(self.change, self.remove, self.reset))
        row.add_below(self.note)
        row.add_below(across(self.swap, self.take, self.cancel))
        self.add("keyboard.reset", across(self.reset_all))
        self._leave()

    def search(self, query: str) -> int:
        """Show the rows and the commands that a query finds; the list stands whole where its own row is found."""
        self._leave()
        rows = super().search(query)
        if not query.strip() or self.rows["keyboard.shortcuts"].isVisibleTo(self):
            self.model.search("")
            self._show_able()
            return rows
        found = self.model.search(query)
        self._show_able()
        self.rows["keyboard.shortcuts"].setVisible(found > 0)
        self.setVisible(rows + found > 0)
        return rows + found

    def show_command(self, action: str) -> None:
        """Choose a command of the list."""
        self.view.setCurrentIndex(self.model.row_of(action))
        self.view.scrollTo(self.view.currentIndex())

    # Changing

    def assign(self, action: Action, keys: str) -> None:
        """Give keys to a command; where they cannot be, or belong to others already, that is told first."""
        shortcuts = self._session.shortcuts
        reason = why_not(keys)
        if reason:
            self._say(f"{native(keys)}: {reason}", "amber")
            return
        rivals = shortcuts.rivals(action.id, keys)
        if any(rival.fixed for rival in rivals):
            self._say(f"{native(keys)} belongs to {_named(rivals)}, and stays there.", "amber")
        elif rivals:
            self._asked = (action, keys, rivals)
            self._say(f"{native(keys)} belongs to {_named(rivals)} already.", "amber")
            self._show_able()
            (self.take if self.swap.isHidden() else self.swap).setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._put({action.id: (keys,)}, f"{action.name} has {native(keys)} now")

    def _resolve(self, *, swapped: bool) -> None:
        if self._asked is None:
            return
        action, keys, rivals = self._asked
        shortcuts = self._session.shortcuts
        before = shortcuts.keys(action.id)
        changes: dict[str, tuple[str, ...]] = {action.id: (keys,)}
        for rival in rivals:
            left = tuple(each for each in shortcuts.keys(rival.id) if each != keys)
            changes[rival.id] = (*before, *left) if swapped and rival is rivals[0] else left
        self._put(changes, f"{action.name} has {native(keys)} now")
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_away(self, action: Action | None) -> None:
        if action is not None and self._session.shortcuts.keys(action.id):
            self._put({action.id: ()}, f"{action.name} has no keys now")

    def _reset_one(self) -> None:
        action = self.view.current
        if action is None:
            return
        shortcuts = self._session.shortcuts
        for keys in action.keys:
            rivals = shortcuts.rivals(action.id, keys)
            if rivals:
                self._asked = (action, keys, rivals)
                self._say(f"{native(keys)} belongs to {_named(rivals)} now.", "amber")
                self._show_able()
                return
        self._put({action.id: action.keys}, f"{action.name} has its usual keys")

    def _reset_all(self) -> None:
        before = self._session.shortcuts.changes
        if before:
            self._session.preferences.put_shortcuts({})
            self._told("All shortcuts are the usual ones", before)

    def _put(self, changes: dict[str, tuple[str, ...]], words: str) -> None:
        before = self._session.shortcuts.changes
        self._session.preferences.put_shortcuts(before | changes)
        self._told(words, before)

    def _told(self, words: str, before: dict[str, tuple[str, ...]]) -> None:
        self._leave()
        self.told.emit(words, lambda: self._session.preferences.put_shortcuts(before))

    # What can be done

    def _listen(self) -> None:
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.listen()

    def _leave(self) -> None:
        self._asked = None
        self._say("")
        self._show_able()

    def _say(self, words: str, ink: str = "text3") -> None:
        self.note.setText(words)
        self.note.setVisible(bool(words))
        set_ink(self.note, ink)

    def _show_able(self) -> None:
        action, shortcuts = self.view.current, self._session.shortcuts
        able = action is not None and not action.fixed
        self.change.setEnabled(able and self.view.listening is None)
        self.remove.setEnabled(action is not None and able and bool(shortcuts.keys(action.id)))
        self.reset.setEnabled(action is not None and shortcuts.is_changed(action.id))
        self.reset_all.setEnabled(bool(shortcuts.changes))
        for each in (self.take, self.cancel):
            each.setVisible(self._asked is not None)
        self.swap.setVisible(self._asked is not None and bool(shortcuts.keys(self._asked[0].id)))
        if action is not None and action.fixed and not self.note.text():
            self._say("These keys stay as they are.")


class _ShortcutRows(QStyledItemDelegate):
    """A name, and its keys at the right; a dot before those that were changed."""

    def __init__(self, theme: Theme, view: ShortcutView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of a row."""
        return QSize(100, tokens.ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a heading or a command."""
        cell: Any = option
        rect: QRect = cell.rect
        theme = self._theme
        painter.save()
        inner = rect.adjusted(12, 0, -16, 0)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if index.data(HeadingRole):
            painter.setFont(theme.fonts.text(12, 500))
            painter.setPen(theme.colour("text2"))
            painter.drawText(inner, left, str(index.data()))
        else:
            chosen = bool(cell.state & cell.state.State_Selected)
            if chosen:
                painter.fillRect(rect, theme.colour("select"))
                painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), theme.colour("accent"))
            action = self._view.shortcuts.action(index)
            listening = action is not None and action == self._view.listening
            keys = _PRESS if listening else str(index.data(KeysRole) or "")
            changed = bool(index.data(ChangedRole))
            painter.setFont(theme.fonts.text(12, 500 if changed or listening else 400))
            fixed = action is not None and action.fixed
            ink = "accentText" if listening else "text" if changed else "text3" if fixed else "text2"
            painter.setPen(theme.colour(ink))
            painter.drawText(inner, right, keys)
            room = inner.width() - painter.fontMetrics().horizontalAdvance(keys) - 24
            painter.setFont(theme.fonts.text(13))
            painter.setPen(theme.colour("text"))
            name = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room)
            painter.drawText(inner, left, name)
        painter.restore()


def _named(actions: list[Action]) -> str:
    return " and ".join(f"{action.name} ({PLACES[action.place].title})" for action in actions)
