"""Places in a prompt and places in the document are the same text, whatever is left out between."""

from engine.extraction.excerpts import GAP, LINE_END, Excerpts, gaps_between
from tests.engine.extraction.long.made import make_source

TEXT = "Header A\nrow one 1.50\nrow two 2.50\nrow three 3.50\nThe end of 4.50"
ROW_TWO = (TEXT.index("row two"), TEXT.index("row three"))
HEADER = (0, TEXT.index("\n"))


def test_each_place_of_the_message_leads_to_the_same_text_of_the_document() -> None:
    excerpts = Excerpts.of(make_source(TEXT), [("", (0, 8)), (GAP, ROW_TWO), (GAP, (52, len(TEXT)))], begins=10)
    message = "Document:\n" + excerpts.text + "\n\nEnd"
    for start, end in excerpts.pieces:
        for first in range(start, end):
            place = excerpts.in_document(first, first + 1)
            assert place is not None
            assert TEXT[slice(*place)] == message[first]
            assert (first, first + 1) in excerpts.in_message(*place)
    assert message[excerpts.begins : excerpts.end] == excerpts.text


def test_what_goes_over_a_gap_is_no_place() -> None:
    excerpts = Excerpts.of(make_source(TEXT), [("", (0, 8)), (GAP, ROW_TWO)])
    assert excerpts.text == "Header A\n[…]\nrow two 2.50\n"
    assert excerpts.in_document(4, 16) is None
    assert excerpts.in_document(8, 9) is None
    assert list(excerpts.in_message(4, ROW_TWO[0] + 3)) == []


def test_excerpts_that_touch_are_one_so_that_quotes_may_cross_them() -> None:
    excerpts = Excerpts.of(make_source(TEXT), [("", HEADER), (GAP, (HEADER[1], ROW_TWO[1]))])
    assert excerpts.text == TEXT[: ROW_TWO[1]]
    assert excerpts.pieces == ((0, ROW_TWO[1]),)


def test_a_header_that_stands_twice_is_one_place_of_the_document() -> None:
    parts = [("", HEADER), (LINE_END, ROW_TWO), (GAP, HEADER), (LINE_END, (52, len(TEXT)))]
    excerpts = Excerpts.of(make_source(TEXT), parts)
    assert len(list(excerpts.in_message(0, 6))) == 2
    assert {excerpts.in_document(*place) for place in excerpts.in_message(0, 6)} == {(0, 6)}
    assert excerpts.spans == (HEADER, ROW_TWO, (52, len(TEXT)))


def test_numbers_of_an_excerpt_are_read_as_the_whole_document_writes_them() -> None:
    source = make_source("Sum 1.234\n\nNet 2,50 and 3,75 and 4,10")
    found = Excerpts.of(source, [("", (0, 9))])
    assert [(each.value, each.other) for each in found.within(source.numbers)] == [(1234, None)]


def test_what_did_not_fit_is_taken_from_the_end_piece_by_piece() -> None:
    excerpts = Excerpts.of(make_source(TEXT), [("", (0, 8)), (GAP, ROW_TWO)], begins=3)
    assert excerpts.without(0) == excerpts
    cut = excerpts.without(6)
    assert cut.text == "Header A\n[…]\nrow two"
    assert cut.spans == ((0, 8), (ROW_TWO[0], ROW_TWO[0] + 7))
    assert excerpts.without(14).spans == ((0, 8),)


def test_gaps_are_what_no_span_has() -> None:
    assert gaps_between([(2, 4), (3, 6)], 10) == ((0, 2), (6, 10))
    assert gaps_between([], 3) == ((0, 3),)
    assert gaps_between([(0, 3)], 3) == ()
