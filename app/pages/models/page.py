"""Models: which there are, which is loaded, what each takes, and how quick it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout

from app.models.page_commands import listen
from app.pages.models.commands import intents
from app.pages.models.list import Headings, ModelsView
from app.pages.models.listing import LONG, Listing
from app.pages.models.loaded import LoadedModel
from app.pages.models.showing import Showing
from app.pages.models.side import DetailSide
from app.pages.models.strips import UsualStrip
from app.pages.models.ways import Ways, droppable
from app.style import tokens
from app.widgets.controls import button, ground, label
from app.widgets.page import PageHead
from app.widgets.search_field import SearchField
from app.widgets.trouble_strip import TroubleStrip
from app.widgets.undo_bar import UndoBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import (
        QDragEnterEvent,
        QDragLeaveEvent,
        QDropEvent,
        QFocusEvent,
        QResizeEvent,
    )

    from app.session import Session
    from app.style.theme import Theme
    from engine.errors import EngineError

_DROP: Final = "Drop a GGUF file or a folder anywhere on this page to add it"


class ModelsPage(QFrame):
    """The loaded model above, all others in groups below it, the chosen one at the right."""

    title = "Models"

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._theme = theme
        self.session = session
        self._undo: Callable[[], None] | None = None
        self.setProperty("ground", "surface")
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._build()
        self._connect()
        listen(session.shortcuts, self, "models", intents(), self)
        session.models.refresh()
        self.showing.show_all()

    # Building

    def _build(self) -> None:
        theme, session = self._theme, self.session
        self.head = PageHead(theme, self.title)
        self.add_file = button(theme, "Add a file…", icon="file-plus", name="Add GGUF files")
        self.add_folder = button(theme, "Add a folder…", icon="folder-open", name="Add a folder of models")
        self.loaded = LoadedModel(theme)
        self.trouble = TroubleStrip(theme)
        self.usual = UsualStrip(theme)
        self.listing = Listing(session, self)
        self.headings = Headings(theme)
        self.list = ModelsView(theme, self.listing.rows)
        self.filter = SearchField(theme, "Filter the models")
        self.hint = label(theme, _DROP, 12, ink="text3")
        self.told = UndoBar(theme)
        self.side = DetailSide(theme)
        self.ways = Ways(session, self)
        self.showing = Showing(session, self)
        row = self.head.row
        row.addWidget(label(theme, "Nothing is fetched unless you ask", 12, ink="text2"))
        row.addSpacing(8)
        row.addWidget(self.add_file)
        row.addSpacing(4)
        row.addWidget(self.add_folder)
        self.filter.hide()
        foot = ground("surface", "above")
        below = QHBoxLayout(foot)
        below.setContentsMargins(tokens.ANSWER_MARGIN, 10, tokens.ANSWER_MARGIN, 10)
        below.addWidget(self.hint)
        tools = QHBoxLayout()
        tools.setContentsMargins(tokens.ANSWER_MARGIN, 0, tokens.ANSWER_MARGIN, 0)
        tools.addWidget(self.filter)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        for widget in (self.head, self.loaded, self.trouble, self.usual):
            left.addWidget(widget)
        left.addLayout(tools)
        left.addWidget(self.headings)
        left.addWidget(self.list, 1)
        left.addWidget(self.told)
        left.addWidget(foot)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(left, 1)
        whole.addWidget(self.side)

    def _connect(self) -> None:
        models = self.session.models
        models.told.connect(self.tell)
        models.failed.connect(self.fail)
        self.add_file.clicked.connect(self.ways.add_file)
        self.add_folder.clicked.connect(self.ways.add_folder)
        self.usual.answered.connect(models.allow_usual)
        self.filter.textChanged.connect(self.listing.filter)
        self.filter.down_asked.connect(self.list.enter)
        self.list.undo_asked.connect(self.undo)
        self.told.undo_asked.connect(self.undo)
        self.listing.shown.connect(self._listed)

    # The list

    def _listed(self) -> None:
        self.filter.setVisible(self.listing.length >= LONG or bool(self.filter.text()))

    def search(self) -> None:
        """Type what a model is called."""
        self.filter.show()
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    # Words

    def tell(self, words: str, undo: Any = None) -> None:
        """Say what was done, with the way back where there is one."""
        self._undo = undo
        (self.told.offer if undo is not None else self.told.tell)(words)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return self._undo is not None

    def undo(self) -> None:
        """Take back what was done last."""
        undo, self._undo = self._undo, None
        self.told.withdraw()
        if undo is not None:
            undo()

    def fail(self, error: EngineError) -> None:
        """Say what went wrong; nothing is lost by it."""
        self.trouble.show_error(error, "")

    # Dropping

    def _dragged(self, *, over: bool) -> None:
        self.list.setProperty("dropping", over)
        self.list.viewport().update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take GGUF files and folders."""
        if droppable([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]):
            event.acceptProposedAction()
            self._dragged(over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Go back to how it was."""
        self._dragged(over=False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        self._dragged(over=False)
        self.ways.take_dropped([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    # Life

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the side what a wide window has to spare."""
        super().resizeEvent(event)
        self.side.spread(wide=self.window().width() >= tokens.WIDE)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Let a person go on with the list."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason and QApplication.focusWidget() is self:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
