"""How the rows of the threads panel are painted: folders, threads, and places that a search found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF

from app import figures
from app.models.thread_list import format_of
from app.style import tokens
from app.style.drawing import paint_mark
from app.style.icons import paint_glyph
from app.widgets.rows import GAP, ICON, Look, RowPainting

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from app.models.row_tree import Row
    from app.models.search_results import ResultRow
    from app.session import Thread


class ThreadPainting(RowPainting):
    """Paints the rows of the threads panel."""

    def folder(self, painter: QPainter, rect: QRect, row: Row, look: Look) -> None:
        """Paint a folder: whether it is folded, its name, and how many threads are in it."""
        self.ground(painter, rect, look)
        middle = rect.center().y() + 0.5
        left = float(tokens.PANEL_MARGIN)
        caret = QRectF(left - 1, middle - 6, 12, 12)
        paint_glyph(painter, "caret-right" if look.folded else "caret-down", caret, self.theme.colour("text2"))
        left += ICON
        icon = "folder" if look.folded else "folder-open"
        paint_glyph(painter, icon, QRectF(left, middle - 8, ICON, ICON), self.theme.colour("text2"))
        right = self.aside(painter, rect, middle, figures.number(len(row.children)))
        box = QRectF(left + ICON + GAP, rect.y(), 0, rect.height())
        box.setRight(right)
        self.words(painter, box, middle, row.words, self.theme.fonts.text(), "text")

    def thread(self, painter: QPainter, rect: QRect, row: Row, look: Look, phase: float) -> None:
        """Paint a thread: its format, its title, and when it was written to, or a ring where it is being."""
        self.ground(painter, rect, look)
        middle = rect.center().y() + 0.5
        left = thread_left(row)
        assert row.thread is not None, "the row is a thread's"
        self._icon(painter, row.thread, QRectF(left, middle - 8, ICON, ICON))
        if row.busy:
            at = QPointF(rect.right() - tokens.PANEL_MARGIN - 5, middle)
            paint_mark(painter, "arc", at, self.theme.colour("accent"), phase=phase)
            right = at.x() - 5 - GAP
        else:
            right = self.aside(painter, rect, middle, row.when)
        box = QRectF(left + ICON + GAP, rect.y(), 0, rect.height())
        box.setRight(right)
        font = self.theme.fonts.text(13, 500 if look.shown else 400)
        self.words(painter, box, middle, row.words, font, "text")

    def result(self, painter: QPainter, rect: QRect, row: ResultRow, look: Look) -> None:
        """Paint a place that was found: the title over what stands there, what matched on an accent ground."""
        self.ground(painter, rect, look)
        left = float(tokens.PANEL_MARGIN)
        first, second = rect.y() + 14.5, rect.y() + 31.5
        self._icon(painter, row.thread, QRectF(left, first - 8, ICON, ICON))
        right = self.aside(painter, rect, first, row.when)
        left += ICON + GAP
        self.marked(painter, left, right, first, row.title, row.title_marks, 13, "text")
        edge = float(rect.right() + 1 - tokens.PANEL_MARGIN)
        self.marked(painter, left, edge, second, row.excerpt, row.excerpt_marks, 12, "text2")

    def _icon(self, painter: QPainter, thread: Thread, box: QRectF) -> None:
        shape = format_of(thread)
        name = "chat-teardrop-text" if shape is None else shape.icon
        paint_glyph(painter, name, box, self.theme.colour("text2"))


def thread_left(row: Row) -> float:
    """Return where a thread's icon begins: those in a folder stand further in."""
    inside = row.parent is not None and row.parent.kind == "folder"
    return float(tokens.PANEL_MARGIN + (ICON if inside else 0))


def words_left(row: Row) -> float:
    """Return where the title of a thread, or the name of a folder, begins."""
    return (tokens.PANEL_MARGIN + ICON if row.kind == "folder" else thread_left(row)) + ICON + GAP
