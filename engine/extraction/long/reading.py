"""How a document is read: in one request where it fits, else in several, whose answers become one record."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.documents import Document
from engine.errors import EngineError, RecordIncomplete
from engine.extraction.cells import Assembled, Cell, assemble, check, read_answer
from engine.extraction.excerpts import Excerpts, Part, Source
from engine.extraction.long.choosing import choose_for_lists, choose_for_record
from engine.extraction.long.chunks import cut_document
from engine.extraction.long.coverage import describe_unread, name_places
from engine.extraction.long.division import Division
from engine.extraction.long.fields import list_field, record_fields
from engine.extraction.long.merging import items_of, merge
from engine.extraction.long.search import Search
from engine.extraction.plan import CHARACTERS_PER_TOKEN, HEADING
from engine.extraction.quoting import DecodeSchema
from engine.schema.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.extraction.excerpts import Span
    from engine.extraction.long.chunks import Chunk, Chunks
    from engine.extraction.long.division import ListField
    from engine.extraction.long.measuring import Measure
    from engine.extraction.plan import ExtractionPlan
    from engine.model.protocol import GenerateRequest, ModelInfo, ValueClosed

MOST_REQUESTS = 24
"""Requests that the lists of one document may take; what is worth less than that many excerpts is not read for them."""

_CHUNKS_AT_ONCE, _CHUNKS_FOR_LISTS = 6, 4
_SHORTEST, _LONGEST = 32, 320
"""Tokens of a chunk."""
_ANSWER_PER_TOKEN = 3
"""Tokens that items take as JSON for each token that they are read from, at most."""
_LEAST_ITEMS = 4
_TOKENS_PER_ITEM = 8
_AT_ONCE = 60_000
"""Characters that are measured at once: the host does nothing else meanwhile, some hundredths of a second."""


@dataclass(frozen=True)
class Answer:
    """What a request brought: its answer, and the events that told of its values, by pointer.

    `trimmed` characters of the request's excerpts did not fit after all.
    """

    value: Any
    closed: Mapping[str, ValueClosed] = field(default_factory=dict)
    trimmed: int = 0


class Reading:
    """How one document is read: `parts` are what its requests ask for, the record's first."""

    def __init__(self, source: Source, parts: tuple[Part, ...]) -> None:
        """Take a document and what is asked of it; one part asks for everything."""
        self.source = source
        self.parts = parts

    @property
    def document(self) -> Document:
        """The document that is read."""
        return self.source.document

    def assemble(self, answers: Sequence[Answer | EngineError]) -> Assembled:
        """Return the record that the answers come to, one for each part, or why there is none.

        Raises the error of a part without which there is no record.
        """
        (part,), (answer,) = self.parts, answers
        if isinstance(answer, EngineError):
            raise answer
        made = Assembled(answer.value, {})
        if part.decode is not None:
            made = assemble(part, answer.value, answer.closed)
        read = part.excerpts.without(answer.trimmed).spans
        note = describe_unread(self.document, read, searched=False)
        made.notes = (note,) if note else ()
        return made


