"""One of the answers that are compared: what tells it from the first, how far it is, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app import figures
from app.exchange import FORMATS
from app.models.answer_tree import AnswerTree, Ending
from app.models.answer_value import schema_of, value_so_far
from app.models.draft_words import differing_words, settings_words
from app.models.json_layout import laid_out
from app.models.shape import ANYTHING, shape_of_schema
from app.pages.playground.answer.prose_view import ProseView
from app.pages.playground.compare.settings import ColumnSettings
from app.style.plain_text import breakable, paragraphs
from app.widgets.controls import Chip, Mark, button, ground, icon_button, label
from app.widgets.elided_label import ElidedLabel
from app.widgets.stem import StemView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.exchange import Answer, Draft
    from app.models.text_diff import Span
    from app.session import Column
    from app.style.theme import Theme

LEAST_WIDTH = 280
_MARGIN = 24
_LONGEST_WHY = 600
_ENDINGS: dict[str, Ending] = {"done": "done", "failed": "failed", "stopped": "stopped"}


@dataclass(frozen=True)
class Beside:
    """What a column needs to know of the others, and of the window around it."""

    name: str
    first: Draft
    schemas: Sequence[tuple[str, str]]
    model: str
    shown_branch: bool
    only: bool
    busy: bool


class ColumnView(QFrame):
    """A column of the comparison. It shows its column and changes nothing itself."""

    settings_edited = Signal(object)
    use_asked = Signal()
    again_asked = Signal()
    remove_asked = Signal()
    scrolled = Signal()

    def __init__(self, theme: Theme, column: Column, *, tables: bool) -> None:
        super().__init__()
        self.column = column
        self._tables = tables
        self._shown_key = ""
        self._grown: tuple[object, ...] = ()
        self._state: tuple[object, ...] = ()
        self._beside: Beside | None = None
        self.setProperty("ground", "surface")
        self.setMinimumWidth(LEAST_WIDTH)
        self._build_head(theme)
        self.settings = ColumnSettings(theme)
        self.settings.setVisible(False)
        self.settings.edited.connect(lambda: self.settings_edited.emit(self.settings.apply(self.column.draft)))
        self._notice = ground("brick")
        self._why = label(theme, "", 12)
        self._why.setWordWrap(True)
        self._why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        strip = QHBoxLayout(self._notice)
        strip.setContentsMargins(17, 8, 16, 8)
        strip.setSpacing(8)
        strip.addWidget(Mark(theme, "cross", "brickMark"), 0, Qt.AlignmentFlag.AlignTop)
        strip.addWidget(self._why, 1)
        self.tree = AnswerTree(self)
        self.stem = StemView(theme, self.tree, compact=True)
        self.prose = ProseView(theme)
        self.prose.document().setDocumentMargin(_MARGIN - 4)
        self.views = QStackedWidget()
        self.views.addWidget(self.stem)
        self.views.addWidget(self.prose)
        for view in (self.stem, self.prose):
            view.verticalScrollBar().valueChanged.connect(self.scrolled)
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(0, 0, 0, 0)
        column_box.setSpacing(0)
        for widget in (self._head, self.settings, self._notice):
            column_box.addWidget(widget)
        column_box.addWidget(self.views, 1)

    def _build_head(self, theme: Theme) -> None:
        self._head = ground("surface", "below")
        self._name = label(theme, "", 13, 600)
        self._chip = Chip(theme)
        self._detail: QLabel = label(theme, "", 12, ink="text2", tabular=True)
        self._detail.setMinimumWidth(0)
        self.again = icon_button(theme, "arrow-clockwise", "Run again")
        self.again.clicked.connect(self.again_asked)
        self.adjust = icon_button(theme, "sliders-horizontal", "Settings")
        self.adjust.setCheckable(True)
        self.adjust.toggled.connect(self._show_settings)
        self.copy = icon_button(theme, "copy", "Copy the answer")
        self.copy.clicked.connect(self._copy_answer)
        self.remove = icon_button(theme, "x", "Remove the column")
        self.remove.clicked.connect(self.remove_asked)
        self.words = ElidedLabel(theme, 13)
        self.wording = ElidedLabel(theme, 13, 500)
        self._model = ElidedLabel(theme, 12, ink="text3")
        self.use = button(theme, "Use this one", "go")
        self.use.clicked.connect(self.use_asked)
        first, last = QHBoxLayout(), QHBoxLayout()
        for row in (first, last):
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(6)
        first.addWidget(self._name)
        first.addWidget(self._chip)
        first.addWidget(self._detail)
        first.addStretch(1)
        actions = QHBoxLayout()
        actions.setSpacing(0)
        for widget in (self.again, self.adjust, self.copy, self.remove):
            actions.addWidget(widget)
        first.addLayout(actions)
        last.addWidget(self._model, 1)
        last.addWidget(self.use)
        last.addStrut(28)
        column = QVBoxLayout(self._head)
        column.setContentsMargins(_MARGIN, 6, 8, 4)
        column.setSpacing(2)
        column.addLayout(first)
        for line in (self.wording, self.words):
            line.setFixedHeight(22)
            line.setContentsMargins(0, 0, 8, 0)
            column.addWidget(line)
        column.addLayout(last)

    # What is shown

    @property
    def view(self) -> StemView | ProseView:
        """The view that shows the answer now."""
        return self.prose if self.views.currentWidget() is self.prose else self.stem

    @property
    def bar(self) -> QScrollBar:
        """The scroll bar of that view."""
        return self.view.verticalScrollBar()

    def set_tables(self, *, tables: bool) -> None:
        """Show arrays of objects as tables, or where there is no room as lists."""
        if tables != self._tables:
            self._tables = tables
            self._shown_key = ""
            self._show_answer()

    def show_column(self, beside: Beside) -> None:
        """Show the column as it is now, among the others."""
        answer, draft = self.column.shown, self.column.draft
        self._show_answer()
        self.copy.setVisible(answer is not None and not answer.running and bool(answer.text))
        state = (
            beside,
            draft,
            self.column.wording,
            self.column.refused,
            *((answer.id, answer.state, answer.tokens, answer.forced, answer.message) if answer else ()),
        )
        if state == self._state:
            return
        self._state, self._beside = state, beside
        receipt = answer.receipt if answer is not None else None
        drawn = receipt["seed"] if receipt and draft.seed is None else None
        first = beside.name == "A"
        words = settings_words(draft, drawn) if first else differing_words(beside.first, draft, drawn)
        self._name.setText(beside.name)
        self.words.say(words)
        self.wording.say(self.column.wording)
        self.wording.setVisible(bool(self.column.wording))
        self._model.say(
            receipt["model"]["name"] if receipt else beside.model if answer is None or answer.running else ""
        )
        self.setAccessibleName(f"Column {beside.name}: {words}")
        self.use.setText("Keep this one" if beside.shown_branch else "Use this one")
        self.use.setAccessibleName(f"{self.use.text()}, column {beside.name}")
        self.use.setVisible(answer is not None and answer.message is not None and not self.column.refused)
        self.remove.setVisible(not beside.only)
        self.adjust.setEnabled(not self.column.running)
        self.again.setVisible(answer is not None and not beside.busy)
        for control in (self.again, self.adjust, self.copy, self.remove):
            control.setAccessibleName(f"{control.toolTip()}, column {beside.name}")
        if self.column.running and self.adjust.isChecked():
            focused = QApplication.focusWidget()
            if focused is not None and self.settings.isAncestorOf(focused):
                self.setFocus()  # Qt would give it to whatever comes next
            self.adjust.setChecked(False)
        if not self.settings.isHidden() and self.settings.apply(draft) != draft:
            self.settings.show_draft(draft, beside.schemas)
        self._show_state(answer)

    def _show_answer(self) -> None:
        """Bring the fields or the text in step with the answer, or show the empty frame of one that is to come."""
        answer, draft = self.column.shown, self.column.draft
        structured = FORMATS[draft.format].structured
        key = f"{answer.id if answer else ''} {draft.format} {hash(draft.schema)}"
        if key != self._shown_key:
            self._shown_key, self._grown = key, ()
            self.views.setCurrentWidget(self.stem if structured else self.prose)
            if structured:
                schema = schema_of(draft)
                shape = shape_of_schema(schema) if schema is not None else ANYTHING
                self.tree.frame(shape, tables=self._tables)
            else:
                self.prose.show_text("")
        grown = (answer.text, answer.state, len(answer.closed)) if answer is not None else ()
        if answer is None or grown == self._grown:
            return
        self._grown = grown
        if structured:
            ending = _ENDINGS.get(answer.state, "growing")
            self.tree.grow(value_so_far(answer.text), answer.text, answer.closed, ending, answer.wrong_at)
            self.stem.grown()
        else:
            self.prose.show_text(answer.text, growing=answer.running)

    def _show_state(self, answer: Answer | None) -> None:
        refused = self.column.refused
        error = answer.error if answer is not None and answer.state == "failed" else None
        why = " ".join(part for part in (error.message, error.advice) if part) if error is not None else ""
        self._why.setText(breakable(paragraphs(refused or why, _LONGEST_WHY)))
        self._notice.setVisible(bool(refused or why))
        counts = f"{figures.number(answer.tokens)} tokens" if answer is not None and answer.tokens else ""
        self._detail.setText(counts)
        self._detail.setToolTip(
            f"{figures.number(answer.forced)} of them forced"
            if answer is not None and counts and not answer.elsewhere
            else ""
        )
        if refused:
            self._chip.say("cannot run", "failed")
        elif answer is None:
            self._chip.say("not run")
        else:
            words = {"done": answer.caveat or "done"}.get(answer.state, answer.state)
            kinds = {"done": "doubt" if answer.caveat else "go", "failed": "failed", "reading": "go", "writing": "go"}
            self._chip.say(words, kinds.get(answer.state, ""))

    # Settings

    def open_settings(self) -> None:
        """Show the settings and begin with the first."""
        self.adjust.setChecked(True)
        self.settings.sampling.temperature.setFocus()

    def _show_settings(self, shown: bool) -> None:
        if shown and self._beside is not None:
            self.settings.show_draft(self.column.draft, self._beside.schemas)
        self.settings.setVisible(shown)

    def _copy_answer(self) -> None:
        answer = self.column.shown
        if answer is not None:
            structured = FORMATS[answer.draft.format].structured
            QGuiApplication.clipboard().setText(laid_out(answer.text) if structured else answer.text)

    # Differences

    def mark(self, pointers: frozenset[str], spans: list[Span]) -> None:
        """Mark what differs from the other columns."""
        self.tree.mark(pointers)
        self.prose.mark(spans)

    def seek(self, place: str | Span | None) -> None:
        """Go to one of the differences; None where this column has nothing there."""
        if isinstance(place, tuple):
            self.prose.seek(place)
        else:
            self.stem.seek(place)

    def row_place(self) -> tuple[str, int] | None:
        """Return which row stands at the upper edge and how much of it is above; None for a text."""
        return self.stem.place if self.view is self.stem else None

    def focus_view(self) -> None:
        """Let the keys act on the answer."""
        self.view.setFocus()

    def owns(self, widget: QWidget | None) -> bool:
        """Whether a widget stands in this column."""
        return widget is not None and (widget is self or self.isAncestorOf(widget))
