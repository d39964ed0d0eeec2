"""What keys mean in JSON: indents that are kept, brackets and quotes that come in pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.schema.editing import Edit, Kind
from engine.schema.editing.entries import margin_at

if TYPE_CHECKING:
    from engine.schema.editing import Step, Syntax
    from engine.schema.editing.layout import Style

_PAIRS = {"{": "}", "[": "]", '"': '"'}
_CLOSING = {"}": Kind.OBJECT, "]": Kind.ARRAY}
_BLANKS = " \t"
_LINE = 10_000


@dataclass(frozen=True)
class Typed:
    """What a key does: a span becomes `text`, and then `anchor` to `caret` is selected (places in the text after).

    `closer` is the place of a bracket or quote that was put in by itself: whoever types it goes over it.
    """

    start: int
    end: int
    text: str
    anchor: int
    caret: int
    closer: int | None = None


def letter(syntax: Syntax, start: int, end: int, char: str, closers: set[int]) -> Typed:
    """Type a character over a selection, or at the caret."""
    text = syntax.text
    if start != end and char in _PAIRS:
        around = f"{char}{text[start:end]}{_PAIRS[char]}"
        return Typed(start, end, around, start + 1, end + 1)
    if start == end and start in closers and text[start : start + 1] == char:
        return Typed(start, start, "", start + 1, start + 1)
    within = in_string(syntax, start)
    if char in _PAIRS and start == end and not within and _is_free(text, start, char):
        return Typed(start, end, char + _PAIRS[char], start + 1, start + 1, start + 1)
    if char in _CLOSING and not within:
        return _closing(syntax, start, end, char)
    return _plain(start, end, char)


def enter(syntax: Syntax, start: int, end: int, style: Style) -> Typed:
    """Begin a line with the indent of the one before, a step deeper behind an opening bracket."""
    text = syntax.text
    margin = margin_at(text, start)
    margin = margin[: max(0, start - (text.rfind("\n", 0, start) + 1))]
    opens = start > 0 and text[start - 1] in "{["
    if not opens:
        return _plain(start, end, style.newline + margin)
    deeper = style.newline + margin + style.indent
    closes = text[end : end + 1] == _PAIRS.get(text[start - 1])
    caret = start + len(deeper)
    return Typed(start, end, deeper + (style.newline + margin if closes else ""), caret, caret)


def backspace(syntax: Syntax, caret: int, closers: set[int]) -> Typed | None:
    """Take the character before the caret, with the bracket or quote that came with it; a line end is one character."""
    text = syntax.text
    if not caret:
        return None
    if caret in closers and text[caret : caret + 1] == _PAIRS.get(text[caret - 1]):
        return Typed(caret - 1, caret + 1, "", caret - 1, caret - 1)
    start = caret - (2 if text[max(caret - 2, 0) : caret] == "\r\n" else 1)
    return Typed(start, caret, "", start, start)


def indented(text: str, start: int, end: int, indent: str) -> Step:
    """Return the edits that set the lines of a span a step deeper; empty ones stay."""
    return tuple(
        Edit(line, line, indent) for line in _lines(text, start, end) if text[line : line + 1] not in {"", "\n", "\r"}
    )


def outdented(text: str, start: int, end: int, indent: str) -> Step:
    """Return the edits that set the lines of a span a step back, as far as they are indented."""
    edits = []
    for line in _lines(text, start, end):
        blank = line
        while blank < len(text) and text[blank] in _BLANKS and blank - line < len(indent):
            blank += 1
            if text[blank - 1] == "\t":
                break
        if blank > line:
            edits.append(Edit(line, blank, ""))
    return tuple(edits)


def in_string(syntax: Syntax, place: int) -> bool:
    """Tell whether a place is inside a string, by the quotes before it in its line, or else by the tree."""
    text = syntax.text
    line = text.rfind("\n", max(0, place - _LINE), place) + 1
    if not line and place > _LINE:
        return syntax.string_at(place) is not None
    within, at = False, line
    while True:
        at = text.find('"', at, place)
        if at < 0:
            return within
        slashes = at
        while within and slashes > line and text[slashes - 1] == "\\":
            slashes -= 1
        within ^= (at - slashes) % 2 == 0
        at += 1


def _plain(start: int, end: int, text: str) -> Typed:
    caret = start + len(text)
    return Typed(start, end, text, caret, caret)


def _is_free(text: str, place: int, char: str) -> bool:
    """Tell whether what closes may be put in: nothing stands right behind, nor a word before a quote."""
    behind, before = text[place : place + 1], text[max(place - 1, 0) : place]
    return behind in {"", " ", "\t", "\r", "\n", ",", ":", "}", "]"} and (
        char != '"' or not (before in {'"', "\\"} or before.isalnum())
    )


def _closing(syntax: Syntax, start: int, end: int, char: str) -> Typed:
    """Type a closing bracket; alone in its line it comes under the line of its opening one."""
    text = syntax.text
    line = text.rfind("\n", 0, start) + 1
    if text[line:start].strip(_BLANKS) or start - line > _LINE:
        return _plain(start, end, char)
    holder = syntax.edited((Edit(start, end, char),)).brackets_at(start + 1)
    if holder is None or holder[1] != start:
        return _plain(start, end, char)
    return _plain(line, end, margin_at(text, holder[0]) + char)


def _lines(text: str, start: int, end: int) -> list[int]:
    """Return where the lines of a span begin; one of which only the beginning is reached is not among them."""
    found = [text.rfind("\n", 0, start) + 1]
    at = text.find("\n", start, end)
    while 0 <= at < end - 1:
        found.append(at + 1)
        at = text.find("\n", at + 1, end)
    return found
