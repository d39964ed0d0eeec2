"""The fields of an object: those that the schema names, those that the value has besides, and a way to more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QPushButton, QWidget

from app import figures
from app.style.plain_text import one_line
from app.style.theme import set_kind
from app.widgets.controls import button, label
from app.widgets.form.body import Body
from app.widgets.form.columns import GAP, GUTTER
from app.widgets.form.place import Place
from app.widgets.form.row import ROWS, Row
from engine.errors import EditRefused
from engine.schema.form import same

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from app.widgets.form.parts import Parts
    from engine.schema.form import Field, Path

_MORE = 100
_OFFERED = 20_000


class ObjectBody(Body):
    """A row for each field. Of a wide object the first and the given ones are shown, and the others on demand."""

    def __init__(self, parts: Parts, place: Place, tag: str = "") -> None:
        super().__init__(parts, place)
        self._field = place.field
        self._tag = tag
        self._rows: dict[str, Row] = {}
        self._shown = self._first()
        self._extra = ROWS
        self._asked = False
        self.more: QPushButton | None = None
        self.adder: KeyAdder | None = None
        self._sync()

    @property
    def rows(self) -> dict[str, Row]:
        """The rows that are there, by key, in order."""
        return self._rows

    def refresh(self, path: Path | None = None) -> None:
        """Show what is at a place inside, or everything, as it is now."""
        self._sync()
        deep = len(self.path)
        name = path[deep] if path is not None and len(path) > deep and path[:deep] == self.path else None
        for key, row in self._rows.items():
            if name is None or key == name:
                row.refresh(path)

    def show_problems(self) -> None:
        """Show what is wrong now."""
        for row in self._rows.values():
            row.show_problems()

    def chain(self) -> list[QWidget]:
        """Return what takes the focus, in order."""
        found = [each for row in self._rows.values() for each in row.chain()]
        found += [self.more] if self.more is not None else []
        return found + (self.adder.chain() if self.adder is not None and not self.adder.isHidden() else [])

    def reveal(self, path: Path) -> QWidget | None:
        """Show the row on the way to a place."""
        name = path[len(self.path)]
        if isinstance(name, str) and name not in self._rows:
            self._show(name)
        row = self._rows.get(name) if isinstance(name, str) else None
        return row.reveal(path) if row is not None else None

    # Which rows there are

    def _first(self) -> set[str]:
        """Return the fields that are shown at first: all of a narrow object, else the required and the first ones."""
        field, held = self._field, self._held()
        names = field.names
        if len(names) <= ROWS:
            return set(names)
        given = [name for name in names if name in held][:ROWS]
        needed = [name for name in names if name in field.required][:ROWS]
        return {*given, *needed, *names[: max(0, ROWS - len(given) - len(needed))]}

    def _held(self) -> dict[str, object]:
        held = self.parts.state.held.at(self.path)
        return held if isinstance(held, dict) else {}

    def _wanted(self) -> list[str]:
        held = self._held()
        extra = [name for name in held if name not in self._field.order]
        said = self._tag if self._is_said(held) else None
        return [name for name in self._field.names if name in self._shown and name != said] + extra[: self._extra]

    def _is_said(self, held: dict[str, object]) -> bool:
        """Tell whether the switch above says already what the tag is."""
        child = self._field.child(self._tag) if self._tag in held else None
        return child is not None and child.kind == "const" and same(held[self._tag], child.options[0].value)

    def _sync(self) -> None:
        wanted = self._wanted()
        if wanted != list(self._rows):
            for name in [name for name in self._rows if name not in set(wanted)]:
                row = self._rows.pop(name)
                self.inside.removeWidget(row)
                row.hide()
                row.deleteLater()
            rows: dict[str, Row] = {}
            for at, name in enumerate(wanted):
                row = self._rows.get(name) or self._row(name)
                rows[name] = row
                if self.inside.indexOf(row) != at:
                    self.inside.insertWidget(at, row)
            self._rows = rows
            self.parts.rebuilt.emit()
        hidden = self._hidden()
        self._show_rest(hidden)
        adds = hidden > 0 or self._field.asks_for_others or self._asked
        if adds and self.adder is None:
            self.adder = KeyAdder(self.parts, self.level, self._add_key)
            self.inside.addWidget(self.adder)
        if self.adder is not None:
            self.adder.setVisible(adds)
            self.adder.offer(self._field, self._rows)

    def _show_rest(self, hidden: int) -> None:
        if hidden and self.more is None:
            self.more = button(self.parts.theme, "", "flat", "caret-down")
            self.more.clicked.connect(self._show_more)
            self.inside.insertWidget(len(self._rows), self.more, 0, Qt.AlignmentFlag.AlignLeft)
        elif not hidden and self.more is not None:
            self.more.hide()
            self.more.deleteLater()
            self.more = None
        if self.more is not None:
            words = f"Show {figures.number(min(_MORE, hidden))} more of {figures.number(hidden)} fields"
            self.more.setText(f"\u2009{words}")
            self.more.setAccessibleName(words)

    def _hidden(self) -> int:
        extra = sum(1 for name in self._held() if name not in self._field.order)
        return len(self._field.names) - len(self._shown) + max(0, extra - self._extra)

    def _row(self, name: str) -> Row:
        field, named = self._field, name in self._field.order
        found = field.child(name) or self.parts.state.fields.of(())
        place = Place(
            (*self.path, name), found, name, self.level, self.around,
            required=name in field.required or not named, renamed=not named, removed=not named,
        )  # fmt: skip
        row = Row(self.parts, place)
        row.removal_asked.connect(lambda: self.parts.state.leave_out(place.path))
        return row

    def _show(self, name: str) -> None:
        if name in self._field.order:
            self._shown.add(name)
        else:
            self._extra = max(self._extra, len(self._held()))
        self._sync()

    def _show_more(self) -> None:
        left = [name for name in self._field.names if name not in self._shown][:_MORE]
        self._shown |= set(left)
        self._extra += _MORE - len(left)
        before = len(self._rows)
        self._sync()
        row = next(iter(list(self._rows.values())[before:]), None)
        if row is not None and (first := row.reveal(row.place.path)) is not None:
            first.setFocus()

    # Fields that are not named

    def ask_for_key(self) -> None:
        """Let a person add a field that the schema does not name."""
        self._asked = True
        self._sync()
        if self.adder is not None:
            self.adder.line.setFocus()

    def _add_key(self, key: str) -> str:
        """Show a field of the schema, or add another; return what is wrong with the name."""
        if key in self._rows:
            return f"There is a field “{one_line(key)}” already."
        if key in self._field.order:
            self._show(key)
        elif self._field.child(key) is None:
            return f"The schema has no field “{one_line(key)}”."
        else:
            try:
                self.parts.state.add_key(self.path, key)
            except EditRefused as error:
                return error.message
            self._show(key)
        row = self._rows.get(key)
        if row is not None and (first := row.reveal(row.place.path)) is not None:
            first.setFocus()
        return ""


class KeyAdder(QWidget):
    """A line for the name of one more field; it offers those that are not shown."""

    def __init__(self, parts: Parts, depth: int, add: Callable[[str], str]) -> None:
        super().__init__()
        self._parts = parts
        self._depth = depth
        self._add = add
        self.line = QLineEdit()
        self.line.setFont(parts.theme.fonts.text())
        self.line.setPlaceholderText("Another field")
        self.line.setAccessibleName("Name of another field")
        self.line.returnPressed.connect(self._take)
        self.line.textEdited.connect(self._typed)
        self.button = button(parts.theme, "Add", icon="plus", name="Add the field")
        self.button.setEnabled(False)
        self.button.clicked.connect(self._take)
        self.wrong = label(parts.theme, "", 12, ink="brick")
        self._names = QStringListModel(self)
        finder = QCompleter(self._names, self)
        finder.setFilterMode(Qt.MatchFlag.MatchContains)
        finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.line.setCompleter(finder)
        row = QHBoxLayout(self)
        row.setContentsMargins(GUTTER, 4, 0, 4)
        row.setSpacing(0)
        row.addWidget(self.line)
        row.addSpacing(GAP)
        row.addWidget(self.button)
        row.addSpacing(12)
        row.addWidget(self.wrong, 1)
        parts.columns.changed.connect(self._fit)
        self._fit()

    def offer(self, field: Field, shown: Collection[str]) -> None:
        """Offer the fields that are not shown."""
        hidden = [name for name in field.names if name not in shown][:_OFFERED]
        if hidden != self._names.stringList():
            self._names.setStringList(hidden)
        self.line.setPlaceholderText("Find a field" if hidden else "Another field")

    def chain(self) -> list[QWidget]:
        """Return what takes the focus, in order."""
        return [self.line, self.button]

    def _fit(self) -> None:
        self.line.setFixedWidth(self._parts.columns.label(self._depth))

    def _typed(self, text: str) -> None:
        self.button.setEnabled(bool(text))
        self._complain("")

    def _take(self) -> None:
        key = self.line.text()
        if not key:
            return
        wrong = self._add(key)
        self._complain(wrong)
        if not wrong:
            self.line.clear()
            self.button.setEnabled(False)

    def _complain(self, sentence: str) -> None:
        self.wrong.setText(sentence)
        set_kind(self.line, "error" if sentence else "")
