"""Where parts stand beside and below each other: arithmetic over pixels, without widgets.

Qt's layouts ask every widget below them again whenever one changes. Here each box remembers its height, so that a
change costs what lies above it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Generic, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

MEASURE: Final = 640
"""The most that a line of text or a line of inputs is wide."""
NARROW: Final = 480
"""Below this a line of inputs has two units instead of four."""
COLUMN_GAP: Final = 24
INPUT_GAP: Final = 12
INLINE_GAP: Final = 8

Align = Literal["start", "center", "end", "between", "stretch"]
ALIGNS: Final[tuple[Align, ...]] = ("start", "center", "end", "between", "stretch")


@dataclass(frozen=True, slots=True)
class Extent:
    """What a box asks for, in pixels.

    `least` is the width below which it is no use, `wish` what it takes where there is room and nothing to share,
    `most` the width that it never goes beyond. A box with a `weight` shares a line with others; one without hugs what
    is in it. `units` are the fourths of a line that an input takes in a column, `inline` names what flows in a line
    with its own kind. `anchor` is where its first line has its middle, for what is a line high. `above` and `below`
    are the room that it keeps, `apart` the room beside it. One that `fills` is as high as its line.
    """

    least: int = 0
    wish: int = 0
    most: int = 100_000
    weight: int = 0
    units: int = 0
    inline: str = ""
    anchor: int | None = None
    above: int = 12
    below: int = 12
    apart: int = 12
    fills: bool = False


class Box(Protocol):
    """What can be placed."""

    @property
    def extent(self) -> Extent:
        """What it asks for."""

    def height_at(self, width: int) -> int:
        """Return how high it is at a width."""

    def anchor_at(self, width: int) -> int | None:
        """Return where its first line has its middle at a width, `extent.anchor` or further down."""


B = TypeVar("B", bound=Box)


@dataclass(frozen=True, slots=True)
class Spot(Generic[B]):
    """A box and where it stands."""

    box: B
    x: int
    y: int
    width: int
    height: int


Laid = tuple[list[Spot[B]], int]
"""The boxes in their places, and how high they are together."""


def stacked(boxes: Sequence[B], width: int, *, ends: bool = False) -> Laid[B]:
    """Place boxes one below the other; inputs share lines by their units, and what flows inline its own lines.

    `ends` puts buttons at the right end of the measure, as in a form.
    """
    spots: list[Spot[B]] = []
    y = 0
    below = -1
    before: list[B] = []
    for line in _lines(boxes, width):
        above = max(box.extent.above for box in line)
        if ends and _share_end(before, line, width):
            # The buttons stand at the end of the line of what is switched.
            row, height = _line_of(line, width, y - before[0].height_at(before[0].extent.wish), ends=True)
            spots += row
            before = []
            continue
        before = line
        y += 0 if below < 0 else max(below, above)
        row, height = _line_of(line, width, y, ends=ends)
        spots += row
        y += height
        below = max(box.extent.below for box in line)
    return spots, y


def _share_end(before: Sequence[Box], line: Sequence[Box], width: int) -> bool:
    """Tell whether a run of buttons fits beside the one low box that stands before it."""
    if len(before) != 1 or line[0].extent.inline != "button":
        return False
    extent = before[0].extent
    if extent.weight or extent.units or extent.inline or extent.anchor is None:
        return False
    run = sum(box.extent.wish + INLINE_GAP for box in line)
    low = before[0].height_at(extent.wish) == line[0].height_at(line[0].extent.wish)
    return low and extent.wish + COLUMN_GAP + run <= min(width, MEASURE)


def _lines(boxes: Sequence[B], width: int) -> list[list[B]]:
    lines: list[list[B]] = []
    room = 0
    kind = ""
    for box in boxes:
        extent = box.extent
        if extent.units:
            total = units_at(width)
            takes = min(total, extent.units)
            if kind == "units" and takes <= room:
                lines[-1].append(box)
                room -= takes
            else:
                lines.append([box])
                room = total - takes
            kind = "units"
        elif extent.inline:
            takes = extent.wish + INLINE_GAP
            if kind == extent.inline and takes <= room:
                lines[-1].append(box)
                room -= takes
            else:
                lines.append([box])
                room = min(width, MEASURE) - extent.wish
            kind = extent.inline
        else:
            lines.append([box])
            kind = ""
    return lines


def units_at(width: int) -> int:
    """Return into how many units a line of inputs is divided."""
    return 4 if width >= NARROW else 2


def _line_of(line: Sequence[B], width: int, y: int, *, ends: bool) -> Laid[B]:
    measure = min(width, MEASURE)
    first = line[0].extent
    if first.units:
        total = units_at(width)
        unit = (measure - (total - 1) * INPUT_GAP) / total
        widths = []
        at = 0
        for box in line:
            takes = min(total, box.extent.units)
            x = round(at * (unit + INPUT_GAP))
            widths.append(round((at + takes) * (unit + INPUT_GAP)) - INPUT_GAP - x)
            at += takes
        return _beside(line, widths, [INPUT_GAP] * (len(line) - 1), 0, y)
    if first.inline:
        widths = [min(box.extent.wish, width) for box in line]
        x = measure - sum(widths) - INLINE_GAP * (len(line) - 1) if ends and first.inline == "button" else 0
        return _beside(line, widths, [INLINE_GAP] * (len(line) - 1), max(0, x), y)
    wide = min(width, first.most) if first.weight else min(width, first.wish)
    return [Spot(line[0], 0, y, wide, height := line[0].height_at(wide))], height


def in_row(boxes: Sequence[B], width: int, align: Align = "start", *, wrap: bool = False) -> Laid[B]:
    """Place boxes side by side.

    Those with a weight share the width, the others hug. What does not fit goes on below, in lines that are as even
    as can be; with `wrap` text goes on below rather than being narrower than it wants.
    """
    spots: list[Spot[B]] = []
    y = 0
    rows = _rows(boxes, width, align, wrap=wrap)
    weights = {_weight(box.extent, align) for box in boxes}
    even = len(rows) > 1 and len(weights) == 1 and 0 not in weights
    for row in rows:
        if spots:
            y += max(box.extent.above for box in row)
        gaps = [max(one.extent.apart, other.extent.apart) for one, other in pairwise(row)]
        columns = len(rows[0]) if even else len(row)
        room = width - sum(gaps)
        if even and columns > len(row):
            room = round((width - (columns - 1) * gap_of(rows[0])) / columns * len(row))
        widths = _shared(row, room, align)
        x = 0
        extra = width - sum(widths) - sum(gaps)
        if extra > 0 and not (even and len(rows) > 1):
            if align == "between" and len(row) > 1:
                gaps = [gap + extra // len(gaps) for gap in gaps]
                gaps[-1] += extra % len(gaps)
            else:
                x = {"center": extra // 2, "end": extra}.get(align, 0)
        placed, height = _beside(row, widths, gaps, x, y)
        spots += placed
        y += height
    return spots, y


def gap_of(boxes: Sequence[Box]) -> int:
    """Return the widest room that boxes keep beside them."""
    return max((box.extent.apart for box in boxes), default=0)


def _weight(extent: Extent, align: Align) -> int:
    """Return the share of a box: where all is stretched, text and inputs have one too; buttons never."""
    return extent.weight or int(align == "stretch" and not extent.inline)


def _rows(boxes: Sequence[B], width: int, align: Align, *, wrap: bool) -> list[list[B]]:
    rows: list[list[B]] = []
    used = 0
    for box in boxes:
        extent = box.extent
        takes = min(width, extent.wish if wrap and not _weight(extent, align) else extent.least)
        gap = max(extent.apart, rows[-1][-1].extent.apart) if rows else 0
        if rows and used + gap + takes <= width:
            rows[-1].append(box)
            used += gap + takes
        else:
            rows.append([box])
            used = takes
    if len(rows) > 1 and all(_weight(box.extent, align) for box in boxes):
        columns = math.ceil(len(boxes) / math.ceil(len(boxes) / max(len(row) for row in rows)))
        least = max(min(width, box.extent.least) for box in boxes)
        while columns > 1 and columns * least + (columns - 1) * gap_of(boxes) > width:
            columns -= 1
        return [list(boxes[at : at + columns]) for at in range(0, len(boxes), columns)]
    return rows


def _shared(row: Sequence[B], room: int, align: Align) -> list[int]:
    """Return the widths of boxes that share a line of `room` pixels."""
    extents = [box.extent for box in row]
    weights = [_weight(extent, align) for extent in extents]
    widths = [0 if weight else min(extent.wish, room) for extent, weight in zip(extents, weights, strict=True)]
    left = room - sum(widths) - sum(extent.least for extent, weight in zip(extents, weights, strict=True) if weight)
    if left < 0:
        soft = [max(0, width - extent.least) for width, extent in zip(widths, extents, strict=True)]
        give = min(1.0, -left / (sum(soft) or 1))
        widths = [width - math.ceil(each * give) for width, each in zip(widths, soft, strict=True)]
    weighted = [at for at, weight in enumerate(weights) if weight]
    left = room - sum(widths)
    while weighted:
        total = sum(weights[at] for at in weighted)
        fixed = [
            (at, held)
            for at in weighted
            if (held := min(max(left * weights[at] / total, extents[at].least), extents[at].most))
            != left * weights[at] / total
        ]
        if not fixed:
            begin = 0.0
            for at in weighted:
                end = begin + left * weights[at] / total
                widths[at] = round(end) - round(begin)
                begin = end
            break
        at, held = fixed[0]
        widths[at] = max(0, min(int(held), room))
        left = max(0, left - widths[at])
        weighted.remove(at)
    return widths


def _beside(row: Sequence[B], widths: Sequence[int], gaps: Sequence[int], x: int, y: int) -> Laid[B]:
    """Place boxes of known widths in one line, the middles of their first lines level where all have one."""
    heights = [box.height_at(width) for box, width in zip(row, widths, strict=True)]
    anchors = [box.anchor_at(width) for box, width in zip(row, widths, strict=True)]
    low = [anchor for anchor in anchors if anchor is not None]
    drops = [max(low) - anchor for anchor in low] if len(low) == len(row) else [0] * len(row)
    height = max(drop + each for drop, each in zip(drops, heights, strict=True))
    spots = []
    for at, box in enumerate(row):
        high = height if box.extent.fills else heights[at]
        spots.append(Spot(box, x, y + drops[at], widths[at], high))
        x += widths[at] + (gaps[at] if at < len(gaps) else 0)
    return spots, height


def in_grid(boxes: Sequence[B], width: int, columns: int) -> Laid[B]:
    """Place boxes in columns of equal width, fewer than `columns` where they would be too narrow."""
    gap = gap_of(boxes)
    least = max((min(width, box.extent.least) for box in boxes), default=1)
    columns = max(1, min(columns, len(boxes), (width + gap) // max(1, least + gap)))
    spots: list[Spot[B]] = []
    y = 0
    for begin in range(0, len(boxes), columns):
        row = boxes[begin : begin + columns]
        edges = [round(at * (width + gap) / columns) for at in range(len(row) + 1)]
        cells = [edges[at + 1] - edges[at] - gap for at in range(len(row))]
        widths = [
            cell if box.extent.weight else min(cell, box.extent.wish) for box, cell in zip(row, cells, strict=True)
        ]
        if spots:
            y += max(box.extent.above for box in row)
        gaps = [edges[at + 1] - edges[at] - widths[at] for at in range(len(row) - 1)]
        placed, height = _beside(row, widths, gaps, 0, y)
        spots += placed
        y += height
    return spots, y


def side_by_side(boxes: Sequence[B], width: int, ratio: float) -> Laid[B]:
    """Place two boxes beside each other, the first with `ratio` of the width, further ones below; stacked if narrow."""
    if len(boxes) < 2 or width < NARROW:
        return stacked(boxes, width)
    gap = 2 * COLUMN_GAP + 1
    left = min(max(round((width - gap) * ratio), 120), width - gap - 120)
    widths = (left, width - gap - left)
    heights = [box.height_at(wide) for box, wide in zip(boxes[:2], widths, strict=True)]
    spots = [Spot(boxes[0], 0, 0, widths[0], heights[0]), Spot(boxes[1], left + gap, 0, widths[1], heights[1])]
    y = max(heights)
    rest, more = stacked(boxes[2:], width)
    if rest:
        y += COLUMN_GAP
        spots += [Spot(spot.box, spot.x, spot.y + y, spot.width, spot.height) for spot in rest]
    return spots, y + more
