"""Where in a document the fields of a schema are likely to stand: BM25 over its chunks, and what their values show.

The index is SQLite's own (FTS5, `bm25()`; Robertson and Zaragoza, 2009, "The Probabilistic Relevance Framework"), in
memory. Its words have no case, no accents and no English endings (Porter, 1980), and a word of the schema finds those
that begin with it, since most languages change the ends of words. Scripts without blanks are searched letter by letter.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from engine.extraction.long.fields import words_of
from engine.store.words import spaced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.extraction.long.chunks import Chunks
    from engine.extraction.long.fields import Field

_NAME, _SAID, _EXAMPLES, _ABOVE = 3.0, 1.0, 2.0, 1.0
_VALUES = 2.0
"""What it is worth that a chunk has values such as the field asks for; a quarter of it for having several."""
_TITLES = 0.5
"""What it is worth to be the first chunk: there stands who wrote to whom about what."""
_LONG_WORD = 4
_MOST_READINGS = 5


class Search:
    """The chunks of one document, ready to be asked for fields."""

    def __init__(self, chunks: Chunks) -> None:
        """Index the chunks; a megabyte of text takes some tenths of a second."""
        self._chunks = chunks
        self._texts = [chunks.text(chunk) for chunk in chunks.chunks]
        source = chunks.source
        starts = np.array([chunk.start for chunk in chunks.chunks], dtype=np.int64)
        self._readings = {
            kind: np.bincount(
                np.searchsorted(starts, [each.start for each in readings], side="right") - 1, minlength=len(starts)
            )
            for kind, readings in (("number", source.numbers), ("date", source.dates))
        }

    def scores(self, fields: Sequence[Field]) -> NDArray[np.float64]:
        """Return how likely it is that each field stands in each chunk: 0 to 1, shape (fields, chunks)."""
        found = np.zeros((len(fields), len(self._texts)))
        with closing(sqlite3.connect(":memory:")) as index:
            index.execute(
                "CREATE VIRTUAL TABLE chunk "
                "USING fts5(text, content='', tokenize='porter unicode61 remove_diacritics 2')"
            )
            index.executemany(
                "INSERT INTO chunk (rowid, text) VALUES (?, ?)",
                ((number, spaced(text)) for number, text in enumerate(self._texts)),
            )
            for place, field in enumerate(fields):
                found[place] = self._score(index, field)
        return found

    def counts(self, kind: str) -> NDArray[np.intp]:
        """Return how many numbers or dates begin in each chunk."""
        return self._readings[kind]

    def _score(self, index: sqlite3.Connection, field: Field) -> NDArray[np.float64]:
        total = np.zeros(len(self._texts))
        weights = 0.0
        parts = ((field.name, _NAME), (field.said, _SAID), (field.examples, _EXAMPLES), (field.above, _ABOVE))
        for texts, weight in parts:
            words = words_of(texts)
            if words:
                total += weight * self._bm25(index, words)
                weights += weight
        for kind in sorted(field.kinds):
            count = np.minimum(self._readings[kind], _MOST_READINGS)
            total += _VALUES * np.where(count > 0, 0.75 + 0.25 * count / _MOST_READINGS, 0)
            weights += _VALUES
        if field.signs:
            total += _VALUES * np.array([any(sign in text for sign in field.signs) for text in self._texts])
            weights += _VALUES
        total[0] += _TITLES
        return total / (weights + _TITLES)

    def _bm25(self, index: sqlite3.Connection, words: list[str]) -> NDArray[np.float64]:
        """Return the rank of each chunk for some words, the best of them 1 and what has none of them 0."""
        query = " OR ".join(f'"{spaced(word)}"' + ("*" if len(word) >= _LONG_WORD else "") for word in words)
        found = np.zeros(len(self._texts))
        for number, rank in index.execute("SELECT rowid, bm25(chunk) FROM chunk WHERE chunk MATCH ?", (query,)):
            found[number] = -rank
        best = found.max()
        return found / best if best > 0 else found
