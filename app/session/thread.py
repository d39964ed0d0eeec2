"""The open thread: its conversation, the exchange in focus, and what can be done with both."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.conversation import Conversation
from app.exchange import Answer, Draft, Turn
from app.session.attachments import Attachments
from app.session.reading import (
    CHARACTERS_A_TOKEN,
    TOLD,
    Focus,
    Loaded,
    make_thread,
    read_focus,
    read_thread,
    read_turns,
)
from engine.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from app.bridge import Bridge
    from app.checks import SchemaCheck
    from app.session.desk import Desk
    from app.session.runs import Runs
    from engine.errors import EngineError
    from engine.store import Attachment, Node, Store, Thread


class OpenThread(QObject):
    """The thread that is shown.

    `opened` tells of another thread, `branched` of another shape of the conversation or another branch of it,
    `focused` of another exchange in focus, `answer_changed` of its answer growing, `texts_arrived` of messages that
    were read, `named` that the thread's row changed, `refused` of a schema that cannot be run.
    """

    opened = Signal()
    branched = Signal()
    focused = Signal(object)
    answer_changed = Signal(object)
    texts_arrived = Signal(object)
    named = Signal(object)
    refused = Signal(object)

    def __init__(self, bridge: Bridge, desk: Desk, runs: Runs) -> None:
        super().__init__()
        self.row: Thread | None = None
        self.conversation = Conversation((), None)
        self.focus = Focus()
        self.attachments = Attachments(bridge)
        self.texts: dict[int, str] = {}
        self._bridge = bridge
        self._desk = desk
        self._runs = runs
        self._asked: set[int] = set()
        self._wanted = 0
        self._binned = False
        self._read_again = 0
        self._look = 0
        self._told = TOLD
        self.attachments.changed.connect(desk.render_soon)
        runs.changed.connect(self._run_changed)
        runs.ended.connect(self._run_ended)

    @property
    def id(self) -> int:
        """The thread's id; 0 before one is open."""
        return self.row.id if self.row is not None else 0

    @property
    def bound_for(self) -> int:
        """The thread that is shown, or that is about to be."""
        return self._wanted or self.id

    @property
    def answer(self) -> Answer | None:
        """The answer in focus."""
        return self.focus.answer

    @property
    def running(self) -> Answer | None:
        """The answer that is being written in this thread; where several are compared, the one in focus or the first.

        While there is one, nothing else is asked here.
        """
        running = self._runs.within(self.id)
        return self.focus.answer if self.focus.answer in running else next(iter(running), None)

    def take_row(self, row: Thread | None) -> None:
        """Take the thread's row as the list has it; None where it is in the bin."""
        self._binned = row is None
        self.row = row or self.row

    def take_context(self, tokens: int) -> None:
        """Take note of how much the model can be told."""
        self._told = tokens * CHARACTERS_A_TOKEN

    # Opening

    def open(self, thread: int, message: int | None = None) -> None:
        """Open a thread, at a message of it where one is given."""
        self._wanted = thread
        self._desk.save()

        def show(loaded: Loaded | None) -> None:
            if loaded is not None and self._wanted == thread:
                self.show(loaded)

        self._bridge.ask_store(lambda store: read_thread(store, thread, message), show)

    def create(self, draft: Draft) -> bool:
        """Open a new thread with a draft; tell whether this one is used instead, in which nothing has happened yet."""
        if self._untouched:
            self._desk.edit(draft)
            self._desk.changed.emit(draft)
            return True
        self._desk.save()
        self._wanted = 0

        def made(loaded: Loaded | None) -> None:
            if loaded is None:
                return
            self.named.emit(loaded.row)
            if self._wanted == 0:
                self.show(loaded)

        self._bridge.ask_store(lambda store: make_thread(store, draft), made)
        return False

    @property
    def _untouched(self) -> bool:
        empty = not len(self.conversation) and not self.attachments.files and not self._desk.draft.prompt.strip()
        return empty and self.running is None and self.row is not None and not self.row.title and not self._binned

    def show(self, loaded: Loaded) -> None:
        """Show a thread that was read."""
        thread = loaded.row.id
        running = self._runs.within(thread)
        known = {answer.message for answer in running}
        if self._read_again != thread and any(
            node.state == "writing" and node.id not in known for node in loaded.conversation.path
        ):
            self._read_again = thread  # an answer has ended since this was read
            self.open(thread, loaded.focus.message)
            return
        self._read_again = 0
        self._look += 1
        self.row, self._wanted, self._binned = loaded.row, thread, loaded.row.deleted is not None
        self.conversation = loaded.conversation
        self.texts = dict(loaded.texts)
        self._asked.clear()
        self.focus = loaded.focus
        for answer in running:
            if answer.message is not None and answer.message == loaded.focus.message:
                self._focus_on_running(answer)
        self._desk.open(thread, loaded.draft, self._turns_with, loaded.wording)
        self.opened.emit()
        self.attachments.show(thread, loaded.attachments)
        if loaded.wording is not None:
            self.attachments.hold(loaded.wording_files)
        self.focused.emit(self.focus)

    # Reading

    def want_texts(self, messages: Iterable[int]) -> None:
        """Ask for the texts of messages that are about to be seen."""
        wanted = [message for message in messages if message not in self.texts and message not in self._asked]
        if not wanted:
            return
        self._asked.update(wanted)
        thread = self.id

        def arrived(texts: dict[int, str] | None) -> None:
            if texts and thread == self.id:
                self.texts.update(texts)
                self._asked.difference_update(texts)
                self.texts_arrived.emit(set(texts))

        self._bridge.ask_store(lambda store: store.messages.texts(wanted), arrived)

    def look_at(self, message: int) -> None:
        """Put the exchange of a message in focus, on whatever branch it is."""
        if message not in self.conversation:
            return
        if self.conversation.place(message) is None:
            self._go_to(self.conversation.leaf(message))
        self._focus_on(message)

    def walk(self, step: int) -> None:
        """Put the exchange before or after the one in focus in focus."""
        path = self.conversation.path
        places = [place for place, node in enumerate(path) if node.role == "user"] or list(range(len(path)))
        current = self.focus.question.id if self.focus.question else self.focus.message
        if current is None or not places:
            return
        at = self.conversation.place(current)
        if at is None:
            return
        index = max((number for number, place in enumerate(places) if place <= at), default=0) + step
        if 0 <= index < len(places):
            self._focus_on(path[places[index]].id)

    def switch(self, message: int, step: int) -> None:
        """Show the branch with the alternative beside a message."""
        beside = self.conversation.alternatives(message).beside(step)
        if beside is not None:
            self._go_to(self.conversation.leaf(beside))
            self._focus_on(beside)

    # Asking

    def edit_message(self, message: int | None = None) -> None:
        """Put a question into the draft, by default the one in focus; what is asked then stands beside it."""
        question = self.conversation.question(message) if message is not None else None
        question = question or (self.focus.question.id if self.focus.question else None)
        if question is None:
            return
        thread, asked = self.id, question

        def edit(found: tuple[str, list[Attachment]] | None) -> None:
            if found is not None and thread == self.id:
                self._desk.word_anew(asked, found[0])
                self.attachments.hold(found[1])

        self._bridge.ask_store(
            lambda store: (store.messages.texts([asked])[asked], store.messages.attachments(thread, [asked])), edit
        )

    def leave_editing(self) -> None:
        """Leave the message that is worded anew as it was; the draft comes back."""
        if self._desk.editing is not None:
            self._desk.leave_wording()
            self.attachments.let_go()
            self._desk.render_soon()

    def ask(self, draft: Draft) -> None:
        """Ask after the shown branch, or beside the question that is edited. What cannot be held to is refused."""
        if self.running is None and self.attachments.ready and (draft.prompt.strip() or self.attachments.files):
            self._checked(draft, lambda: self._ask(draft))

    def ask_again(self, draft: Draft, question: int | None = None, *, begin: str | tuple[int, ...] = "") -> None:
        """Answer a question once more, by default the one in focus, with a draft's settings, going on from `begin`."""
        question = question if question is not None else self.focus.question.id if self.focus.question else None
        if self.running is not None or question is None:
            return
        asked = question
        self._checked(draft, lambda: self._ask_again(asked, begin, draft))

    def compare(self, asked: Sequence[tuple[int | None, Sequence[Draft]]]) -> list[list[Answer]]:
        """Answer questions at once, each with the settings of all its drafts, whose schemas were checked.

        None stands for the drafts' own prompt, which is asked as `ask` would; otherwise the shown branch stays.
        Returns the answers in the order of the drafts; nothing where something is being written already.
        """
        if self.running is not None:
            return []
        return [
            self._ask(*drafts) if question is None else self._ask_again(question, "", *drafts, aside=True)
            for question, drafts in asked
        ]

    def stop(self) -> None:
        """Stop all that is being written in this thread."""
        for answer in self._runs.within(self.id):
            self._runs.stop(answer)

    def delete(self, message: int) -> Callable[[], None] | None:
        """Put a message and what follows it into the bin; return what undoes that."""
        if message not in self.conversation or self.running is not None:
            return None
        thread = self.id
        gone: list[int] = []  # filled on the store's lane, where undoing reads it after
        self._bridge.ask_store(lambda store: gone.extend(store.messages.delete(message)))
        self._look += 1
        self.conversation.remove(message)
        if self._desk.editing is not None and self._desk.editing not in self.conversation:
            self.leave_editing()
        head = self.conversation.head
        self.focus = Focus()  # what was in focus may be gone
        self.branched.emit()
        if head is None:
            self._set_focus(Focus())
        else:
            self._go_to(head)
            self._focus_on(head)

        def undo() -> None:
            self._bridge.ask_store(lambda store: store.messages.restore(gone), lambda _: self.open(thread, message))

        return undo

    # Parts

    def _checked(self, draft: Draft, go: Callable[[], object]) -> None:
        """Go on with a draft whose schema can be held to, unless the person has gone elsewhere meanwhile."""
        if draft.format != "schema":
            go()
            return
        conversation, editing = self.conversation, self._desk.editing

        def checked(check: SchemaCheck) -> None:
            if conversation is not self.conversation or editing != self._desk.editing:
                return
            if not check.valid:
                self.refused.emit(check)
            elif self.running is None:
                go()

        self._desk.check_schema(draft, checked)

    def _ask(self, *drafts: Draft) -> list[Answer]:
        """Ask a new question; the answer to the first of the drafts is shown, others stand beside it."""
        answers, draft, thread, parent = [self._fresh(draft) for draft in drafts], drafts[0], self.id, self._parent()
        attachments, editing = self.attachments.files, self._desk.editing
        self._look += 1
        for answer in answers:
            answer.attachments = attachments
        requests = [answer.request() for answer in answers]
        way, told = self.conversation.way(parent), self._told

        def save(store: Store) -> tuple[Thread | None, list[Node], tuple[Turn, ...]]:
            held = attachments if editing is not None else None
            question, first = store.messages.ask(thread, parent, draft.prompt, requests[0], held)
            others = [store.messages.answer_again(thread, question, request) for request in requests[1:]]
            if others:
                store.threads.go_to(thread, first)
            nodes = store.messages.nodes([question, first, *others])
            turns = read_turns(store, thread, [*way, nodes[0]], told)
            return store.threads.get(thread), nodes, turns

        def saved(found: tuple[Thread | None, list[Node], tuple[Turn, ...]] | None) -> None:
            if found is None:
                failed(self._unsaved())
                return
            row, nodes, turns = found
            for answer, node in zip(answers, nodes[1:], strict=True):
                answer.question, answer.message = nodes[0].id, node.id
            self._grown(answers, nodes, draft.prompt, row, nodes[1].id)
            for answer in answers:
                self._runs.send(answer, turns)

        def failed(error: EngineError) -> None:
            for answer in answers:
                self._runs.fail(answer, error)
            self._give_back(thread, draft, attachments, editing)

        if thread:
            self._bridge.ask_store(save, saved, failed)
        self._desk.use_up()  # after the question is on its way to the disk: until then the draft is all there is of it
        if editing is not None:
            self.attachments.let_go()
        else:
            self.attachments.show(thread, ())
        self.focus = Focus(prompt=draft.prompt, attachments=attachments, answer=answers[0])
        self.focused.emit(self.focus)
        for answer in answers:
            self._runs.begin(answer)
        if not thread:
            failed(self._unsaved())
        return answers

    def _ask_again(
        self, question: int, begin: str | tuple[int, ...], *drafts: Draft, aside: bool = False
    ) -> list[Answer]:
        """Answer a question again; the last answer is shown, or `aside` the branch that is."""
        thread = self.id
        self._look += 1
        in_focus = self.focus.question is not None and self.focus.question.id == question
        prompt = self.texts.get(question, self.focus.prompt if in_focus else drafts[0].prompt if aside else "")
        answers = [self._fresh(replace(draft, prompt=prompt)) for draft in drafts]
        for answer in answers:
            answer.question, answer.begin = question, begin
        head = self.conversation.head if aside else None
        if not aside:
            files = self.focus.attachments if in_focus else ()
            self.focus = Focus(self.conversation.node(question), prompt, files, answers[-1])
            self.focused.emit(self.focus)
        requests = [answer.request() for answer in answers]

        way, told = self.conversation.way(question), self._told

        def save(store: Store) -> tuple[Thread | None, list[Node], tuple[Turn, ...]]:
            nodes = store.messages.nodes(
                [store.messages.answer_again(thread, question, request) for request in requests]
            )
            if head is not None:
                store.threads.go_to(thread, head)
            return store.threads.get(thread), nodes, read_turns(store, thread, way, told)

        def saved(found: tuple[Thread | None, list[Node], tuple[Turn, ...]] | None) -> None:
            if found is None:
                fail(self._unsaved())
                return
            row, nodes, turns = found
            for answer, node in zip(answers, nodes, strict=True):
                answer.message = node.id
                answer.draft = replace(answer.draft, prompt=turns[-1].text)
                answer.attachments = turns[-1].attachments
            self._grown(answers, nodes, turns[-1].text, row, head)
            for answer in answers:
                self._runs.send(answer, turns)

        def fail(error: EngineError) -> None:
            for answer in answers:
                self._runs.fail(answer, error)

        for answer in answers:
            self._runs.begin(answer)
        self._bridge.ask_store(save, saved, fail)
        return answers

    def _fresh(self, draft: Draft) -> Answer:
        return Answer(uuid.uuid4().hex, draft, datetime.now(UTC).isoformat(), thread=self.id)

    def _grown(
        self, answers: list[Answer], nodes: list[Node], prompt: str, row: Thread | None, head: int | None
    ) -> None:
        """Take in messages that were just saved, and show the branch that ends with `head`, or the last of them."""
        thread, question = answers[0].thread, answers[0].question
        if thread == self.id:
            self.row = row or self.row
        if row is not None:
            self.named.emit(row)
        if thread != self.id:
            return
        self.conversation.grow(*nodes, head=head)
        if question is not None:
            self.texts[question] = prompt
        if self.focus.answer in answers and question is not None:
            attachments = answers[0].attachments
            self.focus = Focus(self.conversation.node(question), prompt, attachments, self.focus.answer)
        self.branched.emit()

    def _unsaved(self) -> EngineError:
        return StoreError(
            "Nothing can be saved, so nothing is sent.",
            where=str(self._bridge.profile),
            advice="Choose another folder with --profile.",
        )

    def _give_back(self, thread: int, draft: Draft, attachments: tuple[Attachment, ...], editing: int | None) -> None:
        """Give back what could not be saved, so that it can be sent again; what was typed since stays behind it."""
        if thread != self.id:
            self._bridge.ask_store(lambda store: store.threads.keep_draft(thread, draft.prompt))
            return
        typed = self._desk.draft.prompt
        if editing is not None and self._desk.editing is None:
            self._desk.word_anew(editing, draft.prompt)
            self.attachments.hold(attachments)
            return
        whole = replace(draft, prompt=f"{draft.prompt}\n\n{typed}" if typed.strip() else draft.prompt)
        self.attachments.show(thread, attachments)
        self._desk.edit(whole)
        self._desk.changed.emit(whole)

    def _go_to(self, head: int) -> None:
        thread = self.id
        self.conversation.go_to(head)
        self._bridge.ask_store(lambda store: store.threads.go_to(thread, head))
        self.branched.emit()
        self._desk.render_soon()

    def _focus_on(self, message: int) -> None:
        self._look += 1
        thread, look = self.id, self._look
        question, answered = self.conversation.exchange(message)
        for running in self._runs.within(thread):
            if answered is not None and running.message == answered.id:
                self._focus_on_running(running)
                self.focused.emit(self.focus)
                return

        def show(focus: Focus | None) -> None:
            if focus is not None and look == self._look:
                self._set_focus(focus)

        self._bridge.ask_store(lambda store: read_focus(store, thread, question, answered), show)

    def _focus_on_running(self, answer: Answer) -> None:
        question = None
        if answer.question is not None and answer.question in self.conversation:
            question = self.conversation.node(answer.question)
        self.focus = Focus(question, answer.draft.prompt, answer.attachments, answer)

    def _set_focus(self, focus: Focus) -> None:
        self.focus = focus
        self.focused.emit(focus)

    def turns_of(self, answer: Answer, done: Callable[[tuple[Turn, ...]], None]) -> None:
        """Ask for what the model was told for an answer."""
        thread, way, told = self.id, self.conversation.way(answer.question), self._told
        self._bridge.ask_store(lambda store: read_turns(store, thread, way, told), lambda turns: done(turns or ()))

    def _turns_with(self, draft: Draft, done: Callable[[tuple[Turn, ...]], None]) -> None:
        """Ask for what the model would be told if the draft were sent now."""
        thread, way, told = self.id, self.conversation.way(self._parent()), self._told
        last = Turn("user", draft.prompt, self.attachments.files)
        self._bridge.ask_store(
            lambda store: read_turns(store, thread, way, told), lambda turns: done((*(turns or ()), last))
        )

    def _parent(self) -> int | None:
        """Return the message that the draft would follow."""
        if self._desk.editing is not None:
            return self.conversation.node(self._desk.editing).parent
        return self.conversation.head

    def _run_changed(self, answer: Answer) -> None:
        if answer is self.focus.answer:
            self.answer_changed.emit(answer)

    def _run_ended(self, answer: Answer) -> None:
        if answer.thread != self.id or answer.message is None:
            return
        state = answer.state if answer.state in {"done", "stopped"} else "failed"
        self.texts[answer.message] = answer.text
        self.conversation.settle(answer.message, state, len(answer.text))
        self.texts_arrived.emit({answer.message})
        self.branched.emit()
        self._desk.render_soon()
