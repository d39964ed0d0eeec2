"""A second look at a document: the same question with the fields in another order, and where the answers differ.

A small model's values depend on those before them, so a value that comes again after others is more likely to be
right. The prompt stays the same, and is not computed again; only the order in which the mask has the fields is turned
around. What items of a list hold is turned around too, and the order of the items is not.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from engine.extraction.alternatives import MOST, Alternative

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.extraction.cells import Cell
    from engine.extraction.excerpts import Part


def in_another_order(part: Part) -> Part | None:
    """Return what is asked with the fields in the reverse order; None where that is the same, or nothing is quoted."""
    if part.decode is None:
        return None
    turned = part.decode.turned()
    return None if turned.text == part.decode.text else dataclasses.replace(part, decode=turned)


def compare(cells: Mapping[str, Cell], others: Mapping[str, Cell]) -> None:
    """Note in each cell whether a second look, by pointer too, came to its value.

    Where it did not, the cell is doubtful, and its alternatives are those of both looks, with their mean probability.
    """
    for pointer, cell in cells.items():
        other = others.get(pointer)
        cell.agrees = other is not None and _key(cell.value) == _key(other.value)
        if cell.agrees or cell.state == "failed":
            continue
        cell.state = "doubtful"
        seen = "found nothing here" if other is None or other.value is None else f"found {_said(other.value)}"
        cell.note = " ".join(filter(None, (cell.note, f"A second look {seen}.")))
        if other is not None and cell.alternatives and other.alternatives:
            cell.alternatives = _joined(cell, other)


def _joined(cell: Cell, other: Cell) -> list[Alternative]:
    found: dict[str, Alternative] = {}
    for each in (*cell.alternatives, *other.alternatives):
        known = found.setdefault(_key(each.value), dataclasses.replace(each, probability=0.0))
        known.probability += each.probability / 2
    ranked = sorted(found.values(), key=lambda each: -each.probability)
    both = {_key(cell.value), _key(other.value)}
    kept = [each for each in ranked if _key(each.value) in both]
    kept += [each for each in ranked if _key(each.value) not in both][: MOST - len(kept)]
    return sorted(kept, key=lambda each: -each.probability)


def _key(value: Any) -> str:
    """Return a value as it is compared: texts but for case and blanks, 1 and 1.0 alike."""
    if isinstance(value, str):
        return json.dumps(" ".join(value.split()).casefold())
    if isinstance(value, int) and not isinstance(value, bool):
        return json.dumps(float(value))
    return json.dumps(value)


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
