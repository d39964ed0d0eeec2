"""What a person has judged, as known values for runs to come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from engine.errors import InvalidRequest, StoreError
from engine.extraction.table import cells_below
from engine.schema.pointer import escape
from engine.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.extraction.review import ReviewedCell, ReviewedRow

NAME = "truth.jsonl"
_OWN = frozenset({"document", "record"})


def write_evaluation(path: Path, rows: Sequence[ReviewedRow], *, unjudged: bool = False) -> int:
    """Write the judged cells of rows as JSON lines that `read_truth` reads; return how many documents they are of.

    `path` is a file, or a folder in which it is called truth.jsonl. A value that nobody looked at is no truth, so it is
    left out, and so is a list of which not all is judged; with `unjudged` all values of the rows that hold a judged
    one are taken for true. Raises InvalidRequest where nothing is judged, StoreError if the file cannot be written.
    """
    lines = []
    for row in rows:
        if not any(cell.reviewed for cell in row.cells.values()):
            continue
        record = row.record if unjudged else _judged(row.record, row.cells, "")
        if record is _NOTHING:
            continue
        plain = isinstance(record, dict) and not record.keys() & _OWN
        told = {"document": row.document} | (record if plain else {"record": record})
        lines.append(json.dumps(told, ensure_ascii=False) + "\n")
    if not lines:
        raise InvalidRequest("No value was accepted or corrected yet.", advice="Review some cells first.")
    target = path / NAME if path.is_dir() else path
    with whole_file(target, StoreError, "Save it under another name.", make_folders=True) as file:
        file.write("".join(lines).encode("utf-8", errors="replace"))
    return len(lines)


class _Nothing:
    pass


_NOTHING = _Nothing()


def _judged(value: Any, cells: dict[str, ReviewedCell], pointer: str) -> Any:
    """Return what of a value was judged, or `_NOTHING`."""
    own = cells.get(pointer)
    if own is not None:
        return value if own.reviewed else _NOTHING
    if isinstance(value, dict):
        below = {key: _judged(each, cells, f"{pointer}/{escape(key)}") for key, each in value.items()}
        kept = {key: each for key, each in below.items() if each is not _NOTHING}
        return kept or _NOTHING
    within = cells_below(cells, pointer)
    return value if within and all(cell.reviewed for cell in within.values()) else _NOTHING
