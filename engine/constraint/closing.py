"""The shortest way to end a text from where its grammar stands, so that a token limit does not cut it.

A depth-first search over the matcher: at each state the tokens that close come first, then those that lead on with
least (a comma, a digit, `null`), then a character or two behind which the string can be closed (a pattern may ask for
them), then words, the longest first. The first end found is taken; it is short, not always the shortest.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from llguidance import LLTokenizer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from engine.constraint.matcher import Matcher

MOST_STATES = 1500
QUICK_LOOK = 250
"""States of the matcher that a search looks at: about half a millisecond each."""
_PROBES = 4
"""Characters that are tried for each state that a search may look at."""
_LONGEST_RUN = 24
_MOST_ENDS = 100
_BRANCHES, _MOST_BRANCHES = 5, 32
_FEW = 256
"""Tokens up to which all that may follow are looked at, since each can stand for a branch of the schema."""
_CHARACTERS = b"0aA:-_./@#+ ,;=()%&!?*~$^|<>'zZ19"
_EMPTY, _WORD, _OTHER, _LAST = 100, 400, 800, 1000
_DEEPEST = 500
"""Tokens after which a way to the end is no longer followed."""
_LIGHT = (b", ", b",", b', "', b" ", b": ", b'"', b' "', b"0", b"1", b" 0", b" 1", b"null", b"true", b" null", b" true")


class Closer:
    """Knows the vocabulary: which tokens close, and how soon each leads to an end."""

    def __init__(self, tokenizer: LLTokenizer, ends: frozenset[int]) -> None:
        self.tokenizer = tokenizer
        pieces = [tokenizer.decode_bytes([token]) for token in range(tokenizer.vocab_size)]
        self._rank: NDArray[np.int32] = np.array([_rank(piece) for piece in pieces], dtype=np.int32)
        self._rank_in_string = np.array([_rank_in_string(piece) for piece in pieces], dtype=np.int32)
        self._first = [piece[:1] for piece in pieces]
        self._letter = pieces.index(b"a")
        self.quote = pieces.index(b'"')
        self._characters = [pieces.index(bytes([byte])) for byte in _CHARACTERS if bytes([byte]) in pieces]
        self._ends = ends

    def shortest(
        self,
        matcher: Matcher,
        most: int,
        passes: Callable[[list[int]], bool] = lambda _tokens: True,
        *,
        states: int = MOST_STATES,
    ) -> list[int] | None:
        """Return at most `most` tokens that end the text; None where the search finds none in so many `states`.

        `passes` tells whether an end that the matcher accepts is one. The matcher is left as it was.
        """
        search = _Search(matcher, self, min(most, _DEEPEST), passes, states)
        found = search.run()
        tokens = list(search.tokens)
        matcher.rollback(len(tokens))
        return tokens if found else None

    def candidates(self, allowed: NDArray[np.intp]) -> list[int]:
        """Return the tokens to try, the best first; where few may follow, one for each way to begin before others."""
        ranks = (self._rank_in_string if self._letter in allowed else self._rank)[allowed]
        few = len(allowed) <= _FEW
        if not few:
            best = np.argpartition(ranks, _BRANCHES)[:_BRANCHES]
            allowed, ranks = allowed[best], ranks[best]
        tokens = [token for token in allowed[np.argsort(ranks, kind="stable")].tolist() if token not in self._ends]
        return _various(tokens, self._first)[:_MOST_BRANCHES] if few else tokens

    def closes(self, token: int) -> bool:
        """Tell whether a token is made of quotes and brackets alone."""
        return bool(self._rank[token] < 0)

    def characters(self, allowed: NDArray[np.intp]) -> list[int]:
        """Return single characters that may follow: a digit, letters, and each sign."""
        return [token for token in self._characters if token in allowed]


@functools.cache
def byte_closer() -> Closer:
    """Return a closer over a vocabulary of single bytes, for where no model's is at hand."""
    tokenizer = LLTokenizer("byte")
    return Closer(tokenizer, frozenset(tokenizer.eos_tokens))


