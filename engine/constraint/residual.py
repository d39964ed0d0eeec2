"""What the mask does not hold to, checked on each value as soon as it is closed.

A value is checked against the subschemas that apply to its place whatever the rest of the instance is: those reached
through `properties`, `items`, `allOf` and `$ref`. What depends on a choice (`anyOf`, `if`) is checked where the
choice is made, on the value that contains it. The root is checked in the end, by the whole schema.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jsonschema_rs

from engine.constraint.below import of_item, of_key
from engine.constraint.keywords import KEYWORDS, REWRITTEN
from engine.constraint.validate import DRAFTS
from engine.constraint.values import ClosedKey
from engine.schema.document import as_declared
from engine.schema.pointer import to_pointer
from engine.schema.references import REFERENCES
from engine.schema.walk import subschemas

if TYPE_CHECKING:
    from engine.constraint.values import Closed, ClosedValue
    from engine.schema.document import SchemaDocument

_DUPLICATES = jsonschema_rs.Draft202012Validator({"uniqueItems": True})
_CHOICES = frozenset({"anyOf", "oneOf", "format"})
_WAYS_DOWN = frozenset(
    {
        "additionalItems", "additionalProperties", "allOf", "anyOf", "items", "oneOf", "patternProperties",
        "prefixItems", "properties", *REFERENCES,
    }
)  # fmt: skip
"""Keywords behind which nothing is known of the mask where it does not hold to them."""
_ROOT = "urn:espalier:schema"

Nodes = tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """A closed value that breaks the schema: what is wrong with `text[start:end]`, by whom and where."""

    start: int
    end: int
    pointer: str
    message: str


class Residual:
    """Checks keys and values as they close. `checked` are the keywords that the mask does not hold to.

    Where there are none, what is left to check is that no object has a key twice, and that every number is one that
    readers of JSON have (IEEE 754 doubles, RFC 8259 section 6): 1e400 is valid by the grammar, and infinite in Python.
    """

    def __init__(self, document: SchemaDocument, checked: frozenset[str]) -> None:
        self._root = document.root
        self._keywords = frozenset(KEYWORDS) if checked & _WAYS_DOWN else checked | REWRITTEN | _CHOICES
        self._document = document
        self._references = document.references
        self._checks = bool(checked)
        # Keys that only a pattern names can run out, and then be repeated: that is checked too.
        self.provisional = self._checks or any(
            "patternProperties" in place.schema for place in subschemas(self._root) if isinstance(place.schema, dict)
        )
        self._embedded: dict[str, jsonschema_rs.Validator] = {}
        self._steps: dict[tuple[tuple[int, ...], str | int], Nodes] = {}

    @functools.cached_property
    def _top(self) -> Nodes:
        return self._closure([self._root])

    @functools.cached_property
    def _pointers(self) -> dict[int, str]:
        return {
            id(self._references.effective(place.schema)): as_declared(place.pointer)
            for place in subschemas(self._root)
            if isinstance(place.schema, dict)
        }

    @functools.cached_property
    def _validators(self) -> jsonschema_rs.ValidatorMap:
        return jsonschema_rs.validator_map_for(self._document.declared, validate_formats=True, offline=True)

    @functools.cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        draft = DRAFTS[self._document.draft][0]
        return jsonschema_rs.Registry([(_ROOT, self._document.declared)], draft=draft)

    def _validator(self, node: dict[str, Any], below: str = "") -> jsonschema_rs.Validator | None:
        """Return a validator of a subschema, or of a keyword's value in it; None where it has no place of its own.

        Within a resource with an `$id` of its own, a subschema is not itself without the text around it.
        """
        pointer = self._pointers.get(id(node))
        if pointer is None:
            return None
        pointer += below
        if not self._references.is_embedded(node):
            return self._validators.get(f"#{pointer}")
        if pointer not in self._embedded:
            reference = {"$ref": f"{_ROOT}#{quote(pointer)}"}
            kind = DRAFTS[self._document.draft][1]
            self._embedded[pointer] = kind(reference, registry=self._registry, validate_formats=True, offline=True)
        return self._embedded[pointer]

    def violation(self, closed: Closed) -> Violation | None:
        """Return what is wrong with a key or value that was just closed; None where nothing is known to be."""
        if isinstance(closed, ClosedKey):
            return self._key(closed)
        if isinstance(closed.value, float) and not math.isfinite(closed.value):
            return Violation(closed.start, closed.end, closed.pointer, "this number is too large to be read")
        if not self._checks:
            return None
        nodes = self._at(closed.path)
        for node in nodes:
            if closed.pointer and not node.keys() & self._keywords:
                continue
            validator = self._validator(node)
            if validator is None or validator.is_valid(closed.value):
                continue
            error = next(validator.iter_errors(closed.value))
            return Violation(closed.start, closed.end, closed.pointer + to_pointer(error.instance_path), error.message)
        return self._duplicate(closed)

    def _key(self, closed: ClosedKey) -> Violation | None:
        if closed.again:
            return Violation(closed.start, closed.end, closed.pointer, f'the key "{closed.key}" stands there already')
        if not self._checks:
            return None
        for node in self._at(closed.path):
            if "propertyNames" not in node:
                continue
            validator = self._validator(node, "/propertyNames")
            if validator is not None and not validator.is_valid(closed.key):
                message = next(validator.iter_errors(closed.key)).message
                return Violation(closed.start, closed.end, closed.pointer, message)
        return None

    def _duplicate(self, closed: ClosedValue) -> Violation | None:
        """Find an item that stands in the array already at once, not when the array is closed."""
        if closed.before is None or not closed.before:
            return None
        if not any(node.get("uniqueItems") is True for node in self._at(closed.path[:-1])):
            return None
        if _DUPLICATES.is_valid([*closed.before, closed.value]):
            return None
        return Violation(closed.start, closed.end, closed.pointer, "this item stands in the array already")

    def _at(self, path: tuple[str | int, ...]) -> Nodes:
        nodes = self._top
        for token in path:
            step = (tuple(map(id, nodes)), token)
            if step not in self._steps:
                below = [
                    schema
                    for node in nodes
                    for schema in (of_item(node, token) if isinstance(token, int) else of_key(node, token))
                ]
                self._steps[step] = self._closure(below)
            nodes = self._steps[step]
        return nodes

    def _closure(self, schemas: list[Any]) -> Nodes:
        """Return the subschemas and all that they demand of the same place without condition."""
        found: dict[int, dict[str, Any]] = {}
        pending = schemas
        while pending:
            here = pending.pop(0)
            if not isinstance(here, dict) or id(here) in found:
                continue
            found[id(here)] = here = self._references.effective(here)
            pending.extend((*self._references.fixed(here), *here.get("allOf", ())))
        return tuple(found.values())
