"""What of a document one request holds, and where in the document each of its characters stands.

A document that fits is one excerpt, all of it. Of a longer one a prompt holds several, in the document's order, with a
mark where something between them is left out; no quote goes across the mark, since each excerpt is a piece of its own
to whoever grounds the answer.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from engine.extraction.values import Reading, find_dates, find_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from engine.documents import Document
    from engine.extraction.quoting import DecodeSchema

Span = tuple[int, int]

GAP = "\n[…]\n"
"""What stands in a prompt where something of the document is left out."""

LINE_END = "\n"
"""What stands between a table's header and later rows of it: no gap that anybody has to be told of."""


class Source:
    """A document as values are read from it. Made once a document, since every request of it asks for the same."""

    def __init__(self, document: Document) -> None:
        """Take a document; what is found in its text is found when it is first asked for."""
        self.document = document
        self.text = document.text

    @cached_property
    def folded(self) -> str:
        """The text without case, each character in its place."""
        for folded in (self.text.casefold(), self.text.lower()):
            if len(folded) == len(self.text):
                return folded
        return self.text

    @cached_property
    def numbers(self) -> list[Reading]:
        """The numbers of the text, as its own signs for thousands and decimals have them."""
        return find_numbers(self.text)

    @cached_property
    def dates(self) -> list[Reading]:
        """The dates of the text, in the order of day and month that it shows."""
        return find_dates(self.text)


class Excerpt(NamedTuple):
    """`text[start:end]` of a document, which stands from `place` on in a message."""

    start: int
    end: int
    place: int

    @property
    def piece(self) -> Span:
        """Where it stands in the message."""
        return self.place, self.place + self.end - self.start


@dataclass(frozen=True)
class Excerpts:
    """The excerpts that a message holds, and their text as it stands there from `begins` on."""

    source: Source
    excerpts: tuple[Excerpt, ...]
    text: str
    begins: int = 0

    @classmethod
    def of(cls, source: Source, parts: Iterable[tuple[str, Span]], begins: int = 0) -> Excerpts:
        """Put spans of a document together, each with what is to stand before it; what touches becomes one."""
        texts: list[str] = []
        found: list[Excerpt] = []
        place = begins
        for before, (start, end) in parts:
            if found and found[-1].end == start:
                found[-1] = found[-1]._replace(end=end)
            else:
                glue = before if found else ""
                texts.append(glue)
                found.append(Excerpt(start, end, place + len(glue)))
                place += len(glue)
            texts.append(source.text[start:end])
            place += end - start
        return cls(source, tuple(found), "".join(texts), begins)

    @classmethod
    def beginning(cls, source: Source, most: int | None = None, begins: int = 0) -> Excerpts:
        """Take all of a document's text, or its first `most` characters."""
        return cls.of(source, [("", (0, len(source.text[:most])))], begins)

    @property
    def document(self) -> Document:
        """The document that they are of."""
        return self.source.document

    @property
    def end(self) -> int:
        """Where the text ends in the message."""
        return self.begins + len(self.text)

    @property
    def pieces(self) -> tuple[Span, ...]:
        """Where each excerpt stands in the message."""
        return tuple(excerpt.piece for excerpt in self.excerpts)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """What of the document is there: spans of its text in order, those that touch or overlap joined."""
        return join_spans((excerpt.start, excerpt.end) for excerpt in self.excerpts)

    def without(self, characters: int) -> Excerpts:
        """Return what is left where so many characters of the end did not fit."""
        end = self.end - characters
        kept = tuple(
            excerpt._replace(end=min(excerpt.end, excerpt.start + end - excerpt.place))
            for excerpt in self.excerpts
            if excerpt.place < end
        )
        return Excerpts(self.source, kept, self.text[: end - self.begins], self.begins)

    def in_document(self, start: int, end: int) -> Span | None:
        """Return what span of the document stands at a span of the message; None for what is in no one excerpt."""
        index = bisect_right(self._places, start) - 1
        if index < 0 or end > self.excerpts[index].piece[1]:
            return None
        moved = self.excerpts[index].start - self.excerpts[index].place
        return start + moved, end + moved

    def in_message(self, start: int, end: int) -> Iterator[Span]:
        """Yield the places of the message where a span of the document stands as a whole; none, one or several."""
        for excerpt in self.excerpts:
            if excerpt.start <= start and end <= excerpt.end:
                moved = excerpt.place - excerpt.start
                yield start + moved, end + moved

    def within(self, readings: Sequence[Reading]) -> list[Reading]:
        """Return those of a document's readings that stand here as a whole; they come in the text's order."""
        found = [
            reading
            for start, end in self.spans
            for reading in readings[_first(readings, start) : _first(readings, end)]
            if reading.end <= end
        ]
        return [each for each in found if any(True for _ in self.in_message(each.start, each.end))]

    @cached_property
    def _places(self) -> list[int]:
        return [excerpt.place for excerpt in self.excerpts]


@dataclass(frozen=True)
class Part:
    """What one request asks of a document: a schema, filled from these excerpts.

    `schema_text` is the person's schema or what of it this request asks for; `decode` the same in quotes, None
    without grounding.
    """

    schema_text: str
    decode: DecodeSchema | None
    excerpts: Excerpts


def _first(readings: Sequence[Reading], place: int) -> int:
    """Return the index of the first reading that does not begin before a place."""
    return bisect_left(readings, place, key=lambda reading: reading.start)


def join_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in order, those that touch or overlap as one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def gaps_between(spans: Iterable[Span], length: int) -> tuple[Span, ...]:
    """Return what of a text of `length` characters is in none of the spans."""
    edges = [0, *itertools.chain.from_iterable(join_spans(spans)), length]
    return tuple((start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end)
