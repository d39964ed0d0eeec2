"""Operations that make one change to a schema, written one after the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.errors import EditRefused
from engine.schema.editing import Insert, Kind, Node, Operation, Raw, Remove, Set, Syntax
from engine.schema.editing.entries import margin_at
from engine.schema.editing.layout import Style, moved, scalar, write
from engine.schema.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Iterable

_ORDER = (
    "$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$comment", "title", "description", "$ref", "$dynamicRef",
    "type", "enum", "const", "format", "pattern", "minLength", "maxLength", "minimum", "exclusiveMinimum", "maximum",
    "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "prefixItems", "items", "additionalItems",
    "contains", "minContains", "maxContains", "minProperties", "maxProperties", "properties", "patternProperties",
    "propertyNames", "required", "dependentRequired", "dependentSchemas", "additionalProperties",
    "unevaluatedProperties", "unevaluatedItems", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "x-grounding",
    "default", "examples", "$defs", "definitions",
)  # fmt: skip
_RANK = {keyword: rank for rank, keyword in enumerate(_ORDER)}


@dataclass(frozen=True)
class Refactoring:
    """A change to a schema: what to do, what to call it, and the pointers of what it is about afterwards."""

    operations: tuple[Operation, ...]
    label: str
    select: tuple[str, ...] = ()


class Script:
    """Operations, each written against the text that those before it leave."""

    def __init__(self, syntax: Syntax) -> None:
        self.syntax = syntax
        self._operations: list[Operation] = []

    def do(self, operation: Operation) -> None:
        """Add an operation. Raises EditRefused where it cannot be done."""
        step = operation.step(self.syntax)
        if step:
            self.syntax = self.syntax.edited(step)
            self._operations.append(operation)

    def done(self, label: str, select: Iterable[str] = ()) -> Refactoring:
        """Return all of it as one change."""
        return Refactoring(tuple(self._operations), label, tuple(select))

    def node(self, pointer: str) -> Node:
        """Return the value at a pointer. Raises EditRefused where there is none."""
        node = self.syntax.find(pointer)
        if node is None:
            raise EditRefused("There is nothing in the schema at this place.", where=pointer or "the root")
        return node

    def schema(self, pointer: str) -> Node:
        """Return the subschema at a pointer. Raises EditRefused where it is true, false or no schema at all."""
        node = self.node(pointer)
        if node.kind is not Kind.OBJECT:
            raise EditRefused(
                f"This is {node.text if len(node.text) < 8 else f'a {node.kind}'}, and can hold no keywords.",
                where=pointer or "the root",
                advice="Choose a type for it first.",
            )
        return node

    def has(self, pointer: str) -> bool:
        """Tell whether there is a value at a pointer."""
        return self.syntax.find(pointer) is not None

    def value(self, pointer: str, default: Any = None) -> Any:
        """Return what the value at a pointer says."""
        node = self.syntax.find(pointer)
        return default if node is None else node.value()

    def keyword(self, pointer: str, keyword: str, value: Any) -> None:
        """Give a subschema a keyword, at the place where people look for it if it has none yet."""
        inside = f"{pointer}/{escape(keyword)}"
        if self.has(inside):
            self.do(Set(inside, value))
            return
        rank = _RANK.get(keyword, len(_ORDER))
        keys = [member.key for member in self.schema(pointer).members()]
        behind = (index for index, key in enumerate(keys) if _RANK.get(key, len(_ORDER)) > rank)
        self.do(Insert(pointer, next(behind, None), value, keyword))

    def rewrite(self, pointer: str, value: Any) -> None:
        """Write the value at a pointer wholly anew, in the text's style."""
        node = self.node(pointer)
        margin = margin_at(self.syntax.text, node.start)
        used = node.start - (self.syntax.text.rfind("\n", 0, node.start) + 1)
        self.do(Set(pointer, Raw(write(value, Style.of(self.syntax.text), margin, used))))

    def enclose(self, pointer: str, value: Any, hole: str) -> None:
        """Write a value around the one at a pointer, which comes as it is to where the value says `hole`."""
        node = self.node(pointer)
        margin = margin_at(self.syntax.text, node.start)
        text = write(value, replace(Style.of(self.syntax.text), objects=False), margin)
        before, _, after = text.partition(scalar(hole))
        to = margin_at(before, len(before)) if "\n" in before else margin
        self.do(Set(pointer, Raw(before + moved(node.text, margin, to) + after)))

    def unwrap(self, pointer: str, inner: str) -> None:
        """Write what stands deeper within the value at a pointer, as it is, in its place."""
        node, kept = self.node(pointer), self.node(inner)
        margin, own = (margin_at(self.syntax.text, place.start) for place in (node, kept))
        self.do(Set(pointer, Raw(moved(kept.text, own, margin))))

    def run(self, refactoring: Refactoring) -> None:
        """Add a change that was written against the text as it is now."""
        for operation in refactoring.operations:
            self.do(operation)

    def drop(self, pointer: str, *keywords: str) -> None:
        """Take keywords off a subschema, where it has them."""
        for keyword in keywords:
            inside = f"{pointer}/{escape(keyword)}"
            if self.has(inside):
                self.do(Remove(inside))

    def free(self, pointer: str, name: str) -> str:
        """Return a name that the object at a pointer does not have yet: the one told, or one with a number."""
        node = self.syntax.find(pointer)
        taken = {member.key for member in node.members()} if node is not None else set()
        number, found = 2, name
        while found in taken:
            found, number = f"{name}_{number}", number + 1
        return found
