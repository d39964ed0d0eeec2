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

_DEPTH = 4
"""How many chunks are read for each field, where they fit."""
_WORTH = 0.25
"""How good a chunk has to be, in comparison with the best, for a list whose items show where they are."""
_ROWS = 0.5
"""What it is worth to have rows of a table; and what is left of other chunks where the best one has them."""
_LEAST = 1e-6
_AT_ONCE = 100
"""Tokens that items are gathered from at once. Of 40 rows of a price table the bundled model got 37 right in pieces of
100 tokens, 27 in pieces of 170 and 13 in pieces of 340."""


def choose_for_record(chunks: Chunks, scores: NDArray[np.float64], room: int) -> list[Chunk]:
    """Return the chunks that fit together and are the best for the fields, in the document's order.

    First the best chunk of each field is taken, then the second best of each, and so on, as deep as is worth the time
    to read it: how good they are in comparison with those of another field says nothing. Of equals it is the earlier
    one, since a document begins with what it is about. Where all chunks fit, all are taken.
    """
    if chunks.tokens(chunks.chunks) <= room:
        return list(chunks.chunks)
    tokens = [chunks.tokens([chunk]) for chunk in chunks.chunks]
    ranks = np.argsort(-scores, axis=1, kind="stable")[:, :_DEPTH]
    wanted = dict.fromkeys([*ranks.T.ravel().tolist(), *range(min(_DEPTH, len(chunks)))])
    chosen = []
    for index in wanted:
        if tokens[index] <= room:
            chosen.append(index)
            room -= tokens[index]
    return [chunks.chunks[index] for index in sorted(chosen)]


def choose_for_lists(
    chunks: Chunks, search: Search, fields: Sequence[Field], scores: NDArray[np.float64], room: int, most: int
) -> list[list[Chunk]]:
    """Return the chunks that may hold items of any of the lists, in groups that are read together.

    Groups are small, since small models lose rows among many, and larger, up to `room` tokens, where there would be
    more than `most` of them; of what even then is too much, the best are taken. A list whose items have numbers is not
    looked for where there is none, and so with dates; one of texts is looked for everywhere.
    """
    worth = np.zeros(len(chunks))
    rows = np.array([chunk.rows > 0 for chunk in chunks.chunks])
    for field, each in zip(fields, scores, strict=True):
        value = each + _ROWS * rows + _LEAST
        if field.kinds:
            possible = np.logical_and.reduce([search.counts(kind) > 0 for kind in sorted(field.kinds)])
            if rows[np.argmax(np.where(possible, value, 0))]:
                value = np.where(rows, value, value * _ROWS)
            value = np.where(possible & (value >= _WORTH * value.max(where=possible, initial=0)), value, 0)
        worth = np.maximum(worth, value)
    wanted = [int(index) for index in np.flatnonzero(worth)]
    size = min(room, _AT_ONCE)
    while len(groups := _group(chunks, wanted, size)) > most and size < room:
        size = min(room, 2 * size)
    while len(groups) > most:
        # What is left out leaves gaps, so a few rounds may be needed.
        kept = max(len(wanted) * most // len(groups), 1) if len(groups) > 2 * most else len(wanted) - 1
        wanted = sorted(sorted(wanted, key=lambda index: -worth[index])[:kept])
        groups = _group(chunks, wanted, size)
    return groups


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
