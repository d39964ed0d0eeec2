"""What a person is told that belongs to no page: why the program cannot start, what failed, that a bug was met."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from app.style.plain_text import paragraphs
from engine.errors import EngineError, StoreDamaged

if TYPE_CHECKING:
    from types import TracebackType

    from app.session import Session
    from app.window import Window
    from engine.store.backup import Backup

RESTART = 77
"""What the event loop returns where the program is to start anew."""
_LONGEST = 1_000
"""Characters of a message that are shown: a place in a file that was imported can be of any length."""
log = logging.getLogger(__name__)


def refuse(app: QApplication, error: EngineError) -> int:
    """Say why the program cannot start, in the terminal and, where there is a screen, in a box; return its code."""
    print(f"espalier: {error}", file=sys.stderr)
    box = QMessageBox(QMessageBox.Icon.Critical, "Espalier", str(error))
    box.setTextFormat(Qt.TextFormat.PlainText)
    if app.platformName() != "offscreen":
        box.exec()
    return 1


def bring_to_front(window: Window) -> None:
    """Show the window above others: somebody started the program once more."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def show_error(window: Window, session: Session, error: Any) -> None:
    """Tell of a failure that belongs to no page, such as a database that cannot be written."""
    log.error("%s", error)
    if isinstance(error, StoreDamaged):
        from app.damage import DamageDialog  # not needed at any other start

        if window.findChild(DamageDialog) is None:
            _offer_backup(window, session, error)
        return
    message = paragraphs(error.message, _LONGEST)
    if any(box.isVisible() and box.text() == message for box in window.findChildren(QMessageBox)):
        return  # a full disk says so at every word that is written
    box = QMessageBox(QMessageBox.Icon.Warning, "Espalier", message, parent=window)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText("\n\n".join(paragraphs(part, _LONGEST) for part in (error.where, error.advice) if part))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def _offer_backup(window: Window, session: Session, error: EngineError, tried: tuple[Backup, ...] = ()) -> None:
    """Offer to put a backup in place; the program starts anew with it.

    Where that fails, the next older one is offered, or to begin anew: the session is closed by then, and whoever
    chooses nothing leaves the program.
    """
    from app.damage import DamageDialog

    dialog = DamageDialog(session.profile, error, window, tried=tried)

    def mend() -> None:
        session.close()
        try:
            dialog.mend()
        except EngineError as failure:
            log.warning("%s", failure)
            # One that could not be put in place for want of room may be tried again.
            bad = (dialog.backup,) if isinstance(failure, StoreDamaged) and dialog.backup is not None else ()
            _offer_backup(window, session, failure, (*tried, *bad))
            return
        window.hide()
        QApplication.exit(RESTART)

    dialog.chosen.connect(mend)
    dialog.rejected.connect(window.close)
    dialog.open()


def install_excepthook() -> None:
    """Log every unexpected exception with its traceback, and show it in a dialog that can be copied from."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        words = "".join(traceback.format_exception(kind, error, trace))
        log.critical("unexpected:\n%s", words)
        sys.stderr.write(words)
        _show_traceback(words)

    sys.excepthook = hook


def _show_traceback(words: str) -> None:

    app = QApplication.instance()
    if not isinstance(app, QApplication) or app.property("showing_bug"):
        return
    app.setProperty("showing_bug", True)
    box = QMessageBox(
        QMessageBox.Icon.Critical,
        "Espalier",
        "Something unexpected happened. Your drafts are saved; you can go on.",
        parent=app.activeWindow(),
    )
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(words.strip().splitlines()[-1][:300])
    box.setDetailedText(words)
    copy = box.addButton("Copy the details", QMessageBox.ButtonRole.ActionRole)
    copy.clicked.disconnect()
    copy.clicked.connect(lambda: app.clipboard().setText(words))
    box.addButton(QMessageBox.StandardButton.Close)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.finished.connect(lambda _code: app.setProperty("showing_bug", False))
    box.open()
