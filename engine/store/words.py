"""Words as the full-text index sees them: what of a text is indexed, what a query asks, and where it stands.

The index's tokenizer (unicode61 of FTS5) takes runs of letters and digits for words, without case and accents.
Scripts that put no blanks between words would be one word a sentence to it; so each of their characters is
indexed as a word of its own, and a run of them in a query is a phrase: it is found wherever it stands.
"""

from __future__ import annotations

import re
import unicodedata

_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Myanmar, Khmer
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c"  # radicals, numerals
    "\u3040-\u312f\u31a0-\u31ff\uff66-\uff9f"  # kana, bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"  # ideographs
)
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_MARK = "[\u0300-\u036f]*"  # combining accents, which the index ignores
_LETTER = rf"(?:(?![{_UNSPACED}])[^\W_])"  # of a word that has others beside it
_WORD = re.compile(rf"[{_UNSPACED}]|{_LETTER}+")
_MOST_PARTS = 24
_MOST_CHARACTERS = 400


class _Spacing(dict[int, str | int]):
    """Code point -> what the index gets of it, filled as it is asked."""

    def __missing__(self, point: int) -> str | int:
        character = chr(point)
        self[point] = f" {character} " if _HAS_UNSPACED.match(character) else point
        return self[point]


class _Folding(dict[int, int]):
    """Code point -> the code point without case and accents, one for one, filled as it is asked."""

    def __missing__(self, point: int) -> int:
        base = unicodedata.normalize("NFD", chr(point))[0].lower()
        self[point] = ord(base) if len(base) == 1 else point
        return self[point]


_SPACING, _FOLDING = _Spacing(), _Folding()


def clean(text: str) -> str:
    """Return a text as UTF-8 can hold it: half a surrogate pair, which no file can hold, becomes U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def spaced(text: str) -> str:
    """Return what the index gets of a text: the same, with blanks around characters that are words by themselves."""
    return text if text.isascii() or not _HAS_UNSPACED.search(text) else text.translate(_SPACING)


def indexed(text: str | bytes) -> str:
    """Return what the index gets of a column: a text, or one that is kept as bytes of UTF-8."""
    return spaced(text if isinstance(text, str) else text.decode(errors="replace"))


def folded(text: str) -> str:
    """Return a text without case and accents; each character keeps its place."""
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def parts_of(typed: str) -> tuple[list[str], bool]:
    """Return the parts of a query that blanks separate, those that hold a letter or digit; and if the last may go on.

    What a person pastes by mistake is cut off after some hundred characters.
    """
    plain = clean(typed[:_MOST_CHARACTERS]).replace('"', " ").replace("\0", " ")
    parts = [part for part in plain.split() if any(unicodedata.category(c)[0] in "LN" for c in part)]
    begun = bool(parts) and plain.endswith(parts[-1]) and unicodedata.category(plain[-1])[0] in "LNM"
    return parts[:_MOST_PARTS], begun


def query_of(parts: list[str], *, begun: bool) -> str:
    """Return the FTS5 query of parts that must all be there; `begun` says that the last one may go on."""
    return " ".join(f'"{spaced(part)}"' for part in parts) + ("*" if begun else "")


def pattern_of(part: str, *, begun: bool) -> re.Pattern[str]:
    """Return what finds a part in a `folded` text, as the index does; a word that is begun is found whole."""
    words = [word for word in _WORD.findall(re.sub("[\u0300-\u036f]", "", folded(part))) if word[0].isalnum()]
    pattern = ""
    for before, word in zip(["", *words], words, strict=False):
        apart = "*" if _HAS_UNSPACED.match(word) or _HAS_UNSPACED.match(before) else "+"
        pattern += (rf"[\W_]{apart}" if before else "") + "".join(re.escape(letter) + _MARK for letter in word)
    if not _HAS_UNSPACED.match(words[0]):
        pattern = f"(?<!{_LETTER}){pattern}"
    if not _HAS_UNSPACED.match(words[-1]):
        pattern += rf"(?:{_LETTER}|{_MARK[:-1]})*" if begun else f"(?!{_LETTER})"
    return re.compile(pattern)
