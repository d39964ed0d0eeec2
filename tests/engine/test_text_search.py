from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.errors import EngineError
from engine.workers.text_search import Found, TextSearch

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def search() -> Iterator[TextSearch]:
    made = TextSearch(seconds=5)
    yield made
    made.stop()


def test_what_fits_is_found_with_what_shall_stand_there(search: TextSearch) -> None:
    text = 'a1 \U0001f600 A22 \ud800 "a3"\r\na4'
    assert search.find(text, r"^a(\d)", match_case=True) == [Found(0, 2), Found(17, 19)]
    assert search.find(text, r"a(\d)", match_case=False, template=r"<\1>")[1] == Found(5, 7, "<2>")
    assert search.find(text, "x*", match_case=True) == []


@pytest.mark.parametrize(("expression", "template"), [("(a", None), ("a", r"\1"), ("(?P<n>a)", r"\g<m>")])
def test_what_is_no_expression_is_said_so(search: TextSearch, expression: str, template: str | None) -> None:
    with pytest.raises(EngineError, match="no regular expression"):
        search.find("aaa", expression, match_case=True, template=template)


def test_an_expression_that_never_ends_is_given_up_and_the_next_is_found() -> None:
    search = TextSearch(seconds=1)
    with pytest.raises(EngineError, match="too long"):
        search.find("a" * 60 + "!", "(a+)+b", match_case=True)
    search._seconds = 30
    assert search.find("ab", "b", match_case=True) == [Found(1, 2)]
    search.stop()
