"""The rows of a schema's tree: which there are below a row, found without looking further than that.

Below a reference stand the rows of what it leads to, so that a recursive schema has rows without end. A row has a
pointer, where it stands in the text, and a path, the way that was taken to it; below a reference the two part.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.schema.editing import Kind, Syntax
from engine.schema.outline.places import (
    ROW_ORDER,
    Holding,
    holding,
    plain_choice,
    requirements,
)
from engine.schema.outline.reading import is_filled, keywords, string
from engine.schema.outline.row import Row, RowKind
from engine.schema.outline.says import Says, Speaker
from engine.schema.outline.targets import REFERENCES, Targets
from engine.schema.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.editing import Node


_NAMED_KINDS = {
    "properties": RowKind.PROPERTY,
    "patternProperties": RowKind.PATTERN,
    "$defs": RowKind.DEFINITION,
    "definitions": RowKind.DEFINITION,
}


@dataclass(frozen=True, slots=True)
class _Below:
    """Where rows are looked for: a schema, where it stands, and how the way to it is told."""

    path: str
    prefix: str
    pointer: str
    node: Node
    referred: bool


class Outline:
    """The rows of a text, which need not be a schema, nor sound. What has been asked once is remembered."""

    def __init__(self, syntax: Syntax) -> None:
        self.syntax = syntax
        self.targets = Targets(syntax)
        self._speaker = Speaker(self.targets)

    def root(self) -> Row | None:
        """Return the row of the whole schema; None where the text says nothing."""
        node = self.syntax.root
        return None if node is None else Row("", "", "", RowKind.ROOT, "", "", node)

    def children(self, row: Row) -> list[Row]:
        """Return the rows below a row, in order."""
        return list(self._children(row))

    def has_children(self, row: Row) -> bool:
        """Tell whether there are rows below a row."""
        if not self._may_hold(row):
            return False
        if row.is_schema and row.node.kind is Kind.OBJECT:
            # What most rows are below of is found without making them all, since a view asks this of thousands.
            properties = row.node.get("properties")
            if properties is not None and properties.kind is Kind.OBJECT and is_filled(properties):
                return True
        return next(self._children(row), None) is not None

    def says(self, row: Row) -> Says:
        """Return what a row says."""
        return self._speaker.says(row)

    def _may_hold(self, row: Row) -> bool:
        """Tell from the letters alone whether rows could be below: most properties hold no object, and are many."""
        node = row.node
        if node.kind not in {Kind.OBJECT, Kind.ARRAY}:
            return False
        if row.kind is RowKind.DATA or row.kind is RowKind.GROUP:
            return is_filled(node)
        text, start, end = node.source, node.start + 1, node.end
        return any(text.find(sign, start, end) >= 0 for sign in ("{", "Ref", "$ref", "[", "true", "false"))

    def _children(self, row: Row) -> Iterator[Row]:
        if row.kind is RowKind.GROUP:
            yield from self._named(_Below(row.path, "", row.pointer, row.node, row.referred), row.keyword, row.node)
        elif row.kind is RowKind.DATA:
            yield from self._data(row)
        elif row.is_schema:
            below = _Below(row.path, "", row.pointer, row.node, row.referred)
            yield from self._schema(below)

    def _schema(self, below: _Below) -> Iterator[Row]:
        """Yield the rows below a schema: its own, those of what it refers to, and its definitions."""
        pending, met = [below], {below.node.start}
        groups: list[Row] = []
        while pending:  # a chain of references may be longer than calls can be nested
            here = pending.pop(0)
            members = keywords(here.node)
            choice = plain_choice(members) if here is below else None
            if choice is not None:
                pending.append(_inside(here, f"/{choice.keyword}/{choice.index}", choice.node))
            data: list[Row] = []
            for keyword in _ordered(members):
                node = members[keyword]
                step = f"/{escape(keyword)}"
                match holding(keyword, node, members):
                    case Holding.SCHEMA:
                        yield self._row(here, step, RowKind.KEYWORD, keyword, keyword, node)
                    case Holding.LIST if choice is None or keyword != choice.keyword:
                        kind = RowKind.ITEM if keyword in {"items", "prefixItems"} else RowKind.BRANCH
                        for index, each in enumerate(node.items()):
                            yield self._row(here, f"{step}/{index}", kind, keyword, str(index), each)
                    case Holding.NAMED:
                        required = requirements(members) if keyword == "properties" else frozenset()
                        yield from self._named(_inside(here, step, node), keyword, node, required)
                    case Holding.GROUP if not here.referred:
                        groups.append(self._row(here, step, RowKind.GROUP, keyword, keyword, node))
                    case Holding.DATA:
                        data.append(self._row(here, step, RowKind.DATA, keyword, keyword, node))
            yield from data
            for target, node in self._targets_of(here.pointer, members):
                if node.start not in met:
                    met.add(node.start)
                    # "~>" is in no pointer, in which 0 or 1 follows each "~".
                    pending.append(_Below(here.path, f"{here.prefix}~>", target, node, referred=True))
        yield from groups

    def _targets_of(self, pointer: str, members: dict[str, Node]) -> Iterator[tuple[str, Node]]:
        for keyword in REFERENCES:
            said = string(members.get(keyword))
            target = self.targets.of(pointer, said) if said is not None else None
            if target is not None:
                yield target

    def _named(self, below: _Below, keyword: str, node: Node, required: frozenset[str] = frozenset()) -> Iterator[Row]:
        kind = _NAMED_KINDS.get(keyword, RowKind.DEPENDENCY)
        members = node.members()
        keys = [member.key for member in members]
        last = {key: index for index, key in enumerate(keys)}
        counts = Counter(keys) if len(last) < len(keys) else Counter[str]()
        met: Counter[str] = Counter()
        path, prefix, pointer, referred = below.path, below.prefix, below.pointer, below.referred
        for index, (key, member) in enumerate(zip(keys, members, strict=True)):
            step = f"/{escape(key)}"
            token = prefix + step
            overruled, occurrence = False, None
            if counts and counts[key] > 1:
                occurrence = met[key]
                met[key] += 1
                overruled = last[key] != index
                token = f"{token}~#{occurrence}" if overruled else token
            yield Row(
                path + token, token, pointer + step, kind, keyword, key, member.value, key in required, overruled,
                occurrence, referred,
            )  # fmt: skip

    def _data(self, row: Row) -> Iterator[Row]:
        below = _Below(row.path, "", row.pointer, row.node, row.referred)
        if row.node.kind is Kind.OBJECT:
            for key, node in keywords(row.node).items():
                yield self._row(below, f"/{escape(key)}", RowKind.DATA, row.keyword, key, node)
        for index, node in enumerate(row.node.items()):
            yield self._row(below, f"/{index}", RowKind.DATA, row.keyword, str(index), node)

    @staticmethod
    def _row(below: _Below, step: str, kind: RowKind, keyword: str, name: str, node: Node) -> Row:
        token = below.prefix + step
        return Row(below.path + token, token, below.pointer + step, kind, keyword, name, node, referred=below.referred)


def _inside(below: _Below, step: str, node: Node) -> _Below:
    return _Below(below.path, below.prefix + step, below.pointer + step, node, below.referred)


def _ordered(members: dict[str, Node]) -> Iterator[str]:
    """Yield the keywords of a schema in the order of their rows; those that the tree does not know last."""
    yield from (keyword for keyword in ROW_ORDER if keyword in members)
    yield from (keyword for keyword in members if keyword not in _RANKED)


_RANKED = frozenset(ROW_ORDER)
