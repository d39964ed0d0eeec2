"""The tokens of an answer: how each came to be, what else it might have been, and what was taken back.

Plain values, kept in the store as short lists. The text of a token is what its bytes spell; bytes that are no
character of their own, because a character is spread over several tokens, are surrogate escapes (PEP 383).
"""

from __future__ import annotations

import codecs
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

How = Literal["drawn", "forced", "closing", "given", "constructed"]
_LETTERS: Final[dict[How, str]] = {"drawn": "d", "forced": "f", "closing": "c", "given": "g", "constructed": "m"}
_HOWS: Final[dict[str, How]] = {letter: how for how, letter in _LETTERS.items()}
_ALLOWED, _REFUSED = 1, 2
_KEPT_TEXTS = 8


@dataclass(frozen=True, slots=True)
class Alternative:
    """A token that might have stood in another's place.

    `probability` is the model's own, before the mask; `allowed` tells whether the mask left it; `refused` that it was
    tried here and taken back.
    """

    id: int
    text: str
    probability: float
    allowed: bool
    refused: bool = False

    def to_plain(self) -> list[Any]:
        """Return the alternative as the store keeps it."""
        flags = _ALLOWED * self.allowed | _REFUSED * self.refused
        return [self.id, _plain_text(self.text), self.probability, flags]

    @classmethod
    def from_plain(cls, plain: list[Any]) -> Alternative:
        """Restore an alternative; raises TypeError or ValueError where it is none."""
        number, text, probability, flags = plain
        _require_numbers(number, probability)
        return cls(number, _text(text), probability, bool(flags & _ALLOWED), bool(flags & _REFUSED))


@dataclass(frozen=True, slots=True)
class Token:
    """A token of an answer and how it came to be.

    `probability` is that of a drawn token among those the mask left, `removed_mass` (0..1) what the mask took away.
    """

    id: int
    text: str
    how: How
    probability: float | None = None
    removed_mass: float | None = None
    alternatives: tuple[Alternative, ...] = ()

    def to_plain(self) -> list[Any]:
        """Return the token as the store keeps it; what is not known at the end of the list is left out."""
        plain: list[Any] = [self.id, _plain_text(self.text), _LETTERS[self.how], self.probability, self.removed_mass]
        plain.append([alternative.to_plain() for alternative in self.alternatives])
        while plain[-1] is None or plain[-1] == []:
            plain.pop()
        return plain

    @classmethod
    def from_plain(cls, plain: list[Any]) -> Token:
        """Restore a token; raises TypeError, ValueError or KeyError where it is none."""
        number, text, how, probability, removed, alternatives = plain + [None] * (6 - len(plain))
        _require_numbers(number, *(share for share in (probability, removed) if share is not None))
        found = tuple(Alternative.from_plain(entry) for entry in alternatives or ())
        return cls(number, _text(text), _HOWS[how], probability, removed, found)


@dataclass(frozen=True, slots=True)
class Attempts:
    """What was written at one place and taken back: how often, and the last texts of it, oldest first."""

    count: int
    texts: tuple[str, ...]

    def and_also(self, text: str) -> Attempts:
        """Return these attempts and one more."""
        return Attempts(self.count + 1, (*self.texts, text)[-_KEPT_TEXTS:])


