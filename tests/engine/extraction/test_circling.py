"""An answer that goes in circles is noticed; a document that says the same thing often is not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.extraction.circling import is_circling


@pytest.mark.parametrize(
    "text",
    [
        '{"vendor": "Cherry-Red-' + "Cherry-Red-" * 7,
        '{"quote": "He said \\"yes\\" and 000' + "0" * 60,
        '{"total": 0.' + "3" * 60,
        '{"text": "' + "a sentence of some length that comes again; " * 7,
    ],
)
def test_a_string_or_number_that_repeats_itself_is_a_circle(text: str) -> None:
    assert is_circling(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"hours": [' + "8, " * 60,
        '{"lines": [' + '{"item": "nail", "price": 1}, ' * 20,
        '{"answers": [' + "true, " * 40,
        '{"vendor": "Harrow & Finch Bookbinders, purveyors of endpapers and gold leaf since 1894, Marlowe',
        "",
    ],
)
def test_a_list_of_equal_items_is_none(text: str) -> None:
    assert not is_circling(text)


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=80))
def test_no_finished_value_is_a_circle(letters: list[str]) -> None:
    assert not is_circling(json.dumps({"text": "".join(letters)}))
