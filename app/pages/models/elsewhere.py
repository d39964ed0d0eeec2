"""What a person does with models elsewhere: adds, asks, changes and removes them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.models.endpoint_words import endpoint_key
from app.pages.models.endpoint_dialog import EndpointDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.pages.models.listing import Listing
    from app.session import Session
    from app.style.theme import Theme
    from engine.errors import EngineError
    from engine.remote.endpoint import Capabilities, Endpoint

_KEY: Final = endpoint_key("")
_EMPTY: Final = "http://localhost:8000/v1"
"""Stands in the endpoint that is not set up yet; its field is shown empty."""


class Elsewhere(QObject):
    """Knows endpoints by the keys of their rows. A server is asked only by `check`, or in the dialog.

    `kept` brings the key of one that was added or changed.
    """

    kept = Signal(str)

    def __init__(self, theme: Theme, session: Session, listing: Listing, page: QWidget) -> None:
        super().__init__(page)
        self._theme = theme
        self._endpoints = session.endpoints
        self._listing = listing
        self._page = page
        self.dialog: EndpointDialog | None = None

    def endpoint(self, key: str) -> Endpoint | None:
        """Return the endpoint of a row; None where it is none."""
        return self._endpoints.get(key.removeprefix(_KEY)) if key.startswith(_KEY) else None

    def has_key(self, endpoint: Endpoint) -> bool | None:
        """Tell whether a key is kept for an endpoint; None until that is known."""
        return self._endpoints.has_key(endpoint.id)

    def add(self) -> None:
        """Open the dialog for a new one."""
        from engine.remote.endpoint import Endpoint

        self._open(Endpoint(id=secrets.token_hex(8), name="", url=_EMPTY), new=True)

    def edit(self, key: str) -> None:
        """Open the dialog for one of the list."""
        endpoint = self.endpoint(key)
        if endpoint is not None:
            self._open(endpoint, new=False)

    def _open(self, endpoint: Endpoint, *, new: bool) -> None:
        known = False if new else self._endpoints.has_key(endpoint.id)
        dialog = EndpointDialog(self._theme, self._page, endpoint, self._endpoints.probe, new=new, has_key=known)
        dialog.kept.connect(self._keep)
        dialog.finished.connect(self._closed)
        self.dialog = dialog
        dialog.open()

    def _closed(self) -> None:
        self.dialog = None

    def _keep(self, endpoint: Endpoint, key: str | None) -> None:
        self._listing.refused.pop(endpoint.id, None)
        self._endpoints.put(endpoint, key)
        self.kept.emit(endpoint_key(endpoint.id))

    def check(self, key: str) -> None:
        """Ask a server what it understands, and keep what it says."""
        endpoint = self.endpoint(key)
        if endpoint is None or endpoint.id in self._listing.probing:
            return

        def take(found: Capabilities) -> None:
            self._ended(endpoint, None)
            now = self._endpoints.get(endpoint.id)
            if now is not None and now.url == endpoint.url:
                self._endpoints.put(now.model_copy(update={"capabilities": found}), None)

        self._listing.refused.pop(endpoint.id, None)
        self._listing.probing.add(endpoint.id)
        self._listing.show()
        self._endpoints.probe(endpoint, None, take, lambda error: self._ended(endpoint, error))

    def _ended(self, endpoint: Endpoint, error: EngineError | None) -> None:
        self._listing.probing.discard(endpoint.id)
        if error is not None:
            self._listing.refused[endpoint.id] = error
        self._listing.show()

    def remove(self, key: str) -> None:
        """Take one off the list; the bar brings it back."""
        endpoint = self.endpoint(key)
        if endpoint is not None:
            self._endpoints.remove(endpoint.id)
