"""The text of a schema as JSON: what keeps it from being read, each at its place, with what is expected there.

The first mistake is told in the words of the standard library's reader, made plain; later ones are those of the tree,
one a line, since what follows a mistake on its line is mostly part of it.
"""

from __future__ import annotations

import difflib
import itertools
import json
import math
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.schema.editing import Kind, Remove, Rename, Set
from engine.schema.pointer import escape
from engine.schema.problems.found import Found, quoted
from engine.schema.problems.places import standing
from engine.schema.problems.problem import Fix
from engine.schema.walk import DEEPEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.editing import Member, Syntax

MOST = 50
"""Mistakes that are told of one text."""
_MOST_DIGITS = 300
_MOST_HITS = 1_000
_LARGE = 1_000_000
"""Characters of a text from which on the first mistake is told alone."""
_MOST_TAKEN = 50
_SIGN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]|-?Infinity|NaN|-?\d[\d.eE+-]*', re.DOTALL)
_WORD = re.compile(r"[\w.+-]+")
_KEY_AHEAD = re.compile(r"\w+\s*:")
_LONE = re.compile(
    r"[\ud800-\udfff]|\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_HALF = re.compile(r"[\ud800-\udfff]")
_HIDDEN = re.compile("[\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""What turns the direction of a text (Unicode's bidirectional controls) or takes no room; joiners are spelling."""
_PLAIN = {
    "Expecting property name enclosed in double quotes": 'A key in double quotes is expected here: "name".',
    "Expecting ':' delimiter": "A colon is missing after the key.",
    "Expecting ',' delimiter": "A comma is missing before this.",
    "Expecting value": "A value is expected here.",
    "Extra data": "The JSON ended before this.",
    "Invalid control character at": "A line break or control character stands inside a string.",
    "Unterminated string starting at": "This string is not closed.",
    "Invalid \\escape": "A backslash cannot stand before this; write two of them for one.",
    "Invalid \\uXXXX escape": 'Four hexadecimal digits are expected after "\\u".',
}
_MEANT = {"True": "true", "False": "false", "None": "null", "undefined": "null", "TRUE": "true", "FALSE": "false"}
_QUOTES = "'`\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says, as `json.loads` has it, where `is_json`; and what is wrong with how it is written."""

    value: Any
    is_json: bool
    found: tuple[Found, ...]


def read(syntax: Syntax) -> Reading:
    """Read a text as JSON. Of a key that stands twice the last one counts."""
    text = syntax.text
    if not text.strip():
        return Reading(None, is_json=False, found=(Found("syntax", "", "There is no schema yet.", span=(0, 0)),))
    seen = _Seen()
    try:
        value = json.loads(
            text,
            object_pairs_hook=seen.pairs,
            parse_constant=seen.constant,
            parse_float=seen.number,
            parse_int=seen.whole,
        )
    except json.JSONDecodeError as error:
        deep = _too_deep(text, error.pos)
        return Reading(None, is_json=False, found=(deep,) if deep else tuple(_broken(syntax, error)))
    except RecursionError:
        value = seen
    if value is seen or _is_deep(text, value):
        deep = _too_deep(text, len(text))
        assert deep is not None, "nothing but brackets nests"
        return Reading(None, is_json=False, found=(deep,))
    found = [*_numbers(syntax, seen)] if seen.constants or seen.huge else []
    if seen.constants:
        return Reading(None, is_json=False, found=tuple(found))
    if seen.twice:
        found += _duplicates(syntax)
    if _LONE.search(text):
        found += _strings(syntax, _LONE, "half-character")
        value = _whole(value)
    if _HIDDEN.search(text):
        found += _strings(syntax, _HIDDEN, "hidden-character")
    return Reading(value, is_json=True, found=tuple(found))


class _Seen:
    """Takes note, while a text is read, of what the standard library reads though JSON has it not."""

    def __init__(self) -> None:
        self.constants = self.huge = self.twice = False

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        self.twice = self.twice or len(found) < len(pairs)
        return found

    def constant(self, _name: str) -> None:
        self.constants = True

    def number(self, digits: str) -> float:
        number = float(digits)
        if math.isinf(number):
            self.huge = True
            number = math.copysign(sys.float_info.max, number)
        return number

    def whole(self, digits: str) -> int | float:
        return int(digits) if len(digits) <= _MOST_DIGITS else self.number(digits)


def _broken(syntax: Syntax, error: json.JSONDecodeError) -> Iterator[Found]:
    text, at = syntax.text, error.pos
    if error.msg.startswith("Invalid control") and text[at] in "\r\n":
        line = text.rfind("\n", 0, at) + 1
        at = max((each.start() for each in _SIGN.finditer(text, line, at) if each.group()[0] == '"'), default=at)
    yield Found("syntax", "", _sentence(text, at, error.msg), span=_span(text, at))
    if len(text) > _LARGE:
        return
    last = syntax.line_column(error.pos)[0]
    told = 1
    for start, end in syntax.broken(MOST):
        begin = start + len(text[start:end]) - len(text[start:end].lstrip())
        line = syntax.line_column(begin)[0]
        if line > last and told < MOST and begin < len(text.rstrip()):
            last, told = line, told + 1
            yield Found("syntax", "", _sentence(text, begin, ""), span=_span(text, begin))


def _sentence(text: str, at: int, message: str) -> str:
    """Say what is wrong at a place: by what stands there, else by the reader's message."""
    here = text[at : at + 1]
    if message.startswith(("Invalid", "Unterminated")):
        if here == "\0":
            return "A NUL character stands inside a string."
        if here == '"' and message.startswith("Invalid control"):
            return "A line break stands inside a string, which is not closed."
        return _PLAIN.get(message, f"{message}.")
    if here == "\ufeff":
        return "A byte order mark stands here; JSON begins without one."
    if here == "\0":
        return "A NUL character stands here."
    if here and here in _QUOTES:
        return "Keys and strings stand in double quotes."
    if here in {"/", "#"}:
        return "JSON has no comments."
    if here.isspace() and here not in " \t\r\n":
        return f"A blank stands here that JSON does not know (U+{ord(here):04X})."
    word = _WORD.match(text, at)
    if word and word.group() in _MEANT:
        return f"JSON spells {word.group()} as {_MEANT[word.group()]}."
    if word and word.group().lstrip("+-") in {"NaN", "Infinity"}:
        return _no_number(word.group())
    if _KEY_AHEAD.match(text, at):
        return "Keys stand in double quotes."
    if message == "Extra data":
        return _PLAIN[message]
    if word and message == "Expecting value" and word.group()[0].isalpha():
        near = difflib.get_close_matches(word.group()[:10].lower(), ("true", "false", "null"), n=1)
        return f"A value is expected here{f': {near[0]}' if near else '; a text stands in double quotes'}."
    return _by_neighbours(text, at, message)


def _no_number(word: str) -> str:
    return f"{word} is not JSON. Write a finite number, or a string."


def _by_neighbours(text: str, at: int, message: str) -> str:
    here = text[at : at + 1]
    before = text[:at].rstrip(" \t\r\n")[-1:] if at < 10_000 else text[at - 10_000 : at].rstrip(" \t\r\n")[-1:]
    if here in {"}", "]"} and before == ",":
        return f"A comma stands before the closing {'brace' if here == '}' else 'bracket'}."
    if here == "," and before in {",", "{", "["}:
        return "There is a comma too many here."
    if text[max(at - 1, 0) : at].isdigit() and here and here in ".eExX0123456789":
        return "This is no number as JSON spells it."
    if here in {".", "+"} and text[at + 1 : at + 2].isdigit():
        return f"A number cannot begin with {'a point' if here == '.' else 'a plus'}."
    if not message:
        return "This cannot be read as JSON."
    if message == "Expecting ',' delimiter" and (not here or here in "}]"):
        opened = _open_at(text, at)
        if opened is not None:
            line = text.count("\n", 0, opened) + 1
            what = f"The {'brace' if text[opened] == '{' else 'bracket'} of line {line:,}"
            return f"{what} is not closed." if not here else f"{what} is closed by the wrong sign."
    if not here:
        return "The text ends too early."
    return _PLAIN.get(message, f"{message}.")


def _open_at(text: str, at: int) -> int | None:
    """Return the place of the innermost bracket that is open at a place up to which all is JSON."""
    opened = []
    for sign in _SIGN.finditer(text, 0, at):
        if sign.group() in {"{", "["}:
            opened.append(sign.start())
        elif sign.group() in {"}", "]"} and opened:
            opened.pop()
    return opened[-1] if opened else None


def _span(text: str, at: int) -> tuple[int, int]:
    word = _WORD.match(text, at)
    if word:
        return word.span()
    if text[at : at + 1] == '"':
        line = text.find("\n", at)
        closed = _SIGN.match(text, at)
        assert closed is not None, "a quote begins a string"
        return at, min(closed.end(), line if line >= 0 else len(text))
    return at, min(at + 1, len(text))


def _is_deep(text: str, value: Any) -> bool:
    if not _has_many(text):
        return False
    pending = [(value, 0)]
    while pending:
        here, depth = pending.pop()
        if depth > DEEPEST:
            return True
        if isinstance(here, dict | list):
            inner = here.values() if isinstance(here, dict) else here
            pending += [(each, depth + 1) for each in inner]
    return False


def _too_deep(text: str, until: int) -> Found | None:
    """Tell of the first bracket that is too deep in what can be read of a text; None where there is none."""
    depth = 0
    for sign in _SIGN.finditer(text, 0, until) if _has_many(text) else ():
        if sign.group() in {"{", "["}:
            depth += 1
            if depth > DEEPEST:
                sentence = f"This is nested more than {DEEPEST} levels deep."
                return Found("nesting", "", sentence, span=(sign.start(), sign.end()))
        elif sign.group() in {"}", "]"}:
            depth -= 1
    return None


def _has_many(text: str) -> bool:
    return text.count("{") + text.count("[") > DEEPEST


def _numbers(syntax: Syntax, seen: _Seen) -> Iterator[Found]:
    huge = list[int]()
    told = 0
    for sign in _SIGN.finditer(syntax.text):
        digits = sign.group()
        if digits in {"NaN", "Infinity", "-Infinity"} and told < MOST:
            told += 1
            yield Found("syntax", "", _no_number(digits), span=sign.span())
        elif seen.huge and len(huge) < MOST and digits[0] not in '"{}[]NI' and math.isinf(float(digits)):
            huge.append(sign.start())
    for each in standing(syntax, huge) if not seen.constants else ():
        digits = each.node.text
        shown = digits if len(digits) < 20 else f"{digits[:8]}… of {len(digits):,} characters"
        sentence = f"The number {shown} is too large. Write one below 1.8e308."
        yield Found("huge-number", each.pointer, sentence, span=(each.node.start, each.node.end))


def _duplicates(syntax: Syntax) -> Iterator[Found]:
    """Yield each key that stands several times in an object; what is in those that do not count is left out."""
    pending = [("", syntax.root)]
    told = 0
    while pending and told < MOST:
        pointer, node = pending.pop()
        if node is None:
            continue
        if node.kind is Kind.ARRAY:
            pending += [(f"{pointer}/{index}", item) for index, item in enumerate(node.items())][::-1]
            continue
        by_key: dict[str, list[Member]] = {}
        for member in node.members():
            by_key.setdefault(member.key, []).append(member)
        for key, members in by_key.items():
            if len(members) > 1 and told < MOST:
                told += 1
                yield _duplicate(f"{pointer}/{escape(key)}", members)
        pending += [(f"{pointer}/{escape(key)}", members[-1].value) for key, members in by_key.items()][::-1]


def _duplicate(pointer: str, members: list[Member]) -> Found:
    last, others = members[-1], len(members) - 1
    times = "here a second time" if others == 1 else f"{len(members)} times in one object"
    fixes = (
        Fix("Keep the last", (Remove(pointer, 0),) * others),
        Fix("Keep the first", (Remove(pointer),) * others),
    )
    return Found(
        "duplicate-key",
        pointer,
        f"The key {quoted(last.key)} stands {times}; readers keep only the last.",
        fixes if others <= _MOST_TAKEN else (),
        span=(last.start, last.key_end),
    )


def _whole(value: Any) -> Any:
    """Return a value with no half characters in it."""
    if isinstance(value, dict):
        return {_HALF.sub("\ufffd", key): _whole(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return _HALF.sub("\ufffd", value) if isinstance(value, str) else value


def _strings(syntax: Syntax, sought: re.Pattern[str], rule: str) -> Iterator[Found]:
    """Yield the keys and strings that hold certain characters, each once, with what they are without them."""
    hits = {hit.start(): hit for hit in itertools.islice(sought.finditer(syntax.text), _MOST_HITS)}
    halves, told = sought is _LONE, 0
    for each in standing(syntax, list(hits)):
        member = each.member
        start, end, said, what = each.node.start, each.node.end, "", "text"
        if each.on_key and member is not None:
            start, end, said, what = member.start, member.key_end, member.key, "key"
        elif each.node.kind is Kind.STRING:
            said = str(each.node.value())
        clean = _HALF.sub("\ufffd", said) if halves else sought.sub("", said)
        if clean == said or told == MOST:  # an escaped backslash, and no escape behind it
            continue
        told += 1
        sentence = f"Half a character (a lone surrogate) stands in this {what}."
        if not halves:
            first = next(hit for place, hit in hits.items() if start <= place < end)
            sentence = f"A character that cannot be seen stands in this {what} (U+{ord(first.group()):04X})."
        label = "Replace it" if halves else "Take it out"
        change = Rename(each.pointer, clean) if each.on_key else Set(each.pointer, clean)
        fixes = () if each.on_key and clean in each.beside else (Fix(label, (change,)),)
        yield Found(rule, each.pointer, sentence, fixes, span=(start, end))
