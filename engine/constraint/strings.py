"""Strings that satisfy given keywords, for whoever needs an example: by pattern, format and length.

Patterns are sampled through the mask engine: walks that choose at random, with a seed that depends on the keywords
alone, among short matches. What the mask engine cannot match (lookarounds, back references) is left out of the
pattern, so that not every sample has to match; whoever asks has to check them.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from typing import TYPE_CHECKING, Any

from llguidance import LLMatcher

from engine.constraint.closing import byte_closer
from engine.constraint.keywords import FORMATS, PARTLY_MASKED
from engine.constraint.matcher import Matcher, parser_limits
from engine.constraint.patterns import works
from engine.errors import ConstraintError
from engine.schema.patterns import spell

if TYPE_CHECKING:
    from collections.abc import Iterator

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MOST_CHARACTERS = 20_000
_WALKS = 40
_ENDS = 0.5
"""How likely a string is ended where it can be."""
_QUOTE = ord('"')
_LIKED = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_EXAMPLES = {
    "date": ("2024-02-29", "2001-01-01"),
    "date-time": ("2024-02-29T12:00:00Z", "2001-01-01T00:00:00Z"),
    "idn-email": ("a@example.org", "b@example.org"),
    "idn-hostname": ("example.org", "example.com"),
    "iri": ("http://example.org/a", "http://example.org/b"),
    "iri-reference": ("a", "b"),
    "json-pointer": ("", "/a", "/b"),
    "regex": ("a", "b"),
    "relative-json-pointer": ("0", "1"),
    "uri-reference": ("a", "b"),
    "uri-template": ("a", "b"),
}
"""Examples of formats that the mask engine does not know, or not exactly."""
_KNOWN = {form for form, (way, _) in FORMATS.items() if way == "mask"} | PARTLY_MASKED
"""Formats that the mask engine can match."""
_LOOKAROUND = re.compile(r"\(\?<?[=!]")


def strings(said: list[dict[str, Any]]) -> Iterator[str]:
    """Yield different strings that should satisfy `pattern`, `format`, `minLength` and `maxLength` of all of `said`."""
    least = max((int(each.get("minLength", 0)) for each in said), default=0)
    most = min((int(each["maxLength"]) for each in said if "maxLength" in each), default=_MOST_CHARACTERS)
    if least > min(most, _MOST_CHARACTERS):
        return
    patterns = [each["pattern"] for each in said if isinstance(each.get("pattern"), str)]
    formats = [each["format"] for each in said if isinstance(each.get("format"), str)]
    for form in formats:
        yield from _EXAMPLES.get(form, ())
    conditions = [{"pattern": part} for pattern in patterns for part in _parts(spell(pattern)) if works(part)]
    conditions += [{"format": form} for form in formats if form in _KNOWN]
    if conditions:
        yield from _matching({"type": "string", "minLength": least, "allOf": conditions}, least, most)
    else:
        yield from _plain(least, most)


def _plain(least: int, most: int) -> Iterator[str]:
    """Yield words, the short ones first."""
    if not least:
        yield ""
    for length in range(max(least, 1), most + 1):
        yield from map("".join, itertools.product(_LETTERS, repeat=length))


def _matching(schema: dict[str, Any], least: int, most: int) -> Iterator[str]:
    length, seen = max(least, 1), set[str]()
    while length < most and not _satisfiable({**schema, "maxLength": length}):
        length *= 2
    for longest in dict.fromkeys((min(length, most), min(4 * length, most))):
        tokenizer = byte_closer().tokenizer
        grammar = LLMatcher.grammar_from_json_schema(json.dumps({**schema, "maxLength": longest}))
        chance = random.Random(grammar)  # noqa: S311 - examples, no secrets
        for _ in range(_WALKS):
            try:
                text = _walk(Matcher(tokenizer, grammar), chance)
            except ConstraintError:
                return
            if text not in seen:
                seen.add(text)
                yield text


def _satisfiable(schema: dict[str, Any]) -> bool:
    """Tell whether the mask engine takes a schema of strings: it refuses one whose pattern cannot match."""
    grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema))
    failed, _ = LLMatcher.validate_grammar_with_warnings(grammar, limits=parser_limits())
    return not failed


def _walk(matcher: Matcher, chance: random.Random) -> str:
    """Return a match found by chance: letters and digits where they are allowed, the end as soon as it is."""
    tokenizer = byte_closer().tokenizer
    taken: list[int] = []
    while not matcher.ended:
        forced = matcher.take_forced()
        if not forced:
            allowed = matcher.allowed().tolist()
            liked = [token for token in allowed if token in _LIKED] or [token for token in allowed if token < 128]
            ends = taken and _QUOTE in allowed
            forced = [_QUOTE if ends and (not liked or chance.random() < _ENDS) else chance.choice(liked or allowed)]
            matcher.consume(forced[0])
        taken += forced
    return str(json.loads(tokenizer.decode_bytes(taken)))


def _parts(pattern: str) -> list[str]:
    """Return patterns without lookarounds that together say about the same: what is looked ahead for, and the rest.

    `^(?=.*x)(?!y)z` becomes `^.*x` and `^z`, and `x(?=y)` becomes `xy`.
    """
    parts, rest = list[str](), pattern
    while (found := _LOOKAROUND.search(rest)) is not None:
        end = _closing(rest, found.start())
        before, within, after = rest[: found.start()], f"(?:{rest[found.end() : end]})", rest[end + 1 :]
        ahead = found.group() == "(?="
        if ahead and before in {"", "^"}:
            parts.append(before + within)
            within = ""
        rest = before + (within if ahead and not after else "") + after
    if not works(rest):
        rest = rest.replace("|$)", ")").replace("(^|", "(")  # without the alternatives that are anchors
    return [*parts, rest]


def _closing(pattern: str, start: int) -> int:
    """Return where the group that begins at `start` ends."""
    depth, index, in_class = 0, start, False
    while index < len(pattern):
        character = pattern[index]
        if character == "\\":
            index += 1
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if not depth:
                return index
        index += 1
    return len(pattern)
