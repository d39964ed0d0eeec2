"""The interface that is shown: its messages, its tree, what grows of it, and what is done to it by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from app.conversation import Conversation
from app.session.interfaces.answer import InterfaceAnswer
from app.session.interfaces.attached import Attached, read_attached
from app.session.interfaces.edits import Edits
from app.session.interfaces.gallery import Gallery
from app.session.interfaces.growing import Growing, Prefixes
from app.session.interfaces.reading import Loaded, Turn, read_interface, turns_of
from app.session.later import later
from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QImage

    from app.bridge import Bridge
    from app.session.library import Library
    from app.session.runs import Runs
    from engine.interface.sources import Source
    from engine.store import Attachment, Store, Thread

_KEEP_MS: Final = 400
_NEW_DRAFT: Final = "interface.draft"
"""The key among the store's drafts of a sentence that is typed before there is an interface."""
_BUSY: Final = "The model is writing. Stop it first, or wait until it has ended."
_BY_MODEL: Final = "Change by the model"


class ShownInterface(QObject):
    """One interface as it is shown; `id` is 0 where it is new and nothing has been asked or attached yet.

    `opened` tells of another interface, `turns_changed` of other messages, `tree_changed` of another tree, `grown` that
    an answer goes on, `ended` of the answer that has ended, `attached` of other data sources and pictures,
    `draft_changed` that a sentence was given back, `listed` of another gallery, `told` something in words, `failed` an
    error.
    """

    listed = Signal()
    opened = Signal()
    turns_changed = Signal()
    grown = Signal()
    ended = Signal(object)
    tree_changed = Signal()
    attached = Signal()
    draft_changed = Signal()
    told = Signal(str)
    failed = Signal(object)

    def __init__(self, bridge: Bridge, runs: Runs, library: Library) -> None:
        super().__init__()
        self.gallery = Gallery(bridge, library)
        self.draft = ""
        self._bridge = bridge
        self._runs = runs
        self._row: Thread | None = None
        self._settings: dict[str, Any] = {}
        self._conversation = Conversation((), None)
        self._texts: dict[int, str] = {}
        self._answers: dict[int, InterfaceAnswer] = {}
        self._shown: int | None = None
        self._saving: list[InterfaceAnswer] = []
        self._files: tuple[Attachment, ...] = ()
        self._attached = Attached()
        self._edits = Edits()
        self._look = 0
        self._wanted = 0
        self._unkept = False
        self._kept_draft = ""
        self._keep_soon = later(self, _KEEP_MS, self._keep)
        self._keep_draft_soon = later(self, _KEEP_MS, self._keep_draft)
        runs.changed.connect(self._run_changed)
        runs.ended.connect(self._run_ended)
        self.gallery.listed.connect(self.listed)

    # What is shown

    @property
    def id(self) -> int:
        """The thread of the interface; 0 for a new one."""
        return self._row.id if self._row is not None else 0

    @property
    def title(self) -> str:
        """What the interface is called; empty before anything was asked."""
        row = self.gallery.row_of(self.id)
        return row.title if row is not None else self._row.title if self._row is not None else ""

    @property
    def turns(self) -> list[Turn]:
        """The messages that lead to what is shown and go on from there, the first one first."""
        return turns_of(self._conversation, self._texts, self._answers)

    @property
    def shown(self) -> int | None:
        """The answer whose tree is shown, by its message; what is asked next follows it."""
        return self._shown

    @property
    def tree(self) -> Any:
        """The tree of the shown answer with what was done to it by hand; while it is written, the one before it."""
        return self._edits.tree

    @property
    def running(self) -> InterfaceAnswer | None:
        """The answer that is being written here: the shown one, or the first of several. Nothing else is asked then."""
        running = self._running()
        return next((answer for answer in running if answer.message == self._shown), next(iter(running), None))

    @property
    def growing(self) -> Growing | None:
        """What the shown answer is writing; None where it is not being written."""
        answer = self._answers.get(self._shown) if self._shown is not None else None
        if answer is None or not answer.running or answer.message is None:
            return None
        return Growing(answer.form, answer.at, answer.text, answer.message, answer.tree)

    @property
    def alternatives(self) -> list[InterfaceAnswer]:
        """The answers to the question of the shown one, it among them: variants, in the order they were asked for."""
        if self._shown is None or self._shown not in self._conversation:
            return []
        ids = self._conversation.alternatives(self._shown).ids
        return [self._answers[each] for each in ids if each in self._answers]

    @property
    def sources(self) -> tuple[Source, ...]:
        """The data sources that are attached."""
        return self._attached.sources

    @property
    def images(self) -> Mapping[str, QImage]:
        """The pictures that are attached, by name."""
        return self._attached.images

    def prefixes(self, turn: int) -> Prefixes | None:
        """Return what is needed to go through the stream of an answer, by its message; None where that is none."""
        answer = self._answers.get(turn)
        if answer is None:
            return None
        return Prefixes(answer.form, answer.at, self._texts.get(turn) or answer.text, answer.base)

    def tree_at(self, turn: int) -> Any:
        """Return the tree as it stands after an answer, by its message; None where there is none."""
        answer = self._answers.get(turn)
        return answer.tree if answer is not None else None

    def _running(self) -> list[InterfaceAnswer]:
        inside = self._runs.within(self.id) if self.id else []
        return self._saving or [answer for answer in inside if isinstance(answer, InterfaceAnswer)]

    # Opening

    def new(self) -> None:
        """Show a new interface, in which nothing has been asked yet. What is being written elsewhere goes on."""
        self._leave()
        self._wanted = 0
        look = self._look

        def read(draft: str | None) -> None:
            if look == self._look and draft and not self.draft:
                self.draft = self._kept_draft = draft
                self.draft_changed.emit()

        self._show(None, Attached())
        self._bridge.ask_store(lambda store: store.drafts.get(_NEW_DRAFT), read)

    def open(self, interface: int, turn: int | None = None) -> None:
        """Open an interface, at one of its answers where that is given; one that is open already is only looked at."""
        if interface == self.id and turn is not None and turn in self._answers:
            self._look_at(turn)
            return
        self._leave()
        self._wanted = interface
        look = self._look

        def read(loaded: Loaded | None) -> None:
            if look != self._look:
                return
            if loaded is None or loaded.row.deleted is not None:
                self.new()
            else:
                # Also where nothing is attached: behind what is prepared on that lane, for which the window would wait.
                self._bridge.check(
                    lambda: read_attached(loaded.attachments),
                    lambda attached: self._show(loaded, attached) if look == self._look else None,
                )

        self._bridge.ask_store(lambda store: read_interface(store, interface, turn), read)

    def close(self) -> None:
        """Save what is unsaved."""
        self._keep()
        self._keep_draft()

    def _leave(self) -> None:
        """Save what is unsaved of what is shown; what was asked for to be shown before is shown no more."""
        self.close()
        self._look += 1
        self._saving = []

    def _show(self, loaded: Loaded | None, attached: Attached) -> None:
        self._row = loaded.row if loaded is not None else None
        self._settings = dict(loaded.settings) if loaded is not None else {}
        self.draft = self._kept_draft = loaded.draft if loaded is not None else ""
        self._conversation = loaded.conversation if loaded is not None else Conversation((), None)
        self._texts = dict(loaded.texts) if loaded is not None else {}
        self._answers = dict(loaded.answers) if loaded is not None else {}
        self._shown = loaded.shown if loaded is not None else None
        self._files = loaded.attachments if loaded is not None else ()
        self._attached = attached
        for answer in self._running():
            if answer.message in self._answers:
                self._answers[answer.message] = answer
        self._edits = Edits(self._tree_shown())
        self.opened.emit()
        for fault in attached.faults:
            self.failed.emit(fault)

    def _look_at(self, turn: int) -> None:
        """Show the tree of another answer of the branch, or of one beside the shown one."""
        self._keep()
        self._shown = turn
        if self._conversation.place(turn) is None:
            self._conversation.go_to(self._conversation.leaf(turn))
            head, thread = self._conversation.head, self.id
            self._bridge.ask_store(lambda store: store.threads.go_to(thread, head))
        self._edits = Edits(self._tree_shown())
        self.turns_changed.emit()
        self.tree_changed.emit()

    def _tree_shown(self) -> Any:
        """Return the tree of the shown answer; while it is being written, the one that it changes."""
        answer = self._answers.get(self._shown) if self._shown is not None else None
        if answer is None:
            return None
        return answer.base if answer.running else answer.tree

    # By hand

    def edit(self, operation: Callable[[Any], Any], label: str = "Change") -> bool:
        """Change the tree with a function of `engine.interface.editing`; return whether it could be.

        `label` says what the change is, to be shown with undo.
        """
        if not self._free():
            return False
        try:
            tree = operation(self.tree)
        except EngineError as error:
            self.failed.emit(error)
            return False
        if tree is not self.tree:
            self._edits.put(tree, label)
            self._edited()
        return True

    @property
    def can_undo(self) -> bool:
        """Whether there is a change of the tree to take back."""
        return self._edits.can_undo and not self._running()

    @property
    def can_redo(self) -> bool:
        """Whether there is a change of the tree to make again."""
        return self._edits.can_redo and not self._running()

    @property
    def undo_label(self) -> str:
        """What would be taken back."""
        return self._edits.undo_label

    @property
    def redo_label(self) -> str:
        """What would be made again."""
        return self._edits.redo_label

    def undo(self) -> None:
        """Take back the last change of the tree, also one by the model."""
        if self.can_undo:
            self._edits.undo()
            self._edited()

    def redo_edit(self) -> None:
        """Make again what was taken back last."""
        if self.can_redo:
            self._edits.redo()
            self._edited()

    def _free(self) -> bool:
        """Tell whether nothing is being written here; otherwise say so."""
        if self._running():
            self.told.emit(_BUSY)
            return False
        return True

    def _edited(self) -> None:
        answer = self._answers.get(self._shown) if self._shown is not None else None
        if answer is not None:
            answer.kept_tree = self.tree
        self._unkept = True
        self._keep_soon.start()
        self.tree_changed.emit()

    def _keep(self) -> None:
        """Save the tree, if it was changed by hand."""
        self._keep_soon.stop()
        message, tree, thread = self._shown, self.tree, self.id
        if not self._unkept or message is None:
            return
        self._unkept = False

        def failed(error: EngineError) -> None:
            if self._shown == message and self.tree is tree:
                self._unkept = True  # to be tried again with the next edit, or at the end
            self._bridge.failed.emit(error)

        self._bridge.ask_store(lambda store: store.interfaces.keep_tree(message, tree), None, failed)
        self.gallery.take_tree(thread, tree)

    # The sentence

    def write(self, draft: str) -> None:
        """Take in what a person is typing; it is saved soon."""
        if draft != self.draft:
            self.draft = draft
            self._keep_draft_soon.start()

    def _keep_draft(self) -> None:
        self._keep_draft_soon.stop()
        draft, before, thread = self.draft, self._kept_draft, self.id
        if draft == before:
            return
        self._kept_draft = draft

        def failed(error: EngineError) -> None:
            if self._kept_draft == draft and self.id == thread:
                self._kept_draft = before
            self._bridge.failed.emit(error)

        self._bridge.ask_store(lambda store: keep_draft(store, thread, draft), None, failed)

    # Answers

    def _run_changed(self, answer: object) -> None:
        if isinstance(answer, InterfaceAnswer) and answer.message in self._answers and answer.running:
            self.grown.emit()

    def _run_ended(self, answer: object) -> None:
        """Take in how an answer ended, here or in an interface that is not shown."""
        if not isinstance(answer, InterfaceAnswer) or answer.message is None:
            return
        here = answer.thread == self.id and answer.message in self._answers
        if here:
            state = answer.state if answer.state in {"done", "stopped"} else "failed"
            self._texts[answer.message] = answer.text
            self._conversation.settle(answer.message, state, len(answer.text))
        if here and answer.message == self._shown:
            tree = answer.tree
            if self._edits.tree is None:
                self._edits = Edits(tree)
            elif tree is not self._edits.tree:
                self._edits.put(tree, _BY_MODEL)
            self.gallery.take_tree(answer.thread, tree)
            self.turns_changed.emit()
            self.tree_changed.emit()
        else:
            self.gallery.refresh()
            if here:
                self.turns_changed.emit()
        if here:
            self.ended.emit(answer)


def keep_draft(store: Store, thread: int, draft: str) -> None:
    """Save what a person is typing in an interface, or before there is one."""
    if thread:
        store.threads.keep_draft(thread, draft)
    else:
        store.drafts.put(_NEW_DRAFT, draft)
