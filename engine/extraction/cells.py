"""What an answer of quotes comes to: a record, and for each of its values a cell that tells where it stands.

A text that stands in several places is taken to stand where its label does: of the places that follow a word of the
field's name or title on the same line or the line above, the nearest; else the one nearest to what the same object
holds already; else the first. The other places are kept too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from engine.constraint.grounding.places import FREE, Place, Places
from engine.extraction import alternatives
from engine.extraction.alternatives import Alternative, among
from engine.extraction.completeness import hold
from engine.extraction.quoting import REQUIRED
from engine.extraction.signals import shared, signals
from engine.schema.document import read_schema
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.documents import Document
    from engine.errors import RecordIncomplete
    from engine.extraction.excerpts import Part, Span
    from engine.extraction.quoting import DecodeSchema
    from engine.extraction.signals import Kind
    from engine.extraction.values import Reading
    from engine.model.protocol import ValueClosed

State = Literal["exact", "normalised", "found", "absent", "doubtful", "failed"]
"""How a value came to be: quoted as it stands; read from its quote by rule; written by the model, with what supports
it in the document; not in the document; one that a person should look at; one that the schema does not allow."""

Path = tuple[str | int, ...]

MOST_SPANS = 20
"""Places of a value that its cell keeps, at most."""
_LABEL_REACH = 160
"""Characters between a label and its value, at most."""
_SHORTEST_LABEL = 3
_WORDS = re.compile(r"[^\W\d_]+")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass
class Cell:
    """A value of a record, and where it comes from. `spans` are places in the document's text, the likeliest first."""

    value: Any
    state: State
    quote: str | None = None
    spans: list[Span] = field(default_factory=list)
    note: str = ""
    probability: dict[str, float | None] | None = field(default_factory=dict)
    """What the model found likely; None where it tells nothing of that, as some elsewhere do not."""
    alternatives: list[Alternative] = field(default_factory=list)
    signals: dict[str, float | str] = field(default_factory=dict)
    agrees: bool | None = None
    """Whether a second look came to the same value, where one was taken."""

    def to_json(self, document: Document) -> dict[str, Any]:
        """Return the cell as plain JSON, with the boxes or cells of the place where it stands."""
        shown = {"value": self.value, "state": self.state, "quote": self.quote, "spans": [list(s) for s in self.spans]}
        shown["places"] = places_of(document, *self.spans[0]) if self.spans else []
        shown["probability"] = self.probability
        shown["alternatives"] = [_shown(each, document) for each in self.alternatives]
        shown["signals"] = self.signals
        if self.agrees is not None:
            shown["agrees"] = self.agrees
        return shown | ({"note": self.note} if self.note else {})


@dataclass
class Assembled:
    """A record and its cells by pointer; `error` where the record does not satisfy the person's schema.

    `notes` are sentences about how it came to be that a person should know.
    """

    record: Any
    cells: dict[str, Cell]
    error: RecordIncomplete | None = None
    notes: tuple[str, ...] = ()


def places_of(document: Document, start: int, end: int) -> list[dict[str, Any]]:
    """Return where a span stands: page and box (x0, y0, x1, y1 in points), page and cell, or the page alone."""
    boxes = [{"page": page, "box": [round(side, 2) for side in box]} for page, box in document.rectangles(start, end)]
    cells = [{"page": page, "cell": cell.address} for page, cell in document.cells(start, end)]
    return boxes or cells or [{"page": document.page_at(start)}]


def _shown(alternative: Alternative, document: Document) -> dict[str, Any]:
    spans = alternative.spans
    return {
        "value": alternative.value,
        "quote": alternative.quote,
        "spans": [list(span) for span in spans],
        "places": places_of(document, *spans[0]) if spans else [],
        "probability": round(alternative.probability, 4),
    }


def read_answer(part: Part, answer: Any, closed: Mapping[str, ValueClosed]) -> Assembled:
    """Read an answer's quotes; what comes of them is not yet held against a schema.

    `closed` are the events that told of the answer's values, by pointer. The part has to have been asked in quotes.
    """
    assert part.decode is not None
    reader = _Reader(part, part.decode, closed)
    record = reader.read(answer, reader.places.root, reader.own.root, ())
    mark_shared(reader.cells)
    return Assembled(record, reader.cells)


