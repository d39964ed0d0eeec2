"""A document's text as it may be quoted in a JSON string: folded, escaped, with the places where a quote may end.

What is folded: runs of blanks and line ends become one space, whatever blank they are (a no-break space is one);
marks that nobody sees (soft hyphens, zero-width characters) are left out; letters with marks are composed (NFC), and
ligatures are spelled out. A word that is hyphenated at a line's end may be quoted in three ways: as it stands, joined,
and with the hyphen alone.

What a quote does not cross: an empty line, a tab, three or more blanks (which is how columns are kept apart), and a
bar between blanks (which keeps cells apart).

Where a quote may begin and end: at the boundary of a word. Letters and digits belong together, and so do a number's
digits with the separators between them, and letters with the apostrophe between them. Scripts that are written
without blanks have a boundary at each character. A quote neither begins nor ends with a blank, comma, colon, semicolon
or bar, nor begins with a closing bracket or ends with an opening one. Signs say nothing by themselves: a quote begins
with one only where a word hangs on it (`.NET`, `-12`), and ends with one only where it hangs on a word (`Ltd.`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

BREAK = 0
"""The byte between what a quote does not cross; no document's text has it here."""

_BREAKS = re.compile(r"[^\S\n]*\n(?:[^\S\n]*\n)+\s*|[^\S\n]*\t\s*|[^\S\n]{3,}|[^\S\n]+\|(?:[^\S\n]+\|)*[^\S\n]+")
_BLANKS = re.compile(r"\s+")
_TOKENS = re.compile(r"[^ ]+")
_HYPHENATED = re.compile(r"(?<=\w)[-\u2010\u2011][^\S\n]*\n[^\S\n]*(?=\w)")
_NEITHER_END = ",;:|"
_NEVER_FIRST = frozenset(_NEITHER_END + ")]}")
_NEVER_LAST = frozenset(_NEITHER_END + "([{")
_IN_NUMBERS = frozenset(".,/'\u2019")
_IN_WORDS = frozenset("'\u2019")
_SIGNS = frozenset({"Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sk"})
_SAYING = frozenset("%\u2030\u00a7#")
"""Signs that say something by themselves, as currencies do."""
_SPACELESS = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF))
"""Thai, Lao, Burmese, Khmer and kana: written without blanks between words, as are wide ideographs."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Some of the quotes there could be: the places `starts` and `ends` in the bytes, sorted by both.

    `codes` are `starts` and `ends` as one number each; `furthest` is, for each place, the last end of a quote that
    begins there, or -1.
    """

    starts: NDArray[np.int64]
    furthest: NDArray[np.int64]
    codes: NDArray[np.int64]
    size: int

    def has(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell of each start and end whether they are a quote."""
        if not len(self.codes):
            return np.zeros(len(starts), dtype=bool)
        wanted = starts * self.size + ends
        found = np.minimum(np.searchsorted(self.codes, wanted), len(self.codes) - 1)
        matches: NDArray[np.bool_] = self.codes[found] == wanted
        return matches


class QuotableText:
    """The text of a document, or of the pieces of it that are given, as UTF-8 bytes of a JSON string's content.

    `data` are the bytes, with `BREAK` before, between and after what a quote does not cross. For each place in them:
    `first` tells whether a quote may begin there, `last` whether it may end before it, `ahead` where the next such end
    is (-1: none before the next break), `characters` how many characters precede it, `escaped` whether it is within an
    escape.
    """

    def __init__(self, text: str, pieces: Iterable[tuple[int, int]] | None = None) -> None:
        """Prepare `text[start:end]` of each piece, by default all of it."""
        self._out = bytearray([BREAK])
        self._begins = [-1]
        self._finishes = [-1]
        self._characters = [0]
        self._escaped = [False]
        self._first = [False]
        self._last = [False]
        self._count = 0
        for start, end in pieces if pieces is not None else ((0, len(text)),):
            self._take(text, start, end)
        self.data = bytes(self._out)
        self.bytes: NDArray[np.uint8] = np.frombuffer(self.data, dtype=np.uint8)
        self.first: NDArray[np.bool_] = np.array(self._first, dtype=bool)
        self.last: NDArray[np.bool_] = np.array(self._last, dtype=bool)
        self.characters: NDArray[np.int64] = np.array(self._characters, dtype=np.int64)
        self.escaped: NDArray[np.bool_] = np.array(self._escaped, dtype=bool)
        self.starts: NDArray[np.int64] = np.flatnonzero(self.first)
        self.ahead = self._look_ahead()
        self._begin: NDArray[np.int64] = np.array(self._begins, dtype=np.int64)
        self._finish: NDArray[np.int64] = np.array(self._finishes, dtype=np.int64)
        del self._out, self._begins, self._finishes, self._characters, self._escaped, self._first, self._last

    def find(self, quote: str, pairs: Pairs | None = None) -> list[tuple[int, int]]:
        """Return the places in the bytes where a quote stands: one of these, or from word boundary to word boundary."""
        wanted = escape(quote)
        found = []
        place = self.data.find(wanted) if wanted else -1
        while place >= 0:
            found.append((place, place + len(wanted)))
            place = self.data.find(wanted, place + 1)
        if not found:
            return []
        starts, ends = np.array(found, dtype=np.int64).T
        inside = self.first[starts] & self.last[ends] if pairs is None else pairs.has(starts, ends)
        return [each for each, right in zip(found, inside.tolist(), strict=True) if right]

    def find_in_any_case(self, quote: str) -> str | None:
        """Return a quote as the text spells it where it first stands; the case of ASCII letters does not matter."""
        data, wanted = self.data.lower(), escape(quote).lower()
        place = data.find(wanted) if wanted else -1
        while place >= 0:
            if self.first[place] and self.last[place + len(wanted)]:
                return self.quote(place, place + len(wanted))
            place = data.find(wanted, place + 1)
        return None

    def texts(self, pairs: Pairs) -> dict[str, None]:
        """Return quotes as they are spelled, each once, in the order in which they stand."""
        return dict.fromkeys(self.quote(code // pairs.size, code % pairs.size) for code in pairs.codes.tolist())

    def within(self, start: int, end: int, pairs: Pairs) -> dict[str, None]:
        """Return those of some quotes that stand between two places in the bytes, but for parts of one another."""
        first, last = np.searchsorted(pairs.codes, [start * pairs.size, end * pairs.size])
        found = [divmod(code, pairs.size) for code in pairs.codes[first:last].tolist()]
        found = [(begin, stop) for begin, stop in found if stop <= end]
        whole = [one for one in found if not any(a <= one[0] and one[1] <= b for a, b in found if (a, b) != one)]
        return dict.fromkeys(self.quote(*each) for each in whole)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return which characters of the document's text the bytes from one place to another are."""
        return int(self._begin[start]), int(self._finish[end - 1])

    def quote(self, start: int, end: int) -> str:
        """Return the text that the bytes from one place to another stand for."""
        return unescape(self.data[start:end])

    def pairs(self, spans: Iterable[tuple[int, int]]) -> Pairs:
        """Return the quotes that are exactly these spans of the document's text, however they are spelled."""
        starts, ends = self._edges
        found = [
            (first, last)
            for start, end in spans
            for first in starts.get(start, ())
            for last in ends.get(end, ())
            if first < last and BREAK not in self.data[first:last]
        ]
        return self.pairs_of(found)

    @cached_property
    def _edges(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """Where in the bytes each character of the document begins, by its place, and where one ends, by its end."""
        starts: dict[int, list[int]] = {}
        ends: dict[int, list[int]] = {}
        for place in np.flatnonzero((self._begin >= 0) & (np.roll(self._begin, 1) != self._begin)).tolist():
            starts.setdefault(int(self._begin[place]), []).append(place)
        for place in np.flatnonzero((self._finish >= 0) & (np.roll(self._finish, -1) != self._finish)).tolist():
            ends.setdefault(int(self._finish[place]), []).append(place + 1)
        return starts, ends

    def pairs_of(self, found: Sequence[tuple[int, int]]) -> Pairs:
        """Return the quotes between these places in the bytes."""
        size = len(self.data) + 1
        codes = np.unique(np.array([start * size + end for start, end in found], dtype=np.int64))
        furthest = np.full(size, -1, dtype=np.int64)
        np.maximum.at(furthest, codes // size, codes % size)
        return Pairs(np.unique(codes // size), furthest, codes, size)

    def _look_ahead(self) -> NDArray[np.int64]:
        size = len(self.data)
        places = np.where(self.last, np.arange(size), size)
        following = np.minimum.accumulate(places[::-1])[::-1]
        breaks = np.where(self.bytes == BREAK, np.arange(size), size)
        breaks = np.minimum.accumulate(breaks[::-1])[::-1]
        # An end stands before the break's own byte, so that place counts.
        return np.where((following < size) & (following <= breaks), following, -1)

    def _take(self, text: str, start: int, end: int) -> None:
        place = start
        for gap in _BREAKS.finditer(text, start, end):
            self._take_part(text, place, gap.start(), None)
            place = gap.end()
        self._take_part(text, place, end, None)
        for hyphen in _HYPHENATED.finditer(text, start, end):
            first = max(text.rfind("\n", start, hyphen.start()) + 1, start)
            last = text.find("\n", hyphen.end(), end)
            around = self._within_gaps(text, first, end if last < 0 else last, hyphen.start())
            self._take_part(text, *around, (hyphen.start() + 1, hyphen.end()))
            if text[hyphen.end()].islower():
                self._take_part(text, *around, (hyphen.start(), hyphen.end()))

    def _within_gaps(self, text: str, start: int, end: int, place: int) -> tuple[int, int]:
        """Return the part of `text[start:end]` around a place that no break parts."""
        for gap in _BREAKS.finditer(text, start, end):
            if gap.end() <= place:
                start = gap.end()
            elif gap.start() >= place:
                return start, gap.start()
        return start, end

    def _take_part(self, text: str, start: int, end: int, without: tuple[int, int] | None) -> None:
        """Add what a quote may cross; `without` a part of it that is left out."""
        characters: list[tuple[str, int, int]] = []
        for first, last in ((start, end),) if without is None else ((start, without[0]), (without[1], end)):
            characters += _fold(text, first, last)
        run: list[tuple[str, int, int]] = []
        for each in characters:
            if each[0]:
                run.append(each)
                continue
            self._add(run)
            run = []
        self._add(run)

    def _add(self, run: list[tuple[str, int, int]]) -> None:
        """Write characters with their places in the document, and a break behind them."""
        while run and run[-1][0] == " ":
            run.pop()
        while run and run[0][0] == " ":
            run.pop(0)
        if not run:
            return
        text = "".join(each[0] for each in run)
        boundary = boundaries(text)
        begins, finishes = _hangs(text)
        for index, (character, start, end) in enumerate(run):
            encoded = escape(character)
            here = boundary[index]
            for offset in range(len(encoded)):
                self._begins.append(start)
                self._finishes.append(end)
                self._characters.append(self._count + (1 if offset else 0))
                self._escaped.append(offset == 1 and encoded[0] == 0x5C)
                self._first.append(offset == 0 and here and begins[index] and character not in _NEVER_FIRST)
                ends = offset == 0 and index > 0 and here and finishes[index - 1]
                before = run[index - 1][0]
                self._last.append(ends and before not in _NEVER_LAST)
            self._out += encoded
            self._count += 1
        self._out.append(BREAK)
        self._begins.append(-1)
        self._finishes.append(-1)
        self._characters.append(self._count)
        self._escaped.append(False)
        self._first.append(False)
        self._last.append(finishes[-1] and run[-1][0] not in _NEVER_LAST)


def escape(text: str) -> bytes:
    """Return text as it stands between the quotes of a JSON string, each character in its shortest form."""
    return text.replace("\\", "\\\\").replace('"', '\\"').encode()


def fold(text: str) -> str:
    """Return a text as its quote is spelled: blanks as one space, what nobody sees left out, letters composed."""
    return "".join(each for each, _, _ in _fold(text, 0, len(text))).strip()


def unescape(data: bytes) -> str:
    """Return the text that `escape` gave these bytes for."""
    return re.sub(rb"\\(.)", rb"\1", data).decode()


def boundaries(text: str) -> list[bool]:
    """Tell of each place in folded text, and of its end, whether a word may begin or end there."""
    kinds = [_kind(character) for character in text]
    found = [True] * (len(text) + 1)
    for place in range(1, len(text)):
        before, after = kinds[place - 1], kinds[place]
        if before and after:
            found[place] = "-" in before + after
        elif after and place > 1:
            found[place] = not _joins(text[place - 1], kinds[place - 2], after)
        elif before and place + 1 < len(text):
            found[place] = not _joins(text[place], before, kinds[place + 1])
    return found


def _hangs(text: str) -> tuple[list[bool], list[bool]]:
    """Tell of each character whether a quote may begin with it, and whether one may end with it.

    Of what stands between two blanks, the signs before its first word may begin a quote, those behind it may end one.
    """
    begins, finishes = [False] * len(text), [False] * len(text)
    for token in _TOKENS.finditer(text):
        words = [place for place in range(*token.span()) if not _is_sign(text[place])]
        for place in range(*token.span()) if words else ():
            sign = _is_sign(text[place])
            begins[place] = not sign or place < words[0]
            finishes[place] = not sign or place > words[0]
    return begins, finishes


def _is_sign(character: str) -> bool:
    return unicodedata.category(character) in _SIGNS and character not in _SAYING and character != "_"


def _joins(sign: str, before: str, after: str) -> bool:
    """Tell whether a sign belongs to the word or number on both sides of it."""
    if before == after == "1":
        return sign in _IN_NUMBERS
    return bool(before and after) and sign in _IN_WORDS


def _kind(character: str) -> str:
    """Return 1 for a digit, a for what else words are made of, - for what is a word by itself, nothing for the rest."""
    if character.isdigit():
        return "1"
    if not (character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"):
        return ""
    code = ord(character)
    alone = code > 0xE00 and (
        any(low <= code <= high for low, high in _SPACELESS) or unicodedata.east_asian_width(character) == "W"
    )
    return "-" if alone else "a"


def _fold(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    """Return the folded characters of a text with the place of each; an empty one where nothing can be quoted over."""
    found: list[tuple[str, int, int]] = []
    place = start
    while place < end:
        character = text[place]
        if character.isspace():
            blank = _BLANKS.match(text, place, end)
            stop = blank.end() if blank else place + 1
            if place > start and text[place - 1] == "\xad" and "\n" in text[place:stop]:
                place = stop  # a soft hyphen that shows: the word goes on in the next line
                continue
            if not found or found[-1][0] != " ":
                found.append((" ", place, stop))
            place = stop
            continue
        if character < "\x7f" and character >= " ":
            stop = place + 1
        else:
            category = unicodedata.category(character)
            if category == "Cf":
                place += 1
                continue
            if category in {"Cc", "Cs"}:
                found.append(("", place, place + 1))
                place += 1
                continue
            stop = place + 1
        while stop < end and text[stop] > "\u02ff" and unicodedata.combining(text[stop]):
            stop += 1
        shown = text[place:stop]
        if not shown.isascii():
            ligature = "\ufb00" <= character <= "\ufb06"
            shown = unicodedata.normalize("NFKC" if ligature else "NFC", shown)
        found.extend((each, place, stop) for each in shown)
        place = stop
    return found
