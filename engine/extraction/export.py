"""Rows as files: JSONL, one object a line, and CSV for spreadsheets. A file is replaced as a whole."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError, InvalidRequest, StoreError
from engine.spreadsheet import protect
from engine.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from engine.store import Row

FORMATS = (".jsonl", ".csv")
_ADVICE = "What was extracted is kept: run the same command with another --out."


def check_format(path: Path, *, provenance: bool = False) -> None:
    """Raise InvalidRequest unless the file's ending names a format that can be written, and can hold provenance."""
    if provenance and path.suffix.lower() == ".csv":
        raise InvalidRequest(
            "Where values stand cannot be written into a table.", where=str(path), advice="Write a .jsonl file."
        )
    if path.suffix.lower() not in FORMATS:
        raise InvalidRequest(
            f"Rows are written as {' or '.join(FORMATS)}, not as {path.suffix or 'a file with no ending'}.",
            where=str(path),
        )


def write_rows(path: Path, rows: Sequence[Row], schema_text: str, *, provenance: bool = False) -> None:
    """Write rows as the format that the file's ending names; an older file stays until the new one is whole.

    With `provenance` each row tells of its values where they come from. Raises InvalidRequest for an ending that is
    neither .jsonl nor .csv, or a .csv with provenance, StoreError if it cannot be written.
    """
    check_format(path, provenance=provenance)
    is_table = path.suffix.lower() == ".csv"
    text = to_csv(rows, schema_text) if is_table else to_jsonl(rows, provenance=provenance)
    # The mark at the start is what tells a spreadsheet that a CSV file is UTF-8.
    with whole_file(path, StoreError, _ADVICE, make_folders=True) as file:
        file.write(text.encode("utf-8-sig" if path.suffix.lower() == ".csv" else "utf-8"))


def to_jsonl(rows: Iterable[Row], *, provenance: bool = False) -> str:
    """Return one line of JSON a document: `document`, `status`, `record`, `error`, `notes`.

    With `provenance` also `sha256`, the hash of the document's bytes, and `cells`: for each value, by its JSON
    Pointer, `state`, `quote`, `spans` (characters of the document's text, the likeliest first), `places` (page and
    box, or cell) and `probability`.
    """
    return "".join(
        json.dumps(
            {
                "document": row.document,
                "status": row.state,
                "record": row.record,
                "error": row.error,
                "notes": list(row.notes),
                **({"sha256": row.sha256, "cells": row.cells} if provenance else {}),
            },
            ensure_ascii=False,
        )
        + "\n"
        for row in rows
    )


def to_csv(rows: Sequence[Row], schema_text: str) -> str:
    """Return a table (RFC 4180): document, status, one column for each top-level field, error, notes.

    Nested values are JSON. A record that is no object is one column, `record`. A string that a spreadsheet
    would run as a formula, one that begins with = + - @ or a control character, gets an apostrophe in front
    (https://owasp.org/www-community/attacks/CSV_Injection); numbers are left as they are.
    """
    fields = _fields(rows, schema_text)
    fixed = {"document", "status", "error", "notes"}
    names = ["record"] if fields is None else [f"record.{name}" if name in fixed else name for name in fields]
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(["document", "status", *map(protect, names), "error", "notes"])
    for row in rows:
        values = [row.record] if fields is None else [(row.record or {}).get(name) for name in fields]
        cells = map(_cell, values)
        error = str(EngineError.from_json(row.error)) if row.error else ""
        writer.writerow([protect(row.document), row.state, *cells, protect(error), protect(" ".join(row.notes))])
    return target.getvalue()


def _fields(rows: Sequence[Row], schema_text: str) -> list[str] | None:
    """Return the top-level fields, in the schema's order, or None where not every record is an object."""
    records = [row.record for row in rows if row.state in {"done", "incomplete"}]
    if any(not isinstance(record, dict) for record in records):
        return None
    schema = json.loads(schema_text)
    properties = schema.get("properties") if isinstance(schema, dict) else None
    fields: dict[str, None] = dict.fromkeys(properties if isinstance(properties, dict) else ())
    for record in records:
        fields.update(dict.fromkeys(record))
    return list(fields)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return protect(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
