"""What the store has, in memory: changed there at once, and written behind the window in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.bridge import Bridge
    from engine.errors import EngineError
    from engine.store import Store

T = TypeVar("T")
R = TypeVar("R")


class Mirror(Generic[T]):
    """Keeps what is shown in step with the store. `read` asks for all of it, and `take` shows what came back.

    `known` is False until it has been read once, and `writing` says that something is still on its way into the
    store. Where the store fails, the bridge says so and everything is read anew.
    """

    def __init__(self, bridge: Bridge, read: Callable[[Store], T], take: Callable[[T], None]) -> None:
        self._bridge = bridge
        self._read = read
        self._take = take
        self._changes = 0
        self._under_way = 0
        self.known = False

    @property
    def writing(self) -> bool:
        """Whether something is still on its way into the store."""
        return self._under_way > 0

    def refresh(self, done: Callable[[], None] | None = None) -> None:
        """Read everything anew, then do `done`."""
        changes = self._changes

        def back(found: T | None) -> None:
            if found is None:
                return
            if changes != self._changes:
                self.refresh(done)  # what was read is older than what has been done since
                return
            self.known = True
            self._take(found)
            if done is not None:
                done()

        self._bridge.ask_store(self._read, back)

    def changed(self) -> None:
        """Take note that what is shown was changed, so that nothing older takes its place."""
        self._changes += 1

    def write(self, write: Callable[[Store], R], done: Callable[[R | None], None] | None = None) -> None:
        """Tell the store of a change that is shown already, then do `done`."""
        self.changed()
        self._under_way += 1

        def back(result: R | None) -> None:
            self._under_way -= 1
            if done is not None:
                done(result)

        def failed(error: EngineError) -> None:
            self._under_way -= 1
            self._bridge.failed.emit(error)
            self.refresh()

        self._bridge.ask_store(write, back, failed)
