"""A row of a schema's tree."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from engine.schema.editing import Kind, Node


class RowKind(StrEnum):
    """What a row stands for, by how it hangs on the row above it."""

    ROOT = "root"
    PROPERTY = "property"
    PATTERN = "pattern"
    DEFINITION = "definition"
    DEPENDENCY = "dependency"
    BRANCH = "branch"
    ITEM = "item"
    KEYWORD = "keyword"
    GROUP = "group"
    DATA = "data"


RENAMED = frozenset({RowKind.PROPERTY, RowKind.PATTERN, RowKind.DEFINITION, RowKind.DEPENDENCY})
"""Kinds of rows whose names are the schema author's."""


class Row(NamedTuple):
    """A row of the tree: a tuple, since an object of 10,000 properties has as many.

    `token` tells it from its siblings, and `path` from all other rows. `keyword` is what it hangs on, and `name` its
    key, index or keyword. `required` says whether the object above wants it. `overruled` is set for one whose key
    stands once more below it, which is then the one that counts; `occurrence` is its number among those (from 0).
    `referred` says that it lies below a reference: what is changed there is changed for all that refer to it.
    """

    path: str
    token: str
    pointer: str
    kind: RowKind
    keyword: str
    name: str
    node: Node
    required: bool = False
    overruled: bool = False
    occurrence: int | None = None
    referred: bool = False

    @property
    def is_renamed(self) -> bool:
        """Whether its name is the author's, to be changed."""
        return self.kind in RENAMED and not self.overruled

    @property
    def is_schema(self) -> bool:
        """Whether a schema is meant to stand there, of whatever form it is."""
        if self.kind is RowKind.DEPENDENCY:
            return self.node.kind is not Kind.ARRAY
        return self.kind not in {RowKind.GROUP, RowKind.DATA}

    @property
    def container(self) -> str | None:
        """The pointer of the object or array that it is an entry of, and could be moved in; None where there is none.

        That is `/properties` or `/anyOf` of the schema above.
        """
        in_list = self.kind in {RowKind.BRANCH, RowKind.ITEM}
        return self.pointer.rpartition("/")[0] if in_list or self.kind in RENAMED else None