def mark_shared(cells: Mapping[str, Cell]) -> None:
    """Count in the signals of cells, by pointer, how many others stand at the same place."""
    spans = {pointer: cell.spans[0] for pointer, cell in cells.items() if cell.spans}
    for pointer, counted in shared(spans).items():
        cells[pointer].signals |= counted


class _Reader:
    def __init__(self, part: Part, decode: DecodeSchema, closed: Mapping[str, ValueClosed]) -> None:
        self.places = Places(read_schema(decode.text))
        self.own = Places(read_schema(part.schema_text))
        self.cells: dict[str, Cell] = {}
        self._excerpts = part.excerpts
        self._readings = {
            name: {(reading.start, reading.end): reading for reading in readings}
            for name, readings in decode.readings(part.excerpts).items()
        }
        self._text = part.excerpts.source.text
        self._folded = part.excerpts.source.folded
        self._closed = closed
        # Of values that only one text could be a model on this machine tells none either, but never of all.
        told = (each for value in closed.values() for each in (value.mean_probability, value.probability))
        self._tells_chances = not closed or any(each is not None for each in told)
        self._used: dict[Path, list[Span]] = {}

    def read(self, value: Any, place: Place, own: Place, path: Path) -> Any:
        """Return what a part of the answer means, and keep a cell for each value in it."""
        if isinstance(value, dict) and value:
            return {key: self.read(each, place.below(key), own.below(key), (*path, key)) for key, each in value.items()}
        if isinstance(value, list) and value:
            return [self.read(each, place.below(i), own.below(i), (*path, i)) for i, each in enumerate(value)]
        cell = self._cell(value, place, own, path)
        told = self._closed.get(to_pointer(path))
        if told is not None:
            cell.probability = (
                None
                if not self._tells_chances
                else {
                    "mean": told.mean_probability,
                    "min": told.min_probability,
                    "margin": told.margin,
                    "removed": told.removed_mass,
                    "absence": told.absence,
                }
            )
            cell.alternatives = self._alternatives(cell, told, place, own, path)
            cell.signals = self._signals(cell, place, own, path)
        self.cells[to_pointer(path)] = cell
        return cell.value

    def _alternatives(self, cell: Cell, told: ValueClosed, place: Place, own: Place, path: Path) -> list[Alternative]:
        """Return what a cell could hold, what it does among it."""
        if told.probability is None or isinstance(cell.value, dict | list):
            return []
        chosen = Alternative(cell.value, cell.quote, cell.spans)
        labels = self._labels(own, path)
        readings = self._readings.get(place.name)

        def beside(span: Span) -> int | None:
            distance = self._label_distance(span[0], labels)
            return distance if distance <= _LABEL_REACH else None

        if readings is not None:
            return among(alternatives.readings(self._text, readings, beside), told, chosen, "list")
        choice = own.labels if cell.value in own.labels else []
        if choice or place.name == FREE:
            found = among(alternatives.labels(choice), told, chosen, "labels" if choice else "text")
            for each in found:
                each.spans = each.spans or self._nearest(self._support(each.value), own, path)
                each.quote = each.quote or self._quote(each.spans)
            return found
        if cell.value is not None and not isinstance(cell.value, str):
            return among([], told, chosen, "text")
        phrases = alternatives.phrases(self._text, self._excerpts.spans, told, labels, beside, own.admits)
        return among(phrases, told, chosen, "text")

    def _signals(self, cell: Cell, place: Place, own: Place, path: Path) -> dict[str, float | str]:
        readings = self._readings.get(place.name)
        kind: Kind = "choice" if own.labels else "free" if place.name == FREE else "text"
        if readings is not None:
            kind = "date" if place.name.startswith("date") else "number"
        span = cell.spans[0] if cell.spans else None
        others = len(cell.spans if readings is None else readings)
        return signals(self._folded, kind, span, self._labels(own, path), others)

    def _cell(self, value: Any, place: Place, own: Place, path: Path) -> Cell:
        if value is None or value in ({}, []):
            wanted = own.says(REQUIRED)
            note = "The field is to stand in the document, and was not found there." if wanted else ""
            return Cell(value, "doubtful" if wanted else "absent", note=note)
        readings = self._readings.get(place.name)
        quoted = isinstance(value, str) and place.name != FREE
        spans = self._spans(value, path) if quoted else self._support(value)
        spans = self._nearest(spans, own, path)
        if spans and path:
            self._used.setdefault(path[:-1], []).append(spans[0])
        if not quoted:
            return Cell(value, "found", self._quote(spans), spans)
        if readings is None:
            return Cell(value, "exact", self._quote(spans) or value, spans)
        return self._normalised(value, readings, spans)

    def _normalised(self, quote: str, readings: dict[Span, Reading], spans: list[Span]) -> Cell:
        spans = [span for span in spans if span in readings]
        if not spans:
            return Cell(None, "failed", quote, note="This could not be read as a value.")
        reading = readings[spans[0]]
        cell = Cell(reading.value, "normalised", self._quote(spans), spans)
        if reading.other is not None:
            cell.state = "doubtful"
            cell.note = f"This can also be read as {reading.other}."
        return cell

    def _quote(self, spans: list[Span]) -> str | None:
        return self._text[slice(*spans[0])] if spans else None

    def _spans(self, value: str, path: Path) -> list[Span]:
        told = self._closed.get(to_pointer(path))
        if told is None or told.value != value:
            return []
        places = (self._excerpts.in_document(*span) for span in told.spans)
        # A table's header may stand in the message several times.
        return list(dict.fromkeys(place for place in places if place is not None))

    def _support(self, value: Any) -> list[Span]:
        """Return where the document says what the model wrote in the schema's words or its own, if it does."""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return []
        words = re.compile(rf"(?<!\w){re.escape(str(value).casefold())}(?!\w)")
        read = self._excerpts.spans
        return [match.span() for start, end in read for match in words.finditer(self._folded, start, end)]

    def _nearest(self, spans: list[Span], own: Place, path: Path) -> list[Span]:
        """Return spans in the order in which they are likely to be meant."""
        if len(spans) < 2:
            return spans
        labels = self._labels(own, path)
        used = self._used.get(path[:-1], [])

        def rank(span: Span) -> tuple[int, int, int]:
            near = min((abs(span[0] - other[1]) for other in used), default=0)
            return self._label_distance(span[0], labels), near, span[0]

        return sorted(spans, key=rank)[:MOST_SPANS]

    def _labels(self, own: Place, path: Path) -> list[str]:
        """Return the words that a label of the field is likely to have."""
        name = next((step for step in reversed(path) if isinstance(step, str)), "")
        said = [_HUMPS.sub(" ", name).replace("_", " "), *own.titles]
        words = {word.casefold() for each in said for word in _WORDS.findall(each)}
        return [word for word in words if len(word) >= _SHORTEST_LABEL]

    def _label_distance(self, place: int, labels: list[str]) -> int:
        """Return how far before a place a label stands, on its line or the line above; much where none does."""
        furthest = max(place - _LABEL_REACH, 0)
        line = self._folded.rfind("\n", furthest, place)
        above = self._folded.rfind("\n", furthest, max(line, furthest))
        start = max(above + 1, furthest)
        found = [at + len(label) for label in labels if (at := self._folded.rfind(label, start, place)) >= 0]
        return place - max(found) if found else _LABEL_REACH + 1


def check(made: Assembled, schema_text: str) -> Assembled:
    """Hold a record against the person's schema, and mark the cells that it does not allow."""
    missing = {pointer for pointer, cell in made.cells.items() if cell.value is None and cell.state != "failed"}
    held = hold(made.record, schema_text, missing)
    for pointer, message in held.wrong.items():
        if pointer in made.cells:
            made.cells[pointer].state, made.cells[pointer].note = "failed", message
    made.error = held.error
    return made
