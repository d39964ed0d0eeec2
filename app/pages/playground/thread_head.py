"""The head of the Playground: which thread is open, in which folder, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy

from app.style import tokens
from app.style.plain_text import one_line
from app.style.tips import plain_tip
from app.widgets.controls import icon_button, label, set_icon

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.style.theme import Theme


class ThreadHead(QFrame):
    """Folder and title, a pin, and a menu of the rest."""

    pin_asked = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._full = ""
        self._pinned = False
        self.setProperty("ground", "surface")
        self.setProperty("rule", "below")
        self.setFixedHeight(tokens.HEADER)
        self._folder = label(theme, "", 13, ink="text2")
        self._title = label(theme, "Playground", 15, 600)
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.pin = icon_button(theme, "push-pin", "Pin this thread")
        self.pin.clicked.connect(lambda: self.pin_asked.emit(not self._pinned))
        self.more = icon_button(theme, "dots-three", "More for this thread")
        self.more.clicked.connect(self._open_menu)
        self._menu = QMenu(self)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(tokens.ANSWER_MARGIN, 0, 12, 0)
        self.row.setSpacing(8)
        self.row.addWidget(self._folder)
        self.row.addWidget(self._title, 1)
        self.row.addWidget(self.pin)
        self.row.addWidget(self.more)

    def offer(self, entries: Sequence[tuple[str, Callable[[], object]]]) -> None:
        """Put these into the menu."""
        self._menu.clear()
        for words, intent in entries:
            action = QAction(words, self._menu)
            action.triggered.connect(lambda _checked=False, do=intent: do())
            self._menu.addAction(action)

    def show_thread(self, title: str, folder: str, *, pinned: bool) -> None:
        """Show which thread is open; an empty title is a thread in which nothing was asked yet."""
        self._full = one_line(title, 300) or "New thread"
        self._folder.setText(f"{one_line(folder, 40)}  /" if folder else "")
        self._folder.setVisible(bool(folder))
        self._pinned = pinned
        set_icon(self._theme, self.pin, "push-pin-fill" if pinned else "push-pin", "accent" if pinned else "text2")
        self.pin.setAccessibleName("Unpin this thread" if pinned else "Pin this thread")
        self.pin.setToolTip(self.pin.accessibleName())
        self._title.setAccessibleName(self._full)
        self._title.setToolTip(plain_tip(self._full))
        self._elide()

    def _elide(self) -> None:
        metrics = QFontMetricsF(self._title.font())
        self._title.setText(metrics.elidedText(self._full, Qt.TextElideMode.ElideRight, self._title.width()))

    def _open_menu(self) -> None:
        self._menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the title where there is no room for it."""
        super().resizeEvent(event)
        self._elide()
