"""The Playground: a prompt, a schema beside it, and the answer that grows between them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout

from app.pages.playground.answer import AnswerPanel
from app.pages.playground.composer import Composer
from app.pages.playground.example import EXAMPLE
from app.pages.playground.inspector import Inspector
from app.pages.playground.message import MessageBlock
from app.pages.playground.prompt_dialog import PromptDialog
from app.style import tokens
from app.widgets.controls import EmptyState, button, ground, icon_button
from app.widgets.page import PageHead

if TYPE_CHECKING:
    from app.checks import SchemaCheck
    from app.exchange import Answer, Draft, Preview
    from app.session import Session
    from app.style.theme import Theme
    from engine.errors import EngineError

_SPLIT = "playground.split"
_FOLDED = "playground.inspector_folded"
_SAMPLING_FOLDED = "playground.sampling_folded"


class PlaygroundPage(QFrame):
    """Threads will stand at the left; for now there is one exchange, the composer and the inspector."""

    title = "Playground"
    focus_changed = Signal()

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._theme = theme
        self._session = session
        self._dialog: PromptDialog | None = None
        self.setProperty("ground", "surface")
        self._build()
        self._connect()

    # Building

    def _build(self) -> None:
        theme = self._theme
        head = PageHead(theme, self.title, right=12)
        self.example = button(theme, "Worked example", "flat")
        self.example.setToolTip("Put the worked example's prompt and schema in place of yours")
        head.row.addWidget(self.example)
        self.fresh = icon_button(theme, "note-pencil", "Start afresh", "Ctrl+N")
        head.row.addWidget(self.fresh)
        self.unfold = icon_button(theme, "caret-double-left", "Show the inspector", "Ctrl+I")
        head.row.addWidget(self.unfold)

        self.message = MessageBlock(theme)
        self.answer = AnswerPanel(theme)
        run_example = button(theme, "Run the worked example", "primary", "play-fill")
        run_example.clicked.connect(self.run_example)
        self.empty = EmptyState(theme, "Ask for something, and watch it grow against its schema.", "", run_example)
        self.middle = QStackedWidget()
        self.middle.addWidget(self.empty)
        self.middle.addWidget(self.answer)
        self.composer = Composer(theme)
        conversation = ground("surface")
        column = QVBoxLayout(conversation)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (head, self.message):
            column.addWidget(widget)
        column.addWidget(self.middle, 1)
        column.addWidget(self.composer)
        conversation.setMinimumWidth(440)

        self.inspector = Inspector(theme)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(conversation)
        self.split.addWidget(self.inspector)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.split)

    def _connect(self) -> None:
        session = self._session
        self.composer.edited.connect(self._edited)
        self.composer.run_asked.connect(self.run)
        self.composer.stop_asked.connect(self.stop)
        self.composer.format_asked.connect(self._focus_format)
        self.inspector.edited.connect(self._edited)
        self.inspector.system.prompt_asked.connect(self.show_exact_prompt)
        self.inspector.sampling.fold_changed.connect(lambda folded: session.put_setting(_SAMPLING_FOLDED, folded))
        self.inspector.fold.clicked.connect(lambda: self.fold_inspector(folded=True))
        self.unfold.clicked.connect(lambda: self.fold_inspector(folded=False))
        self.example.clicked.connect(self.load_example)
        self.fresh.clicked.connect(self.start_afresh)
        self.message.edit_asked.connect(self.edit_message)
        self.answer.run_again.connect(self.run_again)
        self.answer.place_asked.connect(self.inspector.response.go_to_problem)
        self.split.splitterMoved.connect(lambda: session.put_setting(_SPLIT, self.split.sizes()[1]))
        session.answer_changed.connect(self._answer_changed)
        session.schema_checked.connect(self._schema_checked)
        session.previewed.connect(self._previewed)
        session.preview_failed.connect(self._preview_failed)
        session.refused.connect(self._refused)
        session.model_changed.connect(self._show_count)
        for keys, intent in (
            ("Esc", self.stop),
            ("Ctrl+Return", self.run),
            ("Ctrl+Enter", self.run),
            ("Ctrl+R", self.run_again),
            ("Ctrl+E", self.edit_message),
            ("Ctrl+N", self.start_afresh),
            ("Ctrl+I", self.toggle_inspector),
        ):
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(intent)

    def restore(self, draft: Draft | None, answer: Answer | None) -> None:
        """Show what was there when the window was last closed; the worked example on the first start."""
        self._fill(draft or EXAMPLE)
        width = self._session.setting(_SPLIT, tokens.INSPECTOR)
        self.split.setSizes([2000, int(width)])
        self.fold_inspector(folded=bool(self._session.setting(_FOLDED, False)))
        self.inspector.sampling.set_folded(folded=bool(self._session.setting(_SAMPLING_FOLDED, False)))
        if answer is not None:
            self._answer_changed(answer)
        else:
            self._show_middle()
        self.composer.text.setFocus()

    def _fill(self, draft: Draft) -> None:
        """Put a draft into every control and let the session know."""
        self.inspector.show_draft(draft)
        self.composer.show_format(draft.format)
        self.composer.write(draft.prompt)
        self._session.edit(draft)
        self._session.check_now()

    # Intents

    @property
    def draft(self) -> Draft:
        """What Run would send."""
        return self.inspector.draft(self.composer.prompt)

    def run(self) -> None:
        """Send the prompt; it moves up, and the composer is free for the next one."""
        if not self.composer.can_run:
            return
        self._session.edit(self.draft)
        self._session.run()

    def run_again(self) -> None:
        """Send the last prompt again, with the settings as they are now."""
        answer = self._session.answer
        if answer is not None and not answer.running:
            self._session.run(replace(self.draft, prompt=answer.draft.prompt))

    def stop(self) -> None:
        """Stop the answer that is being written."""
        self._session.stop()

    def edit_message(self) -> None:
        """Put the last prompt back into the composer."""
        answer = self._session.answer
        if answer is not None:
            self.composer.write(answer.draft.prompt)
            self.composer.text.setFocus()

    def start_afresh(self) -> None:
        """Put the last exchange away; the schema and the settings stay."""
        if self._session.answer is not None and self._session.answer.running:
            return
        self._session.forget_answer()
        self.composer.text.setFocus()

    def load_example(self) -> None:
        """Put the worked example's prompt and schema into the controls."""
        self.start_afresh()
        self._fill(EXAMPLE)

    def run_example(self) -> None:
        """Load the worked example and run it."""
        self.load_example()
        self.run()

    def toggle_inspector(self) -> None:
        """Hide or show the inspector."""
        self.fold_inspector(folded=not self.inspector.isHidden())

    def toggle_sampling(self) -> None:
        """Show the inspector with its sampling folded, for more of the schema, or whole again."""
        self.fold_inspector(folded=False)
        self.inspector.sampling.set_folded(folded=not self.inspector.sampling.folded)

    def fold_inspector(self, *, folded: bool) -> None:
        """Hide or show the inspector."""
        self.inspector.setVisible(not folded)
        self.unfold.setVisible(folded)
        self._session.put_setting(_FOLDED, folded)

    def show_exact_prompt(self) -> None:
        """Show what the model would read."""
        if self._dialog is None:
            self._dialog = PromptDialog(self._theme, self)
        self._dialog.show_preview(self._session.preview, "The prompt can be shown once the model is loaded.")
        self._dialog.show()

    def _focus_format(self) -> None:
        self.fold_inspector(folded=False)
        self.inspector.response.format.setFocus()

    # What the session says

    def _edited(self) -> None:
        draft = self.draft
        self.composer.show_format(draft.format)
        self._session.edit(draft)
        if self._session.answer is None:
            self._show_middle()

    def _answer_changed(self, answer: Answer | None) -> None:
        running = answer is not None and answer.running
        begun = answer is not None and answer.state == "waiting"
        if begun and answer is not None and self.composer.prompt == answer.draft.prompt:
            self.composer.write("")
        self.composer.show_running(running=running)
        self._show_middle()

    def _show_middle(self) -> None:
        answer, check = self._session.answer, self._session.check
        self.message.setVisible(answer is not None)
        if answer is not None:
            self.message.show_message(answer.draft.prompt, answer.asked_at)
            line = 0
            if answer.state == "failed" and check is not None and check.problems and not answer.text:
                line = check.problems[0].line
            self.answer.show_answer(answer, line)
            self.middle.setCurrentWidget(self.answer)
            return
        has_frame = self.draft.format == "schema" and check is not None and check.schema is not None
        if has_frame and check is not None and self.composer.prompt.strip():
            self.answer.show_frame(check)
            self.middle.setCurrentWidget(self.answer)
        else:
            self.middle.setCurrentWidget(self.empty)

    def _schema_checked(self, check: SchemaCheck) -> None:
        self.inspector.response.show_check(check)
        self.composer.refuse("" if check.valid else f"Line {check.problems[0].line}: {check.problems[0].message}")
        if not check.valid:
            self._session.forget_preview()
            self._show_count()
        if self._session.answer is None:
            self._show_middle()

    def _refused(self, check: SchemaCheck) -> None:
        self.fold_inspector(folded=False)
        self.inspector.response.show_check(check)
        self.inspector.response.go_to_problem()

    def _previewed(self, preview: Preview) -> None:
        self.inspector.response.show_preview(preview)
        self._show_count()
        if self._dialog is not None:
            self._dialog.show_preview(preview)

    def _preview_failed(self, error: EngineError) -> None:
        self.inspector.response.show_preview(None)
        self.composer.show_count(None, None)
        if self._dialog is not None:
            self._dialog.show_preview(None, str(error))

    def _show_count(self) -> None:
        model, preview = self._session.known_model, self._session.preview
        context = model.context if model is not None else None
        self.composer.show_count(preview.prompt_tokens if preview else None, context)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Split the answer in two where there is room."""
        super().resizeEvent(event)
        self.answer.set_wide(wide=self.window().width() >= tokens.WIDE)
