"""One window a profile: a second start shows the first one's window and ends."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from engine.errors import ProfileInUse
from engine.store.lock import claim_profile

if TYPE_CHECKING:
    from pathlib import Path

_WAIT_MS = 2000
_SHOW = b"show\n"


class Instance(QObject):
    """The claim on a profile, held until `release`. `shown_again` says that somebody started the program once more.

    Raises ProfileInUse where another window has the profile; `ask_to_show` reaches that one.
    """

    shown_again = Signal()

    def __init__(self, profile: Path) -> None:
        super().__init__()
        self._claim = contextlib.ExitStack()
        self._claim.enter_context(claim_profile(profile))
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        name = _name(profile)
        QLocalServer.removeServer(name)  # left by a process that was killed: the claim says that there is none
        self._server.listen(name)
        self._server.newConnection.connect(self._called)

    def release(self) -> None:
        """Give the profile back."""
        self._server.close()
        self._claim.close()

    def _called(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.disconnectFromServer()
            self.shown_again.emit()


def ask_to_show(profile: Path) -> bool:
    """Ask the window that has the profile to come to the front; tell whether it was reached."""
    socket = QLocalSocket()
    socket.connectToServer(_name(profile))
    if not socket.waitForConnected(_WAIT_MS):
        return False
    socket.write(_SHOW)
    socket.waitForBytesWritten(_WAIT_MS)
    socket.disconnectFromServer()
    return True


def _name(profile: Path) -> str:
    return f"espalier-{hashlib.sha256(str(profile.resolve()).encode()).hexdigest()[:16]}"


__all__ = ["Instance", "ProfileInUse", "ask_to_show"]