class Reader:
    """Decides how documents are read under one plan: what fits is asked for at once."""

    def __init__(self, plan: ExtractionPlan, model: ModelInfo, measure: Measure) -> None:
        """Read for a plan with a model whose host answers `measure`."""
        self._plan = plan
        self._model = model
        self._measure = measure
        self._rooms: dict[str, tuple[GenerateRequest, int]] = {}
        self._decodes: dict[str, DecodeSchema] = {}

    def reading(self, document: Document) -> Reading:
        """Return how a document is read. It may take seconds for one of thousands of pages.

        Raises the `EngineError` of a host that cannot be asked.
        """
        source = Source(document)
        whole = self._plan.whole(source, self._model)
        frame, room = self._room(self._plan.schema_text)
        text = source.text
        if len(text.encode()) < room:
            return Reading(source, (whole,))
        # What cannot fit need not be counted.
        if len(text) <= room * CHARACTERS_PER_TOKEN and self._measure(frame, [text]).tokens[0] <= room:
            return Reading(source, (whole,))
        return self._long(source) or Reading(source, (whole,))

    def _long(self, source: Source) -> Reading | None:
        """Return how a document that does not fit is read; None where not even a small part of it would fit."""
        division = self._division
        rooms = []
        room = group = 0
        if division.record is not None:
            _, room = self._room(division.record)
            rooms.append(room)
        if division.lists:
            frame, group = self._room(division.items(_LEAST_ITEMS))
            group = min(group, max((frame.max_tokens or 0) // _ANSWER_PER_TOKEN, 2 * _SHORTEST))
            rooms.append(group)
        if min(rooms) < 2 * _SHORTEST:
            return None
        target = max(_SHORTEST, min(_LONGEST, max(rooms) // _CHUNKS_AT_ONCE, min(rooms) // _CHUNKS_FOR_LISTS))
        chunks = cut_document(source, target, min(rooms) - _SHORTEST // 2, self._lengths)
        root = json.loads(self._plan.schema_text)
        fields = record_fields(json.loads(division.record)) if division.record is not None else []
        lists = [list_field(one, root) for one in division.lists]
        search = Search(chunks)
        scores = search.scores([*fields, *lists])
        parts = []
        if division.record is not None:
            chosen = choose_for_record(chunks, scores[: len(fields)], room)
            parts.append(self._part(division.record, chunks, chosen))
        if division.lists:
            groups = choose_for_lists(chunks, search, lists, scores[len(fields) :], group, MOST_REQUESTS)
            parts += [self._part(division.items(_most_items(source, chosen)), chunks, chosen) for chosen in groups]
        return _LongReading(self._plan.schema_text, division, chunks, tuple(parts))

    @cached_property
    def _division(self) -> Division:
        return Division(self._plan.schema_text)

    def _part(self, schema_text: str, chunks: Chunks, chosen: Sequence[Chunk]) -> Part:
        excerpts = Excerpts.of(chunks.source, chunks.excerpts(chosen), len(HEADING))
        return Part(schema_text, self._decode(schema_text), excerpts)

    def _decode(self, schema_text: str) -> DecodeSchema | None:
        if not self._plan.grounding:
            return None
        if schema_text not in self._decodes:
            self._decodes[schema_text] = DecodeSchema(schema_text)
        return self._decodes[schema_text]

    def _room(self, schema_text: str) -> tuple[GenerateRequest, int]:
        """Return a request without a document, and the tokens of one that fit into it."""
        if schema_text not in self._rooms:
            nothing = Source(Document(Path(), "", "txt", ()))
            part = Part(schema_text, self._decode(schema_text), Excerpts.beginning(nothing, begins=len(HEADING)))
            frame = self._plan.request(part, self._model)
            self._rooms[schema_text] = frame, self._measure(frame, ()).room
        return self._rooms[schema_text]

    def _lengths(self, texts: Sequence[str]) -> list[int]:
        frame, _ = self._room(self._plan.schema_text)
        found: list[int] = []
        for batch in _batches(texts):
            found += self._measure(frame, batch).tokens
        return found


class _LongReading(Reading):
    """A document that does not fit: the record's part, if it has one, then those that gather the lists."""

    def __init__(self, schema_text: str, division: Division, chunks: Chunks, parts: tuple[Part, ...]) -> None:
        super().__init__(chunks.source, parts)
        self._schema_text = schema_text
        self._division = division
        self._chunks = chunks

    def assemble(self, answers: Sequence[Answer | EngineError]) -> Assembled:
        made = Assembled({}, {})
        pairs = list(zip(self.parts, answers, strict=True))
        record_read: tuple[Span, ...] = ()
        if self._division.record is not None:
            part, answer = pairs.pop(0)
            if isinstance(answer, EngineError):
                raise answer
            made = _read(part, answer)
            record_read = part.excerpts.without(answer.trimmed).spans
        answered = [(part, answer) for part, answer in pairs if isinstance(answer, Answer)]
        if pairs and not answered and self._division.record is None:
            raise next(answer for _, answer in pairs if isinstance(answer, EngineError))
        lists_read = tuple(span for part, answer in answered for span in part.excerpts.without(answer.trimmed).spans)
        notes = [*self._told(record_read, lists_read)]
        found = [_read(part, answer) for part, answer in answered]
        for one in self._division.lists:
            notes += self._add(one, found, made)
        if isinstance(made.record, dict):
            order = {name: place for place, name in enumerate(self._division.names)}
            made.record = dict(sorted(made.record.items(), key=lambda each: order.get(each[0], len(order))))
        made = check(made, self._schema_text)
        made.notes = tuple(notes)
        failed = [(part, answer) for part, answer in pairs if isinstance(answer, EngineError)]
        if failed:
            said = [*self._unanswered(failed), *([made.error.message] if made.error else [])]
            made.error = RecordIncomplete(" ".join(said), advice="Run it again, or with a longer time limit.")
        return made

    def _add(self, one: ListField, found: Sequence[Assembled], made: Assembled) -> Iterator[str]:
        """Put the items of a list into the record, and yield what is to be said of it."""
        items = (item for each in found for item in items_of(each, one.name))
        gathered = merge(items, one, self._chunks.headers, self._chunks.row_at)
        pointer = "" if one.name is None else f"/{escape(one.name)}"
        value: list[Any] | None = [item.value for item in gathered.items]
        if not value and one.schema.get("minItems"):
            value = None
        if one.name is None:
            made.record = value
        else:
            made.record[one.name] = value
        if not value:
            cell = next((each.cells[pointer] for each in found if pointer in each.cells), Cell(value, "absent"))
            cell.value = value
            made.cells[pointer] = cell
        for number, item in enumerate(gathered.items):
            made.cells |= {f"{pointer}/{number}{below}": cell for below, cell in item.cells.items()}
        named = f" of {one.name}" if one.name else ""
        if gathered.repeated:
            yield f"{_count(gathered.repeated, f'item{named} was', f'items{named} were')} found again and kept once."
        if gathered.beyond:
            yield (
                f"The schema allows {one.most:,} items{named}: the first were kept, and "
                f"{gathered.beyond:,} more left out."
            )

    def _told(self, record: tuple[Span, ...], lists: tuple[Span, ...]) -> Iterator[str]:
        document = self.document
        paged = len(document.pages) > 1
        said = []
        if record:
            where = f"from {name_places(document, record)}, where" if paged else "where"
            said.append(f"its fields were read {where} a search found them likeliest")
        if lists:
            where = f"from {name_places(document, lists)}" if paged else "in several pieces"
            said.append(f"its lists were gathered {where}")
        yield f"The document is longer than what the model reads at once: {', and '.join(said)}."
        unread = describe_unread(document, (*record, *lists))
        if unread:
            yield unread

    def _unanswered(self, failed: Sequence[tuple[Part, EngineError]]) -> Iterator[str]:
        by_reason: dict[str, list[Span]] = {}
        for part, error in failed:
            by_reason.setdefault(error.message, []).extend(part.excerpts.spans)
        for reason, spans in by_reason.items():
            paged = len(self.document.pages) > 1
            where = f"on {name_places(self.document, spans)}" if paged else "of a part of the document"
            yield f"The items {where} were not gathered: {reason}"


def _read(part: Part, answer: Answer) -> Assembled:
    if part.decode is None:
        return Assembled(answer.value, {})
    return read_answer(part, answer.value, answer.closed)


def _most_items(source: Source, chunks: Sequence[Chunk]) -> int:
    """Return a bound of the items that an excerpt may hold: a power of two, so that few schemas are made."""
    lines = sum(source.text.count("\n", chunk.start, chunk.end) + 1 for chunk in chunks)
    tokens = sum(chunk.tokens for chunk in chunks)
    most = max(_LEAST_ITEMS, min(lines, tokens // _TOKENS_PER_ITEM))
    return 1 << (most - 1).bit_length()


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and size + len(text) > _AT_ONCE:
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
