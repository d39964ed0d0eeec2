"""What a page does for each of its commands: written down once, for the palette and for the keys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from app.models.commands import Command
from app.shortcuts import BY_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from app.session import Session
    from app.shortcuts import Shortcuts

P = TypeVar("P")


class Frame(Protocol):
    """The window, as far as a page's commands know it."""

    def show_page(self, name: str) -> None:
        """Bring a page to the front."""

    def page(self, name: str) -> QWidget:
        """Return a page, made if need be."""

    def is_made(self, name: str) -> bool:
        """Whether a page was shown already."""

    @property
    def session(self) -> Session:
        """What pages ask."""


@dataclass(frozen=True)
class Intent(Generic[P]):
    """What a page does for a command, and when it can.

    `able` is asked once there is the page; before, only what is able `unmade` can be done, and what is always able.
    Where the keys of the command mean more than its name says, `pressed` is what they do. With `stays`, the page is
    not brought to the front.
    """

    do: Callable[[P], object]
    able: Callable[[P], bool] | None = None
    unmade: bool = False
    pressed: Callable[[P], object] | None = None
    stays: bool = False

    def press(self, page: P) -> None:
        """Do what the keys ask for; nothing where that cannot be done now."""
        if self.pressed is not None:
            self.pressed(page)
        elif self.able is None or self.able(page):
            self.do(page)


def listen(shortcuts: Shortcuts, page: QWidget, place: str, intents: Mapping[str, Intent[P]], of: P) -> None:
    """Let a widget hear the keys of those of the intents that belong to a place; they are done by `of`."""
    heard = {action: partial(each.press, of) for action, each in intents.items() if BY_ID[action].place == place}
    shortcuts.bind(page, heard)


def commands_of(frame: Frame, name: str, intents: Mapping[str, Intent[P]], page: Callable[[], P]) -> list[Command]:
    """Return the commands of a page by its name: each makes the page that `page` returns, and shows it."""

    def do(intent: Intent[P]) -> None:
        if not intent.stays:
            frame.show_page(name)
        intent.do(page())

    def able(intent: Intent[P]) -> bool:
        if intent.able is None:
            return True
        return intent.able(page()) if frame.is_made(name) else intent.unmade

    keys = frame.session.shortcuts
    return [
        Command(
            (action := BY_ID[each]).name,
            partial(do, intent),
            keys.shown(each),
            f"{name.lower()} {action.words}".strip() if name not in action.name else action.words,
            partial(able, intent),
            each,
        )
        for each, intent in intents.items()
    ]
