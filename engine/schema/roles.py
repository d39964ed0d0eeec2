"""What a place in a schema's text is for: a keyword, the name of a property, a type, or just data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.schema.editing.syntax import Kind
from engine.schema.vocabulary import Keyword, Takes, known

if TYPE_CHECKING:
    from engine.schema.drafts import Draft
    from engine.schema.editing.syntax import Member, Node


class Role(StrEnum):
    """What stands at a place."""

    SCHEMA = "a schema"
    SCHEMAS = "an array of schemas"
    NAMED = "an object of schemas, or of arrays, by names that a person chooses"
    NAMES = "an array of names of properties"
    VALUE = "the value of a keyword that is no schema"
    DATA = "data: part of such a value, or the value of a keyword that nobody knows"


@dataclass(frozen=True)
class Place:
    """What a value is for.

    `keyword` is the one it belongs to, None at the root and below what nobody knows; `schema` is the object that the
    keyword stands in, or for a schema itself the one around it.
    """

    role: Role
    keyword: Keyword | None = None
    schema: Node | None = None


_AFTER = {
    Takes.SCHEMA: Role.SCHEMA,
    Takes.SCHEMAS: Role.SCHEMAS,
    Takes.NAMED_SCHEMAS: Role.NAMED,
    Takes.SCHEMAS_OR_NAMES: Role.NAMED,
    Takes.NAMED_NAMES: Role.NAMED,
    Takes.NAMES: Role.NAMES,
}


def place_of(root: Node | None, path: list[tuple[Member | int, Node]], draft: Draft) -> Place:
    """Return what the value at the end of a path (`Syntax.path_at`) from the root is for."""
    place, holder = Place(Role.SCHEMA), root
    for step, value in path:
        place = _item(place) if isinstance(step, int) else _member(place, step, holder, draft)
        holder = value
    return place


def _member(place: Place, member: Member, holder: Node | None, draft: Draft) -> Place:
    is_array = member.value.kind is Kind.ARRAY
    if place.role is Role.SCHEMA:
        entry = known(member.key, draft)
        if entry is None:
            return Place(Role.DATA, None, holder)
        if entry.takes is Takes.SCHEMA_OR_SCHEMAS:
            return Place(Role.SCHEMAS if is_array else Role.SCHEMA, entry, holder)
        return Place(_AFTER.get(entry.takes, Role.VALUE), entry, holder)
    if place.role is Role.NAMED and place.keyword is not None:
        takes = place.keyword.takes
        names = takes is Takes.NAMED_NAMES or (takes is Takes.SCHEMAS_OR_NAMES and is_array)
        return Place(Role.NAMES if names else Role.SCHEMA, place.keyword, place.schema)
    return Place(Role.DATA, place.keyword, place.schema)


def _item(place: Place) -> Place:
    if place.role is Role.SCHEMAS:
        return Place(Role.SCHEMA, place.keyword, place.schema)
    if place.role is Role.NAMES or (
        place.role is Role.VALUE and place.keyword is not None and place.keyword.takes is Takes.TYPES
    ):
        return Place(Role.VALUE, place.keyword, place.schema)
    return Place(Role.DATA, place.keyword, place.schema)
