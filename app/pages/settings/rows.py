"""Rows of the page: a name, what can be set, and a hint; and sections of them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.pages.settings.entries import BY_KEY, ENTRIES, SECTIONS, finds
from app.style import tokens
from app.widgets.controls import section_title, set_ink

if TYPE_CHECKING:
    from app.style.theme import Theme

NAMES = 184
"""Pixels of the names; what can be set begins behind them on the whole page."""
WIDEST = 620
"""Pixels of a hint: lines are not stretched to fill a wide window."""
_ROW = 1040
"""Pixels of a row: a wide window does not pull a name and its value apart."""
_FLASH_MS = 1200


class FoundName(QWidget):
    """The name of a row, with the words that were searched for in the accent."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme = theme
        self._text = text
        self._marks: list[tuple[int, int]] = []
        self.setFixedSize(self.sizeHint())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return the room of the column of names."""
        return QSize(NAMES, tokens.ROW)

    def search(self, query: str) -> None:
        """Mark the words of a query where they occur."""
        low = self._text.casefold()
        found = ((low.find(word), len(word)) for word in query.casefold().split())
        self._marks = sorted((at, at + size) for at, size in found if at >= 0)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the name, letter by letter where some of it was searched for."""
        theme, painter = self._theme, QPainter(self)
        plain, loud = theme.fonts.text(13), theme.fonts.text(13, 600)
        x, metrics = 0.0, QFontMetricsF(plain)
        base = self.height() / 2 + (metrics.ascent() - metrics.descent()) / 2
        edges = sorted({0, len(self._text), *(edge for mark in self._marks for edge in mark)})
        for start, end in pairwise(edges):
            marked = any(first <= start < last for first, last in self._marks)
            painter.setFont(loud if marked else plain)
            painter.setPen(theme.colour("accentText" if marked else "text2"))
            painter.drawText(QPointF(x, round(base)), self._text[start:end])
            x += painter.fontMetrics().horizontalAdvance(self._text[start:end])
        painter.end()


class _Hint(QLabel):
    """Lines of a bounded width, for which a layout gives them the height."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.fonts.text(12))
        self.setWordWrap(True)
        self.setProperty("ink", "text3")
        self.setMaximumWidth(WIDEST)

    def heightForWidth(self, width: int) -> int:
        """Return the height in the width that is used of what there is."""
        return super().heightForWidth(min(width, WIDEST))


class SettingRow(QFrame):
    """A name at the left, what can be set at its right, and a hint below. It lights up when it is sought."""

    def __init__(self, theme: Theme, key: str, control: QWidget, *, below: bool = False) -> None:
        super().__init__()
        self.entry = BY_KEY[key]
        self.control = control
        self._theme = theme
        self._lit = False
        self.name = FoundName(theme, self.entry.name)
        if not control.accessibleName():
            control.setAccessibleName(self.entry.name)
        self.hint = _Hint(theme, self.entry.hint)
        self.hint.setVisible(bool(self.entry.hint))
        self.setMaximumWidth(_ROW)
        inside = QVBoxLayout()
        inside.setContentsMargins(0, 2, 0, 2)
        inside.setSpacing(2)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.ANSWER_MARGIN, 0, tokens.ANSWER_MARGIN, 0)
        row.setSpacing(0)
        if below:
            inside.addWidget(self.hint)
            inside.addSpacing(4)
            inside.addWidget(control)
        else:
            inside.addWidget(control)
            inside.addWidget(self.hint)
        row.addWidget(self.name, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(inside, 1)
        self._inside = inside

    def add_below(self, widget: QWidget) -> None:
        """Add something below what can be set."""
        self._inside.addSpacing(4)
        self._inside.addWidget(widget)

    def say(self, hint: str, ink: str = "text3") -> None:
        """Change the hint."""
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        set_ink(self.hint, ink)

    def search(self, query: str) -> bool:
        """Show the row where a query finds it; tell whether it does."""
        found = finds(query, self.entry)
        self.setVisible(found)
        self.name.search(query)
        return found

    def light(self) -> None:
        """Light up, and take the focus."""
        self._lit = True
        self.update()
        QTimer.singleShot(_FLASH_MS, self, self._darken)
        first = next(
            (each for each in (self.control, *self.control.findChildren(QWidget)) if _takes_focus(each)), self.control
        )
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _darken(self) -> None:
        self._lit = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the light behind the row."""
        super().paintEvent(event)
        if self._lit:
            painter = QPainter(self)
            painter.fillRect(QRectF(0, 0, 2, self.height()), self._theme.colour("accent"))
            painter.fillRect(QRectF(2, 0, self.width() - 2, self.height()), self._theme.colour("select"))
            painter.end()


class SettingsSection(QFrame):
    """A title and its rows."""

    def __init__(self, theme: Theme, key: str) -> None:
        super().__init__()
        self.key = key
        self.rows: dict[str, SettingRow] = {}
        self._theme = theme
        self.setProperty("ground", "surface")
        self.setProperty("rule", "below")
        self.setAccessibleName(SECTIONS[key])
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 16, 0, 16)
        self._column.setSpacing(4)
        title = section_title(theme, SECTIONS[key])
        title.setContentsMargins(tokens.ANSWER_MARGIN, 0, 0, 4)
        self._column.addWidget(title)

    def add(self, key: str, control: QWidget, *, below: bool = False) -> SettingRow:
        """Add the row of an entry; `below` puts what can be set under its hint."""
        row = self.rows[key] = SettingRow(self._theme, key, control, below=below)
        self._column.addWidget(row)
        return row

    def search(self, query: str) -> int:
        """Show the rows that a query finds; tell how many."""
        found = sum(row.search(query) for row in self.rows.values())
        self.setVisible(found > 0)
        return found

    def check(self) -> None:
        """Make sure that each entry has its row."""
        missing = {entry.key for entry in ENTRIES if entry.section == self.key} - set(self.rows)
        assert not missing, f"rows are missing: {missing}"


def _takes_focus(widget: QWidget) -> bool:
    return (
        bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and widget.isEnabled()
        and widget.isVisibleTo(widget.window())
    )


def across(*widgets: QWidget) -> QWidget:
    """Return widgets side by side, at the left."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return made
