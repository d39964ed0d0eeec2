"""Places in a tree of components: pointers that lead through slots only, and the nodes there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.errors import EditRefused
from engine.interface.catalogue import ENTRY, bundled
from engine.interface.nodes import SLOTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.interface.catalogue import Catalogue

Step = tuple[str, int]


def steps_of(pointer: str) -> tuple[Step, ...]:
    """Return the slots and indices that a pointer leads through. Raises `EditRefused` where it leads through others."""
    tokens = pointer.split("/")
    slots, indices = tokens[1::2], tokens[2::2]
    if (
        tokens[0]
        or len(slots) != len(indices)
        or not all(slot in SLOTS for slot in slots)
        or not all(index.isascii() and index.isdecimal() and len(index) < 10 for index in indices)
    ):
        raise EditRefused("This is no place for a component.", where=pointer)
    return tuple(zip(slots, map(int, indices), strict=True))


def pointer_of(steps: tuple[Step, ...]) -> str:
    """Return the pointer of some steps."""
    return "".join(f"/{slot}/{index}" for slot, index in steps)


def node_at(tree: Any, pointer: str) -> Any:
    """Return the node that a pointer leads to. Raises `EditRefused` where there is none."""
    here = tree
    for slot, index in steps_of(pointer):
        held = here.get(slot) if isinstance(here, dict) else None
        if not isinstance(held, list) or index >= len(held):
            raise EditRefused("There is no component any more.", where=pointer, advice="Choose another one.")
        here = held[index]
    return here


def nodes_below(tree: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each node with its pointer, from top to bottom, and what is no object too. `tree` stands at `pointer`."""
    pending: list[tuple[str, Any]] = [(pointer, tree)]
    while pending:
        here, node = pending.pop()
        yield here, node
        if isinstance(node, dict):
            for slot in reversed(SLOTS):
                held = node.get(slot)
                if isinstance(held, list):
                    pending.extend((f"{here}/{slot}/{index}", held[index]) for index in reversed(range(len(held))))


def first_changed(before: Any, after: Any) -> str | None:
    """Return the pointer of the first node of a tree that is another than before, the innermost one; None if none is.

    A node that was added is one. Of a node that has lost something, itself is.
    """
    known = dict(nodes_below(before))
    changed: str | None = None
    for pointer, node in nodes_below(after):
        if changed is not None and not pointer.startswith(f"{changed}/"):
            break
        if pointer not in known:
            return pointer
        if node != known[pointer]:
            changed = pointer
    return changed


def holders(tree: Any, catalogue: Catalogue | None = None) -> tuple[str, ...]:
    """Return the pointers of the nodes that have children, so that one can be appended to them."""
    return tuple(pointer for pointer, node in nodes_below(tree) if may_hold(node, "children", catalogue))


def may_hold(node: Any, slot: str, catalogue: Catalogue | None = None) -> bool:
    """Tell whether a node has a slot: its component does, or it holds something there already."""
    if not isinstance(node, dict):
        return False
    component = (catalogue or bundled()).component(kind_at(node))
    return isinstance(node.get(slot), list) or (component is not None and slot in component.slots)


def kind_at(node: dict[str, Any]) -> str:
    """Return the type of a node; one without is an entry of `tabs`."""
    declared = node.get("type", ENTRY)
    return declared if isinstance(declared, str) else ""
