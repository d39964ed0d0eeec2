"""The sentences about what was not read."""

from engine.extraction.long.coverage import describe_unread, name_places
from tests.engine.extraction.long.made import make_document

PAGES = make_document(*["x" * 98] * 40)


def test_what_was_read_as_a_whole_needs_no_sentence() -> None:
    assert describe_unread(PAGES, [(0, len(PAGES.text))]) is None
    assert describe_unread(make_document("One. \n"), [(0, 4)]) is None


def test_pages_that_were_only_searched_are_named() -> None:
    read = [(0, 200), (900, 998)]
    assert describe_unread(PAGES, read) == (
        "Pages 3 to 9 and 11 to 40 were searched and not read by the model (3,700 of 3,998 characters are unread)."
    )


def test_pages_read_in_part_are_told_from_those_that_were_not_read() -> None:
    assert describe_unread(make_document("a" * 98, "b" * 98), [(0, 150)], searched=False) == (
        "Page 2 was read in part (48 of 198 characters are unread)."
    )


def test_a_text_without_pages_is_told_in_characters() -> None:
    assert describe_unread(make_document("x" * 3_000_000), [(0, 38_996)]) == (
        "2,961,004 of 3,000,000 characters were searched and not read by the model."
    )


def test_sheets_are_called_by_their_names() -> None:
    book = make_document("1 | 2", "3 | 4", "5 | 6", names=["Prices", "Old", "Notes"])
    assert describe_unread(book, [(0, 5)]) == (
        "Sheets “Old” and “Notes” were searched and not read by the model (14 of 19 characters are unread)."
    )
    assert name_places(book, [(7, 12)]) == "sheet “Old”"


def test_many_places_are_counted() -> None:
    odd = [(100 * number, 100 * number + 98) for number in range(0, 40, 2)]
    assert name_places(PAGES, odd) == "20 of 40 pages"
    assert name_places(PAGES, odd[:2]) == "pages 1 and 3"
