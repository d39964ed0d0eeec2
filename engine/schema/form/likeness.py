"""Which alternative of a choice a value was meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.schema.form.nature import key_of
from engine.schema.form.spelling import ABSENT

if TYPE_CHECKING:
    from engine.schema.form.field import Field

_DEEP = 2
_MOST_NAMES = 64
_MOST_ITEMS = 3
_MOST_BRANCHES = 40
_WRONG = 100
"""What a value of the wrong type counts; whatever is wrong inside a value of the right one counts less."""
_INSIDE = 10


def branch_of(field: Field, value: Any) -> int | None:
    """Return which branch of a choice a value is nearest to: the one its tag names, else the first that fits best.

    None where there is no value to tell by. A guess by types and names, without checking the value.
    """
    if value is ABSENT or (value is None and field.nullable):
        return None
    tagged = field.branches.tagged(value)
    if tagged is not None:
        return tagged
    costs = [_misfit(each.field, value, _DEEP) for each in field.branches.all[:_MOST_BRANCHES]]
    return costs.index(min(costs)) if costs else None


def _misfit(field: Field, value: Any, deep: int) -> int:
    if value is None and field.nullable:
        return 0
    match field.kind:
        case "any":
            return 1
        case "never":
            return 2 * _WRONG
        case "null":
            return 0 if value is None else _WRONG
        case "boolean":
            return 0 if isinstance(value, bool) else _WRONG
        case "integer":
            return 0 if _is_whole(value) else _WRONG // 2 if _is_number(value) else _WRONG
        case "number":
            return 0 if _is_number(value) else _WRONG
        case "string":
            return 0 if isinstance(value, str) else _WRONG
        case "const" | "enum":
            return _unlisted(field, value)
        case "choice":
            if deep == 0:
                return _INSIDE
            return min(
                (_misfit(each.field, value, deep - 1) for each in field.branches.all[:_MOST_BRANCHES]), default=_WRONG
            )
        case "array":
            return _misfit_items(field, value, deep) if isinstance(value, list) else _WRONG
        case "object":
            return _misfit_names(field, value, deep) if isinstance(value, dict) else _WRONG


def _unlisted(field: Field, value: Any) -> int:
    values = [option.value for option in field.options]
    if isinstance(value, dict | list):
        return 0 if value in values else _WRONG
    if key_of(value) in {key_of(each) for each in values if not isinstance(each, dict | list)}:
        return 0
    return _WRONG // 2 if any(type(each) is type(value) for each in values) else _WRONG


def _misfit_items(field: Field, value: list[Any], deep: int) -> int:
    if deep == 0:
        return 0
    parts = [(field.item(at), item) for at, item in enumerate(value[:_MOST_ITEMS])]
    costs = [_INSIDE if part is None else min(_misfit(part, item, deep - 1), _INSIDE) for part, item in parts]
    return min(sum(costs), _WRONG // 2)


def _misfit_names(field: Field, value: dict[str, Any], deep: int) -> int:
    cost = sum(3 for name in field.required if name not in value)
    for name in list(value)[:_MOST_NAMES]:
        child = field.child(name)
        if child is None:
            cost += 3
        elif name not in field.order:
            cost += 1
        elif deep:
            cost += min(_misfit(child, value[name], deep - 1), _INSIDE)
    return min(cost, _WRONG - 1)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and (isinstance(value, int) or value.is_integer())
