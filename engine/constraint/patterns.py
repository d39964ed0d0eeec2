"""Regular expressions as the mask engine can say them: without lookaround and word boundaries.

Where an assertion stands at the very beginning or end, a second pattern beside the first says the same: `^(?=A)B` is
`^A` and `^B`, and `^(?!A)B` is `^B` and whatever does not begin with A, for those A whose complement is short to
write. Any other assertion is left out. That can only widen: what an expression matches grows with what its parts
match, as long as none of them looks at what another one took (back references, atomic groups).

The dialect is ECMA 262's (JSON Schema 2020-12, section 6.4); the mask engine reads Rust's.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from typing import Any

from llguidance import LLMatcher

from engine.constraint.matcher import parser_limits
from engine.schema.patterns import spell


@dataclass(frozen=True, slots=True)
class Spoken:
    """Patterns that a string has to match all of; `exact` tells whether that is what the first one meant."""

    parts: tuple[str, ...]
    exact: bool


@functools.lru_cache(maxsize=4096)
def spoken(pattern: str) -> Spoken | None:
    """Say a pattern in patterns that the mask engine takes; None where even a wider one cannot be said."""
    pattern = spell(pattern)
    try:
        branches = _Reader(pattern).read()
    except _Unreadable:
        return Spoken((pattern,), exact=True) if works(pattern) else None
    heads, middle, tails = _ends(branches)
    wider = _write(middle)
    if not works(wider):
        return None
    exact = not _asserts(middle)
    beside = []
    for look in (*heads, *tails):
        said = _beside(look)
        exact = exact and said is not None and works(said)
        beside += [said] if said is not None and works(said) else []
    return Spoken((wider, *beside), exact)


@functools.lru_cache(maxsize=4096)
def is_torn(pattern: str) -> bool:
    """Tell whether no text matches a pattern since an anchor stands where it never holds, as in `a^b`."""
    try:
        branches = _Reader(spell(pattern)).read()
    except _Unreadable:
        return False
    return all(map(_tears, branches))


@functools.lru_cache(maxsize=4096)
def share_a_match(patterns: frozenset[str]) -> bool:
    """Tell whether some text may match two of the patterns, which the mask engine can say."""
    schema = {"type": "object", "patternProperties": {pattern: {} for pattern in sorted(patterns)}}
    return not _compiles(schema)


@functools.lru_cache(maxsize=4096)
def works(pattern: str) -> bool:
    """Tell whether the mask engine can match a pattern as it stands."""
    return _compiles({"type": "string", "pattern": pattern})


def matches_none(schema: dict[str, Any]) -> bool:
    """Tell whether the mask engine proves that no string satisfies a schema of strings."""
    return "Regex is empty" in _refusal(schema)


def _compiles(schema: dict[str, Any]) -> bool:
    return not _refusal(schema)


def _refusal(schema: dict[str, Any]) -> str:
    grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema))
    failed, messages = LLMatcher.validate_grammar_with_warnings(grammar, limits=parser_limits())
    return messages[0] if failed else ""


class _Unreadable(Exception):
    """The pattern uses what is not read here: back references, atomic groups, conditions."""


@dataclass(frozen=True, slots=True)
class _Atom:
    """An anchor, or one character out of some, with how often it may stand; `charset` is the inside of a class."""

    text: str
    charset: str = ""
    negated: bool = False
    often: str = ""


@dataclass(frozen=True, slots=True)
class _Group:
    opening: str
    branches: tuple[_Sequence, ...]
    often: str


@dataclass(frozen=True, slots=True)
class _Look:
    """An assertion; a word boundary is one without a body."""

    opening: str
    branches: tuple[_Sequence, ...]
    often: str = ""


_BEGIN, _END = _Atom("^"), _Atom("$")
_Sequence = tuple[_Atom | _Group | _Look, ...]
_OFTEN = re.compile(r"(?:[*+?]|\{\d+(?:,\d*)?\})\??")
_SINGLE = re.compile(
    r"\\(?:[dDwWsS]|[pP]\{[^}]*\}|x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|[fnrtv]|[^\w])|[^\\]"
)
_MAY_END_A_LINE = re.compile(r"\\[sSDWpPnrfvtxu]|[\x00-\x1f]")
"""Members of a class of which not every one is known to be no line feed."""
_BLANKS = r"\t\n\x0b\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
r"""What `\s` is in ECMA 262; in Rust it is U+0085 too, and not U+FEFF."""
_MOST_CHARACTERS = 200
_LOOKS = ("(?=", "(?!", "(?<=", "(?<!")
_NAMED = re.compile(r"\(\?P?<\w+>")


class _Reader:
    """Reads a pattern by recursive descent. Raises `_Unreadable`."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def read(self) -> tuple[_Sequence, ...]:
        branches = self._branches()
        if self._at < len(self._pattern):
            raise _Unreadable
        return branches

    def _branches(self) -> tuple[_Sequence, ...]:
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        return tuple(branches)

    def _sequence(self) -> _Sequence:
        parts: list[_Atom | _Group | _Look] = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            parts.append(self._part())
        return tuple(parts)

    def _part(self) -> _Atom | _Group | _Look:
        for boundary in (r"\b", r"\B"):
            if self._take(boundary):
                return _Look(boundary, ())
        if self._take("("):
            self._at -= 1
            return self._group()
        for anchor in "^$":
            if self._take(anchor):
                return _Atom(anchor)
        if self._take("."):
            return _Atom(".", r"\n", negated=True, often=self._often())
        if self._take("["):
            return self._class()
        text = self._single()
        if text in "*+?":
            raise _Unreadable
        if text in (r"\s", r"\S"):
            negated = text == r"\S"
            return _Atom(f"[{'^' if negated else ''}{_BLANKS}]", _BLANKS, negated=negated, often=self._often())
        return _Atom(text, f"\\{text}" if text in "-[]&~" else text, often=self._often())

    def _group(self) -> _Group | _Look:
        named = _NAMED.match(self._pattern, self._at)
        openings = (*_LOOKS, "(?:", *([named.group()] if named else []), "(")
        opening = next(each for each in openings if self._take(each))
        if opening == "(" and self._at < len(self._pattern) and self._pattern[self._at] in "?*+{":
            raise _Unreadable
        branches = self._branches()
        if not self._take(")"):
            raise _Unreadable
        often = self._often()
        if opening in _LOOKS:
            return _Look(opening, branches, often)
        return _Group("(?:", branches, often)

    def _class(self) -> _Atom:
        """Read a class. Rust reads brackets and doubled signs in it otherwise than ECMA 262, so they are escaped."""
        negated = self._take("^")
        members: list[str] = []
        while not self._take("]"):
            members.append(self._single())
        if not members:
            raise _Unreadable
        if members == [r"\S"]:
            negated, members = not negated, [_BLANKS]
        elif r"\S" not in members:
            members = [_BLANKS if each == r"\s" else each for each in members]
        edges = (0, len(members) - 1)
        inside = "".join(
            f"\\{single}"
            if single in "[&~^" or (single == "-" and (index in edges or members[index - 1] == "-"))
            else single
            for index, single in enumerate(members)
        )
        return _Atom(f"[{'^' if negated else ''}{inside}]", inside, negated=negated, often=self._often())

    def _single(self) -> str:
        found = _SINGLE.match(self._pattern, self._at)
        if not found:
            raise _Unreadable
        self._at = found.end()
        return found.group()

    def _often(self) -> str:
        found = _OFTEN.match(self._pattern, self._at)
        if not found:
            return ""
        self._at = found.end()
        if self._pattern[self._at : self._at + 1] == "+":
            raise _Unreadable
        return found.group()

    def _take(self, text: str) -> bool:
        if not self._pattern.startswith(text, self._at):
            return False
        self._at += len(text)
        return True


