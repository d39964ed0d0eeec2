"""Files of known values: JSON, JSON lines, CSV, a workbook, a folder of JSON files, and what Espalier exports."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.encoding import decode
from engine.errors import DocumentError, InvalidRequest
from engine.extraction.truth.known import NAMES, Truth
from engine.extraction.truth.tabular import rows_of
from engine.schema.pointer import unescape

if TYPE_CHECKING:
    from pathlib import Path

_EXPORTED = frozenset({"document", "status", "record"})
_READ = frozenset({"done", "incomplete"})
_FORMS = "one object a document with its name under “document”"


def read_truth(path: Path, schema_text: str | None = None) -> Truth:
    """Read what is known of documents.

    JSON is a list of objects, or one object by document name; JSON lines are such objects, and a folder holds one JSON
    file a document, called like it. CSV and workbooks have a column of names and one a field ("vendor.name"). A key or
    column that is missing is not known, null or an empty cell is not in the document. `schema_text` is needed only for
    tables that have a row an item. Raises InvalidRequest with the line of what cannot be read.
    """
    found = _Found(str(path))
    if path.is_dir():
        _read_folder(path, found)
    else:
        data = _bytes(path)
        ending = path.suffix.lower()
        if ending in {".csv", ".tsv", ".xlsx"}:
            for line, name, record, item in rows_of(data, ending, str(path), schema_text):
                found.add(f"line {line}", name, record, item)
        elif ending in {".jsonl", ".ndjson"}:
            _read_lines(_text(data, str(path)), found)
        elif ending == ".json":
            _read_json(_text(data, str(path)), found)
        else:
            raise InvalidRequest(
                "Known values are read from .json, .jsonl, .csv or .xlsx, "
                f"not from {ending or 'a file with no ending'}.",
                where=str(path),
            )
    if not found.records:
        raise InvalidRequest("There are no known values in it.", where=str(path), advice=f"It holds {_FORMS}.")
    return Truth(found.records)


@dataclass
class _Found:
    """Records by document name, as they are read, and where each was first."""

    file: str
    records: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    items: set[str] = field(default_factory=set)

    def add(self, place: str, name: str, record: Any, item: str | None = None) -> None:
        """Keep the record of a document; with `item`, a pointer, it is one that has an item in a list's place."""
        if item is not None:
            self._add_item(place, name, record, item)
            return
        if name in self.records:
            self.refuse(place, f"This is the second record of {name}; the first is {self.places[name]}.")
        self.records[name], self.places[name] = record, place

    def _add_item(self, place: str, name: str, record: Any, item: str) -> None:
        steps = [unescape(token) for token in item.split("/")[1:-1]]
        if name not in self.records:
            self.places[name] = place
            self.items.add(name)
            self.records[name] = _with_list(record, steps)
            return
        if name not in self.items:
            self.refuse(place, f"This is the second record of {name}; the first is {self.places[name]}.")
        value, below = record, self.records[name]
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
            below = below.get(step) if isinstance(below, dict) else None
        if isinstance(below, list):
            below.append(value)

    def refuse(self, place: str, message: str, advice: str | None = None) -> None:
        raise InvalidRequest(message, where=f"{self.file}, {place}" if place else self.file, advice=advice)


def _with_list(record: Any, steps: list[str]) -> Any:
    if not steps:
        return [record]
    if not isinstance(record, dict):
        return record
    return {key: _with_list(each, steps[1:]) if key == steps[0] else each for key, each in record.items()}


def _read_lines(text: str, found: _Found) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            _take(_parsed(line, found, number), f"line {number}", found)


def _read_json(text: str, found: _Found) -> None:
    value = _parsed(text, found)
    if isinstance(value, list):
        for index, each in enumerate(value):
            _take(each, f"entry {index + 1}", found)
    elif isinstance(value, dict) and any(isinstance(value.get(name), str) for name in NAMES):
        _take(value, "", found)
    elif isinstance(value, dict):
        for name, record in value.items():
            found.add(f"“{name}”", name, record)
    else:
        found.refuse("", "This is no list of objects, and no object.", f"Write {_FORMS}.")


def _read_folder(folder: Path, found: _Found) -> None:
    try:
        files = sorted(path for path in folder.rglob("*.json") if path.is_file())
    except OSError as error:
        raise InvalidRequest(f"The folder cannot be read: {error.strerror or error}.", where=str(folder)) from error
    if not files:
        raise InvalidRequest(
            "There is no .json file in this folder.",
            where=str(folder),
            advice="It holds one for each document, called like it: a.json or a.pdf.json for a.pdf.",
        )
    for path in files:
        name = path.relative_to(folder).as_posix().removesuffix(".json")
        inner = _Found(str(path))
        record = _parsed(_text(_bytes(path), str(path)), inner)
        if isinstance(record, dict) and any(isinstance(record.get(key), str) for key in NAMES):
            _take(record, "", found)
        else:
            found.add(path.name, name, record)


def _take(told: Any, place: str, found: _Found) -> None:
    """Keep what one object tells: a record with the document's name in it or beside it, or an exported row."""
    if not isinstance(told, dict):
        found.refuse(place, "This is no object.", f"Write {_FORMS}.")
        return
    key = next((name for name in NAMES if isinstance(told.get(name), str)), None)
    if key is None:
        found.refuse(place, "No document is named.", "Write its file name under “document”.")
        return
    if told.keys() >= _EXPORTED:
        if told["status"] in _READ and told["record"] is not None:
            found.add(place, told[key], told["record"], told.get("item"))
        return
    rest = {name: value for name, value in told.items() if name != key}
    found.add(place, told[key], rest["record"] if rest.keys() == {"record"} else rest)


def _parsed(text: str, found: _Found, line: int | None = None) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {line or error.lineno}, column {error.colno}"
        raise InvalidRequest(f"This is no JSON: {error.msg}.", where=f"{found.file}, {place}") from error
    except RecursionError as error:
        raise InvalidRequest("This is nested too deeply to be read.", where=found.file) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"The file cannot be read: {error.strerror or error}.", where=str(path)) from error


def _text(data: bytes, where: str) -> str:
    try:
        return decode(data, where=where)[0]
    except DocumentError as error:
        raise InvalidRequest(error.message, where=where) from error
