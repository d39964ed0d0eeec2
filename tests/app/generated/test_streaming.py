from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.interface.nodes import is_tab
from tests.app.generated.finding import texts
from tests.app.generated.trees import chunked, nodes, spelt, trees

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


def paths(node: Any, path: str = "") -> list[str]:
    """Return the paths of all nodes below one."""
    found = []
    for slot in ("children", "tabs"):
        inside = node.get(slot) if isinstance(node, dict) else None
        for index, each in enumerate(inside if isinstance(inside, list) else []):
            found += [f"{path}/{slot}/{index}", *paths(each, f"{path}/{slot}/{index}")]
    return found


@QUICK
@given(trees(), nodes(1), st.integers(0, 10_000), st.lists(st.integers(0, 10_000), max_size=6))
def test_a_part_that_is_written_anew_is_as_if_the_tree_had_had_it(
    make_screen: Make, tree: dict[str, Any], part: dict[str, Any], which: int, cuts: list[int]
) -> None:
    places = [path for path in paths(tree) if not is_tab(path)]
    path = places[which % len(places)]
    screen = make_screen(tree)
    for prefix in chunked(spelt(part), cuts):
        screen.grow_part(path, prefix)
    edited = put_in(tree, path, part)
    fresh = make_screen(edited)
    assert screen.outline() == fresh.outline()
    made = screen.created
    screen.show_tree(edited)
    assert screen.outline() == fresh.outline()
    assert screen.created == made
    screen.show_tree(tree)
    assert screen.outline() == make_screen(tree).outline()


def put_in(tree: Any, path: str, part: Any) -> Any:
    """Return a tree with another part at a path."""
    copied = json.loads(json.dumps(tree))
    *above, last = path.split("/")[1:]
    holder = copied
    for step in above:
        holder = holder[int(step)] if step.isdecimal() else holder[step]
    holder[int(last)] = part
    return copied


@pytest.mark.parametrize("text", ["", "null", "[1, 2]", '{"type": 3}', "no JSON at all", '{"type": "root",,', '"root"'])
def test_whatever_is_given_is_shown_or_nothing_is(make_screen: Make, text: str) -> None:
    screen = make_screen({"type": "root", "title": "Before", "children": []})
    screen.show_text(text)
    assert "Before" not in texts(screen)
    screen.show_tree({"type": "root", "title": "After", "children": []})
    assert texts(screen) == ["After"]
