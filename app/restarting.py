"""Starting the program anew, and what has to be done while nothing of the profile is open."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from app.alerts import RESTART
from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.session import Session
    from app.window import Window

log = logging.getLogger(__name__)


def start_anew(window: Window, session: Session, job: Callable[[], object] | None = None) -> None:
    """Close the session, do what was asked for, and end the event loop so that the program starts again.

    Where it fails, that is said first; the profile is as it was before then.
    """
    window.keep_layout()
    session.close()
    window.hide()
    try:
        if job is not None:
            job()
    except EngineError as error:
        log.warning("%s", error)
        box = QMessageBox(QMessageBox.Icon.Warning, "Espalier", error.message)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText("\n\n".join(part for part in (error.where, error.advice) if part))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.finished.connect(lambda _code: QApplication.exit(RESTART))
        box.open()
        return
    QApplication.exit(RESTART)
