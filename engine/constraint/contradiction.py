"""Naming where a schema contradicts itself, for whoever has to mend it.

From the root down, through what every instance needs: the deepest place that nothing can satisfy, and of its keywords
so few that none of them could go without ending the contradiction.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from engine.errors import ConstraintUnsatisfiable
from engine.schema.document import SchemaDocument
from engine.schema.pointer import to_pointer
from engine.schema.references import REFERENCES
from engine.schema.walk import DEFINITIONS, subschemas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST_TRIED = 200
_SECONDS = 2.0
_SAYS_NOTHING = frozenset({"$comment", "$id", "$schema", "default", "description", "examples", "id", "title"})


def contradiction(document: SchemaDocument, is_empty: Callable[[SchemaDocument], bool]) -> ConstraintUnsatisfiable:
    """Return the error for a schema without instances; `is_empty` tells whether that is proved of one."""
    search = _Search(document, is_empty)
    here: Any = document.root
    seen = set[int]()
    while isinstance(here, dict) and id(here) not in seen:
        seen.add(id(here))
        here = next((below for below in search.needed(here) if search.is_empty(below)), here)
    pointers = {id(place.schema): place.pointer for place in subschemas(document.root)}
    culprits = search.culprits(here) if isinstance(here, dict) else []
    return ConstraintUnsatisfiable(
        "No instance can satisfy this schema: what it demands contradicts itself.",
        where=(search.false if here is False else pointers.get(id(here))) or "the root",
        advice=_advice(culprits) if isinstance(here, dict) else "Put a schema there that allows something.",
        keywords=tuple(each for each in culprits if search.mends(here, each)),
    )


class _Search:
    """Tries subschemas, each beside the definitions of the whole, as long as there is time.

    Where a reference leads elsewhere than to a definition, a subschema is not itself on its own: none is tried.
    """

    def __init__(self, document: SchemaDocument, is_empty: Callable[[SchemaDocument], bool]) -> None:
        self._document = document
        self._is_empty = is_empty
        root = document.root if isinstance(document.root, dict) else {}
        self._shared = {key: value for key, value in root.items() if key in DEFINITIONS}
        places = [place.schema for place in subschemas(root) if isinstance(place.schema, dict)]
        alone = all(
            str(place[keyword]).startswith(("#/$defs/", "#/definitions/"))
            for place in places
            for keyword in REFERENCES
            if keyword in place
        ) and not any(isinstance(place.get(name), str) for place in places[1:] for name in ("$id", "id"))
        self._left = _MOST_TRIED if alone else 0
        self._until = time.monotonic() + _SECONDS
        self._pointers = {id(place.schema): place.pointer for place in subschemas(root)}
        self.false = ""
        """Where `false` stands that was found last: it has no identity of its own."""

    def is_empty(self, schema: Any) -> bool:
        """Tell whether it is proved, within the time there is, that nothing satisfies a subschema."""
        if not isinstance(schema, dict):
            return schema is False
        self._left -= 1
        if self._left < 0 or time.monotonic() > self._until:
            return False
        return self._is_empty(SchemaDocument("", self._shared | schema, self._document.draft))

    def needed(self, schema: dict[str, Any]) -> Iterator[Any]:
        """Yield the subschemas that every instance of a subschema has to satisfy, at its place or right below."""
        said = self._document.references.effective(schema)
        pointer = self._pointers.get(id(schema), "")
        self.false = pointer
        yield from self._document.references.fixed(said)
        for index, each in enumerate(said.get("allOf", ())):
            self.false = f"{pointer}/allOf/{index}"
            yield each
        properties = said.get("properties", {})
        for key in said.get("required", ()) if said.get("type") == "object" else ():
            if key in properties:
                self.false = pointer + to_pointer(("properties", key))
                yield properties[key]
        if said.get("type") == "array" and said.get("minItems", 0) > 0 and "prefixItems" not in said:
            self.false = f"{pointer}/items"
            yield said.get("items", True)

    def culprits(self, schema: dict[str, Any]) -> list[str]:
        """Return keywords of a subschema that nothing satisfies together, and of which each is needed for that."""
        left = {key: value for key, value in schema.items() if key not in DEFINITIONS | _SAYS_NOTHING}
        if not self.is_empty(left):
            return []
        for keyword in reversed(list(left)):
            fewer = {key: value for key, value in left.items() if key != keyword}
            if self.is_empty(fewer):
                left = fewer
        return list(left)

    def mends(self, schema: dict[str, Any], keyword: str) -> bool:
        """Tell whether it is known that a subschema allows something without one of its keywords."""
        found = not self.is_empty({key: value for key, value in schema.items() if key != keyword})
        return found and self._left >= 0 and time.monotonic() <= self._until


def _advice(culprits: list[str]) -> str | None:
    if not culprits:
        return None
    *others, last = (f'"{keyword}"' for keyword in culprits)
    if not others:
        return f"Change {last} there: no value satisfies it."
    return f"Change {', '.join(others)} or {last} there: no value satisfies them together."
