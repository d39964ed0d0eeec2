"""Extract: a folder of documents to a table whose cells can be trusted."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.model_choice import LOCAL
from app.models.page_commands import listen
from app.pages.extract.accuracy_panel import AccuracyPanel
from app.pages.extract.changed_strip import ChangedStrip
from app.pages.extract.commands import intents
from app.pages.extract.coverage_bar import CoverageBar
from app.pages.extract.document_pane import DocumentPane
from app.pages.extract.empty import EmptyTable
from app.pages.extract.head import ExtractHead
from app.pages.extract.mending import Mending
from app.pages.extract.review_bar import ReviewBar
from app.pages.extract.reviewing import Reviewing, first_to_show
from app.pages.extract.setting_up import SettingUp, sample_folder
from app.pages.extract.setup_bar import SetupBar
from app.pages.extract.standing import reach_of
from app.pages.extract.table import ExtractTableView
from app.pages.extract.ways import Ways
from app.pages.extract.words import WAITS, begun, count
from app.session.later import later
from app.shortcuts import show_keys
from app.style import tokens
from app.widgets.controls import ground
from app.widgets.document_view import DocumentView
from app.widgets.leaving_strip import LeavingStrip
from app.widgets.splits import split_of
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
    from app.session.extraction import CellPlace
    from app.style.theme import Theme
    from engine.errors import EngineError

_DOCUMENT: Final = 384
_WIDE_DOCUMENT: Final = 640
_LEAST_TABLE: Final = 520
_SPLIT: Final = "extract.document"
_TABLE: Final = "extract.table"
_FILTERS: Final = "extract.filters"
_KEEP_MS: Final = 400


class ExtractPage(QFrame):
    """The setup above, the table in the middle, the document of the chosen cell at the right.

    `schema_wanted` asks for a schema in the editor: its id in the library or None, and its text; `models_wanted` for
    the page of models.
    """

    title = "Extract"
    schema_wanted = Signal(object, str)
    models_wanted = Signal()

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._theme = theme
        self._whole = session
        self.session = session.extractions
        self._undo: Callable[[], None] | None = None
        self._document_width: int | None = None
        self._leads = False
        self._keep_soon = later(self, _KEEP_MS, self.keep_state)
        self._standing_soon = later(self, tokens.FRAME_MS, self._show_standing)
        self.setProperty("ground", "surface")
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._build()
        self._connect()
        self._bind()
        self._restore()
        session.schemas.start()
        self._opened()
        self._listed()
        self.session.refresh(self._show_worked_example)

    # Building

    def _build(self) -> None:
        theme = self._theme
        self.head = ExtractHead(theme)
        self.setup = SetupBar(theme)
        self.coverage = CoverageBar(theme)
        self.trouble = TroubleStrip(theme)
        self.changed = ChangedStrip(theme)
        self.leaving = LeavingStrip(theme, "The text of the documents is", margin=tokens.PANEL_MARGIN)
        self.table = ExtractTableView(theme, self._whole.shortcuts)
        self.empty = EmptyTable(theme)
        self.review = ReviewBar(theme)
        self.told = UndoBar(theme)
        self.document = DocumentView(theme, self._whole.shortcuts)
        self.accuracy = AccuracyPanel(theme)
        self.reviewing = Reviewing(self.session, self.review, self)
        self.shown = DocumentPane(self.session, self.reviewing, self.document, self)
        self.setting_up = SettingUp(theme, self._whole, self.setup, self)
        self.mending = Mending(self._whole, self.trouble, self.setting_up, self)
        self.ways = Ways(theme, self._whole, self.head, self)
        left = ground("surface")
        column = _column(left)
        column.addWidget(self.table, 1)
        column.addWidget(self.told)
        column.addWidget(self.review)
        self.right = QWidget()
        beside = _column(self.right)
        beside.addWidget(self.accuracy)
        beside.addWidget(self.document, 1)
        self.accuracy.hide()
        self.right.hide()
        self.split: QSplitter = split_of(Qt.Orientation.Horizontal, left, self.right)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        left.setMinimumWidth(_LEAST_TABLE)
        self.right.setMinimumWidth(280)
        self.middle = QStackedWidget()
        self.middle.addWidget(self.empty)
        self.middle.addWidget(self.split)
        whole = _column(self)
        for widget in (self.head, self.setup, self.leaving, self.coverage, self.trouble, self.changed):
            whole.addWidget(widget)
        whole.addWidget(self.middle, 1)

    def _connect(self) -> None:
        session, table, reviewing = self.session, self.table, self.reviewing
        table.set_session(session)
        session.opened.connect(self._opened)
        session.listed.connect(self._listed)
        session.setup_changed.connect(self._show_standing)
        session.sources_changed.connect(self._show_standing)
        session.state_changed.connect(self._show_standing)
        session.progress_changed.connect(self._show_standing)
        session.review_changed.connect(self._show_standing)
        session.rows_reset.connect(self._show_standing)
        session.row_changed.connect(self._row_changed)
        session.review_changed.connect(self._lead)
        session.accuracy_changed.connect(self._show_accuracy)
        session.failed.connect(self.fail)
        session.told.connect(self._tell)
        self.head.go_asked.connect(self.go)
        self.head.renamed.connect(self.ways.rename_open)
        self.head.accuracy.clicked.connect(lambda: self.show_accuracy(shown=self.head.accuracy.isChecked()))
        self.coverage.share_asked.connect(session.set_share_right)
        self.coverage.state_asked.connect(self._filter)
        self.coverage.filter_asked.connect(self._show_filters)
        table.bar_shown.connect(self.coverage.filter.setChecked)
        table.table.wanted_changed.connect(lambda: self.coverage.mark(table.table.wanted.kind or ""))
        table.cell_chosen.connect(reviewing.choose)
        table.accept_asked.connect(reviewing.accept)
        table.choice_asked.connect(reviewing.take_choice)
        table.absent_asked.connect(reviewing.set_absent)
        table.layout_changed.connect(self._keep_soon.start)
        table.show_asked.connect(self._show_in_document)
        table.again_asked.connect(lambda document: session.run_again([document]))
        table.recognise_asked.connect(session.recognise)
        table.run_field_asked.connect(lambda name: session.run_fields([name]))
        table.folder_asked.connect(self.ways.show_folder)
        table.edit_asked.connect(lambda text: reviewing.edit(text, table.reject_edit))
        table.undo_asked.connect(self.undo)
        table.redo_asked.connect(self.redo)
        reviewing.moved.connect(self._moved)
        reviewing.moved.connect(self._show_right)
        self.review.left.connect(self.focus_table)
        self.shown.cell_asked.connect(self._choose)
        self.setting_up.schema_wanted.connect(self.schema_wanted)
        self.mending.models_wanted.connect(self.models_wanted)
        self.changed.back_asked.connect(session.revert_setup)
        self.leaving.stay_asked.connect(lambda: session.set_options(model=LOCAL))
        self._whole.endpoints_changed.connect(self._show_standing)
        self.told.undo_asked.connect(self._take_back)
        self.empty.folder_asked.connect(self.setting_up.choose_folder)
        self.empty.files_asked.connect(self.setting_up.choose_files)
        self.empty.example_asked.connect(self.setting_up.set_example)
        self.accuracy.truth_asked.connect(self.ways.choose_truth)
        self.accuracy.closed.connect(lambda: self.show_accuracy(shown=False))
        self.accuracy.field_asked.connect(self._filter_wrong)
        self.split.splitterMoved.connect(self._moved_split)

    def _bind(self) -> None:
        keys = self._whole.shortcuts
        listen(keys, self, "extract", intents(), self)
        tips = {
            "extract.jobs": self.head.jobs,
            "extract.export": self.head.export,
            "extract.next": self.review.next,
            "table.filter": self.coverage.filter,
        }
        show_keys(keys, tips)

    def _restore(self) -> None:
        kept = self._whole.setting(_SPLIT)
        if type(kept) is int and 200 <= kept <= 4_000:
            self._document_width = kept
        state = self._whole.setting(_TABLE)
        if isinstance(state, dict):
            self.table.restore_state(state)
        self.table.show_bar(shown=self._whole.setting(_FILTERS) is True)

    # The open job

    def _opened(self) -> None:
        """Show another job, or the one that is being set up."""
        self.trouble.withdraw()
        self.coverage.mark("")
        self.shown.forget()
        self.reviewing.forget()
        self.setting_up.show()
        self._leads = self.session.state == "running"
        self._show_accuracy()
        self._show_right()
        self._show_standing()

    def _show_worked_example(self) -> None:
        """Set up the worked example for whoever has no extraction yet."""
        session = self.session
        if not session.jobs and session.id is None and not session.setup.sources:
            self.setting_up.set_example()

    def _listed(self) -> None:
        self.ways.show_listed()
        self._show_standing()

    def _row_changed(self, _index: int) -> None:
        if not self._standing_soon.isActive():
            self._standing_soon.start()  # rows come in batches

    def _show_standing(self) -> None:
        """Show how far the job is, and what can be done now."""
        session = self.session
        reach = reach_of(session)
        table = bool(session.rows)
        self.middle.setCurrentWidget(self.split if table else self.empty)
        self.coverage.setVisible(table)
        self.leaving.show_host(self._whole.leaves_machine(session.setup.model))
        self.changed.setVisible(table and session.setup_differs and session.state == "ready")
        self.coverage.show_reach(reach)
        read = reach.read + reach.failed + reach.empty
        created = next((job.created for job in session.jobs if job.id == session.id), "")
        self.head.show_job(
            session.name,
            begun(created, date.today()),
            named=session.id is not None,
            exportable=read > 0,
            comparable=read > 0,
        )
        why = self._why_not()
        self._show_empty()
        self.reviewing.show()
        self.head.show_going(session.state, able=not why, loud=self.reviewing.cell is None, why=why)

    def _why_not(self) -> str:
        """Return why the job cannot be run, "" where it can."""
        session = self.session
        setup, found = session.setup, session.sources_found
        if session.state in {"running", "pausing", "paused"}:
            return ""
        if not setup.sources:
            return "Choose a folder or files first"
        if found.error is not None:
            return found.error.message
        if not setup.schema_text.strip():
            return "Choose a schema first"
        if session.state == "done" and not session.coverage.failed and found.count <= session.coverage.total:
            return "Everything has been read"
        return ""

    def _show_empty(self) -> None:
        session = self.session
        setup, found = session.setup, session.sources_found
        example = setup.sources == (sample_folder(),)
        line, hint = "Drop a folder of documents here.", "PDF, Word, Excel, e-mail, web pages, pictures, plain text."
        if session.waits:
            line, hint = f"{WAITS}.", "Reading begins as soon as it is there."
        elif setup.sources and found.error is not None:
            line, hint = found.error.message, found.error.advice or ""
        elif setup.sources and not setup.schema_text:
            line, hint = f"{count(found.count, 'document')} stand ready.", "Choose the schema of the table they become."
        elif setup.sources:
            ready = "stands" if found.count == 1 else "stand"
            what = "sample invoice" if example else "document"
            rows = "it" if found.count == 1 else "each"
            line = f"{count(found.count, what)} {ready} ready: Run makes a row of {rows}."
            hint = "Each value will say where it stands in its document."
            if example:
                stays = "" if self._whole.leaves_machine(setup.model) else "Nothing leaves this machine. "
                hint = f"{stays}Drop files here to read those instead."
        self.empty.show_setup(line, hint, example=not example)

    # Cells

    def _moved(self, place: CellPlace | None) -> None:
        if place is not None:
            self.table.choose_cell(place.document, place.pointer)

    def _lead(self) -> None:
        """Show the worst of the first cells that come, unless a person has chosen one: what they see stays as it is."""
        if not self._leads:
            return
        place = self.reviewing.place
        if place is None or not place.document:
            place = first_to_show(self.session, self.table.is_seen)
            if place is None:
                return
            self.reviewing.choose(place.document, place.pointer)
        self._leads = False

    def _show_right(self) -> None:
        """Show what stands beside the table, where there is anything: else the table has the room."""
        shown = bool(self.shown.document) or not self.accuracy.isHidden()
        if shown == self.right.isHidden():
            self.right.setVisible(shown)
            self._share_out()

    def _choose(self, document: str, pointer: str) -> None:
        self.reviewing.choose(document, pointer)
        self.focus_table()

    def _show_in_document(self, document: str, pointer: str) -> None:
        self.reviewing.choose(document, pointer)
        self.document.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_table(self) -> None:
        """Give the keyboard to the table."""
        if self.middle.currentWidget() is self.split:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def next_to_review(self) -> None:
        """Look at the next cell that is to be reviewed."""
        self.reviewing.go_on()
        self.focus_table()

    def _filter(self, state: Literal["failed", "empty", "review", ""]) -> None:
        self.table.show_only(state)

    def _show_filters(self, shown: bool) -> None:
        self.table.show_bar(shown=shown)
        self._whole.put_setting(_FILTERS, shown)
        if shown:
            self.table.focus_filter()
        self.coverage.filter.setChecked(not self.table.bar.isHidden())

    def _filter_wrong(self, field: str) -> None:
        self.table.show_wrong(field)

    # Running

    def go(self) -> None:
        """Do what the button says."""
        match self.session.state:
            case "running" | "pausing":
                self.escape()
            case _:
                self.run()

    def run(self) -> None:
        """Run the job, or go on with it."""
        session = self.session
        if session.state in {"running", "pausing", "stopping"} or self._why_not():
            return
        self.trouble.withdraw()
        if session.state == "paused":
            session.resume()
        else:
            session.run()
        self._leads = True

    def escape(self) -> None:
        """Pause what runs, stop what pauses; else show all rows again, if only some are shown."""
        match self.session.state:
            case "running":
                self.session.pause()
            case "pausing":
                self.session.stop()
            case _:
                self.coverage.mark("")
                self.accuracy.view.forget()
                self._filter("")

    def stop(self) -> None:
        """Stop at once."""
        if self.session.state in {"running", "pausing"}:
            self.session.stop()

    def new(self) -> None:
        """Set up another extraction."""
        self.session.new()
        self.setup.sources.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def extract_with(self, text: str, name: str, schema: int | None) -> None:
        """Set up an extraction with a schema; one that was read with another stays as it is."""
        if self.session.id is not None:
            self.session.new()
        self.setting_up.set_schema(text, name, schema)

    # Undo

    def undo(self) -> None:
        """Take back the last correction."""
        if self.session.can_undo:
            self.session.undo()

    def redo(self) -> None:
        """Make the correction again that was taken back last."""
        if self.session.can_redo:
            self.session.redo()

    # Accuracy

    def show_accuracy(self, *, shown: bool) -> None:
        """Show how right the table is against known values, or hide it."""
        self.head.accuracy.setChecked(shown)
        self.accuracy.setVisible(shown)
        self._show_right()
        if not shown:
            self.accuracy.view.forget()
            self._filter_wrong("")

    def _show_accuracy(self) -> None:
        self.ways.show_accuracy(self.accuracy)

    # Words

    def fail(self, error: EngineError) -> None:
        """Say what went wrong; nothing is lost by it."""
        if self.reviewing.refuse(error):
            return
        self.mending.fail(error)

    def _tell(self, words: str, undo: Any = None) -> None:
        self._undo = undo
        if undo is None:
            self.told.tell(words)
        else:
            self.told.offer(words)

    def _take_back(self) -> None:
        undo, self._undo = self._undo, None
        self.told.withdraw()
        if undo is not None:
            undo()

    # Dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.empty.show_over(over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Go back to how it was."""
        self.empty.show_over(over=False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped to the sources."""
        self.empty.show_over(over=False)
        self.setting_up.take_dropped([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    # Life

    def _moved_split(self) -> None:
        self._document_width = self.split.sizes()[1]
        self._keep_soon.start()

    def keep_state(self) -> None:
        """Remember how the page is laid out."""
        if self._document_width is not None:
            self._whole.put_setting(_SPLIT, self._document_width)
        self._whole.put_setting(_TABLE, self.table.save_state())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the document the width that it was given, or what suits the window."""
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        wanted = self._document_width or (_WIDE_DOCUMENT if self.window().width() >= tokens.WIDE else _DOCUMENT)
        wanted = min(wanted, max(280, self.width() - _LEAST_TABLE))
        self.split.setSizes([self.width() - wanted - 1, wanted])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Let a person go on with the table, where there is one."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason and QApplication.focusWidget() is self:
            self.focus_table()


def _column(holder: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column
