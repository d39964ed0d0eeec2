"""The places of a form: what stands at one, under which field, and the value with another thing there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import EditRefused
from engine.schema.form.likeness import branch_of
from engine.schema.form.spelling import ABSENT
from engine.schema.form.starting import blank_of, start_of
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from engine.schema.form.field import Field, Fields

Path = tuple[str | int, ...]
"""The keys and indices that lead to a place; the whole value is the empty path."""

Moves = Callable[[str | int], str | int | None]
"""Which key or index another has become; None for one that is gone."""
_MOST_FILLED = 1_000


@dataclass(frozen=True, slots=True)
class Standing:
    """A place and what stands there.

    `declared` is the field of the place, `taken` each choice there with the branch that is taken, outermost first,
    and `field` what holds in that branch; it is a choice only where none is taken yet.
    """

    path: Path
    declared: Field
    taken: tuple[tuple[Field, int | None], ...]
    field: Field
    value: Any


def stand(path: Path, declared: Field, value: Any, pins: dict[tuple[Path, int], int]) -> Standing:
    """Return what stands at a place under a field, with the branches that are settled or that the value is nearest."""
    taken: list[tuple[Field, int | None]] = []
    field = declared
    while field.kind == "choice":
        index = pins.get((path, len(taken)))
        if index is None or index >= len(field.branches.all):
            index = branch_of(field, value)
        taken.append((field, index))
        if index is None:
            break
        field = field.branches.all[index].field
    return Standing(path, declared, tuple(taken), field, value)


def field_inside(fields: Fields, field: Field, step: str | int) -> Field:
    """Return the field of a property or an item; where there may be none, it is one of anything."""
    found = None
    if field.kind == "object" and isinstance(step, str):
        found = field.child(step)
    elif field.kind == "array" and isinstance(step, int):
        found = field.item(step)
    return found if found is not None else fields.of(())


def inside(value: Any, step: str | int) -> Any:
    """Return a property or an item of a value; `ABSENT` where there is none."""
    if isinstance(value, dict) and isinstance(step, str):
        return value.get(step, ABSENT)
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    return ABSENT


def moved(path: Path, around: Path, place: Moves) -> Path | None:
    """Return where a place is after those inside a container have moved; None where it is gone."""
    end = len(around)
    if len(path) <= end or path[:end] != around:
        return path
    step = place(path[end])
    return None if step is None else (*around, step, *path[end + 1 :])


def with_value(way: list[Standing], value: Any) -> Any:
    """Return the whole value with another at the end of a way."""
    for around, here in zip(reversed(way[:-1]), reversed(way[1:]), strict=True):
        step = here.path[-1]
        held = start_of(around.field) if around.value is ABSENT else around.value
        if isinstance(held, dict) and isinstance(step, str):
            value = _with_key(held, step, value, around.field.order if around.field.kind == "object" else {})
        elif isinstance(held, list) and isinstance(step, int) and step < len(held) + _MOST_FILLED:
            value = _with_item(held, step, value, around.field)
        else:
            raise EditRefused("There is no place for it: another value stands around it.", where=to_pointer(here.path))
    return value


def _with_key(held: dict[str, Any], key: str, value: Any, order: dict[str, int]) -> dict[str, Any]:
    """Return an object with a property; a new one stands before those that come later in the schema."""
    if key in held:
        return {**held, key: value}
    place = order.get(key, len(order))
    later = next((name for name in held if order.get(name, -1) > place), None)
    if later is None:
        return {**held, key: value}
    found: dict[str, Any] = {}
    for name, each in held.items():
        if name == later:
            found[key] = value
        found[name] = each
    return found


def _with_item(held: list[Any], index: int, value: Any, field: Field) -> list[Any]:
    if index < len(held):
        return [*held[:index], value, *held[index + 1 :]]
    between = [field.item(at) if field.kind == "array" else None for at in range(len(held), index)]
    return [*held, *(None if each is None else blank_of(each) for each in between), value]


def without_value(way: list[Standing]) -> Any:
    """Return the whole value without what stands at the end of a way."""
    here = way[-1]
    if here.value is ABSENT:
        return way[0].value
    if len(way) == 1:
        return ABSENT
    around, step = way[-2].value, here.path[-1]
    if isinstance(around, dict):
        return with_value(way[:-1], {name: each for name, each in around.items() if name != step})
    return with_value(way[:-1], [each for at, each in enumerate(around) if at != step])
