"""Keys and tokens, in the system's keyring and nowhere else.

Names are `hub` for the token of the model hub and `endpoint:<id>` for the key of a model elsewhere.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote

from engine.errors import InvalidRequest, SecretsUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyring.backend import KeyringBackend

HUB: Final = "hub"
"""The name under which the token of the hub is kept."""

_VARIABLES = {HUB: "HF_TOKEN"}
_SHORTEST_MASKED = 4
_MASK = "•••"
_SYSTEMS_OWN = 1
"""The least priority of a keyring that is the system's own; those that write plain files have less."""

_T = TypeVar("_T")
log = logging.getLogger(__name__)


def endpoint(identifier: str) -> str:
    """Return the name under which the key of a model elsewhere is kept."""
    return f"endpoint:{identifier}"


class Secrets:
    """What the system's keyring keeps for this program, and what is held in memory for this run only.

    The first question may take a second and ask a person to unlock the keyring: call it on a worker. Safe to use from
    several OS threads. Nothing that this object says of itself, logs or raises contains a value.
    """

    def __init__(self, service: str = "espalier") -> None:
        self._service = service
        self._lock = threading.Lock()
        self._held: dict[str, str] = {}
        self._known: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"Secrets({self._service!r})"

    @property
    def available(self) -> bool:
        """Tell whether the system has a keyring in which values can be kept."""
        return _keyring() is not None

    def get(self, name: str) -> str | None:
        """Return a value: the environment's (`HF_TOKEN`, for the hub), the one held for this run, or the keyring's.

        Raises `SecretsUnavailable` where there is a keyring that cannot be read, since it is locked for instance.
        """
        value = self.from_environment(name) or self._held.get(name) or self._read(name)
        if value is not None:
            self._remember(value)
        return value

    def from_environment(self, name: str) -> str | None:
        """Return the value that the environment gives to a name, which is stronger than a kept one."""
        return os.environ.get(_VARIABLES.get(name, ""), "").strip() or None

    def put(self, name: str, value: str) -> None:
        """Keep a value in the keyring, in place of the one before.

        Raises `SecretsUnavailable` where there is none or it refuses, `InvalidRequest` for what cannot be a key.
        """
        value = self._checked(value)
        backend = _keyring()
        if backend is None:
            raise SecretsUnavailable(
                "This system has no keyring in which a key could be kept.",
                advice="It can be used until the program ends; it is not written anywhere.",
            )
        with self._lock:
            _ask("written", lambda: backend.set_password(self._service, name, value))
            self._held.pop(name, None)

    def hold(self, name: str, value: str) -> None:
        """Hold a value in memory until the program ends. Raises `InvalidRequest` for what cannot be a key."""
        self._held[name] = self._checked(value)

    def forget(self, name: str) -> None:
        """Remove a value from the keyring and from memory; one that is not there is no error."""
        self._held.pop(name, None)
        backend = _keyring()
        if backend is None:
            return
        with self._lock:
            if _ask("read", lambda: backend.get_password(self._service, name)) is not None:
                _ask("written", lambda: backend.delete_password(self._service, name))

    def mask(self, text: str) -> str:
        """Return a text in which each value that was put, held or handed out here is replaced by dots."""
        for value in sorted(self._known, key=len, reverse=True):
            for form in {value, json.dumps(value)[1:-1], quote(value, safe="")}:
                text = text.replace(form, _MASK)
        return text

    def _checked(self, value: str) -> str:
        """Return a value as it goes into a header: without the blanks that pasting brings along."""
        value = value.strip()
        if not value or not value.isascii() or not value.isprintable() or " " in value:
            raise InvalidRequest(
                "This cannot be a key: keys are one word of letters, digits and signs.",
                advice="Copy it again, without what stands around it.",
            )
        self._remember(value)
        return value

    def _remember(self, value: str) -> None:
        # Shorter ones ("x", "-") are what servers take that want no key; masking them would garble any text.
        if len(value) >= _SHORTEST_MASKED:
            self._known |= {value}

    def _read(self, name: str) -> str | None:
        backend = _keyring()
        if backend is None:
            return None
        with self._lock:
            return _ask("read", lambda: backend.get_password(self._service, name))


def masked(text: str, secrets: Secrets) -> str:
    """Return a text fit to be logged or shown: known keys, as they are, in JSON and in URLs, become dots."""
    return secrets.mask(text)


def _keyring() -> KeyringBackend | None:
    """Return the system's keyring, or None where it has none that is safe."""
    # Imported when it is needed: it looks for back ends in all installed packages and, on Linux, asks the D-Bus.
    import keyring

    try:
        backend = keyring.get_keyring()
        is_safe = backend.priority >= _SYSTEMS_OWN
    except Exception as error:  # noqa: BLE001 - back ends are plug-ins, which raise whatever they like
        log.warning("No keyring: %s", type(error).__name__)
        return None
    return backend if is_safe else None


def _ask(done: str, question: Callable[[], _T]) -> _T:
    try:
        return question()
    except Exception as error:  # noqa: BLE001 - see above
        log.warning("The keyring could not be %s: %s", done, type(error).__name__)
        # Without the cause: its message is a plug-in's, and might name the value.
        raise SecretsUnavailable(
            f"The system's keyring cannot be {done}.", advice="Unlock it, and try again."
        ) from None
