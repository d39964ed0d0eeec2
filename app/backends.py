"""What answers requests: the model on this machine, models elsewhere, or several of them in an order.

Made for the model's lane: the client and what speaks to servers are imported there, since that costs more than the
window may take at its start.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from app.model_choice import LOCAL, endpoint_of, order_of
from engine.errors import InvalidRequest, ModelCrashed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from app.loading import First
    from engine.model.backend import Backend
    from engine.model.client import ClientState, ModelClient
    from engine.model.protocol import GenerateRequest, RequestEvent
    from engine.network import Network
    from engine.secrets import Secrets


class Doors:
    """The network and the keyring, each made when it is first asked for; for workers, but for `allowed`."""

    def __init__(self, tell_uses: Callable[[tuple[str, ...]], None]) -> None:
        self._tell_uses = tell_uses
        self._lock = threading.Lock()
        self._network: Network | None = None
        self._secrets: Secrets | None = None
        self.allowed = True

    def allow(self, allowed: bool) -> None:
        """Let the network be used from now on, or not; for any OS thread."""
        with self._lock:
            self.allowed = allowed
            if self._network is not None:
                self._network.allowed = allowed

    def network(self) -> Network:
        """Return the one door to the network."""
        with self._lock:
            if self._network is None:
                from engine.network import Network

                self._network = Network(allowed=self.allowed, listener=self._tell_uses)
            return self._network

    def secret(self, name: str) -> str | None:
        """Return a key, by its name; None where there is none."""
        return self.secrets().get(name)

    def secrets(self) -> Secrets:
        """Return where keys are kept."""
        with self._lock:
            if self._secrets is None:
                from engine.secrets import Secrets

                self._secrets = Secrets()
            return self._secrets


class Backends:
    """Every backend of the window, by the choice that names it; made when it is first asked for, closed together."""

    def __init__(self, cache: Path, tell_state: Callable[[ClientState], None], doors: Doors) -> None:
        self._doors = doors
        self._cache = cache
        self._tell_state = tell_state
        self._lock = threading.Lock()
        self._asked: dict[str, Backend] = {}
        self._made: dict[str, tuple[Mapping[str, Any], Backend]] = {}
        self._unconnected: dict[str, tuple[Mapping[str, Any], Backend]] = {}
        self._remotes: list[Backend] = []
        self._orders: dict[tuple[Backend, ...], Backend] = {}
        self.client: ModelClient | None = None

    def start(self, first: First) -> None:
        """Make the client of this machine's model, and start its host."""
        from engine.model.client import ModelClient

        self.client = ModelClient(
            first.path,
            options=first.options,
            cache_dir=self._cache,
            listener=self._tell_state,
            expected_sha256=first.pinned,
        )
        self.client.start()

    def of(self, choice: str, endpoints: Mapping[str, Mapping[str, Any]]) -> Backend:
        """Return what answers for a choice. Raises `InvalidRequest` for an endpoint that is not among these."""
        order = tuple(self._one(part, endpoints) for part in order_of(choice))
        if len(order) == 1:
            return order[0]
        return self._several(order)

    def previewing(self, choice: str, endpoints: Mapping[str, Mapping[str, Any]]) -> Backend:
        """Return what tells the prompt of a request for the first model of a choice, without asking anybody elsewhere.

        A preview is not a question: no text goes anywhere for it, not even to have its tokens counted.
        """
        part = order_of(choice)[0]
        endpoint = endpoint_of(part)
        if endpoint is None or endpoint not in endpoints:
            return self._one(part, endpoints)
        return self._offline(endpoint, endpoints[endpoint])

    def submit(self, backend: Backend, request: GenerateRequest, listener: Callable[[RequestEvent], None]) -> None:
        """Send a request, and know until it has ended who answers it."""

        def hear(event: RequestEvent) -> None:
            if event.type in {"finished", "failed"}:
                with self._lock:
                    self._asked.pop(request.id, None)
            listener(event)

        with self._lock:
            self._asked[request.id] = backend
        backend.submit(request, hear)

    def cancel(self, request_id: str) -> None:
        """Stop a request, whoever answers it."""
        with self._lock:
            backend = self._asked.get(request_id)
        if backend is not None:
            backend.cancel(request_id)

    def close(self) -> None:
        """End all of them; running requests fail."""
        for backend in self._remotes:
            backend.close()
        if self.client is not None:
            self.client.close()

    def _one(self, part: str, endpoints: Mapping[str, Mapping[str, Any]]) -> Backend:
        if part == LOCAL:
            if self.client is None:
                raise ModelCrashed("The model has not been started.", advice="Start it on the page Models.")
            return self.client
        endpoint = endpoint_of(part)
        data = endpoints.get(endpoint) if endpoint is not None else None
        if endpoint is None or data is None:
            raise InvalidRequest(
                "The model elsewhere that is chosen here is not in the list any more, so nothing was sent.",
                advice="Choose another model.",
            )
        return self._remote(endpoint, data)

    def _remote(self, endpoint: str, data: Mapping[str, Any]) -> Backend:
        """Return what asks an endpoint; one that was changed is made anew, while the one before ends its answers."""
        from engine.remote.backend import RemoteBackend
        from engine.remote.endpoint import Endpoint
        from engine.secrets import endpoint as named

        made = self._made.get(endpoint)
        if made is not None and made[0] == data:
            return made[1]
        doors = self._doors
        key = partial(doors.secret, named(endpoint))
        backend = RemoteBackend(Endpoint.model_validate(data), doors.network(), key)
        self._made[endpoint] = data, backend
        self._remotes.append(backend)
        return backend

    def _offline(self, endpoint: str, data: Mapping[str, Any]) -> Backend:
        """Return what would ask an endpoint, and cannot: what it was found to understand is all that it knows."""
        from engine.network import Network
        from engine.remote.backend import RemoteBackend
        from engine.remote.endpoint import Capabilities, Endpoint

        made = self._unconnected.get(endpoint)
        if made is not None and made[0] == data:
            return made[1]
        whole = Endpoint.model_validate(data)
        known = (whole.capabilities or Capabilities()).model_copy(update={"tokenize": None})
        backend = RemoteBackend(whole.model_copy(update={"capabilities": known}), Network(allowed=False), lambda: None)
        self._unconnected[endpoint] = data, backend
        self._remotes.append(backend)
        return backend

    def _several(self, order: tuple[Backend, ...]) -> Backend:
        from engine.remote.fallback import FallbackBackend

        if order not in self._orders:
            self._orders[order] = FallbackBackend(order)
        return self._orders[order]
