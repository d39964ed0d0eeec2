"""One field of a form: the box that gives it, its name, its value, what is wrong with it, and what is inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from app import figures
from app.style.plain_text import one_line
from app.style.theme import set_kind
from app.widgets.controls import button, set_icon
from app.widgets.form.controls import control_for
from app.widgets.form.row_head import RowHead
from app.widgets.form.switch import Switch
from engine.errors import EditRefused, EngineError
from engine.schema.form import ABSENT, json_text
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from app.widgets.form.body import Body
    from app.widgets.form.parts import Parts
    from app.widgets.form.place import Place
    from app.widgets.form.value_control import ValueControl
    from engine.schema.form import Control, Path, Standing

_BODIES = frozenset({"items", "list", "object", "table"})
ROWS = 40
"""Rows of an object or a list that are made at once; more are a click away."""
TABLE_ROWS = 6
_UNFOLDED = 4
"""Depth from which on what is given stays folded until somebody asks."""
_EXPECTED = 2
"""The same for what is not given yet."""


class Row(QWidget):
    """A field and, below it, what is inside."""

    removal_asked = Signal()
    move_asked = Signal(int)

    def __init__(self, parts: Parts, place: Place) -> None:
        super().__init__()
        self.parts = parts
        self.place = place
        self.control: ValueControl | None = None
        self.body: Body | None = None
        self.switches: list[Switch] = []
        self._shape: tuple[object, ...] | None = None
        self._shown: Control = "json"
        self._refused = ""
        self._otherwise: bool | None = None
        self._fold: QPushButton | None = None
        self._add: QPushButton | None = None
        self._name = one_line(place.name) or '""'
        self._build()
        parts.columns.changed.connect(self._fit)
        self.refresh()

    # Building

    def _build(self) -> None:
        self.head = RowHead(self.parts, self.place, self._name)
        if self.head.given is not None:
            self.head.given.clicked.connect(self._give)
        if self.head.key is not None:
            self.head.key.editingFinished.connect(self._rename)
        if self.head.null is not None:
            self.head.null.clicked.connect(lambda null: self.parts.state.set_null(self.place.path, null=null))
        if self.head.remove is not None:
            self.head.remove.clicked.connect(self.removal_asked)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.head)

    def _fit(self) -> None:
        self.head.fit()
        if self.control is not None:
            self._fit_control(self.control)

    def _fit_control(self, control: ValueControl) -> None:
        columns = self.parts.columns
        if not control.hugs:
            control.setFixedWidth(columns.short if control.short else columns.value)

    # Showing

    def refresh(self, path: Path | None = None) -> None:
        """Show the value as it is now; `path` is the place that was edited, where it is known."""
        state, place = self.parts.state, self.place
        standing = state.stand(place.path, place.field)
        control = state.control(standing)
        shape = (control, standing.field, *(choice for choice, _ in standing.taken))
        if shape != self._shape:
            self._rebuild(standing, control)
            self._shape = shape
        draft = state.draft(place.path)
        absent = standing.value is ABSENT and draft is None
        null = standing.value is None and place.field.nullable
        self.head.show_state(absent=absent, null=null, inner=control in _BODIES)
        for switch, (_, index) in zip(self.switches, standing.taken, strict=True):
            switch.choose(index)
        if self.control is not None:
            self.control.show_value(standing.value, draft)
        self._show_body(standing)
        if self.body is not None:
            self.body.refresh(path)
        self.show_problems()

    def show_problems(self) -> None:
        """Show what is wrong now."""
        state, path = self.parts.state, self.place.path
        found = state.problems(path)
        sentences = [problem.sentence for problem in found]
        inside = state.problems_inside(path)
        if inside and self._shown in _BODIES and (self.body is None or self.body.isHidden()):
            sentences.append("One problem inside." if inside == 1 else f"{figures.number(inside)} problems inside.")
        if inside and self._shown in {"choice", "const", "json", "line", "lines", "enum", "boolean"}:
            sentences += [each.sentence for each in state.problems_below(path)]
        if self._refused:
            sentences.insert(0, self._refused)
        self.head.complain(sentences)
        if self.control is not None:
            self.control.mark(wrong=bool(found))
        if self.head.key is not None:
            set_kind(self.head.key, "error" if self._refused else "")
        if self.body is not None:
            self.body.show_problems()

    def _rebuild(self, standing: Standing, control: Control) -> None:
        parts, place = self.parts, self.place
        had_focus = any(each.hasFocus() for each in self._value_chain())
        while (item := self.head.values.takeAt(0)) is not None:
            if (gone := item.widget()) is not None:
                gone.hide()
                gone.deleteLater()
        self._drop_body()
        self.switches, self.control, self._fold, self._add = [], None, None, None
        self._shown = control
        for level, (choice, _) in enumerate(standing.taken):
            words = [branch.label for branch in choice.branches.all]
            switch = Switch(parts.theme, f"{self._name}: kind", words, parts.columns.value)
            switch.chosen.connect(lambda index, at=level: self._choose(at, index))
            self.switches.append(switch)
            self.head.values.addWidget(switch)
        if control in _BODIES:
            self._add = button(parts.theme, "Add", "fold", "plus", f"Add {self._name}")
            self._add.clicked.connect(self._add_inside)
            self._fold = button(parts.theme, "", "fold", name=self._name)
            self._fold.clicked.connect(lambda: self.set_folded(folded=self.body is not None))
            beside = self.switches[-1] if self.switches and self.switches[-1].segments is not None else None
            for each in (self._add, self._fold):
                if beside is not None:
                    beside.add_beside(each)
                else:
                    self.head.values.addWidget(each, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            self.control = control_for(control, parts.theme, parts.state, place.path, standing.field, self._name)
        if self.control is not None:
            self._fit_control(self.control)
            self.head.values.addWidget(self.control, 0, Qt.AlignmentFlag.AlignLeft)
        if had_focus and self.control is not None:
            self.control.chain()[0].setFocus()
        parts.rebuilt.emit()

    # What is inside

    def _show_body(self, standing: Standing) -> None:
        if self._fold is None or self._add is None:
            self._drop_body()
            return
        absent = standing.value is ABSENT
        null = standing.value is None and self.place.field.nullable
        possible = not null and (self.place.required or not absent)
        self._add.setVisible(not possible and not null)
        self._fold.setVisible(possible)
        if not possible:
            self._otherwise = None
            self._drop_body()
            return
        if self._otherwise is None:
            self._otherwise = self._folds_by_itself(standing)
        folded = self.parts.state.folded(self.place.path, otherwise=self._otherwise)
        if folded:
            self._drop_body()
        elif self.body is None:
            self.body = self.parts.inside(self._shown, self.place, standing.field, _tag(standing))
            self._column.addWidget(self.body)
            self.parts.rebuilt.emit()
        words = _summary(self._shown, standing.value, _tag(standing))
        self._fold.setText(f"\u2009{words}")
        set_icon(self.parts.theme, self._fold, "caret-right" if folded else "caret-down")
        self._fold.setAccessibleName(f"{'Show' if folded else 'Fold'} {self._name}, {words}")

    def _folds_by_itself(self, standing: Standing) -> bool:
        place = self.place
        if standing.value is ABSENT:
            return place.depth >= _EXPECTED or any(standing.field is each for each in place.around)
        return place.depth >= _UNFOLDED or not self.parts.afford(_rows(self._shown, standing))

    def _drop_body(self) -> None:
        if self.body is not None:
            self.body.hide()
            self.body.deleteLater()
            self.body = None
            self.parts.rebuilt.emit()

    def set_folded(self, *, folded: bool) -> None:
        """Show what is inside, or only how much it is."""
        self.parts.state.fold(self.place.path, folded=folded)
        self.refresh()

    # What a person does

    def _give(self) -> None:
        state, path = self.parts.state, self.place.path
        if self.head.given is None or not self.head.given.isChecked():
            state.leave_out(path)
            return
        state.fold(path, folded=False)
        state.give(path)
        if self.control is not None:
            self.control.chain()[0].setFocus()

    def _add_inside(self) -> None:
        state, path = self.parts.state, self.place.path
        state.fold(path, folded=False)
        state.give(path)
        first = next(iter(self.body.chain()), None) if self.body is not None else None
        if first is not None:
            first.setFocus()

    def _choose(self, level: int, index: int) -> None:
        self.parts.state.fold(self.place.path, folded=False)
        self.parts.state.choose(self.place.path, level, index)

    def _rename(self) -> None:
        if self.head.key is None or not self.head.key.isModified():
            return
        self._refused = ""
        try:
            self.parts.state.rename_key(self.place.path, self.head.key.text())
        except EditRefused as error:
            self._refused = error.message
        self.show_problems()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what is needed rarely."""
        state, place = self.parts.state, self.place
        standing = state.stand(place.path, place.field)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if state.is_raw(place.path):
            menu.addAction("Edit as a field\tCtrl+J", self._toggle_raw)
        elif self._shown != "json":
            menu.addAction("Edit as JSON\tCtrl+J", self._toggle_raw)
        if place.field.default:
            menu.addAction("Use the default", lambda: state.put(place.path, place.field.default[0]))
        if standing.field.kind == "string" and standing.value is ABSENT:
            menu.addAction("Use empty text", lambda: state.put(place.path, ""))
        if place.removed:
            menu.addAction("Move up\tAlt+Up", lambda: self.move_asked.emit(-1))
            menu.addAction("Move down\tAlt+Down", lambda: self.move_asked.emit(1))
            menu.addAction("Remove", self.removal_asked.emit)
        elif standing.value is not ABSENT:
            menu.addAction("Leave out", lambda: state.leave_out(place.path))
        menu.addSeparator()
        copy = menu.addAction("Copy value as JSON", lambda: _copy(standing))
        copy.setEnabled(standing.value is not ABSENT)
        menu.addAction("Copy JSON Pointer", lambda: QGuiApplication.clipboard().setText(to_pointer(place.path)))
        menu.popup(event.globalPos())
        event.accept()

    def _toggle_raw(self) -> None:
        raw = self.parts.state.is_raw(self.place.path)
        if raw or self._shown != "json":
            self.parts.state.show_raw(self.place.path, raw=not raw)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move an item with Alt and the arrow keys; show a value as JSON, or as its field again."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_J:
            self._toggle_raw()
            return
        if self.place.removed and event.modifiers() == Qt.KeyboardModifier.AltModifier and event.key() in steps:
            self.move_asked.emit(steps[Qt.Key(event.key())])
            return
        super().keyPressEvent(event)

    # Going there

    def chain(self) -> list[QWidget]:
        """Return what takes the focus, in order."""
        found = [*self.head.before(), *self._value_chain(), *self.head.after()]
        return found + (self.body.chain() if self.body is not None else [])

    def _value_chain(self) -> list[QWidget]:
        found = [each for switch in self.switches for each in switch.chain()]
        found += self.control.chain() if self.control is not None else []
        return found + [each for each in (self._add, self._fold) if each is not None]

    def reveal(self, path: Path) -> QWidget | None:
        """Unfold the way to a place inside; return what to bring into sight and give the focus."""
        if len(path) > len(self.place.path) and self._fold is not None and self.body is None:
            self.set_folded(folded=False)
        if len(path) > len(self.place.path) and self.body is not None:
            found = self.body.reveal(path)
            if found is not None:
                return found
        return next((each for each in self._value_chain() if not each.isHidden()), self.head.given)


def _tag(standing: Standing) -> str:
    return standing.taken[-1][0].branches.tag if standing.taken else ""


def _rows(control: Control, standing: Standing) -> int:
    if control == "object":
        return min(len(standing.field.names), ROWS)
    return min(len(standing.value), ROWS) if control == "items" else TABLE_ROWS


def _summary(control: Control, value: Any, tag: str) -> str:
    if value is ABSENT:
        return "not given yet"
    noun = {"object": "field", "table": "row"}.get(control, "item")
    many = len(value) - (1 if control == "object" and tag in value else 0)
    return f"{figures.number(many)} {noun}{'s' if many != 1 else ''}" if many else f"no {noun}s yet"


def _copy(standing: Standing) -> None:
    try:
        QGuiApplication.clipboard().setText(json_text(standing.value))
    except EngineError as error:
        QGuiApplication.clipboard().setText(error.message)
