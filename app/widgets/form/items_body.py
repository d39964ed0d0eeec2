"""The items of an array that need rows of their own: nested lists, alternatives, tuples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app import figures
from app.widgets.controls import button
from app.widgets.form.body import Body
from app.widgets.form.columns import GUTTER
from app.widgets.form.place import Place
from app.widgets.form.row import ROWS, Row

if TYPE_CHECKING:
    from app.widgets.form.parts import Parts
    from engine.schema.form import Path

_MORE = 50


class ItemsBody(Body):
    """A row for each item, those of a tuple that are not given yet too, and a button that adds one."""

    def __init__(self, parts: Parts, place: Place) -> None:
        super().__init__(parts, place)
        self._field = place.field
        self._rows: list[Row] = []
        self._limit = ROWS
        self._more = button(parts.theme, "", "flat", "caret-down")
        self._more.clicked.connect(self._show_more)
        self.add = button(parts.theme, "Add item", "flat", "plus")
        self.add.clicked.connect(self._add_item)
        foot = QHBoxLayout()
        foot.setContentsMargins(GUTTER - 9, 4, 0, 4)
        foot.addWidget(self.add)
        foot.addStretch(1)
        self.inside.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.inside.addLayout(foot)
        self._sync()

    @property
    def rows(self) -> list[Row]:
        """The rows that are there, in order."""
        return self._rows

    def refresh(self, path: Path | None = None) -> None:
        """Show what is at a place inside, or everything, as it is now."""
        self._sync()
        deep = len(self.path)
        index = path[deep] if path is not None and len(path) > deep and path[:deep] == self.path else None
        for at, row in enumerate(self._rows):
            if index is None or at == index:
                row.refresh(path)

    def show_problems(self) -> None:
        """Show what is wrong now."""
        for row in self._rows:
            row.show_problems()

    def chain(self) -> list[QWidget]:
        """Return what takes the focus, in order."""
        found = [each for row in self._rows for each in row.chain()]
        found += [self._more] if not self._more.isHidden() else []
        return found + ([self.add] if not self.add.isHidden() else [])

    def reveal(self, path: Path) -> QWidget | None:
        """Show the row on the way to a place."""
        index = path[len(self.path)]
        if not isinstance(index, int):
            return None
        if index >= len(self._rows):
            self._limit = max(self._limit, index + 1)
            self._sync()
        return self._rows[index].reveal(path) if index < len(self._rows) else None

    def _held(self) -> int:
        held = self.parts.state.held.at(self.path)
        return len(held) if isinstance(held, list) else 0

    def _sync(self) -> None:
        count = self._held()
        wanted = min(max(count, self._field.fixed), self._limit)
        if wanted != len(self._rows):
            for row in self._rows[wanted:]:
                self.inside.removeWidget(row)
                row.hide()
                row.deleteLater()
            self._rows = self._rows[:wanted]
            while len(self._rows) < wanted:
                row = self._row(len(self._rows))
                self.inside.insertWidget(len(self._rows), row)
                self._rows.append(row)
            self.parts.rebuilt.emit()
        hidden = max(count, self._field.fixed) - wanted
        self._more.setVisible(hidden > 0)
        if hidden:
            words = f"Show {figures.number(min(_MORE, hidden))} more of {figures.number(hidden)} items"
            self._more.setText(f"\u2009{words}")
            self._more.setAccessibleName(words)
        room = self._field.most is None or count < self._field.most
        self.add.setVisible(self._field.rest is not None)
        self.add.setEnabled(room)

    def _row(self, index: int) -> Row:
        field = self._field
        found = field.item(index) or self.parts.state.fields.of(())
        name = found.title if index < field.fixed and found.title else f"{index + 1}"
        place = Place((*self.path, index), found, name, self.level, self.around, removed=index >= field.fixed)
        row = Row(self.parts, place)
        row.removal_asked.connect(lambda: self.parts.state.delete(self.path, [index]))
        row.move_asked.connect(lambda step: self._move(index, index + step))
        return row

    def _move(self, index: int, to: int) -> None:
        if self._field.fixed <= to < self._held():
            self.parts.state.move(self.path, index, to)
            self._focus(to)

    def _add_item(self) -> None:
        at = max(self._held(), self._field.fixed)
        state = self.parts.state
        state.fold((*self.path, at), folded=False)
        state.insert(self.path, self._held()) if at == self._held() else state.give((*self.path, at))
        self._limit = max(self._limit, at + 1)
        self._sync()
        self._focus(at)

    def _focus(self, index: int) -> None:
        found = self.reveal((*self.path, index))
        if found is not None:
            found.setFocus()

    def _show_more(self) -> None:
        self._limit += _MORE
        self._sync()
