"""Interfaces as pages know them: the gallery, the one that is open, and what is asked of the model for it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from app.session.interfaces.answer import exists, sent_text
from app.session.interfaces.asked import Question
from app.session.interfaces.edits import Edits
from app.session.interfaces.importing import put_import, read_example, read_import
from app.session.interfaces.means import FurnishedInterface
from app.session.interfaces.shown import keep_draft
from engine.errors import EngineError, InvalidRequest, StoreError
from engine.store import INTERFACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from app.bridge import Bridge
    from app.session.interfaces.answer import InterfaceAnswer, TurnKind
    from app.session.interfaces.importing import Importable
    from app.session.interfaces.reading import Loaded
    from app.session.library import Library
    from app.session.runs import Runs
    from engine.interface.acting import Send
    from engine.store import Node, Store, Thread
    from engine.store.interfaces import InterfaceRow

MOST_VARIANTS = 4
"""Variants that are written at once: as many as the model has lanes."""


class Interfaces(FurnishedInterface):
    """Every interface, and the one that is shown, in which can be asked.

    A question is saved with the answers that are about to be written to it, then sent. Where it cannot be saved it is
    given back as the draft. Answers go on, and are kept, whatever is shown meanwhile.
    """

    def __init__(self, bridge: Bridge, runs: Runs, library: Library, profile: object = "core") -> None:
        super().__init__(bridge, runs, library, profile)
        self._stopped: set[str] = set()
        bridge.check(_prepare, lambda _: None)
        bridge.check(_prepare_charts, lambda _: None)

    # The gallery

    @property
    def rows(self) -> list[InterfaceRow]:
        """Every interface that is not in the bin; the one that was written to last comes first."""
        return self.gallery.rows

    def refresh(self, done: Callable[[], None] | None = None) -> None:
        """Read the gallery anew, then do `done`."""
        self.gallery.refresh(done)

    def rename(self, interface: int, title: str) -> None:
        """Give an interface a title; an empty one lets the next sentence name it."""
        self.gallery.rename(interface, title)

    def delete(self, interfaces: Iterable[int]) -> Callable[[], None]:
        """Put interfaces into the bin; return what takes them out again. The shown one is left."""
        gone = set(interfaces)
        if self.id in gone:
            self.new()
        return self.gallery.delete(gone)

    def duplicate(self, interface: int) -> None:
        """Copy an interface with all that is in it, and open the copy."""
        self._keep()
        self.gallery.duplicate(interface, lambda copy: self.open(copy.id))

    # Asking

    def describe(self, sentence: str) -> None:
        """Ask for the screen that a sentence describes; where there is one, for it as the sentence would have it."""
        self.variants(sentence, 1)

    def variants(self, sentence: str, many: int) -> None:
        """Ask for several answers at once to what a sentence describes; the first is shown, until another is chosen."""
        sentence = sentence.strip()
        if sentence and self._free():
            self._ask(lambda: self._question(sentence, "sentence", "", self.tree), min(max(many, 1), MOST_VARIANTS))

    def redo(self, path: str, sentence: str = "") -> None:
        """Ask for one part anew, as a sentence would have it; all else stays."""
        if not self._free():
            return
        if not exists(self.tree, path):
            self.failed.emit(InvalidRequest("The part that was to be written anew is gone.", where=path))
            return
        text = sentence.strip() or "Write this part anew."
        self._ask(lambda: self._question(text, "redo", path, self.tree))

    def send(self, sent: Send) -> None:
        """Send what a form or button holds as the next turn."""
        if self._free():
            text = sent_text(sent.name, sent.values, sent.text)
            self._ask(lambda: self._question(text, "submit", "", self.tree))

    def again(self) -> None:
        """Ask once more for the shown answer; it is kept beside the new one."""
        answer = self._answers.get(self._shown) if self._shown is not None else None
        if answer is None or answer.question is None or not self._free():
            return
        question, text = answer.question, self._texts.get(answer.question, "")

        def make() -> Question:
            asked = self._question(text, answer.kind, answer.at, answer.base)
            return replace(asked, warm=answer.state == "done")

        self._ask(make, question=question)

    def reword(self, turn: int, sentence: str) -> None:
        """Ask another sentence in the place of the one that an answer, by its message, was given to; both are kept."""
        answer, sentence = self._answers.get(turn), sentence.strip()
        if answer is None or answer.question is None or not sentence or not self._free():
            return
        before = self._conversation.node(answer.question).parent
        self._ask(lambda: self._question(sentence, "sentence", "", answer.base), after=(before,))

    def choose_variant(self, number: int) -> None:
        """Show one of the alternatives and go on from there, by its place among them."""
        beside = self.alternatives
        if 0 <= number < len(beside) and beside[number].message not in {None, self._shown}:
            self.open(self.id, beside[number].message)

    def stop(self) -> None:
        """Stop all that is being written in the interface that is shown; what there is of it stays."""
        for answer in self._running():
            if answer in self._saving:
                self._stopped.add(answer.id)
            else:
                self._runs.stop(answer)

    def _question(self, text: str, kind: TurnKind, at: str, base: Any) -> Question:
        from engine.interface import asking

        means = self._means()
        if kind == "redo":
            brief = asking.for_part(text, base, at, means)
        elif kind == "submit" and base is not None:
            brief = asking.for_submit(text, base, means)
        elif base is not None:
            brief = asking.for_change(text, base, means)
        else:
            brief = asking.for_sentence(text, means)
        return Question(text, kind, at, base, brief)

    def _ask(
        self,
        make: Callable[[], Question],
        many: int = 1,
        question: int | None = None,
        after: tuple[int | None] | None = None,
    ) -> None:
        """Ask something new after the shown answer, or once more what `question` asks; save it, then send it.

        `after` names another message to ask it after; None in it is the beginning.
        """
        try:
            asked = make()
        except EngineError as error:
            self.failed.emit(error)
            return
        self.close()  # what is asked is based on the tree as it stands
        answers = asked.answers(many)
        requests = [answer.request() for answer in answers]
        parent = self._shown if self._shown is not None else self._conversation.head
        if after is not None:
            (parent,) = after
        thread, look, settings = self.id, self._look, self._settings_now()
        self._saving = answers
        typed = question is None and asked.kind == "sentence"
        if typed:
            self.draft = self._kept_draft = ""

        def save(store: Store) -> tuple[Thread | None, list[Node]]:
            holder = thread or store.threads.create(settings, kind=INTERFACE).id
            asked_before = question
            ids: list[int] = []
            if asked_before is None:
                asked_before, first = store.messages.ask(holder, parent, asked.text, requests[0], attachments=())
                ids.append(first)
                if typed:
                    keep_draft(store, thread, "")
            ids += [store.messages.answer_again(holder, asked_before, request) for request in requests[len(ids) :]]
            store.threads.go_to(holder, ids[0])
            return store.threads.get(holder), store.messages.nodes([asked_before, *ids])

        def saved(found: tuple[Thread | None, list[Node]] | None) -> None:
            row, nodes = found if found is not None else (None, [])
            if row is None:
                failed(self._unsaved())
                return
            for answer, node in zip(answers, nodes[1:], strict=True):
                answer.thread, answer.question, answer.message = row.id, nodes[0].id, node.id
            self._grown(row, nodes, asked.text, answers, shown=look == self._look)
            for answer in answers:
                self._runs.begin(answer)
            for answer in answers:
                self._runs.send(answer, asked.turns())
                if answer.id in self._stopped:
                    self._stopped.discard(answer.id)
                    self._runs.stop(answer)

        def failed(error: EngineError) -> None:
            if look == self._look:
                self._saving = []
                if typed:
                    self.draft = asked.text
                    self.draft_changed.emit()
                self.turns_changed.emit()
            self.failed.emit(error)

        self._bridge.ask_store(save, saved, failed)
        self.grown.emit()

    def _grown(self, row: Thread, nodes: list[Node], text: str, answers: list[InterfaceAnswer], *, shown: bool) -> None:
        """Take in messages that were just saved, and show the first of the answers, unless another is shown now."""
        if shown:
            self._saving = []
            self._row, self._wanted = row, row.id
            new = [node for node in nodes if node.id not in self._conversation]
            self._conversation.grow(*new, head=nodes[1].id)
            self._texts[nodes[0].id] = text
            self._answers |= {answer.message: answer for answer in answers if answer.message is not None}
            self._shown = nodes[1].id
            if self._edits.tree is not answers[0].base:
                self._edits = Edits(answers[0].base)
                self.tree_changed.emit()
            self.turns_changed.emit()
        self.gallery.refresh()

    def _unsaved(self) -> EngineError:
        return StoreError(
            "Nothing can be saved, so nothing is sent.",
            where=str(self._bridge.profile),
            advice="Choose another folder with --profile.",
        )

    # From elsewhere

    def import_file(self, path: Path) -> None:
        """Make an interface of a file: a tree, or what another program calls one; what it lacks here is noted."""
        self._bridge.check(partial(read_import, path), self._take_import, self.failed.emit)

    def example(self, key: str) -> None:
        """Make an interface of an example that ships, by its key."""
        self._bridge.check(partial(read_example, key), self._take_import, self.failed.emit)

    def _take_import(self, imported: Importable) -> None:
        # Of the components it may use more than a small model comes to an end with: which ones, a person says.
        settings = {"profile": self.profile}
        self._leave()
        look = self._look

        def back(loaded: Loaded | None) -> None:
            self.gallery.refresh()
            if loaded is not None and look == self._look:
                self.open(loaded.row.id)
            if imported.lost:
                self.told.emit(f"{_things(imported.lost)} of the file could not be taken over.")

        self._bridge.ask_store(lambda store: put_import(store, imported, settings), back, self.failed.emit)


def _prepare() -> None:
    """Import what writes requests, which takes a fifth of a second, before somebody waits for it."""
    from engine.interface import asking, catalogue

    asking.for_sentence("", asking.Means(catalogue.bundled()))


def _prepare_charts() -> None:
    """Import what charts are drawn with, which takes half a second, before one is shown. It makes nothing of Qt's."""
    import pyqtgraph  # noqa: F401


def _things(count: int) -> str:
    return "One thing" if count == 1 else f"{count} things"
