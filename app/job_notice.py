"""An extraction that runs, told outside its page: in the window's title, on its icon, and when it has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from app import figures
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.session.extraction import Coverage, Extractions, JobEntry
    from app.style.theme import Theme

_NAME: Final = "Espalier"
_LONGEST: Final = 60
_SHOWN_MS: Final = 10_000


class JobNotice(QObject):
    """Follows the job that runs, whichever is shown.

    `told` brings the heading and the words of a notification, whether or not the desktop can show one; `page_asked`
    that it was clicked; `reading` how many documents are being read.
    """

    reading = Signal(int)
    told = Signal(str, str)
    page_asked = Signal()

    def __init__(self, window: QWidget, theme: Theme, session: Extractions) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._session = session
        self._tray: QSystemTrayIcon | None = None
        self._running: JobEntry | None = None
        session.listed.connect(self.follow)
        session.ended.connect(self.end)

    def follow(self) -> None:
        """Say in the title how far the job is, and on the icon how many documents are left, where that can be shown."""
        before, self._running = self._running, self._session.running
        if self._running is not None:
            coverage = self._running.coverage
            words = standing(coverage, self._running.name)
            self._window.setWindowTitle(f"{words} \N{EN DASH} {_NAME}")
            _badge(coverage.pending + coverage.running)
            progress = self._running.progress
            self.reading.emit(len(progress.reading) if progress is not None else 0)
        elif before is not None:
            self._window.setWindowTitle(_NAME)
            _badge(0)
            self.reading.emit(0)

    def end(self, name: str, coverage: Coverage | None, stopped: bool) -> None:
        """Tell that a job has ended to whoever is not looking; whoever stopped it knows."""
        if stopped or self._window.isActiveWindow():
            return
        whole = coverage is not None and not coverage.pending
        heading = f"{one_line(name, _LONGEST)} {'has been read' if whole else 'has stopped'}"
        words = f"{coverage}." if coverage is not None else "Its page says why."
        QApplication.alert(self._window)
        self.told.emit(heading, words)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            self._show_message(heading, words)

    def _show_message(self, heading: str, words: str) -> None:
        icon = self._theme.icon("table", "accent")
        if self._tray is None:
            self._tray = QSystemTrayIcon(icon, self)
            self._tray.messageClicked.connect(self._come)
            self._tray.activated.connect(self._come)
        self._tray.show()  # a message stands beside an icon
        self._tray.showMessage(heading, words, icon, _SHOWN_MS)

    def _come(self) -> None:
        if self._tray is not None:
            self._tray.hide()
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self.page_asked.emit()


def standing(coverage: Coverage, name: str) -> str:
    """Return how far a job is, with its name, as in "84 of 120" and "March invoices"; at first the name alone."""
    if not coverage.total:
        return one_line(name, _LONGEST)
    ended = coverage.total - coverage.pending - coverage.running
    return f"{figures.number(ended)} of {figures.number(coverage.total)} \N{EN DASH} {one_line(name, _LONGEST)}"


def _badge(number: int) -> None:
    app = QApplication.instance()
    if isinstance(app, QGuiApplication):
        app.setBadgeNumber(number)
