"""A schema in two: the record that is read from the best excerpts, and the lists that are gathered from all of them.

Gathered are the lists that stand at the top of a record, or are the record, and whose items come from the document:
those of labels alone tell of the document as a whole. A schema that says how its fields depend on each other is not
parted, nor is one whose references lead anywhere but into its definitions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.constraint.grounding.places import FREE, KEYWORD
from engine.schema.document import read_json
from engine.schema.pointer import unescape

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEFINITIONS = ("$defs", "definitions")
_PARTED = frozenset(
    {
        "$schema", "$id", "$comment", "type", "properties", "required", "additionalProperties", "title", "description",
        "examples", "default", "deprecated", "readOnly", "writeOnly", "format", *_DEFINITIONS,
    }
)  # fmt: skip
"""Keywords of a record that hold for its parts as well, or that the parts can do without."""
_TUPLES = frozenset({"prefixItems", "additionalItems", "unevaluatedItems"})
_KEPT_OF_LISTS = ("title", "description", "$comment", "items")
_CLOSED = frozenset({"enum", "const"})
_MOST_STEPS = 8


@dataclass(frozen=True)
class ListField:
    """A list that is gathered. `name` is its key; None where the record is the list. `schema` is its own."""

    name: str | None
    schema: dict[str, Any] = field(repr=False)

    @property
    def most(self) -> int | None:
        """How many items it may have."""
        most = self.schema.get("maxItems")
        return int(most) if isinstance(most, int | float) else None

    @property
    def distinct(self) -> bool:
        """Whether no two items may be equal."""
        return self.schema.get("uniqueItems") is True


class Division:
    """How a schema is parted. `record` is the schema text of what is no gathered list; None where that is nothing."""

    def __init__(self, schema_text: str) -> None:
        """Part a schema; one that cannot be parted is all record."""
        root = read_json(schema_text)
        self.lists: tuple[ListField, ...] = ()
        self.record: str | None = schema_text
        self.names: tuple[str, ...] = ()
        self._root: dict[str, Any] = {}
        if isinstance(root, dict) and all(_leads_into_definitions(each) for each in _references(root)):
            self._part(root, resolve(root, root))

    def items(self, most: int) -> str:
        """Return the schema that asks for the items of an excerpt, at most so many of each list."""
        lists = {each.name: _open_list(each.schema, most) for each in self.lists}
        kept = {key: self._root[key] for key in ("$schema", *_DEFINITIONS) if key in self._root}
        if None in lists:
            return json.dumps(kept | lists[None], ensure_ascii=False)
        said = {key: self._root[key] for key in ("title", "description") if key in self._root}
        names = [name for name in lists if name is not None]
        schema = {"type": "object", "properties": lists, "required": names, "additionalProperties": False}
        return json.dumps(kept | said | schema, ensure_ascii=False)

    def _part(self, root: dict[str, Any], record: dict[str, Any]) -> None:
        whole = _list_of(record, root)
        if whole is not None:
            self._root, self.lists, self.record = root, (ListField(None, whole),), None
            return
        properties = record.get("properties")
        plain = record.get("type", "object") == "object" and record.get("additionalProperties", False) in (False, True)
        if not plain or not isinstance(properties, dict) or any(not _is_plain(key) for key in record):
            return
        found = {name: _list_of(resolve(each, root), root) for name, each in properties.items()}
        lists = tuple(ListField(name, schema) for name, schema in found.items() if schema is not None)
        if not lists:
            return
        self._root = {key: each for key, each in (root | record).items() if key != "$ref"}
        self.lists, self.names = lists, tuple(properties)
        rest = {name: each for name, each in properties.items() if found[name] is None}
        required = [name for name in record.get("required", ()) if name in rest]
        changed = {"type": "object", "properties": rest, "required": required, "additionalProperties": False}
        self.record = json.dumps(self._root | changed, ensure_ascii=False) if rest else None


def resolve(schema: Any, root: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with what it refers to in its place; an empty one where that is no object."""
    for _ in range(_MOST_STEPS):
        if not isinstance(schema, dict):
            return {}
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        found: Any = root
        for token in reference.removeprefix("#/").split("/"):
            found = found.get(unescape(token)) if isinstance(found, dict) else None
        siblings = {key: each for key, each in schema.items() if key != "$ref"}
        schema = found | siblings if isinstance(found, dict) else siblings
    return {}


def branches(schema: dict[str, Any], root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema, or what it may be: the alternatives of `anyOf` and `oneOf`, but for null."""
    found = [each for keyword in ("anyOf", "oneOf", "allOf") for each in schema.get(keyword, ())]
    if not found:
        yield schema
    for each in found:
        resolved = resolve(each, root)
        if resolved.get("type") != "null":
            yield {key: schema[key] for key in ("title", "description") if key in schema} | resolved


def _is_plain(key: str) -> bool:
    return key in _PARTED or key.startswith("x-")


def _list_of(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any] | None:
    """Return the schema of a list that can be gathered; None for what is none."""
    found = list(branches(schema, root))
    if len(found) != 1 or "allOf" in schema:
        return None
    (one,) = found
    names = one.get("type")
    names = set(names) - {"null"} if isinstance(names, list) else {names}
    if names != {"array"} or not isinstance(one.get("items"), dict) or one.keys() & _TUPLES:
        return None
    return one if _quotes(one["items"], root, set()) else None


def _quotes(schema: Any, root: dict[str, Any], seen: set[str]) -> bool:
    """Tell whether something in a schema is to be taken from the document; `seen` is what was followed already."""
    reference = schema.get("$ref") if isinstance(schema, dict) else None
    if reference in seen:
        return False
    seen |= {reference} if reference is not None else set()
    here = resolve(schema, root)
    if here.keys() & _CLOSED or here.get(KEYWORD) == FREE:
        return False
    for each in branches(here, root):
        below = [*each.get("properties", {}).values(), *([each["items"]] if "items" in each else ())]
        if any(_quotes(inner, root, seen) for inner in below):
            return True
        names = each.get("type")
        if {"string", "number", "integer"} & set([names] if isinstance(names, str) else names or ()):
            return not each.keys() & _CLOSED
    return False


def _open_list(schema: dict[str, Any], most: int) -> dict[str, Any]:
    """Return the schema of a part of a list: how many items it has, and which, is told by all parts together."""
    kept = {key: each for key, each in schema.items() if key in _KEPT_OF_LISTS or key.startswith("x-")}
    own = schema.get("maxItems")
    return {"type": "array", **kept, "maxItems": min(most, int(own)) if isinstance(own, int | float) else most}


def _references(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for key, each in node.items():
            if key in {"$ref", "$dynamicRef", "$recursiveRef"}:
                yield each
            else:
                yield from _references(each)
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)


def _leads_into_definitions(reference: Any) -> bool:
    return isinstance(reference, str) and reference.startswith(("#/$defs/", "#/definitions/"))
