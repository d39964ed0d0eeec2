"""Extractions: the jobs of a profile, the one that is shown, its rows and what a person says of them.

Made when the page is first shown (`Session.extractions`): the window stands without it. Pages take the types of rows,
tables and documents from here.
"""

from app.session.extraction.confidence import CellPlace
from app.session.extraction.extractions import Extractions
from app.session.extraction.listing import JobEntry, JobState
from app.session.extraction.setup import Setup, SourcesFound
from engine.extraction import Progress
from engine.extraction.plan import INSTRUCTIONS
from engine.extraction.review import CellState, ReviewedCell, ReviewedRow
from engine.extraction.table import (
    DOCUMENTS,
    Column,
    TableRow,
    Unit,
    cell_of,
    cells_below,
    column_of,
    columns,
    pointer_of,
    table_rows,
    units,
    value_of,
)
from engine.extraction.truth import Accuracy, Difference, FieldAccuracy
from engine.store import Coverage, Row, RowState

__all__ = [
    "DOCUMENTS",
    "INSTRUCTIONS",
    "Accuracy",
    "CellPlace",
    "CellState",
    "Column",
    "Coverage",
    "Difference",
    "Extractions",
    "FieldAccuracy",
    "JobEntry",
    "JobState",
    "Progress",
    "ReviewedCell",
    "ReviewedRow",
    "Row",
    "RowState",
    "Setup",
    "SourcesFound",
    "TableRow",
    "Unit",
    "cell_of",
    "cells_below",
    "column_of",
    "columns",
    "pointer_of",
    "table_rows",
    "units",
    "value_of",
]
