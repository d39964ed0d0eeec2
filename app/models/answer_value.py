"""What the text of an answer says as a value, and the schema that it was held to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from app.models.answer_node import MISSING

if TYPE_CHECKING:
    from app.exchange import Draft


def value_so_far(text: str) -> Any:
    """Return what a text that is still growing says so far; MISSING where it says nothing yet."""
    from pydantic_core import from_json

    try:
        return from_json(text, allow_partial="trailing-strings")
    except ValueError:
        return MISSING


def schema_of(draft: Draft) -> Any:
    """Return the schema that a draft's answers are held to; None where there is none that can be read."""
    if draft.format != "schema":
        return None
    try:
        return json.loads(draft.schema)
    except (ValueError, RecursionError):
        return None
