"""Screens on the offscreen platform, with the catalogue that ships."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.widgets.generated.screen import Screen
from engine.interface.sources import Column, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.style.theme import Theme

BEDS = Source(
    "beds",
    (Column("bed", "text"), Column("litres", "number")),
    (("North", "48"), ("South", "36"), ("Frame", "8")),
)


@pytest.fixture
def make_screen(theme: Theme) -> Iterator[Callable[..., Screen]]:
    """Return what makes screens of 640 pixels that can be seen."""
    made: list[Screen] = []

    def make(tree: Any = None, **how: Any) -> Screen:
        screen = Screen(theme, **{"sources": (BEDS,), **how})
        screen.resize(640, 600)
        screen.show()
        if tree is not None:
            screen.show_tree(tree)
        made.append(screen)
        return screen

    yield make
    for screen in made:
        screen.close()
        screen.deleteLater()
