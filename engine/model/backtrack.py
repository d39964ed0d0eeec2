"""Taking back what a check refuses: which sampled token to change, and what to put in its place.

At each sampled position the likeliest tokens of the mask are kept. Where a value breaks the schema, the position
within it that gives up least is tried again without the token it had; the tokens after it are forgotten. A token
that was refused behind a prefix is never tried there again, so the search ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.model.sampling import Choice

MOST_ROLLBACKS = 256
MOST_DISCARDED = 4096
"""After so many refusals, or tokens taken back, an answer is given up."""


@dataclass(slots=True)
class Step:
    """A sampled token of an answer: where it stands, and what else could stand there.

    `index` counts the answer's tokens, `start` and `end` the characters before and after the token.
    """

    index: int
    start: int
    end: int
    choice: Choice
    refused: set[int] = field(default_factory=set)

    def next_best(self) -> tuple[int, float] | None:
        """Return the likeliest token that was not refused here and how much less likely it is, in nats."""
        own = None
        for token, score in self.choice.rivals:
            if token == self.choice.token:
                own = score
        for token, score in self.choice.rivals:
            if token != self.choice.token and token not in self.refused:
                return token, (own if own is not None else score) - score
        return None


def cheapest(steps: list[Step], start: int, end: int) -> Step | None:
    """Return the step in `text[start:end]` that gives up least; before it, the last one that can change at all."""
    best: tuple[float, Step] | None = None
    for step in steps:
        if step.end <= start or step.start >= end:
            continue
        found = step.next_best()
        if found is not None and (best is None or found[1] <= best[0]):
            best = (found[1], step)
    if best is not None:
        return best[1]
    return next((step for step in reversed(steps) if step.start < start and step.next_best()), None)
