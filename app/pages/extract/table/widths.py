"""How wide the columns are: what their words need, unless a person has said otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtGui import QFontMetricsF

from app.models.extract_cells import is_read
from app.pages.extract.table.headings import LEAST
from app.pages.extract.table.painting import EDGE, END, WORDS_AT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.models.extract_lines import Line
    from app.models.extract_table import ExtractTable
    from app.pages.extract.table.cells import CellsView
    from app.session.extraction import Column
    from app.style.theme import Theme

_MOST: Final = 320
_FITTED: Final = 640
_SHRINKS_TO: Final = 96
_SAMPLES: Final = 120
_ALL: Final = 2_000
_EXPECTED: Final = {"date": "2024-03-18", "number": "1,284.00", "boolean": "yes", "list": "12 items"}
_EXPECTED_TEXT: Final = "Northwind Botanicals"
_LEAST_NAME, _MOST_NAME = 112, 224


class ColumnWidths:
    """Shares out the room among columns. What a person has dragged stays, and is given to be kept."""

    def __init__(self, theme: Theme, table: ExtractTable, view: CellsView) -> None:
        self._theme = theme
        self._table = table
        self._view = view
        self._own: dict[str, int] = {}
        self._own_name: int | None = None
        self._hidden: set[str] = set()
        self._sharing = False
        self._natural: list[int] = []
        self._tight: list[int] = []

    # What is kept

    def state(self) -> dict[str, Any]:
        """Return the widths that a person has chosen and the columns that are hidden, as plain JSON."""
        return {"document": self._own_name, "widths": dict(self._own), "hidden": sorted(self._hidden)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what was kept; what is not of its form is as if it had not been said."""
        widths, hidden, name = state.get("widths"), state.get("hidden"), state.get("document")
        said = widths if isinstance(widths, dict) else {}
        self._own = {str(key): max(LEAST, wide) for key, wide in said.items() if isinstance(wide, int)}
        self._hidden = {str(each) for each in hidden} if isinstance(hidden, list) else set()
        self._own_name = max(LEAST, name) if isinstance(name, int) else None
        self.measure()

    # What a person does

    def dragged(self, section: int, wide: int) -> None:
        """Note that a person has dragged a column's border."""
        if not self._sharing:
            self._own[self._title(section)] = wide

    def drag_names(self, wide: int) -> None:
        """Make the column of the documents as wide as a person has dragged it."""
        self._own_name = max(LEAST, min(wide, self._view.width() // 2))
        self._view.set_name_width(self._own_name)

    def fit(self, section: int) -> None:
        """Make a column as wide as its words."""
        self._own[self._title(section)] = self._needed(section, self._table.sample(_ALL), _FITTED)
        self.share_out()

    def fit_names(self) -> None:
        """Make the column of the documents as wide as the names."""
        self._own_name = self._names(_ALL, self._view.width() // 2)
        self._view.set_name_width(self._own_name)

    def forget(self) -> None:
        """Fit all columns, whatever a person has dragged."""
        self._own, self._own_name = {}, None
        self.measure()

    def show(self, section: int, *, shown: bool) -> None:
        """Show or hide a column; one always stays."""
        title = self._title(section)
        others = set(self.titles()) - self._hidden - {title}
        if shown:
            self._hidden.discard(title)
        elif others:
            self._hidden.add(title)
        self.share_out()

    def is_hidden(self, section: int) -> bool:
        """Tell whether a column is hidden."""
        return self._title(section) in self._hidden

    def titles(self) -> list[str]:
        """Return the titles of all columns."""
        return [column.title for column in self._table.fields.columns]

    def _title(self, section: int) -> str:
        return self._table.fields.columns[section].title

    # Measuring

    def measure(self) -> None:
        """Find out what the words of all columns need, and share out the room."""
        lines = self._table.sample(_SAMPLES)
        sections = range(self._table.columnCount())
        self._natural = [self._needed(section, lines, _MOST) for section in sections]
        self._tight = [self._needed(section, lines, _MOST, tight=True) for section in sections]
        self._view.set_name_width(self._own_name or self._names(_SAMPLES, _MOST_NAME))
        self.share_out()

    def share_out(self) -> None:
        """Give each column its width, where nobody has dragged it.

        Figures, dates and the like are as wide as they need. What is left over goes to texts; what lacks is taken from
        the counts in the titles of the others first, and then from texts.
        """
        header = self._view.horizontalHeader()
        columns = self._table.fields.columns
        if len(self._natural) != len(columns) or not columns:
            return
        self._sharing = True
        for at, column in enumerate(columns):
            if header.isSectionHidden(at) != (column.title in self._hidden):
                header.setSectionHidden(at, column.title in self._hidden)
        shown = [at for at, column in enumerate(columns) if column.title not in self._hidden]
        widths = {at: self._own.get(columns[at].title, self._natural[at]) for at in shown}
        free = [at for at in shown if columns[at].title not in self._own]
        spare = self._view.viewport().width() - sum(widths.values())
        texts = [at for at in free if _shrinks(columns[at])]
        if spare > 0 and free:
            takers = texts or free
            whole = sum(widths[at] for at in takers)
            for at in takers:
                widths[at] += spare * widths[at] // whole
            widths[takers[-1]] += self._view.viewport().width() - sum(widths.values())
        elif spare < 0:
            lacking = _shrink(widths, {at: self._tight[at] for at in free if at not in texts}, -spare)
            _shrink(widths, {at: self._tight[at] for at in texts}, lacking)
        for at, wide in widths.items():
            if header.sectionSize(at) != wide:
                header.resizeSection(at, wide)
        self._sharing = False

    def _needed(self, section: int, lines: list[Line], most: int, *, tight: bool = False) -> int:
        column = self._table.fields.columns[section]
        heading = self._view.headings.needed(section, counted=not tight)
        if tight and _shrinks(column):
            return max(_SHRINKS_TO, heading)
        metrics = QFontMetricsF(self._theme.fonts.text(13, 500, tabular=column.kind in {"number", "date"}))
        cells = [self._table.fields.cell(line, section) for line in lines if is_read(line.reviewed)]
        # What is no value may be cut, so that it does not widen a column of figures.
        texts = [cell.text for cell in cells if cell.text and cell.trust not in {"failed", "missing"}]
        texts = texts or [_EXPECTED.get(column.kind, _EXPECTED_TEXT)]
        widest = max(map(metrics.horizontalAdvance, texts))
        return max(LEAST, heading, min(most, round(widest) + WORDS_AT + END + 2))

    def _names(self, samples: int, most: int) -> int:
        metrics = QFontMetricsF(self._theme.fonts.text())
        widest = max((metrics.horizontalAdvance(line.name) for line in self._table.sample(samples)), default=0.0)
        return max(_LEAST_NAME, min(most, round(widest) + EDGE + 6))


def _shrinks(column: Column) -> bool:
    return column.kind in {"text", "choice", "other"}


def _shrink(widths: dict[int, int], floors: dict[int, int], lacking: int) -> int:
    """Take what lacks from the widest of the columns that have a floor, and from none more than leads to it.

    Returns what lacks still.
    """
    while lacking > 0:
        wide = [at for at in floors if widths[at] > floors[at]]
        if not wide:
            break
        most = max(widths[at] for at in wide)
        widest = [at for at in wide if widths[at] == most]
        below = max(
            [*(widths[at] for at in wide if widths[at] < most), *(floors[at] for at in widest)],
        )
        step = max(1, min(most - below, -(-lacking // len(widest))))
        for at in widest:
            taken = min(step, lacking)
            widths[at] -= taken
            lacking -= taken
    return lacking
