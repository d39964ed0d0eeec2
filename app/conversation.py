"""A thread's messages as a tree, and the branch of it that is shown. Knows no Qt and no store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.store import MessageState, Node


@dataclass(frozen=True)
class Alternatives:
    """Where a message stands among those with the same parent: `at` counts from 0."""

    ids: tuple[int, ...]
    at: int

    def beside(self, step: int) -> int | None:
        """Return the alternative that many steps on, or None past either end."""
        index = self.at + step
        return self.ids[index] if 0 <= index < len(self.ids) else None


class Conversation:
    """The messages of one thread. `path` is the branch that is shown, the first message first."""

    def __init__(self, nodes: Iterable[Node], head: int | None) -> None:
        self._nodes: dict[int, Node] = {}
        self._children: dict[int | None, list[int]] = {}
        self.path: list[Node] = []
        self._place: dict[int, int] = {}
        for node in nodes:
            self._add(node)
        self.go_to(head if head in self._nodes else max(self._nodes, default=None))

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, message: object) -> bool:
        return message in self._nodes

    @property
    def head(self) -> int | None:
        """The last message of the branch that is shown."""
        return self.path[-1].id if self.path else None

    def node(self, message: int) -> Node:
        """Return a message."""
        return self._nodes[message]

    def place(self, message: int) -> int | None:
        """Return where a message stands on the branch that is shown, or None where it does not."""
        return self._place.get(message)

    def alternatives(self, message: int) -> Alternatives:
        """Return a message among those that could stand in its place."""
        beside = self._children[self._nodes[message].parent]
        return Alternatives(tuple(beside), beside.index(message))

    def question(self, message: int) -> int | None:
        """Return the question that an answer is to, or a question itself; None where there is none."""
        node: Node | None = self._nodes[message]
        while node is not None and node.role != "user":
            node = self._nodes.get(node.parent) if node.parent is not None else None
        return node.id if node is not None else None

    def answer(self, question: int) -> int | None:
        """Return the answer to a question on the branch that is shown, or its newest; None where it has none."""
        place = self._place.get(question)
        if place is not None and place + 1 < len(self.path) and self.path[place + 1].role == "assistant":
            return self.path[place + 1].id
        answers = [child for child in self._children.get(question, ()) if self._nodes[child].role == "assistant"]
        return answers[-1] if answers else None

    def leaf(self, message: int) -> int:
        """Return the end of the branch on which a message stands: the newest, where there are several."""
        while children := self._children.get(message):
            message = children[-1]
        return message

    def exchange(self, message: int) -> tuple[Node | None, Node | None]:
        """Return the question and the answer that a message belongs to; either may be missing."""
        question = self.question(message)
        answered = self.answer(message) if question == message else message
        return (
            self._nodes[question] if question is not None else None,
            self._nodes[answered] if answered is not None else None,
        )

    def way(self, message: int | None) -> list[Node]:
        """Return the messages from the first one to this."""
        found: list[Node] = []
        while message is not None:
            found.append(self._nodes[message])
            message = self._nodes[message].parent
        return found[::-1]

    # Changes

    def go_to(self, head: int | None) -> None:
        """Show the branch that ends with `head`."""
        self.path = self.way(head)
        self._place = {node.id: place for place, node in enumerate(self.path)}

    def grow(self, *nodes: Node, head: int | None = None) -> None:
        """Take in new messages and show the branch that ends with `head`, by default the last of them."""
        for node in nodes:
            self._add(node)
        self.go_to(head if head is not None else nodes[-1].id)

    def settle(self, message: int, state: MessageState, size: int) -> None:
        """Take in how an answer ended."""
        if message not in self._nodes:
            return
        node = self._nodes[message]._replace(state=state, size=size)
        self._nodes[message] = node
        place = self._place.get(message)
        if place is not None:
            self.path[place] = node

    def remove(self, message: int) -> None:
        """Leave out a message and all that follows it; where the shown branch ends in it, show the nearest other."""
        node = self._nodes[message]
        beside = self._children[node.parent]
        index = beside.index(message)
        shown = message in self._place
        beside.remove(message)
        pending = [message]
        while pending:
            gone = pending.pop()
            pending += self._children.pop(gone, ())
            del self._nodes[gone]
        if not shown:
            self.go_to(self.head)
        elif beside:
            self.go_to(self.leaf(beside[min(index, len(beside) - 1)]))
        else:
            self.go_to(node.parent)

    def _add(self, node: Node) -> None:
        if node.parent is not None and node.parent not in self._nodes:
            return  # its branch is in the bin
        self._nodes[node.id] = node
        self._children.setdefault(node.parent, []).append(node.id)
