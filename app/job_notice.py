"""An extraction that runs, told outside its page: in the window's title, on its icon, and when it has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from app.style.plain_text import one_line

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.session.extraction import Coverage, Extractions
    from app.style.theme import Theme

_NAME: Final = "Espalier"
_LONGEST: Final = 60
_SHOWN_MS: Final = 10_000


class JobNotice(QObject):
    """Follows the job that runs, whichever is shown. `shown` asks for its page: the notification was clicked."""

    shown = Signal()

    def __init__(self, window: QWidget, theme: Theme, session: Extractions) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._session = session
        self._tray: QSystemTrayIcon | None = None
        self._running = False
        session.progress_changed.connect(self.show)
        session.state_changed.connect(self.show)
        session.opened.connect(self.show)
        session.ended.connect(self._end)

    def show(self) -> None:
        """Say in the title how far the job is, and on the icon how many documents are left, where there is one."""
        running = self._session.running
        if running is not None and running.progress is not None:
            coverage = running.progress.coverage
            words = told(coverage, running.name)
            self._window.setWindowTitle(f"{words} \N{EN DASH} {_NAME}")
            _badge(coverage.pending + coverage.running)
            self._running = True
        elif self._running:
            self._running = False
            self._window.setWindowTitle(_NAME)
            _badge(0)

    def _end(self, name: str, coverage: Coverage | None, stopped: bool) -> None:  # noqa: FBT001
        """Tell that a job has ended to whoever is not looking."""
        self.show()
        if stopped or self._window.isActiveWindow():
            return
        QApplication.alert(self._window)
        if coverage is not None and QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            self._message(f"{one_line(name, _LONGEST)} has been read", f"{coverage}.")

    def _message(self, title: str, words: str) -> None:
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._theme.icon("table", "accent"), self)
            self._tray.messageClicked.connect(self._come)
        # A message needs its icon in the tray; both go away together.
        self._tray.show()
        self._tray.showMessage(title, words, self._theme.icon("table", "accent"), _SHOWN_MS)

    def _come(self) -> None:
        if self._tray is not None:
            self._tray.hide()
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self.shown.emit()


def told(coverage: Coverage, name: str) -> str:
    """Return how far a job is, with its name: 84 of 120 – March invoices."""
    ended = coverage.total - coverage.pending - coverage.running
    return f"{ended:,} of {coverage.total:,} \N{EN DASH} {one_line(name, _LONGEST)}"


def _badge(number: int) -> None:
    app = QApplication.instance()
    if isinstance(app, QGuiApplication):
        app.setBadgeNumber(number)
