"""One of several values: a menu, a search, words side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from app.style.plain_text import one_line
from app.widgets.form.leaving import Leaving
from app.widgets.form.switch import Menu, Segments
from app.widgets.form.value_control import ValueControl, placeholder, titled
from engine.schema.form import ABSENT, labels, read, same, spell

if TYPE_CHECKING:
    from app.models.form_state import FormState
    from app.style.theme import Theme
    from engine.schema.form import Field, Path


class MenuControl(ValueControl):
    """One of a few values."""

    def __init__(self, theme: Theme, state: FormState, path: Path, field: Field, name: str) -> None:
        super().__init__(state, path, field)
        self._labels = list(labels(field))
        self.menu = Menu(theme, name)
        self.menu.addItems(titled(field))
        self.menu.activated.connect(self._chosen)
        self._hold(self.menu)

    def show_value(self, value: Any, draft: str | None) -> None:
        """Show which is chosen; a text that is none of them stands below them."""
        del draft
        text = None if value is ABSENT or value is None else spell(self._field, value)
        while self.menu.count() > len(self._labels):
            self.menu.removeItem(len(self._labels))
        self.menu.setPlaceholderText("none" if value is None else "Choose…")
        if text is not None and text not in self._labels:
            self.menu.addItem(one_line(text))
        self.menu.choose(
            -1 if text is None else self._labels.index(text) if text in self._labels else len(self._labels)
        )

    def mark(self, *, wrong: bool) -> None:
        """Show whether the value is wrong."""
        self.menu.mark(wrong=wrong)

    def chain(self) -> list[QWidget]:
        """Return the menu."""
        return [self.menu]

    def _chosen(self, index: int) -> None:
        if index < len(self._labels):
            self._state.type_text(self._path, self._labels[index])


class SearchControl(ValueControl):
    """One of many values, found by typing a part of it; where the field takes any text, that text."""

    def __init__(self, theme: Theme, state: FormState, path: Path, field: Field, name: str) -> None:
        super().__init__(state, path, field)
        self._value: Any = ABSENT
        self._labels = list(labels(field))
        shown = titled(field)
        self.menu = Menu(theme, name)
        self.menu.setModel(QStringListModel(shown, self.menu))
        self.line = QLineEdit()
        self.menu.setLineEdit(self.line)
        self.menu.setInsertPolicy(Menu.InsertPolicy.NoInsert)
        self.menu.setCurrentIndex(-1)
        self._hint = placeholder(field) or "Type to search"
        finder = QCompleter(shown, self.menu)
        finder.setFilterMode(Qt.MatchFlag.MatchContains)
        finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        finder.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        finder.setMaxVisibleItems(12)
        popup = finder.popup()
        if popup is not None:
            popup.setFont(theme.fonts.text())
        self.menu.setCompleter(finder)
        line = self.line
        line.setFont(theme.fonts.text())
        line.setAccessibleName(name)
        line.setPlaceholderText(self._hint)
        line.textEdited.connect(lambda text: state.type_text(path, text))
        places = {text: at for at, text in enumerate(shown)}
        finder.activated.connect(lambda text: self._chosen(places.get(text, -1)))
        self.menu.activated.connect(self._chosen)
        self._hold(self.menu)
        Leaving(line, self._left)

    def show_value(self, value: Any, draft: str | None) -> None:
        """Show which is chosen, or what was typed."""
        del draft
        self._value = value
        text = "" if value is ABSENT or value is None else spell(self._field, value) or ""
        line = self.line
        line.setPlaceholderText("none" if value is None else self._hint)
        if line.text() != text:
            self.menu.setEditText(text)
            line.setCursorPosition(0)

    def mark(self, *, wrong: bool) -> None:
        """Show whether the value is wrong."""
        self.menu.mark(wrong=wrong)

    def chain(self) -> list[QWidget]:
        """Return the search."""
        return [self.menu]

    def _chosen(self, index: int) -> None:
        # Qt says so, too, when somebody leaves a text that is an option.
        if 0 <= index < len(self._labels) and not same(read(self._field, self._labels[index]), self._value):
            self.menu.setEditText(self._labels[index])
            self._state.type_text(self._path, self._labels[index])


class BooleanControl(ValueControl):
    """True or false, or neither yet."""

    hugs = True

    def __init__(self, theme: Theme, state: FormState, path: Path, field: Field, name: str) -> None:
        super().__init__(state, path, field)
        self.segments = Segments(theme, name, ("true", "false"))
        self.segments.chosen.connect(lambda at: state.put(path, at == 0))
        self._row.addWidget(self.segments)
        for each in self.segments.buttons:
            Leaving(each, self._left)

    def show_value(self, value: Any, draft: str | None) -> None:
        """Show which it is."""
        del draft
        self.segments.choose({True: 0, False: 1}.get(value) if isinstance(value, bool) else None)

    def chain(self) -> list[QWidget]:
        """Return both."""
        return [*self.segments.buttons]
