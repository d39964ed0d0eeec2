"""What is said of the character under the pointer, or beside a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.pages.schemas.text.signs import is_hidden, name
from engine.schema.explanation import explanation

if TYPE_CHECKING:
    from app.pages.schemas.text.spans import ProblemSpans
    from engine.schema.drafts import Draft
    from engine.schema.editing import Syntax

_MOST = 8


def tip(syntax: Syntax, place: int, draft: Draft, problems: ProblemSpans) -> str:
    """Return what is known of a place: its problems, what cannot be seen there, and what its keyword means."""
    said = [span.problem.sentence for span in problems.at(place)[:_MOST]]
    char = syntax.text[place : place + 1]
    if char and is_hidden(char):
        said.append(f"This sign stands for {name(char)}.")
    found = explanation(syntax, place, draft)
    if found is not None:
        said.append("\n".join(filter(None, (found.heading, found.sentence, found.source))))
    return "\n\n".join(said)
