"""What could take the place of a schema: written anew by rule or by a model, or another version; and what changes.

All of it is slow enough for a worker.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.line_diff import line_diff
from engine.errors import EngineError
from engine.schema.editing import Set

if TYPE_CHECKING:
    from app.line_diff import DiffLine
    from engine.schema.editing import Syntax


@dataclass(frozen=True)
class Rewriting:
    """A schema that could take the open one's place: its value, the changes that lead there, and how the text differs.

    Each change is a sentence with the pointer of its place, and whether it loses something.
    """

    title: str
    value: Any
    changes: tuple[tuple[str, str, bool], ...]
    lines: tuple[DiffLine, ...]


def compared(old: str, new: str) -> tuple[list[str], list[DiffLine]]:
    """Compare two texts, in sentences and line by line; what is no schema is compared by lines alone."""
    from engine.schema.difference import difference

    try:
        changes = [change.sentence for change in difference(json.loads(old), json.loads(new))]
    except (ValueError, RecursionError, EngineError):
        changes = ["One of them is no schema that can be read."]
    return changes, line_diff(old, new)


def rewritten(syntax: Syntax, how: str) -> Rewriting:
    """Return a schema as "strict", "lenient" or an "upgrade" would have it."""
    from engine.schema.dialects.lenient import make_lenient
    from engine.schema.dialects.strict import make_strict
    from engine.schema.dialects.upgrade import upgrade

    makes = {"strict": make_strict, "lenient": make_lenient, "upgrade": upgrade}
    titles = {"strict": "Make strict", "lenient": "Make lenient", "upgrade": "Upgrade to 2020-12"}
    made = makes[how](_value(syntax))
    changes = tuple((note.pointer, note.sentence, note.lossy) for note in made.notes)
    return Rewriting(titles[how], made.value, changes, _lines(syntax, made.value))


def proposed(syntax: Syntax, title: str, value: Any) -> Rewriting:
    """Return what another value would change of a schema."""
    from engine.schema.difference import difference

    changes = tuple(
        (change.pointer_old or change.pointer_new or "", change.sentence, False)
        for change in difference(_value(syntax), value)
    )
    return Rewriting(title, value, changes, _lines(syntax, value))


def _value(syntax: Syntax) -> Any:
    return syntax.root.value() if syntax.root is not None else {}


def _lines(syntax: Syntax, value: Any) -> tuple[DiffLine, ...]:
    return tuple(line_diff(syntax.text, syntax.edited(Set("", value).step(syntax)).text))
