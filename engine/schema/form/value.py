"""The value that a form holds. What is not edited stays as it was loaded, whether the schema allows it or not."""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.errors import EditRefused, EngineError
from engine.schema.form.places import (
    Moves,
    Path,
    Standing,
    field_inside,
    inside,
    moved,
    stand,
    with_value,
    without_value,
)
from engine.schema.form.spelling import ABSENT, read, read_json_text
from engine.schema.form.starting import blank_of, start_of
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.schema.form.field import Field, Fields

_MOST_STEPS = 500


@dataclass(frozen=True)
class _State:
    """Everything that undo brings back. The dictionaries are never changed, only replaced."""

    value: Any
    pins: dict[tuple[Path, int], int]
    kept: dict[tuple[Path, tuple[object, ...]], Any]
    drafts: dict[Path, str]


class FormValue:
    """A value under edit: each edit changes its own place and shares the rest with the value before.

    `ABSENT` stands for no value. What was typed in a branch, or before a value was left out or set to null, is kept
    and comes back with it. A draft is text that is no value yet: the place keeps what it had.
    """

    def __init__(self, fields: Fields, value: Any = ABSENT) -> None:
        self.fields = fields
        self._now = _State(value, {}, {}, {})
        self._past: list[_State] = []
        self._future: list[_State] = []
        self._typing: Path | None = None

    # Reading

    @property
    def value(self) -> Any:
        """The whole value, or `ABSENT`. Nobody may change what is inside."""
        return self._now.value

    @property
    def drafts(self) -> dict[Path, str]:
        """Texts that are no values yet, by their places."""
        return self._now.drafts

    @property
    def pins(self) -> dict[tuple[Path, int], int]:
        """Branches that are settled, by the place and how many choices stand around them there."""
        return self._now.pins

    def at(self, path: Path) -> Any:
        """Return what stands at a place, `ABSENT` where nothing does."""
        here = self._now.value
        for step in path:
            here = inside(here, step)
        return here

    def stand(self, path: Path) -> Standing:
        """Return what stands at a place, and under which field."""
        return self._way(path)[-1]

    def stand_in(self, path: Path, declared: Field) -> Standing:
        """Return what stands at a place of which the field is known."""
        return stand(path, declared, self.at(path), self._now.pins)

    def _way(self, path: Path) -> list[Standing]:
        """Return the standings from the root to a place."""
        here = stand((), self.fields.root, self._now.value, self._now.pins)
        found = [here]
        for end, step in enumerate(path, 1):
            declared = field_inside(self.fields, here.field, step)
            here = stand(path[:end], declared, inside(here.value, step), self._now.pins)
            found.append(here)
        return found

    # Typing

    def put(self, path: Path, value: Any, *, typing: bool = False) -> None:
        """Put a value at a place, with the objects around it where there are none yet.

        What is typed at one place without a pause is one step of undo. Raises `EditRefused` where something else
        than an object or array stands around the place.
        """
        way = self._way(path)
        changed = with_value(way, value)
        self._step(path if typing else None)
        pins = dict(self._now.pins)
        for place in way:
            pins |= {(place.path, level): at for level, (_, at) in enumerate(place.taken) if at is not None}
        self._now = replace(self._now, value=changed, pins=pins, drafts=_without(self._now.drafts, path))

    def type_text(self, path: Path, text: str) -> None:
        """Put what a text typed at a place stands for; with none, the place is empty again."""
        field = self.stand(path).field
        value = read(field, text)
        if field.kind == "string" and not text and not field.takes_empty:
            value = ABSENT
        if value is not ABSENT:
            self.put(path, value, typing=True)
        elif path and isinstance(path[-1], int):
            self.draft(path, text)
        else:
            self.clear(path)

    def type_json(self, path: Path, text: str) -> None:
        """Put the value of JSON text at a place; text that is none is a draft."""
        if not text.strip() and not (path and isinstance(path[-1], int)):
            self.clear(path)
            return
        try:
            value = read_json_text(text)
        except EngineError:
            self.draft(path, text)
        else:
            self.put(path, value, typing=True)

    def draft(self, path: Path, text: str) -> None:
        """Keep a text that is no value yet."""
        self._step(path)
        self._now = replace(self._now, drafts={**self._now.drafts, path: text})

    def clear(self, path: Path) -> None:
        """Take away what was typed at a place."""
        self._step(path)
        self._now = replace(self._now, value=without_value(self._way(path)), drafts=_without(self._now.drafts, path))

    # Giving and taking

    def give(self, path: Path) -> None:
        """Add a field that was left out, with what it held then; what has to be typed is an empty draft."""
        field = self.stand(path).declared
        kept = self._now.kept.get((path, ("left out", field)), ABSENT)
        if kept is ABSENT:
            kept = start_of(field)
            if kept is ABSENT and field.default:
                kept = field.default[0]
            if kept is ABSENT and field.kind == "string" and field.takes_empty:
                kept = ""
        if kept is ABSENT:
            self.draft(path, "")
        else:
            self.put(path, kept)
        self._typing = None

    def leave_out(self, path: Path) -> None:
        """Leave a field out, and keep what it held in case it is added again."""
        standing = self.stand(path)
        self._typing = None
        self.clear(path)
        self._typing = None
        if standing.value is not ABSENT:
            self._keep(path, ("left out", standing.declared), standing.value)

    def set_null(self, path: Path, *, null: bool) -> None:
        """Set a place to null, or back to what it held before."""
        standing = self.stand(path)
        slot = ("null", standing.declared)
        if null:
            self.put(path, None)
            if standing.value is not ABSENT and standing.value is not None:
                self._keep(path, slot, standing.value)
            return
        kept = self._now.kept.get((path, slot), ABSENT)
        if kept is ABSENT:
            kept = start_of(standing.declared)
        if kept is ABSENT and path and isinstance(path[-1], int):
            kept = blank_of(standing.declared, null=False)
        self._typing = None
        if kept is ABSENT:
            self.clear(path)
            self.draft(path, "")
        else:
            self.put(path, kept)
        self._typing = None

    def choose(self, path: Path, level: int, index: int) -> None:
        """Take another branch of a choice; each branch keeps what was typed in it.

        A branch that is taken for the first time begins with the properties that it shares with the one before.
        """
        standing = self.stand(path)
        choice, before = standing.taken[level]
        if before == index and standing.value is not ABSENT:
            return
        held = standing.value
        kept = self._now.kept.get((path, (choice, index)), ABSENT)
        if kept is ABSENT:
            kept = _carried(choice, before, index, held)
        self._step(None)
        pins = {key: at for key, at in self._now.pins.items() if key[0][: len(path)] != path or key[0] == path}
        pins = {key: at for key, at in pins.items() if key[0] != path or key[1] < level} | {(path, level): index}
        memory = dict(self._now.kept)
        if held is not ABSENT and held is not None and before is not None:
            memory[path, (choice, before)] = held
        self._now = replace(self._now, pins=pins, kept=memory, drafts=_without(self._now.drafts, path))
        if kept is ABSENT and path and isinstance(path[-1], int):
            kept = blank_of(choice.branches.all[index].field)
        way = self._way(path)
        self._now = replace(self._now, value=without_value(way) if kept is ABSENT else with_value(way, kept))

    # Keys and items: each returns where what was inside the container is now

    def add_key(self, path: Path, key: str) -> None:
        """Add a property that the schema does not name to an object. Raises `EditRefused` where it has it already."""
        held = self.at(path)
        if isinstance(held, dict) and key in held:
            raise EditRefused(f"There is a field “{key}” already.", where=to_pointer(path))
        self.put((*path, key), blank_of(self.stand((*path, key)).declared))

    def rename_key(self, path: Path, key: str) -> Moves:
        """Give a property another key; it keeps its place. Raises `EditRefused` where another has that key."""
        *around, old = path
        outer = tuple(around)
        held = self.at(outer)
        if key == old or not isinstance(held, dict) or old not in held:
            return _stays
        if key in held:
            raise EditRefused(f"There is a field “{key}” already.", where=to_pointer(outer))
        self._reshape(outer, {key if name == old else name: value for name, value in held.items()})
        return self._move_notes(outer, lambda step: key if step == old else step)

    def insert(self, path: Path, index: int, values: Sequence[Any] | None = None) -> Moves:
        """Insert items into an array, or one new one."""
        held = self.at(path)
        items = held if isinstance(held, list) else []
        if values is None:
            declared = field_inside(self.fields, self.stand(path).field, index)
            values = [blank_of(declared)]
        self._reshape(path, [*items[:index], *values, *items[index:]])
        many = len(values)
        return self._move_notes(path, lambda step: step + many if isinstance(step, int) and step >= index else step)

    def delete(self, path: Path, indices: Sequence[int]) -> Moves:
        """Take items out of an array."""
        held = self.at(path)
        gone = set(indices)
        left = [at for at in range(len(held)) if at not in gone]
        places = {old: new for new, old in enumerate(left)}
        self._reshape(path, [held[at] for at in left])
        return self._move_notes(path, lambda step: places.get(step) if isinstance(step, int) else step)

    def move(self, path: Path, index: int, to: int) -> Moves:
        """Move an item of an array to another index."""
        held = self.at(path)
        order = list(range(len(held)))
        order.insert(to, order.pop(index))
        places = {old: new for new, old in enumerate(order)}
        self._reshape(path, [held[at] for at in order])
        return self._move_notes(path, lambda step: places.get(step) if isinstance(step, int) else step)

    # Undo

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether something was undone."""
        return bool(self._future)

    def undo(self) -> None:
        """Take the last step back."""
        if self._past:
            self._future.append(self._now)
            self._now = self._past.pop()
            self._typing = None

    def redo(self) -> None:
        """Take a step again that was taken back."""
        if self._future:
            self._past.append(self._now)
            self._now = self._future.pop()
            self._typing = None

    def pause(self) -> None:
        """Let what is typed next be a step of its own."""
        self._typing = None

    def _reshape(self, path: Path, value: Any) -> None:
        """Put a container with other keys or items at a place; what is remembered of the inside stays."""
        drafts = self._now.drafts
        self.put(path, value)
        self._now = replace(self._now, drafts=drafts)

    def _step(self, typing: Path | None) -> None:
        if typing is None or typing != self._typing:
            self._past = [*self._past[1 - _MOST_STEPS :], self._now]
        self._typing = typing
        self._future = []

    def _keep(self, path: Path, slot: tuple[object, ...], value: Any) -> None:
        self._now = replace(self._now, kept={**self._now.kept, (path, slot): value})

    def _move_notes(self, around: Path, place: Moves) -> Moves:
        """Let what is remembered of the places inside a container follow them; what of a place is gone goes too."""
        now = self._now
        pins = {(to, key[1]): at for key, at in now.pins.items() if (to := moved(key[0], around, place)) is not None}
        kept = {
            (to, key[1]): each for key, each in now.kept.items() if (to := moved(key[0], around, place)) is not None
        }
        drafts = {to: text for path, text in now.drafts.items() if (to := moved(path, around, place)) is not None}
        self._now = replace(now, pins=pins, kept=kept, drafts=drafts)
        return place


def _stays(step: str | int) -> str | int:
    return step


def _without(drafts: dict[Path, str], path: Path) -> dict[Path, str]:
    """Return the drafts that are not at a place, inside it or around it."""
    return {each: text for each, text in drafts.items() if not all(map(operator.eq, each, path))} if drafts else drafts


def _carried(choice: Field, before: int | None, index: int, held: Any) -> Any:
    """Return what a branch begins with: its own start, and what the branch before holds in fields they share."""
    into = choice.branches.all[index].field
    start = start_of(into)
    if before is None or not isinstance(held, dict) or not isinstance(start, dict):
        return start
    out = choice.branches.all[before].field
    shared = {
        name: held[name]
        for name in into.names
        if name in held
        and name not in start
        and (child := into.child(name)) is not None
        and child.kind == getattr(out.child(name), "kind", None)
    }
    return {name: {**shared, **start}[name] for name in into.names if name in shared or name in start}
