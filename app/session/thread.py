"""The open thread: the one that is shown, and in which can be asked."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from app.exchange import Answer
from app.session.reading import Focus, read_turns
from app.session.shown import ShownThread
from engine.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.checks import SchemaCheck
    from app.exchange import Draft, Turn
    from engine.errors import EngineError
    from engine.store import Attachment, Node, Store, Thread


class OpenThread(ShownThread):
    """The thread that is shown, and what asks the model in it.

    A question is saved with the answers that are about to be written to it, then sent with what comes before it; what
    cannot be saved is given back to the draft. `refused` tells of a schema that cannot be run.
    """

    refused = Signal(object)

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
        draft = replace(draft, model=self._bridge.known_choice(draft.model))
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