def _tears(sequence: _Sequence) -> bool:
    """Tell whether something has to stand before the beginning in a sequence, or behind the end."""
    taken, ended = False, False
    for part in sequence:
        if part == _BEGIN and taken:
            return True
        ended = ended or part == _END
        takes = _takes(part)
        inside = isinstance(part, _Group) and not _optional(part.often) and all(map(_tears, part.branches))
        if inside or (ended and takes):
            return True
        taken = taken or takes
    return False


def _takes(part: _Atom | _Group | _Look) -> bool:
    """Tell whether a part has to match some character."""
    if isinstance(part, _Look) or part in {_BEGIN, _END} or _optional(part.often):
        return False
    return isinstance(part, _Atom) or all(any(map(_takes, sequence)) for sequence in part.branches)


def _optional(often: str) -> bool:
    return often[:1] in {"*", "?"} or re.match(r"\{0+[,}]", often) is not None


def _ends(branches: tuple[_Sequence, ...]) -> tuple[_Sequence, tuple[_Sequence, ...], _Sequence]:
    """Split off the assertions right behind a leading `^`, and those right before or behind a final `$`."""
    if len(branches) > 1:
        return (), branches, ()
    parts = branches[0]
    heads, tails = 0, 0
    if parts[:1] == (_BEGIN,):
        while _looks(parts[1 + heads : 2 + heads], "(?=", "(?!"):
            heads += 1
        parts, first = (_BEGIN, *parts[1 + heads :]), parts[1 : 1 + heads]
    else:
        first = ()
    while _looks(parts[len(parts) - 1 - tails : len(parts) - tails], "(?<=", "(?<!"):
        tails += 1
    last = parts[len(parts) - tails :]
    parts = parts[: len(parts) - tails]
    if parts[-1:] != (_END,):
        return first, ((*parts, *last),), ()
    while _looks(parts[-2:-1], "(?<=", "(?<!"):
        last, parts = (parts[-2], *last), (*parts[:-2], _END)
    return first, (parts,), last


