"""What is read from the store to show an interface. Runs on the store's lane."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.session.interfaces.answer import InterfaceAnswer, TurnKind, is_sent
from app.session.reading import read_conversation

if TYPE_CHECKING:
    from app.conversation import Conversation
    from engine.store import Attachment, Store, Thread


@dataclass(frozen=True)
class Turn:
    """One message of an interface: what was asked, or with `answer` what came of it.

    `kind` says what led there and `at` names the part that a redo is about; `notes` are what an import could not take
    over, each a pointer with a sentence.
    """

    message: int
    role: str
    text: str
    kind: TurnKind = "sentence"
    at: str = ""
    answer: InterfaceAnswer | None = None

    @property
    def notes(self) -> tuple[tuple[str, str], ...]:
        """What an import could not take over."""
        return self.answer.notes if self.answer is not None else ()


@dataclass(frozen=True)
class Loaded:
    """An interface as it was read: its messages, the texts of those shown, and the answers among them."""

    row: Thread
    settings: dict[str, Any]
    draft: str
    conversation: Conversation
    texts: dict[int, str] = field(default_factory=dict)
    answers: dict[int, InterfaceAnswer] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    shown: int | None = None


def read_interface(store: Store, thread: int, message: int | None = None) -> Loaded | None:
    """Read an interface at a message of it, by default its last; None where there is none."""
    row = store.threads.get(thread)
    if row is None:
        return None
    desk = store.threads.desk(thread)
    conversation = read_conversation(store, thread, desk.head, message)
    texts, answers = read_branch(store, thread, conversation)
    shown = (
        message
        if message in answers
        else next((node.id for node in reversed(conversation.path) if node.role == "assistant"), None)
    )
    attachments = tuple(store.messages.attachments(thread))
    return Loaded(row, desk.settings, desk.draft, conversation, texts, answers, attachments, shown)


def read_branch(
    store: Store, thread: int, conversation: Conversation
) -> tuple[dict[int, str], dict[int, InterfaceAnswer]]:
    """Read the texts and answers of the branch that is shown, and of what could stand in place of its last answer.

    Each answer is given the tree of the one before it, which it changes.
    """
    path = conversation.path
    wanted = {node.id for node in path}
    last = next((node for node in reversed(path) if node.role == "assistant"), None)
    beside = [conversation.node(each) for each in conversation.alternatives(last.id).ids] if last is not None else []
    beside = [node for node in beside if node.role == "assistant" and node.id not in wanted]
    texts = store.messages.texts([*wanted, *(node.id for node in beside)])
    answers: dict[int, InterfaceAnswer] = {}
    base: Any = None
    for node in path:
        if node.role != "assistant":
            continue
        prompt = texts.get(node.parent, "") if node.parent is not None else ""
        for each in (node, *(beside if node is last else ())):
            kept = store.messages.answer(each.id)
            answers[each.id] = InterfaceAnswer.restore(thread, each, texts.get(each.id, ""), kept, prompt)
            answers[each.id].base = base
        base = answers[node.id].tree
    return texts, answers


def turns_of(conversation: Conversation, texts: dict[int, str], answers: dict[int, InterfaceAnswer]) -> list[Turn]:
    """Return the messages of the branch that is shown, the first one first."""
    turns: list[Turn] = []
    for node in conversation.path:
        text, answer = texts.get(node.id, ""), answers.get(node.id)
        if node.role == "assistant":
            kind, at = (answer.kind, answer.at) if answer is not None else ("sentence", "")
        else:
            replied = conversation.answer(node.id)
            asked = answers.get(replied) if replied is not None else None
            kind, at = (asked.kind, asked.at) if asked is not None else ("submit" if is_sent(text) else "sentence", "")
        turns.append(Turn(node.id, node.role, text, kind, at, answer))
    return turns
