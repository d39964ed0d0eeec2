"""Text that nobody vouches for, made fit to be painted: nothing in it can hide, reorder or overflow what is near."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 400
"""Characters of a text that are looked at for one line: more than any row can show."""

_EIGHT: Final = re.compile(r"\S{1,8}")
_SPACES = "\t\n\v\f\r\x85\u2028\u2029"
_CONTROLS = (
    *range(0x20),
    *range(0x7F, 0xA0),
    *range(0x202A, 0x202F),  # embeddings and overrides: they would turn round what stands beside them
    *range(0x2066, 0x206A),  # isolates
    *range(0x206A, 0x2070),  # deprecated formatting characters
    0xFEFF,
    *range(0xFFF9, 0xFFFC),
    *range(0xD800, 0xE000),
    *range(0xFDD0, 0xFDF0),
)
_SIGNS: Final[dict[int, str]] = {
    **dict.fromkeys((code for code in _CONTROLS if chr(code) not in "\n\t"), "\N{REPLACEMENT CHARACTER}"),
    0x0D: " ",
    0x2028: "\n",
    0x2029: "\n",
}
_HIDDEN: Final = re.compile(f"[{''.join(map(re.escape, map(chr, _SIGNS)))}]")
_ONE_LINE: Final = dict.fromkeys(_CONTROLS, "\N{REPLACEMENT CHARACTER}") | dict.fromkeys(map(ord, _SPACES), " ")


def one_line(text: str, longest: int = LONGEST) -> str:
    """Return the beginning of a text on one line, each character in its place.

    Control characters become spaces or U+FFFD, so that places in the text stay what they were. The cost does not
    grow with the text.
    """
    shown = text[:longest].translate(_ONE_LINE)
    return shown + "…" if len(text) > longest else shown


def in_signs(text: str) -> str:
    """Return a text with its line breaks, each character in its place; other control characters become U+FFFD."""
    # An expression, since `translate` looks at each character of megabytes by itself.
    return _HIDDEN.sub(lambda found: _SIGNS[ord(found[0])], text)


def paragraphs(text: str, longest: int) -> str:
    """Return the beginning of a text with its line breaks; other control characters become U+FFFD."""
    shown = in_signs(text[:longest])
    return shown + "…" if len(text) > longest else shown


def breakable(text: str, longest: int = 80) -> str:
    """Return a text for a label, which breaks lines at blanks only: a word of `longest` letters can be broken too."""
    return re.sub(rf"\S{{{longest},}}", lambda word: "\N{ZERO WIDTH SPACE}".join(_EIGHT.findall(word[0])), text)


def utf16(text: str, place: int) -> int:
    """Return where the character at `place` stands as Qt counts: those beyond U+FFFF are two units."""
    return len(text[:place].encode("utf-16-le", "surrogatepass")) // 2
