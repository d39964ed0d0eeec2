"""The text of a screen and of parts that are written anew, as what it tells of the tree that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.interface.growth import GrowingTree, NodeDropped
from engine.interface.nodes import difference, telling

if TYPE_CHECKING:
    from engine.interface.growth import Event, Node


class Incoming:
    """Reads texts and returns what they change in the tree that was told so far."""

    def __init__(self) -> None:
        self._tree = GrowingTree()
        self._grown: dict[str, GrowingTree] = {}

    def goes_on(self, text: str) -> bool:
        """Tell whether a text only adds to the present one."""
        return not self._grown and text.startswith(self._tree.text)

    def show(self, text: str) -> list[Event]:
        """Return what makes the tree that was told into that of a text."""
        if not self._grown:
            return self._tree.show(text)
        # What was told is no longer what was read from the text.
        before, self._tree, self._grown = self._tree.root, GrowingTree(), {}
        self._tree.feed(text)
        return difference(before, self._tree.root)

    def show_anew(self, text: str) -> list[Event]:
        """Return what makes any tree into that of a text, whatever was told of it."""
        self._tree, self._grown = GrowingTree(), {}
        self._tree.feed(text)
        root = self._tree.root
        return [NodeDropped(""), *(telling(root) if root is not None else [])]

    def grow(self, path: str, text: str) -> list[Event]:
        """Return what puts the node of a text, as far as it is written, in the place of the one at `path`."""
        if path == "":
            return self.show(text)
        old = self._node(path)
        if old is None:
            return []
        grown = self._grown.get(path)
        if grown is not None:
            events = grown.show(text)
        else:
            grown = GrowingTree(path)
            grown.feed(text)
            if grown.root is None:
                return []
            self._grown[path] = grown
            events = difference(old, grown.root)
        if grown.root is not None:
            self._graft(path, grown.root)
        return events

    def _node(self, path: str) -> Node | None:
        node = self._tree.root
        steps = path.split("/")[1:]
        for slot, index in zip(steps[::2], steps[1::2], strict=False):
            inside = node.slots.get(slot, []) if node is not None else []
            if not index.isdecimal() or int(index) >= len(inside):
                return None
            node = inside[int(index)]
        return node

    def _graft(self, path: str, node: Node) -> None:
        above, slot, index = path.rsplit("/", 2)
        holder = self._node(above)
        if holder is not None:
            holder.slots[slot][int(index)] = node