class Trace:
    """The tokens of one answer in their order. It grows at the end, and may be cut back before it grows."""

    def __init__(self, tokens: Iterable[Token] = ()) -> None:
        self.tokens: list[Token] = []
        self.attempts: dict[int, Attempts] = {}
        """What was taken back, by the index of the token that came in its place."""
        self.cuts: list[int] = []
        """How many tokens each cut left, in the order of cuts: whoever shows a trace sees here what to forget."""
        self._ends: list[int] = []
        self._pieces: list[str] = []
        self._torn: dict[int, bytes] = {}
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.extend(None, tokens)

    def __len__(self) -> int:
        return len(self.tokens)

    def extend(self, keep: int | None, tokens: Iterable[Token]) -> None:
        """Add tokens. Where `keep` is given, all but the first `keep` tokens are taken back before.

        A last token that comes again in its own place was not taken back: the end of the text has completed it.
        """
        new = list(tokens)
        if keep is not None and keep < len(self.tokens):
            completed = keep == len(self.tokens) - 1 and bool(new) and new[0].id == self.tokens[keep].id
            self._cut(keep, attempted=not completed)
        for token in new:
            self._add(token)

    @property
    def length(self) -> int:
        """The length of the answer's text, in characters."""
        return self._ends[-1] if self._ends else 0

    @property
    def text(self) -> str:
        """The answer's text: a character that is spread over several tokens stands where the last of them does."""
        return "".join(self._pieces)

    def span(self, index: int) -> tuple[int, int]:
        """Return where in the answer's text a token stands: first character, and the one behind the last."""
        return (self._ends[index - 1] if index else 0), self._ends[index]

    def token_at(self, offset: int) -> int:
        """Return the token that a character of the answer's text belongs to. Raises IndexError past the end."""
        if not 0 <= offset < self.length:
            raise IndexError(offset)
        return bisect_right(self._ends, offset)

    def tokens_in(self, start: int, end: int) -> range:
        """Return the tokens that have a part in `text[start:end]`."""
        if start >= end:
            return range(0)
        first = bisect_right(self._ends, start)
        last = bisect_right(self._ends, end - 1)
        return range(first, min(last + 1, len(self.tokens)))

    def char_at(self, offset: int) -> str:
        """Return a character of the answer's text."""
        index = self.token_at(offset)
        return self._pieces[index][offset - self.span(index)[0]]

    def lowest_since(self, cuts: int) -> int | None:
        """Return how many tokens have stood since the first `cuts` cuts; None if there was no cut after them."""
        return min(self.cuts[cuts:], default=None)

    def to_plain(self) -> dict[str, Any]:
        """Return the trace as the store keeps it."""
        plain: dict[str, Any] = {"tokens": [token.to_plain() for token in self.tokens]}
        if self.attempts:
            plain["attempts"] = [
                [at, attempts.count, [_plain_text(text) for text in attempts.texts]]
                for at, attempts in self.attempts.items()
            ]
        return plain

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Trace:
        """Restore a trace; raises TypeError, ValueError or KeyError where it is none."""
        trace = cls(map(Token.from_plain, plain["tokens"]))
        for at, count, texts in plain.get("attempts", ()):
            _require_numbers(at)
            _require_numbers(count)
            trace.attempts[at] = Attempts(count, tuple(map(_text, texts)))
        return trace

    def _add(self, token: Token) -> None:
        index, text = len(self.tokens), token.text
        if not (text.isascii() and index not in self._torn):
            text = self._decoder.decode(_bytes(text))
            torn = self._decoder.getstate()[0]
            if torn:
                self._torn[index + 1] = torn
        self.tokens.append(token)
        self._pieces.append(text)
        self._ends.append(self.length + len(text))

    def _cut(self, keep: int, *, attempted: bool) -> None:
        gone = b"".join(_bytes(token.text) for token in self.tokens[keep:]).decode("utf-8", "surrogateescape")
        del self.tokens[keep:], self._pieces[keep:], self._ends[keep:]
        self._torn = {at: torn for at, torn in self._torn.items() if at <= keep}
        self._decoder.reset()
        self._decoder.setstate((self._torn.get(keep, b""), 0))
        self.attempts = {at: attempts for at, attempts in self.attempts.items() if at <= keep}
        if attempted:
            self.attempts[keep] = self.attempts.get(keep, Attempts(0, ())).and_also(gone)
        self.cuts.append(keep)


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _plain_text(text: str) -> str | list[int]:
    """Return text as JSON can carry it: bytes that are no characters as their numbers."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return list(_bytes(text))
    return text


def _text(plain: Any) -> str:
    if isinstance(plain, str):
        return plain
    if not isinstance(plain, list):  # a number would be so many bytes
        raise TypeError("a token's text is text, or a list of bytes")
    return bytes(plain).decode("utf-8", "surrogateescape")


def _require_numbers(number: Any, *shares: Any) -> None:
    """Raise TypeError where this is no whole number with shares: what was imported is painted only if it is."""
    if not isinstance(number, int) or not all(isinstance(share, int | float) for share in shares):
        raise TypeError("a trace is made of numbers")