@dataclass(slots=True)
class _Search:
    matcher: Matcher
    closer: Closer
    most: int
    passes: Callable[[list[int]], bool]
    most_states: int
    tokens: list[int] = field(default_factory=list)
    states: int = 0
    probes: int = 0
    ends: int = 0

    def goes_on(self) -> bool:
        """Whether the search may look at more."""
        return self.states < self.most_states and self.ends < _MOST_ENDS

    def run(self) -> bool:
        """Go on from the matcher's state; true where an end was reached."""
        forced = 0 if self.matcher.accepting else self._take(self.matcher.take_forced())
        if self.matcher.accepting and len(self.tokens) <= self.most:
            if self.passes(self.tokens):
                return True
            self.ends += 1
        self.states += 1
        if len(self.tokens) < self.most and self.goes_on() and not self.matcher.ended:
            allowed = self.matcher.allowed()
            candidates = [[token] for token in self.closer.candidates(allowed)]
            if candidates and not self.closer.closes(candidates[0][0]):
                candidates[:0] = self._to_a_quote(allowed)
            for tokens in candidates:
                for token in tokens:
                    self.matcher.consume(token)
                self._take(tokens)
                if self.run():
                    return True
                self._give_back(len(tokens))
                if not self.goes_on():
                    break
        self._give_back(forced)
        return False

    def _to_a_quote(self, allowed: NDArray[np.intp]) -> list[list[int]]:
        """Return a character, one repeated, or two behind which a string can be closed, if there are such."""
        found = self._probe(allowed, 1) or self._repeat(allowed) or self._probe(allowed, 2)
        return [found] if found else []

    def _repeat(self, allowed: NDArray[np.intp]) -> list[int] | None:
        """Return a digit or letter as often as a pattern asks for it, e.g. `[0-9]{3}`."""
        for token in self.closer.characters(allowed)[:3]:
            taken = 0
            found = False
            while taken < _LONGEST_RUN and not found and self.matcher.allows(token):
                self.matcher.consume(token)
                taken += 1
                found = self.matcher.allows(self.closer.quote)
            self.matcher.rollback(taken)
            self.probes += taken
            if found:
                return [token] * taken
        return None

    def _probe(self, allowed: NDArray[np.intp], depth: int) -> list[int] | None:
        for token in self.closer.characters(allowed):
            if self.probes >= _PROBES * self.most_states:
                return None
            self.probes += 1
            self.matcher.consume(token)
            rest: list[int] | None = None
            if depth > 1:
                rest = self._probe(self.matcher.allowed(), depth - 1)
            elif self.matcher.allows(self.closer.quote):
                rest = []
            self.matcher.rollback(1)
            if rest is not None:
                return [token, *rest]
        return None

    def _take(self, tokens: Sequence[int]) -> int:
        self.tokens += tokens
        return len(tokens)

    def _give_back(self, count: int) -> None:
        if count:
            self.matcher.rollback(count)
            del self.tokens[len(self.tokens) - count :]


def _various(tokens: list[int], first: list[bytes]) -> list[int]:
    """Return tokens in their order, but those before others that are the best of their first byte."""
    best = {first[token]: token for token in reversed(tokens)}
    leading = set(best.values())
    return [token for token in tokens if token in leading] + [token for token in tokens if token not in leading]


def _rank(piece: bytes) -> int:
    """Return how soon a token leads to an end: the less, the sooner."""
    if not piece:
        return _LAST
    if b'"' in piece and not piece.strip().strip(b'"'):
        return -_EMPTY if piece.strip() == b'""' else -1
    if not piece.strip(b'"]}') and b'"' not in piece[1:]:
        return -len(piece)
    if piece in _LIGHT:
        return _LIGHT.index(piece) + 1
    return _rank_of_text(piece)


def _rank_in_string(piece: bytes) -> int:
    """Return the same where the token is within a string, in which a bracket or comma closes nothing."""
    if piece.startswith(b'"') and not piece.strip(b'"]}'):
        return -len(piece)
    return _rank_of_text(piece)


def _rank_of_text(piece: bytes) -> int:
    return (_WORD if piece.strip().isalnum() else _OTHER) - min(len(piece), 100)
