"""Up to four answers side by side: to one question, or at the ends of branches that differ in their wording."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject, Signal

from app.session.reading import Focus, read_focus

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.bridge import Bridge
    from app.checks import SchemaCheck
    from app.exchange import Answer, Draft
    from app.session.desk import Desk
    from app.session.runs import Runs
    from app.session.thread import OpenThread
    from engine.store import Node, Store

MOST: Final = 4
T = TypeVar("T")


@dataclass(eq=False)
class Column:
    """One of the answers that are compared, or the settings for one that is not run yet.

    `question` is None until the draft's own prompt is asked; `wording` is what tells its branch from the others;
    `refused` says why its settings cannot be run.
    """

    draft: Draft
    question: int | None = None
    wording: str = ""
    answer: Answer | None = None
    refused: str = ""

    @property
    def shown(self) -> Answer | None:
        """The answer, unless the settings have been changed since it was given."""
        if self.answer is None or replace(self.draft, prompt=self.answer.draft.prompt) != self.answer.draft:
            return None
        return self.answer

    @property
    def running(self) -> bool:
        """Whether its answer is being written."""
        return self.answer is not None and self.answer.running


class Comparison(QObject):
    """The columns that are compared, in the open thread.

    All that a comparison runs are further answers to a question, kept in the thread like any other.
    `opened` and `closed` tell of a comparison, `changed` of other columns, `column_changed` of one that grew or has
    other settings.
    """

    opened = Signal()
    closed = Signal()
    changed = Signal()
    column_changed = Signal(object)

    def __init__(self, bridge: Bridge, desk: Desk, runs: Runs, chat: OpenThread) -> None:
        super().__init__()
        self.columns: list[Column] = []
        self._bridge = bridge
        self._desk = desk
        self._runs = runs
        self._chat = chat
        runs.changed.connect(self._run_changed)
        chat.opened.connect(self.close)

    @property
    def active(self) -> bool:
        """Whether something is compared now."""
        return bool(self.columns)

    @property
    def running(self) -> bool:
        """Whether one of the columns is being written."""
        return any(column.running for column in self.columns)

    @property
    def can_run(self) -> bool:
        """Whether a column waits to be run, and nothing else is being written in the thread."""
        return self._chat.running is None and any(column.shown is None for column in self.columns)

    @property
    def full(self) -> bool:
        """Whether there is no room for another column."""
        return len(self.columns) >= MOST

    # Opening

    def compare_answers(self, message: int | None = None) -> None:
        """Compare an answer, by default the one in focus, with the newest others to its question."""
        message = message if message is not None else self._chat.focus.message
        if message is None or message not in self._chat.conversation:
            return
        beside = self._chat.conversation.alternatives(message).ids
        others = [answer for answer in beside if answer != message]
        self._read([(answer, answer) for answer in (message, *others[1 - MOST :])])

    def compare_settings(self, message: int | None = None) -> None:
        """Compare an answer, by default the one in focus, with one under other settings, that are a copy of its own."""
        answer = self._chat.answer
        if message is not None and (answer is None or answer.message != message):
            self._read([(message, message)], then=self.add)
        elif answer is not None and answer.question is not None:
            self._open([Column(answer.draft, answer.question, answer=answer)])
            self.add()

    def compare_draft(self, draft: Draft) -> None:
        """Ask the draft's prompt under several settings, the second of which are to be changed."""
        ready = self._chat.running is None and self._chat.attachments.ready
        if ready and (draft.prompt.strip() or self._chat.attachments.files):
            self._open([Column(draft), Column(draft)])

    def compare_alternatives(self, message: int) -> None:
        """Compare the answers beside an answer, or what became of the different wordings of a question."""
        conversation = self._chat.conversation
        if message not in conversation:
            return
        if conversation.node(message).role != "user":
            self.compare_answers(message)
            return
        beside = conversation.alternatives(message).ids
        others = [wording for wording in beside if wording != message]
        chosen = (message, *others[1 - MOST :])
        self._read([(wording, self._end(wording)) for wording in chosen])

    def _end(self, message: int) -> int:
        """Return the end of the branch of a message: the shown one, where it is on it."""
        conversation = self._chat.conversation
        head = conversation.head
        on_branch = head is not None and conversation.place(message) is not None
        return head if head is not None and on_branch else conversation.leaf(message)

    def _read(self, chosen: list[tuple[int, int]], then: Callable[[], None] | None = None) -> None:
        """Open a comparison of answers: pairs of the message that tells one from the others, and its branch's end."""
        thread, conversation, draft = self._chat.id, self._chat.conversation, self._desk.draft
        exchanges = [(wording, *conversation.exchange(end)) for wording, end in chosen]

        def read(store: Store) -> list[tuple[str, Focus]]:
            return [
                (_wording(store, wording, question), read_focus(store, thread, question, answered))
                for wording, question, answered in exchanges
            ]

        def show(found: list[tuple[str, Focus]] | None) -> None:
            if found and thread == self._chat.id:
                self._open([self._column(wording, focus, draft) for wording, focus in found])
                if then is not None:
                    then()

        self._bridge.ask_store(read, show)

    def _column(self, wording: str, focus: Focus, draft: Draft) -> Column:
        question = focus.question.id if focus.question is not None else None
        answer = focus.answer
        for running in self._runs.within(self._chat.id):
            if answer is not None and running.message == answer.message:
                answer = running
        settings = answer.draft if answer is not None else replace(draft, prompt=focus.prompt)
        return Column(settings, question, wording, answer)

    def _open(self, columns: list[Column]) -> None:
        self.columns = columns
        self.opened.emit()

    def close(self) -> None:
        """Compare no longer. What is being written goes on."""
        if self.active:
            self.columns = []
            self.closed.emit()

    # Columns

    def add(self) -> None:
        """Add a column with the settings of the last."""
        if self.active and not self.full:
            last = self.columns[-1]
            self.columns.append(Column(last.draft, last.question, last.wording))
            self.changed.emit()

    def remove(self, column: Column) -> None:
        """Leave a column out; its answer stays in the thread, and goes on if it is being written."""
        if len(self.columns) > 1:
            self.columns.remove(column)
            self.changed.emit()

    def set_up(self, column: Column, draft: Draft) -> None:
        """Give a column other settings; the answer that it had under the old ones stays in the thread."""
        if draft != column.draft and not column.running:
            column.draft, column.refused = draft, ""
            self.column_changed.emit(column)

    def use(self, column: Column) -> None:
        """Show the branch of a column's answer, and compare no longer."""
        if column.shown is not None and column.shown.message is not None:
            message = column.shown.message
            self.close()
            self._chat.look_at(message)

    # Running

    def run(self) -> None:
        """Run the columns that are not run yet, all at once; one whose schema cannot be held to says so instead."""
        waiting = [column for column in self.columns if column.shown is None]
        if self._chat.running is None and waiting:
            self._check(waiting, {})

    def run_again(self, column: Column) -> None:
        """Run a column once more under its settings; the answer that it had stays in the thread."""
        if self._chat.running is None:
            column.answer = None
            self._check([column], {})

    def stop(self) -> None:
        """Stop all that is being written in the thread."""
        self._chat.stop()

    def _check(self, waiting: list[Column], checks: dict[str, SchemaCheck]) -> None:
        """Check the schemas one after the other, then run."""
        unknown = (column.draft for column in waiting if column.draft.format == "schema")
        draft = next((draft for draft in unknown if draft.schema not in checks), None)
        if draft is not None:
            schema = draft.schema
            self._desk.check_schema(draft, lambda check: self._check(waiting, {**checks, schema: check}))
            return
        ready = []
        for column in waiting:
            if column not in self.columns:
                continue
            check = checks.get(column.draft.schema) if column.draft.format == "schema" else None
            if check is not None and not check.valid:
                column.refused = f"Line {check.problems[0].line}: {check.problems[0].message}"
                self.column_changed.emit(column)
            else:
                ready.append(column)
        self._send(ready)

    def _send(self, ready: list[Column]) -> None:
        questions = dict.fromkeys(column.question for column in ready)
        groups = [[column for column in ready if column.question == question] for question in questions]
        asked = [(group[0].question, [column.draft for column in group]) for group in groups]
        for group, answers in zip(groups, self._chat.compare(asked), strict=False):
            for column, answer in zip(group, answers, strict=True):
                column.answer = answer
                self.column_changed.emit(column)

    def _run_changed(self, answer: Answer) -> None:
        for column in self.columns:
            if column.question is None and answer.thread == self._chat.id:
                column.question = answer.question  # the draft's own prompt, now that it is asked
            if column.answer is answer:
                self.column_changed.emit(column)

    # Slow work

    def aside(self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        """Do something slow that touches neither Qt nor the store, such as comparing values; then `done` here."""
        self._bridge.check(job, done)


def _wording(store: Store, message: int, question: Node | None) -> str:
    """Return what was asked on a branch, where it is told from others by that; nothing for answers to one question."""
    (node,) = store.messages.nodes([message])
    if node.role != "user":
        return ""
    asked = [message] if question is None or question.id == message else [message, question.id]
    texts = store.messages.texts(asked)
    return " … ".join(texts[entry] for entry in asked)
