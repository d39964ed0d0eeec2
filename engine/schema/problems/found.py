"""What a rule has found, before it is known where in the text that is and how grave somebody takes it to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.schema import spoken

if TYPE_CHECKING:
    from engine.schema.problems.problem import Fix

_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Found:
    """Something that a rule has found at a JSON Pointer, which may lead to a keyword, an entry of one, or a subschema.

    `on_key` marks the key there rather than the value, and `keyword` tells that it is the keyword that is meant, where
    a subschema stands under it. `span` is told where the place is no value of the text.
    """

    rule: str
    at: str
    sentence: str
    fixes: tuple[Fix, ...] = ()
    on_key: bool = False
    keyword: bool = False
    span: tuple[int, int] | None = None


def told(value: Any, most: int = _LONGEST) -> str:
    """Return a value as JSON for a sentence, cut off where it is long, with no characters that cannot be seen."""
    if isinstance(value, dict | list) and len(value) > most:
        return "{…}" if isinstance(value, dict) else "[…]"
    text = spoken.told(value, most)
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def quoted(name: str) -> str:
    """Return a name in quotes for a sentence, cut off where it is long."""
    return told(name)


def listed(names: list[str], word: str = "and", most: int = 5) -> str:
    """Return names as a list in a sentence: `"a", "b" and "c"`."""
    shown = [quoted(name) for name in names[:most]]
    if len(names) > most:
        return f"{', '.join(shown)} {word} {len(names) - most:,} more"
    return f"{', '.join(shown[:-1])} {word} {shown[-1]}" if len(shown) > 1 else shown[0]
