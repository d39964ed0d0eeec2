"""The schema that a request is held to, made from a catalogue, the data sources and the pictures that are attached.

Two profiles. `full` has every component and nests without end. `core` is for small models: what `x-core` leaves of the
catalogue, unrolled into a few levels of which the last holds no containers, with few items each, so that a model that
repeats itself still comes to an end.

All that is said is said in keywords that the mask holds to, so text is never withdrawn while it streams. A table or
chart with a source can name columns of that source only, rows are as long as there are columns, and what belongs to
a kind of action comes with that kind alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

from engine.errors import InvalidRequest
from engine.interface.alternatives import by_length, by_source, by_value, overlaid
from engine.interface.catalogue import ENTRY, ROOT, type_of
from engine.interface.key_order import key_order
from engine.interface.nodes import SLOTS
from engine.interface.plain_values import PlainValues, with_pictures
from engine.interface.references import name_of, resolved
from engine.schema.drafts import Draft
from engine.schema.pointer import value_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.interface.catalogue import Catalogue, Component
    from engine.interface.sources import Source

Profile = Literal["core", "full"]

PATCH: Final = "patch"
"""The type of an answer that changes a tree instead of being one."""
_MOST_CHANGES: Final = {"core": 3, "full": 20}
_LEVELS: Final = 4
_MOST_LEVELS: Final = 8
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_BEYOND: Final = frozenset({"allOf", "anyOf", "oneOf", "not"})
_PART_LEVEL: Final = 2
"""The level at which a part of a core tree begins that is written anew: it has less room below it than a screen."""


def tree_schema(
    catalogue: Catalogue, *, profile: Profile = "core", sources: Sequence[Source] = (), images: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the schema of a whole screen."""
    writing = _Writing(catalogue, profile, sources, images)
    return writing.finished(writing.root())


def part_schema(
    catalogue: Catalogue,
    *,
    profile: Profile = "core",
    sources: Sequence[Source] = (),
    images: Sequence[str] = (),
    among: Iterable[str] | None = None,
) -> dict[str, Any]:
    """Return the schema of one node with what is below it: of any type, or one of the types `among`.

    Raises `InvalidRequest` where no such component is in the profile.
    """
    writing = _Writing(catalogue, profile, sources, images)
    wanted = set(writing.offered if among is None else among)
    types = [name for name in catalogue.components if name in wanted and writing.may_write(name)]
    if not types:
        raise InvalidRequest("None of the components that were asked for is in the profile.")
    if types == [ROOT]:
        return writing.finished(writing.root())
    return writing.finished(writing.any_of(types, min(_PART_LEVEL, writing.levels)))


