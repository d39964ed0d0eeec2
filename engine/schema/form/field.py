"""The shape of a form: for each place of an instance what may stand there, found out when it is asked for."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from engine.schema.form.branches import Branch, Branches, branches_of
from engine.schema.form.conjunction import Conjunction, gather, listed, named
from engine.schema.form.nature import SCALARS, Kind, Nature, nature_of
from engine.schema.patterns import spell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.schema.document import SchemaDocument
    from engine.schema.form.conjunction import Option, Schema

_LONG = 256
"""Characters from which on a string is given several lines."""
_LINES = frozenset({"html", "long", "markdown", "multi-line", "multiline", "textarea"})
_HINTS = ("format", "ui:widget", "x-multiline", "x-ui-multiline", "x-ui-widget", "x-widget")
_MOST_NAMES = 50
_MOST_COLUMNS = 24


class Fields:
    """The fields of one schema. Where the same schemas hold there is the same field, so recursion has no end to it."""

    def __init__(self, document: SchemaDocument) -> None:
        self.document = document
        self.references = document.references
        self._made: dict[tuple[object, ...], Field] = {}
        self.root = self.of((document.root,))

    def of(self, schemas: Iterable[Schema]) -> Field:
        """Return the field of a place where all of these hold."""
        return self.where(gather(self.references, schemas))

    def where(self, what: Conjunction) -> Field:
        """Return the field of a place where this holds."""
        # The schemas live as long as the document, so that their identities stay theirs. What a conjunction says
        # besides follows from the unions that are spent.
        key = (tuple(map(id, what.schemas)), what.spent, what.never)
        if key not in self._made:
            self._made[key] = Field(self, what)
        return self._made[key]


class Field:
    """What may stand at a place: its kind, what is told of it, and for containers the fields inside."""

    def __init__(self, fields: Fields, given: Conjunction) -> None:
        self._fields = fields
        self._given = given

    @functools.cached_property
    def _nature(self) -> Nature:
        return nature_of(self._fields.references, self._given)

    @property
    def _schemas(self) -> tuple[dict[str, Any], ...]:
        return self._nature.what.schemas

    # What it is

    @property
    def kind(self) -> Kind:
        """What kind of thing may stand here, besides null."""
        return self._nature.kind

    @property
    def nullable(self) -> bool:
        """Whether the schema names null as a value beside others."""
        return self._nature.nullable

    @property
    def is_scalar(self) -> bool:
        """Whether its values stand in one control."""
        return self.kind in SCALARS

    @property
    def options(self) -> tuple[Option, ...]:
        """The values of an enum, the one of a const, or those that are suggested for a string."""
        return self._nature.options

    @functools.cached_property
    def branches(self) -> Branches:
        """The alternatives of a choice."""
        made = [Branch(self._fields.where(each.what), each.own, each.source) for each in self._nature.alternatives]
        return branches_of(made, self._nature.what, self._nature.union)

    @property
    def union(self) -> str:
        """The keyword that a choice comes from; nothing where its branches are types."""
        return self._nature.union

    # What is told of it

    @functools.cached_property
    def title(self) -> str:
        """Its own title, or nothing: that of what it refers to is not about this place."""
        own = self._given.schemas[0].get("title") if self._given.schemas else None
        return own if isinstance(own, str) else ""

    @functools.cached_property
    def description(self) -> str:
        """What it is for, or nothing."""
        return self._given.text("description")

    @functools.cached_property
    def default(self) -> tuple[Any, ...]:
        """Its default, if it has one."""
        return tuple(self._given.values("default"))[:1]

    @functools.cached_property
    def examples(self) -> tuple[Any, ...]:
        """Its examples."""
        return tuple(each for said in self._given.values("examples") if isinstance(said, list) for each in said)

    @functools.cached_property
    def format(self) -> str:
        """The format of a string, or nothing."""
        return self._nature.what.text("format")

    @functools.cached_property
    def has_lines(self) -> bool:
        """Whether a string may need several lines."""
        for schema in self._schemas:
            if any(schema.get(hint) is True or schema.get(hint) in _LINES for hint in _HINTS if _is_word(schema, hint)):
                return True
            if str(schema.get("contentMediaType", "")).startswith("text/"):
                return True
        return self.longest is not None and self.longest >= _LONG and not self.format

    @functools.cached_property
    def longest(self) -> int | None:
        """How many characters a string may have; None for any number."""
        said = self._nature.what.numbers("maxLength")
        return round(min(said)) if said else None

    @functools.cached_property
    def takes_empty(self) -> bool:
        """Whether a string of no characters may be meant."""
        what = self._nature.what
        return not self.format and not what.text("pattern") and max(what.numbers("minLength"), default=0) == 0

    # Objects

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """The properties of an object that the schema names: declared, required, and last those of conditions."""
        found = dict.fromkeys(name for schema in self._schemas for name in named(schema, "properties"))
        found |= dict.fromkeys(self.required)
        for schema in self._schemas:
            keys = self._fields.of([schema["propertyNames"]]) if "propertyNames" in schema else None
            if keys is not None and keys.kind in {"enum", "const"} and len(keys.options) <= _MOST_NAMES:
                found |= dict.fromkeys(option.value for option in keys.options if isinstance(option.value, str))
        found |= dict.fromkeys(name for schema in self._conditions for name in named(schema, "properties"))
        # Ten thousand properties are named here: only what costs nothing is asked of each.
        refused = {
            name for schema in self._schemas for name, part in named(schema, "properties").items() if part is False
        }
        restricted = any("propertyNames" in schema for schema in self._schemas)
        return tuple(name for name in found if name not in refused and not (restricted and self._names_refused(name)))

    @functools.cached_property
    def required(self) -> frozenset[str]:
        """The properties that an object has to have."""
        return frozenset(
            name for schema in self._schemas for name in listed(schema, "required") if isinstance(name, str)
        )

    @functools.cached_property
    def order(self) -> dict[str, int]:
        """The place of each named property among them."""
        return {name: place for place, name in enumerate(self.names)}

    @functools.cache  # noqa: B019 -- fields live as long as the form
    def child(self, name: str) -> Field | None:
        """Return the field of a property; None where the object may not have it."""
        parts, closed = self._said_of(name)
        if self._names_refused(name):
            return None
        if not parts:
            parts = [part for schema in self._conditions if (part := named(schema, "properties").get(name)) is not None]
        if not parts and closed:
            return None
        return self._fields.of(parts)

    def _names_refused(self, name: str) -> bool:
        for schema in self._schemas:
            names = schema.get("propertyNames")
            keys = self._fields.of([names]) if isinstance(names, dict | bool) else None
            if keys is not None and (keys.kind == "never" or not _may_be(keys, name)):
                return True
        return False

    def _said_of(self, name: str) -> tuple[list[Schema], bool]:
        """Return the schemas of a property, and whether the object is closed to those that have none."""
        parts: list[Schema] = []
        closed = False
        for schema in self._schemas:
            hits = [named(schema, "properties")[name]] if name in named(schema, "properties") else []
            hits += [part for pattern, part in named(schema, "patternProperties").items() if _finds(pattern, name)]
            others = schema.get("additionalProperties")
            if not hits and isinstance(others, dict):
                hits = [others]
            parts += hits
            closed = closed or (not hits and others is False)
        for schema in self._schemas:
            rest = schema.get("unevaluatedProperties")
            if not parts and isinstance(rest, dict):
                parts.append(rest)
            closed = closed or rest is False
        return parts, closed and not parts

    @functools.cached_property
    def _conditions(self) -> tuple[dict[str, Any], ...]:
        """What holds of an object under conditions, which are only checked; it may name further properties."""
        found: list[Any] = []
        for schema in self._schemas:
            found += [schema[keyword] for keyword in ("then", "else") if keyword in schema]
            for keyword in ("dependentSchemas", "dependencies"):
                found += named(schema, keyword).values()
        return gather(self._fields.references, (each for each in found if isinstance(each, dict))).schemas

    @functools.cached_property
    def takes_others(self) -> bool:
        """Whether an object may have properties that are not named."""
        closed = any(
            schema.get("additionalProperties") is False or schema.get("unevaluatedProperties") is False
            for schema in self._schemas
        )
        keys = [schema["propertyNames"] for schema in self._schemas if "propertyNames" in schema]
        listed_keys = any(self._fields.of([each]).kind in {"enum", "const", "never"} for each in keys)
        return not listed_keys and (not closed or any(named(schema, "patternProperties") for schema in self._schemas))

    @functools.cached_property
    def asks_for_others(self) -> bool:
        """Whether the schema says something of properties that are not named, or names none."""
        said = any(
            isinstance(schema.get("additionalProperties"), dict) or schema.get("patternProperties")
            for schema in self._schemas
        )
        return self.takes_others and (said or not self.names)

    # Arrays

    @functools.cached_property
    def fixed(self) -> int:
        """How many items at the beginning of an array have a schema of their own."""
        return max((len(_prefix(schema)) for schema in self._schemas), default=0)

    @functools.cache  # noqa: B019 -- fields live as long as the form
    def item(self, index: int) -> Field | None:
        """Return the field of an item; None where the array may not have it."""
        parts: list[Schema] = []
        for schema in self._schemas:
            prefix = _prefix(schema)
            if index < len(prefix):
                parts.append(prefix[index])
            elif isinstance(schema.get("items"), dict | bool):
                parts.append(schema["items"])
            elif prefix and isinstance(schema.get("additionalItems"), dict | bool):
                parts.append(schema["additionalItems"])
            elif isinstance(schema.get("unevaluatedItems"), dict | bool):
                parts.append(schema["unevaluatedItems"])
        found = self._fields.of(parts)
        return None if found.kind == "never" else found

    @property
    def rest(self) -> Field | None:
        """The field of all items behind the fixed ones; None where there may be no more."""
        return self.item(self.fixed)

    @functools.cached_property
    def least(self) -> int:
        """How many items an array has to have."""
        return round(max(self._nature.what.numbers("minItems"), default=0))

    @functools.cached_property
    def most(self) -> int | None:
        """How many items an array may have; None for any number."""
        said = self._nature.what.numbers("maxItems")
        return round(min(said)) if said else None

    @functools.cached_property
    def columns(self) -> tuple[str, ...]:
        """The properties that are columns, where an array reads best as a table of objects; else nothing."""
        rest = self.rest if self.kind == "array" and not self.fixed else None
        if rest is None or rest.kind != "object" or rest.asks_for_others or not rest.names:
            return ()
        names = rest.names[:_MOST_COLUMNS]
        flat = sum(1 for name in names if (child := rest.child(name)) is not None and child.is_scalar)
        return names if flat * 2 >= len(names) else ()

    @functools.cached_property
    def is_plain_list(self) -> bool:
        """Whether each item of an array stands in one short control."""
        rest = self.rest if self.kind == "array" and not self.fixed else None
        return (
            rest is not None and rest.kind in {"boolean", "enum", "integer", "number", "string"} and not rest.has_lines
        )


def _is_word(schema: dict[str, Any], keyword: str) -> bool:
    return isinstance(schema.get(keyword), str | bool)


def _prefix(schema: dict[str, Any]) -> list[Schema]:
    found = listed(schema, "prefixItems") or listed(schema, "items")
    return [each if isinstance(each, dict | bool) else True for each in found]


def _may_be(keys: Field, name: str) -> bool:
    if keys.kind not in {"const", "enum"}:
        return True
    return any(option.value == name for option in keys.options)


@functools.lru_cache(maxsize=1024)
def _finder(pattern: str) -> jsonschema_rs.Draft202012Validator | None:
    try:
        return jsonschema_rs.Draft202012Validator({"pattern": spell(pattern)})
    except (jsonschema_rs.ValidationError, ValueError):
        return None


def _finds(pattern: str, key: str) -> bool:
    """Tell whether a pattern matches somewhere in a key; false where it is no pattern."""
    finder = _finder(pattern)
    return finder is not None and finder.is_valid(key)
