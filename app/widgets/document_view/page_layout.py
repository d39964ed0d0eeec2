"""Where pages stand, one below the other, at a width and a zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.document_shown import PageShown, Sides

MARGIN: Final = 24
TOP: Final = 16
GAP: Final = 16
ZOOMS: Final = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
"""Widths of a page, as shares of the room there is."""

_A4: Final = (595.0, 842.0)
_TALLEST: Final = 8_000.0
_NARROWEST: Final = 80.0


class PageLayout:
    """The rectangles of pages in pixels, from the top left corner of the first one's surroundings."""

    def __init__(self, pages: Sequence[PageShown], room: float, zoom: float) -> None:
        """Lay out pages where `room` is the width of the view. Each is as wide as it at zoom 1, less its margins."""
        sizes = np.array([(page.width, page.height) if page.width > 0 < page.height else _A4 for page in pages])
        sizes = sizes.reshape(-1, 2)
        wanted = max(room - 2 * MARGIN, _NARROWEST) * zoom
        self._scales = np.minimum(wanted / sizes[:, 0], _TALLEST * zoom / sizes[:, 1])
        self._widths = np.maximum(np.round(sizes[:, 0] * self._scales), 1)
        self._heights = np.maximum(np.round(sizes[:, 1] * self._scales), 1)
        self._tops = TOP + np.concatenate(([0.0], np.cumsum(self._heights + GAP)))[: len(sizes)]
        self.width = float(max(self._widths.max(initial=0) + 2 * MARGIN, room))
        self.height = float(self._tops[-1] + self._heights[-1] + TOP) if len(sizes) else 0.0

    def rect(self, page: int) -> QRectF:
        """Return the rectangle of a page."""
        width = float(self._widths[page])
        left = round((self.width - width) / 2)
        return QRectF(left, float(self._tops[page]), width, float(self._heights[page]))

    def pages_between(self, top: float, bottom: float) -> range:
        """Return the pages of which something lies between two heights."""
        first = int(np.searchsorted(self._tops + self._heights, top, side="right"))
        last = int(np.searchsorted(self._tops, bottom, side="left"))
        return range(first, max(last, first))

    def page_near(self, y: float) -> int:
        """Return the page at a height, or the nearest one."""
        nearest = int(np.searchsorted(self._tops + self._heights + GAP / 2, y))
        return min(nearest, max(len(self._tops) - 1, 0))

    def box(self, page: int, sides: Sides, spread: float = 0.0) -> QRectF:
        """Return where a rectangle of a page stands, widened by some pixels."""
        rect, scale = self.rect(page), float(self._scales[page])
        made = QRectF(
            rect.left() + sides.x0 * scale,
            rect.top() + sides.y0 * scale,
            (sides.x1 - sides.x0) * scale,
            (sides.y1 - sides.y0) * scale,
        )
        return made.adjusted(-spread, -spread, spread, spread)

    def on_page(self, page: int, point: QPointF) -> QPointF:
        """Return a point in the points of a page."""
        rect, scale = self.rect(page), float(self._scales[page])
        return QPointF((point.x() - rect.left()) / scale, (point.y() - rect.top()) / scale)

    def scale(self, page: int) -> float:
        """Return the pixels of a point of a page."""
        return float(self._scales[page])
