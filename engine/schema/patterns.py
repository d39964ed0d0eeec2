r"""Patterns as people write them, in the spelling that every engine reads alike.

ECMA-262 takes some spellings for the sake of old pages (Annex B.1.2, regular expressions without the flag `u`), and
others read them otherwise or not at all: a hyphen beside a class escape (`[\w-.]`), braces that count nothing
(`^{[a-z]+}$`), and `\<`, which is a plain `<` there and the edge of a word in Rust. `[^]` is any character, and
`[]` none.

What has a meaning by Annex B alone that nobody means (`a{,3}`, which is these five characters, and `\e`, which is an
e) is no pattern here, as with the flag `u` that JSON Schema asks for; `fault` names it.
"""

from __future__ import annotations

import functools
import json
import re

import jsonschema_rs

_TOKEN = re.compile(
    r"(?P<escape>\\(?:[pP]\{[^}]*\}|u\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|c[a-zA-Z]|[\s\S]))"
    r"|(?P<count>\{(?:\d+(?:,\d*)?|,\d+)\})"
    r"|(?P<class>\[\^?)"
    r"|(?P<plain>[\s\S])"
)
_MEMBER = re.compile(r"\\(?:[pP]\{[^}]*\}|u\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|c[a-zA-Z]|[\s\S])|[^\\]")
_SET = re.compile(r"\\[dDwWsSpP]")
_NEEDLESS = {r"\<": "<", r"\>": ">"}
_EMPTY = {"[": r"[^\s\S]", "[^": r"[\s\S]"}
_LATER_END = re.compile(r"(?:\\[\s\S]|[^\\\[\]])*\]")
_PIECE = re.compile(r"\[(?:\\[\s\S]|[^\\\]])*\]|\\[\s\S]|\{,\d+\}")
_ESCAPE = re.compile(r"\\[\s\S]")
_COUNT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_NO_ESCAPE = re.compile(r"\\[aeghijlmoqyzACEFGHIJKLMNOQRTUVXYZ]")


@functools.lru_cache(maxsize=4096)
def spell(pattern: str) -> str:
    """Return a pattern with what it says by Annex B said plainly; one that is no pattern stays none."""
    written: list[str] = []
    at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:  # a lone backslash at the end
            return pattern
        text, at = token.group(), token.end()
        if token["class"]:
            if pattern.startswith("]", at) and not _LATER_END.match(pattern, at + 1):
                text, at = _EMPTY[text], at + 1
            else:
                members = _members(pattern, at)
                if members is None:
                    return pattern
                inside, at = members
                text += inside
        elif text in "{}":
            text = f"\\{text}"
        written.append(_NEEDLESS.get(text, text))
    return "".join(written)


def is_pattern(pattern: str) -> bool:
    """Tell whether values can be checked against a pattern: it is one, and not too large."""
    try:
        _finder(pattern)
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True


def is_too_large(pattern: str) -> bool:
    """Tell whether it is only for its counts that values cannot be checked against a pattern."""
    return (
        not is_pattern(pattern)
        and all(map(_ascends, _COUNT.finditer(pattern)))
        and is_pattern(_COUNT.sub("{1}", pattern))
    )


@functools.lru_cache(maxsize=4096)
def finds(pattern: str, text: str) -> bool:
    """Tell whether a pattern matches somewhere in a text, as the validators see it; false where it is no pattern."""
    return is_pattern(pattern) and _finder(pattern).is_valid(text)


def fault(pattern: str) -> tuple[str, str] | None:
    """Return what makes a pattern none where other engines know it, in words, and what to write instead."""
    for piece in _PIECE.findall(pattern):
        if piece.startswith("{,"):
            return f'"{piece}" counts nothing in ECMA-262', f'Write "{{0{piece[1:]}".'
        for escape in _ESCAPE.findall(piece):
            if _NO_ESCAPE.fullmatch(escape):
                said = json.dumps(escape)
                return f"{said} is no escape in ECMA-262", 'Write the character itself, or its code as in "\\u001b".'
    return None


def _ascends(count: re.Match[str]) -> bool:
    return not count[2] or int(count[1]) <= int(count[2])


@functools.lru_cache(maxsize=1024)
def _finder(pattern: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"pattern": spell(pattern)})


def _members(pattern: str, at: int) -> tuple[str, int] | None:
    """Spell the inside of a class and its bracket; None where it has no end, or no member before the bracket."""
    written: list[str] = []
    while at < len(pattern):
        if pattern[at] == "]":
            return ("".join([*written, "]"]), at + 1) if written else None
        found = _MEMBER.match(pattern, at)
        if found is None:
            return None
        first, at = found.group(), found.end()
        last = _MEMBER.match(pattern, at + 1) if pattern.startswith("-", at) else None
        if last is None or last.group() == "]":
            written.append(_NEEDLESS.get(first, first) if first != "-" or _is_edge(written, pattern, at) else r"\-")
            continue
        at, end = last.end(), last.group()
        if _SET.match(first) or _SET.match(end):  # no range, but three members
            written += [r"\-" if each == "-" else _NEEDLESS.get(each, each) for each in (first, "-", end)]
        else:
            written += [_NEEDLESS.get(first, first), "-", _NEEDLESS.get(end, end)]
    return None


def _is_edge(written: list[str], pattern: str, at: int) -> bool:
    """Tell whether a hyphen before `at` stands first or last in its class."""
    return not written or pattern.startswith("]", at)
