"""Types in words: "string", "string?" where null is allowed too, "any of 3", and what a reference leads to."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from engine.schema.editing import Kind
from engine.schema.outline.places import is_null, plain_choice
from engine.schema.outline.reading import is_filled, keywords, string, written
from engine.schema.outline.targets import REFERENCES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.editing import Node
    from engine.schema.outline.targets import Targets

Shape = Literal[
    "string", "number", "integer", "boolean", "object", "array", "null", "enum", "const", "any", "nothing", "choice",
    "all", "reference", "group", "data", "broken",
]  # fmt: skip
"""What a row's icon shows."""

TYPES: Final = ("string", "number", "integer", "boolean", "object", "array", "null")
_SHAPES: Final[dict[str, Shape]] = {
    "string": "string", "number": "number", "integer": "integer", "boolean": "boolean", "object": "object",
    "array": "array", "null": "null",
}  # fmt: skip

_IMPLIED: Final[tuple[tuple[Shape, frozenset[str]], ...]] = (
    ("object", frozenset({
        "additionalProperties", "dependencies", "dependentRequired", "dependentSchemas", "maxProperties",
        "minProperties", "patternProperties", "properties", "propertyNames", "required", "unevaluatedProperties",
    })),
    ("array", frozenset({
        "additionalItems", "contains", "items", "maxContains", "maxItems", "minContains", "minItems", "prefixItems",
        "unevaluatedItems", "uniqueItems",
    })),
    ("string", frozenset({
        "contentEncoding", "contentMediaType", "contentSchema", "format", "maxLength", "minLength", "pattern",
    })),
    ("number", frozenset({"exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"})),
)  # fmt: skip
"""What a schema without a type is about, by its keywords."""

_END = object()
_MOST = 64
"""References and branches that are followed for one type, in all: each may lead to several more."""
_BRANCHES = 8
"""Branches of an `allOf` that are asked for a type."""
_WIDEST = 24
"""Letters that a union of types may take before it is counted instead."""


@dataclass(frozen=True, slots=True)
class Type:
    """A type in words without the sign of null, and its shape. `nullable` says whether null is allowed beside it."""

    words: str
    shape: Shape
    nullable: bool = False

    @property
    def spoken(self) -> str:
        """The words, with null where it is allowed."""
        if not self.nullable:
            return self.words
        return f"{self.words} or null" if " or " in self.words else f"{self.words}?"


class Types:
    """Tells the types of schemas; references are followed."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets

    def of(self, pointer: str, node: Node) -> Type:
        """Return the type of the schema at a pointer, of whatever form it is."""
        return self._of(pointer, node, itertools.repeat(None, _MOST))

    def _of(self, pointer: str, node: Node, more: Iterator[None]) -> Type:
        """Return the type of a schema, following what it leads to for as long as there is `more` of the way."""
        if node.kind is Kind.TRUE:
            return Type("anything", "any")
        if node.kind is Kind.FALSE:
            return Type("nothing", "nothing")
        if node.kind is not Kind.OBJECT:
            return Type(written(node, 24), "broken")
        members = keywords(node)
        nullable = "nullable" in members and members["nullable"].kind is Kind.TRUE
        said = members.get("type")
        declared = _declared(said) if said is not None else None
        if declared is not None:
            nullable = nullable or declared.nullable
        chosen = self._chosen(members, declared)
        if chosen is not None:
            return replace(chosen, nullable=nullable or chosen.nullable)
        if declared is not None:
            return replace(declared, nullable=nullable)
        found = self._elsewhere(pointer, members, more) or _implied(members)
        return replace(found, nullable=nullable or found.nullable)

    @staticmethod
    def _chosen(members: dict[str, Node], declared: Type | None) -> Type | None:
        """Return the type of a schema that lists its values. Strings among strings need no word for their type."""
        choices, constant = members.get("enum"), members.get("const")
        if choices is not None and choices.kind is Kind.ARRAY:
            kinds, found = {each.kind for each in choices.items()}, Type("enum", "enum")
        elif constant is not None:
            kinds, found = {constant.kind}, Type("const", "const")
        else:
            return None
        if declared is None:
            return replace(found, nullable=found.shape == "enum" and len(kinds) > 1 and Kind.NULL in kinds)
        if declared.words == "string" and kinds <= {Kind.STRING, Kind.NULL}:
            return found
        return replace(found, words=f"{declared.words} {found.words}")

    def _elsewhere(self, pointer: str, members: dict[str, Node], more: Iterator[None]) -> Type | None:
        """Return the type that a reference or the branches of a schema say; None where they say none."""
        ended = next(more, _END) is _END
        for keyword in REFERENCES:
            said = string(members.get(keyword))
            if said is not None:
                target = self._targets.of(pointer, said) if not ended else None
                return self._of(*target, more) if target is not None else Type(keyword, "reference")
        if ended:
            return None
        choice = plain_choice(members)
        if choice is not None:
            inner = self._of(f"{pointer}/{choice.keyword}/{choice.index}", choice.node, more)
            return replace(inner, nullable=True)
        for keyword, spoken in (("anyOf", "any of"), ("oneOf", "one of")):
            node = members.get(keyword)
            if node is not None and node.kind is Kind.ARRAY and is_filled(node):
                return _union(node.items(), spoken)
        node = members.get("allOf")
        if node is not None and node.kind is Kind.ARRAY and is_filled(node):
            return self._all(f"{pointer}/allOf", node.items(), members, more)
        return None

    def _all(self, pointer: str, branches: list[Node], members: dict[str, Node], more: Iterator[None]) -> Type:
        """Return the type that the first of some branches says that says one."""
        for index, branch in enumerate(branches[:_BRANCHES]):
            inner = self._of(f"{pointer}/{index}", branch, more)
            if inner.shape in _SHAPES and not inner.words.startswith("("):
                return inner
        implied = _implied(members)
        return implied if implied.shape != "any" else Type(f"all of {len(branches)}", "all")


def _declared(said: Node) -> Type:
    """Return what a `type` says, as it stands there where it is none."""
    name = string(said)
    if name is not None:
        return Type(name, _SHAPES[name]) if name in _SHAPES else Type(written(said, 24), "broken")
    names = [string(each) for each in said.items()]
    known = [name for name in names if name in _SHAPES]
    if not names or len(known) < len(names):
        return Type(written(said, 24), "broken")
    others = [name for name in known if name != "null"]
    if not others:
        return Type("null", "null")
    shape: Shape = _SHAPES[others[0]] if len(others) == 1 else "choice"
    return Type(_listed(others, "types"), shape, "null" in known)


def _union(branches: list[Node], spoken: str) -> Type:
    others = [branch for branch in branches if not is_null(branch)]
    nullable = len(others) < len(branches)
    if not others:
        return Type("null", "null")
    names = [string(branch.get("type")) for branch in others[:5]]
    plain = list(dict.fromkeys(name for name in names if name in _SHAPES))
    if len(plain) == len(others):
        words = " or ".join(plain)
        if len(words) <= _WIDEST:
            return Type(words, "choice", nullable)
    return Type(f"{spoken} {len(others)}", "choice", nullable)


def _listed(names: list[str], counted: str) -> str:
    words = " or ".join(names)
    return words if len(words) <= _WIDEST else f"{len(names)} {counted}"


def _implied(members: dict[str, Node]) -> Type:
    """Return what a schema that declares no type is about; other values pass it all the same."""
    about = [shape for shape, keys in _IMPLIED if not keys.isdisjoint(members)]
    return Type(f"({about[0]})", about[0]) if len(about) == 1 else Type("any", "any")
