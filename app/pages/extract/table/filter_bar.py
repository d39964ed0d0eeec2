"""The line above the table: which rows are shown, in which order, and what has changed since they were put in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from app import figures
from app.models.extract_lines import KINDS
from app.pages.extract.table.painting import paint_trust
from app.style import tokens
from app.widgets.controls import button, icon_button
from app.widgets.search_field import SearchField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.models.extract_cells import Trust
    from app.models.extract_lines import Kind
    from app.style.theme import Theme

HEIGHT: Final = tokens.TABS
_PAUSE_MS: Final = 150
_CHIP: Final = 24
_INSET: Final = 8
_SEARCH: Final = 168
_NARROW: Final = 132
_CHIPS: Final[tuple[tuple[Kind | None, str, Trust | None, str], ...]] = (
    (None, "All", None, "All rows"),
    ("review", "To review", "doubtful", "Rows with cells to look at"),
    ("failed", "Failed", "failed", "Documents that could not be read or answered"),
    ("incomplete", "Incomplete", "missing", "Rows that lack what the schema asks for"),
    ("empty", "Empty", "absent", "Documents that were read and hold nothing"),
    ("edited", "Edited", "edited", "Rows in which a person has changed a value"),
    ("done", "Done", "exact", "Rows that satisfy the schema"),
    ("waiting", "Waiting", "waiting", "Documents that are still to be read"),
)


class FilterChip(QAbstractButton):
    """A kind of rows and how many there are."""

    def __init__(self, theme: Theme, words: str, trust: Trust | None, tip: str) -> None:
        super().__init__()
        self._theme = theme
        self._trust: Trust | None = trust
        self._count = 0
        self.setText(words)
        self.setCheckable(True)
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)

    def show_count(self, count: int) -> None:
        """Show how many rows there are."""
        if count != self._count:
            self._count = count
            self.updateGeometry()
            self.update()
        self.setAccessibleName(f"{self.text()}, {figures.number(count)}")

    def sizeHint(self) -> QSize:
        """Return the room for the mark, the words and the number."""
        words, number = (
            QFontMetricsF(self._theme.fonts.text(12, weight, tabular=weight == 400)) for weight in (500, 400)
        )
        mark = 15 if self._trust else 0
        wide = words.horizontalAdvance(self.text()) + number.horizontalAdvance(figures.number(self._count)) + 5
        return QSize(round(wide) + mark + 2 * _INSET + 1, _CHIP)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the chip."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "select" if self.isChecked() or self.isDown() else "hover" if self.underMouse() else ""
        box = QRectF(self.rect())
        if ground:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(ground))
            painter.drawRoundedRect(box, 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 5, 5)
        x, middle = float(_INSET), self.height() / 2
        if self._trust is not None:
            paint_trust(painter, theme, self._trust, QPointF(x + 5, middle))
            x += 15
        font = theme.fonts.text(12, 500)
        metrics = QFontMetricsF(font)
        base = round(middle + (metrics.ascent() - metrics.descent()) / 2)
        painter.setFont(font)
        painter.setPen(theme.colour("text" if self.isChecked() or self.underMouse() else "text2"))
        painter.drawText(QPointF(x, base), self.text())
        painter.setFont(theme.fonts.text(12, 400, tabular=True))
        painter.setPen(theme.colour("text3"))
        painter.drawText(QPointF(x + metrics.horizontalAdvance(self.text()) + 5, base), figures.number(self._count))
        painter.end()


class FilterBar(QWidget):
    """Chips for kinds of rows, the text to filter by, worst first, and the menu for all else."""

    kind_asked = Signal(object)
    text_asked = Signal(str)
    all_asked = Signal()
    worst_asked = Signal(bool)
    again_asked = Signal()
    unit_menu_asked = Signal(QPoint)
    view_menu_asked = Signal(QPoint)
    left = Signal()
    """Down or Enter in the field: to the rows."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName("Filter and order of the rows")
        self._kind: Kind | None = None
        self._counts: Mapping[Kind, int] = {}
        self._total = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.PANEL_MARGIN - _INSET, 0, tokens.PANEL_MARGIN - 4, 0)
        row.setSpacing(2)
        self.chips: dict[Kind | None, FilterChip] = {}
        for kind, words, trust, tip in _CHIPS:
            chip = FilterChip(theme, words, trust, tip)
            chip.clicked.connect(lambda _=False, asked=kind: self._ask(asked))
            self.chips[kind] = chip
            row.addWidget(chip)
        self.among = FilterChip(theme, "", "failed", "Show all rows")
        self.among.setChecked(True)
        self.among.clicked.connect(self.all_asked)
        self.among.hide()
        row.addWidget(self.among)
        row.addStretch(1)
        self.again = button(theme, "Sort again", "link", "arrows-clockwise")
        self.again.clicked.connect(self.again_asked)
        self.again.hide()
        self.unit = button(theme, "Documents", "flat")
        self.unit.setToolTip("What a row is")
        self.unit.clicked.connect(lambda: self.unit_menu_asked.emit(_below(self.unit)))
        self.unit.hide()
        self.worst = icon_button(theme, "sort-ascending", "Worst first")
        self.worst.setCheckable(True)
        self.worst.setToolTip("Worst first: the rows with the least sure cells at the top")
        self.worst.clicked.connect(self.worst_asked)
        self.menu = icon_button(theme, "sliders-horizontal", "Sort, group and columns")
        self.menu.clicked.connect(lambda: self.view_menu_asked.emit(_below(self.menu)))
        self.field = SearchField(theme, "Filter rows")
        self.field.setFixedWidth(_SEARCH)
        self.field.setToolTip("Filter rows by their words (Ctrl+F)")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(lambda: self.text_asked.emit(self.field.text()))
        self.field.textChanged.connect(self._pause.start)
        self.field.down_asked.connect(self._leave)
        self.field.enter_asked.connect(self._leave)
        for each in (self.again, self.unit, self.worst, self.menu):
            row.addWidget(each)
        row.addSpacing(4)
        row.addWidget(self.field)
        self.show_counts({}, 0)

    def _ask(self, kind: Kind | None) -> None:
        if kind is None:
            self.all_asked.emit()
        else:
            self.kind_asked.emit(kind)

    def _leave(self) -> None:
        self._pause.stop()
        self.text_asked.emit(self.field.text())
        self.left.emit()

    # What is shown

    def show_counts(self, counts: Mapping[Kind, int], total: int) -> None:
        """Show how many rows there are of each kind; kinds without any are left out."""
        self._counts, self._total = counts, total
        for kind, chip in self.chips.items():
            count = total if kind is None else counts.get(kind, 0)
            chip.show_count(count)
        self._make_room()

    def show_wanted(self, kind: Kind | None, text: str, *, worst: bool) -> None:
        """Show what the rows are filtered by, and whether the worst come first."""
        self._kind = kind
        for each, chip in self.chips.items():
            chip.setChecked(each == kind and (each is not None or self.among.isHidden()))
        if text != self.field.text().strip():
            self.field.setText(text)
            self._pause.stop()
        self.worst.setChecked(worst)
        self._make_room()

    def show_among(self, words: str, count: int) -> None:
        """Show that only some documents are seen, and why; with "" that this is over."""
        self.among.setText(words)
        self.among.show_count(count)
        self.among.setChecked(True)
        self.among.setVisible(bool(words))
        self._make_room()

    def show_stale(self, count: int, *, sorted_: bool) -> None:
        """Offer to sort again where rows would stand elsewhere by now, or to filter again."""
        self.again.setText("\u2009" + ("Sort again" if sorted_ else "Filter again"))
        many = "1 row has" if count == 1 else f"{figures.number(count)} rows have"
        self.again.setToolTip(f"{many} changed since. They stay where they are until you ask.")
        self.again.setAccessibleName(f"{'Sort' if sorted_ else 'Filter'} again, {many} changed")
        self.again.setVisible(count > 0)
        self._make_room()

    def show_unit(self, title: str, *, several: bool) -> None:
        """Show what a row is, where there is a choice."""
        self.unit.setText(f"Rows: {title.replace('&', '&&')}")
        self.unit.setAccessibleName(f"Rows: {title}")
        self.unit.setVisible(several)
        self._make_room()

    def focus_field(self) -> None:
        """Take the focus to the text to filter by."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    # Room

    def minimumSizeHint(self) -> QSize:
        """Return the room of the field and the buttons: chips that do not fit are left out."""
        return QSize(_NARROW * 2, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what fits."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Leave out chips that say the least until the rest fits; the one that is chosen stays."""
        wanted = [kind for kind in self.chips if kind is None or kind == self._kind or self._counts.get(kind, 0)]
        if wanted == [None] and not self._total:
            wanted = []
        others = [each for each in (self.among, self.again, self.unit, self.worst, self.menu) if not each.isHidden()]
        fixed = sum(each.sizeHint().width() + 2 for each in others) + 2 * tokens.PANEL_MARGIN + 8
        room = self.width() - fixed
        chips = {kind: self.chips[kind].sizeHint().width() + 2 for kind in wanted}
        self.field.setFixedWidth(_SEARCH if sum(chips.values()) + _SEARCH <= room else _NARROW)
        room -= self.field.width()
        for least in reversed(KINDS):
            if sum(chips.values()) > room and least in chips and least != self._kind:
                del chips[least]
        for kind, chip in self.chips.items():
            chip.setVisible(kind in chips)


def _below(widget: QWidget) -> QPoint:
    return widget.mapToGlobal(QPoint(0, widget.height() + 2))
