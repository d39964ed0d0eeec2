"""An array as a table, with what can be done to its rows, and one row opened as a form below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.models.form_table import FormTable
from app.style import tokens
from app.widgets.controls import button, icon_button
from app.widgets.form.body import Body
from app.widgets.form.columns import GAP, GUTTER
from app.widgets.form.notes import Complaints
from app.widgets.form.place import Place
from app.widgets.form.row import Row
from app.widgets.form.table_view import PADDING, FormTableView

if TYPE_CHECKING:
    from app.widgets.form.parts import Parts
    from engine.schema.form import FormProblem, Path

_INSET = 9
"""How far the words of a flat button stand inside it."""


class TableBody(Body):
    """The rows of an array: objects with their fields as columns, or single values one below the other."""

    def __init__(self, parts: Parts, place: Place) -> None:
        super().__init__(parts, place)
        self._field = place.field
        self.model = FormTable(parts.state, place.path, place.field, self)
        self.view = FormTableView(parts.theme, self.model, place.name)
        self.row: Row | None = None
        theme = parts.theme
        self.open = button(theme, "Open row", "flat", "arrow-line-down")
        self.copy = icon_button(theme, "copy", "Duplicate the row")
        self.up = icon_button(theme, "arrow-up", "Move the row up", "Alt+Up")
        self.down = icon_button(theme, "arrow-down", "Move the row down", "Alt+Down")
        self.delete = icon_button(theme, "trash", "Delete the row", "Ctrl+Delete" if self.model.names else "Delete")
        self.complaints = Complaints(theme)
        self._place()
        self.view.open_asked.connect(self.open_row)
        self.view.add_asked.connect(self._add)
        self.view.delete_asked.connect(self._delete)
        self.view.move_asked.connect(self._move)
        self.view.left.connect(lambda: parts.state.see_inside(place.path))
        self.model.rowsInserted.connect(self._show_able)
        self.model.rowsRemoved.connect(self._show_able)
        self.view.selectionModel().currentChanged.connect(self._show_able)
        self.open.clicked.connect(lambda: self.open_row(self.view.currentIndex().row()))
        self.copy.clicked.connect(self._duplicate)
        self.up.clicked.connect(lambda: self._move_by(-1))
        self.down.clicked.connect(lambda: self._move_by(1))
        self.delete.clicked.connect(lambda: self._delete(self.view.currentIndex().row()))
        parts.columns.changed.connect(self._fit)
        self._fit()
        self.show_problems()

    def _place(self) -> None:
        self._line = QHBoxLayout()
        self._line.setSpacing(0)
        self._line.addWidget(self.view)
        self._tools = QHBoxLayout()
        self._tools.setSpacing(0)
        for each in self._actions():
            self._tools.addWidget(each)
        self._tools.addStretch(1)
        self._said = QHBoxLayout()
        self._said.addWidget(self.complaints)
        self._said.addStretch(1)
        if self.model.names:
            self._line.addStretch(1)
        else:
            beside = QVBoxLayout()
            beside.addLayout(self._tools)
            beside.addStretch(1)
            self._line.addLayout(beside, 1)
        for line in (self._line, self._said, *([self._tools] if self.model.names else [])):
            self.inside.addLayout(line)

    def _fit(self) -> None:
        columns = self.parts.columns
        left = GUTTER if self.model.names else GUTTER + columns.label(self.level) + GAP
        wide = columns.whole(self.level) if self.model.names else columns.value
        # The words of the first column stand below the labels, or where those of other controls do.
        out = PADDING if self.model.names else 0
        self._line.setContentsMargins(left - out, 0, 0, 0)
        self._said.setContentsMargins(left, 0, 0, 4)
        if self.model.names:
            self._tools.setContentsMargins(left - _INSET, 2, 0, 6)
        else:
            self._tools.setContentsMargins(8, (tokens.ROW - tokens.CONTROL) // 2, 0, 0)
        self.view.share_out(wide + out)
        self.complaints.setFixedWidth(wide)

    # Showing

    def refresh(self, path: Path | None = None) -> None:
        """Show what is at a place inside, or everything, as it is now."""
        self.model.sync()
        if self.row is not None and self.view.opened is not None:
            if self.view.opened >= self.model.count:
                self.close_row()
            elif path is None or path[: len(self.row.place.path)] == self.row.place.path or len(path) <= len(self.path):
                self.row.refresh(path)
        self._show_able()

    def show_problems(self) -> None:
        """Show what is wrong now: in the cells, and in words."""
        self.model.refresh()
        self.complaints.say([self._told(problem) for problem in self.parts.state.problems_below(self.path)])
        if self.row is not None:
            self.row.show_problems()

    def _told(self, problem: FormProblem) -> str:
        index, *rest = problem.path[len(self.path) :]
        where = ", ".join([f"Row {int(index) + 1}", *map(str, rest)])
        return f"{where}: {problem.sentence}"

    def chain(self) -> list[QWidget]:
        """Return what takes the focus, in order."""
        found: list[QWidget] = [self.view, *self._actions()]
        return found + (self.row.chain() if self.row is not None else [])

    def reveal(self, path: Path) -> QWidget | None:
        """Go to the cell of a place; open its row where it is deeper or has no cell."""
        index, *rest = path[len(self.path) :]
        if not isinstance(index, int) or index >= self.model.rowCount():
            return None
        names = self.model.names
        column = names.index(rest[0]) if rest and rest[0] in names else 0
        cell = self.model.index(index, column)
        self.view.setCurrentIndex(cell)
        if names and rest and (len(rest) > 1 or rest[0] not in names or not self.model.is_typed(cell)):
            self.open_row(index)
            return self.row.reveal(path) if self.row is not None else None
        return self.view

    # Rows

    def _actions(self) -> list[QPushButton]:
        moves = [self.up, self.down, self.delete]
        return [self.open, self.copy, *moves] if self.model.names else moves

    def _show_able(self, *_: object) -> None:
        row = self.view.currentIndex().row()
        real = 0 <= row < self.model.count
        for each in (self.open, self.copy, self.delete):
            each.setEnabled(real)
        self.up.setEnabled(real and row > 0)
        self.down.setEnabled(real and row < self.model.count - 1)
        for each in self._actions():
            each.setVisible(self.model.count > 0)

    def open_row(self, index: int) -> None:
        """Show a row as a form below the table."""
        if not 0 <= index < self.model.count or (self.row is not None and self.view.opened == index):
            return
        self.close_row()
        field = self._field.rest or self.parts.state.fields.of(())
        place = Place((*self.path, index), field, f"Row {index + 1}", self.level, self.around, removed=True)
        self.parts.state.fold(place.path, folded=False)
        self.row = Row(self.parts, place)
        if self.row.head.remove is not None:
            self.row.head.remove.setToolTip("Close the row")
            self.row.head.remove.setAccessibleName(f"Close row {index + 1}")
        self.row.removal_asked.connect(self.close_row)
        self.inside.addWidget(self.row)
        self.view.opened = index
        self.view.viewport().update()
        self.parts.rebuilt.emit()
        first = next((each for each in self.row.body.chain() if not each.isHidden()), None) if self.row.body else None
        if first is not None:
            first.setFocus()

    def close_row(self) -> None:
        """Put the opened row away."""
        if self.row is not None:
            self.row.hide()
            self.row.deleteLater()
            self.row = None
            self.view.opened = None
            self.view.viewport().update()
            self.view.setFocus()
            self.parts.rebuilt.emit()

    def _add(self) -> None:
        at = self.model.count
        self.parts.state.insert(self.path, at)
        self.view.setCurrentIndex(self.model.index(at, 0))
        self.view.enter(self.model.index(at, 0))

    def _duplicate(self) -> None:
        row = self.view.currentIndex().row()
        if 0 <= row < self.model.count:
            self.parts.state.insert(self.path, row + 1, [self.parts.state.held.at((*self.path, row))])
            self._go(row + 1)

    def _delete(self, row: int) -> None:
        if 0 <= row < self.model.count:
            opened = self.view.opened
            if opened is not None and opened >= row:
                self.close_row()
            column = self.view.currentIndex().column()
            self.parts.state.delete(self.path, [row])
            self.view.setCurrentIndex(self.model.index(min(row, self.model.rowCount() - 1), max(0, column)))

    def _move_by(self, step: int) -> None:
        row = self.view.currentIndex().row()
        self._move(row, row + step)

    def _move(self, row: int, to: int) -> None:
        if 0 <= row < self.model.count and 0 <= to < self.model.count:
            if self.view.opened is not None:
                self.close_row()
            self.parts.state.move(self.path, row, to)
            self._go(to)

    def _go(self, row: int) -> None:
        self.view.setCurrentIndex(self.model.index(row, max(0, self.view.currentIndex().column())))
