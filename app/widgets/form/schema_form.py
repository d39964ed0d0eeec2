"""A schema as a form, in which a value is typed by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCheckBox, QFrame, QMenu, QScrollArea, QVBoxLayout, QWidget

from app.models.form_state import FormState
from app.style import tokens
from app.widgets.controls import EmptyState, ground
from app.widgets.form.checking import Checking, Prepared, prepare
from app.widgets.form.columns import Columns
from app.widgets.form.items_body import ItemsBody
from app.widgets.form.object_body import ObjectBody
from app.widgets.form.parts import Parts
from app.widgets.form.place import Place
from app.widgets.form.row import Row
from app.widgets.form.table_body import TableBody
from engine.schema.form import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.style.theme import Theme
    from app.widgets.form.body import Body
    from engine.errors import EngineError
    from engine.schema.form import Control, Field, FormProblem, Path


class SchemaForm(QWidget):
    """Fields for every place of an instance, made when they come into sight or are asked for.

    A value that is loaded comes back as it was, whether the schema allows it or not, but for what is edited. It is
    checked on a worker as it is typed. `changed` has the value, `ABSENT` where there is none yet; `checked` says that
    `problems` are those of the newest value; `ready` that a schema is shown; `refused` has the error of one that
    cannot be.
    """

    changed = Signal(object)
    checked = Signal()
    ready = Signal()
    refused = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._prepared: Prepared | None = None
        self._parts: Parts | None = None
        self._content: Body | Row | None = None
        self._problems: tuple[FormProblem, ...] = ()
        self._text = ""
        self._columns = Columns(self)
        self._checking = Checking(self)
        self._checking.found.connect(self._show_problems)
        self.state: FormState | None = None
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.viewport().installEventFilter(self)
        self._ground = ground("surface")
        self._page = QVBoxLayout(self._ground)
        self._page.setContentsMargins(tokens.ANSWER_MARGIN, 12, tokens.ANSWER_MARGIN, 24)
        self._page.addStretch(1)
        self._area.setWidget(self._ground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        self._order = QTimer(self)
        self._order.setSingleShot(True)
        self._order.setInterval(0)
        self._order.timeout.connect(self._put_in_order)

    # What is shown

    def show_schema(self, text: str, value: Any = ABSENT) -> None:
        """Show a schema, and a value or an empty form. It is read on a worker; `ready` or `refused` follows."""
        self._text = text
        self._checking.submit(
            lambda: prepare(text),
            lambda prepared: self._open(text, prepared, value),
            lambda error: self._refuse(text, error),
        )

    @property
    def fields_shown(self) -> Body | Row | None:
        """What is shown: the fields of an object, or the one row of any other value."""
        return self._content

    def value(self) -> Any:
        """Return the value, `ABSENT` where there is none yet. Nobody may change what is inside."""
        return self.state.value if self.state is not None else ABSENT

    def set_value(self, value: Any) -> None:
        """Load another value."""
        if self._prepared is not None:
            self._load(self._prepared, value)

    @property
    def problems(self) -> tuple[FormProblem, ...]:
        """What was wrong when the value was checked last."""
        return self._problems

    @property
    def checking(self) -> bool:
        """Whether the problems are not yet those of the newest value."""
        return self._checking.busy or self.state is None

    @property
    def valid(self) -> bool:
        """Whether the newest value is checked and good."""
        return not self.checking and not self._problems and self.value() is not ABSENT

    def submit(self, job: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Do something slow with the value on the form's worker."""
        self._checking.submit(job, done, lambda _error: None)

    def _open(self, text: str, prepared: Prepared, value: Any) -> None:
        if text == self._text:
            self._prepared = prepared
            self._load(prepared, value)
            self.ready.emit()

    def _refuse(self, text: str, error: EngineError) -> None:
        if text == self._text:
            self._clear()
            place = f" ({error.where})" if error.where else ""
            self._put(EmptyState(self._theme, "There is no form for this schema", f"{error.message}{place}"))
            self.refused.emit(error)

    def _load(self, prepared: Prepared, value: Any) -> None:
        self._clear()
        self.state = state = FormState(prepared.fields, value, self)
        self._problems = ()
        state.edited.connect(self._edited)
        state.checked.connect(self._repeat_problems)
        self._parts = parts = Parts(self._theme, state, self._columns, body_of, state)
        parts.rebuilt.connect(self._order.start)
        root = prepared.fields.root
        if root.kind == "object" and not root.nullable and isinstance(state.value, dict):
            self._content = ObjectBody(parts, Place((), root, "", around=(root,)))
        else:
            self._content = Row(parts, Place((), root, root.title or "Value"))
        self._put(self._content)
        self._order.start()
        self._checking.check(prepared, state.snapshot)

    def _clear(self) -> None:
        while (item := self._page.takeAt(0)) is not None:
            if (gone := item.widget()) is not None:
                gone.hide()
                gone.deleteLater()
        if self.state is not None:
            self.state.deleteLater()
        self.state = self._parts = self._content = None

    def _put(self, widget: QWidget) -> None:
        self._page.addWidget(widget)
        self._page.addStretch(1)

    # Edits and checks

    def _edited(self, path: Path) -> None:
        if self.state is None or self._prepared is None or self._content is None:
            return
        self._content.refresh(path)
        self._checking.check(self._prepared, self.state.snapshot)
        self.changed.emit(self.state.value)

    def _show_problems(self, problems: tuple[FormProblem, ...]) -> None:
        self._problems = problems
        if self.state is not None:
            self.state.show_problems(problems)
        self.checked.emit()

    def _repeat_problems(self) -> None:
        if self._content is not None:
            self._content.show_problems()

    def go_to(self, path: Path) -> None:
        """Unfold the way to a place, bring it into sight, and give it the focus."""
        if self._content is None or self.state is None:
            return
        found = self._content.reveal(path) if path or isinstance(self._content, Row) else None
        if found is not None:
            self._page.activate()
            found.setFocus()
            self._area.ensureWidgetVisible(found, 0, 80)

    def go_to_problem(self) -> None:
        """Go to the first problem, and show everything that is missing."""
        if self.state is not None and self._problems:
            self.state.see_all()
            self.go_to(self._problems[0].path)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the first field."""
        super().focusInEvent(event)
        chain = self._content.chain() if self._content is not None else []
        first = next((each for each in chain if not isinstance(each, QCheckBox) and not each.isHidden()), None)
        if first is not None:
            first.setFocus()

    # Keys and the window

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo and redo, where no text field does."""
        if self.state is not None and event.matches(QKeySequence.StandardKey.Undo):
            self.state.undo()
        elif self.state is not None and event.matches(QKeySequence.StandardKey.Redo):
            self.state.redo()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to add a field that the schema does not name, where it may have one."""
        content = self._content
        if self.state is None or not isinstance(content, ObjectBody):
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Undo", self.state.undo).setEnabled(self.state.held.can_undo)
        menu.addAction("Redo", self.state.redo).setEnabled(self.state.held.can_redo)
        if self.state.fields.root.takes_others:
            menu.addAction("Add another field…", content.ask_for_key)
        menu.popup(event.globalPos())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share out the columns when there is another width for them."""
        if event.type() == QEvent.Type.Resize and watched is self._area.viewport():
            self._columns.fit(self._area.viewport().width())
        return super().eventFilter(watched, event)

    def _put_in_order(self) -> None:
        """Let Tab go down the form: what was made later stands behind everything else for Qt."""
        if self._content is None:
            return
        chain = self._content.chain()
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)


def body_of(parts: Parts, control: Control, place: Place, field: Field, tag: str) -> Body:
    """Return what is inside a place whose value has rows of its own."""
    inner = replace(place, field=field, depth=place.depth + 1, around=(*place.around, field))
    if control == "object":
        return ObjectBody(parts, inner, tag)
    return ItemsBody(parts, inner) if control == "items" else TableBody(parts, inner)