def _looks(parts: _Sequence, *openings: str) -> bool:
    return any(isinstance(part, _Look) and part.opening in openings and not part.often for part in parts)


def _write(branches: tuple[_Sequence, ...]) -> str:
    """Write branches without their assertions."""
    return "|".join("".join(map(_write_part, sequence)) for sequence in branches)


def _write_part(part: _Atom | _Group | _Look) -> str:
    if isinstance(part, _Look):
        return ""
    return part.text + part.often if isinstance(part, _Atom) else f"(?:{_write(part.branches)}){part.often}"


def _asserts(branches: tuple[_Sequence, ...]) -> bool:
    """Tell whether there is an assertion anywhere in branches."""
    return any(
        isinstance(part, _Look) or (isinstance(part, _Group) and _asserts(part.branches))
        for sequence in branches
        for part in sequence
    )


def _beside(look: _Atom | _Group | _Look) -> str | None:
    """Return a pattern for what an assertion at the beginning or end says; None where it is not known."""
    if not isinstance(look, _Look) or _asserts(look.branches):
        return None
    if look.opening == "(?=":
        return f"^(?:{_write(look.branches)})"
    if look.opening == "(?<=":
        return f"(?:{_write(look.branches)})$"
    behind = look.opening == "(?<!"
    forms = (_none_of_one, _none_of_words) if behind else (_none_of_one, _not_all, _not_within, _none_of_words)
    return next((said for form in forms if (said := form(look.branches, behind=behind)) is not None), None)


