"""A text laid out anew: only the blanks between its signs change, so that spelling, order and repeated keys stay."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import EditRefused
from engine.schema.editing.edits import Edit
from engine.schema.editing.layout import WIDEST, Style

if TYPE_CHECKING:
    from engine.schema.editing.edits import Step

_SIGN = re.compile(r'"(?:[^"\\\n]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+')
_BLANKS = " \t\r\n"
_DEEPEST = 500


@dataclass(slots=True)
class _Holder:
    """An object or array: how wide it is in one line, and how many levels of filled ones stand in it."""

    is_object: bool
    width: int = 0
    height: int = 0
    entries: int = 0


def formatted(text: str, style: Style | None = None) -> Step:
    """Return the edits that lay out a JSON text as `layout.write` has it, by default with its own indent and line ends.

    Raises EditRefused for what is not JSON.
    """
    if style is None:
        habits = Style.of(text)
        style = Style(newline=habits.newline, indent=habits.indent)
    signs = [found.span() for found in _SIGN.finditer(text)]
    holders = _holders(text, signs, style)
    gaps = _gaps(text, signs, holders, style)
    edits = []
    at = 0
    for (start, end), gap in zip(signs, gaps, strict=True):
        if text[at:start] != gap:
            if text[at:start].strip(_BLANKS):
                raise _refused(text, at)
            edits.append(Edit(at, start, gap))
        at = end
    if text[at:].strip(_BLANKS):
        raise _refused(text, at)
    ending = style.newline if "\n" in text[at:] else ""
    if text[at:] != ending:
        edits.append(Edit(at, len(text), ending))
    return tuple(edits)


def _holders(text: str, signs: list[tuple[int, int]], style: Style) -> dict[int, _Holder]:
    """Return what is between brackets, by the number of the opening one among the signs."""
    found: dict[int, _Holder] = {}
    opened: list[int] = []
    padding = 2 * len(style.padding)
    widths = {",": 1 + len(style.gap), ":": len(style.colon)}
    for number, (start, end) in enumerate(signs):
        sign = text[start]
        if sign in "{[":
            if len(opened) == _DEEPEST:
                raise EditRefused("This is nested too deeply to be laid out.")
            opened.append(number)
            found[number] = _Holder(sign == "{")
        elif sign in "}]":
            if not opened or found[opened[-1]].is_object != (sign == "}"):
                raise _refused(text, start)
            inner = found[opened.pop()]
            inner.width += 2 + (padding if inner.is_object and inner.entries else 0)
            if opened:
                outer = found[opened[-1]]
                outer.width += inner.width
                outer.entries += 1
                outer.height = max(outer.height, inner.height + 1 if inner.entries else 1)
        elif opened:
            holder = found[opened[-1]]
            holder.width += widths.get(sign, end - start)
            holder.entries += sign not in ",:"
            holder.height = max(holder.height, 1)
    if opened:
        raise _refused(text, signs[opened[-1]][0])
    return found


def _gaps(text: str, signs: list[tuple[int, int]], holders: dict[int, _Holder], style: Style) -> list[str]:
    """Return the blanks before each sign."""
    before_colon, _, after_colon = style.colon.partition(":")
    gaps: list[str] = []
    broken: list[bool] = []
    objects: list[bool] = []
    gap, column, margin = "", 0, ""
    for number, (start, end) in enumerate(signs):
        sign = text[start]
        if sign in ",:":
            gap = before_colon if sign == ":" else ""
        elif sign in "}]":
            empty = text[signs[number - 1][0]] in "{[" and number - 1 in holders
            is_broken, is_object = broken.pop(), objects.pop()
            if is_broken:
                margin = margin[: len(margin) - len(style.indent)]
            gap = "" if empty else style.newline + margin if is_broken else style.padding if is_object else ""
        gaps.append(gap)
        column = len(margin) + end - start if style.newline in gap else column + len(gap) + end - start
        if sign in "{[":
            holder = holders[number]
            is_broken = not _is_short(holder, style, column - 1, len(margin)) and not (broken and not broken[-1])
            is_broken = is_broken and holder.entries > 0
            broken.append(is_broken)
            objects.append(holder.is_object)
            if is_broken:
                margin += style.indent
            gap = style.newline + margin if is_broken else style.padding if holder.is_object and holder.entries else ""
        elif sign == ",":
            gap = style.newline + margin if broken and broken[-1] else style.gap
        elif sign == ":":
            gap = after_colon
        else:
            gap = ""
    return gaps


def _is_short(holder: _Holder, style: Style, column: int, margin: int) -> bool:
    """Tell whether something may stand in one line: at most one level of simple values in it, and not too wide."""
    if not (style.objects if holder.is_object else style.arrays):
        return False
    return holder.height <= (2 if holder.is_object else 1) and max(column, margin) + holder.width <= WIDEST


def _refused(text: str, place: int) -> EditRefused:
    line = text.count("\n", 0, place) + 1
    return EditRefused(
        "The text is not JSON at the moment, so it cannot be laid out.",
        where=f"line {line}, column {place - text.rfind(chr(10), 0, place)}",
        advice="Mend the text first.",
    )
