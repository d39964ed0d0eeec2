"""The ways in which a keyword of a schema is held to, in plain words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Holding:
    """One way of holding to a keyword: the word that is counted, and what it means."""

    counted: str
    meaning: str


HOLDINGS: Final[dict[str, Holding]] = {
    "mask": Holding("masked", "held to by the mask: nothing else can be written"),
    "rewritten": Holding("rewritten", "said to the mask in other words, which mean the same"),
    "check": Holding("checked", "checked on the finished values, and written again where it fails"),
    "annotation": Holding("noted", "a note: nothing is held to"),
}
"""By the engine's names (`engine.model.protocol.Enforcement.how`), the strictest first."""


def count_holdings(hows: Iterable[str]) -> str:
    """Return how many keywords are held to in which way, leaving out ways that none takes: "17 masked, 2 checked"."""
    counts = Counter(hows)
    return ", ".join(f"{counts[how]} {holding.counted}" for how, holding in HOLDINGS.items() if counts[how])


def meaning_of(how: str) -> str:
    """Return what a way means; one that this version does not know, from a newer receipt, by its name."""
    return HOLDINGS[how].meaning if how in HOLDINGS else how
