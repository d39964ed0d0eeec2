"""Find and replace, over the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QPushButton

from app import figures
from app.pages.schemas.text.search import Query, Search
from app.style.theme import set_kind
from app.widgets.controls import button, icon_button, label, set_ink

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent

    from app.pages.schemas.text.view import SchemaTextView
    from app.style.theme import Theme
    from engine.schema.editing import Step

_AGAIN_MS = 150


class FindBar(QFrame):
    """Two fields, how to look, and what was found. Enter goes on to the next, Shift+Enter back, Escape ends it."""

    closed = Signal()

    def __init__(self, theme: Theme, view: SchemaTextView) -> None:
        super().__init__()
        self._view = view
        self._from = 0
        self._to_first = False
        self.search = Search(self)
        self.setProperty("ground", "canvas")
        self.setProperty("rule", "below")
        self.setAccessibleName("Find and replace")
        self.field = _field(theme, "Find")
        self.replacement = _field(theme, "Replace with")
        self.match_case = _switch(theme, "Aa", "Match case")
        self.whole_word = _switch(theme, "ab|", "Whole word")
        self.expression = _switch(theme, ".*", "Regular expression")
        self.count = label(theme, "", 12, ink="text3", tabular=True)
        self.before = icon_button(theme, "caret-up", "The one before", "Shift+Enter")
        self.next = icon_button(theme, "caret-down", "The next one", "Enter")
        self.close_button = icon_button(theme, "x", "Close", "Esc")
        self.replace_one = button(theme, "Replace")
        self.replace_all = button(theme, "Replace all")
        self._lay_out()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self._look)
        self._connect()
        self.hide()

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(2)
        for widget in (self.match_case, self.whole_word, self.expression, self.before, self.next, self.close_button):
            tools.addWidget(widget)
        actions = QHBoxLayout()
        actions.setSpacing(8)
        for widget in (self.replace_one, self.replace_all):
            actions.addWidget(widget)
        actions.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 6, 8, 6)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.addWidget(self.field, 0, 0)
        grid.addWidget(self.count, 0, 1)
        grid.addLayout(tools, 0, 2)
        grid.addWidget(self.replacement, 1, 0)
        grid.addLayout(actions, 1, 1, 1, 2)
        grid.setColumnStretch(0, 1)
        self.count.setMinimumWidth(self.count.fontMetrics().horizontalAdvance("000 of 000"))

    def _connect(self) -> None:
        self.field.textChanged.connect(lambda _text: self._look_from_here())
        for switch in (self.match_case, self.whole_word, self.expression):
            switch.toggled.connect(lambda _on: self._look_from_here())
        self.next.clicked.connect(lambda: self.step(1))
        self.before.clicked.connect(lambda: self.step(-1))
        self.close_button.clicked.connect(self.end)
        self.replace_one.clicked.connect(self.replace_here)
        self.replace_all.clicked.connect(self.replace_everywhere)
        self.search.changed.connect(self._show)
        self._view.edited.connect(self._text_changed)
        self._view.cursorPositionChanged.connect(self._say)

    # What is looked for

    def begin(self, *, replacing: bool) -> None:
        """Show the bar and look for what is selected in the text, if that is in one line."""
        start, end = self._view.selection()
        selected = self._view.syntax.text[start:end]
        for widget in (self.replacement, self.replace_one, self.replace_all):
            widget.setVisible(replacing)
        self._from = start
        self.show()
        if selected and "\n" not in selected and "\r" not in selected and len(selected) < 200:
            self.field.setText(selected)
        self.field.selectAll()
        self.field.setFocus()
        self._look()

    def end(self) -> None:
        """Put the bar away; the text has the focus again."""
        self.hide()
        self._view.setFocus()
        self.closed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Look for nothing any more."""
        super().hideEvent(event)
        self._again.stop()
        self.search.forget()
        self._view.show_hits(lambda _start, _end: ())

    @property
    def query(self) -> Query:
        """What the fields and switches say."""
        return Query(
            self.field.text(), self.match_case.isChecked(), self.whole_word.isChecked(), self.expression.isChecked()
        )

    def _look_from_here(self) -> None:
        """Look anew, and show the first that comes at or behind the place where the search began, once it is found."""
        self._to_first = True
        self._look()

    def _look(self) -> None:
        if not self.isHidden():
            self.search.look(self._view.syntax.text, self.query)

    def _text_changed(self) -> None:
        if not self.isHidden():
            self._again.start()

    def _show(self) -> None:
        self._view.show_hits(self.search.between)
        index = self.search.step(self._from, self._from, 1) if self._to_first else None
        if index is not None and (not self.search.running or self.search.starts[index] >= self._from):
            self._to_first = False
            self._go_to(index)
        self._say()
        if self.search.problem:
            self._view.told.emit(self.search.problem)

    def _say(self) -> None:
        """Say how many were found, and which of them is selected."""
        if self.isHidden():
            return
        search, many = self.search, len(self.search)
        here = search.number(*self._view.selection())
        of = f"{figures.number(many)}{'…' if search.running else ''}"
        if search.problem or not self.field.text():
            words = ""
        elif many == 0:
            words = "…" if search.running else "Not found"
        else:
            words = f"{figures.number(here + 1)} of {of}" if here is not None else f"{of} found"
        self.count.setText(words)
        self.count.setAccessibleName(words)
        set_ink(self.count, "text2" if many else "text3")
        set_kind(self.field, "error" if search.problem else "")
        self.field.setToolTip(search.problem)
        for widget in (self.next, self.before, self.replace_one, self.replace_all):
            widget.setEnabled(many > 0)

    # Going and replacing

    def step(self, by: int) -> None:
        """Go to the next (1) or the one before (-1)."""
        if self.isHidden():
            self.begin(replacing=False)
            return
        index = self.search.step(*self._view.selection(), by)
        if index is not None:
            self._go_to(index)
            self._from = self._view.selection()[0]

    def _go_to(self, index: int) -> None:
        self._view.show_span(self.search.starts[index], self.search.ends[index])

    def replace_here(self) -> None:
        """Replace what is selected, if it was found, and go on to the next."""
        here = self.search.number(*self._view.selection())
        if here is None:
            self.step(1)
            return

        def done(text: str, step: Step) -> None:
            if text is self._view.syntax.text and here < len(step):
                edit = step[here]
                after = edit.start + len(edit.text)
                self._view.replace((edit,), "Replace", after, after)
                self._look()
                self.step(1)

        self.search.replace(self.replacement.text(), done)

    def replace_everywhere(self) -> None:
        """Replace all that was found, undone together."""

        def done(text: str, step: Step) -> None:
            if text is self._view.syntax.text and step:
                caret = self._view.caret
                self._view.replace(step, "Replace all", caret, caret)
                many = len(step)
                self._view.told.emit(f"{figures.number(many)} {'place was' if many == 1 else 'places were'} replaced.")

        if not self.search.running:
            self.search.replace(self.replacement.text(), done)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on with Enter, back with Shift+Enter, end with Escape."""
        back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        match event.key():
            case Qt.Key.Key_Escape:
                self.end()
            case Qt.Key.Key_F3:
                self.step(-1 if back else 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.replacement.hasFocus():
                self.replace_here()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.step(-1 if back else 1)
            case _:
                super().keyPressEvent(event)


def _field(theme: Theme, name: str) -> QLineEdit:
    made = QLineEdit()
    made.setFont(theme.fonts.code(12))
    made.setPlaceholderText(name)
    made.setAccessibleName(name)
    return made


def _switch(theme: Theme, text: str, name: str) -> QPushButton:
    made = button(theme, text, "icon", name=name)
    made.setFont(theme.fonts.code(12))
    made.setCheckable(True)
    made.setToolTip(name)
    return made
