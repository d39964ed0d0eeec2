"""The door to the network, as the settings of a profile have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.network import Network
from engine.settings import read

if TYPE_CHECKING:
    from engine.store import Store


def network_of(store: Store) -> Network:
    """Return the door to the network. Raises NetworkOff where the settings forbid it."""
    network = Network(allowed=read(store.settings.all()).settings.network.use != "never")
    network.check()
    return network
