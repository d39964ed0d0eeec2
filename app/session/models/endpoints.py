"""Models elsewhere: the endpoints that a person has added, and their keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.errors import SecretsUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from app.bridge import Bridge
    from engine.errors import EngineError
    from engine.remote.endpoint import Capabilities, Endpoint
    from engine.secrets import Secrets


class Endpoints(QObject):
    """The endpoints in the order in which they were added.

    `changed` tells of other ones, `told` something in words with what takes it back or None, `failed` an error. Keys
    lie in the system's keyring; where there is none they are held until the program ends, which `failed` says.
    """

    changed = Signal()
    told = Signal(str, object)
    failed = Signal(object)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.known = False
        self._bridge = bridge
        self._items: dict[str, Endpoint] = {}
        self._keys: dict[str, bool] = {}

    @property
    def items(self) -> list[Endpoint]:
        """The endpoints; none until they have been read (`known`)."""
        return list(self._items.values())

    def get(self, endpoint: str) -> Endpoint | None:
        """Return an endpoint, by its id."""
        return self._items.get(endpoint)

    def has_key(self, endpoint: str) -> bool | None:
        """Tell whether a key is kept for an endpoint; None until that is known."""
        return self._keys.get(endpoint)

    def refresh(self) -> None:
        """Read the endpoints anew."""
        data = self._bridge.endpoints

        def read() -> dict[str, Endpoint]:
            return {name: endpoint for name, each in data.items() if (endpoint := _read(each)) is not None}

        def take(items: dict[str, Endpoint]) -> None:
            # Those that were put meanwhile are newer, and those that were removed meanwhile are gone.
            found = {name: self._items.get(name) or items.get(name) for name in self._bridge.endpoints}
            self._items = {name: endpoint for name, endpoint in found.items() if endpoint is not None}
            self.known = True
            self.changed.emit()

        self._bridge.check(read, take)
        self._look_for_keys(*data)
        if not self.known:
            self._bridge.ask_store(lambda store: store.endpoints.empty_bin(), self._forget_keys)

    def put(self, endpoint: Endpoint, key: str | None = None) -> None:
        """Save an endpoint, a new one or in the place of the one with its id, and a key for it.

        None leaves the key as it is, an empty one forgets it.
        """
        data = endpoint.model_dump(mode="json")
        self._items[endpoint.id] = endpoint
        self._tell_bridge({**self._bridge.endpoints, endpoint.id: data})
        self._bridge.ask_store(lambda store: store.endpoints.put(endpoint.id, data))
        if key is not None:
            self._put_key(endpoint.id, key)
        self.changed.emit()

    def remove(self, endpoint: str) -> None:
        """Take an endpoint off the list; `told` brings what puts it back. Nothing is sent to it from now on.

        Its key stays in the keyring until the next start, so that this can be taken back.
        """
        data = self._bridge.endpoints.get(endpoint)
        if data is None:
            return
        removed = self._items.pop(endpoint, None)
        self._tell_bridge({name: each for name, each in self._bridge.endpoints.items() if name != endpoint})
        self._bridge.ask_store(lambda store: store.endpoints.remove(endpoint))
        self.changed.emit()
        if removed is not None:
            self.told.emit(f"{removed.name} removed", partial(self.put, removed))

    def probe(
        self,
        endpoint: Endpoint,
        key: str | None,
        done: Callable[[Capabilities], None],
        failed: Callable[[EngineError], None],
    ) -> None:
        """Ask a server what it understands; it need not be in the list. None as the key is the one that is kept."""
        bridge = self._bridge

        def ask() -> Capabilities:
            from engine.remote.probing import probe
            from engine.secrets import endpoint as named

            known = key if key is not None else bridge.secrets().get(named(endpoint.id))
            return probe(endpoint, bridge.network(), known or None)

        bridge.ask_network(ask, done, failed)

    def _tell_bridge(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        self._bridge.endpoints = dict(data)

    def _put_key(self, endpoint: str, key: str) -> None:
        def put(secrets: Secrets) -> SecretsUnavailable | None:
            from engine.secrets import endpoint as named

            if not key:
                secrets.forget(named(endpoint))
                return None
            try:
                secrets.put(named(endpoint), key)
            except SecretsUnavailable as error:
                secrets.hold(named(endpoint), key)
                return error
            return None

        def done(error: SecretsUnavailable | None) -> None:
            self._keys[endpoint] = bool(key)
            self.changed.emit()
            if error is not None:
                self.failed.emit(error)

        self._bridge.ask_keys(put, done, self.failed.emit)

    def _forget_keys(self, endpoints: list[str] | None) -> None:
        """Forget the keys of endpoints that were removed before this start."""

        def forget(secrets: Secrets) -> None:
            from engine.secrets import endpoint as named

            for each in endpoints or ():
                secrets.forget(named(each))

        if endpoints:
            self._bridge.ask_keys(forget, lambda _: None, self.failed.emit)

    def _look_for_keys(self, *endpoints: str) -> None:
        def look(secrets: Secrets) -> dict[str, bool]:
            from engine.secrets import endpoint as named

            return {each: secrets.get(named(each)) is not None for each in endpoints}

        def take(keys: dict[str, bool]) -> None:
            self._keys |= keys
            self.changed.emit()

        if endpoints:
            self._bridge.ask_keys(look, take, self.failed.emit)


def _read(data: Mapping[str, Any]) -> Endpoint | None:
    from pydantic import ValidationError

    from engine.remote.endpoint import Endpoint

    try:
        return Endpoint.model_validate(data)
    except ValidationError:
        return None  # of a later version; it stays in the store
