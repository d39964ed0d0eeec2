"""The thread that is shown: its conversation, the exchange in focus, and what can be done with both but ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.conversation import Conversation
from app.exchange import Turn
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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.bridge import Bridge
    from app.exchange import Answer, Draft
    from app.session.desk import Desk
    from app.session.runs import Runs
    from engine.store import Attachment, Thread


class ShownThread(QObject):
    """A thread as it is shown: opened, walked through, reworded, shortened.

    `opened` tells of another thread, `branched` of another shape of the conversation or another branch of it,
    `focused` of another exchange in focus, `answer_changed` of its answer growing, `texts_arrived` of messages that
    were read, `named` that the thread's row changed.
    """

    opened = Signal()
    branched = Signal()
    focused = Signal(object)
    answer_changed = Signal(object)
    texts_arrived = Signal(object)
    named = Signal(object)

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

    # Changing

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
