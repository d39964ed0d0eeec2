"""What tells a right value from a wrong one, beside the probabilities: where its quote stands, and among what.

Kept in a cell as small numbers, so that the confidence in it can be computed anew when corrections come in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.extraction.excerpts import Span

Kind = Literal["number", "date", "text", "choice", "free"]
"""How a value was written: quoted from a list of numbers or dates, quoted, chosen among labels, or in own words."""

_EDGE = re.compile(r"[^\S\n]{2,}|\t|\n|[^\S\n]\|[^\S\n]|:[^\S\n]")
_INDEX = re.compile(r"/\d+(?=/|$)")
_LONGEST_LINE = 200


def beside(folded: str, place: int, labels: Sequence[str]) -> tuple[float, float]:
    """Return which share of a label's words stands before a place on its line, and which on the line above."""
    if not labels:
        return 0.0, 0.0
    line = folded.rfind("\n", max(place - _LONGEST_LINE, 0), place) + 1
    above = folded.rfind("\n", max(line - 1 - _LONGEST_LINE, 0), max(line - 1, 0)) + 1
    if not line:
        line = above = max(place - _LONGEST_LINE, 0)
    own, higher = folded[line:place], folded[above:line]
    return (
        sum(label in own for label in labels) / len(labels),
        sum(label in higher for label in labels) / len(labels),
    )


def signals(
    folded: str,
    kind: Kind,
    span: Span | None,
    labels: Sequence[str],
    others: int,
) -> dict[str, float | str]:
    """Return the signals of a value that stands at a span; `others` is how many quotes its field could have had.

    `label` and `above` are the shares of the label's words before the value on its line and on the line above;
    `edges` 2 where the quote fills a line, a cell or what follows a
    colon, 1 where it does so on one side; `at` where in the text it stands, from 0 to 1; `words` its words.
    """
    found: dict[str, float | str] = {"kind": kind, "others": others}
    if span is None:
        return found
    start, end = span
    label, above = beside(folded, start, labels)
    found |= {"label": round(label, 2), "above": round(above, 2)}
    first = start == 0 or any(match.end() == start for match in _EDGE.finditer(folded, max(start - 8, 0), start))
    last = end >= len(folded) or _EDGE.match(folded, end) is not None
    return found | {
        "edges": int(first) + int(last),
        "at": round(start / max(len(folded), 1), 3),
        "words": len(folded[start:end].split()),
    }


def shared(spans: Mapping[str, Span]) -> dict[str, dict[str, int]]:
    """Return of each value, by its pointer, how many others stand at the same place or overlap it.

    `taken` counts those of other fields, `repeats` those of the same field in other items of a list.
    """
    ordered = sorted(spans.items(), key=lambda each: each[1])
    counted = {pointer: {"taken": 0, "repeats": 0} for pointer in spans}
    for index, (pointer, (_, end)) in enumerate(ordered):
        for other, (start, _) in ordered[index + 1 :]:
            if start >= end:
                break
            how = "repeats" if fold(pointer) == fold(other) else "taken"
            counted[pointer][how] += 1
            counted[other][how] += 1
    return counted


def fold(pointer: str) -> str:
    """Return a JSON Pointer with list indices as "*": the field that a cell belongs to."""
    return _INDEX.sub("/*", pointer)
