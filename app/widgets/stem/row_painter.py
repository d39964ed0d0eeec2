"""How a row of a growing answer is painted: its ground, the stem beside it, its name, its value or its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app import figures
from app.style import tokens
from app.style.drawing import paint_mark
from app.style.icons import paint_glyph
from app.style.plain_text import one_line
from app.widgets.stem.row_layout import COLUMN_GAP, INDENT, LINE, TABLE_HEADER

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTreeView

    from app.models.answer_node import Node
    from app.models.answer_tree import AnswerTree
    from app.style.theme import Theme
    from app.widgets.stem.folds import Folds
    from app.widgets.stem.row_layout import RowLayout


class RowPainter:
    """Paints one row at a time, as the tree view asks for it."""

    def __init__(self, theme: Theme, answer: AnswerTree, view: QTreeView, folds: Folds, layout: RowLayout) -> None:
        self._theme = theme
        self._answer = answer
        self._view = view
        self._folds = folds
        self._layout = layout
        self.hovered = QPersistentModelIndex()
        """The row under the pointer; the view says which."""
        self.sought: str | None = None
        """The JSON Pointer of the difference that the person has gone to."""

    def paint(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """Paint the row that stands at `rect`: ground, stem, name and value."""
        node = self._answer.node(index)
        rect = QRect(0, rect.y(), self._layout.width, rect.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        self._paint_ground(painter, node, rect, index)
        self._paint_stem(painter, node, rect)
        if node.parent is not None and node.parent.columns and node.cells:
            self._paint_table_row(painter, node, rect)
        else:
            self._paint_field(painter, node, rect)
        if self._view.hasFocus() and self._is_current(node):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = QRectF(rect).adjusted(self._layout.label_x - 11, 1, 11 - self._layout.right, -1)
            painter.drawRoundedRect(ring, 3, 3)
        painter.restore()

    def _is_current(self, node: Node) -> bool:
        index = self._view.currentIndex()
        return index.isValid() and self._answer.node(index) is node

    def _paint_ground(
        self, painter: QPainter, node: Node, rect: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        table = node.parent if node.parent is not None and node.parent.columns and node.cells else None
        left = self._layout.label_x - 8
        ground = QRect(left, rect.y(), rect.width() - left - self._layout.right + 8, rect.height())
        if table is not None:
            ground.setHeight(tokens.ROW)
            ground.setRight(round(self._layout.table_right(table)))
        colour: QColor | None = None
        if table is not None and node is self._answer.head:
            failed = node.state == "failed"
            colour = self._theme.colour("failedRow" if failed else "provisionalRow")
        elif self._view.selectionModel().isSelected(index):
            colour = self._theme.colour("select")
        elif self.hovered.isValid() and self._answer.node(self.hovered) is node:
            colour = self._theme.colour("hover")
        if colour is not None:
            painter.fillRect(ground, colour)
        if table is None and self._answer.differs(node, folded=not self._folds.expanded(node)):
            if not node.children or node.headline is not None:
                ground.setLeft(self._layout.value_x() - 8)
            self._paint_difference(painter, ground, sought=self._sought(node))
        elif table is not None and self._answer.differs(node):
            self._paint_difference(painter, ground, sought=self.sought == node.pointer)

    def _sought(self, node: Node) -> bool:
        return self.sought is not None and self._answer.nearest(self.sought) is node

    def _paint_difference(self, painter: QPainter, ground: QRect, *, sought: bool) -> None:
        """Paint the ground of what differs from what stands beside it in a comparison."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        ground = ground.adjusted(0, 2, 0, -2)
        painter.fillRect(ground, self._theme.colour("amberSoft"))
        painter.fillRect(QRect(ground.topLeft(), QSize(2, ground.height())), self._theme.colour("amberMark"))
        if sought:
            painter.setPen(QPen(self._theme.colour("amberMark"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(ground.adjusted(0, 0, -1, -1))

    # The stem

    def _paint_stem(self, painter: QPainter, node: Node, rect: QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = node
        while field.parent is not None and field.parent.parent is not None:
            field = field.parent
        top = self._answer.node(QModelIndex()).children
        first, last = field is top[0], field is top[-1]
        middle = rect.y() + (tokens.ROW if field is node or node.cells else tokens.NESTED_ROW) / 2
        head = self._answer.head
        on_head = head is not None and (node is head or (self._hides(node, head)))
        begins = middle if first and field is node else rect.y()
        ends = float(rect.y() + rect.height())
        if last and (field is not node or not (node.columns and self._folds.expanded(node))):
            ends = middle if field is node or (field.columns and node is field.children[-1]) else begins
            if field is not node and field.columns and node is not field.children[-1]:
                ends = float(rect.y() + rect.height())
        grown = self._grown(field, node, head)
        split = middle if on_head else (ends if grown else begins)
        split = min(split, max(ends, begins))
        if split > begins:
            painter.fillRect(QRectF(self._layout.stem_x - 1, begins, 2, split - begins), self._theme.colour("accent"))
        if ends > split:
            painter.fillRect(QRectF(self._layout.stem_x - 1, split, 1, ends - split), self._theme.colour("line"))
        self._paint_node(painter, node, QPointF(self._layout.stem_x, middle), on_stem=field is node, on_head=on_head)

    def _hides(self, node: Node, head: Node) -> bool:
        """Whether the write head is inside a folded row."""
        above: Node | None = head
        while above is not None and above is not node:
            above = above.parent
        return above is node and bool(node.children) and not self._folds.expanded(node)

    def _grown(self, field: Node, node: Node, head: Node | None) -> bool:
        """Whether the stem is green below this row."""
        if field.state in {"done", "absent"}:
            return True
        if field.state == "waiting" or head is None:
            return False
        return _order(node) < _order(head)

    def _paint_node(self, painter: QPainter, node: Node, at: QPointF, *, on_stem: bool, on_head: bool) -> None:
        theme = self._theme
        ending = self._answer.ending
        if on_head and ending in {"failed", "stopped"}:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("surface"))
            painter.drawEllipse(at, 8, 8)
            shape, token = ("cross", "brickMark") if ending == "failed" else ("bar", "text3")
            paint_mark(painter, shape, at, theme.colour(token))  # type: ignore[arg-type]
            return
        if not on_stem:
            if on_head:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("accent"))
                painter.drawEllipse(at, 2.5, 2.5)
            return
        if node.state == "writing" and ending == "growing":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accentSoft"))
            painter.drawEllipse(at, 8, 8)
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(theme.colour("surface"))
            painter.drawEllipse(at, 4.5, 4.5)
        elif node.state in {"done", "writing", "failed", "stopped"}:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent"))
            painter.drawEllipse(at, 3.75, 3.75)
        else:
            painter.setPen(QPen(theme.colour("line"), 1.5))
            painter.setBrush(theme.colour("surface"))
            painter.drawEllipse(at, 3.75, 3.75)

    # Fields

    def _paint_field(self, painter: QPainter, node: Node, rect: QRect) -> None:
        theme = self._theme
        depth = node.depth
        row = tokens.ROW if depth == 0 else tokens.NESTED_ROW
        middle = rect.y() + row / 2
        label_x = self._layout.label_x + INDENT * min(depth, 5)
        if depth:
            self._paint_guide(painter, node, rect, label_x, middle)
        waiting = node.state in {"waiting", "absent"}
        font = theme.fonts.text()
        metrics = QFontMetricsF(font)
        room = self._layout.value_x() - label_x - 12
        label = metrics.elidedText(node.label, Qt.TextElideMode.ElideRight, room)
        painter.setFont(font)
        painter.setPen(theme.colour("text3" if waiting else "text2"))
        _draw(painter, QPointF(label_x, middle), label)
        if self._folds.foldable(node) and self._shows_caret(node):
            folded = self._folds.shortened(node) if not node.children else not self._folds.expanded(node)
            box = QRectF(label_x + metrics.horizontalAdvance(label) + 6, middle - 6, 12, 12)
            paint_glyph(painter, "caret-right" if folded else "caret-down", box, theme.colour("text3"))
        if node.columns:
            self._paint_table_head(painter, node, rect, middle)
        elif node.shown.text:
            self._paint_value(painter, node, middle)
        elif node.children and not self._folds.expanded(node):
            count = len(node.children)
            self._paint_note(painter, middle, f"{count} field{'s' if count != 1 else ''}", "text3")
        elif not node.children or node.headline is not None:
            self._paint_no_value(painter, node, middle)

    def _paint_no_value(self, painter: QPainter, node: Node, middle: float) -> None:
        """Paint what stands where a value has no text: yet, or at all."""
        shown = node.shown
        if shown.state in {"writing", "failed", "stopped"} and self._answer.head is node:
            self._paint_write_head(painter, QPointF(self._layout.value_x(), middle), 0, LINE)
        elif shown.state == "absent":
            self._paint_note(painter, middle, "not given", "text3")
        elif shown.state == "waiting":
            self._paint_blank(painter, shown, self._layout.value_x(), middle)
        elif isinstance(shown.value, list):
            self._paint_note(painter, middle, "no items", "text3")
        elif shown.value == "":
            self._paint_note(painter, middle, "empty text", "text3")

    def _shows_caret(self, node: Node) -> bool:
        hovered = self.hovered.isValid() and self._answer.node(self.hovered) is node
        folded = bool(node.children) and not self._folds.expanded(node)
        return node.reasoning or folded or hovered or (self._view.hasFocus() and self._is_current(node))

    def _paint_guide(self, painter: QPainter, node: Node, rect: QRect, label_x: float, middle: float) -> None:
        """Paint the hairline that ties a nested field to the one above it."""
        above = node.parent
        assert above is not None, "nested fields have one above"
        x = label_x - INDENT + 3.5
        last = above.children[-1] is node
        token = "accentLine" if node.state in {"done", "writing", "failed", "stopped"} else "line"
        painter.setPen(QPen(self._theme.colour(token), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bottom = middle if last else rect.y() + rect.height()
        painter.drawLine(QPointF(x, rect.y() - 2), QPointF(x, bottom - (4 if last else 0)))
        if last:
            painter.drawArc(QRectF(x, middle - 8, 8, 8), 180 * 16, 90 * 16)
            painter.drawLine(QPointF(x + 4, middle), QPointF(x + 8, middle))
        else:
            painter.drawLine(QPointF(x, middle), QPointF(x + 8, middle))
        ancestor = above
        while ancestor.parent is not None and ancestor.parent.parent is not None:
            x -= INDENT
            if ancestor.parent.children[-1] is not ancestor:
                painter.drawLine(QPointF(x, rect.y()), QPointF(x, rect.y() + rect.height()))
            ancestor = ancestor.parent

    def _paint_value(self, painter: QPainter, node: Node, middle: float) -> None:
        theme = self._theme
        shown = node.shown
        font = self._layout.value_font(node)
        metrics = QFontMetricsF(font)
        quiet = node.reasoning or shown.value is None
        painter.setFont(font)
        painter.setPen(theme.colour("text2" if quiet else "text"))
        x, line = self._layout.value_x(), self._layout.line_height(node)
        lines = self._layout.lines(node)
        for number, text in enumerate(lines):
            _draw(painter, QPointF(x, middle + number * line), text)
        end_y = middle + (len(lines) - 1) * line
        width = metrics.horizontalAdvance(lines[-1])
        here = self._answer.head is node and shown.state in {"writing", "failed", "stopped"}
        if here:
            self._paint_write_head(painter, QPointF(x, end_y), width, line)
        elif shown.hint and len(lines) == 1:
            hint = QFontMetricsF(theme.fonts.text(12))
            left = x + width + 12
            if left + hint.horizontalAdvance(shown.hint) < self._layout.width - self._layout.right:
                painter.setFont(theme.fonts.text(12))
                painter.setPen(theme.colour("text3"))
                _draw(painter, QPointF(left, end_y), shown.hint)

    def _paint_write_head(self, painter: QPainter, at: QPointF, width: float, line: int) -> None:
        """Paint the caret after a value that is being written, or how it broke off."""
        ending = self._answer.ending
        token = {"failed": "brickMark", "stopped": "text3"}.get(ending, "accent")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if width:
            under = QPen(self._theme.colour("accentLine" if ending == "growing" else token), 1.4)
            under.setDashPattern([2, 2])
            painter.setPen(under)
            painter.drawLine(at + QPointF(0, line / 2 - 3), at + QPointF(width, line / 2 - 3))
        if ending == "growing":
            painter.fillRect(QRectF(at.x() + width + 2, at.y() - 9, 2, 18), self._theme.colour(token))

    def _paint_note(self, painter: QPainter, middle: float, text: str, ink: str) -> None:
        painter.setFont(self._theme.fonts.text(12, 500 if ink != "text3" else 400))
        painter.setPen(self._theme.colour(ink))
        _draw(painter, QPointF(self._layout.value_x(), middle), text)

    def _paint_blank(self, painter: QPainter, node: Node, x: float, middle: float, width: float = 0) -> None:
        """Paint the dotted blank where a value will stand."""
        width = width or 32 + 7 * (sum(map(ord, node.label)) % 6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(self._theme.colour("text3"))
        y = round(middle) + 6
        # A dashed pen costs a hundred times as much.
        painter.drawPoints([QPoint(at, y) for at in range(round(x), round(x + width), 3)])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    # Tables

    def _paint_table_head(self, painter: QPainter, node: Node, rect: QRect, middle: float) -> None:
        rows = node.items
        head = self._answer.head
        if not rows:
            if node.state == "waiting":
                self._paint_blank(painter, node, self._layout.value_x(), middle)
            elif head is node:
                self._paint_write_head(painter, QPointF(self._layout.value_x(), middle), 0, LINE)
            else:
                self._paint_note(painter, middle, "not given" if node.state == "absent" else "no rows", "text3")
            return
        writing = head is not None and head.parent is node
        kept = rows - 1 if writing else rows
        some = f"{figures.number(kept)} row{'s' if kept != 1 else ''}"
        if writing and node.state == "failed":
            before = f"{some} kept, " if kept else ""
            self._paint_note(painter, middle, f"{before}row {figures.number(rows)} could not be closed", "brick")
        elif writing and node.state == "stopped":
            before = f"{some} kept, " if kept else ""
            self._paint_note(painter, middle, f"{before}stopped in row {figures.number(rows)}", "text3")
        elif node.state == "writing":
            text = f"writing row {figures.number(rows)}" if writing else "more may follow"
            self._paint_note(painter, middle, f"{some}, {text}" if kept else text, "accentText")
        else:
            self._paint_note(painter, middle, some, "text3")
        if not self._folds.expanded(node):
            return
        painter.setFont(self._theme.fonts.text(12, 500))
        painter.setPen(self._theme.colour("text2"))
        y = rect.y() + rect.height() - TABLE_HEADER / 2 - 1
        table = self._layout.table(node)
        left = self._layout.table_left(node)
        x = float(left)
        metrics = QFontMetricsF(painter.font())
        for (name, _), width, numeric in zip(node.columns, table.widths, table.numeric, strict=True):
            text = metrics.elidedText(one_line(name), Qt.TextElideMode.ElideRight, width)
            offset = width - metrics.horizontalAdvance(text) if numeric else 0
            _draw(painter, QPointF(x + offset, y), text)
            x += width + COLUMN_GAP
        rule = QRectF(left, rect.y() + rect.height() - 1, x - COLUMN_GAP - left, 1)
        painter.fillRect(rule, self._theme.colour("line"))

    def _paint_table_row(self, painter: QPainter, node: Node, rect: QRect) -> None:
        theme = self._theme
        above = node.parent
        assert above is not None, "a row stands in a table"
        table = self._layout.table(above)
        middle = rect.y() + tokens.ROW / 2
        left = self._layout.table_left(above)
        x = float(left)
        on_head = self._answer.head is node
        for cell, width, numeric in zip(node.cells, table.widths, table.numeric, strict=True):
            here = on_head and cell.state in {"writing", "failed", "stopped"}
            font = theme.fonts.text(13, 500 if here else 400, tabular=numeric)
            metrics = QFontMetricsF(font)
            painter.setFont(font)
            if self._answer.differs(cell) and not self._answer.differs(node):
                ground = QRect(round(x) - 6, rect.y(), round(width) + 12, tokens.ROW - 1)
                self._paint_difference(painter, ground, sought=self.sought == cell.pointer)
            if cell.text:
                text = metrics.elidedText(one_line(cell.text), Qt.TextElideMode.ElideRight, width)
                advance = metrics.horizontalAdvance(text)
                start = x + (width - advance if numeric and not here else 0)
                painter.setPen(theme.colour("text3" if cell.value is None else "text"))
                _draw(painter, QPointF(start, middle), text)
                if here:
                    self._paint_write_head(painter, QPointF(start, middle), advance, LINE)
            elif here and self._answer.ending == "growing":
                self._paint_write_head(painter, QPointF(x, middle), 0, LINE)
            elif here or cell.state in {"waiting", "writing"}:
                blank = min(34.0, width)
                self._paint_blank(painter, cell, x + (width - blank if numeric else 0), middle, blank)
            elif cell.state == "absent" or cell.value is None:
                painter.setPen(theme.colour("text3"))
                _draw(painter, QPointF(x + (width - 8 if numeric else 0), middle), "–")  # noqa: RUF001
            x += width + COLUMN_GAP
        rule = QRectF(left, rect.y() + tokens.ROW - 1, x - COLUMN_GAP - left, 1)
        painter.fillRect(rule, theme.colour("hairline"))


def _order(node: Node) -> list[int]:
    """Return where a row stands in the tree, comparable with any other row's."""
    path: list[int] = []
    while node.parent is not None:
        path.append(node.parent.children.index(node) if node in node.parent.children else -1)
        node = node.parent
    return path[::-1]


def _draw(painter: QPainter, at: QPointF, text: str) -> None:
    """Draw one line of plain text, its middle at `at.y()`."""
    metrics = QFontMetricsF(painter.font())
    baseline = at.y() + (metrics.ascent() - metrics.descent()) / 2
    painter.drawText(QPointF(at.x(), round(baseline)), text)
