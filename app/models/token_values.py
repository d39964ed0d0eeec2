"""What the tokens of an answer mean: the value each is a part of, and the values the model was least certain of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.exchange import Closed
    from app.token_trace import Trace

CERTAIN: Final = 0.9
"""From here on a drawn token counts as certain."""
MOST_DOUBTS: Final = 8


@dataclass(frozen=True, slots=True)
class Doubt:
    """A value with a token that was far from certain: its pointer, and the least probable token of it."""

    pointer: str
    index: int
    probability: float

    @property
    def name(self) -> str:
        """The last key of the pointer; items of an array are told apart by their array's."""
        *above, last = ["answer", *(part.replace("~1", "/").replace("~0", "~") for part in self.pointer.split("/")[1:])]
        return f"{above[-1]} {last}" if last.isdigit() and above else last


class Doubts:
    """Keeps, while an answer grows, which of its values are the least certain. Each value is looked at once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, int, Doubt | None]] = {}
        self._cuts = 0
        self.behind = False
        """Whether there were more new values than could be looked at in one call."""

    def least_certain(self, trace: Trace, closed: Mapping[str, Closed], most: int = 2_000) -> tuple[Doubt, ...]:
        """Return the values with a drawn token below 0.9, the least certain first, eight at most.

        Looks at up to `most` values that are new: opening a very long answer must not hold up the window.
        """
        lowest = trace.lowest_since(self._cuts)
        self._cuts = len(trace.cuts)
        stood = trace.length if lowest is None else trace.span(lowest)[0] if lowest < len(trace) else trace.length
        known: dict[str, tuple[int, int, Doubt | None]] = {}
        self.behind = False
        for pointer, span in closed.items():
            before = self._known.get(pointer)
            if before is not None and before[:2] == (span.start, span.end) and span.end <= stood:
                known[pointer] = before
            elif span.end <= trace.length and not self.behind:
                known[pointer] = (span.start, span.end, _doubt(trace, pointer, span.start, span.end))
                most -= 1
                self.behind = most <= 0
        self._known = known
        found = [doubt for _, _, doubt in known.values() if doubt is not None]
        return tuple(sorted(found, key=lambda doubt: (doubt.probability, doubt.index))[:MOST_DOUBTS])


def _doubt(trace: Trace, pointer: str, start: int, end: int) -> Doubt | None:
    """Return the doubt about a value, of which its quotes are no part; containers are as sure as what they hold."""
    first = trace.char_at(start)
    if first in "{[":
        return None
    quote = int(first == '"')
    least: Doubt | None = None
    for index in trace.tokens_in(start + quote, end - quote):
        token = trace.tokens[index]
        if token.how != "drawn" or token.probability is None or token.probability >= CERTAIN:
            continue
        if least is None or token.probability < least.probability:
            least = Doubt(pointer, index, token.probability)
    return least


def pointer_of(trace: Trace, closed: Mapping[str, Closed], index: int) -> str | None:
    """Return the JSON Pointer of the innermost value that a token is a part of; None where none is closed yet.

    A token that spans several values belongs to the one it has the most of; structure belongs to its container.
    """
    start, end = trace.span(index)
    found: str | None = None
    best = (-1, 0)
    for pointer, span in closed.items():
        shared = min(end, span.end) - max(start, span.start)
        # Only a scalar can be cut by a token and still be what it is about; of containers the smallest that holds it.
        whole = span.start <= start and end <= span.end
        scalar = 0 <= span.start < trace.length and trace.char_at(span.start) not in "{["
        if shared <= 0 or not (whole or scalar):
            continue
        rank = (shared if scalar else 0, span.start - span.end)
        if rank > best or found is None:
            found, best = pointer, rank
    return found
