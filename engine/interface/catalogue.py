"""The components that a screen can be made of, read from a JSON Schema.

A catalogue is a schema like any other, so a person can edit one in the schema editor. Each of its `$defs` that says
`{"type": {"const": NAME}}` among its properties is a component; `tab`, the entry of a `tabs` slot, has no type of its
own. Beside what JSON Schema says:

* `default` of a prop is what stands for it where it is missing or wrong; the first of its `examples`, where there are
  some, is what a new component begins with.
* `x-group` and `x-icon` of a component say where it is listed, and with which glyph of the app's icons.
* `x-core` is false for what the core profile leaves out; an object is merged over what it stands in (RFC 7396).
* `x-holds`, in the `x-core` of a slot, lists the components that it may hold there.
* `x-names` says what a text names: a "column" of a source, one of "numbers", a "picture", another "input".
* `x-sourced`, like `x-core`, is merged over what it stands in where the component has a data source, `x-kind-of` names
  the column whose kind a choice is; `x-needs` of a component says what has to be attached: "sources" or "images".
* `x-same-length` names two arrays of a component that are equally long; `*` stands for each item.
* `x-template` of a component is a tree of others that it stands for (`templates`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from engine.errors import SchemaInvalid
from engine.interface.nodes import SLOTS
from engine.interface.references import name_of, resolved
from engine.interface.templates import refuse_bad_templates
from engine.resources import resource
from engine.schema.document import read_schema
from engine.schema.pointer import to_pointer, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["ENTRY", "ROOT", "Catalogue", "Component", "Prop", "bundled", "from_schema", "type_of"]

ENTRY: Final = "tab"
"""The one component without a type of its own: what stands in a `tabs` slot."""
ROOT: Final = "root"

PropKind = Literal["text", "number", "boolean", "choice", "value", "nodes"]


@dataclass(frozen=True, eq=False)
class Prop:
    """One property of a component.

    `schema` is what its value has to satisfy, without null where `nullable`; its own reference is followed, those
    further in are into `Component.definitions`. `default` stands for it where it is missing or wrong. `kind` says how
    a person edits it: "choice" has an `enum`, "value" is anything that is edited as JSON, "nodes" is a slot.
    """

    name: str
    schema: dict[str, Any]
    nullable: bool
    default: Any
    kind: PropKind

    @property
    def description(self) -> str:
        """What it is for, in a few words."""
        return str(self.schema.get("description", ""))


@dataclass(frozen=True, eq=False)
class Component:
    """A component: what it is called, where it is listed, its props in their order, and which of them hold nodes.

    `schema` is what the catalogue says of it and `definitions` what that refers to.
    """

    type: str
    title: str
    description: str
    group: str
    icon: str
    props: tuple[Prop, ...]
    slots: tuple[str, ...]
    schema: dict[str, Any] = field(repr=False)
    definitions: Mapping[str, Any] = field(repr=False)

    def prop(self, name: str) -> Prop | None:
        """Return the prop of that name, or None."""
        return next((prop for prop in self.props if prop.name == name), None)


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The components by type, in the catalogue's order, and the schema that they were read from."""

    components: Mapping[str, Component]
    schema: dict[str, Any] = field(repr=False)

    def component(self, type: str) -> Component | None:  # noqa: A002 - the tree's own word
        """Return the component of that type, or None."""
        return self.components.get(type)


@cache
def bundled() -> Catalogue:
    """Return the catalogue that ships."""
    return _catalogue(json.loads(resource("interface", "catalogue.json").read_text("utf-8")))


def from_schema(value: Any) -> Catalogue:
    """Return the catalogue that a schema, given as JSON text or as Python data, describes.

    Raises `SchemaSyntaxError` and `SchemaInvalid` where it is no schema, or none of components; `where` is the JSON
    Pointer of what is wrong.
    """
    root = read_schema(value if isinstance(value, str) else json.dumps(value)).root
    if not isinstance(root, dict) or not isinstance(root.get("$defs"), dict):
        raise SchemaInvalid(
            "This schema has no components.",
            where="/$defs",
            advice='Define each component under $defs, with a property "type" that is a const.',
        )
    return _catalogue(root)


def type_of(schema: Any) -> str | None:
    """Return the type that a definition declares as a const; None where it is no component."""
    declared = value_at(schema, "/properties/type/const")
    return declared if isinstance(declared, str) else None


