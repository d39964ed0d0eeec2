"""Which draft a text is written in, as long as nobody has told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.schema.drafts import Draft, guess_draft
from engine.schema.editing.syntax import Kind

if TYPE_CHECKING:
    from engine.schema.editing import Syntax

_GUESSED_UP_TO = 200_000
"""Characters of a text whose draft is guessed from its keywords, where it names none."""


def declared(syntax: Syntax) -> Draft | None:
    """Return the draft that a text names; None where it names none that is known."""
    root = syntax.root
    named = root.get("$schema") if root is not None and root.kind is Kind.OBJECT else None
    said = named.text.strip('"').rstrip("#") if named is not None else ""
    return next((draft for draft in Draft if draft == said), None)


def guessed(syntax: Syntax) -> Draft | None:
    """Return the draft that a text's keywords show; None where it is too long to be read in passing, or broken."""
    if syntax.root is None or not syntax.sound or len(syntax.text) > _GUESSED_UP_TO:
        return None
    try:
        value = syntax.root.value()
    except EngineError:
        return None
    return guess_draft(value) if isinstance(value, dict | bool) else None
