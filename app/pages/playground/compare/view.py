"""Up to four answers side by side, in the place of the conversation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app import figures
from app.pages.playground.compare.column import LEAST_WIDTH, Beside, ColumnView
from app.pages.playground.compare.differences import Differences
from app.shortcuts import as_signs, show_keys
from app.style import tokens
from app.style.theme import set_kind, set_state
from app.widgets.controls import Chip, button, ground, icon_button, key_hint, label, set_icon
from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.pages.playground.compare.differences import Found
    from app.session import Column, Session
    from app.style.theme import Theme

_TABLES_FROM = 520
_WORDS_FROM = 760
_SETTLED_MS = 200
_NAMES = "ABCD"


class CompareView(QFrame):
    """The columns under one head: how many values differ, the way from one to the next, Run, and the way back."""

    left = Signal()

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._theme = theme
        self._session = session
        self._comparison = session.comparison
        self._columns: list[ColumnView] = []
        self._at = -1
        self._syncing = False
        self._running = False
        self._fresh: ColumnView | None = None
        self.differences = Differences(self._comparison)
        self.differences.changed.connect(self._show_differences)
        self.setProperty("ground", "surface")
        self.setAccessibleName("Compare")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._build(theme)
        self._comparison.opened.connect(self._opened)
        self._comparison.changed.connect(self._columns_changed)
        self._comparison.column_changed.connect(self._column_changed)
        self._comparison.closed.connect(self._closed)
        session.runs.ended.connect(lambda _answer: self._show_all())
        session.shortcuts.bind(
            self, {"comparison.next": partial(self.step, 1), "comparison.before": partial(self.step, -1)}
        )
        show_keys(session.shortcuts, {"comparison.before": self.before, "comparison.next": self.after})
        self._shortcuts = session.shortcuts
        self._shortcuts.changed.connect(self._show_keys)
        self._show_keys()
        if self._comparison.active:
            self._opened()

    def _build(self, theme: Theme) -> None:
        self._question = ElidedLabel(theme, 13, ink="text2")
        self._count = Chip(theme)
        self.before = icon_button(theme, "caret-up", "The difference before", "Shift+F7")
        self.before.clicked.connect(lambda: self.step(-1))
        self.after = icon_button(theme, "caret-down", "The next difference", "F7")
        self.after.clicked.connect(lambda: self.step(1))
        self.add = button(theme, "Add a column", "", "plus")
        self.add.clicked.connect(self.add_column)
        self._key = key_hint(theme, "")
        self.run = button(theme, "Run", "primary", "play-fill")
        self.run.setMinimumWidth(76)
        self.run.clicked.connect(self._pressed)
        self.close_button = icon_button(theme, "x", "Back to the conversation", "Esc")
        self.close_button.clicked.connect(self._comparison.close)
        head = ground("surface", "below")
        head.setFixedHeight(tokens.HEADER)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.ANSWER_MARGIN, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(label(theme, "Compare", 13, 600))
        row.addWidget(self._question, 1)
        for widget in (self._count, self.before, self.after, self.add, self._key, self.run, self.close_button):
            row.addWidget(widget)
        self._inner = QWidget()
        self._row = QHBoxLayout(self._inner)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._inner)
        self._scroll.horizontalScrollBar().rangeChanged.connect(self._reveal)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._scroll, 1)

    # Intents

    @property
    def columns(self) -> list[ColumnView]:
        """The columns from left to right."""
        return list(self._columns)

    def escape(self) -> None:
        """Stop what is written; where nothing is, go back to the conversation."""
        if self._session.chat.running is not None:
            self._comparison.stop()
        else:
            self._comparison.close()

    def add_column(self) -> None:
        """Add a column with the settings of the last, to be changed."""
        self._comparison.add()

    def step(self, step: int) -> None:
        """Go to the next difference, or to the one before."""
        found = self.differences.found
        if found.count:
            self._at = (self._at + step) % found.count if self._at >= 0 or step > 0 else found.count - 1
            self._syncing = True
            for at, column in enumerate(self._columns):
                column.seek(found.place(self._at, at))
            self._syncing = False
            self._count.say(f"{figures.number(self._at + 1)} of {found.words}", "doubt")
            self._count.setAccessibleName(self._count.text())

    def walk(self, step: int) -> None:
        """Let the keys act on the column beside."""
        focused = QApplication.focusWidget()
        at = next((at for at, column in enumerate(self._columns) if column.owns(focused)), -1 if step > 0 else 1)
        if self._columns:
            column = self._columns[max(0, min(at + step, len(self._columns) - 1))]
            column.focus_view()
            self._scroll.ensureWidgetVisible(column, 0, 0)

    def _pressed(self) -> None:
        if self._session.chat.running is not None:
            self._comparison.stop()
        else:
            self._comparison.run()

    def _begin_with(self, view: ColumnView) -> None:
        if view in self._columns:
            self._fresh = view
            view.open_settings()
            self._reveal()
            QTimer.singleShot(_SETTLED_MS, self._inner, lambda: setattr(self, "_fresh", None))

    def _reveal(self) -> None:
        """Scroll to a new column, which has its place only once all are laid out."""
        if self._fresh in self._columns and self._fresh is not None:
            self._scroll.ensureWidgetVisible(self._fresh, 0, 0)

    # What the session says

    def _opened(self) -> None:
        self._at = -1
        self._columns_changed()
        # Not a column: a ring around one that nobody chose is noise.
        QTimer.singleShot(0, self._inner, self.setFocus)

    def _columns_changed(self) -> None:
        """Show the columns there are: those that were here stay as they are."""
        known = {id(view.column): view for view in self._columns}
        tables = self._room() >= _TABLES_FROM
        columns = self._comparison.columns
        views = [known[id(column)] if id(column) in known else self._make(column, tables=tables) for column in columns]
        for gone in (view for view in self._columns if view not in views):
            self._row.removeWidget(gone)
            gone.setParent(None)
            gone.deleteLater()
        self._columns = views
        for at, view in enumerate(views):
            self._row.insertWidget(at, view, 1)
            set_state(view, "rule", "left" if at else "")
        self._spread()
        self._show_all()
        self.differences.look([column.shown for column in columns])
        if id(columns[-1]) not in known and columns[-1].answer is None:
            QTimer.singleShot(0, self._inner, partial(self._begin_with, views[-1]))

    def _make(self, column: Column, *, tables: bool) -> ColumnView:
        view = ColumnView(self._theme, column, tables=tables)
        view.settings_edited.connect(partial(self._comparison.set_up, column))
        view.use_asked.connect(partial(self._comparison.use, column))
        view.again_asked.connect(partial(self._comparison.run_again, column))
        view.remove_asked.connect(partial(self._comparison.remove, column))
        view.scrolled.connect(partial(self._scrolled, view))
        return view

    def _column_changed(self, column: Column) -> None:
        if column is self._comparison.columns[0] or not column.running:
            self._show_all()
        else:
            at = self._comparison.columns.index(column)
            self._columns[at].show_column(self._beside(at))
            self._show_head()
        self.differences.look([entry.shown for entry in self._comparison.columns])

    def _show_all(self) -> None:
        for at, view in enumerate(self._columns):
            view.show_column(self._beside(at))
        self._show_head()

    def _beside(self, at: int) -> Beside:
        columns, session = self._comparison.columns, self._session
        shown, model = columns[at].shown, session.known_model
        message = shown.message if shown is not None else None
        return Beside(
            _NAMES[at],
            columns[0].draft,
            self._schemas(),
            model.name if model is not None else "",
            message is not None and session.chat.conversation.place(message) is not None,
            len(columns) == 1,
            session.chat.running is not None,
        )

    def _schemas(self) -> tuple[tuple[str, str], ...]:
        """Return the schemas there are to choose from, each once."""
        found: dict[str, str] = {}
        for name, column in zip(_NAMES, self._comparison.columns, strict=False):
            if column.answer is not None and column.answer.draft.schema:
                found.setdefault(column.answer.draft.schema, f"as {name} ran with")
        found.setdefault(self._session.desk.draft.schema, "the draft's, as it is now")
        for name, column in zip(_NAMES, self._comparison.columns, strict=False):
            found.setdefault(column.draft.schema, f"as {name} has it")
        return tuple((words, text) for text, words in found.items())

    def _show_head(self) -> None:
        comparison = self._comparison
        if not comparison.active:
            return
        wordings = sum(bool(column.wording) for column in comparison.columns)
        self._question.say(f"{wordings} wordings of a question" if wordings else comparison.columns[0].draft.prompt)
        waiting = sum(column.shown is None for column in comparison.columns)
        running = self._session.chat.running is not None
        self.run.setEnabled(running or comparison.can_run)
        self.add.setVisible(not comparison.full)
        self._key.setVisible(self.width() >= _WORDS_FROM and self.run.isEnabled())
        words = "Stop" if running else f"Run {waiting}" if waiting > 1 else "Run"
        if words != self.run.accessibleName():
            self.run.setText(f"\u2009{words}")
            self.run.setAccessibleName(words)
        if running != self._running:
            self._running = running
            for at, view in enumerate(self._columns):
                view.show_column(self._beside(at))
            if not running:
                self._scrolled(self._columns[0])  # each has followed its own end
            set_kind(self.run, "" if running else "primary")
            set_icon(self._theme, self.run, "stop-fill" if running else "play-fill", "text" if running else "onAccent")
            self._show_keys()

    def _show_keys(self) -> None:
        self._key.setText("Esc" if self._running else as_signs(self._shortcuts.shown("playground.run")))

    def _closed(self) -> None:
        for view in self._columns:
            self._row.removeWidget(view)
            view.setParent(None)
            view.deleteLater()
        self._columns = []
        self.differences.look(())
        self.left.emit()

    # Differences

    def _show_differences(self, found: Found) -> None:
        for at, view in enumerate(self._columns):
            known = found.compared > 0
            view.mark(found.pointers(at) if known else frozenset(), found.spans(at) if known else [])
        if self._at >= found.count:
            self._at = -1
        if self._at < 0:
            for view in self._columns:
                view.stem.seek(None)
        words = f"{figures.number(self._at + 1)} of {found.words}" if self._at >= 0 else found.words
        self._count.say(words, "doubt" if found.count else "")
        self._count.setAccessibleName(words)
        for control in (self.before, self.after):
            control.setVisible(found.compared > 1)
            control.setEnabled(found.count > 0)

    def _scrolled(self, source: ColumnView) -> None:
        """Bring the other columns to the same place, by the row at the upper edge; growing ones follow themselves."""
        if self._syncing or source.column.running:
            return
        self._syncing = True
        at = self._columns.index(source) if source in self._columns else -1
        place = source.row_place()
        for other, view in enumerate(self._columns):
            if at < 0 or view is source or view.column.running:
                continue
            here, there = source.bar, view.bar
            if here.value() in {here.minimum(), here.maximum()}:
                there.setValue(there.minimum() if here.value() == here.minimum() else there.maximum())
            elif place is not None and view.view is view.stem:
                pointer, above = place
                view.stem.show_place(self.differences.found.beside(at, other).get(pointer, pointer), above)
            else:
                there.setValue(round(here.value() / max(1, here.maximum()) * there.maximum()))
        self._syncing = False

    # Room

    def _room(self) -> int:
        """Return how wide each column is."""
        return max(LEAST_WIDTH, self.width() // max(1, len(self._comparison.columns)))

    def _spread(self) -> None:
        tables = self._room() >= _TABLES_FROM
        for view in self._columns:
            view.set_tables(tables=tables)
        wide = self.width() >= _WORDS_FROM
        self.add.setText("\u2009Add a column" if wide else "")
        self.add.setToolTip("" if wide else "Add a column")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show tables only where there is room for them."""
        super().resizeEvent(event)
        self._spread()
        self._show_head()
