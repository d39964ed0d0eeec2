"""Models: which there are, which is loaded, what each takes, and how quick it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout

from app.models.page_commands import listen
from app.pages.models.commands import intents
from app.pages.models.deeds import Deeds
from app.pages.models.elsewhere import Elsewhere
from app.pages.models.fetching import Fetching
from app.pages.models.list import Headings, ModelsView
from app.pages.models.listing import LONG, Listing
from app.pages.models.loaded import LoadedModel
from app.pages.models.showing import Showing
from app.pages.models.side import DetailSide
from app.pages.models.strips import NoticeStrip, UsualStrip
from app.pages.models.tools import Foot, ToolRow
from app.pages.models.ways import Ways, droppable
from app.style import tokens
from app.widgets.controls import button, label
from app.widgets.page import PageHead
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

_NARROW: Final = 720
"""Below this width the head has no room for what it promises."""


class ModelsPage(QFrame):
    """The loaded model above, all others in groups below it, the chosen one at the right.

    `settings_asked` asks for the page of settings, `use_asked` for a choice of model (`app.model_choice`) to be used.
    """

    title = "Models"
    settings_asked = Signal()
    use_asked = Signal(str)

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self.theme = theme
        self.session = session
        self._undo: Callable[[], None] | None = None
        self.setProperty("ground", "surface")
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._build()
        self._connect()
        listen(session.shortcuts, self, "models", intents(), self)
        self.showing.show_all()
        self._ask_usual()

    # Building

    def _build(self) -> None:
        theme, session = self.theme, self.session
        self.head = PageHead(theme, self.title)
        self.promise = label(theme, "Nothing is fetched unless you ask", 12, ink="text2")
        self.add_file = button(theme, "Add a file…", icon="file-plus", name="Add GGUF files")
        self.add_folder = button(theme, "Add a folder…", icon="folder-open", name="Add a folder of models")
        self.loaded = LoadedModel(theme)
        self.trouble = TroubleStrip(theme, tokens.ANSWER_MARGIN - 2)
        self.notice = NoticeStrip(theme)
        self.off = NoticeStrip(theme, "Settings…", "Allow the network in the settings")
        self.usual = UsualStrip(theme)
        self.tools = ToolRow(theme)
        self.filter = self.tools.filter
        self.listing = Listing(session, self)
        self.headings = Headings(theme)
        self.list = ModelsView(theme, self.listing.rows)
        self.foot = Foot(theme)
        self.told = UndoBar(theme)
        self.side = DetailSide(theme)
        self.ways = Ways(session, self)
        self.fetching = Fetching(theme, session, self.listing, self)
        self.elsewhere = Elsewhere(theme, session, self.listing, self)
        self.deeds = Deeds(session, self.list, self.listing, self.fetching, self.elsewhere, self.ways, self)
        self.showing = Showing(session, self)
        row = self.head.row
        row.addWidget(self.promise)
        row.addSpacing(8)
        row.addWidget(self.add_file)
        row.addSpacing(4)
        row.addWidget(self.add_folder)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        for widget in (
            self.head,
            self.loaded,
            self.trouble,
            self.notice,
            self.off,
            self.usual,
            self.tools,
            self.headings,
        ):
            left.addWidget(widget)
        left.addWidget(self.list, 1)
        left.addWidget(self.told)
        left.addWidget(self.foot)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(left, 1)
        whole.addWidget(self.side)

    def _connect(self) -> None:
        models, downloads, endpoints = self.session.models, self.session.downloads, self.session.endpoints
        models.told.connect(self.tell)
        endpoints.told.connect(self.tell)
        for failed in (models.failed, downloads.failed, endpoints.failed):
            failed.connect(self.fail)
        self.session.benchmarks.failed.connect(self.fail)
        self.session.start_noticed.connect(self.notice.say)
        self.notice.say(self.session.start_notice)
        self.add_file.clicked.connect(self.ways.add_file)
        self.ways.refused.connect(self.tell)
        self.add_folder.clicked.connect(self.ways.add_folder)
        self.off.way_asked.connect(self.settings_asked)
        self.usual.answered.connect(self._answer_usual)
        self.tools.asked.connect(self.fetching.look_up)
        self.filter.textChanged.connect(self.listing.filter)
        self.filter.down_asked.connect(self.list.enter)
        self.list.undo_asked.connect(self.undo)
        self.told.undo_asked.connect(self.undo)
        self.listing.shown.connect(self._listed)
        hub, endpoint = self.side.hub, self.side.endpoint
        hub.deed_asked.connect(lambda: self.deeds.do(self.showing.key))
        hub.throw_away_asked.connect(lambda: self.deeds.remove(self.showing.key))
        hub.token.clicked.connect(self.deeds.give_token)
        hub.look_up_asked.connect(lambda: self.fetching.ask(self.showing.key))
        endpoint.use_asked.connect(lambda: self.deeds.use(self.showing.key))
        self.deeds.use_asked.connect(self.use_asked)
        endpoint.check_asked.connect(lambda: self.elsewhere.check(self.showing.key))
        endpoint.edit_asked.connect(lambda: self.elsewhere.edit(self.showing.key))
        endpoint.remove_asked.connect(lambda: self.elsewhere.remove(self.showing.key))

    # The list

    def _listed(self) -> None:
        self.filter.setVisible(self.listing.length >= LONG or bool(self.filter.text()))

    def focus_address(self) -> None:
        """Type what a hub calls a model."""
        self.tools.address.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.tools.address.selectAll()

    def _ask_usual(self) -> None:
        """Ask once whether the folders of other programs may be looked into, where there are any."""
        if self.session.models.usual_allowed is None:
            self.session.models.find_usual(self.usual.ask)

    def _answer_usual(self, allowed: bool) -> None:
        self.usual.hide()
        self.session.models.allow_usual(allowed)

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
        """Take files and folders; only where there is a model or a folder among them, the list says so."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self._dragged(over=droppable(paths))

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
        self.fit_head()

    def fit_head(self) -> None:
        """Promise what holds, where there is room for it; where the network is off, a strip says so."""
        room = self.width() - self.side.width() >= _NARROW
        self.promise.setVisible(room and self.session.network_allowed)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Let a person go on with the list."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason and QApplication.focusWidget() is self:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
