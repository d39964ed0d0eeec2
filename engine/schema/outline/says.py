"""What a row of the tree says: its name, its type, and its keywords in a few words each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.schema.editing import Kind
from engine.schema.outline.conditions import condition, discriminator
from engine.schema.outline.places import plain_choice
from engine.schema.outline.reading import cut, keywords, string, strings, written
from engine.schema.outline.row import RowKind
from engine.schema.outline.targets import REFERENCES
from engine.schema.outline.types import Types
from engine.schema.outline.wording import Word, named, words_of

if TYPE_CHECKING:
    from engine.schema.editing import Node
    from engine.schema.outline.row import Row
    from engine.schema.outline.targets import Targets
    from engine.schema.outline.types import Shape

_BRANCHES = {"anyOf": "either", "oneOf": "one of", "allOf": "all of"}


@dataclass(frozen=True, slots=True)
class Says:
    """What a row says.

    `type` has a "?" where null is allowed (`nullable`), and brackets where only its keywords tell it; `words` are its
    keywords. `inner` is the pointer of the schema that the type's own keywords stand in: below the row's pointer where
    that only says "this, or null". `reference` is what it refers to, and `target` the pointer of that, if it is there.
    """

    name: str
    type: str
    shape: Shape
    inner: str
    nullable: bool = False
    words: tuple[Word, ...] = ()
    description: str = ""
    reference: str | None = None
    target: str | None = None

    @property
    def line(self) -> str:
        """The words, as they stand in the row."""
        return ", ".join(word.text for word in self.words)


class Speaker:
    """Says what rows say. References are followed for their types only."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._types = Types(targets)

    def says(self, row: Row) -> Says:
        """Return what a row says."""
        node = row.node
        if row.kind is RowKind.GROUP:
            count = len(node.members())
            return Says(row.name, f"{count:,} definition{'' if count == 1 else 's'}", "group", row.pointer)
        if row.kind is RowKind.DATA:
            return Says(row.name, "", "data", row.pointer, words=(Word(row.keyword, written(node, 200)),))
        if not row.is_schema:
            return Says(_name(row), "", "all", row.pointer, words=(_asked(row),))
        return self._schema(row)

    def _schema(self, row: Row) -> Says:
        members = keywords(row.node)
        found = self._types.of(row.pointer, row.node)
        choice = plain_choice(members)
        pointer, node = row.pointer, row.node
        words = words_of(node, {"title"} if row.kind in _TITLED else ())
        if choice is not None:
            pointer, node = f"{row.pointer}/{choice.keyword}/{choice.index}", choice.node
            words = words_of(node) + words
        if row.overruled:
            words = (Word(row.keyword, "overruled by the same name below"), *words)
        inside = keywords(node)
        reference = next((said for each in REFERENCES if (said := string(inside.get(each))) is not None), None)
        target = self._targets.of(pointer, reference) if reference is not None else None
        return Says(
            _name(row),
            found.spoken,
            found.shape,
            pointer,
            found.nullable,
            words,
            string(members.get("description")) or (string(inside.get("description")) or ""),
            reference,
            target[0] if target is not None else None,
        )


_TITLED = frozenset({RowKind.ROOT, RowKind.BRANCH})
"""Rows that are called by their title."""


def _name(row: Row) -> str:
    """Return what a row is called; one without a name of its own by what it does, or what it is about."""
    title = string(row.node.get("title")) if row.kind in _TITLED else None
    match row.kind:
        case RowKind.ROOT:
            return title or "root"
        case RowKind.BRANCH:
            about = title or _told_apart(row.node)
            number = f"{_BRANCHES.get(row.keyword, row.keyword)} {int(row.name) + 1}"
            return f"{number}: {cut(about)}" if about else number
        case RowKind.ITEM:
            return f"item {int(row.name) + 1}"
        case RowKind.DEPENDENCY:
            return f"if {cut(row.name)} is there"
        case RowKind.KEYWORD if row.keyword == "if":
            about = condition(row.node)
            return f"if {about}" if about else "if"
    return row.name


def _told_apart(node: Node) -> str | None:
    """Return what a branch without a title is about: its condition, or the property that names it."""
    begins = node.get("if")
    asked = condition(begins) if begins is not None else None
    if asked is not None:
        return f"if {asked}"
    return discriminator(node)


def _asked(row: Row) -> Word:
    node = row.node
    names = strings(node)
    plain = len(names) == len(node.items()) and node.kind is Kind.ARRAY
    return Word(row.keyword, f"requires {named(names) or 'nothing'}" if plain else written(node, 200))
