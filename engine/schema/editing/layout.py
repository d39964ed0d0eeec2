"""How JSON is laid out: what a text's own habits are, and values written in them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_LOOKED_AT = 100_000
"""Characters that are enough to learn a text's habits."""
WIDEST = 100
"""Columns that a line may have before what stands in it is broken over several."""

_INDENT = re.compile(r"\n([ \t]+)\S")
_COLON = re.compile(r'"([ \t]*:[ \t]*)(?=\S)')
_COMMA = re.compile(r'[\w"\]}],([ \t]*)(?=[\w"\[{-])')
_SHORT_OBJECT = re.compile(r'\{([ \t]*)"[^{}\n]*\}')
_BROKEN_OBJECT = re.compile(r'\{\s*\n\s*"[^"{}\[\]\n]*"\s*:\s*"[^"\n]*"\s*\n\s*\}')
_SHORT_ARRAY = re.compile(r"\[[^\[\]\n]+\]")
_BROKEN_ARRAY = re.compile(r"\[[ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class Style:
    """A text's habits. `lines` says whether it has several; `objects` and `arrays` whether short ones stand in one."""

    lines: bool = True
    newline: str = "\n"
    indent: str = "  "
    colon: str = ": "
    gap: str = " "
    padding: str = " "
    objects: bool = True
    arrays: bool = True

    @classmethod
    def of(cls, text: str) -> Style:
        """Return the habits that a text shows, and what is usual where it shows none."""
        text = text[:_LOOKED_AT]
        indent, colon, comma = (pattern.search(text) for pattern in (_INDENT, _COLON, _COMMA))
        short = _SHORT_OBJECT.search(text)
        return cls(
            lines="\n" in text.strip() or not colon,
            newline="\r\n" if "\r\n" in text else "\n",
            indent=indent.group(1) if indent else "  ",
            colon=colon.group(1) if colon else ": ",
            gap=comma.group(1)[:1] if comma else " ",
            padding=short.group(1) if short else " ",
            objects=bool(short or not _BROKEN_OBJECT.search(text)),
            arrays=bool(_SHORT_ARRAY.search(text) or not _BROKEN_ARRAY.search(text)),
        )


def write(value: Any, style: Style = Style(), margin: str = "", used: int = 0) -> str:
    """Return a value as text in a style.

    `margin` is the indent of the line that it begins in, and `used` the characters before it there.
    """
    if not isinstance(value, dict | list) or not value:
        return scalar(value) if not isinstance(value, dict | list) else "{}" if isinstance(value, dict) else "[]"
    if not style.lines:
        return write_line(value, style)
    if _may_be_short(value, style):
        line = write_line(value, style)
        if max(used, len(margin)) + len(line) <= WIDEST:
            return line
    inner = margin + style.indent
    if isinstance(value, dict):
        entries = []
        for key, each in value.items():
            head = scalar(key) + style.colon
            entries.append(head + write(each, style, inner, len(inner) + len(head)))
        opening, closing = "{}"
    else:
        entries = [write(each, style, inner) for each in value]
        opening, closing = "[]"
    broken = style.newline + inner
    return f"{opening}{broken}{f',{broken}'.join(entries)}{style.newline}{margin}{closing}"


def write_line(value: Any, style: Style) -> str:
    """Return a value as text in one line."""
    if isinstance(value, dict):
        entries = [scalar(key) + style.colon + write_line(each, style) for key, each in value.items()]
        return f"{{{style.padding}{f',{style.gap}'.join(entries)}{style.padding}}}" if entries else "{}"
    if isinstance(value, list):
        return f"[{f',{style.gap}'.join(write_line(each, style) for each in value)}]"
    return scalar(value)


def scalar(value: Any) -> str:
    """Return a string, number, truth value or null as JSON; half characters (lone surrogates) are escaped."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def moved(text: str, margin: str, to: str) -> str:
    """Return a text whose first line stood behind one margin as it stands behind another."""
    if margin == to or "\n" not in text:
        return text
    first, *rest = text.split("\n")
    return "\n".join([first, *(to + line.removeprefix(margin) if line.startswith(margin) else line for line in rest)])


def joined(text: str, style: Style) -> str:
    """Return JSON text in one line, for a place that has no room for more; its strings hold no line breaks."""
    if "\n" not in text:
        return text
    try:
        return write_line(json.loads(text), style)
    except (ValueError, RecursionError):
        return text


def _may_be_short(value: dict[str, Any] | list[Any], style: Style) -> bool:
    """Tell whether a value is simple enough for one line: at most one level of simple values in it."""
    if isinstance(value, dict):
        return style.objects and not any(isinstance(each, dict | list) and _holds_more(each) for each in value.values())
    return style.arrays and not any(isinstance(each, dict | list) and (_holds_more(each) or each) for each in value)


def _holds_more(value: dict[str, Any] | list[Any]) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    return any(isinstance(each, dict | list) and each for each in inner)
