"""The Playground: a conversation, the settings beside it, and the answer that grows between them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QVBoxLayout,
)

from app import figures
from app.exchange import Draft
from app.model_choice import LOCAL
from app.models.page_commands import listen
from app.models.python_code import as_python
from app.pages.playground.commands import intents
from app.pages.playground.composer import Composer
from app.pages.playground.conversation import ConversationView
from app.pages.playground.example import EXAMPLE
from app.pages.playground.exchange_pane import ExchangePane
from app.pages.playground.inspector import Inspector
from app.pages.playground.inspector.saved_schemas import SavedSchemas
from app.pages.playground.prompt_dialog import PromptDialog
from app.pages.playground.sides import LEAST_TALK, Sides
from app.pages.playground.thread_files import (
    ask_what_to_attach,
    ask_what_to_import,
    ask_where_to_export,
    show_faults,
)
from app.pages.playground.thread_head import ThreadHead
from app.pages.playground.threads import ThreadsPanel
from app.session import Focus
from app.shortcuts import show_keys
from app.style import tokens
from app.widgets.controls import ground, icon_button
from app.widgets.leaving_strip import LeavingStrip
from app.widgets.splits import split_of

if TYPE_CHECKING:
    from app.checks import SchemaCheck
    from app.exchange import Answer, Preview
    from app.pages.playground.compare import CompareView
    from app.session import Session
    from app.style.theme import Theme
    from engine.errors import EngineError

_SPLIT = "playground.split"
_FOLDED = "playground.inspector_folded"
_FOLDERS = "playground.folders_folded"
_THREADS_FOLDED = "playground.threads_folded"
_SAMPLING_FOLDED = "playground.sampling_folded"


class PlaygroundPage(QFrame):
    """The open thread in the middle, its settings at the right."""

    title = "Playground"
    focus_changed = Signal()
    edit_schema_asked = Signal(str)
    """The text of a schema that is wanted in the editor."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._theme = theme
        self.session = session
        self._dialog: PromptDialog | None = None
        self._compare: CompareView | None = None
        self._run_when_open = False
        self.setProperty("ground", "surface")
        self._build()
        self._connect()

    # Building

    def _build(self) -> None:
        theme = self._theme
        self.head = ThreadHead(theme)
        self.unfold = icon_button(theme, "caret-double-left", "Show the inspector", "Ctrl+I")
        self.head.row.addWidget(self.unfold)
        self.unfold_threads = icon_button(theme, "caret-double-right", "Show the threads", "Ctrl+B")
        self.unfold_threads.clicked.connect(lambda: self.fold_threads(folded=False))
        self.head.row.insertWidget(0, self.unfold_threads)

        self.exchange = ExchangePane(theme)
        self.message, self.answer = self.exchange.message, self.exchange.answer
        self.conversation = ConversationView(theme, self.exchange)
        self.composer = Composer(theme)
        self.leaving = LeavingStrip(theme, "What is asked in this thread is")
        talk = ground("surface")
        self._talk = column = QVBoxLayout(talk)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.conversation, 1)
        column.addWidget(self.leaving)
        column.addWidget(self.composer)
        talk.setMinimumWidth(LEAST_TALK)

        self.inspector = Inspector(theme, self.session)
        self.threads = ThreadsPanel(theme, self.session.library)
        self.sides = Sides({"threads": (self.threads, self.unfold_threads), "inspector": (self.inspector, self.unfold)})
        self.split = split_of(Qt.Orientation.Horizontal, talk, self.inspector)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.threads)
        outer.addWidget(self.split, 1)

    def _connect(self) -> None:
        session, chat, desk = self.session, self.session.chat, self.session.desk
        comparison = session.comparison
        self.composer.edited.connect(self._edited)
        self.composer.run_asked.connect(self.run)
        self.composer.stop_asked.connect(self.stop)
        self.composer.format_asked.connect(self._focus_format)
        self.composer.attach_asked.connect(self.attach)
        self.composer.files_dropped.connect(chat.attachments.add)
        self.composer.detach_asked.connect(chat.attachments.remove)
        self.composer.edit_left.connect(self.leave_editing)
        self.exchange.run_example.clicked.connect(self.run_example)
        self.inspector.edited.connect(self._edited)
        self.leaving.stay_asked.connect(self._stay_here)
        session.endpoints_changed.connect(self._show_leaving)
        self.inspector.response.saved_asked.connect(self.offer_schemas)
        self.inspector.system.prompt_asked.connect(self.show_exact_prompt)
        self.inspector.sampling.fold_changed.connect(lambda folded: session.put_setting(_SAMPLING_FOLDED, folded))
        self.inspector.fold.clicked.connect(lambda: self.fold_inspector(folded=True))
        self.inspector.presets.chosen.connect(self.use_preset)
        self.inspector.presets.saved.connect(lambda name: session.presets.put(name, self.draft))
        self.inspector.presets.removed.connect(session.presets.remove)
        self.inspector.presets.reset_asked.connect(self.reset_sampling)
        session.presets.changed.connect(lambda: self.inspector.presets.show_presets(session.presets.names))
        self.unfold.clicked.connect(lambda: self.fold_inspector(folded=False))
        self.message.edit_asked.connect(self.edit_message)
        self.message.delete_asked.connect(self.delete_exchange)
        self.message.stepped.connect(self._step_question)
        self.answer.run_again.connect(self.run_again)
        self.answer.continue_asked.connect(self.continue_answer)
        self.answer.stepped.connect(self.step_answer)
        self.answer.branch_asked.connect(self.branch_at)
        self.answer.receipt_run_asked.connect(self.run_receipt)
        self.answer.place_asked.connect(self.inspector.response.go_to_problem)
        self.conversation.look_asked.connect(chat.look_at)
        self.conversation.switch_asked.connect(chat.switch)
        self.conversation.edit_asked.connect(chat.edit_message)
        self.conversation.again_asked.connect(self._answer_again)
        self.conversation.copy_asked.connect(self._copy_message)
        self.conversation.delete_asked.connect(self.delete)
        self.conversation.texts_wanted.connect(chat.want_texts)
        self.message.compare_asked.connect(comparison.compare_answers)
        self.answer.compare_asked.connect(comparison.compare_settings)
        self.conversation.compare_asked.connect(comparison.compare_alternatives)
        self.conversation.settings_asked.connect(comparison.compare_settings)
        comparison.opened.connect(lambda: self._show_compare(comparing=True))
        self.threads.open_asked.connect(chat.open)
        self.threads.create_asked.connect(self.new_thread)
        self.threads.export_asked.connect(self.export)
        self.threads.import_asked.connect(self.import_files)
        self.threads.folds_changed.connect(lambda folded: session.put_setting(_FOLDERS, folded))
        session.library.listed.connect(self._show_head)
        session.library.removed.connect(self._threads_removed)
        session.transfer.told.connect(self._tell)
        session.transfer.faults_found.connect(lambda found: show_faults(self, *found))
        self.head.pin_asked.connect(lambda pinned: session.library.pin([chat.id], pinned=pinned))
        self.head.offer(
            [
                ("Rename…", self.rename_thread),
                ("Duplicate", self.duplicate_thread),
                ("Export…", lambda: self.export([chat.id])),
                ("Copy the answer as Python", self.copy_as_python),
                ("Compare the prompt under several settings", self.compare_draft),
                ("Worked example", self.load_example),
                ("Delete", lambda: self.threads.delete([chat.id])),
            ]
        )
        self.split.splitterMoved.connect(lambda: session.put_setting(_SPLIT, self.split.sizes()[1]))
        chat.opened.connect(self._thread_opened)
        chat.named.connect(lambda _row: self._show_head())
        chat.branched.connect(self._show_conversation)
        chat.focused.connect(self._focused)
        chat.answer_changed.connect(self._answer_changed)
        chat.texts_arrived.connect(self.conversation.take_texts)
        chat.attachments.changed.connect(self.composer.show_attachments)
        desk.editing_changed.connect(lambda message: self.composer.show_editing(editing=message is not None))
        chat.refused.connect(self._refused)
        session.runs.changed.connect(self._run_changed)
        desk.changed.connect(self._draft_changed)
        desk.schema_checked.connect(self._schema_checked)
        desk.previewed.connect(self._previewed)
        desk.preview_failed.connect(self._preview_failed)
        session.model_changed.connect(self._show_count)
        keys = session.shortcuts
        listen(keys, self, "playground", intents(), self)
        tips = {
            "playground.inspector": self.unfold,
            "playground.threads": self.unfold_threads,
            "playground.attach": self.composer.attach,
            "playground.edit": self.message.edit,
            "playground.new": self.threads.new,
        }
        show_keys(keys, tips)
        show_keys(keys, {"playground.inspector": self.inspector.fold, "playground.run_again": self.answer.again})
        keys.changed.connect(self._show_run_keys)
        self._show_run_keys()

    @property
    def compare(self) -> CompareView:
        """The view that compares answers, made when it is first wanted: most starts do without."""
        if self._compare is None:
            from app.pages.playground.compare import CompareView

            self._compare = CompareView(self._theme, self.session)
            self._compare.setVisible(False)
            self._compare.left.connect(lambda: self._show_compare(comparing=False))
            self._talk.insertWidget(self._talk.indexOf(self.composer), self._compare, 1)
        return self._compare

    def restore(self) -> None:
        """Lay the page out as it was left; the session has opened a thread already, or does so now."""
        width = self.session.setting(_SPLIT, tokens.INSPECTOR)
        self.split.setSizes([2000, int(width)])
        self.fold_threads(folded=bool(self.session.setting(_THREADS_FOLDED, False)))
        self.fold_inspector(folded=bool(self.session.setting(_FOLDED, False)))
        self.inspector.sampling.set_folded(folded=bool(self.session.setting(_SAMPLING_FOLDED, False)))
        self.threads.restore_folds(self.session.setting(_FOLDERS, []))
        self.inspector.presets.show_presets(self.session.presets.names)
        self.session.show_restored()
        self.composer.text.setFocus()

    def _show_run_keys(self) -> None:
        self.composer.show_keys(self.session.shortcuts.shown("playground.run"))

    # Intents

    @property
    def draft(self) -> Draft:
        """What Run would send."""
        return self.inspector.draft(self.composer.prompt)

    def run(self) -> None:
        """Send the prompt; it moves up, and the composer is free for the next one. Of a comparison run what waits."""
        if self.session.comparison.active:
            self.session.comparison.run()
            return
        if not self.composer.can_run:
            return
        self.session.desk.edit(self.draft)
        self.session.chat.ask(self.draft)

    def run_again(self) -> None:
        """Answer the question in focus again, with the settings as they are now."""
        if not self.session.comparison.active:
            self.session.chat.ask_again(self.draft)

    def run_receipt(self) -> None:
        """Run what the receipt of the answer in focus tells of: its settings and its seed, drawn or given."""
        answer = self.session.chat.answer
        if answer is not None and not answer.running and answer.receipt is not None:
            draft = replace(answer.draft, seed=answer.receipt["seed"])
            self.session.chat.ask_again(draft, begin=answer.begin)

    def compare_draft(self) -> None:
        """Compare what the model makes of the prompt under several settings."""
        self.session.desk.edit(self.draft)
        self.session.comparison.compare_draft(self.draft)

    def continue_answer(self) -> None:
        """Go on from where the answer in focus stopped; what there is of it stays as it is, on its own branch."""
        answer = self.session.chat.answer
        if answer is not None and not answer.running and answer.text:
            given = tuple(entry.id for entry in answer.trace.tokens)
            whole = answer.trace.text == answer.text
            draft = self._longer(answer, len(given) if whole else len(answer.text))
            self.session.chat.ask_again(draft, begin=given if whole else answer.text)

    def branch_at(self, index: int, token: int) -> None:
        """Answer again with the tokens before `index`, another one there, and what the model makes of it."""
        answer = self.session.chat.answer
        if answer is not None and not answer.running:
            before = tuple(entry.id for entry in answer.trace.tokens[:index])
            self.session.chat.ask_again(self._longer(answer, len(before)), begin=(*before, token))

    def _longer(self, answer: Answer, given: int) -> Draft:
        """Return an answer's settings with room for as many tokens again behind those that are given to it."""
        limit, now = answer.draft.max_tokens, self.draft.max_tokens
        if limit is None or now is None:
            return replace(answer.draft, max_tokens=None)
        return replace(answer.draft, max_tokens=max(now, limit + given))

    def escape(self) -> None:
        """Stop what is written; where nothing is, leave the comparison, or the message that is edited."""
        if self.session.chat.running is not None:
            self.stop()
        elif self.session.comparison.active:
            self.session.comparison.close()
        else:
            self.leave_editing()

    def stop(self) -> None:
        """Stop the answer that is being written in this thread."""
        self.session.chat.stop()

    def edit_message(self) -> None:
        """Put the question in focus into the composer, to be asked in another wording."""
        self.session.comparison.close()
        self.session.chat.edit_message()
        self.composer.text.setFocus()

    def leave_editing(self) -> None:
        """Leave the message that is being edited as it was."""
        self.session.chat.leave_editing()

    def new_thread(self) -> None:
        """Begin a thread with the settings of this one."""
        self.session.comparison.close()
        self.session.chat.create(replace(self.draft, prompt=""))
        self.composer.text.setFocus()

    def load_example(self) -> None:
        """Begin a thread with the worked example."""
        self.session.comparison.close()
        self.session.chat.create(EXAMPLE)

    def run_example(self) -> None:
        """Begin a thread with the worked example and run it."""
        if self.draft == EXAMPLE and not len(self.session.chat.conversation):
            self.run()
            return
        self.session.comparison.close()
        if self.session.chat.create(EXAMPLE):
            self.run()
        else:
            self._run_when_open = True

    def attach(self) -> None:
        """Ask for files to go with the prompt."""
        ask_what_to_attach(self, self.session.chat.attachments.add)

    def delete(self, message: int) -> None:
        """Put a message and what follows it into the bin."""
        undo = self.session.chat.delete(message)
        if undo is not None:
            self.session.library.remember("Messages deleted", undo)

    def delete_exchange(self) -> None:
        """Put the exchange in focus and what follows it into the bin."""
        focus = self.session.chat.focus
        message = focus.question.id if focus.question is not None else focus.message
        if message is not None:
            self.delete(message)

    def use_preset(self, name: str) -> None:
        """Put a preset's settings in place of this thread's."""
        self._fill(self.session.presets.applied(name, self.composer.prompt))

    def reset_sampling(self) -> None:
        """Go back to the defaults, but for the response format."""
        now = self.draft
        self._fill(Draft(prompt=now.prompt, format=now.format, schema=now.schema, regex=now.regex, lark=now.lark))

    def use_schema(self, text: str) -> None:
        """Hold what comes next to a schema."""
        self.session.comparison.close()
        self._fill(replace(self.draft, format="schema", schema=text))
        self.composer.text.setFocus()

    def use_model(self, choice: str) -> None:
        """Ask another model (`app.model_choice`) from now on in this thread."""
        self.session.comparison.close()
        self.inspector.model.show_choice(choice)
        self._edited()

    def offer_schemas(self, at: QPoint) -> None:
        """Offer the schemas of the library, and the way to the editor, at a place of the screen."""
        menu = SavedSchemas(self, self.session.schemas)
        menu.chosen.connect(self.use_schema)
        menu.edit_asked.connect(lambda: self.edit_schema_asked.emit(self.draft.schema))
        menu.popup(at)

    def _fill(self, draft: Draft) -> None:
        """Put a draft into every control, as if it had been typed."""
        self.session.desk.edit(draft)
        self._draft_changed(draft)

    def rename_thread(self) -> None:
        """Let a person write another title, over the thread's row."""
        self.fold_threads(folded=False)
        self.threads.rename(self.session.chat.id)

    def duplicate_thread(self) -> None:
        """Copy the open thread, and open the copy."""
        self.session.desk.save()
        self.session.library.duplicate(self.session.chat.id, lambda copy: self.session.chat.open(copy.id))

    def export(self, threads: list[int]) -> None:
        """Ask where to write threads, and in which format."""
        ask_where_to_export(self, self.session.transfer, threads)

    def import_files(self) -> None:
        """Ask for files of conversations and import them."""
        ask_what_to_import(self, self.session.transfer)

    def copy_as_python(self) -> None:
        """Copy a program that asks for the answer in focus."""
        answer = self.session.chat.answer
        if answer is not None:
            self.session.chat.turns_of(answer, lambda turns: _copy(as_python(answer, turns)))

    def search_threads(self) -> None:
        """Put the focus into the search of all threads."""
        self.fold_threads(folded=False)
        self.threads.focus_search()

    def toggle_threads(self) -> None:
        """Hide or show the threads."""
        self.fold_threads(folded=not self.threads.isHidden())

    def fold_threads(self, *, folded: bool) -> None:
        """Hide or show the threads."""
        self.sides.want("threads", shown=not folded)
        self.session.put_setting(_THREADS_FOLDED, folded)

    def toggle_inspector(self) -> None:
        """Hide or show the inspector."""
        self.fold_inspector(folded=not self.inspector.isHidden())

    def toggle_sampling(self) -> None:
        """Show the inspector with its sampling folded, for more of the schema, or whole again."""
        self.fold_inspector(folded=False)
        self.inspector.sampling.set_folded(folded=not self.inspector.sampling.folded)

    def fold_inspector(self, *, folded: bool) -> None:
        """Hide or show the inspector."""
        self.sides.want("inspector", shown=not folded)
        self.session.put_setting(_FOLDED, folded)

    def _show_compare(self, *, comparing: bool) -> None:
        """Put the comparison in the place of the conversation, or back; the inspector makes room meanwhile."""
        self.conversation.setVisible(not comparing)
        self.composer.setVisible(not comparing)
        self.compare.setVisible(comparing)
        folded = comparing or bool(self.session.setting(_FOLDED, False))
        self.sides.want("inspector", shown=not folded)
        if not comparing:
            self.composer.text.setFocus()

    def show_exact_prompt(self) -> None:
        """Show what the model would read."""
        if self._dialog is None:
            self._dialog = PromptDialog(self._theme, self)
        self._dialog.show_preview(self.session.desk.preview, "The prompt can be shown once the model is loaded.")
        self._dialog.show()

    def step_difference(self, step: int) -> None:
        """Go to the next difference between the answers that are compared, or to the one before."""
        self.compare.step(step)

    def _focus_format(self) -> None:
        self.fold_inspector(folded=False)
        self.inspector.response.format.setFocus()

    def _step_question(self, step: int) -> None:
        question = self.session.chat.focus.question
        if question is not None and not self.session.comparison.active:
            self.session.chat.switch(question.id, step)

    def walk(self, step: int) -> None:
        """Go to another message of the branch, or to another difference of a comparison."""
        if self.session.comparison.active:
            self.step_difference(step)
        else:
            self.session.chat.walk(step)

    def step_answer(self, step: int) -> None:
        """Go to another alternative of the message in focus, or to another column of a comparison."""
        message = self.session.chat.focus.message
        if self.session.comparison.active:
            self.compare.walk(step)
        elif message is not None:
            self.session.chat.switch(message, step)

    def _answer_again(self, message: int) -> None:
        question = self.session.chat.conversation.question(message)
        self.session.chat.ask_again(self.draft, question)

    def _copy_message(self, message: int) -> None:
        _copy(self.session.chat.texts.get(message, ""))

    # What the session says

    def _threads_removed(self, threads: list[int]) -> None:
        """Go on to another thread where the open one was deleted."""
        if self.session.chat.bound_for in threads:
            left = self.session.library.threads
            if left:
                self.session.chat.open(left[0].id)
            else:
                self.new_thread()

    def _tell(self, words: str) -> None:
        self.threads.undo_bar.tell(words)

    def _thread_opened(self) -> None:
        self._show_head()
        self.threads.show_current(self.session.chat.id)
        self._show_conversation()
        if self._run_when_open:
            self._run_when_open = False
            self.run()

    def _draft_changed(self, draft: Draft) -> None:
        """Fill the controls with a draft that was not typed here."""
        self.inspector.show_draft(draft)
        self.composer.show_format(draft.format)
        if self.composer.prompt != draft.prompt:
            self.composer.write(draft.prompt)
        self._show_leaving()
        self._show_count()
        self._show_middle()

    def _show_leaving(self) -> None:
        """Say where what is asked goes, if it leaves this machine."""
        self.leaving.show_host(self.session.leaves_machine(self.inspector.model.box.choice))

    def _stay_here(self) -> None:
        """Ask the model on this machine from now on."""
        self.inspector.model.show_choice(LOCAL)
        self._edited()

    def _edited(self) -> None:
        draft = self.draft
        self._show_leaving()
        self.composer.show_format(draft.format)
        self.session.desk.edit(draft)
        if self.session.chat.focus == Focus():
            self._show_middle()

    def _show_head(self) -> None:
        library, chat = self.session.library, self.session.chat
        row = library.thread_of(chat.id) or chat.row
        if row is not None:
            folder = library.folder_of(row.folder)
            self.head.show_thread(row.title, folder.name if folder else "", pinned=row.pinned)

    def _show_conversation(self) -> None:
        chat = self.session.chat
        self.conversation.show_conversation(chat.conversation, chat.texts, self._focus_ids())
        self.exchange.show_alternatives(chat.focus, chat.conversation)

    def _focus_ids(self) -> set[int]:
        focus = self.session.chat.focus
        ids = {focus.question.id} if focus.question is not None else set()
        if focus.answer is not None and focus.answer.message is not None:
            ids.add(focus.answer.message)
        return ids

    def _focused(self, _focus: Focus) -> None:
        self._show_conversation()
        self._show_middle()
        self.conversation.show_exchange()
        self._show_running()

    def _run_changed(self, answer: Answer) -> None:
        if answer.thread == self.session.chat.id:
            self._show_running()

    def _show_running(self) -> None:
        self.composer.show_running(running=self.session.chat.running is not None)

    def _answer_changed(self, _answer: Answer) -> None:
        self._show_middle()

    def _show_middle(self) -> None:
        chat = self.session.chat
        focus, answer = chat.focus, chat.answer
        asked = answer is not None or focus.question is not None
        frame = self.draft.format == "schema" and (asked or bool(self.composer.prompt.strip()))
        self.exchange.show_exchange(focus, self.session.desk.check, frame=frame)
        if answer is not None:
            seed = answer.receipt["seed"] if answer.receipt and answer.draft.seed is None else None
            self.inspector.sampling.show_drawn(seed)

    def _schema_checked(self, check: SchemaCheck) -> None:
        self.inspector.response.show_check(check)
        self.composer.refuse("" if check.valid else f"Line {check.problems[0].line}: {check.problems[0].message}")
        if not check.valid:
            self.session.desk.forget_preview()
            self._show_count()
        if self.session.chat.answer is None:
            self._show_middle()

    def _refused(self, check: SchemaCheck) -> None:
        self.fold_inspector(folded=False)
        self.inspector.response.show_check(check)
        self.inspector.response.go_to_problem()

    def _previewed(self, preview: Preview) -> None:
        self.inspector.response.show_preview(preview)
        self._show_count()
        self._show_boundary(preview)
        if self._dialog is not None:
            self._dialog.show_preview(preview)

    def _show_boundary(self, preview: Preview) -> None:
        """Say above a message that the prompt now begins there, where what stands before no longer fits."""
        place = self.session.chat.conversation.place(preview.begins) if preview.begins is not None else None
        if place:
            earlier = f"{figures.number(place)} earlier message{'s do' if place > 1 else ' does'}"
            words = f"The prompt begins here: {earlier} not fit"
            self.conversation.show_boundary(preview.begins, words)
        else:
            self.conversation.show_boundary(None)

    def _preview_failed(self, error: EngineError) -> None:
        self.inspector.response.show_preview(None)
        self.composer.show_count(None, None)
        if self._dialog is not None:
            self._dialog.show_preview(None, str(error))

    def _show_count(self) -> None:
        model, preview = self.session.known_model, self.session.desk.preview
        context = model.context if model is not None else None
        self.composer.show_count(preview.prompt_tokens if preview else None, context)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Split the answer in two where there is room, and leave out a panel where there is none."""
        super().resizeEvent(event)
        self.sides.fit(self.width())
        self.answer.set_wide(wide=self.window().width() >= tokens.WIDE)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
