"""What a schema says an answer will look like: enough to draw its fields before they have values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["object", "array", "string", "number", "boolean", "null", "any"]
SCALARS: frozenset[Kind] = frozenset({"string", "number", "boolean", "null"})
_KINDS: dict[str, Kind] = {
    "object": "object",
    "array": "array",
    "string": "string",
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "null": "null",
}
_REFERENCES = 16
_PARTS = 10_000
"""Parts of a schema or a value that are looked at to tell what it is like."""
_REASONING = frozenset({"reasoning", "reason", "thinking", "thoughts", "rationale", "explanation", "analysis"})
_HEADLINES = frozenset({"name", "title", "label"})


@dataclass(frozen=True, eq=False)
class Shape:
    """The outline of a value: its kind, and for containers what stands inside."""

    kind: Kind = "any"
    title: str = ""
    description: str = ""
    format: str = ""
    choices: int = 0
    properties: tuple[tuple[str, Shape], ...] = ()
    item: Shape | None = None
    tabular: bool = True

    @property
    def scalar(self) -> bool:
        """Whether the value will have nothing inside."""
        return self.kind in SCALARS

    @property
    def columns(self) -> tuple[tuple[str, Shape], ...]:
        """The columns, where the value is an array that reads best as a table; else nothing."""
        if self.kind != "array" or self.item is None or self.item.kind != "object" or not self.tabular:
            return ()
        columns = self.item.properties
        flat = all(shape.scalar or (shape.item is not None and shape.item.scalar) for _, shape in columns)
        return columns if flat and 1 <= len(columns) <= 8 else ()

    @property
    def headline(self) -> str:
        """The property that names an object, if its first one does: it is shown on the object's own row."""
        if self.kind != "object" or len(self.properties) < 2:
            return ""
        name, shape = self.properties[0]
        return name if name in _HEADLINES and shape.kind == "string" else ""


ANYTHING = Shape()


@lru_cache(maxsize=64)
def listed(shape: Shape) -> Shape:
    """Return the outline of a table as that of a list, for where there is no room for columns."""
    return replace(shape, tabular=False)


def is_reasoning(name: str) -> bool:
    """Whether a field of this name holds a train of thought rather than a result."""
    return name.lower() in _REASONING


@dataclass(frozen=True)
class _Whole:
    """The schema that an outline is made of, and a countdown of its parts, which may lead to one another endlessly."""

    schema: Any
    parts: Iterator[int]


def shape_of_schema(schema: Any) -> Shape:
    """Return the outline of a schema's instances. Recursive parts end where they meet themselves again."""
    return _shape(schema, _Whole(schema, iter(range(_PARTS))), ())


def _shape(schema: Any, root: _Whole, open_refs: tuple[str, ...]) -> Shape:
    if not isinstance(schema, dict) or next(root.parts, None) is None:
        return ANYTHING
    reference = schema.get("$ref")
    if isinstance(reference, str):
        if reference in open_refs or len(open_refs) >= _REFERENCES:
            return ANYTHING
        merged = {**_local(reference, root), **{key: value for key, value in schema.items() if key != "$ref"}}
        return _shape(merged, root, (*open_refs, reference))
    parts = schema.get("allOf")
    if isinstance(parts, list):
        merged = {key: value for key, value in schema.items() if key != "allOf"}
        for _, part in zip(root.parts, parts, strict=False):
            merged = _merge(merged, part, root, open_refs)
        return _shape(merged, root, open_refs)
    for union in ("anyOf", "oneOf"):
        variants = schema.get(union)
        if isinstance(variants, list):
            real = [variant for variant in variants if _type_names(variant) != ["null"]]
            if len(real) == 1:
                merged = {key: value for key, value in schema.items() if key != union}
                return _shape(_merge(merged, real[0], root, open_refs), root, open_refs)
            return Shape(title=_text(schema, "title"), description=_text(schema, "description"))
    return _plain_shape(schema, root, open_refs)


