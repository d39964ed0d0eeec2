"""Changes of a tree by hand or by the model: each takes a tree and returns another, which shares what did not change.

A node is named by its pointer, the place of a new one by the pointer that it will have: "/children/2" puts it before
the third child, or behind the last where there are two. What cannot be done raises `EditRefused`, which names the
pointer; nothing has changed then.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.errors import EditRefused
from engine.interface.catalogue import ENTRY, ROOT, bundled
from engine.interface.nodes import SLOTS
from engine.interface.places import kind_at, may_hold, node_at, nodes_below, pointer_of, steps_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from engine.interface.catalogue import Catalogue, Component, Prop
    from engine.interface.places import Step

_LONGEST_NAME: Final = 40


def put_prop(tree: Any, at: str, name: str, value: Any) -> Any:
    """Return the tree with a prop of a node set; its type and what it holds are not props."""
    return _at(tree, at, lambda node: {**_plain_prop(node, at, name), name: value})


def take_prop(tree: Any, at: str, name: str) -> Any:
    """Return the tree with a prop of a node taken away, whether it was there or not."""
    return _at(tree, at, lambda node: {key: value for key, value in _plain_prop(node, at, name).items() if key != name})


def insert(tree: Any, at: str, node: Any, catalogue: Catalogue | None = None) -> Any:
    """Return the tree with a node more. What stands among tabs gets a tab of its own, and a tab elsewhere a section."""
    *above, (slot, index) = _below_root(at)
    holder = pointer_of(tuple(above))
    if not may_hold(node_at(tree, holder), slot, catalogue):
        raise EditRefused(f"This component has no {slot}.", where=holder, advice="Put it beside this one.")

    def inserted(held: list[Any]) -> list[Any]:
        if index > len(held):
            raise EditRefused("This place is behind the last one.", where=at)
        return [*held[:index], fitting(node, slot, at), *held[index:]]

    return _in_slot(tree, holder, slot, inserted)


def remove(tree: Any, at: str) -> Any:
    """Return the tree without a node and all below it."""
    node_at(tree, at)
    *above, (slot, index) = _below_root(at)
    return _in_slot(tree, pointer_of(tuple(above)), slot, lambda held: [*held[:index], *held[index + 1 :]])


def move(tree: Any, at: str, to: str, catalogue: Catalogue | None = None) -> Any:
    """Return the tree with a node at another place; `to` counts as before the move. `moved` tells where it is then."""
    node = node_at(tree, at)
    target = moved(at, to)
    return insert(remove(tree, at), target, node, catalogue)


def moved(at: str, to: str) -> str:
    """Return the pointer that a node has after `move`."""
    source, target = _below_root(at), list(_below_root(to))
    if tuple(target[: len(source)]) == source and len(target) > len(source):
        raise EditRefused("A component cannot be moved into itself.", where=to)
    *above, (slot, index) = source
    level = len(above)
    # What stands behind it in its slot moves up by one once it is gone, and so does all below that.
    if len(target) > level and target[:level] == above and target[level][0] == slot and target[level][1] > index:
        target[level] = (slot, target[level][1] - 1)
    return pointer_of(tuple(target))


def duplicate(tree: Any, at: str, catalogue: Catalogue | None = None) -> Any:
    """Return the tree with a copy of a node behind it. Inputs of the copy have names of their own."""
    node = node_at(tree, at)
    *above, (slot, index) = _below_root(at)
    copied = renamed(node, names_of(tree, catalogue), catalogue)
    return insert(tree, pointer_of((*above, (slot, index + 1))), copied, catalogue)


def replace(tree: Any, at: str, node: Any) -> Any:
    """Return the tree with another node at a place. Only a root can take the root's."""
    if not at:
        if not isinstance(node, dict) or kind_at(node) != ROOT:
            raise EditRefused("A screen begins with a root.", where=at)
        return node
    node_at(tree, at)
    *above, (slot, index) = steps_of(at)
    fitted = fitting(node, slot, at)
    return _in_slot(tree, pointer_of(tuple(above)), slot, lambda held: [*held[:index], fitted, *held[index + 1 :]])


def wrap(tree: Any, at: str, holder: dict[str, Any], catalogue: Catalogue | None = None) -> Any:
    """Return the tree with a node within another one, which takes its place.

    What a root or a tab holds is wrapped instead of itself: it has to stay what it is.
    """
    node = node_at(tree, at)
    if isinstance(node, dict) and kind_at(node) in {ROOT, ENTRY}:
        return _at(tree, at, lambda here: {**here, "children": [_around(holder, here.get("children", []), catalogue)]})
    return replace(tree, at, _around(holder, [node], catalogue))


