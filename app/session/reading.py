"""What is read from the store to show a thread, an exchange, or what the model is told. Runs on the store's lane."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from app.conversation import Conversation
from app.exchange import Answer, Draft, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.store import Attachment, Node, Store, Thread

_TEXTS_AT_ONCE = 60
TOLD = 65_536
"""Characters of a conversation that are read from the store to be told, before the model's context is known."""
CHARACTERS_A_TOKEN = 8
"""More characters than a token of any language has on average: what is beyond is not told, and a line says so."""


@dataclass(frozen=True)
class Wording:
    """The new wording of a message that is being edited."""

    message: int
    text: str

    def to_text(self) -> str:
        """Return the wording as the store keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> Wording:
        """Restore a wording."""
        return cls(**json.loads(text))


def wording_key(thread: int) -> str:
    """Return the key among the store's drafts of the wording that is being edited in a thread."""
    return f"thread.{thread}.wording"


@dataclass(frozen=True)
class Loaded:
    """A thread as it was read from the store."""

    row: Thread
    draft: Draft
    attachments: tuple[Attachment, ...]
    conversation: Conversation
    texts: dict[int, str]
    focus: Focus
    wording: Wording | None = None
    wording_files: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Focus:
    """The exchange in focus: a question with an answer to it; either may be missing."""

    question: Node | None = None
    prompt: str = ""
    attachments: tuple[Attachment, ...] = ()
    answer: Answer | None = None

    @property
    def message(self) -> int | None:
        """The message in focus: the answer's, or the question's where there is none."""
        if self.answer is not None and self.answer.message is not None:
            return self.answer.message
        return self.question.id if self.question is not None else None


def make_thread(store: Store, draft: Draft) -> Loaded:
    """Make a thread in the store."""
    thread = store.threads.create(draft.settings(), kind=draft.format)
    if draft.prompt:
        store.threads.keep_draft(thread.id, draft.prompt)
    return Loaded(thread, draft, (), Conversation((), None), {}, Focus())


def read_thread(store: Store, thread: int, message: int | None = None) -> Loaded | None:
    """Read a thread, with the texts at the end of its branch; None where there is none."""
    row = store.threads.get(thread)
    if row is None:
        return None
    desk = store.threads.desk(thread)
    conversation = read_conversation(store, thread, desk.head, message)
    texts = store.messages.texts(node.id for node in conversation.path[-_TEXTS_AT_ONCE:])
    at = message if message is not None and message in conversation else conversation.head
    focus = read_focus(store, thread, *conversation.exchange(at)) if at is not None else Focus()
    attachments = tuple(store.messages.attachments(thread, content=False))
    edited = store.drafts.get(wording_key(thread))
    wording = Wording.from_text(edited) if edited else None
    if wording is not None and wording.message not in conversation:
        wording = None
    files = tuple(store.messages.attachments(thread, [wording.message])) if wording is not None else ()
    return Loaded(row, Draft.of(desk.settings, desk.draft), attachments, conversation, texts, focus, wording, files)


def read_conversation(store: Store, thread: int, head: int | None, message: int | None = None) -> Conversation:
    """Read how the messages of a thread follow each other: on a branch with `message`, or on the one to `head`."""
    conversation = Conversation(store.messages.outline(thread), head)
    if message is not None and message in conversation and conversation.place(message) is None:
        conversation.go_to(conversation.leaf(message))
    return conversation


def read_focus(store: Store, thread: int, question: Node | None, answered: Node | None) -> Focus:
    """Read an exchange."""
    texts = store.messages.texts(node.id for node in (question, answered) if node is not None)
    prompt = texts.get(question.id, "") if question is not None else ""
    asked = [question.id] if question is not None else []
    attachments = store.messages.attachments(thread, asked, content=False)
    answer = None
    if answered is not None:
        kept = store.messages.answer(answered.id)
        answer = Answer.restore(thread, answered, texts.get(answered.id, ""), kept, prompt)
    return Focus(question, prompt, tuple(attachments), answer)


def read_turns(store: Store, thread: int, way: Sequence[Node], most: int = TOLD) -> tuple[Turn, ...]:
    """Read what the model is told of a branch: the end of it, up to about so many characters."""
    told: list[Node] = []
    characters = 0
    for node in reversed(way):
        characters += node.size
        if told and characters > most:
            break
        told.append(node)
    told.reverse()
    texts = store.messages.texts(node.id for node in told)
    attached: dict[int, list[Attachment]] = {}
    asked = [node.id for node in told if node.role == "user"]
    for attachment in store.messages.attachments(thread, asked, content=False):
        if attachment.message is not None:
            attached.setdefault(attachment.message, []).append(attachment)
    return tuple(Turn(node.role, texts.get(node.id, ""), tuple(attached.get(node.id, ())), node.id) for node in told)