def _none_of_one(branches: tuple[_Sequence, ...], *, behind: bool) -> str | None:
    """Say "(?![a-z])": the first character is none of these."""
    atoms = [sequence[0] for sequence in branches if len(sequence) == 1]
    if len(atoms) < len(branches) or not all(isinstance(atom, _Atom) and atom.charset for atom in atoms):
        return None
    sets = [atom for atom in atoms if isinstance(atom, _Atom) and not atom.often]
    if len(sets) < len(atoms) or (len(sets) > 1 and any(atom.negated for atom in sets)):
        return None
    other = f"[{'' if sets[0].negated else '^'}{''.join(atom.charset for atom in sets)}]"
    return rf"^(?:[\s\S]*{other})?$" if behind else rf"^(?:{other}[\s\S]*)?$"


def _not_all(branches: tuple[_Sequence, ...], *, behind: bool) -> str | None:
    r"""Say "(?!\s*$)": some character is none of these."""
    match branches:
        case ((_Atom(charset=charset, negated=negated, often="*" | "+" as often), _Atom(text="$")),) if not behind:
            other = f"[{'' if negated else '^'}{charset}]"
            return other if often == "*" else f"^$|{other}"
    return None


def _not_within(branches: tuple[_Sequence, ...], *, behind: bool) -> str | None:
    """Say "(?!.*a)" and "(?!.*aa)": up to the end of the line there is no such character, or no two in a row."""
    match branches:
        case ((_Atom(text=".", often="*"), _Atom(negated=False, often="") as one),):
            twice = False
        case ((_Atom(text=".", often="*"), _Atom(negated=False, often="{2}") as one),):
            twice = True
        case ((_Atom(text=".", often="*"), _Atom(negated=False, often="") as one, second),) if second == one:
            twice = True
        case _:
            return None
    if behind or not one.charset or _MAY_END_A_LINE.search(one.charset):
        return None
    line = f"[{one.charset}]?(?:[^{one.charset}\\n][{one.charset}]?)*" if twice else f"[^{one.charset}\\n]*"
    return rf"^{line}(?:\n[\s\S]*)?$"


def _none_of_words(branches: tuple[_Sequence, ...], *, behind: bool) -> str | None:
    """Say "(?!foo|bar$)": the text begins with none of these words, and is none of those."""
    words, wholes = set[str](), set[str]()
    for sequence in branches:
        parts = sequence[::-1] if behind else sequence
        whole = parts[-1:] == ((_BEGIN if behind else _END),)
        word = "".join(map(_character, parts[: len(parts) - whole]))
        if len(word) < len(parts) - whole:
            return None
        (wholes if whole else words).add(word)
    if "" in words or sum(map(len, words | wholes)) > _MOST_CHARACTERS:
        return None
    return f"^{_avoiding('', words, wholes, behind=behind)}$"


def _avoiding(before: str, words: set[str], wholes: set[str], *, behind: bool) -> str:
    """Write what may follow behind `before`, or precede it, so that no word comes of it."""
    following = sorted({each[len(before)] for each in words | wholes if each.startswith(before) and each != before})
    options = [] if before in wholes else [""]
    other = f"[^{''.join(map(_escape, following))}]" if following else r"[\s\S]"
    options.append(rf"[\s\S]*{other}" if behind else rf"{other}[\s\S]*")
    for character in following:
        if before + character not in words:
            rest = _avoiding(before + character, words, wholes, behind=behind)
            options.append(rest + _escape(character) if behind else _escape(character) + rest)
    return f"(?:{'|'.join(options)})"


def _character(part: _Atom | _Group | _Look) -> str:
    """Return the one character that a part stands for; nothing where it stands for something else."""
    if not isinstance(part, _Atom) or part.often or not part.charset or part.text.startswith("[") or part.text == ".":
        return ""
    if len(part.text) == 1:
        return part.text
    if part.text[1] in "xu":
        return chr(int(part.text[2:].strip("{}"), 16))
    return "" if part.text[1].isalpha() else part.text[1]


def _escape(character: str) -> str:
    return f"\\{character}" if character in r"\.+*?()|[]{}^$#&-~" else character