def blank(component: Component, taken: Collection[str] = ()) -> dict[str, Any]:
    """Return a new node of a component, as somebody puts it in: with words that show what is what.

    Where it has a name, that is none of those `taken` (`names_of`).
    """
    node: dict[str, Any] = {} if component.type == ENTRY else {"type": component.type}
    for prop in component.props:
        node[prop.name] = copy.deepcopy(_beginning(prop))
        if _names(prop):
            node[prop.name] = _free(str(node[prop.name]) or component.type, taken)
    if "tabs" in component.slots:
        node["tabs"] = [{"label": "Tab", "children": []}]
    return node


def names_of(tree: Any, catalogue: Catalogue | None = None) -> frozenset[str]:
    """Return the names that the inputs, forms and dialogs of a tree have."""
    return frozenset(
        node["name"] for _, node in nodes_below(tree) if _is_named(node, catalogue) and isinstance(node["name"], str)
    )


def renamed(node: Any, taken: Collection[str], catalogue: Catalogue | None = None) -> Any:
    """Return a copy of a node in which what has a name has a new one, and whatever refers to it follows."""
    names: dict[str, str] = {}
    for name in sorted(names_of(node, catalogue)):
        names[name] = _free(name, {*taken, *names.values()})
    return _following(node, names) if names else copy.deepcopy(node)


@dataclass(frozen=True)
class Patched:
    """A tree with the changes of a patch that could be made, and why the others could not."""

    tree: Any
    refused: tuple[EditRefused, ...]


def apply_patch(tree: Any, changes: Sequence[Any], catalogue: Catalogue | None = None) -> Any:
    """Return the tree with all changes of a patch made. Raises the first `EditRefused`.

    The pointers are those of the tree as it is given, whatever changes stand before: that is the tree the model saw.
    A change of what an earlier one has removed or replaced is passed over. Several nodes put behind the same one stand
    in the order of their changes.
    """
    made = patched(tree, changes, catalogue)
    if made.refused:
        raise made.refused[0]
    return made.tree


def patched(tree: Any, changes: Iterable[Any], catalogue: Catalogue | None = None) -> Patched:
    """Return the tree with those changes made that can be, and why the others cannot (see `apply_patch`)."""
    places = _Places()
    refused = []
    for change in changes:
        try:
            tree = _change(tree, change, places, catalogue)
        except EditRefused as error:
            refused.append(error)
    return Patched(tree, tuple(refused))


class _Places:
    """Where the nodes of the tree before a patch are by now."""

    def __init__(self) -> None:
        self._edits: list[tuple[tuple[Step, ...], int]] = []
        self._behind: dict[str, int] = {}

    def now(self, pointer: str) -> str | None:
        """Return where a node is; None where it is gone."""
        steps = list(steps_of(pointer))
        for place, change in self._edits:
            level = len(place) - 1
            if len(steps) <= level or tuple(steps[:level]) != place[:level] or steps[level][0] != place[level][0]:
                continue
            if change == 0:
                if len(steps) > len(place) and steps[level] == place[level]:
                    return None
            elif change < 0 and steps[level] == place[level]:
                return None
            elif steps[level][1] >= place[level][1]:
                steps[level] = (steps[level][0], steps[level][1] + change)
        return pointer_of(tuple(steps))

    def inserted(self, place: str) -> None:
        self._edits.append((steps_of(place), 1))

    def removed(self, place: str) -> None:
        self._edits.append((steps_of(place), -1))

    def replaced(self, place: str) -> None:
        self._edits.append((steps_of(place), 0))

    def behind(self, pointer: str) -> int:
        """Return how many nodes were put behind one before, and count one more."""
        count = self._behind.get(pointer, 0)
        self._behind[pointer] = count + 1
        return count


def _change(tree: Any, change: Any, places: _Places, catalogue: Catalogue | None) -> Any:
    if not isinstance(change, dict) or not isinstance(change.get("at"), str):
        raise EditRefused("This change names no component.", where="")
    op, at, node = change.get("op"), change["at"], change.get("node")
    now = places.now(at)
    if now is None:
        return tree
    if op != "remove" and not isinstance(node, dict):
        raise EditRefused("This change has no component in it.", where=at)
    if op == "append":
        return _appended(tree, now, node, places, catalogue)
    if op == "remove":
        tree = remove(tree, now)
        places.removed(now)
    elif op == "replace":
        tree = replace(tree, now, node)
        if now:
            places.replaced(now)
    elif op in {"before", "after"}:
        *above, (slot, index) = _below_root(now)
        index += 1 + places.behind(at) if op == "after" else 0
        place = pointer_of((*above, (slot, index)))
        tree = insert(tree, place, node, catalogue)
        places.inserted(place)
    else:
        raise EditRefused("This is no change that can be made.", where=at)
    return tree


