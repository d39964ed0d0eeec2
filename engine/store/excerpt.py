"""Excerpts of what a search found: the place in a text where most of the words stand, and the marks on them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.store.words import folded, pattern_of

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    Marks = tuple[tuple[int, int], ...]

WHOLE = 20_000
"""Characters of a text that are looked through one by one; a longer one is first narrowed down to a piece."""
_BEFORE, _AFTER = 50, 120
_MOST_MATCHES = 200
_MOST_TRIES = 50
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Sought:
    """What a query looks for: its parts, and the pattern of each in a folded text."""

    parts: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, parts: Sequence[str], *, begun: bool) -> Sought:
        """Prepare the parts of a query; `begun` says that the last one may go on."""
        last = len(parts) - 1
        return cls(tuple(parts), tuple(pattern_of(part, begun=begun and at == last) for at, part in enumerate(parts)))


@dataclass(frozen=True)
class Piece:
    """A piece of a text, and whether something stands before and after it."""

    text: str
    more_before: bool = False
    more_after: bool = False


def piece_of(raw: bytes, sought: Sought) -> Piece:
    """Return the piece of a long text, as UTF-8, that an excerpt is to be taken from.

    That is near the first place that holds the longest part, or the beginning. Only spellings that cost next to
    nothing are tried, so that an accent that was not typed is found near the beginning alone.
    """
    part, pattern = max(zip(sought.parts, sought.patterns, strict=True), key=lambda pair: len(pair[0]))
    found = []
    for spelling in {spelled.encode() for spelled in (part, part.lower(), part.upper(), part.capitalize())}:
        at = raw.find(spelling)
        for _ in range(_MOST_TRIES):
            if at < 0:
                break
            near = raw[max(0, at - 4) : at + len(spelling) + _AFTER].decode(errors="ignore")
            if pattern.search(folded(near)):
                found.append(at)
                break
            at = raw.find(spelling, at + 1)
    start = max(0, min(found) - WHOLE // 10) if found else 0
    text = raw[start : start + WHOLE].decode(errors="ignore")
    return Piece(text, more_before=start > 0, more_after=start + WHOLE < len(raw))


def excerpt_of(piece: Piece, sought: Sought) -> tuple[str, Marks]:
    """Return one line of a text around what is sought, and the spans in it that match, in characters.

    Without a match it is the beginning of the text, without marks. Control characters become blanks, and those that
    turn the direction of writing are left out, since an excerpt may hold only the first of a pair.
    """
    text = piece.text
    spans = _matches(text, sought)
    start, end = _window(text, spans)
    plain, marks = _one_line(text, start, end, [(a, min(b, end)) for a, b, _ in spans if start <= a < end])
    before = "…" if piece.more_before or start > 0 else ""
    after = "…" if piece.more_after or end < len(text) else ""
    return before + plain + after, tuple((a + len(before), b + len(before)) for a, b in marks)


def _matches(text: str, sought: Sought) -> list[tuple[int, int, int]]:
    """Return (start, end, number of the part) of the matches in a text, by place."""
    plain = folded(text)
    spans = []
    for number, pattern in enumerate(sought.patterns):
        for count, match in enumerate(pattern.finditer(plain)):
            if count == _MOST_MATCHES:
                break
            spans.append((match.start(), match.end(), number))
    return sorted(spans)


def _window(text: str, spans: list[tuple[int, int, int]]) -> tuple[int, int]:
    """Return the piece of a text that shows most of the parts, the first of its kind."""
    most, start, end = 0, 0, 0
    for first, span in enumerate(spans):
        parts, last = set(), span[1]
        for other in spans[first:]:
            if other[1] > span[0] + _AFTER:
                break
            parts.add(other[2])
            last = max(last, other[1])
        if len(parts) > most:
            most, start, end = len(parts), span[0], last
    left, right = max(0, start - _BEFORE), min(len(text), max(end, start + _AFTER))
    if left > 0:  # begin with a word, where one begins soon
        blank = text.find(" ", left, start)
        left = blank + 1 if 0 <= blank < left + _BEFORE // 2 else left
        while left < start and (unicodedata.category(text[left])[0] == "M" or text[left] == "\u200d"):
            left += 1
    return left, min(right, left + 4 * _AFTER)


def _one_line(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    line: list[str] = []
    places = {}
    for at in range(start, end):
        places[at] = len(line)
        character = text[at]
        if character.isspace() or unicodedata.category(character) == "Cc":
            if line and line[-1] != " ":
                line.append(" ")
        elif character not in _TURNING:
            line.append(character)
    places[end] = len(line)
    plain = "".join(line).rstrip()
    marks: list[tuple[int, int]] = []
    for first, last in spans:
        begin, stop = places[first], min(places[last], len(plain))
        if marks and begin <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(stop, marks[-1][1]))
        elif stop > begin:
            marks.append((begin, stop))
    return plain, marks
