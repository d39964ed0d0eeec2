"""Screens from elsewhere as trees of ours: A2UI v0.9, and the two shapes that OpenAI's examples have.

    imported = read_any(json.loads(text))   # or read_text(text), which reads JSON Lines too
    for note in imported.notes: print(note.pointer, note.sentence)

Each dialect is a module with `recognises` and `read`, and one table from its components to ours. Nothing that is read
is run, nothing is fetched, and whatever is wrong with it is a note or a `NotImported`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from engine.interface.catalogue import bundled
from engine.interface.dialects import a2ui, generative_ui, openai_ui
from engine.interface.dialects.imported import Imported, Note, NotImported

if TYPE_CHECKING:
    from collections.abc import Callable

DIALECTS: Final[tuple[tuple[Callable[[Any], bool], Callable[[Any], Imported]], ...]] = (
    (a2ui.recognises, a2ui.read),
    (openai_ui.recognises, openai_ui.read),
    (generative_ui.recognises, generative_ui.read),
)
"""For each format what tells that a value is in it, and what reads it, in the order in which they are asked."""

_DEEPEST: Final = 150
_MOST_VALUES: Final = 500_000


def read_any(value: Any) -> Imported:
    """Return the screen that a JSON value describes, whichever of the formats it is in; a tree of ours stays as it is.

    Raises NotImported where it is in none of them.
    """
    _bounded(value)
    for recognises, read in DIALECTS:
        if recognises(value):
            return read(value)
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "root":
        return Imported(value)
    if isinstance(kind, str) and bundled().component(kind):
        return Imported({"type": "root", "title": "", "children": [value]})
    raise NotImported(
        "This is no screen in a format that is known.",
        where="",
        advice="Trees of components, A2UI v0.9 messages and OpenAI's two UI schemas can be imported.",
    )


def read_text(text: str) -> Imported:
    """Return the screen in a text: JSON, or one JSON value a line.

    Raises NotImported where it is neither, with the line, or in none of the formats.
    """
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    try:
        return read_any(_json(text))
    except json.JSONDecodeError as error:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        if len(lines) < 2 or error.lineno == lines[0][0]:
            raise _not_json(error.lineno, error.msg) from None
    values = []
    for number, line in lines:
        try:
            values.append(_json(line))
        except json.JSONDecodeError as error:
            raise _not_json(number, error.msg) from None
    return read_any(values)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError:
        raise
    except ValueError:
        raise NotImported("A number in it is too long to be read.", where="") from None


def _bounded(value: Any) -> None:
    waiting = [(value, 0)]
    seen = 0
    while waiting:
        found, depth = waiting.pop()
        seen += 1
        if depth > _DEEPEST:
            raise _too_deep()
        if seen > _MOST_VALUES:
            raise NotImported(f"This holds more than {_MOST_VALUES} values, too many for a screen.", where="")
        below = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
        waiting.extend((item, depth + 1) for item in below)


def _too_deep() -> NotImported:
    return NotImported(f"This is nested more than {_DEEPEST} deep, too deep for a screen.", where="")


def _not_json(line: int, said: str) -> NotImported:
    return NotImported(f"This is no JSON: {said}.", where=f"line {line}", advice="Choose a file of JSON or JSON Lines.")


__all__ = ["DIALECTS", "Imported", "NotImported", "Note", "read_any", "read_text"]
