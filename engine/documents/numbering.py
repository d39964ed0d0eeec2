"""The numbers and bullets that Word sets before the paragraphs of a list (ECMA-376, part 1, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.documents.package import attribute, local, whole

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

BULLET = "-"

_LEVELS = 9
_NOT_BEGUN = -1
_PLACE = re.compile(r"%([1-9])")
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x")),
    *((9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_MOST = 4000
"""Largest number that is written as letters or Roman."""


@dataclass(frozen=True)
class _Level:
    form: str = "decimal"
    pattern: str = ""
    start: int = 1


class Numbering:
    """The lists of a document. `mark` is asked for each numbered paragraph in turn, and counts."""

    def __init__(self, root: Element | None) -> None:
        self._lists: dict[str, dict[int, _Level]] = {}
        self._counts: dict[str, list[int]] = {}
        self._abstract_of: dict[str, str] = {}
        if root is not None:
            self._load(root)

    def mark(self, number: str, level: int) -> str:
        """Return what stands before a paragraph of a list: "-", "3.", "4.2", "b)"; empty where nothing does."""
        levels = self._lists.get(number)
        if levels is None or not 0 <= level < _LEVELS:
            return BULLET if number != "0" else ""
        counts = self._counts.setdefault(self._abstract_of[number], [_NOT_BEGUN] * _LEVELS)
        here = levels.get(level, _Level())
        counts[level] = here.start if counts[level] == _NOT_BEGUN else counts[level] + 1
        counts[level + 1 :] = [_NOT_BEGUN] * (_LEVELS - level - 1)
        if here.form == "bullet":
            return BULLET
        if here.form == "none":
            return ""

        def count(place: re.Match[str]) -> str:
            of = int(place.group(1)) - 1
            other = levels.get(of, _Level())
            return _written(other.start if counts[of] == _NOT_BEGUN else counts[of], other.form)

        return _PLACE.sub(count, here.pattern)

    def _load(self, root: Element) -> None:
        abstract: dict[str, dict[int, _Level]] = {}
        for part in root:
            if local(part.tag) == "abstractNum":
                abstract[attribute(part, "abstractNumId")] = dict(_levels(part))
        for part in root:
            if local(part.tag) != "num":
                continue
            name = next((attribute(child, "val") for child in part if local(child.tag) == "abstractNumId"), "")
            number = attribute(part, "numId")
            self._abstract_of[number] = name
            self._lists[number] = dict(abstract.get(name, {}))
            for override in part:
                if local(override.tag) == "lvlOverride":
                    self._abstract_of[number] = f"{name}/{number}"  # it counts anew
                    self._lists[number].update(_levels(override))


def _levels(part: Element) -> list[tuple[int, _Level]]:
    found = []
    for level in part:
        if local(level.tag) == "lvl" and (place := whole(attribute(level, "ilvl"))) is not None:
            facts = {local(child.tag): attribute(child, "val") for child in level}
            start = whole(facts.get("start", "1"))
            form, pattern = facts.get("numFmt", "decimal"), facts.get("lvlText", "")
            found.append((place, _Level(form, pattern, 1 if start is None else start)))
    return found


def _written(number: int, form: str) -> str:
    if not 0 < number < _MOST:
        return str(number)
    if form in {"lowerLetter", "upperLetter"}:
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif form in {"lowerRoman", "upperRoman"}:
        letters, left = "", number
        for value, sign in _ROMAN:
            letters += sign * (left // value)
            left %= value
    else:
        return str(number)
    return letters.upper() if form.startswith("upper") else letters
