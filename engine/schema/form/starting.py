"""What a field begins with when a person adds it: nothing but what the schema leaves no choice about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.schema.form.spelling import ABSENT

if TYPE_CHECKING:
    from engine.schema.form.field import Field

_DEEP = 8
_MOST = 200
"""Items or required properties that are begun at once."""


def start_of(field: Field) -> Any:
    """Return what a field holds when it is added; `ABSENT` where a person has to type it.

    An object has its constants and required objects, an array as many objects as it has to have, and nothing more.
    """
    return _start(field, _DEEP)


def blank_of(field: Field, *, null: bool = True) -> Any:
    """Return a new item of an array, which has to be some value; it may be `null` where that stands for none."""
    start = start_of(field)
    if start is not ABSENT:
        return start
    if field.default:
        return field.default[0]
    if null and field.nullable:
        return None
    match field.kind:
        case "string":
            return ""
        case "boolean":
            return False
        case "enum":
            return field.options[0].value
        case "integer" | "number":
            return 0
        case "choice":
            return blank_of(field.branches.all[0].field) if field.branches.all else None
    return None


def _start(field: Field, deep: int) -> Any:
    match field.kind:
        case "const":
            return field.options[0].value
        case "null":
            return None
        case "array":
            rest = field.rest if not field.fixed else None
            begun = _start(rest, deep - 1) if rest is not None and rest.kind == "object" and deep else ABSENT
            return [] if begun is ABSENT else [begun for _ in range(min(field.least, _MOST))]
        case "object":
            found: dict[str, Any] = {}
            if deep:
                for name in [name for name in field.names[: 10 * _MOST] if name in field.required][:_MOST]:
                    child = field.child(name)
                    if child is not None and child.kind in {"const", "null", "object"} and not child.nullable:
                        found[name] = _start(child, deep - 1)
            return found
    return ABSENT
