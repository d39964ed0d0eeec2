"""Which chunks of a document are read: for a record the best that fit together, for lists all that are worth it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.extraction.long.chunks import Chunk, Chunks
    from engine.extraction.long.fields import Field
    from engine.extraction.long.search import Search

_BESIDE = 0.05
"""What it is worth that a chunk is good for a field which a better one is chosen for."""
_WORTH = 0.25
"""How good a chunk has to be, in comparison with the best, for a list whose items show where they are."""
_ROWS = 0.5
_LEAST = 1e-6


def choose_for_record(chunks: Chunks, scores: NDArray[np.float64], room: int) -> list[Chunk]:
    """Return the chunks that fit together and are the best for all fields, in the document's order.

    One after the other that one is taken which is better by most than what is there for each field (a greedy choice
    for a submodular sum: Nemhauser, Wolsey and Fisher, 1978).
    """
    tokens = np.array([chunks.tokens([chunk]) for chunk in chunks.chunks])
    best = np.zeros(len(scores))
    beside = _BESIDE * scores.sum(axis=0)
    left = np.ones(len(chunks), dtype=bool)
    chosen: list[int] = []
    while True:
        left &= tokens <= room
        if not left.any():
            return [chunks.chunks[index] for index in sorted(chosen)]
        gains = np.maximum(scores - best[:, None], 0).sum(axis=0) + beside
        # The earlier of equals, since a document begins with what it is about.
        index = int(np.argmax(np.where(left, gains, -1)))
        chosen.append(index)
        left[index] = False
        room -= int(tokens[index])
        best = np.maximum(best, scores[:, index])


def choose_for_lists(
    chunks: Chunks, search: Search, fields: Sequence[Field], scores: NDArray[np.float64], room: int, most: int
) -> list[list[Chunk]]:
    """Return the chunks that may hold items of any of the lists, in groups that are read together.

    Never more than `most` groups: then the best are taken. A list whose items have numbers is not looked for where
    there is none, and so with dates; one of texts is looked for everywhere.
    """
    worth = np.zeros(len(chunks))
    rows = np.array([chunk.rows > 0 for chunk in chunks.chunks])
    for field, each in zip(fields, scores, strict=True):
        value = each + _ROWS * rows + _LEAST
        if field.kinds:
            possible = np.logical_and.reduce([search.counts(kind) > 0 for kind in sorted(field.kinds)])
            value = np.where(possible & (value >= _WORTH * value.max(where=possible, initial=0)), value, 0)
        worth = np.maximum(worth, value)
    wanted = [int(index) for index in np.flatnonzero(worth)]
    while True:
        groups = _group(chunks, wanted, room)
        if len(groups) <= most:
            return groups
        # What is left out leaves gaps, so a few rounds may be needed.
        kept = max(len(wanted) * most // len(groups), 1) if len(groups) > 2 * most else len(wanted) - 1
        wanted = sorted(sorted(wanted, key=lambda index: -worth[index])[:kept])


def _group(chunks: Chunks, wanted: Sequence[int], room: int) -> list[list[Chunk]]:
    groups: list[list[Chunk]] = []
    size = 0
    for index in wanted:
        chunk = chunks.chunks[index]
        tokens = chunks.tokens([chunk])
        if groups and size + tokens <= room:
            groups[-1].append(chunk)
            size += tokens
        else:
            groups.append([chunk])
            size = tokens
    return groups
