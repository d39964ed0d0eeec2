"""The popover in which a row of the tree is edited in full: type, description, the constraints of its type, JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFrame,
    QGraphicsDropShadowEffect,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.pages.schemas.tree.form import LABEL, ConstraintForm
from app.pages.schemas.tree.json_field import JsonField
from app.pages.schemas.tree.menu import ANY
from app.style.plain_text import one_line
from app.widgets.controls import button, icon_button, label
from app.widgets.elided_label import ElidedLabel
from engine.schema.outline import RowKind
from engine.schema.outline.reading import keywords
from engine.schema.outline.types import TYPES

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.models.schema_rows import TreeRow
    from app.models.schema_tree import SchemaTree
    from app.pages.schemas.tree.intents import TreeIntents
    from app.style.theme import Theme

WIDTH: Final = 400
_HIGHEST: Final = 440
_JSON_HEIGHT: Final = 320
_MARGIN: Final = 16
_AROUND: Final = 84
"""What head, foot and margins take beside the fields."""
_APART: Final = 2
_LEAST: Final = 220
"""Height below which the popover would rather lie over its row."""
_ABOUT_ALL: Final = frozenset({"default", "description", "title"})
"""Keywords that are about a nullable schema as a whole, and stand beside its `anyOf`."""


class DetailsPopover(QFrame):
    """One row in full. It closes when the focus leaves it, and keeps in step with the text until then."""

    closed = Signal()

    def __init__(self, theme: Theme, model: SchemaTree, intents: TreeIntents, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._intents = intents
        self._index = QPersistentModelIndex()
        self._over = QRect()
        self._turning = False
        self.setProperty("ground", "popover")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.name = ElidedLabel(theme, 13, 600)
        self.close_button = icon_button(theme, "x", "Close", "Esc")
        self.type = QComboBox()
        self.type.setFont(theme.fonts.text())
        self.type.setAccessibleName("Type")
        self.nullable = QCheckBox("Nullable")
        self.required = QCheckBox("Required")
        self.form = ConstraintForm(theme)
        self.as_json = button(theme, "Edit as JSON…", "flat", icon="brackets-curly")
        self.jump = button(theme, "Go to definition", "flat", icon="arrow-right")
        self.json = JsonField(theme)
        self._shadow = QGraphicsDropShadowEffect(self)
        self._shadow.setBlurRadius(24)
        self._shadow.setOffset(0, 4)
        self.setGraphicsEffect(self._shadow)
        self._theme = theme
        theme.changed.connect(self._recolour)
        self._recolour()
        for box in (self.nullable, self.required):
            box.setFont(theme.fonts.text())
        self._lay_out(theme)
        self._connect()
        self.hide()

    def _lay_out(self, theme: Theme) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.name, 1)
        head.addWidget(self.close_button)
        kind = QHBoxLayout()
        kind.setSpacing(8)
        self._type_label = label(theme, "Type", 13, ink="text2")
        self._type_label.setFixedWidth(LABEL)
        kind.addWidget(self._type_label)
        kind.addWidget(self.type, 1)
        kind.addWidget(self.nullable)
        kind.addWidget(self.required)
        self._fields = QWidget()
        column = QVBoxLayout(self._fields)
        column.setContentsMargins(_MARGIN, 4, _MARGIN, 4)
        column.setSpacing(8)
        column.addLayout(kind)
        column.addWidget(self.form)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._fields)
        self._fields.setAutoFillBackground(False)  # the scroll area has just asked for a ground of its own
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 0, 8, 0)
        foot.addWidget(self.as_json)
        foot.addStretch(1)
        foot.addWidget(self.jump)
        page = QWidget()
        fields = QVBoxLayout(page)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(4)
        fields.addWidget(self._scroll, 1)
        fields.addLayout(foot)
        around = QWidget()
        json = QVBoxLayout(around)
        json.setContentsMargins(_MARGIN, 0, _MARGIN, 4)
        json.addWidget(self.json)
        self._pages = QStackedWidget()
        self._pages.addWidget(page)
        self._pages.addWidget(around)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 6, 0, 8)
        whole.setSpacing(4)
        head.setContentsMargins(_MARGIN, 0, 8, 0)
        whole.addLayout(head)
        whole.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self.close_button.clicked.connect(self.leave)
        self.type.activated.connect(self._retype)
        self.nullable.clicked.connect(self._allow_null)
        self.required.clicked.connect(self._require)
        self.form.put.connect(self._put)
        self.form.dropped.connect(self._drop)
        self.as_json.clicked.connect(self._show_json)
        self.jump.clicked.connect(self._jump)
        self.json.applied.connect(self._apply)
        self.json.cancelled.connect(self._leave_json)
        model = self._model
        for changed in (model.dataChanged, model.rowsRemoved, model.modelReset, model.stale_changed):
            changed.connect(self._follow)
        QApplication.instance().focusChanged.connect(self._mind_focus)  # type: ignore[union-attr]

    # Opening and closing

    @property
    def row(self) -> TreeRow | None:
        """The row that is edited; None while the popover is closed, or the row is gone."""
        return self._model.row(self._index) if self._index.isValid() else None

    def open(self, index: QModelIndex, over: QRect, what: str = "") -> None:
        """Edit a row that stands at `over` on the screen, beginning with its "description", "constraints" or "json"."""
        if self._model.stale or not index.isValid() or self._model.row(index).row.overruled:
            return
        self._index = QPersistentModelIndex(index)
        self._over = over
        self.form.forget()
        self._show_row()
        row = self._model.row(index).row
        if what == "json" or not row.is_schema:
            self._show_json()
            return
        self._turn_to(0)
        self._fit()
        self.show()
        self._fit()  # chips know how high they stand only once they know how wide
        self.raise_()
        self._begin(what).setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Close, and go back to the tree."""
        if self.isHidden():
            return
        self._index = QPersistentModelIndex()
        self.hide()
        self.closed.emit()

    def _begin(self, what: str) -> QWidget:
        if what == "description":
            return self.form.description
        if what == "constraints":
            order = (self.form.values.field, *self.form.lines.values())
            return next((field for field in order if field.isVisibleTo(self)), self.type)
        return self.type

    def _fit(self) -> None:
        """Take the size that the fields need, below the row if there is room, within the window."""
        parent = self.parentWidget()
        assert parent is not None, "the popover floats in a window"
        window = parent.rect().adjusted(8, 8, -8, -8)
        corner = parent.mapFromGlobal(self._over.topLeft())
        below = window.bottom() - (corner.y() + self._over.height() + _APART)
        above = corner.y() - _APART - window.top()
        room = max(below, above) if max(below, above) >= _LEAST else window.height()
        height = min(self._wanted(), _HIGHEST, room)
        self.resize(min(WIDTH, window.width()), height)
        left = max(window.left(), min(corner.x(), window.right() - self.width()))
        downward = height <= below or below >= above
        top = corner.y() + self._over.height() + _APART if downward else corner.y() - height - _APART
        self.move(left, max(window.top(), min(top, window.bottom() - height)))

    def _wanted(self) -> int:
        """Return the height that what is shown would like to have."""
        if self._pages.currentIndex() == 1:
            return _JSON_HEIGHT
        self.form.settle()
        layout = self._fields.layout()
        assert layout is not None, "the fields are laid out"
        layout.activate()
        return self._fields.sizeHint().height() + _AROUND

    def _mind_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Close when the focus goes elsewhere in the window; lists that drop down are our own."""
        here = now
        while here is not None and here is not self:
            here = here.parentWidget()
        if now is not None and here is None and self.isVisible() and not self._turning:
            self._index = QPersistentModelIndex()
            self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close at Esc; what was being typed is not told."""
        if event.key() == Qt.Key.Key_Escape:
            self.form.restore()
            if self._pages.currentIndex() == 1 and self._is_schema():
                self._leave_json()
            else:
                self.leave()
            return
        super().keyPressEvent(event)

    # Showing

    def _recolour(self) -> None:
        self._shadow.setColor(self._theme.colour("shadow"))

    def _follow(self, *_what: object) -> None:
        """Keep in step with the row, or close where it is gone or cannot be edited any more."""
        if not self.isVisible():
            return
        if self.row is None or self._model.stale:
            self.leave()
        else:
            self._show_row()

    def _is_schema(self) -> bool:
        return self.row is not None and self.row.row.is_schema

    def _show_row(self) -> None:
        tree_row = self.row
        assert tree_row is not None, "a row is shown"
        says, row = self._model.says(tree_row), tree_row.row
        self.name.say(says.name)
        self.setAccessibleName(f"{self.name.line} in full")
        if not row.is_schema:
            return
        chosen = one_line(says.type.removesuffix("?"))
        names = [*TYPES, ANY]
        self.type.clear()
        self.type.addItems(names if chosen in names else [chosen, *names])
        self.type.setCurrentText(chosen)
        self.nullable.setChecked(says.nullable)
        self.nullable.setEnabled(chosen not in {"null", ANY, "anything", "nothing"})
        self.required.setVisible(row.kind is RowKind.PROPERTY)
        self.required.setChecked(row.required)
        self.jump.setVisible(says.target is not None)
        outer = keywords(row.node)
        inside = self._model.outline.syntax.find(says.inner) if says.inner != row.pointer else row.node
        self.form.show_schema(says, outer, keywords(inside) if inside is not None else {})

    def _show_json(self) -> None:
        tree_row = self.row
        assert tree_row is not None, "a row is shown"
        self.json.show_node(tree_row.row.node)
        self._turn_to(1)
        self._fit()
        self.show()
        self.raise_()
        self.json.editor.setFocus(Qt.FocusReason.PopupFocusReason)

    def _turn_to(self, page: int) -> None:
        """Show the fields (0) or the JSON (1), while the focus is between the two."""
        self._turning = True
        self._pages.setCurrentIndex(page)
        self._turning = False

    def _leave_json(self) -> None:
        if not self._is_schema():
            self.leave()
            return
        self._turn_to(0)
        self._fit()
        self.as_json.setFocus(Qt.FocusReason.PopupFocusReason)

    # Asking

    def _place(self, keyword: str) -> str:
        """Return the pointer of the schema that a keyword stands in, or is to stand in."""
        tree_row = self.row
        assert tree_row is not None, "a row is shown"
        row, says = tree_row.row, self._model.says(tree_row)
        if says.inner == row.pointer or keyword in keywords(row.node):
            return row.pointer
        inside = self._model.outline.syntax.find(f"{says.inner}/{keyword}")
        return says.inner if inside is not None or keyword not in _ABOUT_ALL else row.pointer

    def _put(self, keyword: str, value: Any) -> None:
        if self.row is not None:
            self._intents.keyword_asked.emit(self._place(keyword), keyword, value)

    def _drop(self, keyword: str) -> None:
        if self.row is not None:
            self._intents.keyword_drop_asked.emit(self._place(keyword), keyword)

    def _retype(self, _index: int) -> None:
        name = self.type.currentText()
        if self.row is not None and name in {*TYPES, ANY}:
            self._intents.type_asked.emit(self.row.row.pointer, None if name == ANY else name, None)

    def _allow_null(self, nullable: bool) -> None:
        if self.row is not None:
            self._intents.nullable_asked.emit(self.row.row.pointer, nullable)

    def _require(self, required: bool) -> None:
        if self.row is not None:
            self._intents.required_asked.emit([self.row.row.pointer], required)

    def _apply(self, value: Any) -> None:
        if self.row is not None:
            pointer = self.row.row.pointer
            self.leave()
            self._intents.value_asked.emit(pointer, value)

    def _jump(self) -> None:
        target = self._model.says(self.row).target if self.row is not None else None
        if target is not None:
            self.leave()
            self._intents.jump_asked.emit(target)
