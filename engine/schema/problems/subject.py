"""The schema that rules look at: its subschemas, how they hang together, and what is known of its references."""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.schema.pointer import unescape
from engine.schema.references import REFERENCES
from engine.schema.walk import MANY, NAMED, ONE, children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.document import SchemaDocument

SAME_VALUE = frozenset({"allOf", "anyOf", "dependencies", "dependentSchemas", "else", "if", "not", "oneOf", "then"})
"""Keywords whose subschemas speak of the value that the schema around them speaks of."""


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """A subschema that is no truth value, and the one around it."""

    pointer: str
    schema: dict[str, Any]
    keyword: str
    above: Spot | None

    @property
    def name(self) -> str | None:
        """The name of the property that it is of, None where it is of none."""
        return unescape(self.pointer.rpartition("/")[2]) if self.keyword == "properties" else None

    def around(self) -> Iterator[Spot]:
        """Yield it and the subschemas around it that speak of the same value, from the inside out."""
        here: Spot | None = self
        while here is not None:
            yield here
            here = here.above if here.keyword in SAME_VALUE else None


@dataclass(frozen=True)
class Subject:
    """A schema that its metaschema accepts, as rules look at it.

    `marred` are the pointers of subschemas without keywords that the text has there, since they cannot have the values
    they have. Rules that try things stop at `until`, in seconds of the monotonic clock.
    """

    document: SchemaDocument
    marred: frozenset[str] = frozenset()
    until: float = field(default_factory=lambda: time.monotonic() + 2.0)

    @functools.cached_property
    def spots(self) -> list[Spot]:
        """The subschemas in the order of the text, parents first."""
        root = self.document.root
        if not isinstance(root, dict):
            return []
        found: list[Spot] = []
        pending = [Spot("", root, "", None)]
        while pending:
            here = pending.pop()
            found.append(here)
            below = [
                Spot(child.pointer, child.schema, child.keyword, here)
                for child in children(here.pointer, here.schema)
                if isinstance(child.schema, dict)
            ]
            pending.extend(reversed(below))
        return found

    @functools.cached_property
    def said(self) -> list[tuple[Spot, dict[str, Any]]]:
        """The subschemas that hold for some place of an instance, with what they say in their draft."""
        references = self.document.references
        return [(spot, references.effective(spot.schema)) for spot in self.spots if references.reaches(spot.schema)]

    def is_late(self) -> bool:
        """Tell whether no more should be tried."""
        return time.monotonic() > self.until

    def joint(self, spot: Spot) -> Iterator[dict[str, Any]]:
        """Yield what is said, with or without condition, of the value that a subschema speaks of."""
        references = self.document.references
        *_, top = spot.around()
        pending, seen = [top.schema], set[int]()
        while pending and len(seen) < 1_000:
            here = pending.pop()
            if id(here) in seen:
                continue
            seen.add(id(here))
            said = references.effective(here)
            yield said
            targets = [references.follow(said, keyword) for keyword in REFERENCES if keyword in said]
            inner = [child.schema for child in children("", said) if child.keyword in SAME_VALUE]
            pending += [each for each in (*targets, *inner) if isinstance(each, dict)]


def place_of(at: str) -> tuple[str, str | None]:
    """Split the pointer of something in a schema into that of its subschema and the keyword there, if it is in one."""
    tokens = at.split("/")[1:]
    subschema, index = "", 0
    while index < len(tokens):
        keyword = unescape(tokens[index])
        below = tokens[index + 1] if index + 1 < len(tokens) else None
        if below is not None and (keyword in NAMED or (keyword in MANY and below.isdecimal())):
            step = 2
        elif keyword in ONE:
            step = 1
        else:
            return subschema, keyword
        subschema += "".join(f"/{token}" for token in tokens[index : index + step])
        index += step
    return subschema, None
