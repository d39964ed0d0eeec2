"""What a JSON Pointer into a schema names: a subschema, and what it hangs on, or a value that is data."""

from __future__ import annotations

from dataclasses import dataclass

from engine.schema.pointer import unescape
from engine.schema.walk import MANY, NAMED, ONE


@dataclass(frozen=True, slots=True)
class Location:
    """Where a subschema stands.

    `holder` is the pointer of the schema that has it under `keyword`, as `name` (an object's key or an array's index,
    None where the keyword holds this one schema). The root has neither.
    """

    pointer: str
    holder: str | None = None
    keyword: str = ""
    name: str | None = None

    @property
    def is_property(self) -> bool:
        """Whether it says something of a property by name."""
        return self.keyword == "properties"

    @property
    def is_definition(self) -> bool:
        """Whether it is only stored, to be referred to."""
        return self.keyword in {"$defs", "definitions"}


def locate(pointer: str) -> Location | None:
    """Return where the subschema at a pointer stands; None where a pointer names no subschema.

    Decided from the pointer alone, by the keywords that hold schemas.
    """
    tokens = [unescape(token) for token in pointer.split("/")[1:]]
    raw = pointer.split("/")
    here = Location("")
    at = 0
    while at < len(tokens):
        keyword, holder = tokens[at], here.pointer
        named = keyword in NAMED or (keyword in MANY and at + 1 < len(tokens) and tokens[at + 1].isdecimal())
        if named and at + 1 < len(tokens):
            here = Location("/".join(raw[: at + 3]), holder, keyword, tokens[at + 1])
            at += 2
        elif keyword in ONE:
            here = Location("/".join(raw[: at + 2]), holder, keyword)
            at += 1
        else:
            return None
    return here


def is_schema(pointer: str) -> bool:
    """Tell whether a pointer names a subschema."""
    return locate(pointer) is not None
