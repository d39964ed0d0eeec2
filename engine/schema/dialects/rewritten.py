"""What comes of writing a schema anew: the new value, and a note for each change."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import SchemaInvalid
from engine.schema.document import read_schema

if TYPE_CHECKING:
    from engine.schema.document import SchemaDocument


@dataclass(frozen=True, slots=True)
class Note:
    """One change. `pointer` is the place in the old schema; `lossy` says that something it said is lost."""

    pointer: str
    sentence: str
    lossy: bool = False


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A schema written anew. `value` shares nothing with the old one; `notes` are in the order of its text."""

    value: dict[str, Any] | bool
    notes: tuple[Note, ...]

    @property
    def lossy(self) -> bool:
        """Whether any change loses something."""
        return any(note.lossy for note in self.notes)


def read_value(root: Any) -> SchemaDocument:
    """Return a document of its own for a schema that is a value already. Raises `SchemaInvalid` as `read_schema`."""
    try:
        text = json.dumps(root, ensure_ascii=False)
    except RecursionError:
        raise SchemaInvalid("The schema is nested too deeply to be read.") from None
    except ValueError:
        raise SchemaInvalid("A number in the schema is too long to be written.") from None
    return read_schema(text)
