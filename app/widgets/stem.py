"""The Read view: an answer growing on its stem, against the fields of its schema.

A green stem runs down to the write head. A filled node is done, a ring is being written, a hollow node on a grey
line is still to come; a failure ends the stem in a cross. It is a tree view, so keyboard, screen readers, folding
and scrolling are Qt's own; the rows are painted here.
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QTreeView,
    QWidget,
)

from app.models.answer_node import MISSING, Node
from app.models.answer_tree import AnswerTree
from app.style import tokens
from app.style.drawing import paint_mark
from app.style.icons import paint_glyph
from app.style.theme import set_kind

if TYPE_CHECKING:
    from app.style.theme import Theme

STEM_X = 32
LABEL_X = 56
INDENT = 16
RIGHT = 24
TABLE_HEADER = 24
TABLE_FOOT = 6
TABLE_WIDTH = 760
TEXT_WIDTH = 640
LINE = 24
NESTED_LINE = 20
COLUMN_GAP = 24
_MEASURED_ROWS = 60
_LEADING = str.maketrans({"\t": "    ", "\r": " ", "\u2028": "\n", "\u2029": "\n"})


@dataclass
class _Table:
    """The measured columns of one table: left edge and width of each, and which stand at the right."""

    widths: list[float]
    natural: list[float]
    numeric: list[bool]
    measured: tuple[int, tuple[str, ...], int] = (0, (), 0)


class StemView(QTreeView):
    """A growing answer, painted on its stem. It keeps scroll and folds while the answer streams."""

    def __init__(self, theme: Theme, model: AnswerTree, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._answer = model
        self._toggled: set[str] = set()
        self._hovered = QPersistentModelIndex()
        self._labels = tokens.LABELS
        self._wrapped: dict[tuple[int, int, str], list[str]] = {}
        self._tables: dict[int, _Table] = {}
        self._follow = True
        set_kind(self, "bare")
        self.setAccessibleName("Answer")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(False)
        self.setExpandsOnDoubleClick(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.setMouseTracking(True)
        self.setViewportMargins(0, 8, 0, 8)
        self.setItemDelegate(_Heights(self))
        self.setModel(model)
        model.modelReset.connect(self._began_again)
        model.rowsInserted.connect(self._unfold_new)
        model.rowsInserted.connect(self._measure_labels)
        theme.changed.connect(self.viewport().update)
        self._began_again()

    # Folding

    def _began_again(self) -> None:
        self._toggled.clear()
        self._wrapped.clear()
        self._tables.clear()
        self._follow = True
        self.expandAll()
        self._measure_labels()

    def _unfold_new(self, parent: QModelIndex, first: int, last: int) -> None:
        self.setExpanded(parent, self._answer.node(parent).pointer not in self._toggled)
        for row in range(first, last + 1):
            self.expandRecursively(self._answer.index(row, 0, parent))

    def folded(self, node: Node) -> bool:
        """Whether the long text of a field is shown as one line: trains of thought are, once they are done."""
        by_itself = node.reasoning and node.state == "done"
        return by_itself != (node.pointer in self._toggled)

    def _foldable(self, node: Node) -> bool:
        return bool(node.children) or (node.reasoning and node.value is not MISSING)

    def toggle(self, index: QModelIndex) -> None:
        """Fold or unfold a row."""
        node = self._answer.node(index)
        if not self._foldable(node):
            return
        self._toggled ^= {node.pointer}
        first = index.siblingAtColumn(0)
        if node.children:
            self.setExpanded(first, not self.isExpanded(first))
        else:
            self._answer.dataChanged.emit(first, first.siblingAtColumn(1))

    # Growing

    def grown(self) -> None:
        """Keep the write head in sight, unless the person has scrolled away from it."""
        head = self._answer.head
        if head is None or not self._follow or self._answer.ending != "growing":
            return
        self.scrollTo(self._answer.index_of(head), QAbstractItemView.ScrollHint.EnsureVisible)

    def wheelEvent(self, event: Any) -> None:
        """Scroll; whoever scrolls up is reading there, and is not pulled back to the write head."""
        super().wheelEvent(event)
        bar = self.verticalScrollBar()
        self._follow = bar.value() >= bar.maximum() - LINE

    # Geometry

    def _measure_labels(self) -> None:
        metrics = QFontMetricsF(self._theme.fonts.text())
        widest = 0.0

        def measure(node: Node) -> None:
            nonlocal widest
            for child in node.children:
                if not (node.columns and child.cells):
                    widest = max(widest, metrics.horizontalAdvance(child.label) + INDENT * child.depth)
                    measure(child)

        measure(self._answer.node(QModelIndex()))
        limit = max(tokens.LABELS, int(self.viewport().width() * 0.36))
        self._labels = max(tokens.LABELS, min(limit, round(widest) + 32))

    def _value_x(self) -> int:
        return LABEL_X + self._labels

    def _value_width(self) -> int:
        return max(80, min(TEXT_WIDTH, self.viewport().width() - self._value_x() - RIGHT))

    def _value_font(self, node: Node) -> QFont:
        if node.reasoning:
            return self._theme.fonts.text(13, italic=True)
        pixels, weight = (15, 500) if node.depth == 0 else (13, 400)
        return self._theme.fonts.text(pixels, weight, tabular=node.shown.shape.kind == "number")  # type: ignore[arg-type]

    def _line_height(self, node: Node) -> int:
        return LINE if node.depth == 0 and not node.reasoning else NESTED_LINE

    def _lines(self, node: Node) -> list[str]:
        """Return a value's text broken into the lines that fit."""
        text = node.shown.text
        width = self._value_width()
        if self.folded(node):
            metrics = QFontMetricsF(self._value_font(node))
            return [metrics.elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, width)]
        key = (node.ident, width, text)
        if key not in self._wrapped:
            if len(self._wrapped) > 400:
                self._wrapped.clear()
            self._wrapped[key] = _break(text, self._value_font(node), width)
        return self._wrapped[key]

    def row_height(self, node: Node) -> int:
        """Return the height of a row in pixels."""
        above = node.parent
        if above is not None and above.columns and node.cells:
            return tokens.ROW + (TABLE_FOOT if above.children[-1] is node else 0)
        height = tokens.ROW if node.depth == 0 else tokens.NESTED_ROW
        if node.columns and node.children:
            return height + (TABLE_HEADER if self.isExpanded(self._answer.index_of(node)) else 0)
        line = self._line_height(node)
        return height + (len(self._lines(node)) - 1) * line if node.shown.text else height

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break lines and share out columns for the new width."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._tables.clear()
            self._measure_labels()
            self.scheduleDelayedItemsLayout()

    def _table(self, node: Node) -> _Table:
        """Return the columns of a table; while it grows they only get wider."""
        avail = min(TABLE_WIDTH, self.viewport().width() - LABEL_X - INDENT * node.depth - RIGHT)
        known = self._tables.get(node.ident)
        columns = node.columns
        if known is None or len(known.natural) != len(columns):
            header = QFontMetricsF(self._theme.fonts.text(12, 500))
            natural = [header.horizontalAdvance(name) for name, _ in columns]
            known = _Table([], natural, [shape.kind == "number" for _, shape in columns])
            self._tables[node.ident] = known
        texts = tuple(cell.text for row in node.children[-1:] for cell in row.cells)
        if known.measured != (len(node.children), texts, avail):
            metrics = QFontMetricsF(self._theme.fonts.text(13, 500, tabular=True))
            before = known.measured[0] - 1
            for row in node.children[max(0, before, len(node.children) - _MEASURED_ROWS) :]:
                for column, cell in enumerate(row.cells):
                    width = min(avail, metrics.horizontalAdvance(cell.text[:200]) + 2)
                    known.natural[column] = max(known.natural[column], width)
            known.widths = _share(known, avail)
            known.measured = (len(node.children), texts, avail)
        return known

    # Painting

    def drawRow(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one row: ground, stem, name and value."""
        node = self._answer.node(index)
        rect = option.rect
        rect = QRect(0, rect.y(), self.viewport().width(), rect.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        self._paint_ground(painter, node, rect, index)
        self._paint_stem(painter, node, rect)
        if node.parent is not None and node.parent.columns and node.cells:
            self._paint_table_row(painter, node, rect)
        else:
            self._paint_field(painter, node, rect)
        if self.hasFocus() and index.row() == self.currentIndex().row() and node.ident == self._current_ident():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(LABEL_X - 11, 1, -RIGHT + 11, -1), 3, 3)
        painter.restore()

    def _current_ident(self) -> int:
        return self._answer.node(self.currentIndex()).ident

    def _paint_ground(
        self, painter: QPainter, node: Node, rect: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        in_table = node.parent is not None and bool(node.parent.columns) and bool(node.cells)
        ground = QRect(LABEL_X - 8, rect.y(), rect.width() - LABEL_X + 8 - RIGHT + 8, rect.height())
        if in_table:
            ground.setHeight(tokens.ROW)
            ground.setRight(round(self._table_right(node)))
        colour: QColor | None = None
        if in_table and node is self._answer.head:
            failed = node.state == "failed"
            colour = self._theme.colour("failedRow" if failed else "provisionalRow")
        elif self.selectionModel().isSelected(index):
            colour = self._theme.colour("select")
        elif self._hovered.isValid() and self._answer.node(self._hovered) is node:
            colour = self._theme.colour("hover")
        if colour is not None:
            painter.fillRect(ground, colour)

    def _table_right(self, node: Node) -> float:
        above = node.parent
        assert above is not None, "a row stands in a table"
        table = self._table(above)
        return LABEL_X + INDENT * above.depth + sum(table.widths) + COLUMN_GAP * (len(table.widths) - 1)

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
        if last and (field is not node or not (node.columns and self.isExpanded(self._answer.index_of(node)))):
            ends = middle if field is node or (field.columns and node is field.children[-1]) else begins
            if field is not node and field.columns and node is not field.children[-1]:
                ends = float(rect.y() + rect.height())
        grown = self._grown(field, node, head)
        split = middle if on_head else (ends if grown else begins)
        split = min(split, max(ends, begins))
        if split > begins:
            painter.fillRect(QRectF(STEM_X - 1, begins, 2, split - begins), self._theme.colour("accent"))
        if ends > split:
            painter.fillRect(QRectF(STEM_X - 1, split, 1, ends - split), self._theme.colour("line"))
        self._paint_node(painter, node, QPointF(STEM_X, middle), on_stem=field is node, on_head=on_head)

    def _hides(self, node: Node, head: Node) -> bool:
        """Whether the write head is inside a folded row."""
        above: Node | None = head
        while above is not None and above is not node:
            above = above.parent
        return above is node and bool(node.children) and not self.isExpanded(self._answer.index_of(node))

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
        label_x = LABEL_X + INDENT * min(depth, 5)
        if depth:
            self._paint_guide(painter, node, rect, label_x, middle)
        waiting = node.state in {"waiting", "absent"}
        font = theme.fonts.text()
        metrics = QFontMetricsF(font)
        room = self._value_x() - label_x - 12
        label = metrics.elidedText(node.label, Qt.TextElideMode.ElideRight, room)
        painter.setFont(font)
        painter.setPen(theme.colour("text3" if waiting else "text2"))
        _draw(painter, QPointF(label_x, middle), label)
        if self._foldable(node) and self._shows_caret(node):
            folded = self.folded(node) if not node.children else not self.isExpanded(self._answer.index_of(node))
            box = QRectF(label_x + metrics.horizontalAdvance(label) + 6, middle - 6, 12, 12)
            paint_glyph(painter, "caret-right" if folded else "caret-down", box, theme.colour("text3"))
        if node.columns:
            self._paint_table_head(painter, node, rect, middle)
        elif node.shown.text:
            self._paint_value(painter, node, middle)
        elif node.children:
            if not self.isExpanded(self._answer.index_of(node)):
                count = len(node.children)
                self._paint_note(painter, middle, f"{count} field{'s' if count != 1 else ''}", "text3")
        elif node.state in {"writing", "failed", "stopped"} and self._answer.head is node:
            self._paint_write_head(painter, QPointF(self._value_x(), middle), 0, LINE)
        elif node.state == "absent":
            self._paint_note(painter, middle, "not given", "text3")
        elif node.state == "waiting":
            self._paint_blank(painter, node, self._value_x(), middle)
        elif isinstance(node.value, list):
            self._paint_note(painter, middle, "no items", "text3")
        elif node.value == "":
            self._paint_note(painter, middle, "empty text", "text3")

    def _shows_caret(self, node: Node) -> bool:
        hovered = self._hovered.isValid() and self._answer.node(self._hovered) is node
        folded = bool(node.children) and not self.isExpanded(self._answer.index_of(node))
        return node.reasoning or folded or hovered or (self.hasFocus() and self._current_ident() == node.ident)

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
        font = self._value_font(node)
        metrics = QFontMetricsF(font)
        quiet = node.reasoning or shown.value is None
        painter.setFont(font)
        painter.setPen(theme.colour("text2" if quiet else "text"))
        x, line = self._value_x(), self._line_height(node)
        lines = self._lines(node)
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
            if left + hint.horizontalAdvance(shown.hint) < self.viewport().width() - RIGHT:
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
        _draw(painter, QPointF(self._value_x(), middle), text)

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
        rows = len(node.children)
        head = self._answer.head
        if not rows:
            if node.state == "waiting":
                self._paint_blank(painter, node, self._value_x(), middle)
            elif head is node:
                self._paint_write_head(painter, QPointF(self._value_x(), middle), 0, LINE)
            else:
                self._paint_note(painter, middle, "not given" if node.state == "absent" else "no rows", "text3")
            return
        writing = head is not None and head.parent is node
        kept = rows - 1 if writing else rows
        some = f"{kept} row{'s' if kept != 1 else ''}"
        if writing and node.state == "failed":
            before = f"{some} kept, " if kept else ""
            self._paint_note(painter, middle, f"{before}row {rows} could not be closed", "brick")
        elif writing and node.state == "stopped":
            before = f"{some} kept, " if kept else ""
            self._paint_note(painter, middle, f"{before}stopped in row {rows}", "text3")
        elif node.state == "writing":
            text = f"writing row {rows}" if writing else "more may follow"
            self._paint_note(painter, middle, f"{some}, {text}" if kept else text, "accentText")
        else:
            self._paint_note(painter, middle, some, "text3")
        if not self.isExpanded(self._answer.index_of(node)):
            return
        painter.setFont(self._theme.fonts.text(12, 500))
        painter.setPen(self._theme.colour("text2"))
        y = rect.y() + rect.height() - TABLE_HEADER / 2 - 1
        table = self._table(node)
        x = float(LABEL_X + INDENT * node.depth)
        metrics = QFontMetricsF(painter.font())
        for (name, _), width, numeric in zip(node.columns, table.widths, table.numeric, strict=True):
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width)
            offset = width - metrics.horizontalAdvance(text) if numeric else 0
            _draw(painter, QPointF(x + offset, y), text)
            x += width + COLUMN_GAP
        left = LABEL_X + INDENT * node.depth
        rule = QRectF(left, rect.y() + rect.height() - 1, x - COLUMN_GAP - left, 1)
        painter.fillRect(rule, self._theme.colour("line"))

    def _paint_table_row(self, painter: QPainter, node: Node, rect: QRect) -> None:
        theme = self._theme
        above = node.parent
        assert above is not None, "a row stands in a table"
        table = self._table(above)
        middle = rect.y() + tokens.ROW / 2
        left = float(LABEL_X + INDENT * above.depth)
        x = left
        on_head = self._answer.head is node
        for cell, width, numeric in zip(node.cells, table.widths, table.numeric, strict=True):
            here = on_head and cell.state in {"writing", "failed", "stopped"}
            font = theme.fonts.text(13, 500 if here else 400, tabular=numeric)
            metrics = QFontMetricsF(font)
            painter.setFont(font)
            if cell.text:
                text = metrics.elidedText(cell.text.replace("\n", " "), Qt.TextElideMode.ElideRight, width)
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

    # Hand and keyboard

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Fold a row by a click on its name."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        on_name = event.position().x() < self._value_x()
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and on_name:
            self.toggle(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which row is under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).siblingAtColumn(0))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the row under the pointer."""
        super().leaveEvent(event)
        self._hover(QModelIndex())

    def _hover(self, index: QModelIndex) -> None:
        if QPersistentModelIndex(index) != self._hovered:
            self._hovered = QPersistentModelIndex(index)
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy with the usual key; fold long text with the keys that fold branches."""
        index = self.currentIndex()
        node = self._answer.node(index)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_value()
            return
        if index.isValid() and event.key() in {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.toggle(index)
            return
        if index.isValid() and node.reasoning and event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            if self.folded(node) == (event.key() == Qt.Key.Key_Right):
                self.toggle(index)
            return
        super().keyPressEvent(event)

    def copy_value(self) -> None:
        """Put the value of the current row on the clipboard: a string as it is, anything else as JSON."""
        value = self._answer.node(self.currentIndex()).shown.value
        if self.currentIndex().isValid() and value is not MISSING:
            words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            QGuiApplication.clipboard().setText(words)

    def _show_menu(self, at: Any) -> None:
        index = self.indexAt(at)
        if not index.isValid():
            return
        self.setCurrentIndex(index.siblingAtColumn(0))
        pointer = self._answer.node(index).shown.pointer
        menu = QMenu(self)
        menu.addAction("Copy value", self.copy_value)
        menu.addAction("Copy JSON Pointer", lambda: QGuiApplication.clipboard().setText(pointer))
        menu.popup(self.viewport().mapToGlobal(at))

    def viewportEvent(self, event: QEvent) -> bool:
        """Show a field's pointer and description, or the whole text of a cell, always as plain text."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self._explain(event)
            if words:
                QToolTip.showText(event.globalPos(), f"<p style='white-space:pre-wrap'>{html.escape(words)}</p>", self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def _explain(self, event: QHelpEvent) -> str:
        index = self.indexAt(event.pos())
        if not index.isValid():
            return ""
        node = self._answer.node(index)
        if node.cells and node.parent is not None:
            x = float(LABEL_X + INDENT * node.parent.depth)
            for cell, width in zip(node.cells, self._table(node.parent).widths, strict=True):
                if x <= event.pos().x() < x + width + COLUMN_GAP:
                    return "\n".join(part for part in (cell.text, cell.pointer) if part)
                x += width + COLUMN_GAP
        return "\n".join(part for part in (node.shown.pointer, node.shape.description) if part)


class _Heights(QStyledItemDelegate):
    """Tells the tree how high a row is; the view paints it."""

    def __init__(self, view: StemView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of the row."""
        model = index.model()
        assert isinstance(model, AnswerTree), "the stem shows answers"
        return QSize(80, self._view.row_height(model.node(index)))


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


def _break(text: str, font: QFont, width: int) -> list[str]:
    """Break plain text into lines that fit, at words where that is possible."""
    lines: list[str] = []
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    for paragraph in text.translate(_LEADING).split("\n"):
        layout = QTextLayout(paragraph, font)
        layout.setTextOption(option)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            lines.append(paragraph[line.textStart() : line.textStart() + line.textLength()].rstrip())
        layout.endLayout()
    return lines or [""]


def _share(table: _Table, avail: float) -> list[float]:
    """Share the width out: numbers get what they need, text the rest, no column less than 48."""
    room = avail - COLUMN_GAP * (len(table.natural) - 1)
    numbers = sum(width for width, numeric in zip(table.natural, table.numeric, strict=True) if numeric)
    texts = sum(width for width, numeric in zip(table.natural, table.numeric, strict=True) if not numeric)
    left = room - numbers
    if texts == 0 or left <= 0:
        scale = room / max(1.0, sum(table.natural))
        return [width * scale for width in table.natural] if scale < 1 or texts == 0 else list(table.natural)
    scale = left / texts
    return [
        width if numeric else max(48.0, width * scale)
        for width, numeric in zip(table.natural, table.numeric, strict=True)
    ]
