"""Components of a person's own catalogue that stand for a tree of others."""

from __future__ import annotations

import itertools
import json
from typing import Final

from app.widgets.generated.container import Container
from engine.interface.growth import GrowingTree
from engine.interface.templates import CHILDREN, expanded

_NUMBERS: Final = itertools.count(1)
INNER: Final = "#"
"""What follows the path of a node in those of the parts that its template has made."""


def node_of(path: str) -> str:
    """Return the path of the node that a part belongs to: those of a template belong to the node that has it."""
    return path.partition(INNER)[0]


class Place(Container):
    """Where the children of a node stand within its template."""


class Templated(Container):
    """A node whose template is filled with its props and shown in its place."""

    def build(self) -> None:
        """Begin with nothing."""
        self.inner = GrowingTree(f"{self.path}{INNER}{next(_NUMBERS)}")
        self.place: Place | None = None
        """Where the template says that the children of the node stand."""

    def refresh(self) -> None:
        """Fill the template with the props as they are now."""
        node = {**self.values, "type": self.kind, "children": [{"type": CHILDREN}]}
        given = json.dumps(expanded(node, self.host.catalogue))
        if given != self.inner.text:
            self.host.grow_inside(self.inner.show(given))
