from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.app.generated.trees import chunked, spelt, trees

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.widgets.generated.screen import Screen

    Make = Callable[..., Screen]

QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def size(outline: tuple[Any, ...]) -> int:
    """Count the parts of an outline."""
    return 1 + sum(size(each) for each in outline[2] if each[0] != "cut")


@QUICK
@given(trees(), st.lists(st.integers(0, 10_000), max_size=12))
def test_however_a_tree_comes_the_same_screen_is_there_in_the_end_and_nothing_was_made_twice(
    make_screen: Make, tree: dict[str, Any], cuts: list[int]
) -> None:
    at_once = make_screen(tree)
    streamed = make_screen()
    for prefix in chunked(spelt(tree), cuts):
        streamed.show_text(prefix)
    assert streamed.outline() == at_once.outline()
    assert streamed.problems == at_once.problems
    assert streamed.state.values == at_once.state.values
    assert streamed.created == at_once.created


@QUICK
@given(trees(), trees(), st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_screen_that_becomes_another_is_as_if_it_had_been_so_from_the_beginning(
    make_screen: Make, before: dict[str, Any], after: dict[str, Any], cut: int, end: int
) -> None:
    first, second = spelt(before), spelt(after)
    changed = make_screen()
    for text in (first[: cut % (len(first) + 1)], second[: end % (len(second) + 1)]):
        changed.show_text(text)
        fresh = make_screen()
        fresh.show_text(text)
        assert changed.outline() == fresh.outline()
        assert changed.problems == fresh.problems
        assert changed.state.values == fresh.state.values
