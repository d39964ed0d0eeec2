"""Chunks of a document: nothing is torn that belongs together, and nothing is lost."""

import io
import itertools
import re

import numpy as np
import openpyxl
import pytest

from engine.documents.sheets import read_workbook
from engine.extraction.excerpts import Excerpts, Source
from engine.extraction.long.blocks import find_blocks
from engine.extraction.long.chunks import Chunks, cut_document
from tests.engine.extraction.long.made import CLAUSES, contract, count_tokens, make_document, make_source, price_table


def cut(source: Source, target: int = 60, most: int = 300) -> Chunks:
    return cut_document(source, target, most, count_tokens)


@pytest.mark.parametrize(
    "pages",
    [contract({}), [price_table(300)], ["word " * 5_000], ["", "  \n", "One line."], ["x" * 4_000], ["漢字。" * 2_000]],
)
def test_chunks_follow_each_other_from_the_beginning_to_the_end(pages: list[str]) -> None:
    source = make_source(*pages)
    chunks = cut(source).chunks
    assert chunks[0].start == 0
    assert chunks[-1].end == len(source.text)
    assert all(one.end == two.start for one, two in itertools.pairwise(chunks))
    assert max(chunk.tokens for chunk in chunks) <= 300


def test_a_document_of_nothing_has_no_chunks() -> None:
    assert len(cut(make_source(""))) == 0


def test_no_chunk_goes_over_the_end_of_a_page() -> None:
    source = make_source(*contract({}, pages=7))
    for chunk in cut(source).chunks:
        text = source.text[chunk.start : chunk.end].rstrip()
        assert source.document.page_at(chunk.start) == source.document.page_at(chunk.start + len(text) - 1)


def test_paragraphs_stay_whole_and_a_heading_goes_with_what_follows_it() -> None:
    source = make_source("\n\n".join(f"Section {name}\n\n{CLAUSES[0]}\n\n{CLAUSES[1]}" for name in "ABCDEFG"))
    texts = [source.text[chunk.start : chunk.end] for chunk in cut(source).chunks]
    assert len(texts) > 3
    for text in texts:
        assert set(re.sub(r"Section \w", "", text).strip().split("\n\n")) - {""} <= set(CLAUSES[:2]) | {""}
        assert not re.search(r"Section \w\s*\Z", text)


def test_no_row_is_cut_and_later_rows_come_with_the_header() -> None:
    source = make_source(price_table(300))
    chunks = cut(source)
    header = "Article     Name     Price"
    assert [source.text[slice(*each)] for each in chunks.headers] == [header]
    rows = re.findall(r"^P-\d{3}     Bracket \d+     \d+\.25$", source.text, re.MULTILINE)
    seen = []
    for chunk in chunks.chunks:
        text = chunks.text(chunk)
        seen += re.findall(r"^P-.*$", text, re.MULTILINE)
        if "P-" in text:
            assert text.count(header) == 1
            assert text.index(header) < text.index("P-")
    assert seen == rows


def test_a_header_is_not_repeated_between_rows_that_follow_each_other() -> None:
    source = make_source(price_table(300))
    chunks = cut(source)
    text = Excerpts.of(source, chunks.excerpts(chunks.chunks[1:4])).text
    assert text.startswith("Article     Name     Price\nP-")
    assert text.count("Article") == 1
    apart = Excerpts.of(source, chunks.excerpts([chunks.chunks[1], chunks.chunks[5]])).text
    assert apart.count("Article") == 2


def test_a_description_that_goes_on_in_the_next_line_stays_with_its_row() -> None:
    row = "P-{0}     Bracket {0} of steel,     {0}.25\n          with four holes"
    source = make_source("Article     Name     Price\n" + "\n".join(row.format(n) for n in range(10, 40)))
    for chunk in cut(source).chunks:
        assert source.text[chunk.start : chunk.end].rstrip().endswith("with four holes")


def test_a_table_that_goes_on_on_the_next_page_has_its_header_there() -> None:
    lines = [f"P-{n}     Bracket     {n}.25" for n in range(10, 40)]
    source = make_source("Article     Name     Price\n" + "\n".join(lines[:15]), "\n".join(lines[15:]))
    chunks = cut(source)
    assert all("Article" in chunks.text(chunk) for chunk in chunks.chunks)


def test_rows_of_a_workbook_are_known_by_their_cells() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Prices"
    sheet.append(["Article", "Price"])
    for number in range(1, 200):
        sheet.append([f"Bracket {number}", number / 4])
    data = io.BytesIO()
    book.save(data)
    pages, _ = read_workbook(data.getvalue(), "prices.xlsx")
    source = Source(make_document())
    source = Source(type(source.document)(source.document.path, "0" * 64, "xlsx", pages))
    chunks = cut(source)
    assert len(chunks) > 5
    for chunk in chunks.chunks:
        first, *rest = chunks.text(chunk).splitlines()
        assert first == "Article | Price"
        assert all(re.fullmatch(r"Bracket \d+ \| [\d.]+", line) for line in rest)
    place = source.text.index("Bracket 150")
    assert chunks.row_at((place, place + 1)) == (place, source.text.index("Bracket 151"))


def test_labels_beside_their_values_have_no_header_to_be_repeated() -> None:
    pairs = "\n".join(f"Field {name}:     value {number}" for number, name in enumerate("ABCDEFGHIJKLMNOPQRSTUVWX"))
    assert cut(make_source(pairs)).headers == ()


def test_a_row_longer_than_the_context_is_cut_for_once() -> None:
    chunks = cut(make_source("Name     Text\nA     " + "word " * 2_000 + "\nB     short 1\nC     short 2")).chunks
    assert max(chunk.tokens for chunk in chunks) <= 300
    assert len(chunks) > 10


def test_blocks_of_a_large_document_are_found_line_by_line() -> None:
    source = make_source("\n".join(f"Line {number}     with a value of     {number}" for number in range(20_000)))
    blocks = find_blocks(source.document, 100)
    assert len(blocks) == 20_000
    assert np.all(np.diff([block.start for block in blocks]) > 0)
