"""A search that follows a person's typing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.bridge import Bridge
    from engine.errors import EngineError
    from engine.store import Store

T = TypeVar("T")


@dataclass(frozen=True)
class Found(Generic[T]):
    """What a search found; the query is empty once the search has ended."""

    query: str
    hits: tuple[T, ...] = ()


class Searching(Generic[T]):
    """Searches of the store, one at a time; `tell` is given what the newest one found."""

    def __init__(self, bridge: Bridge, find: Callable[[Store, str], list[T]], tell: Callable[[Found[T]], None]) -> None:
        self._bridge = bridge
        self._find = find
        self._tell = tell
        self._query = ""
        self._busy = False

    def search(self, text: str) -> None:
        """Search for a text; one without anything in it ends the search."""
        self._query = text.strip() and text.lstrip()
        if not self._query:
            self._tell(Found(""))
        elif not self._busy:
            self._begin()

    def _begin(self) -> None:
        """Search for the newest query. One is under way at a time: whoever types fast leaves no queue behind."""
        query = self._query
        self._busy = True

        def back(hits: list[T] | None) -> None:
            self._busy = False
            if query == self._query:
                self._tell(Found(query, tuple(hits or ())))
            elif self._query:
                self._begin()

        def failed(error: EngineError) -> None:
            self._busy = False
            self._bridge.failed.emit(error)

        self._bridge.ask_store(lambda store: self._find(store, query), back, failed)
