"""The part of Markdown that screens are written in, as blocks: no HTML, no pictures, links to addresses only.

Whoever writes them out escapes every text on the way, so nothing in a text can become markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from engine.interface.acting import address_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

SpanKind = Literal["text", "strong", "emphasis", "code", "link"]
BlockKind = Literal["paragraph", "heading", "bullets", "numbers", "quote", "code", "rule"]

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_BULLET = re.compile(r" {0,6}[-*+][ \t]+(.*)$")
_NUMBER = re.compile(r" {0,6}(\d{1,9})[.)][ \t]+(.*)$")
_QUOTE = re.compile(r" {0,3}> ?(.*)$")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_SPAN = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|!?\[(?P<label>[^\[\]\n]{1,300})\]\((?P<url>[^()\s]{1,500})\)"
    r"|\*\*(?P<strong>[^*\n]+?)\*\*"
    r"|(?<![\w_])__(?P<strong2>[^_\n]+?)__(?![\w_])"
    r"|\*(?P<emphasis>[^*\s\n](?:[^*\n]*?[^*\s\n])?)\*"
    r"|(?<![\w_])_(?P<emphasis2>[^_\s\n](?:[^_\n]*?[^_\s\n])?)_(?![\w_])"
)
_MOST_BLOCKS: Final = 500


@dataclass(frozen=True)
class Span:
    """A run of text of one kind; `url` is where a link leads, an address that may be opened."""

    kind: SpanKind
    text: str
    url: str = ""


@dataclass
class Block:
    """A block: its lines of spans (one for each item of a list), the level of a heading, the first number of a list."""

    kind: BlockKind
    lines: list[list[Span]] = field(default_factory=list)
    level: int = 1


def blocks(text: str) -> list[Block]:
    """Return the blocks of a text, at most 500."""
    found: list[Block] = []
    lines = text.splitlines()
    place = 0
    while place < len(lines) and len(found) < _MOST_BLOCKS:
        place = _read(lines, place, found)
    return found


def spans(text: str) -> list[Span]:
    """Return the runs of a line."""
    return list(_spans(text))


def _read(lines: list[str], place: int, found: list[Block]) -> int:
    line = lines[place]
    if not line.strip():
        found.append(Block("paragraph"))
        return place + 1
    if _FENCE.match(line):
        end = next((at for at in range(place + 1, len(lines)) if _FENCE.match(lines[at])), len(lines))
        found.append(Block("code", [[Span("code", code)] for code in lines[place + 1 : end]]))
        return end + 1
    if heading := _HEADING.match(line):
        found.append(Block("heading", [spans(heading[2])], len(heading[1])))
    elif _RULE.match(line):
        found.append(Block("rule"))
    elif bullet := _BULLET.match(line):
        _item(found, "bullets", bullet[1], 1)
    elif number := _NUMBER.match(line):
        _item(found, "numbers", number[2], int(number[1]))
    elif quote := _QUOTE.match(line):
        _item(found, "quote", quote[1], 1)
    elif found and found[-1].kind == "paragraph" and found[-1].lines:
        found[-1].lines.append(spans(line.strip()))
    else:
        found.append(Block("paragraph", [spans(line.strip())]))
    return place + 1


def _item(found: list[Block], kind: BlockKind, text: str, first: int) -> None:
    if not found or found[-1].kind != kind:
        found.append(Block(kind, [], first))
    found[-1].lines.append(spans(text))


def _spans(text: str) -> Iterator[Span]:
    place = 0
    for match in _SPAN.finditer(text):
        if match.start() > place:
            yield Span("text", text[place : match.start()])
        place = match.end()
        groups = match.groupdict()
        if code := groups["code"]:
            yield Span("code", code)
        elif label := groups["label"]:
            is_link = match[0].startswith("[") and address_problem(groups["url"] or "") is None
            yield Span("link", label, groups["url"] or "") if is_link else Span("text", label)
        elif strong := groups["strong"] or groups["strong2"]:
            yield Span("strong", strong)
        else:
            yield Span("emphasis", groups["emphasis"] or groups["emphasis2"] or "")
    if place < len(text):
        yield Span("text", text[place:])
