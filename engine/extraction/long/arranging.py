"""Which requests a document takes: one where its text and its lists fit, else those of its best excerpts."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from engine.documents import Document
from engine.errors import EndpointError, ModelCrashed
from engine.extraction.excerpts import Excerpts, Part, Source
from engine.extraction.long.arrangement import Arrangement, Group, PartedArrangement
from engine.extraction.long.blocks import find_blocks
from engine.extraction.long.choosing import choose_for_lists, choose_for_record
from engine.extraction.long.chunks import cut_document
from engine.extraction.long.division import Division
from engine.extraction.long.fields import list_field, record_fields, words_of
from engine.extraction.long.search import Search
from engine.extraction.plan import CHARACTERS_PER_TOKEN, HEADING
from engine.extraction.quoting import DecodeSchema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.extraction.long.chunks import Chunk, Chunks
    from engine.extraction.long.measuring import Measure
    from engine.extraction.plan import ExtractionPlan
    from engine.model.protocol import GenerateRequest, ModelInfo

MOST_GROUPS = 48
"""Requests that the lists of one document may begin with; of what is beyond, the excerpts worth least are not read."""

_CHUNKS_AT_ONCE, _CHUNKS_FOR_LISTS, _MOST_AT_ONCE = 6, 4, 16
"""How many chunks should fit at once, at least: one for each field, up to a bound."""
_SHORTEST, _LONGEST = 32, 320
"""Tokens of a chunk."""
_ANSWER_PER_TOKEN = 3
"""Tokens that items take as JSON for each token that they are read from, at most."""
_LEAST_ITEMS = 4
_TOKENS_PER_ITEM = 8
_KEY = 5
"""Tokens that a value takes in JSON beside those of its own, at least."""
_CHARACTERS = 4
"""Characters of a table's row for each token of its values, at most."""
_AT_ONCE = 60_000
"""Characters that are measured at once: the host does nothing else meanwhile, some hundredths of a second."""
_LONGEST_PARAGRAPH = 1_000


class Arranger:
    """Arranges the requests of documents under one plan."""

    def __init__(self, plan: ExtractionPlan, model: ModelInfo, measure: Measure) -> None:
        """Arrange for a plan and a model whose host answers `measure`. Not for several threads at once."""
        self._plan = plan
        self._model = model
        self._measure = measure
        self._rooms: dict[str, tuple[GenerateRequest, int]] = {}
        self._decodes: dict[str, DecodeSchema] = {}

    @property
    def gathers(self) -> bool:
        """Whether the schema has lists whose items can be asked for apart."""
        return bool(self._division.lists)

    def arrange(self, source: Source) -> Arrangement:
        """Return what is asked of a document. It may take seconds for one of thousands of pages.

        A host that dies meanwhile, or an endpoint that is not there, is left to the request that follows. Raises the
        `EngineError` of one that answers with it.
        """
        whole = Arrangement(source, self._plan.whole(source, self._model))
        try:
            if self._fits(source):
                return whole
            return self.divide(source) or whole
        except (ModelCrashed, EndpointError):
            return whole

    def divide(self, source: Source) -> PartedArrangement | None:
        """Return how a document is asked in parts, whether it fits or not; None where not even small parts fit."""
        division = self._division
        rooms: dict[str, int] = {}
        if division.record is not None:
            rooms["record"] = self._room(division.record)[1]
        if division.lists:
            frame, room = self._room(division.items(_LEAST_ITEMS))
            rooms["lists"] = min(room, max((frame.max_tokens or 0) // _ANSWER_PER_TOKEN, 2 * _SHORTEST))
        least = min(rooms.values())
        if least < 2 * _SHORTEST:
            return None
        root = json.loads(self._plan.schema_text)
        fields = record_fields(json.loads(division.record)) if division.record is not None else []
        at_once = max(_CHUNKS_FOR_LISTS if division.lists else _CHUNKS_AT_ONCE, min(len(fields), _MOST_AT_ONCE))
        target = max(_SHORTEST, min(_LONGEST, least // at_once))
        chunks = cut_document(source, target, least - _SHORTEST // 2, self._lengths)
        lists = [list_field(one, root) for one in division.lists]
        search = Search(chunks)
        scores = search.scores([*fields, *lists])

        def group_of(chosen: Sequence[Chunk]) -> Group:
            asked = division.items(_most_items(source, chosen))
            return Group(self._part(asked, chunks, chosen), tuple(chosen))

        record = None
        if division.record is not None:
            chosen = choose_for_record(chunks, scores[: len(fields)], rooms["record"])
            record = self._part(division.record, chunks, chosen)
        groups = []
        if division.lists:
            groups = choose_for_lists(chunks, search, lists, scores[len(fields) :], rooms["lists"], MOST_GROUPS)
        return PartedArrangement(
            self._plan.schema_text, division, chunks, record, [group_of(group) for group in groups], group_of
        )

    def _fits(self, source: Source) -> bool:
        """Tell whether a document's text fits into one request, and the rows of its tables into one answer."""
        frame, room = self._room(self._plan.schema_text)
        text = source.text
        # No token is shorter than a byte, and what surely cannot fit need not be counted.
        if len(text.encode()) >= room:
            if len(text) > room * CHARACTERS_PER_TOKEN:
                return False
            (tokens,) = self._measure(frame, [text]).tokens
            if tokens > room:
                return False
        return not self._division.lists or self._least_of_lists(source) <= (frame.max_tokens or 0)

    def _least_of_lists(self, source: Source) -> int:
        """Return the least tokens that the rows of a document's tables take as items; 0 where they may be none."""
        fields = [list_field(one, json.loads(self._plan.schema_text)) for one in self._division.lists]
        # A row is an item where its header names what the items have.
        least = 0
        for block in find_blocks(source.document, _LONGEST_PARAGRAPH):
            if block.header is None or block.header[0] >= block.start:
                continue
            named = set(words_of([source.text[slice(*block.header)]]))
            most = max((len(named & set(words_of(field.name))) for field in fields), default=0)
            least += (_KEY * most + (block.end - block.start) // _CHARACTERS) if most else 0
        return least

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
        return [tokens for batch in _batches(texts) for tokens in self._measure(frame, batch).tokens]


def _most_items(source: Source, chunks: Sequence[Chunk]) -> int:
    """Return a bound of the items that some chunks may hold: a model that knows no end is stopped by it."""
    lines = [line for chunk in chunks for line in source.text[chunk.start : chunk.end].splitlines() if line.strip()]
    tokens = sum(chunk.tokens for chunk in chunks)
    return max(_LEAST_ITEMS, min(len(lines), tokens // _TOKENS_PER_ITEM))


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