def answer_schema(
    catalogue: Catalogue,
    *,
    profile: Profile = "core",
    sources: Sequence[Source] = (),
    images: Sequence[str] = (),
    pointers: Sequence[str],
    holders: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Return the schema of an answer about a tree: another tree, or a patch of it.

    `pointers` are those of the nodes that a change may name, `holders` those of them that nodes can be appended to
    (all, where None). The root is appended to only, and so is the entry of a `tabs` slot.
    """
    writing = _Writing(catalogue, profile, sources, images)
    within = list(pointers if holders is None else holders)
    places = [pointer for pointer in pointers if pointer and not _is_entry(pointer)]
    if not within and not places:
        return writing.finished(writing.root())
    node = writing.any_of(writing.offered, min(_PART_LEVEL, writing.levels))
    changes = [_change({"const": "append"}, within, node)] if within else []
    if places:
        changes.append(_change({"enum": ["replace", "before", "after"]}, places, node))
        changes.append(_change({"const": "remove"}, places, None))
    listed = {"type": "array", "minItems": 1, "maxItems": _MOST_CHANGES[profile], "items": {"anyOf": changes}}
    patch = _closed({"type": {"const": PATCH}, "changes": listed})
    return writing.finished({"anyOf": [writing.root(), patch]})


def _change(op: dict[str, Any], places: list[str], node: dict[str, Any] | None) -> dict[str, Any]:
    properties = {"op": op, "at": {"enum": places}}
    return _closed(properties if node is None else {**properties, "node": node})


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def _is_entry(pointer: str) -> bool:
    tokens = pointer.split("/")
    return len(tokens) > 2 and tokens[-2] == "tabs"


class _Writing:
    """Writes one schema. Levels count from 1; those of the full profile are all the same one."""

    def __init__(
        self, catalogue: Catalogue, profile: Profile, sources: Sequence[Source], images: Sequence[str]
    ) -> None:
        self._core = profile == "core"
        self._sources = sources
        self._images = images
        self._named: dict[str, Any] = catalogue.schema["$defs"]
        self._rank = {name: index for index, name in enumerate(key_order(catalogue))}
        self._written: dict[str, Any] = {}
        self._any: dict[tuple[tuple[str, ...], int], str] = {}
        self._values = PlainValues(self._named, core=self._core, written=self._written)
        self.levels = _levels(catalogue) if self._core else 1
        self._components: dict[str, dict[str, Any]] = {}
        for name, component in catalogue.components.items():
            shaped = self._shaped(component)
            if shaped is not None:
                self._components[name] = shaped
        keys = {key for schema in self._components.values() for key in schema["properties"]}
        # Nothing satisfies it: as the first alternative everywhere it says in which order the keys of nodes stand.
        self._key_order = {"not": {}, "properties": dict.fromkeys(self._sorted(keys), True)}
        self.offered = [name for name in self._held(self._named.get("node")) if self.may_write(name)]

    def may_write(self, name: str) -> bool:
        """Tell whether a component is in the profile, and what it needs is attached: a source, a picture."""
        schema = self._components.get(name)
        if schema is None:
            return False
        needed = schema.get("x-needs")
        return not ((needed == "sources" and not self._sources) or (needed == "images" and not self._images))

    def root(self) -> dict[str, Any]:
        """Return the schema of a whole screen."""
        return self._one(ROOT, 0)

    def any_of(self, names: Sequence[str], level: int) -> dict[str, Any]:
        """Return the schema of a node of any of some types."""
        if len(names) == 1:
            return self._one(names[0], level)
        key = self._any.setdefault((tuple(names), level if self._core else 0), f"any_{len(self._any) + 1}")
        if key not in self._written:
            self._written[key] = {}
            self._written[key] = {"anyOf": [self._key_order, *(self._one(name, level) for name in names)]}
        return {"$ref": f"#/$defs/{key}"}

    def finished(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return a whole schema, with the definitions that it refers to."""
        return {"$schema": Draft.D2020.uri, **schema, "$defs": dict(sorted(self._written.items()))}

    def _one(self, name: str, level: int) -> dict[str, Any]:
        """Return a reference to a component at a level; its definition is written when it is first asked for."""
        schema = self._components[name]
        key = self._key(name) + (f"_{level}" if self._core and _holds(schema) else "")
        if key not in self._written:
            self._written[key] = {}
            shapes = [
                self._closed(shape, level)
                for valued in by_value(schema)
                for sourced in by_source(valued, self._sources)
                for shape in by_length(sourced)
            ]
            self._written[key] = shapes[0] if len(shapes) == 1 else {"anyOf": shapes}
        return {"$ref": f"#/$defs/{key}"}

    def _key(self, name: str) -> str:
        """Return the name of a component's definition, which may stand in a reference as it is."""
        return name if _PLAIN_NAME.fullmatch(name) else f"component_{list(self._components).index(name)}"

    def _closed(self, schema: dict[str, Any], level: int) -> dict[str, Any]:
        properties, required = schema["properties"], schema.get("required")
        written = {
            name: self._slot(properties[name], level) if name in SLOTS else self._values.write(properties[name])
            for name in self._sorted(properties)
        }
        needed = [name for name in written if not isinstance(required, list) or name in required or name == "type"]
        # What a component says beyond its props, and not by alternatives of them, is held to as it stands.
        beyond = self._values.write({key: value for key, value in schema.items() if key in _BEYOND})
        return {**_closed(written), "required": needed, **beyond}

    def _slot(self, slot: dict[str, Any], level: int) -> dict[str, Any]:
        held = slot.get("x-holds")
        names = held if isinstance(held, list) else self._held(slot.get("items"))
        below = level + 1 if self._core else level
        last = self._core and below >= self.levels
        names = [name for name in names if self.may_write(name) and not (last and _holds(self._components[name]))]
        if not names:
            return {"type": "array", "maxItems": 0}
        bounds = {key: value for key, value in slot.items() if key in {"minItems", "maxItems"}}
        return {"type": "array", **bounds, "items": self.any_of(names, below)}

    def _held(self, schema: Any) -> list[str]:
        """Return the types that a schema of nodes allows, in its order."""
        found: dict[str, None] = {}
        pending, seen = [schema], set[str]()
        while pending:
            here = pending.pop()
            if not isinstance(here, dict):
                continue
            name = name_of(here)
            declared = type_of(self._named.get(name)) or (ENTRY if name == ENTRY else None)
            if declared is not None:
                found[declared] = None
            elif name not in seen:
                seen.add(name)
                branches = [each for key in ("oneOf", "anyOf") for each in here.get(key) or ()]
                pending += [*reversed(branches), self._named.get(name)]
        return list(found)

    def _sorted(self, names: Iterable[str]) -> list[str]:
        return sorted(names, key=lambda name: self._rank.get(name, len(self._rank)))

    def _shaped(self, component: Component) -> dict[str, Any] | None:
        """Return what a component is in this profile, its references followed; None where it is not in it."""
        schema = component.schema
        if self._core and schema.get("x-core") is False:
            return None
        properties = schema.get("properties", {})
        followed = {
            name: resolved(value, self._named) if name in SLOTS else self._values.followed(value)
            for name, value in properties.items()
        }
        schema = {**schema, "properties": followed}
        if self._core:
            schema = overlaid(schema, "x-core")
        return with_pictures(schema, self._images) if self._images else schema


def _holds(schema: dict[str, Any]) -> bool:
    return any(slot in schema["properties"] for slot in SLOTS)


def _levels(catalogue: Catalogue) -> int:
    declared = value_at(catalogue.schema, "/x-core/levels")
    return declared if isinstance(declared, int) and 1 <= declared <= _MOST_LEVELS else _LEVELS
