"""The table of an extraction as a Qt model: lines that are filled as documents are read, and never jump about.

What changes is told in batches and line by line. A line stays where it is whatever becomes of it: it is sorted, put in
a group or filtered out anew only when somebody asks for that, and until then `stale` says how many would move.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app import figures
from app.models.extract_cells import WORDS, is_read
from app.models.extract_lines import Fields, Group, Line
from app.models.extract_order import NO_VALUE, Block, Sorting, Wanted, arrange, entries, is_wanted, rank
from app.models.extract_words import sentence_of
from app.session.extraction import column_of, table_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.models.extract_cells import TableCell, Trust
    from app.models.extract_lines import Entry, Kind
    from app.session.extraction import CellPlace, Column, ReviewedRow, Unit

Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()
_EDITED: Final = frozenset(("text", "number", "date", "boolean", "choice", "other"))


class ExtractTable(QAbstractTableModel):
    """Lines under the columns of a schema, sorted, filtered and grouped as a person wants to see them."""

    arranging = Signal(bool)
    arranged = Signal()
    """Around whatever adds, takes away or moves lines: views keep their place between the two. Told with the first is
    whether a person asked for it."""
    counted = Signal()
    """How many lines are of which kind, or how far cells can be trusted, has changed."""
    stale_changed = Signal(int)
    wanted_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fields = Fields()
        self.wanted = Wanted()
        self.stale = 0
        self.counts: Counter[Kind] = Counter()
        self.trusts: list[Counter[Trust]] = []
        self._documents: list[list[Line]] = []
        self._indices: dict[str, int] = {}
        self._blocks: list[Block] = [Block(None, [])]
        self._groups: dict[str, Group] = {}
        self._shown: list[Entry] = []
        self._rows: dict[Entry, int] | None = None
        self._moved: set[Line] = set()
        self._asked = False

    # What the session tells

    def show_job(
        self, rows: Sequence[ReviewedRow], unit: Unit, columns: Sequence[Column], review: Iterable[CellPlace] = ()
    ) -> None:
        """Show the rows of a job from their beginning, and which cells of them are to be looked at."""
        self.arranging.emit(False)
        self.beginResetModel()
        self.fields = Fields(columns, unit)
        self.fields.set_review(review)
        self.wanted = Wanted()
        self._groups = {}
        self._documents = [self._lines(at, row) for at, row in enumerate(rows)]
        self._count_anew()
        self._arrange()
        self._shown = list(entries(self._blocks))
        self._rows = None
        self.endResetModel()
        self._told_arranged()
        self.wanted_changed.emit()

    def follow_job(self, rows: Sequence[ReviewedRow], review: Iterable[CellPlace]) -> None:
        """Show other rows of the job that is shown: lines that stay keep their places."""
        if [row.row.document for row in rows] == list(self._indices):
            held = self._documents
            self.change_rows({at: row for at, row in enumerate(rows) if held[at][0].reviewed is not row})
            self.set_review(review, rows)
            return
        self.fields.set_review(review)
        known = {(line.name, line.item): line for lines in self._documents for line in lines}
        self._documents = []
        for at, row in enumerate(rows):
            lines = self._lines(at, row)
            for place, line in enumerate(lines):
                old = known.get((line.name, line.item))
                if old is not None:
                    old.follow(row)
                    old.document = at
                    lines[place] = old
            self._documents.append(lines)
        self.fields.growing = {}
        self._count_anew()
        self.arrange_again()
        self._tell_all()

    def change_rows(self, rows: Mapping[int, ReviewedRow]) -> None:
        """Show what became of documents, by their index. No line moves."""
        structural = False
        changed: list[Line] = []
        for at, reviewed in rows.items():
            if at >= len(self._documents):
                continue
            if reviewed.row.state != "running":
                self.fields.growing.pop(at, None)
            structural |= self._change(at, reviewed, changed)
        if structural:
            self._show(list(entries(self._blocks)))
        self._note_moved(changed)
        self._tell_lines(changed)
        self.counted.emit()

    def grow(self, texts: Mapping[int, dict[str, str]]) -> None:
        """Show what is being written, by document and pointer; the last value of each is the one that grows."""
        lines: list[Line] = []
        for at, written in texts.items():
            if at < len(self._documents) and self._documents[at][0].state == "running":
                self.fields.growing[at] = written
                lines += self._documents[at]
        self._tell_lines(lines)

    def set_review(self, places: Iterable[CellPlace], rows: Sequence[ReviewedRow] = ()) -> None:
        """Say which cells are to be looked at. In `rows` nothing else has changed but how sure cells are."""
        for of_document, row in zip(self._documents, rows, strict=False):
            for line in of_document:
                line.reviewed = row
        before = self.fields.review
        self.fields.set_review(places)
        after = self.fields.review
        lines = [
            line
            for name in before.keys() | after.keys()
            if before.get(name) != after.get(name)
            for line in (self._documents[self._indices[name]] if name in self._indices else ())
        ]
        for line in lines:
            self._discount(line)
            line.facts = None
            self._count(line)
        self._note_moved(lines)
        self._tell_all()
        self.counted.emit()

    def _lines(self, at: int, row: ReviewedRow) -> list[Line]:
        return [Line(at, each.item, row) for each in table_rows([row], self.fields.unit)]

    def _change(self, at: int, reviewed: ReviewedRow, changed: list[Line]) -> bool:
        """Bring the lines of a document in step; tell whether there are more or fewer of them now."""
        lines = self._documents[at]
        wanted = self._lines(at, reviewed)
        for line in lines:
            self._discount(line)
        kept = min(len(lines), len(wanted))
        for line, new in zip(lines, wanted, strict=False):
            line.item = new.item
            line.follow(reviewed)
        gone, come = lines[kept:], wanted[kept:]
        last = lines[kept - 1]
        self._documents[at] = lines[:kept] + come
        for line in self._documents[at]:
            self._count(line)
        changed += lines[:kept]
        if gone:
            out = set(gone)
            self._moved -= out
            self._blocks = [
                Block(each.group, [line for line in each.lines if line not in out]) for each in self._blocks
            ]
        if come:
            self._put_behind(last, come)
        newcomers = () if gone or come else self._newly_wanted(lines)
        if newcomers:
            self._blocks[-1].lines.extend(newcomers)
        return bool(gone or come or newcomers)

    def _put_behind(self, line: Line, come: list[Line]) -> None:
        for block in self._blocks:
            if line in block.lines:
                place = block.lines.index(line) + 1
                block.lines[place:place] = come
                for each in come:
                    each.rank = rank(self.fields, each, self.wanted)
                if block.group is not None:
                    block.group.count = len(block.lines)
                return

    def _newly_wanted(self, lines: list[Line]) -> list[Line]:
        """Return lines that a filter had left out and lets through now; they are shown behind the others."""
        if self.wanted.grouped is not None or not self.wanted.leaves_out:
            return []
        shown = self._places()
        return [line for line in lines if line not in shown and is_wanted(self.fields, line, self.wanted)]

    # Counting

    def _count_anew(self) -> None:
        self._indices = {lines[0].name: at for at, lines in enumerate(self._documents)}
        self.counts = Counter()
        self.trusts = [Counter() for _ in self.fields.columns]
        lines = [line for lines in self._documents for line in lines]
        for line in lines:
            line.facts = None
        known = [self.fields.facts(line) for line in lines]
        self.counts.update(kind for facts in known for kind in facts.kinds)
        for at, trusts in enumerate(zip(*(facts.trusts for facts in known if facts.trusts), strict=True)):
            self.trusts[at].update(trusts)
        self.counted.emit()

    def _count(self, line: Line) -> None:
        facts = self.fields.facts(line)
        self.counts.update(facts.kinds)
        for counter, trust in zip(self.trusts, facts.trusts, strict=False):
            counter[trust] += 1

    def _discount(self, line: Line) -> None:
        facts = self.fields.facts(line)
        self.counts.subtract(facts.kinds)
        for counter, trust in zip(self.trusts, facts.trusts, strict=False):
            counter[trust] -= 1

    @property
    def total(self) -> int:
        """How many lines there are, shown or not."""
        return sum(map(len, self._documents))

    def sum_of(self, column: int) -> tuple[float, int] | None:
        """Return the sum of a column of numbers over the lines that are shown, and of how many; None without any."""
        if self.fields.columns[column].kind != "number":
            return None
        lines = (line for block in self._blocks for line in block.lines)
        values = [self.fields.value(line, column)[0] for line in lines]
        numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
        return (sum(numbers), len(numbers)) if numbers else None

    # What a person wants to see

    def want(self, wanted: Wanted) -> None:
        """Show lines sorted, filtered and grouped."""
        if wanted == self.wanted:
            return
        self.wanted = wanted
        self.arrange_again()
        self.wanted_changed.emit()

    def arrange_again(self) -> None:
        """Sort, filter and group anew what has changed since."""
        self._arrange()
        self._asked = True
        self._show(list(entries(self._blocks)))
        self._asked = False
        self._tell_stale()

    def fold(self, group: Group, *, folded: bool) -> None:
        """Hide or show the lines of a group."""
        if group.folded != folded:
            group.folded = folded
            self._show(list(entries(self._blocks)))
            row = self.row_of(group)
            if row is not None:
                self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))

    def _arrange(self) -> None:
        lines = (line for lines in self._documents for line in lines)
        self._blocks = arrange(self.fields, lines, self.wanted, self._groups)
        self._moved.clear()

    def _note_moved(self, lines: Iterable[Line]) -> None:
        """Find out which lines would stand elsewhere if they were arranged again."""
        if self.wanted.is_plain:
            return
        for line in lines:
            if rank(self.fields, line, self.wanted) == line.rank:
                self._moved.discard(line)
            else:
                self._moved.add(line)
        self._tell_stale()

    def _tell_stale(self) -> None:
        if self.stale != len(self._moved):
            self.stale = len(self._moved)
            self.stale_changed.emit(self.stale)

    def _show(self, shown: list[Entry]) -> None:
        """Come from what is shown to other entries in at most four steps, so that no view loses its place."""
        old, new = self._shown, shown
        if old == new:
            return
        self.arranging.emit(self._asked)
        wanted, known = set(new), set(old)
        gone = [entry for entry in old if entry not in wanted]
        come = [entry for entry in new if entry not in known]
        if gone:
            kept = [entry for entry in old if entry in wanted]
            self._reorder(kept + gone)
            self.beginRemoveRows(_NOWHERE, len(kept), len(old) - 1)
            self._set(kept)
            self.endRemoveRows()
        if come:
            at = len(self._shown)
            self.beginInsertRows(_NOWHERE, at, at + len(come) - 1)
            self._set(self._shown + come)
            self.endInsertRows()
        self._reorder(new)
        self._told_arranged()

    def _told_arranged(self) -> None:
        self.arranged.emit()

    def _reorder(self, entries_: list[Entry]) -> None:
        if entries_ == self._shown:
            return
        self.layoutAboutToBeChanged.emit()
        before = self._shown
        self._set(entries_)
        places = self._places()
        old = self.persistentIndexList()
        new = [self.createIndex(places[before[index.row()]], index.column()) for index in old]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _set(self, entries_: list[Entry]) -> None:
        self._shown = entries_
        self._rows = None

    def _places(self) -> dict[Entry, int]:
        if self._rows is None:
            self._rows = {entry: row for row, entry in enumerate(self._shown)}
        return self._rows

    def _tell_lines(self, lines: Iterable[Line]) -> None:
        """Tell of changed lines, those that stand together at once."""
        places, last = self._places(), self.columnCount() - 1
        rows = sorted({places[line] for line in lines if line in places})
        begin = 0
        for at in range(1, len(rows) + 1):
            if at == len(rows) or rows[at] != rows[at - 1] + 1:
                self.dataChanged.emit(self.index(rows[begin], 0), self.index(rows[at - 1], last))
                begin = at

    def _tell_all(self) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, self.columnCount() - 1))

    # Where things stand

    def entry(self, row: int) -> Entry:
        """Return the line or group in a row."""
        return self._shown[row]

    def line(self, row: int) -> Line | None:
        """Return the line in a row; None for a group's head and beyond the end."""
        entry = self._shown[row] if 0 <= row < len(self._shown) else None
        return entry if isinstance(entry, Line) else None

    def row_of(self, entry: Entry) -> int | None:
        """Return the row in which a line or group is shown."""
        return self._places().get(entry)

    def begins_document(self, row: int) -> bool:
        """Tell whether a row is the first of those of its document that stand together."""
        above, line = self.line(row - 1), self.line(row)
        return above is None or line is None or above.document != line.document

    def sample(self, most: int) -> list[Line]:
        """Return at most so many of the lines that were read, from all over the table; others where none was."""
        lines = [lines[0] for lines in self._documents]
        read = [line for line in lines if is_read(line.reviewed)] or lines
        return read[:: max(1, -(-len(read) // most))]

    def grouped_by(self) -> str:
        """Return the title of the column by which lines are grouped; empty where they are not."""
        return self.fields.titles[self.wanted.grouped] if self.wanted.grouped is not None else ""

    def cell(self, row: int, column: int) -> TableCell:
        """Return what stands in a cell of a line."""
        line = self.line(row)
        assert line is not None, "a group has no cells"
        return self.fields.cell(line, column)

    def place(self, row: int, column: int) -> tuple[str, str] | None:
        """Return the document and pointer of a cell, the pointer empty where it has none; None for a group's head."""
        line = self.line(row)
        if line is None:
            return None
        pointer = self.fields.pointer(line, column) if is_read(line.reviewed) else None
        return line.name, pointer or ""

    def find(self, document: str, pointer: str) -> tuple[Line, int] | None:
        """Return the line and column of a cell, shown or not; without a pointer the first of the document."""
        if document not in self._indices:
            return None
        lines = self._documents[self._indices[document]]
        found = column_of(pointer, self.fields.columns, self.fields.unit) if pointer else (0, None)
        if found is None:
            return None
        column, item = found
        return next((line for line in lines if item is None or line.item == item), lines[0]), column

    def group_of(self, line: Line) -> Group | None:
        """Return the head of the group in which a line stands; None where there are no groups, or it is left out."""
        return next((block.group for block in self._blocks if line in block.lines), None)

    def is_left_out(self, line: Line) -> bool:
        """Tell whether a filter hides a line."""
        return not any(line in block.lines for block in self._blocks)

    # What Qt asks for

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many lines and heads of groups are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.fields.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a cell: one of a document that was read can be typed into."""
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return plain | Qt.ItemFlag.ItemIsEditable if self.is_edited(index) else plain

    def is_edited(self, index: Index) -> bool:
        """Tell whether a cell can be typed into."""
        line = self.line(index.row()) if index.isValid() else None
        if line is None or not is_read(line.reviewed):
            return False
        column = index.column()
        has_place = self.fields.pointers(line.item)[column] is not None
        return has_place and self.fields.columns[column].kind in _EDITED

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's words, how it is read out, aligned, or edited."""
        if not index.isValid():
            return None
        entry = self._shown[index.row()]
        if isinstance(entry, Group):
            said = entry.title or NO_VALUE
            known = {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}
            return f"{said}, {figures.number(entry.count)} rows" if role in known else None
        column = self.fields.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.fields.cell(entry, index.column()).text
        if role == Qt.ItemDataRole.EditRole:
            value, _quote = self.fields.value(entry, index.column())
            cell = self.fields.cell(entry, index.column())
            return value if isinstance(value, str) else cell.text if value is not None else ""
        if role == Qt.ItemDataRole.AccessibleTextRole:
            sentence = sentence_of(entry)
            said = sentence or self.fields.cell(entry, index.column()).said()
            return f"{self.fields.titles[index.column()]}, {entry.name}: {said}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.kind == "number" else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title of a column with how far its cells can be trusted, or the document of a row."""
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return None
        if orientation == Qt.Orientation.Vertical:
            line = self.line(section)
            return line.name if line is not None else ""
        if not 0 <= section < len(self.fields.columns):
            return None
        title = self.fields.titles[section]
        return title if role == Qt.ItemDataRole.DisplayRole else f"{title}: {self.told(section)}"

    def told(self, column: int) -> str:
        """Return how many cells of a column are of which trust, in words."""
        counts = self.trusts[column]
        said = [
            f"{figures.number(counts[trust])} {words}" for trust, words in WORDS.items() if words and counts[trust] > 0
        ]
        return ", ".join(said) or "no values yet"


__all__ = ["ExtractTable", "Sorting", "Wanted"]
