"""Whole threads as values: read with every branch, saved in one go. What export and import work on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from engine.store.messages import Answer, Attachment, Messages, MessageState, Role, attach_file, dump, now, put_answer
from engine.store.threads import name_of
from engine.store.words import clean

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from engine.store.database import Database


@dataclass(frozen=True)
class Message:
    """A message of a tree. `parent` is the place of the one it follows in the tree's list, always an earlier one."""

    role: Role
    text: str
    parent: int | None = None
    state: MessageState = "done"
    created: str = ""
    answer: Answer | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Tree:
    """A thread with all its branches.

    `head` is the place of the message it ends with; `titled` says that a person gave the title; `folder` is a name.
    Times are ISO 8601, or empty where they are not known. `attachments` are those of the unsent draft.
    """

    title: str = ""
    titled: bool = False
    folder: str | None = None
    pinned: bool = False
    kind: str = ""
    created: str = ""
    updated: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    draft: str = ""
    messages: tuple[Message, ...] = ()
    head: int | None = None
    attachments: tuple[Attachment, ...] = ()

    def branch(self) -> list[Message]:
        """Return the messages of the shown branch, the first one first."""
        shown: list[Message] = []
        at = self.head
        while at is not None:
            shown.append(self.messages[at])
            at = self.messages[at].parent
        return shown[::-1]


class Trees:
    """The threads of a profile as values. Raises StoreError when the file cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._messages = Messages(database)

    def read(self, thread: int) -> Tree:
        """Return a thread as it is, without what is in the bin. Raises KeyError where there is none.

        An answer that is being written is one that was interrupted, with its text so far.
        """
        with self._database.snapshot():
            found = self._database.rows(
                "SELECT threads.*, folders.name AS folder_name FROM threads "
                "LEFT JOIN folders ON folders.id = threads.folder WHERE threads.id = ?",
                (thread,),
            )
            if not found:
                raise KeyError(thread)
            nodes = self._messages.outline(thread)
            texts = self._messages.texts(node.id for node in nodes)
            answers = self._messages.answers(thread)
            attached: dict[int | None, list[Attachment]] = {}
            for attachment in self._messages.attachments(thread, texts):
                attached.setdefault(attachment.message, []).append(_loose(attachment))
            waiting = tuple(map(_loose, self._messages.attachments(thread)))
        row = found[0]
        places = {node.id: place for place, node in enumerate(nodes)}
        return Tree(
            title=row["title"],
            titled=bool(row["titled"]),
            folder=row["folder_name"],
            pinned=bool(row["pinned"]),
            kind=row["kind"],
            created=row["created"],
            updated=row["updated"],
            settings=json.loads(row["settings"]),
            draft=row["draft"],
            messages=tuple(
                Message(
                    role=node.role,
                    text=texts[node.id],
                    parent=None if node.parent is None else places[node.parent],
                    state="interrupted" if node.state == "writing" else node.state,
                    created=node.created,
                    answer=answers.get(node.id),
                    attachments=tuple(attached.get(node.id, ())),
                )
                for node in nodes
            ),
            head=places.get(row["head"]),
            attachments=waiting,
        )

    def insert(self, trees: Iterable[Tree]) -> list[int]:
        """Save threads, all of them or none; return their ids. A folder that is missing is made."""
        with self._database.transaction() as connection:
            folders = {row["name"]: row["id"] for row in connection.execute("SELECT id, name FROM folders")}
            return [_insert(connection, tree, folders) for tree in trees]

    def holds(self, tree: Tree) -> bool:
        """Tell whether a thread is there already: one made at the same moment, of the same messages."""
        texts = [clean(message.text) for message in tree.messages]
        for row in self._database.rows(
            "SELECT id FROM threads WHERE created = ? AND title = ? AND deleted IS NULL",
            (clean(tree.created), name_of(tree.title)),
        ):
            nodes = self._messages.outline(row["id"])
            if [(node.role, node.size) for node in nodes] == [
                (message.role, len(text)) for message, text in zip(tree.messages, texts, strict=True)
            ]:
                held = self._messages.texts(node.id for node in nodes)
                if [held[node.id] for node in nodes] == texts:
                    return True
        return False


def _insert(connection: sqlite3.Connection, tree: Tree, folders: dict[str, int]) -> int:
    created = clean(tree.created) or now()
    folder = None if tree.folder is None else name_of(tree.folder)
    if folder is not None and folder not in folders:
        folders[folder] = connection.execute(
            "INSERT INTO folders (name, created) VALUES (?, ?) RETURNING id", (folder, now())
        ).fetchone()[0]
    thread: int = connection.execute(
        "INSERT INTO threads (title, titled, folder, pinned, kind, created, updated, settings, draft) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            name_of(tree.title),
            tree.titled,
            None if folder is None else folders[folder],
            tree.pinned,
            clean(tree.kind),
            created,
            clean(tree.updated) or created,
            dump(tree.settings),
            clean(tree.draft),
        ),
    ).fetchone()[0]
    ids: list[int] = []
    for message in tree.messages:
        text = clean(message.text)
        ids.append(
            connection.execute(
                "INSERT INTO messages (thread, parent, role, state, size, created, text) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (
                    thread,
                    None if message.parent is None else ids[message.parent],
                    message.role,
                    message.state,
                    len(text),
                    clean(message.created) or created,
                    text,
                ),
            ).fetchone()[0]
        )
        if message.answer is not None:
            put_answer(connection, ids[-1], message.answer)
        for attachment in message.attachments:
            attach_file(connection, thread, ids[-1], attachment)
    for attachment in tree.attachments:
        attach_file(connection, thread, None, attachment)
    head = None if tree.head is None else ids[tree.head]
    connection.execute("UPDATE threads SET head = ? WHERE id = ?", (head, thread))
    return thread


def _loose(attachment: Attachment) -> Attachment:
    return replace(attachment, id=0, message=None)
