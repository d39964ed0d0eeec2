"""Which tokens continue a quote: the bytes of a vocabulary, looked up at many places of a text at once.

Each token's content, what it holds before a quotation mark that closes the string, is known by a hash. The hashes of
all beginnings at the places asked for are looked up together, and what matches is compared byte by byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.constraint.grounding.quotable import BREAK

if TYPE_CHECKING:
    from llguidance import LLTokenizer
    from numpy.typing import NDArray

    from engine.constraint.grounding.quotable import QuotableText

_LONGEST = 24
"""Bytes of the longest content that is looked up; what longer tokens say, shorter ones do."""
_BASE = np.uint64(0x9E3779B97F4A7C15)
_SPREAD = np.uint64(0xD6E8FEB86659FD93)
_QUOTE = 0x22
_BACKSLASH = 0x5C


@dataclass(frozen=True, slots=True)
class Matches:
    """Contents that stand in a text: `contents[i]` at the place with the index `at[i]` of those asked for."""

    at: NDArray[np.intp]
    contents: NDArray[np.intp]


class Vocabulary:
    """The tokens of a model by what they say within a string. Made once for each model: about 0.2 s."""

    def __init__(self, tokenizer: LLTokenizer) -> None:
        self.tokenizer = tokenizer
        self.ends = frozenset(tokenizer.eos_tokens)
        self.pieces: list[bytes] = [tokenizer.decode_bytes([token]) for token in range(tokenizer.vocab_size)]
        within: dict[bytes, list[int]] = {}
        closing: dict[bytes, list[int]] = {}
        self.has_quote: NDArray[np.bool_] = np.array([b'"' in piece for piece in self.pieces], dtype=bool)
        """Which tokens hold a quotation mark: they may open a string or close one."""
        self.goes_on: NDArray[np.bool_] = np.zeros(len(self.pieces), dtype=bool)
        """Which tokens hold more behind the first quotation mark that is not escaped."""
        for token, piece in enumerate(self.pieces):
            quote = closing_quote(piece)
            content = piece if quote < 0 else piece[:quote]
            if BREAK in content or len(content) > _LONGEST:
                continue
            (within if quote < 0 else closing).setdefault(content, []).append(token)
        for token in np.flatnonzero(self.has_quote).tolist():
            quote = closing_quote(self.pieces[token])
            self.goes_on[token] = 0 <= quote < len(self.pieces[token]) - 1
        self.single = {piece[0]: token for token, piece in reversed(list(enumerate(self.pieces))) if len(piece) == 1}
        """The tokens of single bytes."""
        within.pop(b"", None)
        self.closing_at_once: NDArray[np.intp] = np.array(closing.pop(b"", []), dtype=np.intp)
        """Tokens that close a string without adding to it."""
        self._contents = sorted(within.keys() | closing.keys())
        self._within = _Lists([within.get(content, []) for content in self._contents])
        self._closing = _Lists([closing.get(content, []) for content in self._contents])
        self.closes: NDArray[np.bool_] = np.array([content in closing for content in self._contents], dtype=bool)
        self.lengths: NDArray[np.intp] = np.array([len(content) for content in self._contents], dtype=np.intp)
        self._bytes = np.zeros((len(self._contents), _LONGEST), dtype=np.uint8)
        for index, content in enumerate(self._contents):
            self._bytes[index, : len(content)] = np.frombuffer(content, dtype=np.uint8)
        columns = self._bytes.astype(np.uint64)
        hashes = _hashes(columns)[np.arange(len(self._contents)), self.lengths - 1]
        self._order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[self._order]

    def matches(self, text: QuotableText, places: NDArray[np.int64]) -> Matches:
        """Return each content that stands in a text at one of the places."""
        reach = places[:, None] + np.arange(_LONGEST)
        window = text.bytes[np.minimum(reach, len(text.bytes) - 1)]  # the last byte is a break
        hashes = _hashes(window.astype(np.uint64))
        known = np.logical_and.accumulate(window != BREAK, axis=1)
        at, length = np.nonzero(known)
        wanted = hashes[at, length]
        found = np.minimum(np.searchsorted(self._hashes, wanted), len(self._hashes) - 1)
        same = np.flatnonzero(self._hashes[found] == wanted)
        at, length, contents = at[same], length[same] + 1, self._order[found[same]]
        covered = np.arange(_LONGEST) < length[:, None]
        exact = (self.lengths[contents] == length) & np.all((self._bytes[contents] == window[at]) | ~covered, axis=1)
        return Matches(at[exact], contents[exact])

    def tokens(self, contents: NDArray[np.intp], *, closing: bool) -> NDArray[np.intp]:
        """Return the tokens with these contents that close the string, or those that do not."""
        return (self._closing if closing else self._within).of(np.unique(contents))


def closing_quote(piece: bytes) -> int:
    """Return where the first quotation mark stands that is not escaped within these bytes; -1 without one."""
    escaped = False
    for index, byte in enumerate(piece):
        if escaped:
            escaped = False
        elif byte == _BACKSLASH:
            escaped = True
        elif byte == _QUOTE:
            return index
    return -1


class _Lists:
    """Lists of tokens, one behind the other."""

    def __init__(self, lists: list[list[int]]) -> None:
        self._tokens = np.array([token for each in lists for token in each], dtype=np.intp)
        self._ends = np.cumsum([len(each) for each in lists], dtype=np.intp)
        self._sizes = np.array([len(each) for each in lists], dtype=np.intp)

    def of(self, indices: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the tokens of several lists."""
        sizes = self._sizes[indices]
        total = int(sizes.sum())
        offsets = np.arange(total) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        found: NDArray[np.intp] = self._tokens[np.repeat(self._ends[indices] - sizes, sizes) + offsets]
        return found


def _hashes(columns: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the hash of each beginning of each row: shape as given, one column for each length."""
    value = np.zeros(len(columns), dtype=np.uint64)
    out = np.empty_like(columns)
    for length in range(columns.shape[1]):
        value = value * _BASE + (columns[:, length] + np.uint64(1)) * _SPREAD
        value ^= value >> np.uint64(29)
        out[:, length] = value
    return out
