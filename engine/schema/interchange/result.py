"""What every way in gives: a schema as text, a name for it, and what is to be said about how it was read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from engine.errors import ConversionError


@dataclass(frozen=True)
class Incoming:
    """A schema that came from elsewhere.

    `text` is JSON. `name` is what its source calls it, or what it was told to be called; it may be empty. `notes` are
    plain sentences: what the source was taken for, and what of it could not be kept.
    """

    text: str
    name: str = ""
    notes: tuple[str, ...] = ()


def lay_out(schema: Any) -> str:
    """Return a schema as JSON text: two spaces a level, keys in their order.

    Raises ConversionError where it is nested too deeply, or where a text in it holds half a character.
    """
    try:
        text = json.dumps(schema, ensure_ascii=False, indent=2, allow_nan=False)
        text.encode()
    except RecursionError:
        raise ConversionError("This is nested too deeply to become a schema.") from None
    except UnicodeEncodeError:
        raise ConversionError(
            "A text in it holds half a character (a lone surrogate).", advice="Write the character itself."
        ) from None
    return text
