"""The shortest way to end a text from where its grammar stands, so that a token limit does not cut it.

A depth-first search over the matcher: at each state the tokens that close come first, then those that lead on with
least (a comma, a digit, `null`), then words, the longest first. The first end found is taken; it is short, not always
the shortest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llguidance import LLTokenizer
    from numpy.typing import NDArray

    from engine.constraint.matcher import Matcher

_MOST_STATES = 1500
_BRANCHES = 5
_WORD, _OTHER, _LAST = 400, 800, 1000
_DEEPEST = 500
"""Tokens after which a way to the end is no longer followed."""
_LIGHT = (b", ", b",", b', "', b" ", b": ", b'"', b' "', b"0", b"1", b" 0", b" 1", b"null", b"true", b" null", b" true")


class Closer:
    """Knows the vocabulary: which tokens close, and how soon each leads to an end."""

    def __init__(self, tokenizer: LLTokenizer, ends: frozenset[int]) -> None:
        pieces = [tokenizer.decode_bytes([token]) for token in range(tokenizer.vocab_size)]
        self._rank: NDArray[np.int32] = np.array([_rank(piece) for piece in pieces], dtype=np.int32)
        self._brackets = np.array([bool(piece) and not piece.strip(b"]}") for piece in pieces])
        self._letter = pieces.index(b"a")
        self._ends = ends

    def shortest(self, matcher: Matcher, most: int) -> list[int] | None:
        """Return at most `most` tokens that end the text; None where the search finds none.

        The matcher is left as it was.
        """
        search = _Search(matcher, self, min(most, _DEEPEST))
        found = search.run()
        tokens = list(search.tokens)
        matcher.rollback(len(tokens))
        return tokens if found else None

    def candidates(self, allowed: NDArray[np.intp]) -> list[int]:
        """Return the tokens to try, the best first."""
        ranks = self._rank[allowed]
        if self._letter in allowed:  # within a string, where a bracket closes nothing
            ranks = np.where(self._brackets[allowed], _LAST, ranks)
        if len(allowed) > _BRANCHES:
            places = np.argpartition(ranks, _BRANCHES)[:_BRANCHES]
            places = places[np.argsort(ranks[places], kind="stable")]
        else:
            places = np.argsort(ranks, kind="stable")
        return [token for token in allowed[places].tolist() if token not in self._ends]


@dataclass(slots=True)
class _Search:
    matcher: Matcher
    closer: Closer
    most: int
    tokens: list[int] = field(default_factory=list)
    states: int = 0

    def run(self) -> bool:
        """Go on from the matcher's state; true where an end was reached."""
        forced = 0 if self.matcher.accepting else self._take(self.matcher.take_forced())
        if self.matcher.accepting:
            return True
        self.states += 1
        if len(self.tokens) < self.most and self.states < _MOST_STATES:
            for token in self.closer.candidates(self.matcher.allowed()):
                self.matcher.consume(token)
                self._take([token])
                if self.run():
                    return True
                self._give_back(1)
                if self.states >= _MOST_STATES:
                    break
        self._give_back(forced)
        return False

    def _take(self, tokens: Sequence[int]) -> int:
        self.tokens += tokens
        return len(tokens)

    def _give_back(self, count: int) -> None:
        if count:
            self.matcher.rollback(count)
            del self.tokens[len(self.tokens) - count :]


def _rank(piece: bytes) -> int:
    """Return how soon a token leads to an end: the less, the sooner."""
    if not piece:
        return _LAST
    if not piece.strip(b'"]}'):
        return -len(piece)
    if piece in _LIGHT:
        return _LIGHT.index(piece) + 1
    return (_WORD if piece.strip().isalnum() else _OTHER) - min(len(piece), 100)
