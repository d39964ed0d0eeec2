"""Trees made safe to show, whoever wrote them: a model, a file, a person, or somebody who means harm.

Nothing that can be kept is thrown away: a component that is unknown keeps what it holds, an unknown prop stays. What
is too much is cut where that can be seen, by a node of the type "cut".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from engine.interface.catalogue import ENTRY, ROOT
from engine.interface.fitting import DEFAULT_LIMITS, Limits, bounded, fitted, shown, sound
from engine.interface.nodes import SLOTS

if TYPE_CHECKING:
    from engine.interface.catalogue import Catalogue, Component

__all__ = ["CUT", "Limits", "Problem", "checked", "checked_prop"]

CUT: Final = "cut"
"""The type of a node that stands for others that are not shown; its `reason` says which and why."""
_MOST_PROBLEMS: Final = 500

ProblemKind = Literal["bare", "cut", "extra", "missing", "prop", "unknown"]


@dataclass(frozen=True)
class Problem:
    """What is wrong with one node, or with one prop of it.

    `path` is the node's pointer. `kind`: it is "unknown", or no component at all ("bare"); a "prop" has a wrong value,
    is "missing", or is one that the component has not ("extra"); something is "cut".
    """

    path: str
    kind: ProblemKind
    sentence: str
    prop: str | None = None


def checked_prop(
    component: Component, name: str, value: Any, limits: Limits = DEFAULT_LIMITS
) -> tuple[Any, str | None]:
    """Return a value of one prop as it can be shown, and a sentence on what was wrong with it, None where nothing was.

    What cannot be made right becomes the prop's default. A value of a prop that the component has not is kept as it
    is, as far as that can be shown.
    """
    prop = component.prop(name)
    if prop is None or prop.kind == "nodes":
        return bounded(value, limits)[0], f"“{component.type}” has no {shown(name)}."
    return fitted(prop, component.definitions, value, limits)


def checked(value: Any, catalogue: Catalogue, limits: Limits = DEFAULT_LIMITS) -> tuple[Any, list[Problem]]:
    """Return a tree as it can be shown, and what is wrong with the one that was given, in the order of its nodes.

    The result has all props of each known component. Paths are those of the given tree: what is cut is cut at the end
    of its list. Takes time in proportion to what is shown, not to what is given.
    """
    return _Checking(catalogue, limits).tree(value)


@dataclass
class _Slot:
    """A list of nodes that is being read: from where, to where, how far."""

    given: list[Any]
    made: list[Any]
    path: str
    depth: int
    is_tabs: bool
    done: int = 0


@dataclass
class _Checking:
    catalogue: Catalogue
    limits: Limits
    problems: list[Problem] = field(default_factory=list)
    _count: int = 0
    _open: list[_Slot] = field(default_factory=list)
    _is_cut: bool = False

    def tree(self, value: Any) -> tuple[Any, list[Problem]]:
        made = self._node(value, "", 0, is_entry=False)
        # What is on top of the stack is read to its end first: nodes are met in the order of the text.
        while self._open:
            slot = self._open[-1]
            left = len(slot.given) - slot.done
            if not left:
                self._open.pop()
            elif self._count >= self.limits.nodes:
                self._open.pop()
                self._cut(slot, left, f"a screen shows {self.limits.nodes:,} at most")
            else:
                index = slot.done
                slot.done += 1
                slot.made.append(
                    self._node(slot.given[index], f"{slot.path}/{index}", slot.depth, is_entry=slot.is_tabs)
                )
        return made, self.problems

    def _say(self, path: str, kind: ProblemKind, sentence: str, prop: str | None = None) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(path, kind, sentence, prop))

    def _cut(self, slot: _Slot, left: int, why: str) -> None:
        parts = "1 more part is" if left == 1 else f"{left:,} more parts are"
        sentence = f"Cut here: {parts} not shown, since {why}."
        slot.made.append(
            {"label": "…", "children": [{"type": CUT, "reason": sentence}]}
            if slot.is_tabs
            else {"type": CUT, "reason": sentence}
        )
        self._say(slot.path.rpartition("/")[0], "cut", sentence)

    def _node(self, value: Any, path: str, depth: int, *, is_entry: bool) -> Any:
        self._count += 1
        if not isinstance(value, dict):
            self._say(path, "bare", f"{shown(value)} stands where a component should.")
            return bounded(value, self.limits)[0]
        kind = ENTRY if is_entry else value.get("type")
        component = self.catalogue.component(kind) if isinstance(kind, str) else None
        if kind == CUT and component is None:
            return {"type": CUT, "reason": sound(str(value.get("reason", "")), self.limits)}
        if component is not None and not is_entry and (kind == ENTRY or (kind == ROOT and path)):
            self._say(path, "unknown", f"“{kind}” cannot stand here.")
            component = None
        elif component is None:
            self._say(
                path,
                "unknown",
                f"There is no component {shown(kind)}." if isinstance(kind, str) else "This component has no type.",
            )
        made: dict[str, Any] = {} if is_entry else {"type": sound(kind, self.limits) if isinstance(kind, str) else ""}
        if component is None:
            self._unknown_props(value, path, made)
        else:
            self._props(value, path, made, component)
        self._slots(value, path, made, component, depth)
        return made

    def _unknown_props(self, value: dict[str, Any], path: str, made: dict[str, Any]) -> None:
        plain = {key: inner for key, inner in value.items() if key not in SLOTS and key != "type"}
        kept, is_cut = bounded(plain, self.limits)
        made |= kept
        if is_cut:
            self._say(path, "cut", "Some of what it holds is left out: it is too much.")

    def _props(self, value: dict[str, Any], path: str, made: dict[str, Any], component: Component) -> None:
        for prop in component.props:
            if prop.kind == "nodes":
                continue
            if prop.name in value:
                made[prop.name], wrong = fitted(prop, component.definitions, value[prop.name], self.limits)
                if wrong is not None:
                    self._say(path, "prop", wrong, prop.name)
                continue
            made[prop.name] = None if prop.nullable else prop.default
            if not prop.nullable and prop.default in (None, "", []):
                self._say(path, "missing", f"“{prop.name}” is missing.", prop.name)
        known = {prop.name for prop in component.props} | {"type"} | set(SLOTS)
        for name in [name for name in value if name not in known][: self.limits.items]:
            made[sound(name, self.limits)] = bounded(value[name], self.limits)[0]
            self._say(path, "extra", f"“{component.type}” has no {shown(name)}.", sound(name))
        for name, sentence in _mended(made, component):
            self._say(path, "prop", sentence, name)

    def _slots(
        self, value: dict[str, Any], path: str, made: dict[str, Any], component: Component | None, depth: int
    ) -> None:
        opened = []
        for name in SLOTS:
            is_own = component is not None and name in component.slots
            if name not in value and not is_own:
                continue
            given = value.get(name, [])
            if not isinstance(given, list):
                self._say(path, "prop", f"“{name}” is no list of components.", name)
                given = [given] if isinstance(given, dict) else []
            elif given and component is not None and not is_own:
                self._say(path, "extra", f"“{component.type}” holds no {name}.", name)
            slot = _Slot(given, [], f"{path}/{name}", depth + 1, name == "tabs")
            made[name] = slot.made
            if given and depth + 1 >= self.limits.depth:
                self._cut(slot, len(given), f"parts within parts are shown {self.limits.depth} deep")
            else:
                opened.append(slot)
        self._open.extend(reversed(opened))


def _mended(made: dict[str, Any], component: Component) -> list[tuple[str, str]]:
    """Make props agree with one another, and return what did not, by prop: rows with columns, a choice with options."""
    found = []
    pair = component.schema.get("x-same-length")
    if isinstance(pair, list) and len(pair) == 2 and made.get("source") is None:
        first, *_ = pair
        second, _, inside = str(pair[1]).partition("/*")
        wanted, lists = made.get(first), made.get(second)
        if isinstance(wanted, list) and isinstance(lists, list) and wanted:
            wrong = sum(_resized(lists, index, inside.strip("/"), len(wanted)) for index in range(len(lists)))
            if wrong:
                found.append(
                    (second, f"{wrong:,} of {len(lists):,} do not have {len(wanted):,} entries, as {first} has.")
                )
    options, chosen = made.get("options"), made.get("value")
    if isinstance(options, list) and chosen not in (None, "", []):
        kept = [each for each in chosen if each in options] if isinstance(chosen, list) else chosen
        if kept != chosen or (not isinstance(chosen, list) and chosen not in options):
            made["value"] = kept if isinstance(chosen, list) else None
            found.append(("value", f"{shown(chosen)} is none of the options."))
    return found


def _resized(lists: list[Any], index: int, inside: str, length: int) -> bool:
    """Give the list at an index, or the one under a key of it, the right length; tell whether it had another one."""
    holder = lists[index] if inside else lists
    key: Any = inside or index
    if inside and not (isinstance(holder, dict) and isinstance(holder.get(inside), list)):
        return False
    here = holder[key]
    if not isinstance(here, list) or len(here) == length:
        return False
    # A cell may be empty. A number that nobody gave is not made up.
    missing = 0 if inside or any(not isinstance(each, str) for each in here) else length - len(here)
    holder[key] = [*here[:length], *[""] * missing]
    return True
