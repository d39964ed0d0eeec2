"""A schema from examples: types, required keys, formats, and enums where there is evidence for them.

genson 1.4.0 was tried and finds the same types and required keys (the tests compare). It sorts `required` and the
types of a union, writes a nullable object as `anyOf`, keeps nothing of the values that enums and formats are found by,
and goes down by recursion. What is left of it then is what `_look` does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import ConversionError
from engine.schema.interchange.formats import formats_of, has_format
from engine.schema.pointer import escape
from engine.schema.walk import DEEPEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEAST_STRINGS = 8
"""Strings that have to be seen in a place before a few that recur are taken for an enum."""
MOST_CHOICES = 10
"""Values of an enum that is found by evidence."""
LEAST_REPEATS = 3
"""How often, on average, each of these values has to be seen."""
_LONGEST_CHOICE = 60
_MOST_PLACES = 100_000
_MOST_LEVELS = DEEPEST // 2
_MANY_KEYS = 50
_RARE = 0.25
_MOST_NAMED = 8

_KINDS: dict[type, str] = {
    type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object",
}  # fmt: skip


@dataclass(frozen=True)
class Inferred:
    """A schema that all examples satisfy, and plain sentences on what in it is a guess."""

    schema: dict[str, Any]
    notes: tuple[str, ...]


def infer_schema(values: Sequence[Any], *, closed: bool = False, examples: int = 0) -> Inferred:
    """Return the schema of one or more JSON values.

    Keys stand in the order in which they are first seen, and are required where every example has them. A place that
    was null too is a union with null. A string has a format where all strings of its place have it, and is an enum
    where at least `LEAST_STRINGS` were seen and few values recur. An object whose many keys differ from example to
    example is taken for a map. `closed` forbids further keys; `examples` is how many values are kept under that
    keyword, at the root. Raises ConversionError where there is no value, or where they are nested too deeply.
    """
    if not values:
        raise ConversionError("There is no example to infer a schema from.", advice="Give at least one JSON value.")
    seen = _look(values)
    writer = _Writer(closed=closed)
    schema = writer.schema(seen, "")
    if examples:
        schema["examples"] = list(values[:examples])
    _refuse_depth(schema)
    return Inferred(schema, writer.notes())


@dataclass(slots=True)
class _Place:
    """What was seen in one place of the examples. `kinds` counts the values of each JSON type, first seen first."""

    kinds: dict[str, int] = field(default_factory=dict)
    choices: dict[str, int] | None = field(default_factory=dict)
    formats: tuple[str, ...] | None = None
    keys: dict[str, _Place] = field(default_factory=dict)
    items: _Place | None = None

    @property
    def count(self) -> int:
        return sum(self.kinds.values())

    def says_more(self, kind: str) -> bool:
        """Tell whether there is more to say of the values of one type than the type."""
        return {"string": bool(self.formats), "array": self.items is not None, "object": bool(self.keys)}.get(
            kind, False
        )

    def hear(self, text: str) -> None:
        """Note a string."""
        if self.formats is None:
            self.formats = formats_of(text)
        elif self.formats:
            self.formats = tuple(name for name in self.formats if has_format(name, text))
        if self.choices is not None:
            self.choices[text] = self.choices.get(text, 0) + 1
            if len(self.choices) > MOST_CHOICES or len(text) > _LONGEST_CHOICE:
                self.choices = None


def _look(values: Iterable[Any]) -> _Place:
    """Go through all values once and note what stands in each place."""
    root = _Place()
    places = 1
    pending = [(root, value, 0) for value in reversed(list(values))]
    while pending:
        place, value, level = pending.pop()
        if level > _MOST_LEVELS:
            raise ConversionError(
                f"The examples are nested more than {_MOST_LEVELS} levels deep.", advice="Give a part of them."
            )
        kind = _KINDS[type(value)]
        place.kinds[kind] = place.kinds.get(kind, 0) + 1
        if kind == "string":
            place.hear(value)
        elif kind == "array":
            if value and place.items is None:
                place.items = _Place()
                places += 1
            pending += [(place.items, item, level + 1) for item in reversed(value) if place.items is not None]
        elif kind == "object":
            places += len(value.keys() - place.keys.keys())
            if places > _MOST_PLACES:
                raise ConversionError(
                    f"The examples have more than {_MOST_PLACES:,} different keys.",
                    advice="Give fewer of them, or a part.",
                )
            for key in value:
                if key not in place.keys:
                    place.keys[key] = _Place()
            pending += [(place.keys[key], value[key], level + 1) for key in reversed(value)]
    return root


@dataclass(slots=True)
class _Writer:
    """Writes what was seen as a schema, and remembers what of it is a guess."""

    closed: bool
    enums: list[str] = field(default_factory=list)
    maps: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    nulls: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)

    def schema(self, place: _Place, pointer: str) -> dict[str, Any]:
        """Return the schema of a place; null stands last in a union."""
        kinds = [kind for kind in place.kinds if kind != "null"]
        if "integer" in kinds and "number" in kinds:
            kinds.remove("integer")
        nullable = "null" in place.kinds
        if not kinds:
            self.nulls.append(pointer)
            return {"type": "null"}
        if len(kinds) > 1:
            self.mixed.append(pointer)
            if any(place.says_more(kind) for kind in kinds):
                alternatives = [
                    self._kind(kind, place, f"{pointer}/anyOf/{at}", nullable=False) for at, kind in enumerate(kinds)
                ]
                return {"anyOf": [*alternatives, {"type": "null"}] if nullable else alternatives}
            return {"type": [*kinds, "null"] if nullable else kinds}
        return self._kind(kinds[0], place, pointer, nullable=nullable)

    def notes(self) -> tuple[str, ...]:
        """Return what is to be said about the schema."""
        told = (
            (self.enums, "Taken for an enum, because few values recur"),
            (self.maps, "Taken for a map, because its many keys differ from example to example"),
            (self.empty, "Always an empty array, so that nothing is known of its items"),
            (self.nulls, "Always null, so that its type is not known"),
            (self.mixed, "Of more than one type"),
        )
        return tuple(f"{sentence}: {_named(places)}." for places, sentence in told if places)

    def _kind(self, kind: str, place: _Place, pointer: str, *, nullable: bool) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": [kind, "null"] if nullable else kind}
        if kind == "string":
            schema |= self._string(place, pointer, nullable=nullable)
        elif kind == "array":
            if place.items is None:
                self.empty.append(pointer)
            else:
                schema["items"] = self.schema(place.items, f"{pointer}/items")
        elif kind == "object":
            schema |= self._object(place, pointer)
        return schema

    def _string(self, place: _Place, pointer: str, *, nullable: bool) -> dict[str, Any]:
        if place.formats:
            return {"format": place.formats[0]}
        strings = place.kinds["string"]
        choices = place.choices
        if (
            choices is None
            or len(choices) < 2  # one value alone is no evidence that there is no other
            or strings < max(LEAST_STRINGS, LEAST_REPEATS * len(choices))
            or place.kinds.keys() - {"string", "null"}
        ):
            return {}
        self.enums.append(f"{pointer or 'the root'} ({len(choices)} values in {strings:,} strings)")
        return {"enum": [*choices, None] if nullable else list(choices)}

    def _object(self, place: _Place, pointer: str) -> dict[str, Any]:
        objects = place.kinds["object"]
        present = sum(each.count for each in place.keys.values())
        if len(place.keys) > _MANY_KEYS and present < _RARE * objects * len(place.keys):
            self.maps.append(pointer)
            return {
                "additionalProperties": self.schema(_joined(place.keys.values()), f"{pointer}/additionalProperties")
            }
        schema: dict[str, Any] = {}
        if place.keys:
            schema["properties"] = {
                key: self.schema(each, f"{pointer}/properties/{escape(key)}") for key, each in place.keys.items()
            }
        required = [key for key, each in place.keys.items() if each.count == objects]
        if required:
            schema["required"] = required
        if self.closed:
            schema["additionalProperties"] = False
        return schema


def _joined(places: Iterable[_Place]) -> _Place:
    """Return what was seen in several places as if it had been one."""
    whole = _Place()
    pending = [(whole, place) for place in reversed(list(places))]
    while pending:
        into, place = pending.pop()
        for kind, count in place.kinds.items():
            into.kinds[kind] = into.kinds.get(kind, 0) + count
        if place.formats is not None:
            both = place.formats if into.formats is None else into.formats
            into.formats = tuple(name for name in both if name in place.formats)
        if place.choices is None:
            into.choices = None
        elif into.choices is not None:
            for text, count in place.choices.items():
                into.choices[text] = into.choices.get(text, 0) + count
            if len(into.choices) > MOST_CHOICES:
                into.choices = None
        if place.items is not None:
            into.items = into.items or _Place()
            pending.append((into.items, place.items))
        for key in place.keys:
            into.keys.setdefault(key, _Place())
        pending += [(into.keys[key], place.keys[key]) for key in reversed(place.keys)]
    return whole


def _named(places: list[str]) -> str:
    shown = ", ".join(place or "the root" for place in places[:_MOST_NAMED])
    return shown if len(places) <= _MOST_NAMED else f"{shown} and {len(places) - _MOST_NAMED} more"


def _refuse_depth(schema: Any) -> None:
    pending = [(schema, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > DEEPEST:
            raise ConversionError(
                f"The schema of these examples would be nested more than {DEEPEST} levels deep.",
                advice="Give a part of them.",
            )
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        pending += [(each, depth + 1) for each in inner]
