"""Recursion that cannot end, and what would let it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from engine.constraint.endless import Endings
from engine.schema.document import SchemaDocument
from engine.schema.drafts import Draft
from engine.schema.editing import Remove, Set
from engine.schema.pointer import unescape, value_at
from engine.schema.problems.found import Found, quoted
from engine.schema.problems.problem import Fix
from engine.schema.references import REFERENCES
from engine.schema.walk import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.problems.subject import Spot, Subject

_MOST_TRIED = 20
_LARGEST = 2_000
"""Subschemas of a schema for which it is tried out what would let the recursion end."""


def endless(subject: Subject) -> Iterator[Found]:
    """Yield where a recursion cannot end: the root's, then those of definitions that only optional keys need."""
    document = subject.document
    if not any(keyword in spot.schema for spot in subject.spots for keyword in REFERENCES):
        return
    pointers = {id(spot.schema): spot for spot in subject.spots}
    told = set[int]()
    whole = _endings(document, document.root)
    starts: list[Any] = [document.root]
    starts += [spot.schema for spot, _ in subject.said if spot.keyword in DEFINITIONS and not whole.ends(spot.schema)]
    for start in starts:
        if subject.is_late():
            return
        culprit = (whole if start is document.root else _endings(document, start)).culprit()
        spot = pointers.get(id(culprit))
        if spot is None or id(culprit) in told:
            continue
        told.add(id(culprit))
        yield _found(subject, spot, pointers[id(start)])


def _endings(document: SchemaDocument, start: Any) -> Endings:
    return Endings(start, document.references.effective, document.references.fixed)


def _found(subject: Subject, spot: Spot, start: Spot) -> Found:
    name = unescape(start.pointer.rpartition("/")[2])
    what = quoted(name) if start.keyword in DEFINITIONS else "instance"
    sentence = f"Recursion that cannot end: every {what} would have to contain another one, and so on for ever."
    fixes = tuple(_mended(subject, start)) if len(subject.spots) <= _LARGEST else ()
    return Found("endless", spot.pointer, sentence, fixes, on_key=True)


def _mended(subject: Subject, start: Spot) -> Iterator[Fix]:
    """Yield what is required on the way and would let the recursion end, if it were not."""
    document, tried = subject.document, 0
    whole = _endings(document, document.root)
    for spot, said in subject.said:
        required, named = said.get("required", ()), said.get("properties", {})
        for index, name in enumerate(required):
            if name not in named or whole.ends(named[name]) or tried == _MOST_TRIED or subject.is_late():
                continue
            tried += 1
            if _ends(document, start.pointer, spot.pointer, {"required": [each for each in required if each != name]}):
                alone = len(required) == 1 and document.draft == Draft.D4  # which wants at least one there
                at = f"{spot.pointer}/required" if alone else f"{spot.pointer}/required/{index}"
                yield Fix(f"Do not require {quoted(name)}", (Remove(at),))
        if said.get("minItems", 0) > 0 and tried < _MOST_TRIED and not whole.ends(said.get("items", True)):
            tried += 1
            if _ends(document, start.pointer, spot.pointer, {"minItems": 0}):
                yield Fix("Allow an empty array", (Set(f"{spot.pointer}/minItems", 0),))


def _ends(document: SchemaDocument, start: str, pointer: str, instead: dict[str, Any]) -> bool:
    """Tell whether a subschema has a finite instance once another one says something else."""
    root = copy.deepcopy(document.root)
    holder = value_at(root, pointer)
    holder.update(instead)
    changed = SchemaDocument("", root, document.draft)
    return _endings(changed, root).ends(value_at(root, start))
