"""The head of the page: which extraction is open, how it came about, what is done with its table, and Run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit

from app.style import tokens
from app.style.plain_text import one_line
from app.style.theme import set_kind
from app.widgets.controls import button, icon_button, key_hint, label, set_icon

if TYPE_CHECKING:
    from app.style.theme import Theme

Going = Literal["new", "ready", "running", "pausing", "paused", "stopping", "done"]
"""Where the open job stands."""

_LONGEST: Final = 200
_WIDEST: Final = 420
_UNNAMED: Final = "New extraction"


class NameField(QLineEdit):
    """A name that reads as a title until it is typed into; Enter keeps what was typed, Esc what was there."""

    named = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._kept = ""
        set_kind(self, "title")
        self.setFont(theme.fonts.text(15, 600))
        self.setMaxLength(_LONGEST)
        self.setAccessibleName("Name of the extraction")
        self.setToolTip("Click to rename")
        self.setPlaceholderText(_UNNAMED)
        self.textChanged.connect(self._fit)
        self.editingFinished.connect(self._finish)
        self._fit()

    def say(self, name: str) -> None:
        """Show a name, unless somebody is typing another."""
        self._kept = one_line(name, _LONGEST)
        if not self.hasFocus():
            self.setText(self._kept)
            self.setCursorPosition(0)
            self._fit()

    def _finish(self) -> None:
        name = self.text().strip()
        if name and name != self._kept:
            self._kept = name
            self.named.emit(name)
        self.setText(self._kept)
        self.setCursorPosition(0)

    def _fit(self) -> None:
        words = self.text() or _UNNAMED
        wide = round(QFontMetricsF(self.font()).horizontalAdvance(words)) + 18
        self.setMaximumWidth(min(wide, _WIDEST))
        self.setMinimumWidth(min(wide, 120))

    def event(self, event: QEvent) -> bool:
        """Keep Esc for itself while it is typed into."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.ShortcutOverride and escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep the name that was, or the one that was typed, and give the keyboard back."""
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._kept)
        elif event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
            return
        self.clearFocus()


class ExtractHead(QFrame):
    """A row of 48 px. It asks for everything and changes nothing itself.

    One button runs, pauses, goes on, or stops at once what is pausing; `go_asked` is its press.
    """

    renamed = Signal(str)
    go_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._going: Going = "new"
        self.setProperty("ground", "surface")
        self.setProperty("rule", "below")
        self.setFixedHeight(tokens.HEADER)
        self.name = NameField(theme)
        self.name.named.connect(self.renamed)
        self.jobs = icon_button(theme, "caret-down", "All extractions", "Ctrl+G")
        self.began = label(theme, "", 13, ink="text2", tabular=True)
        self.more = icon_button(theme, "dots-three", "More for this extraction")
        self.accuracy = icon_button(theme, "target", "Compare with known values")
        self.accuracy.setCheckable(True)
        self.export = button(theme, "Export", icon="caret-down")
        self.export.setText("Export\N{THIN SPACE}")
        self.export.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the caret stands behind the word
        self.export.setToolTip("Save the table as CSV, JSONL or XLSX (Ctrl+S)")
        self.go = button(theme, "Run", "primary", "play-fill")
        self.go.clicked.connect(self.go_asked)
        self.key = key_hint(theme, "Ctrl ↵")
        row = QHBoxLayout(self)
        # The name's words, not its invisible border, stand above those below.
        row.setContentsMargins(tokens.PANEL_MARGIN - 6, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self.name, 1)
        row.addWidget(self.jobs)
        row.addWidget(self.began)
        row.addStretch(1)
        for widget in (self.accuracy, self.more, self.export, self.go, self.key):
            row.addWidget(widget)

    def show_job(self, name: str, began: str, *, named: bool, exportable: bool, comparable: bool) -> None:
        """Say which extraction is open, and whether there is anything to rename, to export or to compare."""
        self.name.say(name)
        self.name.setReadOnly(not named)
        self.name.setToolTip("Click to rename" if named else "It can have another name once it has been run")
        self.began.setText(began)
        self.began.setVisible(bool(began) and self.width() >= 760)
        self.export.setEnabled(exportable)
        self.accuracy.setEnabled(comparable)

    def show_going(self, going: Going, *, able: bool, loud: bool, why: str = "") -> None:
        """Offer what the job can do next. `loud` makes it the page's primary button, `why` says why it cannot."""
        self._going = going
        words, icon, key = {
            "running": ("Pause", "pause-fill", "Esc"),
            "pausing": ("Stop now", "stop-fill", "Esc"),
            "stopping": ("Stopping", "stop-fill", ""),
            "paused": ("Resume", "play-fill", "Ctrl ↵"),
        }.get(going, ("Run", "play-fill", "Ctrl ↵"))
        primary = loud and able and going in {"new", "ready", "paused"}
        set_kind(self.go, "primary" if primary else "")
        self.go.setFont(self._theme.fonts.text(13, 600 if primary else 500))
        self.go.setText(f"\N{THIN SPACE}{words}")
        set_icon(self._theme, self.go, icon, "onAccent" if primary else "text")
        self.go.setAccessibleName(words)
        self.go.setEnabled(able and going != "stopping")
        tips = {
            "running": "Begin no more documents; those that are being read end first (Esc)",
            "pausing": "What is being read ends first. Stop it at once (Esc)",
            "paused": "Go on with what is left (Ctrl+Enter)",
        }
        self.go.setToolTip(why or tips.get(going, "Read all documents that are not read yet (Ctrl+Enter)"))
        self.key.setText(key)
        self.key.setVisible(bool(key))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out where there is no room what the list of extractions says too."""
        super().resizeEvent(event)
        self.began.setVisible(bool(self.began.text()) and self.width() >= 760)