def _plain_shape(schema: dict[str, Any], root: _Whole, open_refs: tuple[str, ...]) -> Shape:
    choices = schema.get("enum")
    choices = choices if isinstance(choices, list) else []
    kind = _kind(schema, choices)
    properties = schema.get("properties")
    inner: tuple[tuple[str, Shape], ...] = ()
    item = None
    if kind == "object" and isinstance(properties, dict):
        some = islice(properties.items(), _PARTS)
        inner = tuple((name, _shape(part, root, open_refs)) for name, part in some)
    if kind == "array":
        item = _shape(schema.get("items"), root, open_refs)
    return Shape(
        kind=kind,
        title=_text(schema, "title"),
        description=_text(schema, "description"),
        format=_text(schema, "format"),
        choices=len(choices),
        properties=inner,
        item=item,
    )


def _kind(schema: dict[str, Any], choices: list[Any]) -> Kind:
    names = [name for name in _type_names(schema) if name != "null"] or _type_names(schema)
    if len(names) == 1:
        return _KINDS.get(names[0], "any")
    if "properties" in schema:
        return "object"
    if "items" in schema:
        return "array"
    values = [*choices, *([schema["const"]] if "const" in schema else [])]
    kinds = {kind_of_value(value) for value in values if value is not None}
    return kinds.pop() if len(kinds) == 1 else "any"


def _type_names(schema: Any) -> list[str]:
    names = schema.get("type") if isinstance(schema, dict) else None
    if isinstance(names, str):
        return [names]
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _merge(base: dict[str, Any], part: Any, root: _Whole, open_refs: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(part, dict):
        return base
    reference = part.get("$ref")
    if isinstance(reference, str) and reference not in open_refs:
        part = {**_local(reference, root), **{key: value for key, value in part.items() if key != "$ref"}}
    merged = {**part, **base}
    both = [entry["properties"] for entry in (base, part) if isinstance(entry.get("properties"), dict)]
    if len(both) == 2:
        merged["properties"] = {**both[0], **both[1]}
    return merged


def _local(reference: str, root: _Whole) -> dict[str, Any]:
    """Return what a `$ref` within the document names; nothing for any other."""
    if not reference.startswith("#"):
        return {}
    found = root.schema
    for part in reference[1:].split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and key in found:
            found = found[key]
        elif isinstance(found, list) and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        else:
            return {}
    return found if isinstance(found, dict) else {}


def _text(schema: dict[str, Any], keyword: str) -> str:
    value = schema.get(keyword)
    return value if isinstance(value, str) else ""


def kind_of_value(value: Any) -> Kind:
    """Return the kind of a JSON value."""
    if isinstance(value, bool):
        return "boolean"
    if value is None:
        return "null"
    for kind, types in (("object", dict), ("array", list), ("string", str)):
        if isinstance(value, types):
            return _KINDS[kind]
    return "number"


def shape_of_value(value: Any) -> Shape:
    """Return the outline of a value that no schema described; of a vast one, that of its beginning."""
    return _outline(value, iter(range(_PARTS)))


def _outline(value: Any, parts: Iterator[int]) -> Shape:
    """Return the outline of a value, of as many of its parts as are left to be looked at."""
    kind = kind_of_value(value)
    if kind == "object":
        inner = zip(parts, value.items(), strict=False)
        return Shape(kind, properties=tuple((name, _outline(part, parts)) for _, (name, part) in inner))
    if kind == "array":
        return Shape(kind, item=_outline_of_items(value, parts))
    return _bare(kind)


def _outline_of_items(items: list[Any], parts: Iterator[int]) -> Shape:
    seen = [item for _, item in zip(parts, items, strict=False)]
    if seen and all(isinstance(item, dict) for item in seen):
        merged: dict[str, Shape] = {}
        for item in seen:
            for name, part in item.items():
                if name not in merged:
                    merged[name] = _outline(part, parts)
        return Shape("object", properties=tuple(merged.items()))
    kinds = {kind_of_value(item) for item in seen} - {"null"}
    return _bare(kinds.pop()) if len(kinds) == 1 else ANYTHING


@lru_cache(maxsize=8)
def _bare(kind: Kind) -> Shape:
    return Shape(kind)
