"""Lists whose rows are painted, opened, and asked for a menu."""

from app.widgets.rows.bin_row import BinRow
from app.widgets.rows.painting import GAP, ICON, INSET, TWO_LINES, Look, Marks, RowPainting
from app.widgets.rows.view import RowHeight, RowsView

__all__ = ["GAP", "ICON", "INSET", "TWO_LINES", "BinRow", "Look", "Marks", "RowHeight", "RowPainting", "RowsView"]