def _catalogue(root: dict[str, Any]) -> Catalogue:
    definitions = root["$defs"]
    for pointer, name in _references(root):
        if name not in definitions:
            raise SchemaInvalid(
                f"There is no component or definition “{name}”.",
                where=pointer,
                advice="Take this reference out, or define what it refers to under $defs.",
            )
    components: dict[str, Component] = {}
    named: list[str] = []
    for name, schema in definitions.items():
        declared = type_of(schema) or (ENTRY if name == ENTRY else None)
        if declared is None:
            continue
        if declared in components:
            raise SchemaInvalid(
                f"Two components have the type “{declared}”.",
                where=to_pointer(["$defs", name]),
                advice="Give each a type of its own.",
            )
        named.append(name)
        components[declared] = _component(declared, name, schema, definitions)
    if ROOT not in components or "children" not in components[ROOT].slots:
        raise SchemaInvalid(
            "A catalogue needs the component “root” with its children: every screen begins with it.",
            where="/$defs",
            advice="Take it over from the catalogue that ships.",
        )
    names = {component.type: name for name, component in zip(named, components.values(), strict=True)}
    refuse_bad_templates(components, names)
    return Catalogue(MappingProxyType(components), root)


def _component(declared: str, name: str, schema: dict[str, Any], definitions: Mapping[str, Any]) -> Component:
    place = ["$defs", name, "properties"]
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        properties = {}
    props = []
    for key, value in properties.items():
        if key == "type":
            continue
        prop = _prop(key, value, definitions)
        if prop.kind != "nodes" and _holds_nodes(value, definitions):
            raise SchemaInvalid(
                f"“{key}” of “{declared}” holds components, which only children and tabs can do.",
                where=to_pointer([*place, key]),
                advice="Call it children.",
            )
        props.append(prop)
    return Component(
        declared,
        str(schema.get("title", declared)),
        str(schema.get("description", "")),
        str(schema.get("x-group", "Own")),
        str(schema.get("x-icon", "puzzle-piece")),
        tuple(props),
        tuple(prop.name for prop in props if prop.kind == "nodes"),
        schema,
        definitions,
    )


def _prop(name: str, value: Any, definitions: Mapping[str, Any]) -> Prop:
    schema, nullable = _without_null(resolved(value, definitions), definitions)
    kind = "nodes" if name in SLOTS else _kind(schema)
    default = schema.get("default", None if nullable else _plainest(schema, kind))
    return Prop(name, schema, nullable, default, kind)


def _without_null(schema: dict[str, Any], definitions: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return a schema without null among what it allows, and whether it was there."""
    branches = schema.get("anyOf")
    if isinstance(branches, list) and len(branches) == 2:
        others = [branch for branch in branches if branch != {"type": "null"}]
        if len(others) == 1:
            beside = {key: value for key, value in schema.items() if key != "anyOf"}
            return {**resolved(others[0], definitions), **beside}, True
    kinds, choices = schema.get("type"), schema.get("enum")
    if isinstance(kinds, list) and "null" in kinds and len(kinds) > 1:
        left = [kind for kind in kinds if kind != "null"]
        return {**schema, "type": left[0] if len(left) == 1 else left}, True
    if isinstance(choices, list) and None in choices:
        return {**schema, "enum": [choice for choice in choices if choice is not None]}, True
    return schema, schema.get("type") == "null"


def _kind(schema: dict[str, Any]) -> PropKind:
    if isinstance(schema.get("enum"), list):
        return "choice" if all(isinstance(choice, str) for choice in schema["enum"]) else "value"
    kinds: dict[Any, PropKind] = {"string": "text", "number": "number", "integer": "number", "boolean": "boolean"}
    declared = schema.get("type")
    return kinds.get(declared, "value") if isinstance(declared, str) else "value"


def _plainest(schema: dict[str, Any], kind: PropKind) -> Any:
    """Return what stands for a prop whose schema names no default."""
    if "const" in schema:
        return schema["const"]
    if kind == "choice" and schema["enum"]:
        return schema["enum"][0]
    if kind == "number":
        return schema.get("minimum", 0)
    empty: dict[Any, Any] = {"text": "", "boolean": False, "nodes": []}
    by_type: dict[Any, Any] = {"array": [], "object": {}}
    declared = schema.get("type")
    return empty.get(kind, by_type.get(declared) if isinstance(declared, str) else None)


def _holds_nodes(value: Any, definitions: Mapping[str, Any]) -> bool:
    """Tell whether a plain value could have components in it."""
    pending, seen = [value], set()
    while pending:
        schema = pending.pop()
        if isinstance(schema, list):
            pending.extend(schema)
        elif isinstance(schema, dict):
            name = name_of(schema)
            if name and name not in seen:
                seen.add(name)
                if type_of(definitions.get(name)) is not None:
                    return True
                pending.append(definitions.get(name))
            pending.extend(inner for inner in schema.values() if isinstance(inner, dict | list))
    return False


def _references(root: Any) -> Iterator[tuple[str, str]]:
    """Yield what each reference within a schema names, with the pointer of where it stands."""
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), root)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield to_pointer([*path, "$ref"]), name_of(value)
            pending.extend(((*path, key), inner) for key, inner in value.items() if key not in _DATA)
        elif isinstance(value, list):
            pending.extend(((*path, index), inner) for index, inner in enumerate(value))


_DATA: Final = frozenset({"const", "default", "enum", "examples", "x-template"})
"""Keywords whose values are data, not schemas."""
