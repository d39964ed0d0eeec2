"""How probable the values of an answer were, from the probabilities of tokens that its server told.

They are those of the server's whole distribution, or of what its mask left: servers differ, and do not say.
"""

from __future__ import annotations

import codecs
import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.model.protocol import Alternative, Rival, TokenTrace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.constraint.values import ClosedValue
    from engine.remote.checking import Checked
    from engine.remote.completion import ToldToken

_MOST_RIVALS = 24
_LEAST_LIKELY = 0.005
"""What is told of a value's rivals, as of models on this machine: so many at most, none less probable."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """What `ValueClosed` tells of a value's tokens, its quotes aside."""

    mean: float | None = None
    least: float | None = None
    margin: float | None = None
    absence: float | None = None
    whole: float | None = None
    rivals: tuple[Rival, ...] = ()


UNKNOWN = Likelihood()


def likelihoods(checked: Checked, tokens: Sequence[ToldToken], *, rivals: bool) -> dict[str, Likelihood]:
    """Return by pointer how probable the values of an answer were, where the server told of tokens that spell it.

    `rivals` asks for what else a value could have been, as `GenerateRequest.rivals` does.
    """
    text = _Text(checked.text, tokens)
    return {value.pointer: text.likelihood(value, rivals=rivals) for value in checked.values} if text.known else {}


def traces(text: str, tokens: Sequence[ToldToken]) -> tuple[TokenTrace, ...]:
    """Return the tokens of a text as traces, where their probabilities were told; none where they do not spell it.

    Their numbers are made up, one for each spelling: a server tells no others.
    """
    if b"".join(token.data for token in tokens) != text.encode():
        return ()
    numbers: dict[bytes, int] = {}
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    return tuple(
        TokenTrace(
            token=numbers.setdefault(token.data, len(numbers)),
            text=decoder.decode(token.data),
            how="drawn",
            probability=token.share,
            alternatives=tuple(
                Alternative(
                    token=numbers.setdefault(data, len(numbers)),
                    text=data.decode(errors="replace"),
                    probability=share,
                    allowed=True,
                )
                for data, share in sorted([(token.data, token.share), *token.others], key=lambda each: -each[1])
            ),
        )
        for token in tokens
    )


@dataclass(frozen=True, slots=True)
class _Token:
    told: ToldToken
    start: int
    end: int


class _Text:
    """Where each token whose probability is known stands in a text; none is, where they do not spell it."""

    def __init__(self, text: str, tokens: Sequence[ToldToken]) -> None:
        self._text = text
        self.known: list[_Token] = []
        place = b"".join(token.data for token in tokens).find(text.encode()) if text else -1
        if place < 0:
            return
        # Offsets of bytes as those of characters: a token that ends within a character ends behind it.
        ends = [0]
        for index, character in enumerate(text):
            ends += [index + 1] * len(character.encode())
        here = -place
        for token in tokens:
            start, here = here, here + len(token.data)
            if start >= 0 and here < len(ends):
                self.known.append(_Token(token, ends[start], ends[here]))

    def likelihood(self, value: ClosedValue, *, rivals: bool) -> Likelihood:
        """Return what is known of a value."""
        quote = 1 if isinstance(value.value, str) else 0
        tokens = self._between(value.start + quote, value.end - quote)
        if not tokens:
            return UNKNOWN
        shares = [token.told.share for token in tokens]
        margins = [
            max(0.0, token.told.share - max(share for _, share in token.told.others))
            for token in tokens
            if token.told.others
        ]
        mean, least, margin = sum(shares) / len(shares), min(shares), min(margins, default=None)
        if not rivals or isinstance(value.value, dict | list):
            return Likelihood(mean, least, margin)
        return Likelihood(mean, least, margin, self._absence(value), math.prod(shares), self._rivals(value, tokens))

    def _between(self, start: int, end: int) -> list[_Token]:
        first = bisect_right(self.known, start, key=_end)
        return self.known[first : bisect_left(self.known, end, key=_start)]

    def _absence(self, value: ClosedValue) -> float | None:
        """Return the probability of null where a value began; None where nothing is known of that place."""
        first = next(iter(self._between(value.start, value.end)), None)
        if first is None or first.start > value.start:
            return None
        options = [(first.told.data, first.told.share), *first.told.others]
        return min(sum(share for data, share in options if data.lstrip().startswith(b"n")), 1.0)

    def _rivals(self, value: ClosedValue, tokens: Sequence[_Token]) -> tuple[Rival, ...]:
        found: list[Rival] = []
        so_far = 1.0
        for token in tokens:
            begin = max(token.start, value.start)
            own, before = self._text[value.start : begin], self._text[token.start : begin]
            for data, share in token.told.others:
                text = data.decode("utf-8", "ignore")
                rival = own + text.removeprefix(before)
                if so_far * share >= _LEAST_LIKELY and rival and text.startswith(before):
                    found.append(Rival(text=rival, probability=so_far * share))
            so_far *= token.told.share
        return tuple(sorted(found, key=lambda rival: -rival.probability)[:_MOST_RIVALS])


def _start(token: _Token) -> int:
    return token.start


def _end(token: _Token) -> int:
    return token.end
