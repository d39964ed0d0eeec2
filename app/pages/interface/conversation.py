"""The panel at the left: which interface is open, what was asked for, and the composer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout

from app.models.interface_turns import TurnList
from app.pages.interface.composer import AttachedChips, Composer
from app.pages.interface.turns_view import TurnsView
from app.style import tokens
from app.widgets.controls import icon_button, label
from app.widgets.elided_label import ElidedLabel
from app.widgets.undo_bar import UndoBar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.models.interface_turns import TurnRow
    from app.style.theme import Theme

WIDTH = 264
NEW = "New interface"
_HINT = (
    "A screen grows from a sentence: a login form, a dashboard, a survey. "
    "Then click a part to change it, or say what else should be there."
)


class ConversationPanel(QFrame):
    """Title and menu, the turns, what is attached, and the composer. It asks the page for everything."""

    gallery_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "canvas")
        self.setAccessibleName("What was asked for")
        self._entries: Sequence[tuple[str, Callable[[], object]] | None] = ()
        self.title = ElidedLabel(theme, 15, 600)
        self.gallery = icon_button(theme, "squares-four", "All interfaces", "Ctrl+G")
        self.gallery.setCheckable(True)
        self.gallery.clicked.connect(self.gallery_asked.emit)
        self.more = icon_button(theme, "dots-three", "More for this interface")
        self.more.clicked.connect(self._show_menu)
        self.turns = TurnList(self)
        self.view = TurnsView(theme, self.turns)
        self.none = label(theme, _HINT, 13, ink="text3")
        self.none.setWordWrap(True)
        self.none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.none.setContentsMargins(tokens.PANEL_MARGIN, 16, tokens.PANEL_MARGIN, 0)
        self.middle = QStackedWidget()
        self.middle.addWidget(self.view)
        self.middle.addWidget(self.none)
        self.told = UndoBar(theme)
        self.attached = AttachedChips(theme)
        self.composer = Composer(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self.middle, 1)
        column.addWidget(self.told)
        column.addWidget(self.attached)
        column.addWidget(self.composer)
        self.show_title("")
        self.show_turns(())

    def _head(self) -> QFrame:
        head = QFrame()
        head.setProperty("ground", "canvas")
        head.setProperty("rule", "below")
        head.setFixedHeight(tokens.HEADER)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 12, 0)
        row.setSpacing(2)
        row.addWidget(self.title, 1)
        row.addWidget(self.gallery)
        row.addWidget(self.more)
        return head

    # What the page may ask for

    def offer(self, entries: Sequence[tuple[str, Callable[[], object]] | None]) -> None:
        """Put these into the menu; None stands for a line between them."""
        self._entries = entries

    def show_title(self, title: str) -> None:
        """Say which interface is open."""
        self.title.say(title or NEW)

    def show_turns(self, rows: Sequence[TurnRow]) -> None:
        """Show what was asked for."""
        self.turns.show_turns(rows)
        self.middle.setCurrentWidget(self.view if rows else self.none)
        self.view.follow_writing(writing=any(fact.shape == "arc" for row in rows for fact in row.facts))

    # Parts

    def _show_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entry in self._entries:
            if entry is None:
                menu.addSeparator()
            else:
                words, intent = entry
                menu.addAction(words, intent)
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))
