"""What is known of the places of a schema: how each is held to, and what is wrong there; told row by row."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from app.models.enforcement import HOLDINGS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

Severity = Literal["error", "warning", "hint"]
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "hint")
"""The worst first."""

WAYS: Final = ("refused", "check", "annotation", "rewritten", "mask")
"""How a keyword is held to, the worst first: what nothing holds to is worse than what the mask does."""
REFUSED: Final = "nothing can be generated while this stands here"

_PROSE: Final = frozenset(
    {
        "$anchor", "$comment", "$defs", "$dynamicAnchor", "$id", "$recursiveAnchor", "$schema", "$vocabulary",
        "definitions", "description", "id", "title",
    }
)  # fmt: skip
"""Keywords of which nobody expects that something holds to them; nor to those that begin with "x-"."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is wrong, or may be, at a place."""

    severity: Severity
    sentence: str


class SchemaMarks:
    """How the keywords of a schema are held to, by their pointers, and its flaws by theirs."""

    def __init__(self) -> None:
        self._held: dict[str, str] = {}
        self._flaws: dict[str, tuple[Flaw, ...]] = {}
        self._within: dict[str, list[str]] = {}

    def hold(self, ways: Mapping[str, str]) -> None:
        """Take in how keywords are held to; each is at the pointer of its value, such as `/properties/a/maxLength`."""
        rank = {way: place for place, way in enumerate(WAYS)}
        self._held = {}
        for pointer, way in ways.items():
            schema, slash, keyword = pointer.rpartition("/")
            if way not in rank or (way == "annotation" and (keyword in _PROSE or keyword.startswith("x-"))):
                continue
            place = schema if slash else pointer
            known = self._held.get(place)
            if known is None or rank[way] < rank[known]:
                self._held[place] = way

    def find_fault(self, flaws: Mapping[str, Sequence[Flaw]]) -> None:
        """Take in what is wrong, by pointers."""
        self._flaws = {pointer: tuple(each) for pointer, each in flaws.items() if each}
        within: dict[str, list[str]] = defaultdict(list)
        for pointer in self._flaws:
            here, slash = pointer, "/"
            while slash:
                within[here].append(pointer)
                here, slash, _ = here.rpartition("/")
        self._within = dict(within)

    def way(self, pointers: Iterable[str]) -> str | None:
        """Return the worst way in which the keywords of a row are held to; its schemas are at these pointers."""
        ways = {self._held[pointer] for pointer in pointers if pointer in self._held}
        return next((way for way in WAYS if way in ways), None)

    def flaws(self, pointer: str, shown_below: Collection[str] = ()) -> list[Flaw]:
        """Return what is wrong at a place and in it, the worst first, but for what rows below it show."""
        found = [
            flaw
            for place in self._within.get(pointer, ())
            if not _is_covered(place, pointer, shown_below)
            for flaw in self._flaws[place]
        ]
        return sorted(found, key=lambda flaw: SEVERITIES.index(flaw.severity))


def way_word(way: str) -> str:
    """Return the word for a way of holding to a keyword that stands in the tree."""
    return {"annotation": "note"}.get(way, way)


def way_meaning(way: str) -> str:
    """Return what a way of holding to a keyword means."""
    return HOLDINGS[way].meaning if way in HOLDINGS else REFUSED


def _is_covered(place: str, pointer: str, shown_below: Collection[str]) -> bool:
    here = place
    while shown_below and len(here) > len(pointer):
        if here in shown_below:
            return True
        here = here.rpartition("/")[0]
    return False
