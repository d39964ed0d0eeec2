"""Keyrings for tests: back ends as the keyring library has them, of which none is the machine's own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import keyring
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import KeyringLocked, PasswordDeleteError

if TYPE_CHECKING:
    from collections.abc import Iterator


class MemoryKeyring(KeyringBackend):
    """A keyring that keeps what it is given until it is dropped. While `locked`, every question fails."""

    priority = 5  # type: ignore[assignment]  # as back ends declare it

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._unlock()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._unlock(f" for {password}")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._unlock()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")

    def _unlock(self, about: str = "") -> None:
        if self.locked:
            raise KeyringLocked(f"locked{about}")


@contextmanager
def using_keyring(backend: KeyringBackend | None) -> Iterator[None]:
    """Make a back end the system's for the length of the block; None is a system without a keyring."""
    before = keyring.get_keyring()
    keyring.set_keyring(backend or fail.Keyring())
    try:
        yield
    finally:
        keyring.set_keyring(before)
