"""A surface of A2UI on its way into our tree: its components walked from the root, with what each has to know.

Ids become nesting, templates one part a row, and the path that an input writes to becomes a name. What each component
becomes is said in the table of `components`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.interface.dialects.a2ui.values import Values
from engine.interface.dialects.imported import MOST_PARTS, Kind, Running, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.interface.dialects.a2ui.surfaces import Part, Surface

ROOT: Final = "root"
INPUTS: Final = frozenset({"TextField", "CheckBox", "ChoicePicker", "Slider", "DateTimeInput"})
_MOST_ROWS: Final = 2000
_LONE: Final = ("child", "trigger", "content")


@dataclass(frozen=True)
class Place:
    """A component where it stands: the data row that it reads from, how deep it is, and which ids are around it."""

    part: Part
    scope: str = ""
    depth: int = 0
    above: frozenset[str] = frozenset()

    @property
    def pointer(self) -> str:
        """Where it stands in the source."""
        return self.part.pointer

    def get(self, prop: str) -> Any:
        """Return a property as it was sent."""
        return self.part.props.get(prop)

    def below(self, part: Part, scope: str) -> Place:
        """Return the place of a component in this one."""
        return Place(part, scope, self.depth + 1, self.above | {self.part.id})

    def within(self, name: str) -> bool:
        """Tell whether this is a component of that id, or stands in one."""
        return name == self.part.id or name in self.above


Maker = Callable[["Surfacing", Place], list[Tree]]


class Surfacing:
    """One surface under way.

    `inputs` are the parts that were made of inputs, by the paths that they write to; `opens` the names of the dialogs
    that components open, by the ids of these.
    """

    def __init__(self, surface: Surface, running: Running, makers: Mapping[str, Maker], otherwise: Maker) -> None:
        self.surface = surface
        self.running = running
        self.values = Values(surface.data, running)
        self.inputs: dict[str, list[Tree]] = {}
        self.opens: dict[str, str] = {}
        self._makers = makers
        self._otherwise = otherwise
        self._names: dict[tuple[str, str], tuple[str, ...]] = {}
        self._survey()

    def root(self) -> Place | None:
        """Return the component that everything stands in, or None."""
        part = self.surface.parts.get(ROOT)
        return Place(part) if part else None

    def note(self, place: Place, sentence: str, kind: Kind = "lost", prop: str = "") -> None:
        """Say something about a component, or about one of its properties."""
        self.running.note(f"{place.pointer}/{prop}" if prop else place.pointer, sentence, kind)

    def text(self, place: Place, prop: str) -> str:
        """Return a property as a text of ours."""
        return self.values.text(place.get(prop), place.scope, f"{place.pointer}/{prop}")

    def first(self, place: Place, prop: str) -> Any:
        """Return what a property comes to at first."""
        return self.values.first(place.get(prop), place.scope, f"{place.pointer}/{prop}")

    def bound(self, place: Place) -> str | None:
        """Return the path that an input writes to, or None."""
        value = place.get("value")
        path = value.get("path") if isinstance(value, dict) else None
        return self.values.path(path, place.scope) if isinstance(path, str) else None

    def names(self, place: Place) -> tuple[str, ...]:
        """Return what the values of an input are called: one name, for a date with a time two."""
        return self._names.get((place.part.id, place.scope)) or self._named_input(place)

    def below(self, place: Place, name: Any, prop: str, scope: str | None = None) -> Place | None:
        """Return the component that is named in one; None, and a note, where there is none."""
        part = self.surface.parts.get(name) if isinstance(name, str) else None
        if part is None:
            self.note(place, f"There is no component “{str(name)[:60]}”.", prop=prop)
        elif place.within(part.id):
            self.note(place, f"“{part.id[:60]}” would stand in itself; it is left out there.", prop=prop)
        else:
            return place.below(part, place.scope if scope is None else scope)
        return None

    def children(self, place: Place) -> list[Place]:
        """Return the components in a list of children; a template comes once for each row of its data."""
        listed = place.get("children")
        if not isinstance(listed, list) and not (isinstance(listed, dict) and isinstance(listed.get("path"), str)):
            self.note(place, "There is no list of components here.", prop="children")
            return []
        if isinstance(listed, dict) and (rows := self.values.rows(listed["path"], place.scope)) > _MOST_ROWS:
            self.note(place, f"Cut here: {_MOST_ROWS} of {rows} rows are shown.", prop="children")
        found = [self.below(place, name, prop, scope) for name, prop, scope in self._listed(place)]
        return [child for child in found if child is not None]

    def make(self, place: Place | None) -> list[Tree]:
        """Return what a component becomes: nothing where it was cut, several parts where it takes them."""
        if place is None or not self.running.may_make(place.pointer, place.depth):
            return []
        return self._makers.get(place.part.component, self._otherwise)(self, place)

    def _listed(self, place: Place) -> Iterator[tuple[Any, str, str]]:
        listed = place.get("children")
        if isinstance(listed, list):
            for index, name in enumerate(listed[:MOST_PARTS]):
                yield name, f"children/{index}", place.scope
        elif isinstance(listed, dict) and isinstance(path := listed.get("path"), str):
            for scope in self.values.row_paths(path, place.scope, _MOST_ROWS):
                yield listed.get("componentId"), "children", scope

    def _survey(self) -> None:
        """Find what inputs write to, and which components open dialogs, before any text is made of them."""
        root = self.root()
        waiting = [root] if root else []
        for _ in range(2 * MOST_PARTS):
            if not waiting:
                break
            place = waiting.pop()
            if place.part.component in INPUTS:
                self._named_input(place)
            if place.part.component == "Modal" and isinstance(trigger := place.get("trigger"), str):
                self.opens.setdefault(trigger, self.running.name(place.part.id, f"{place.part.id}_dialog"))
            waiting.extend(reversed(self._around(place)))

    def _around(self, place: Place) -> list[Place]:
        tabs = place.get("tabs")
        entries = tabs[:MOST_PARTS] if isinstance(tabs, list) else []
        named = [(place.get(prop), place.scope) for prop in _LONE]
        named += [(entry.get("child"), place.scope) for entry in entries if isinstance(entry, dict)]
        named += [(name, scope) for name, _, scope in self._listed(place)]
        found = [(self.surface.parts.get(name), scope) for name, scope in named if isinstance(name, str)]
        return [place.below(part, scope) for part, scope in found if part and not place.within(part.id)]

    def _named_input(self, place: Place) -> tuple[str, ...]:
        key = (place.part.id, place.scope)
        path = self.bound(place)
        # Two inputs that write to one path are one value.
        shared = ("", path) if path else key
        if shared not in self._names:
            steps = [step for step in (path or place.part.id).split("/") if step and not step.isdecimal()]
            self._names[shared] = self._new_names(place, steps[-1] if steps else place.part.id, " ".join(steps[-2:]))
        self._names[key] = self._names[shared]
        if path:
            self.values.live[path] = " ".join(f"{{{name}}}" for name in self._names[key])
        return self._names[key]

    def _new_names(self, place: Place, last: str, longer: str) -> tuple[str, ...]:
        if place.part.component != "DateTimeInput" or not (place.get("enableDate") and place.get("enableTime")):
            return (self.running.name(last, longer),)
        stem = last[:-4] if last.lower().endswith("date") else f"{last} "
        return self.running.name(f"{stem}date", f"{longer} date"), self.running.name(f"{stem}time", f"{longer} time")
