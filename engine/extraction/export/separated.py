"""CSV (RFC 4180), for spreadsheets and databases."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from engine.extraction.export.contents import field_name
from engine.spreadsheet import protect

if TYPE_CHECKING:
    from engine.extraction.export.contents import Contents, Line, Told


def to_csv(contents: Contents) -> str:
    """Return a table: document, status, one column for each field, error, notes.

    By items, `item` counts them from 1 within their document. Objects are flattened ("vendor.name"); lists are JSON.
    With sources a field has its state, quote and place in further columns, with confidence that, all of them behind
    the fields. A string that a spreadsheet would run as a formula, one that begins with = + - @ or a control
    character, gets an apostrophe in front (https://owasp.org/www-community/attacks/CSV_Injection); numbers are left
    as they are.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    by_items = not contents.unit.is_document
    before = ["document", *(["item"] if by_items else []), "status"]
    behind = ["error", "notes", *(["review"] if contents.review_below is not None else [])]
    kinds = [*(["state", "quote", "place"] if contents.sources else []), *(["confidence"] * contents.confidence)]
    told = [f"{title} ({kind})" for title in contents.titles for kind in kinds]
    writer.writerow([*before, *map(protect, contents.titles), *behind, *map(protect, told)])
    for line in contents.lines():
        number = [] if not by_items else ["" if line.item is None else str(line.item + 1)]
        cells = [protect(line.row.document), *number, line.row.state, *map(_cell, line.values), *_rest(line)]
        if contents.review_below is not None:
            cells.append(protect(", ".join(field_name(each, line.row.record) for each in line.review)))
        writer.writerow([*cells, *(_said(each, kind) for each in line.told for kind in kinds)])
    return target.getvalue()


def _rest(line: Line) -> tuple[str, str]:
    error = str(line.row.error) if line.row.error else ""
    return protect(error), protect(" ".join(line.row.row.notes))


def _said(told: Told | None, kind: str) -> str:
    if told is None:
        return ""
    if kind == "confidence":
        return "" if told.confidence is None else f"{told.confidence:.3f}"
    return protect({"state": told.state, "quote": told.quote or "", "place": told.place}[kind])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return protect(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
