from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.widgets.generated.container import Container
from app.widgets.generated.layouts import Extent, in_grid, in_row, side_by_side, stacked
from tests.app.generated.trees import trees

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.widgets.generated.layouts import Align, Spot
    from app.widgets.generated.part import Part
    from app.widgets.generated.screen import Screen


@dataclass(frozen=True)
class Block:
    """A box of an area: the narrower it is the higher."""

    extent: Extent
    area: int = 4_000

    def height_at(self, width: int) -> int:
        return max(1, self.area // max(1, width))

    def anchor_at(self, width: int) -> int | None:
        return self.extent.anchor


FIGURE = Block(Extent(112, 140, weight=1, apart=24))
PANEL = Block(Extent(240, 320, weight=1, apart=24), 40_000)
BUTTON = Block(Extent(60, 80, 320, inline="button", anchor=14, apart=8))
SHORT = Block(Extent(96, 160, 640, weight=1, units=1))
MENU = Block(Extent(140, 240, 640, weight=2, units=2))
TEXT = Block(Extent(160, 600, 640))


def places(spots: list[Spot[Block]]) -> list[tuple[int, int, int]]:
    return [(spot.x, spot.y, spot.width) for spot in spots]


def test_short_inputs_share_a_line_where_it_is_wide_and_two_of_them_where_it_is_narrow() -> None:
    wide, _ = stacked([MENU, SHORT, SHORT], 592)
    assert places(wide) == [(0, 0, 290), (302, 0, 139), (453, 0, 139)]
    narrow, _ = stacked([MENU, SHORT, SHORT], 342)
    assert [(x, width) for x, _, width in places(narrow)] == [(0, 342), (0, 165), (177, 165)]


def test_an_input_does_not_move_when_another_comes_beside_it() -> None:
    alone, _ = stacked([MENU], 592)
    together, _ = stacked([MENU, SHORT], 592)
    assert places(alone) == places(together)[:1]


def test_lines_of_text_and_inputs_are_no_wider_than_can_be_read() -> None:
    spots, _ = stacked([TEXT, MENU, SHORT, SHORT], 1400)
    assert max(spot.x + spot.width for spot in spots) == 640


def test_figures_share_a_row_and_panels_stand_below_one_another_on_a_phone() -> None:
    row, _ = in_row([FIGURE] * 3, 592)
    assert {spot.y for spot in row} == {0}
    assert {spot.width for spot in row} == {181, 182}
    phone, _ = in_row([PANEL, PANEL], 342)
    assert [(spot.x, spot.width) for spot in phone] == [(0, 342), (0, 342)]
    assert phone[1].y >= phone[0].height


def test_rows_that_break_are_even() -> None:
    spots, _ = in_row([FIGURE] * 4, 400)
    assert [spot.y > 0 for spot in spots] == [False, False, True, True]
    assert len({spot.x for spot in spots}) == 2


@pytest.mark.parametrize(
    ("align", "left"), [("start", [0, 88]), ("end", [432, 520]), ("center", [216, 304]), ("between", [0, 520])]
)
def test_a_row_puts_what_hugs_where_its_alignment_says(align: Align, left: list[int]) -> None:
    spots, _ = in_row([BUTTON, BUTTON], 600, align)
    assert [spot.x for spot in spots] == left


def test_a_grid_has_fewer_columns_where_it_is_narrow() -> None:
    for width, columns in ((1000, 3), (560, 2), (342, 1)):
        spots, _ = in_grid([PANEL] * 3, width, 3)
        assert len({spot.x for spot in spots}) == columns


def test_a_split_stacks_where_it_is_narrow() -> None:
    assert len({spot.y for spot in side_by_side([PANEL, PANEL], 700, 0.3)[0]}) == 1
    assert len({spot.y for spot in side_by_side([PANEL, PANEL], 400, 0.3)[0]}) == 2


EXTENTS = st.builds(
    lambda least, more, weight, units, inline, anchor: Extent(
        least, least + more, weight=weight, units=units, inline=inline, anchor=anchor
    ),
    st.integers(0, 300),
    st.integers(0, 500),
    st.integers(0, 2),
    st.sampled_from([0, 0, 1, 2, 4]),
    st.sampled_from(["", "", "button", "badge"]),
    st.sampled_from([None, 10, 14]),
)


@given(
    st.lists(st.builds(Block, EXTENTS), max_size=9),
    st.integers(240, 1400),
    st.sampled_from(["start", "center", "end", "between", "stretch"]),
    st.booleans(),
)
@settings(deadline=None)
def test_boxes_neither_overlap_nor_leave_their_width(boxes: list[Block], width: int, align: Align, wrap: bool) -> None:
    for spots, height in (
        stacked(boxes, width),
        stacked(boxes, width, ends=True),
        in_row(boxes, width, align, wrap=wrap),
        in_grid(boxes, width, 3),
        side_by_side(boxes, width, 0.4),
    ):
        assert [spot.box for spot in spots] == boxes
        for spot in spots:
            assert spot.x >= 0
            assert spot.x + spot.width <= width
            assert 0 <= spot.y <= spot.y + spot.height <= height
        for one, other in combinations(spots, 2):
            beside = one.x + one.width <= other.x or other.x + other.width <= one.x
            assert beside or one.y + one.height <= other.y or other.y + other.height <= one.y


def visible_below(part: Container) -> list[Part]:
    found: list[Part] = []
    for each in part.visible_parts():
        found.append(each)
        if isinstance(each, Container):
            found += visible_below(each)
    return found


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(trees(), st.integers(300, 1300))
def test_no_part_of_any_screen_leaves_what_it_stands_in(
    make_screen: Callable[..., Screen], tree: dict[str, Any], width: int
) -> None:
    screen = make_screen(tree)
    screen.resize(width, 600)
    (root,) = screen.parts_at("")
    assert isinstance(root, Container)
    seen = [part for part in visible_below(root) if part.isVisible() and not part.geometry().isEmpty()]
    for part in seen:
        around = part.parentWidget().rect()
        assert around.contains(part.geometry()), (part.path, part.geometry(), around)
    for one, other in combinations(seen, 2):
        if one.above is other.above:
            assert not one.geometry().intersects(other.geometry()), (one.path, other.path)
