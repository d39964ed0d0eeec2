"""Settings: everything that can be set, by sections, and found by words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.pages.settings.about import AboutSection
from app.pages.settings.appearance import AppearanceSection, LocaleSection
from app.pages.settings.backup import BackupSection
from app.pages.settings.entries import BY_KEY, SECTIONS
from app.pages.settings.folders import FoldersSection
from app.pages.settings.keyboard import KeyboardSection
from app.pages.settings.network import NetworkSection
from app.pages.settings.privacy import PrivacySection
from app.style import tokens
from app.widgets.controls import button, ground, label
from app.widgets.page import Page
from app.widgets.search_field import SearchField
from app.widgets.undo_bar import UndoBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.pages.settings.rows import SettingsSection
    from app.session import Session
    from app.style.theme import Theme

_SECTIONS = 208


class SettingsPage(Page):
    """The sections at the left, their rows at the right; a search leaves only the rows that it finds.

    `models_asked` asks for the page of models.
    """

    title = "Settings"
    models_asked = Signal()

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme)
        self._theme = theme
        self._session = session
        self._take_back: Callable[[], None] | None = None
        self.search = SearchField(theme, "Search settings")
        self.search.setFixedWidth(280)
        self.head.row.addWidget(self.search)
        self.keyboard = KeyboardSection(theme, session)
        self.folders = FoldersSection(theme, session)
        self.appearance = AppearanceSection(theme, session)
        self.locale_ = LocaleSection(theme, session)
        self.network = NetworkSection(theme, session)
        self.privacy = PrivacySection(theme, session)
        self.backup = BackupSection(theme, session)
        self.sections: dict[str, SettingsSection] = {
            section.key: section
            for section in (
                self.appearance,
                self.locale_,
                self.keyboard,
                self.folders,
                self.network,
                self.privacy,
                self.backup,
                AboutSection(theme, session),
            )
        }
        self._build(theme)
        self._connect()
        self._show_notes()

    def _build(self, theme: Theme) -> None:
        self.list = QFrame()
        self.list.setProperty("ground", "canvas")
        self.list.setProperty("rule", "right")
        self.list.setFixedWidth(_SECTIONS)
        self.list.setAccessibleName("Sections")
        self.list.installEventFilter(self)
        names = QVBoxLayout(self.list)
        names.setContentsMargins(0, 8, 1, 8)
        names.setSpacing(0)
        self._group = QButtonGroup(self)
        self.names: dict[str, QPushButton] = {}
        for key, words in SECTIONS.items():
            made = button(theme, words, "nav")
            made.setCheckable(True)
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            made.clicked.connect(lambda _=False, which=key: self.show_section(which))
            made.installEventFilter(self)
            self._group.addButton(made)
            self.names[key] = made
            names.addWidget(made)
        names.addStretch(1)
        inside = ground("surface")
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 0, 24)
        rows.setSpacing(0)
        self.notes = label(theme, "", 12, ink="amber")
        self.notes.setWordWrap(True)
        self.notes.setContentsMargins(tokens.ANSWER_MARGIN, 12, tokens.ANSWER_MARGIN, 0)
        rows.addWidget(self.notes)
        self.none = label(theme, "No setting has these words.", 13, ink="text3")
        self.none.setContentsMargins(tokens.ANSWER_MARGIN, 16, 0, 0)
        rows.addWidget(self.none)
        self.none.hide()
        for section in self.sections.values():
            section.check()
            rows.addWidget(section)
        section.setProperty("rule", "")  # nothing comes after the last
        rows.addStretch(1)
        self.view = QScrollArea()
        self.view.setWidgetResizable(True)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setWidget(inside)
        self.told = UndoBar(theme)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.view, 1)
        right.addWidget(self.told)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.list)
        body.addLayout(right, 1)
        self.column.addLayout(body, 1)
        self.names["appearance"].setChecked(True)
        self.setFocusProxy(self.search)

    def _connect(self) -> None:
        self.search.textChanged.connect(self.look_for)
        self.search.down_asked.connect(self._go_to_first)
        self.search.enter_asked.connect(self._go_to_first)
        self.view.verticalScrollBar().valueChanged.connect(lambda _: self._follow_scroll())
        self._session.preferences.changed.connect(self._show_now)
        self.folders.models_asked.connect(self.models_asked)
        self.keyboard.told.connect(self.offer)
        self.told.undo_asked.connect(self._undo)
        data = self._session.profile_data
        data.told.connect(self.told.tell)
        data.failed.connect(self._session.failed)

    # Finding

    def look_for(self, query: str) -> None:
        """Leave only the rows that have the words of a query."""
        found = 0
        self.view.verticalScrollBar().setValue(0)
        for key, section in self.sections.items():
            many = section.search(query)
            self.names[key].setEnabled(many > 0)
            found += many
        self.none.setVisible(not found)
        self._mark_at_top()

    def show_section(self, key: str) -> None:
        """Bring a section to the top."""
        self.search.clear()
        self._scroll_to(self.sections[key])
        self.names[key].setChecked(True)

    def show_setting(self, key: str) -> None:
        """Bring a row into sight, light it up, and let a person set it."""
        self.search.clear()
        row = self.sections[BY_KEY[key].section].rows[key]
        self._scroll_to(self.sections[row.entry.section])
        # Only once it is laid out is it known where the row is.
        QTimer.singleShot(0, self, lambda: self._light(key))

    def _light(self, key: str) -> None:
        row = self.sections[BY_KEY[key].section].rows[key]
        self.view.ensureWidgetVisible(row, 0, 48)
        row.light()

    def _go_to_first(self) -> None:
        row = next(
            (row for section in self.sections.values() for row in section.rows.values() if row.isVisible()), None
        )
        if row is not None:
            row.light()

    def _scroll_to(self, section: QWidget) -> None:
        inside = self.view.widget()
        if inside is not None:
            inside.adjustSize()
        self.view.verticalScrollBar().setValue(section.y())

    def _follow_scroll(self) -> None:
        """Mark the section at the top; the last one where the end is in sight."""
        if not any(self.names[each].hasFocus() for each in self.names):
            self._mark_at_top()

    def _mark_at_top(self) -> None:
        bar = self.view.verticalScrollBar()
        shown = [section for section in self.sections.values() if not section.isHidden()]
        above = [section for section in shown if section.y() <= bar.value() + tokens.ROW]
        if shown:
            at = shown[-1] if bar.value() == bar.maximum() and bar.maximum() else (above or shown[:1])[-1]
            self.names[at.key].setChecked(True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk along the sections with the arrow keys."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
            keys = list(self.names)
            at = next((number for number, key in enumerate(keys) if self.names[key] is watched), None)
            if at is not None and event.key() in steps:
                key = keys[(at + steps[Qt.Key(event.key())]) % len(keys)]
                self.names[key].setFocus(Qt.FocusReason.TabFocusReason)
                self.show_section(key)
                return True
        return super().eventFilter(watched, event)

    # What is shown

    def offer(self, words: str, take_back: Callable[[], None]) -> None:
        """Say what was changed, with the way back."""
        self._take_back = take_back
        self.told.offer(words)

    def _undo(self) -> None:
        take_back, self._take_back = self._take_back, None
        self.told.withdraw()
        if take_back is not None:
            take_back()

    def _show_now(self) -> None:
        for section in (self.appearance, self.locale_, self.folders, self.network):
            section.show_now()

    def _show_notes(self) -> None:
        notes = self._session.preferences.notes
        self.notes.setText("\n".join(f"{note.where}: {note.sentence}" for note in notes))
        self.notes.setVisible(bool(notes))

    def showEvent(self, event: QShowEvent) -> None:
        """Look what there is, whenever the page is shown."""
        super().showEvent(event)
        self._session.profile_data.measure()
        self._show_now()
