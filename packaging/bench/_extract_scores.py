"""How right records are, and where their values stand."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from _instances import agrees
from _report import ratio

from engine.extraction.truth import agrees as reads_as
from engine.extraction.values import find_dates, find_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.documents import Document
    from engine.store import Row

_CLOSE = 1e-9


@dataclass
class Score:
    """Fields right of all, overall and by name; fields that have a value, and those of them that are right."""

    right: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    total: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    answered: int = 0
    right_answers: int = 0
    values: int = 0
    standing: int = 0

    def add(self, record: Any, truth: dict[str, Any]) -> None:
        """Compare a record with the truth, field by field; no record has no field right."""
        for name, value in truth.items():
            found = record.get(name) if isinstance(record, dict) else None
            right = isinstance(record, dict) and agrees(found, value)
            self.total[name] += 1
            self.right[name] += right
            if found not in (None, [], {}):
                self.answered += 1
                self.right_answers += right

    def add_standing(self, record: Any, document: Document, schema: Any) -> None:
        """Count the values of a record, and those that stand in its document; what the schema says itself is neither.

        A number or date stands there where it can be read there, other values where their text does.
        """
        numbers = {each for reading in find_numbers(document.text) for each in (reading.value, reading.other)}
        dates = {each for reading in find_dates(document.text) for each in (reading.value, reading.other)}
        text = folded(document.text)
        for value in _values(record, schema):
            self.values += 1
            if isinstance(value, str):
                self.standing += folded(value) in text or value in dates
            else:
                close = any(abs(value - each) <= _CLOSE for each in numbers if each is not None)
                self.standing += close or str(value) in document.text

    @property
    def share(self) -> float | None:
        """Fields right of all."""
        return ratio(sum(self.right.values()), sum(self.total.values()))

    @property
    def precision(self) -> float | None:
        """Fields right of those that have a value."""
        return ratio(self.right_answers, self.answered)

    @property
    def share_answered(self) -> float | None:
        """Fields that have a value, of all."""
        return ratio(self.answered, sum(self.total.values()))

    @property
    def share_standing(self) -> float | None:
        """Values that stand in their document, of all that there are."""
        return ratio(self.standing, self.values)


@dataclass
class Spans:
    """Of the values that say where they stand and are known: those at whose place the true value stands."""

    right: int = 0
    total: int = 0

    def add(self, row: Row, truth: dict[str, Any], document: Document) -> None:
        """Read what stands where the cells of a row say that their values stand."""
        for name, value in truth.items():
            cell = (row.cells or {}).get(f"/{name}")
            if cell and cell.get("spans") and value is not None:
                start, end = cell["spans"][0]
                self.total += 1
                self.right += reads_as(value, document.text[start:end])

    @property
    def share(self) -> float | None:
        """How many of them are right."""
        return ratio(self.right, self.total)


def is_invented(cell: dict[str, Any], text: str) -> bool:
    """Tell whether a value that is to be a quote stands nowhere in a document's text."""
    quote = cell["quote"]
    if cell["state"] == "found" or (quote is None and cell["value"] in (None, [], {})):
        return False
    return quote is None or folded(quote) not in folded(text)


def folded(text: str) -> str:
    """Return a text without its blanks and hyphens, by which lines may break, and without regard to case."""
    return "".join(text.split()).replace("-", "").replace("\xad", "").casefold()


def _values(value: Any, schema: Any) -> list[Any]:
    """Return the texts and numbers in a record but for those that are choices of its schema, by field at the top."""
    fields = schema.get("properties", {}) if isinstance(schema, dict) else {}
    if isinstance(value, dict):
        named = [(each, fields.get(key, {})) for key, each in value.items()]
        return [leaf for each, below in named if "enum" not in json.dumps(below) for leaf in _leaves(each)]
    return list(_leaves(value))


def _leaves(value: Any) -> Iterable[Any]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _leaves(each)
    elif value is not None and not isinstance(value, bool) and value != "":
        yield value
