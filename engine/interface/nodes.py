"""A tree of components as nodes, what is told of it as it changes, and the difference between two of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOTS = ("children", "tabs")
"""The props whose items are nodes; every other prop is a plain value."""


@dataclass(frozen=True, slots=True)
class NodeOpened:
    """A node's type is known. A node that has none by its end, or is no object, opens there with the type ""."""

    path: str
    type: str


@dataclass(frozen=True, slots=True)
class PropGrown:
    """A prop is being written: the text so far, or the items of an array or object that are closed so far."""

    path: str
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class PropClosed:
    """A prop has its value."""

    path: str
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class PropDropped:
    """A prop that was told, whole or as far as it was written, is not there any more."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class NodeClosed:
    """Nothing more comes for a node."""

    path: str


@dataclass(frozen=True, slots=True)
class NodeReopened:
    """A node that was closed is being written again: what was told of it stays."""

    path: str


@dataclass(frozen=True, slots=True)
class NodeDropped:
    """A node is gone, and all below it."""

    path: str


Event = NodeOpened | PropGrown | PropClosed | PropDropped | NodeClosed | NodeReopened | NodeDropped


@dataclass(slots=True)
class Node:
    """One component of a tree.

    `props` are its plain values, `growing` the name of the one that is still being written (as `PropGrown` tells it).
    `slots` are the nodes in each of its slots. `bare` marks what is no object and stands where a node should: its
    type is "", and `props["value"]` is the value.
    """

    path: str
    type: str = ""
    props: dict[str, Any] = field(default_factory=dict)
    slots: dict[str, list[Node]] = field(default_factory=dict)
    closed: bool = False
    growing: str | None = None
    bare: bool = False

    def value(self) -> Any:
        """Return the JSON value that the node stands for, as far as it is written."""
        if self.bare:
            return self.props["value"]
        typed = {"type": self.type} if self.type and not is_tab(self.path) else {}
        slots = {name: [child.value() for child in children] for name, children in self.slots.items()}
        return {**typed, **self.props, **slots}

    def below(self) -> Iterator[Node]:
        """Yield the node and all below it, each before what it holds."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            for children in reversed(node.slots.values()):
                waiting.extend(reversed(children))


def is_tab(path: str) -> bool:
    """Tell whether a path leads to an entry of `tabs`, which is a node of the type "tab" without saying so."""
    steps = path.rsplit("/", 2)
    return len(steps) == 3 and steps[1] == "tabs"


def telling(node: Node) -> list[Event]:
    """Return the events that tell of a node and all below it to somebody who knows nothing of it."""
    return _told([(None, node)])


def difference(old: Node | None, new: Node | None) -> list[Event]:
    """Return the events that make a tree into another: nodes of the same path and type stay, and what else they are.

    Both have the same path. What changes within a node that is closed and stays so is told without reopening it.
    """
    return _told([(old, new)])


def _told(waiting: list[tuple[Node | None, Node | None] | NodeClosed]) -> list[Event]:
    """Walk pairs of an old and a new node of one place, and what is to be told after them, from the last one on."""
    events: list[Event] = []
    while waiting:
        pair = waiting.pop()
        if isinstance(pair, NodeClosed):
            events.append(pair)
            continue
        old, new = pair
        if old and (new is None or (old.type, old.bare) != (new.type, new.bare)):
            events.append(NodeDropped(old.path))
            old = None
        if new is None:
            continue
        if old is None:
            events.append(NodeOpened(new.path, new.type))
        else:
            if old.closed and not new.closed:
                events.append(NodeReopened(new.path))
            events += _drops(old, new)
        events += _props(old, new)
        if new.closed and not (old and old.closed):
            waiting.append(NodeClosed(new.path))
        waiting += reversed(list(_children(old, new)))
    return events


def _drops(old: Node, new: Node) -> Iterator[Event]:
    for name in old.props:
        if name not in new.props:
            yield PropDropped(new.path, name)
    for name, children in old.slots.items():
        for gone in reversed(children[len(new.slots.get(name, ())) :]):
            yield NodeDropped(gone.path)


def _props(old: Node | None, new: Node) -> Iterator[Event]:
    for name, value in new.props.items():
        grows = name == new.growing
        if old and name in old.props and grows == (name == old.growing) and same(old.props[name], value):
            continue
        yield PropGrown(new.path, name, value) if grows else PropClosed(new.path, name, value)


def _children(old: Node | None, new: Node) -> Iterator[tuple[Node | None, Node]]:
    for name, children in new.slots.items():
        before = old.slots.get(name, []) if old else []
        for index, child in enumerate(children):
            yield (before[index] if index < len(before) else None), child


def same(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are the same: 1, 1.0 and true are three. Values may be nested to any depth."""
    waiting = [(one, other)]
    while waiting:
        left, right = waiting.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, dict):
            if left.keys() != right.keys():
                return False
            waiting += ((value, right[key]) for key, value in left.items())
        elif isinstance(left, list):
            if len(left) != len(right):
                return False
            waiting += zip(left, right, strict=True)
        elif left != right:
            return False
    return True
