"""Lists whose rows are painted, opened, and asked for a menu."""

from app.widgets.rows.bin_row import BinRow
from app.widgets.rows.painted import PaintedRows, RowHeight
from app.widgets.rows.painting import GAP, ICON, INSET, TWO_LINES, Look, Marks, RowPainting
from app.widgets.rows.view import RowsView

__all__ = [
    "GAP",
    "ICON",
    "INSET",
    "TWO_LINES",
    "BinRow",
    "Look",
    "Marks",
    "PaintedRows",
    "RowHeight",
    "RowPainting",
    "RowsView",
]
