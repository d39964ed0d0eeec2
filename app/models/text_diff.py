"""Where texts that answer the same question differ, word by word. Knows no Qt; bounded, but not for its thread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST: Final = 4_000
"""Words, or else lines, that are compared one by one. Of longer texts only the ends that are alike are told apart."""
_WORDS: Final = re.compile(r"\w+|[^\w\s]")
_LINES: Final = re.compile(r"[^\n]*\S[^\n]*")

Span = tuple[int, int]


@dataclass(frozen=True)
class TextDifference:
    """One stretch in which the texts differ: its characters in each, None where a text has no words there."""

    spans: tuple[Span | None, ...]


def compare_texts(texts: Sequence[str | None]) -> list[TextDifference]:
    """Compare texts with the first of them that is not None; those that are None are left out."""
    present = [at for at, text in enumerate(texts) if text is not None]
    if len(present) < 2:
        return []
    first = present[0]
    spans = dict(zip(present, _pieces([texts[at] or "" for at in present]), strict=True))
    words = {at: [(texts[at] or "")[begin:end] for begin, end in spans[at]] for at in present}
    changes: list[tuple[int, int, int, int, int]] = []
    for at in present[1:]:
        changes += [(*block, at) for block in _changes(words[first], words[at])]
    changes.sort()
    groups: list[list[tuple[int, int, int, int, int]]] = []
    reach = -1
    for change in changes:
        if groups and change[0] <= reach:
            groups[-1].append(change)
        else:
            groups.append([change])
        reach = max(reach, change[1]) if len(groups[-1]) > 1 else change[1]
    return [TextDifference(_spans(group, first, spans, len(texts))) for group in groups]


def _pieces(texts: Sequence[str]) -> list[list[Span]]:
    """Return what is compared of each text: its words, or its lines where they are too many."""
    words = [[match.span() for match in _WORDS.finditer(text)] for text in texts]
    if max(map(len, words)) <= _MOST:
        return words
    return [[match.span() for match in _LINES.finditer(text)] for text in texts]


def _changes(one: list[str], other: list[str]) -> list[tuple[int, int, int, int]]:
    """Return the stretches of both lists that differ."""
    if max(len(one), len(other)) <= _MOST:
        matcher = SequenceMatcher(None, one, other)
        return [(begin, end, at, to) for kind, begin, end, at, to in matcher.get_opcodes() if kind != "equal"]
    least = min(len(one), len(other))
    begin = next((index for index in range(least) if one[index] != other[index]), least)
    end = next((index for index in range(least - begin) if one[-1 - index] != other[-1 - index]), least - begin)
    return [(begin, len(one) - end, begin, len(other) - end)] if len(one) != len(other) or begin < least else []


def _spans(
    group: list[tuple[int, int, int, int, int]], first: int, spans: dict[int, list[Span]], count: int
) -> tuple[Span | None, ...]:
    found: list[Span | None] = [None] * count
    found[first] = _hull(spans[first], min(change[0] for change in group), max(change[1] for change in group))
    for at, places in spans.items():
        own = [change for change in group if change[4] == at]
        if own:
            found[at] = _hull(places, min(change[2] for change in own), max(change[3] for change in own))
    return tuple(found)


def _hull(spans: list[Span], begin: int, end: int) -> Span | None:
    return (spans[begin][0], spans[end - 1][1]) if begin < end else None
