"""What a hub is asked: which models it has, and with which token."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from engine.errors import SecretsUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.bridge import Bridge
    from engine.errors import EngineError
    from engine.hub import HubFile, Recommended
    from engine.model.fit import Fit
    from engine.secrets import Secrets

TokenState = Literal["none", "kept", "held", "environment"]
"""Where the hub's token is: nowhere, in the keyring, in memory until the program ends, or in the environment."""


@dataclass(frozen=True)
class Row:
    """A recommended model. `files` are known once the hub was asked; `size` is exact then, and before that about right.

    `item` is the id of its download, if there is one; `fit` what it would take, guessed from its size alone.
    """

    recommended: Recommended
    size: int
    files: tuple[HubFile, ...] | None = None
    asking: bool = False
    error: EngineError | None = None
    item: str | None = None
    fit: Fit | None = None


class AskedHub(QObject):
    """What is recommended, what an address names, and the token that the hub is shown.

    `changed` tells of other rows or another token. Nothing is asked of any server unless somebody says so here.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()
        self.token_state: TokenState | None = None
        self._bridge = bridge

    # Asking a hub

    def ask(
        self,
        address: str,
        done: Callable[[list[tuple[HubFile, ...]]], None],
        failed: Callable[[EngineError], None],
    ) -> None:
        """Ask which models an address names: `owner/repo`, `owner/repo:pattern`, or one that begins with https.

        `done` is given the files of each, of a split one all parts; they are what `start` takes.
        """
        self._bridge.ask_network(lambda: self._look(address), done, failed)

    def ask_recommended(self, *indexes: int) -> None:
        """Ask the hub for the exact sizes and the hashes of recommended models, by their places; by default of all."""
        for index in indexes or range(len(self.rows)):
            row = self.rows[index]
            if row.asking or row.files is not None:
                continue
            self._ask_row(index)

    def _ask_row(self, index: int, then: Callable[[tuple[HubFile, ...]], None] | None = None) -> None:
        """Ask the hub for a recommended model, then do something with its files."""
        model = self.rows[index].recommended

        def known(found: list[tuple[HubFile, ...]]) -> None:
            self._row_known(index, found)
            if found and then is not None:
                then(found[0])

        def refused(error: EngineError) -> None:
            self._put_row(index, replace(self.rows[index], asking=False, error=error))

        self._put_row(index, replace(self.rows[index], asking=True, error=None))
        self._bridge.ask_network(lambda: self._look(f"{model.repository}:{model.pattern}"), known, refused)

    def _row_known(self, index: int, found: list[tuple[HubFile, ...]]) -> None:
        files = found[0] if found else None
        size = sum(file.size for file in files) if files else self.rows[index].size

        def take(fit: Fit) -> None:
            self._put_row(index, replace(self.rows[index], fit=fit))

        self._put_row(index, replace(self.rows[index], asking=False, files=files, size=size))
        self._bridge.check(lambda: guess_fit(size), take)

    def _put_row(self, index: int, row: Row) -> None:
        self.rows = (*self.rows[:index], row, *self.rows[index + 1 :])
        self._relate()
        self.changed.emit()

    def _relate(self) -> None:
        """Do what has to follow on other rows, before they are told."""

    def _look(self, address: str) -> list[tuple[HubFile, ...]]:
        from engine.hub import Hub, models_of

        return models_of(Hub(self._bridge.network(), token=self._token).resolve(address))

    def _token(self) -> str | None:
        from engine.secrets import HUB

        return self._bridge.secrets().get(HUB)

    # The token of the hub

    def read_token(self) -> None:
        """Find out where the hub's token is kept, and say so by `changed`."""

        def look(secrets: Secrets) -> TokenState:
            from engine.secrets import HUB

            if secrets.from_environment(HUB) is not None:
                return "environment"
            return "kept" if secrets.get(HUB) is not None else "none"

        self._bridge.ask_keys(look, self._take_token, self.failed.emit)

    def put_token(self, token: str) -> None:
        """Keep a token for the hub; where the system has no keyring, it is held until the program ends."""

        def put(secrets: Secrets) -> TokenState:
            from engine.secrets import HUB

            try:
                secrets.put(HUB, token)
            except SecretsUnavailable:
                secrets.hold(HUB, token)
                return "held"
            return "kept"

        self._bridge.ask_keys(put, self._take_token, self.failed.emit)

    def forget_token(self) -> None:
        """Forget the token that is kept here; one of the environment stays."""

        def forget(secrets: Secrets) -> None:
            from engine.secrets import HUB

            secrets.forget(HUB)

        self._bridge.ask_keys(forget, lambda _: self.read_token(), self.failed.emit)

    def _take_token(self, state: TokenState) -> None:
        self.token_state = state
        self.changed.emit()


def first_rows() -> tuple[Row, ...]:
    """Return what is recommended before the hub was asked; for a worker."""
    from engine.hub import recommended

    return tuple(Row(each, each.size_hint, fit=guess_fit(each.size_hint)) for each in recommended())


def guess_fit(size: int) -> Fit:
    """Guess what a model of some bytes takes; for a worker."""
    from engine.model.fit import guess

    return guess(size)
