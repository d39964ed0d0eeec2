"""Text that nobody vouches for, made fit to be painted: nothing in it can hide, reorder or overflow what is near."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 400
"""Characters of a text that are looked at for one line: more than any row can show."""

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
_SIGNS: Final = dict.fromkeys((code for code in _CONTROLS if chr(code) not in "\n\t"), "\N{REPLACEMENT CHARACTER}")
_ONE_LINE: Final = dict.fromkeys(_CONTROLS, "\N{REPLACEMENT CHARACTER}") | dict.fromkeys(map(ord, _SPACES), " ")


def one_line(text: str, longest: int = LONGEST) -> str:
    """Return the beginning of a text on one line, each character in its place.

    Control characters become spaces or U+FFFD, so that places in the text stay what they were. The cost does not
    grow with the text.
    """
    shown = text[:longest].translate(_ONE_LINE)
    return shown + "…" if len(text) > longest else shown


def paragraphs(text: str, longest: int) -> str:
    """Return the beginning of a text with its line breaks; other control characters become U+FFFD."""
    shown = text[:longest].translate(_SIGNS)
    return shown + "…" if len(text) > longest else shown


def utf16(text: str, place: int) -> int:
    """Return where the character at `place` stands as Qt counts: those beyond U+FFFF are two units."""
    return place + sum(1 for char in text[:place] if ord(char) > 0xFFFF)
