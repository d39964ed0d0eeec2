"""A long document in chunks of about equal length in tokens, none of which goes over the end of a page."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.extraction.excerpts import GAP, LINE_END
from engine.extraction.long.blocks import Block, cut_text, find_blocks, headers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.extraction.excerpts import Source, Span

Lengths = Callable[[Sequence[str]], Sequence[int]]
"""Tells of each text how many tokens it takes by itself."""

_CHARACTERS_PER_TOKEN = 2
"""Fewer than most texts have: what is not torn should fit a chunk."""
_SEAM = 1
"""Tokens that two texts may take more together than apart."""


@dataclass(frozen=True)
class Chunk:
    """`text[start:end]` of a document; the chunks of a document follow each other without a gap.

    `header` is that of the table which the chunk goes on with; `tokens` counts it as well. `rows` is how many rows of
    tables begin in the chunk, `page` the index of its page.
    """

    start: int
    end: int
    page: int
    tokens: int
    header: Span | None = None
    rows: int = 0


@dataclass(frozen=True)
class Chunks:
    """All chunks of a document, its tables' headers and rows, and the tokens of a mark for what is left out."""

    source: Source
    chunks: tuple[Chunk, ...]
    headers: tuple[Span, ...]
    rows: tuple[Span, ...]
    gap: int

    def __len__(self) -> int:
        return len(self.chunks)

    def text(self, chunk: Chunk) -> str:
        """Return what the model would read of a chunk alone: its table's header and its text."""
        return "".join(
            before + self.source.text[start:end] for before, (start, end) in self.excerpts([chunk], first="")
        )

    def excerpts(self, chunks: Iterable[Chunk], first: str = GAP) -> Iterator[tuple[str, Span]]:
        """Yield the spans that some chunks take in a prompt, each with what stands before it.

        A header that stands right before its rows, or is there from the chunk before, is not repeated.
        """
        before: Chunk | None = None
        for chunk in chunks:
            follows = before is not None and before.end == chunk.start
            if chunk.header is not None and not follows:
                yield first, chunk.header
                yield LINE_END, (chunk.start, chunk.end)
            else:
                yield first, (chunk.start, chunk.end)
            before = chunk

    def row_at(self, place: Span) -> Span | None:
        """Return the row of a table that holds the beginning of a span; None where none does."""
        index = bisect_right(self.rows, place[0], key=lambda row: row[0]) - 1
        return self.rows[index] if index >= 0 and place[0] < self.rows[index][1] else None

    def tokens(self, chunks: Iterable[Chunk]) -> int:
        """Return the most tokens that some chunks can take together."""
        return sum(chunk.tokens + self.gap + _SEAM for chunk in chunks)


def cut_document(source: Source, target: int, most: int, lengths: Lengths) -> Chunks:
    """Part a document into chunks of about `target` tokens and never more than `most`.

    What is longer than `most` by itself, a row or a paragraph, is cut nevertheless.
    """
    blocks = find_blocks(source.document, target * _CHARACTERS_PER_TOKEN)
    headers = headers_of(blocks)
    texts = source.text
    known = dict(zip(headers, lengths([texts[start:end] for start, end in headers]), strict=True))
    # A header that leaves its rows no room is not repeated.
    known = {header: tokens for header, tokens in known.items() if tokens <= target // 2}
    counts = lengths([texts[block.start : block.end] for block in blocks])
    sized = list(_fitting(zip(blocks, counts, strict=True), source, most - max(known.values(), default=0), lengths))
    chunks = [
        chunk
        for _, on_page in itertools.groupby(sized, key=lambda each: each[0].page)
        for chunk in _pack(list(on_page), target, known)
    ]
    (gap,) = lengths([GAP])
    rows = tuple((block.start, block.end) for block in blocks if block.row)
    return Chunks(source, tuple(chunks), headers, rows, gap)


def _fitting(
    blocks: Iterable[tuple[Block, int]], source: Source, most: int, lengths: Lengths
) -> Iterator[tuple[Block, int]]:
    """Yield the blocks, those that are too long in pieces."""
    for block, tokens in blocks:
        if tokens <= most:
            yield block, tokens
            continue
        text = source.text[block.start : block.end]
        pieces = list(cut_text(text, max(len(text) * most // (tokens * 2), 1)))
        for (start, end), count in zip(pieces, lengths([text[start:end] for start, end in pieces]), strict=True):
            yield block._replace(start=block.start + start, end=block.start + end), min(count, most)


def _pack(blocks: list[tuple[Block, int]], target: int, headers: dict[Span, int]) -> Iterator[Chunk]:
    """Put the blocks of a page into chunks; a heading goes with what follows it."""
    held: list[tuple[Block, int]] = []
    size = 0
    for block, tokens in blocks:
        if held and size + tokens > target:
            kept = len(held)
            while kept > 1 and held[kept - 1][0].heading:
                kept -= 1
            yield _chunk(held[:kept], headers)
            held = held[kept:]
            size = sum(count for _, count in held) + headers.get(_repeated(held[0][0] if held else block) or (0, 0), 0)
        held.append((block, tokens))
        size += tokens
    if held:
        yield _chunk(held, headers)


def _repeated(block: Block) -> Span | None:
    """Return the header that has to be repeated where a chunk begins with this block."""
    return block.header if block.header is not None and block.header[0] < block.start else None


def _chunk(held: list[tuple[Block, int]], headers: dict[Span, int]) -> Chunk:
    first, last = held[0][0], held[-1][0]
    header = _repeated(first)
    header = header if header in headers else None
    tokens = sum(count for _, count in held) + (headers[header] + _SEAM if header is not None else 0)
    rows = sum(block.row for block, _ in held)
    return Chunk(first.start, last.end, first.page, tokens, header, rows)
