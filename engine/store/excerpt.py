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
"""Characters of a text that are looked through letter by letter; a longer one is first narrowed down."""
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
        return cls(
            tuple(parts), tuple(pattern_of(part, begun=begun and at == last) for at, part in enumerate(parts))
        )


def excerpt_of(text: str, sought: Sought) -> tuple[str, Marks]:
    """Return one line of a text around what is sought, and the spans in it that match, in characters.

    Without a match it is the beginning of the text, without marks. Control characters become blanks, and those that
    turn the direction of writing are left out, since an excerpt may hold only the first of a pair.
    """
    cut_before = cut_after = False
    if len(text) > WHOLE:
        start = _find_far(text, sought)
        cut_before, cut_after = start > 0, start + WHOLE < len(text)
        text = text[start : start + WHOLE]
    spans = _matches(text, sought)
    start, end = _window(text, spans)
    plain, marks = _one_line(text, start, end, [span[:2] for span in spans if start <= span[0] and span[1] <= end])
    before = "…" if cut_before or start > 0 else ""
    after = "…" if cut_after or end < len(text) else ""
    return before + plain + after, tuple((a + len(before), b + len(before)) for a, b in marks)


def _find_far(text: str, sought: Sought) -> int:
    """Return where to look in a long text: near the first place that holds the longest part, else the beginning.

    Looks for the spellings that cost next to nothing, so an accent that was not typed is not found far down.
    """
    part, pattern = max(zip(sought.parts, sought.patterns, strict=True), key=lambda pair: len(pair[0]))
    found = []
    for spelling in {part, part.lower(), part.upper(), part.capitalize()}:
        at = text.find(spelling)
        for _ in range(_MOST_TRIES):
            if at < 0:
                break
            near = max(0, at - 1)
            if pattern.search(folded(text[near : at + len(spelling) + _BEFORE])):
                found.append(at)
                break
            at = text.find(spelling, at + 1)
    return max(0, min(found) - WHOLE // 10) if found else 0


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
