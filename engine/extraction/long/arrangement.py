"""What is asked of one document: one part where it fits, else several, and the record that their answers come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError, RecordIncomplete
from engine.extraction.cells import Assembled, Cell, assemble, check, read_answer
from engine.extraction.long.coverage import describe_unread, name_places
from engine.extraction.long.merging import items_of, merge
from engine.extraction.naming import counted_items, of_list
from engine.schema.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from engine.documents import Document
    from engine.extraction.excerpts import Part, Source, Span
    from engine.extraction.long.chunks import Chunk, Chunks
    from engine.extraction.long.division import Division, ListField
    from engine.model.protocol import ValueClosed


@dataclass(frozen=True)
class Answered:
    """What a part was answered: its value, and the events that told of the values in it, by pointer.

    `trimmed` characters at the end of its excerpts did not fit after all.
    """

    value: Any
    closed: Mapping[str, ValueClosed] = field(default_factory=dict)
    trimmed: int = 0


class Arrangement:
    """A document that is asked for everything at once: `record` is its one part, and `items` are none."""

    def __init__(self, source: Source, record: Part | None, items: tuple[Part, ...] = ()) -> None:
        """Take a document and the parts that are asked of it."""
        self.source = source
        self.record = record
        self.items = items

    @property
    def document(self) -> Document:
        """The document that is asked."""
        return self.source.document

    @property
    def parts(self) -> tuple[Part, ...]:
        """All parts, the record's first."""
        return (*((self.record,) if self.record is not None else ()), *self.items)

    def halves(self, _part: Part) -> tuple[Part, ...]:
        """Return the two parts that a part of the items falls into; none where it cannot be parted."""
        return ()

    def of_record(self, cells: Mapping[str, Cell]) -> dict[str, Cell]:
        """Return those of a record's cells, by pointer, that came of the part which asked for the record."""
        return dict(cells)

    def assemble(self, answers: Sequence[tuple[Part, Answered | EngineError]]) -> Assembled:
        """Return the record that the answers come to, or why there is none; without grounding it has no cells.

        Raises the error of a part without which there is no record.
        """
        ((part, answer),) = answers
        if isinstance(answer, EngineError):
            raise answer
        made = Assembled(answer.value, {})
        if part.decode is not None:
            made = assemble(part, answer.value, answer.closed)
        note = describe_unread(self.document, _spans(part, answer), searched=False)
        made.notes = (note,) if note else ()
        return made


@dataclass(frozen=True)
class Group:
    """A part that gathers items, and the chunks that it is made of."""

    part: Part
    chunks: tuple[Chunk, ...]


class PartedArrangement(Arrangement):
    """A document that does not fit: the record's part, if it has one, and those that gather the items of its lists."""

    def __init__(
        self,
        schema_text: str,
        division: Division,
        chunks: Chunks,
        record: Part | None,
        groups: Iterable[Group],
        group_of: Callable[[Sequence[Chunk]], Group],
    ) -> None:
        """Take how the schema and the document were parted; `group_of` makes the part of some chunks."""
        self._groups = {id(group.part): group for group in groups}
        super().__init__(chunks.source, record, tuple(group.part for group in self._groups.values()))
        self._schema_text = schema_text
        self._division = division
        self._chunks = chunks
        self._group_of = group_of

    def halves(self, part: Part) -> tuple[Part, ...]:
        """Return the two parts that a part of the items falls into; none for a part of one chunk, or the record's."""
        group = self._groups.get(id(part))
        if group is None or len(group.chunks) < 2:
            return ()
        middle = len(group.chunks) // 2
        halves = [self._group_of(group.chunks[:middle]), self._group_of(group.chunks[middle:])]
        self._groups |= {id(half.part): half for half in halves}
        return tuple(half.part for half in halves)

    def of_record(self, cells: Mapping[str, Cell]) -> dict[str, Cell]:
        """Return the cells that are of no list."""
        lists = {escape(one.name) for one in self._division.lists if one.name is not None}
        return {pointer: cell for pointer, cell in cells.items() if pointer[1:].split("/")[0] not in lists}

    def assemble(self, answers: Sequence[tuple[Part, Answered | EngineError]]) -> Assembled:
        """Return the record with the items of its lists, and what is to be said of both.

        Raises the error of the record's part, or of the first where there is nothing but errors.
        """
        made = Assembled({}, {})
        record_read: tuple[Span, ...] = ()
        found: list[Assembled] = []
        lists_read: list[Span] = []
        failed: list[tuple[Part, EngineError]] = []
        for part, answer in answers:
            if isinstance(answer, EngineError):
                if part is self.record:
                    raise answer
                failed.append((part, answer))
            elif part is self.record:
                made, record_read = _read(part, answer), _spans(part, answer)
            else:
                found.append(_read(part, answer))
                lists_read += _spans(part, answer)
        if failed and not found and self.record is None:
            raise failed[0][1]
        notes = list(self._told(record_read, lists_read))
        made.cells.pop("", None)  # of a record that has nothing but lists
        for one in self._division.lists:
            notes += self._add(one, found, made)
        if isinstance(made.record, dict):
            order = {name: place for place, name in enumerate(self._division.names)}
            made.record = dict(sorted(made.record.items(), key=lambda each: order.get(each[0], len(order))))
        made = check(made, self._schema_text)
        made.notes = tuple(notes)
        if failed:
            said = [*self._unanswered(failed), *([made.error.message] if made.error else [])]
            missing = made.error.lacks if made.error else ()
            made.error = RecordIncomplete(
                " ".join(said), missing=missing, advice="Run it again, or allow it more time."
            )
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
        if gathered.repeated == 1:
            yield f"An item{of_list(one.name)} was found again and kept once."
        elif gathered.repeated:
            yield f"{counted_items(gathered.repeated, one.name)} were found again and kept once."
        if gathered.beyond and one.most is not None:
            allowed = f"The schema allows {counted_items(one.most, one.name)}"
            yield f"{allowed}, so {gathered.beyond:,} more {'was' if gathered.beyond == 1 else 'were'} left out."

    def _told(self, record: Sequence[Span], lists: Sequence[Span]) -> Iterator[str]:
        document = self.document
        paged = len(document.pages) > 1
        said = []
        if record:
            where = f"from {name_places(document, record)}, where" if paged else "where"
            said.append(f"its fields were read {where} a search found them likeliest")
        if lists:
            where = f"from {name_places(document, lists)}" if paged else "in several pieces"
            said.append(f"its lists were gathered {where}")
        if said:
            yield f"The document is longer than what the model reads and writes at once: {', and '.join(said)}."
        unread = describe_unread(document, (*record, *lists))
        if unread:
            yield unread

    def _unanswered(self, failed: Sequence[tuple[Part, EngineError]]) -> Iterator[str]:
        by_reason: dict[str, list[Span]] = {}
        for part, error in failed:
            by_reason.setdefault(error.message, []).extend(part.excerpts.spans)
        for reason, spans in by_reason.items():
            yield f"Items {where_of(self.document, spans)} were not gathered: {reason}"


def where_of(document: Document, spans: Iterable[Span]) -> str:
    """Say where spans of a document are: "on pages 3 to 5"; "of a part of the document" where it has no pages."""
    return f"on {name_places(document, spans)}" if len(document.pages) > 1 else "of a part of the document"


def _spans(part: Part, answer: Answered) -> tuple[Span, ...]:
    return part.excerpts.without(answer.trimmed).spans


def _read(part: Part, answer: Answered) -> Assembled:
    if part.decode is None:
        return Assembled(answer.value, {})
    return read_answer(part, answer.value, answer.closed)
