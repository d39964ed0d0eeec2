"""The line above a document: its name, which page is seen, how large, and whether as a picture or as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app import figures
from app.style import tokens
from app.widgets.controls import icon_button, label, set_icon
from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.document_shown import DocumentShown, Look
    from app.style.theme import Theme

_ROOMY: Final = 440
_SNUG: Final = 340
_LOOKS: Final[dict[Look, tuple[str, str]]] = {
    "pages": ("file", "Show the pages"),
    "grid": ("table", "Show the tables"),
    "text": ("text-align-left", "Show the text"),
}


class DocumentHead(QFrame):
    """Tells and offers; what is asked for comes as signals."""

    page_asked = Signal(int)
    """One page on (1) or back (-1)."""
    zoom_asked = Signal(int)
    """Larger (1), smaller (-1), or as wide as the view (0)."""
    look_asked = Signal()
    find_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("ground", "surface")
        self.setProperty("rule", "below")
        self.setFixedHeight(tokens.ROW + 1)
        self.name = ElidedLabel(theme, 13, 600, middle=True)
        self.count = label(theme, "", 12, tabular=True)
        self.back = icon_button(theme, "caret-left", "The page before", "Ctrl+PgUp")
        self.on = icon_button(theme, "caret-right", "The next page", "Ctrl+PgDown")
        self.smaller = icon_button(theme, "magnifying-glass-minus", "Smaller", "Ctrl+-")
        self.larger = icon_button(theme, "magnifying-glass-plus", "Larger", "Ctrl++")
        self.fit = icon_button(theme, "arrows-out-line-horizontal", "As wide as the view", "Ctrl+0")
        self.find_button = icon_button(theme, "magnifying-glass", "Find in this document", "Ctrl+F")
        self.look = icon_button(theme, "text-align-left", "Show the text", "Ctrl+T")
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 8, 0)
        row.setSpacing(0)
        row.addWidget(self.name, 1)
        row.addSpacing(8)
        row.addWidget(self.count)
        row.addSpacing(4)
        for made in (self.back, self.on, self.find_button, self.smaller, self.larger, self.fit, self.look):
            row.addWidget(made)
        self._zoomed = False
        self._looks: tuple[Look, ...] = ()
        self._look_now: Look = "text"
        self.back.clicked.connect(lambda: self.page_asked.emit(-1))
        self.on.clicked.connect(lambda: self.page_asked.emit(1))
        self.smaller.clicked.connect(lambda: self.zoom_asked.emit(-1))
        self.larger.clicked.connect(lambda: self.zoom_asked.emit(1))
        self.fit.clicked.connect(lambda: self.zoom_asked.emit(0))
        self.find_button.clicked.connect(self._ask_find)
        self.look.clicked.connect(self._ask_look)
        self.show_document(None)

    def show_document(self, document: DocumentShown | None, name: str = "") -> None:
        """Tell of another document, or only of the name of one that cannot be shown."""
        self.name.say(document.name if document is not None else name)
        self._looks = document.looks if document is not None else ()
        self.find_button.setEnabled(document is not None and bool(document.text))
        self.show_page(0, len(document.pages) if document is not None else 0)
        self._offer()

    def show_page(self, page: int, count: int) -> None:
        """Tell which page (an index) of how many is seen."""
        several = count > 1
        self.count.setText(f"{figures.number(page + 1)} of {figures.number(count)}" if several else "")
        for made in (self.count, self.back, self.on):
            made.setVisible(several)
        self.back.setEnabled(page > 0)
        self.on.setEnabled(page < count - 1)

    def show_look(self, look: Look, following: Look) -> None:
        """Tell how the document is shown, and how it is shown next when asked for."""
        self._look_now = look
        icon, words = _LOOKS[following]
        set_icon(self._theme, self.look, icon)
        self.look.setAccessibleName(words)
        self.look.setToolTip(f"{words} (Ctrl+T)")
        self._offer()

    def show_zoom(self, zoom: float) -> None:
        """Tell how wide a page is, as a share of the room."""
        self._zoomed = abs(zoom - 1) > 1e-6
        self._offer()

    def _ask_find(self) -> None:
        self.find_asked.emit()

    def _ask_look(self) -> None:
        self.look_asked.emit()

    def _offer(self) -> None:
        pages = "pages" in self._looks and self._look_now == "pages"
        roomy = self.width() >= _ROOMY
        self.larger.setVisible(pages)
        self.smaller.setVisible(pages and (roomy or (self._zoomed and self.width() >= _SNUG)))
        self.fit.setVisible(pages and self._zoomed)
        self.find_button.setVisible(bool(self._looks) and (roomy or not pages))
        self.look.setVisible(len(self._looks) > 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer more where there is room for it."""
        super().resizeEvent(event)
        self._offer()
