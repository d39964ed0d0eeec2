"""Whether anything may be fetched or sent, what is, and which keys are kept."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.pages.settings.rows import SettingsSection, across
from app.style.plain_text import one_line
from app.widgets.controls import button, label
from app.widgets.segments import Segments

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.session import Session
    from app.style.theme import Theme

_USES: Final = {"asked": "Only for what I ask for", "never": "Never"}
_SAID: Final = {
    "asked": "A download that you start, or an answer from a model elsewhere that you have chosen. Nothing else, ever.",
    "never": "Downloads and models elsewhere are refused, with a sentence that says so.",
}
_HUB: Final = "https://huggingface.co"
_TOKEN: Final = {
    "none": "No token of the hub is kept",
    "kept": "A token of the hub is kept",
    "held": "A token of the hub is held until Espalier ends",
    "environment": "A token of the hub is given by the environment (HF_TOKEN)",
    None: "Whether there is a token of the hub is not known yet",
}


class NetworkSection(SettingsSection):
    """The switch, what happens just now, whom was asked for, and keys, which are looked for only when wanted."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme, "network")
        self._session = session
        self._theme = theme
        self._looked = False
        self.use = Segments(theme, _USES, "Use the network")
        self.use.chosen.connect(lambda use: session.preferences.put("network", use=use))
        self.now = label(theme, "", 13, 500)
        self.now.setWordWrap(True)
        self.places = label(theme, "", 13, 500)
        self.places.setWordWrap(True)
        self.look = button(theme, "Look which are kept")
        self.look.clicked.connect(self._look)
        self.kept = QWidget()
        self._keys = QVBoxLayout(self.kept)
        self._keys.setContentsMargins(0, 0, 0, 0)
        self._keys.setSpacing(4)
        self._keys.addWidget(across(self.look))
        self.use_row = self.add("network.use", across(self.use))
        self.use_row.say(" ")
        self.add("network.now", self.now)
        self.add("network.places", self.places)
        self.add("network.keys", self.kept)
        session.network_changed.connect(lambda _uses: self.show_now())
        self.show_now()

    def show_now(self) -> None:
        """Show what is chosen, and what happens."""
        use = self._session.preferences.now.network.use
        self.use.choose(use)
        self.use_row.say(_SAID[use])
        uses = self._session.network_uses
        self.now.setText("\n".join(one_line(each) for each in uses) or "For nothing")
        hub = urlsplit(os.environ.get("HF_ENDPOINT") or _HUB).netloc
        said = [f"{one_line(hub, 80)}: models that you download"]
        if self._looked:
            said += [
                f"{one_line(urlsplit(each.url).netloc, 80)}: {one_line(each.name, 60)}"
                for each in self._session.endpoints.items
            ]
        self.places.setText("\n".join(said))

    def _look(self) -> None:
        """Ask the keyring, which may ask a person first."""
        session = self._session
        if not self._looked:
            self._looked = True
            session.downloads.changed.connect(self._show_keys)
            session.endpoints.changed.connect(self._show_keys)
        self.look.setVisible(False)
        session.downloads.read_token()
        session.endpoints.refresh()
        self._show_keys()

    def _show_keys(self) -> None:
        while self._keys.count() > 1:
            item = self._keys.takeAt(1)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        session = self._session
        state = session.downloads.token_state
        self._add(_TOKEN[state], session.downloads.forget_token if state in {"kept", "held"} else None)
        for endpoint in session.endpoints.items:
            name = one_line(endpoint.name, 60)
            if session.endpoints.has_key(endpoint.id):
                self._add(f"A key of {name} is kept", partial(session.endpoints.put, endpoint, ""))
            else:
                self._add(f"No key of {name} is kept", None)
        self.show_now()

    def _add(self, words: str, forget: Callable[[], None] | None) -> None:
        said = label(self._theme, words, 13, 500)
        if forget is None:
            self._keys.addWidget(said)
            return
        made: QPushButton = button(self._theme, "Forget", name=f"Forget: {words}")
        made.clicked.connect(forget)
        self._keys.addWidget(across(said, made))
