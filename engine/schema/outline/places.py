"""How a keyword's value is shown in the tree: as rows below its schema, or in the words of the schema's own row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from engine.schema.editing import Kind
from engine.schema.outline.reading import is_filled, is_schema, keywords, string, strings
from engine.schema.walk import DEFINITIONS, MANY, NAMED, ONE

if TYPE_CHECKING:
    from engine.schema.editing import Node

ROW_ORDER: Final = (
    "properties", "patternProperties", "additionalProperties", "unevaluatedProperties", "propertyNames", "prefixItems",
    "items", "additionalItems", "unevaluatedItems", "contains", "contentSchema", "anyOf", "oneOf", "allOf", "not", "if",
    "then", "else", "dependentSchemas", "dependentRequired", "dependencies", "$defs", "definitions",
)  # fmt: skip
"""Keywords of which rows are made, in the order of the rows."""

_CLOSING = frozenset({"additionalItems", "additionalProperties", "unevaluatedItems", "unevaluatedProperties"})
"""Keywords that say with true or false whether more is allowed: a word says that better than a row."""

_IN_WORDS = frozenset({"const", "default", "enum", "examples", "required", "type"})
"""Keywords whose values may be arrays, or anything, and are no schemas."""


class Holding(Enum):
    """What rows a keyword has: one of its own, one an entry (with a name, or in a list), a group, or one of its JSON.

    `WORDS` has none.
    """

    SCHEMA = "schema"
    NAMED = "named"
    LIST = "list"
    GROUP = "group"
    DATA = "data"
    WORDS = "words"


def holding(keyword: str, node: Node, members: dict[str, Node]) -> Holding:
    """Return how the value of a keyword is shown; `members` are all those of its schema."""
    if keyword in ONE and is_schema(node):
        worded = keyword in _CLOSING or (keyword == "items" and "prefixItems" in members)
        return Holding.WORDS if worded and node.kind is not Kind.OBJECT else Holding.SCHEMA
    if keyword in MANY and node.kind is Kind.ARRAY and is_filled(node):
        return Holding.LIST
    if (keyword in NAMED or keyword == "dependentRequired") and node.kind is Kind.OBJECT and is_filled(node):
        return Holding.GROUP if keyword in DEFINITIONS else Holding.NAMED
    if keyword in _IN_WORDS and (node.kind is Kind.ARRAY or keyword in {"const", "default"}):
        return Holding.WORDS
    return Holding.DATA if is_filled(node) else Holding.WORDS


@dataclass(frozen=True, slots=True)
class Choice:
    """The one branch of an `anyOf` or `oneOf` that is not null."""

    keyword: str
    index: int
    node: Node


def plain_choice(members: dict[str, Node]) -> Choice | None:
    """Return the branch of a schema that only says "this, or null", which the tree shows as a nullable this.

    None where there are more branches, or keywords beside them that say something of the value themselves.
    """
    for keyword in ("anyOf", "oneOf"):
        node = members.get(keyword)
        if node is None or node.kind is not Kind.ARRAY:
            continue
        branches = node.items()
        if len(branches) != 2 or not members.keys() <= {keyword, *BESIDE}:
            return None
        nulls = [is_null(branch) for branch in branches]
        if nulls.count(True) == 1:
            index = nulls.index(False)
            return Choice(keyword, index, branches[index])
        return None
    return None


BESIDE: Final = frozenset(
    {
        "$anchor", "$comment", "$defs", "$id", "$schema", "default", "definitions", "deprecated", "description",
        "examples", "id", "readOnly", "title", "writeOnly",
    }
)  # fmt: skip
"""Keywords that say nothing of what a value has to be."""


def is_null(branch: Node) -> bool:
    """Tell whether a schema is the one of null, with nothing beside it that had to be shown."""
    members = keywords(branch)
    return len(members) == 1 and string(members.get("type")) == "null"


def requirements(members: dict[str, Node]) -> frozenset[str]:
    """Return the names that a schema's `required` lists."""
    return frozenset(strings(members.get("required")))
