"""Where everything of a row stands: how high it is, where its lines break, how wide the columns of its table are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextOption

from app.style import tokens
from app.style.plain_text import one_line
from app.widgets.long_text import wrap_mode

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTreeView

    from app.models.answer_node import Node
    from app.models.answer_tree import AnswerTree
    from app.style.theme import Theme
    from app.widgets.stem.folds import Folds

STEM_X = 32
LABEL_X = 56
INDENT = 16
RIGHT = 24
COMPACT = (26, 44, 12)
"""What stands for the three of them where there is little room."""
TABLE_HEADER = 24
TABLE_FOOT = 6
TABLE_WIDTH = 760
TEXT_WIDTH = 640
LINE = 24
NESTED_LINE = 20
COLUMN_GAP = 24
_MEASURED_ROWS = 60
_TAB = "    "


@dataclass
class Table:
    """The columns of one table: what each would take, what it is given, and whether it holds numbers."""

    widths: list[float]
    natural: list[float]
    numeric: list[bool]
    measured: tuple[int, tuple[str, ...], int] = (0, (), 0)
    """What the widths were worked out from: the number of rows, the texts of the last two, and the room for all."""


class RowLayout:
    """The measures of every row, in pixels, for the width that the view has now."""

    def __init__(
        self, theme: Theme, answer: AnswerTree, view: QTreeView, folds: Folds, *, compact: bool = False
    ) -> None:
        self.stem_x, self.label_x, self.right = COMPACT if compact else (STEM_X, LABEL_X, RIGHT)
        self._least_labels, self._label_gap, self._label_share = (
            (64, 16, 0.42) if compact else (tokens.LABELS, 32, 0.36)
        )
        self._theme = theme
        self._answer = answer
        self._view = view
        self._folds = folds
        self._labels = self._least_labels
        self._widest = 0.0
        self._wrapped: dict[tuple[int, int, str], list[str]] = {}
        self._tables: dict[int, Table] = {}

    def forget(self) -> None:
        """Forget every measure: another answer begins."""
        self._wrapped.clear()
        self._tables.clear()

    def forget_tables(self) -> None:
        """Forget the columns of tables: their room is another now."""
        self._tables.clear()

    @property
    def width(self) -> int:
        """The width that rows have."""
        return self._view.viewport().width()

    # Rows

    def measure_labels(self) -> None:
        """Give the names as much room as the widest needs, within a third of the view."""
        self._widest = 0.0
        self._measure(self._answer.node(QModelIndex()).children)

    def measure_new(self, above: Node, first: int, last: int) -> None:
        """Make room for the names of rows that were added below another."""
        if not above.columns:
            self._measure(above.children[first : last + 1])

    def _measure(self, nodes: list[Node]) -> None:
        metrics = QFontMetricsF(self._theme.fonts.text())
        pending = list(nodes)
        while pending:
            node = pending.pop()
            self._widest = max(self._widest, metrics.horizontalAdvance(node.label) + INDENT * node.depth)
            if not node.columns:
                pending += node.children
        limit = max(self._least_labels, int(self.width * self._label_share))
        self._labels = max(self._least_labels, min(limit, round(self._widest) + self._label_gap))

    def value_x(self) -> int:
        """Return where values begin."""
        return self.label_x + self._labels

    def value_width(self) -> int:
        """Return how wide a line of a value may be."""
        return max(80, min(TEXT_WIDTH, self.width - self.value_x() - self.right))

    def value_font(self, node: Node) -> QFont:
        """Return what a value is written in."""
        if node.reasoning:
            return self._theme.fonts.text(13, italic=True)
        pixels, weight = (15, 500) if node.depth == 0 else (13, 400)
        return self._theme.fonts.text(pixels, weight, tabular=node.shown.shape.kind == "number")  # type: ignore[arg-type]

    def line_height(self, node: Node) -> int:
        """Return the height of one line of a value."""
        return LINE if node.depth == 0 and not node.reasoning else NESTED_LINE

    def lines(self, node: Node) -> list[str]:
        """Return a value's text broken into the lines that fit."""
        text = node.shown.text
        width = self.value_width()
        if self._folds.shortened(node):
            metrics = QFontMetricsF(self.value_font(node))
            return [metrics.elidedText(one_line(text), Qt.TextElideMode.ElideRight, width)]
        key = (node.ident, width, text)
        if key not in self._wrapped:
            if len(self._wrapped) > 400:
                self._wrapped.clear()
            self._wrapped[key] = _break(text, self.value_font(node), width)
        return self._wrapped[key]

    def height(self, node: Node) -> int:
        """Return the height of a row in pixels."""
        above = node.parent
        if above is not None and above.columns and node.cells:
            return tokens.ROW + (TABLE_FOOT if above.children[-1] is node else 0)
        height = tokens.ROW if node.depth == 0 else tokens.NESTED_ROW
        if node.columns and node.children:
            return height + (TABLE_HEADER if self._folds.expanded(node) else 0)
        line = self.line_height(node)
        return height + (len(self.lines(node)) - 1) * line if node.shown.text else height

    # Tables

    def table(self, node: Node) -> Table:
        """Return the columns of a table; while it grows they only get wider."""
        avail = min(TABLE_WIDTH, self.width - self.table_left(node) - self.right)
        known = self._tables.get(node.ident)
        columns = node.columns
        if known is None or len(known.natural) != len(columns):
            header = QFontMetricsF(self._theme.fonts.text(12, 500))
            natural = [header.horizontalAdvance(one_line(name)) for name, _ in columns]
            known = Table([], natural, [shape.kind == "number" for _, shape in columns])
            self._tables[node.ident] = known
        # A row's last number is spelled as it was written only once the next row has begun.
        texts = tuple(cell.text for row in node.children[-2:] for cell in row.cells)
        if known.measured != (len(node.children), texts, avail):
            metrics = QFontMetricsF(self._theme.fonts.text(13, 500, tabular=True))
            before = known.measured[0] - 2
            for row in node.children[max(0, before, len(node.children) - _MEASURED_ROWS) :]:
                for column, cell in enumerate(row.cells):
                    width = min(avail, metrics.horizontalAdvance(cell.text[:200]) + 2)
                    known.natural[column] = max(known.natural[column], width)
            known.widths = _share(known, avail)
            known.measured = (len(node.children), texts, avail)
        return known

    def table_left(self, node: Node) -> int:
        """Return where the first column of a table begins."""
        return self.label_x + INDENT * node.depth

    def table_right(self, node: Node) -> float:
        """Return where the last column of a table ends."""
        widths = self.table(node).widths
        return self.table_left(node) + sum(widths) + COLUMN_GAP * (len(widths) - 1)


def _break(text: str, font: QFont, width: int) -> list[str]:
    """Break plain text into lines that fit, at words where that is possible."""
    lines: list[str] = []
    option = QTextOption()
    option.setWrapMode(wrap_mode(text))
    for paragraph in text.replace("\t", _TAB).split("\n"):
        layout = QTextLayout(paragraph, font)
        layout.setTextOption(option)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            lines.append(paragraph[line.textStart() : line.textStart() + line.textLength()].rstrip())
        layout.endLayout()
    return lines or [""]


def _share(table: Table, avail: float) -> list[float]:
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