def _appended(tree: Any, at: str, node: Any, places: _Places, catalogue: Catalogue | None) -> Any:
    holder = node_at(tree, at)
    slot = next((slot for slot in SLOTS if may_hold(holder, slot, catalogue)), SLOTS[0])
    held = holder.get(slot) if isinstance(holder, dict) else None
    place = f"{at}/{slot}/{len(held) if isinstance(held, list) else 0}"
    tree = insert(tree, place, node, catalogue)
    places.inserted(place)
    return tree


def fitting(node: Any, slot: str, at: str) -> Any:
    """Return a node as it can stand in a slot: among tabs as a tab, elsewhere as a component."""
    if not isinstance(node, dict):
        raise EditRefused("This is no component.", where=at)
    if kind_at(node) == ROOT:
        raise EditRefused("A screen cannot stand within another one.", where=at)
    is_entry = kind_at(node) == ENTRY
    if slot == "tabs" and not is_entry:
        label = next((node[key] for key in ("title", "label", "name") if isinstance(node.get(key), str)), "Tab")
        return {"label": label, "children": [node]}
    if slot != "tabs" and is_entry:
        return {"type": "section", "title": node.get("label", ""), "open": True, "children": node.get("children", [])}
    return node


def _around(holder: dict[str, Any], held: list[Any], catalogue: Catalogue | None) -> dict[str, Any]:
    if may_hold(holder, "children", catalogue):
        return {**holder, "children": held}
    if may_hold(holder, "tabs", catalogue):
        return {**holder, "tabs": [{"label": "Tab", "children": held}]}
    raise EditRefused(f"“{kind_at(holder)}” holds no other components.", where="")


def _below_root(pointer: str) -> tuple[Step, ...]:
    steps = steps_of(pointer)
    if not steps:
        raise EditRefused("The root stays where it is.", where=pointer, advice="Change what it holds.")
    return steps


def _at(tree: Any, pointer: str, change: Callable[[dict[str, Any]], Any]) -> Any:
    """Return the tree with one node changed: the nodes above it are copied, all others are shared."""
    above = []
    here = tree
    for slot, index in steps_of(pointer):
        held = here.get(slot) if isinstance(here, dict) else None
        if not isinstance(held, list) or index >= len(held):
            raise EditRefused("There is no component any more.", where=pointer, advice="Choose another one.")
        above.append((here, slot, index))
        here = held[index]
    if not isinstance(here, dict):
        raise EditRefused("This is no component.", where=pointer, advice="Replace it.")
    made = change(here)
    for node, slot, index in reversed(above):
        held = node[slot]
        made = {**node, slot: [*held[:index], made, *held[index + 1 :]]}
    return made


def _in_slot(tree: Any, holder: str, slot: str, change: Callable[[list[Any]], list[Any]]) -> Any:
    def changed(node: dict[str, Any]) -> dict[str, Any]:
        held = node.get(slot)
        return {**node, slot: change(held if isinstance(held, list) else [])}

    return _at(tree, holder, changed)


def _plain_prop(node: dict[str, Any], at: str, name: str) -> dict[str, Any]:
    if name == "type" or name in SLOTS:
        raise EditRefused(f"“{name}” is no value that can be set.", where=at, advice="Replace the component.")
    return node


def _beginning(prop: Prop) -> Any:
    examples = prop.schema.get("examples")
    return examples[0] if isinstance(examples, list) and examples else prop.default


def _names(prop: Prop | None) -> bool:
    """Tell whether a prop is the name that others refer to a node by: no name of a drawing, nor of another's input."""
    return prop is not None and prop.name == "name" and prop.kind == "text" and "x-names" not in prop.schema


def _is_named(node: Any, catalogue: Catalogue | None) -> bool:
    if not isinstance(node, dict) or "name" not in node:
        return False
    component = (catalogue or bundled()).component(kind_at(node))
    return component is not None and _names(component.prop("name"))


def _free(name: str, taken: Collection[str]) -> str:
    base, number, free = re.sub(r"_\d+$", "", name), 1, name
    while free in taken:
        number += 1
        free = f"{base[: _LONGEST_NAME - 6]}_{number}"
    return free


def _following(node: Any, names: dict[str, str]) -> Any:
    """Return a copy of a node with names replaced: where they stand, as a target, and in braces within texts."""
    inside = re.compile("(?<!\\{)\\{(" + "|".join(map(re.escape, names)) + ")\\}(?!\\})")
    whole: list[Any] = [node]
    pending: list[tuple[Any, Any, Any]] = [(whole, 0, None)]
    while pending:
        holder, key, name = pending.pop()
        value = holder[key]
        if isinstance(value, str):
            is_name = name in {"name", "target"} and value in names
            holder[key] = names[value] if is_name else inside.sub(lambda found: f"{{{names[found[1]]}}}", value)
        elif isinstance(value, dict | list):
            holder[key] = made = value.copy()
            keys: Iterable[Any] = made if isinstance(made, dict) else range(len(made))
            pending.extend((made, inner, inner) for inner in keys)
    return whole[0]
