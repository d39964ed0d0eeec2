"""How right an extraction is, field by field, where true values are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.extraction.table import DOCUMENTS, columns, units, value_of
from engine.extraction.truth.comparing import agrees
from engine.extraction.truth.known import UNKNOWN, known_at
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.extraction.table import Column, Path, Recorded, Unit
    from engine.extraction.truth.known import Truth

_MOST_PAIRS = 250_000
"""Pairs of items that are compared to find which belong together; beyond, items are taken in their order."""
_UNREAD = frozenset({"pending", "running"})


@dataclass
class FieldAccuracy:
    """How often a field is right, wrong (another value than the true one, or one where there is none) or missing.

    `absent` are those that are right in saying that the document does not have it, and `unknown` those of which the
    truth says nothing; these do not count.
    """

    right: int = 0
    wrong: int = 0
    missing: int = 0
    absent: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        """How many values are known."""
        return self.right + self.wrong + self.missing

    @property
    def share(self) -> float | None:
        """How many of the known ones are right."""
        return self.right / self.total if self.total else None

    @property
    def answered(self) -> int:
        """How often there is a value."""
        return self.right - self.absent + self.wrong

    @property
    def precision(self) -> float | None:
        """How many of the values that there are are right."""
        return (self.right - self.absent) / self.answered if self.answered else None

    @property
    def share_answered(self) -> float | None:
        """For how many of the known values there is one."""
        return self.answered / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is not the known one; `pointer` is None for an item that is missing as a whole."""

    document: str
    field: str
    pointer: str | None
    found: Any
    known: Any


@dataclass
class Accuracy:
    """An extraction held against what is known: by the title of a field, and what differs, in document order.

    `documents` are those that were read and are known; `strangers` the names in the truth that are no document here.
    `verdicts` say by document and pointer whether a value is right.
    """

    fields: dict[str, FieldAccuracy] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    documents: int = 0
    strangers: tuple[str, ...] = ()
    verdicts: dict[tuple[str, str], bool] = field(default_factory=dict)

    @property
    def all(self) -> FieldAccuracy:
        """All fields together."""
        whole = FieldAccuracy()
        for each in self.fields.values():
            whole.right += each.right
            whole.wrong += each.wrong
            whole.missing += each.missing
            whole.absent += each.absent
            whole.unknown += each.unknown
        return whole


def accuracy(rows: Sequence[Recorded], truth: Truth, schema_text: str) -> Accuracy:
    """Hold records against what is known of their documents; a document without a record misses every value.

    Documents that are not read yet do not count. Items of lists of objects are paired so that as much as possible
    agrees, whatever their order; their fields are counted each, those of an item too many as wrong. Other lists are
    one field. Raises SchemaError where the schema is none.
    """
    found = units(schema_text)
    plain = [
        column for column in columns(schema_text, DOCUMENTS) if all(unit.path != column.path for unit in found[1:])
    ]
    lists = [(unit, [c for c in columns(schema_text, unit) if c.below]) for unit in found if not unit.is_document]
    if lists and lists[0][0].root_list:
        plain = []
    matching = truth.matching(row.row.document for row in rows)
    known_names = set(matching.values())
    made = Accuracy(strangers=tuple(name for name in truth.records if name not in known_names))
    for column in (*plain, *(column for _, below in lists for column in below)):
        made.fields[column.title] = FieldAccuracy()
    for row in rows:
        name = matching.get(row.row.document)
        if name is None or row.row.state in _UNREAD:
            continue
        made.documents += 1
        known = truth.records[name]
        for column in plain:
            pointer = to_pointer(column.path)
            _count(made, row.row.document, column.title, pointer, value_of(row, pointer), known_at(known, column.path))
        for unit, below in lists:
            _count_items(made, row, unit, below, known)
    return made


def _count_items(made: Accuracy, row: Recorded, unit: Unit, below: Sequence[Column], known: Any) -> None:
    theirs = known_at(known, unit.path)
    if theirs is UNKNOWN or not (theirs is None or isinstance(theirs, list)):
        for column in below:
            made.fields[column.title].unknown += 1
        return
    ours = value_of(row, to_pointer(unit.path))
    known_items = theirs or []
    found_items = ours if isinstance(ours, list) else []
    for ours_at, theirs_at in pair_items(found_items, known_items):
        item = None if theirs_at is None else known_items[theirs_at]
        for column in below:
            path: Path = column.path[len(unit.path) :]
            if ours_at is None:
                pointer, found = None, None
            else:
                pointer = to_pointer((*unit.path, ours_at, *path))
                found = value_of(row, pointer)
            _count(made, row.row.document, column.title, pointer, found, known_at(item, path))


def _count(made: Accuracy, document: str, title: str, pointer: str | None, found: Any, known: Any) -> None:
    counted = made.fields[title]
    if known is UNKNOWN:
        counted.unknown += 1
        return
    right = agrees(found, known)
    if pointer is not None:
        made.verdicts[document, pointer] = right
    if right:
        counted.right += 1
        counted.absent += found is None
    else:
        if found is None:
            counted.missing += 1
        else:
            counted.wrong += 1
        made.differences.append(Difference(document, title, pointer, found, known))


def pair_items(found: Sequence[Any], known: Sequence[Any]) -> list[tuple[int | None, int | None]]:
    """Return which item of one list belongs to which of the other, each at most once, in the order of the known ones.

    Of all pairs those that agree most come together first, and of equal ones those that stand at the same place.
    Items of one side that are left have None on the other.
    """
    if len(found) * len(known) > _MOST_PAIRS:
        shared = min(len(found), len(known))
        pairs = {index: index for index in range(shared)}
    else:
        ranked = sorted(
            (-_likeness(ours, theirs), abs(here - there), there, here)
            for here, ours in enumerate(found)
            for there, theirs in enumerate(known)
        )
        pairs, used = {}, set[int]()
        for likeness, _, there, here in ranked:
            # Items that have nothing in common are paired too: one that is all wrong is better told than two faults.
            if there not in pairs and here not in used and likeness <= 0:
                pairs[there] = here
                used.add(here)
    left = sorted(set(range(len(found))) - set(pairs.values()))
    return [*((pairs.get(there), there) for there in range(len(known))), *((here, None) for here in left)]


def _likeness(ours: Any, theirs: Any) -> float:
    """Return how many of the known values of an item agree."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return sum(agrees(ours.get(key), value) for key, value in theirs.items() if value is not None)
    return float(agrees(ours, theirs))
