"""Generated interfaces as a gallery lists them: threads of a kind of their own, each with the tree it ends with.

The tree as it stands after an answer and what a person did to it by hand is kept in the `details` of that answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.store.messages import Answer, dump, put_answer
from engine.store.threads import INTERFACE

if TYPE_CHECKING:
    from engine.store.database import Database

_LARGEST = 4_000_000
"""Characters of the details beyond which an answer has no tree in the gallery: pictures are made of all of them."""


@dataclass(frozen=True)
class InterfaceRow:
    """An interface of the gallery; `tree_text` is its newest tree as JSON, empty before there is one."""

    id: int
    title: str
    updated: str
    tree_text: str


class Interfaces:
    """The interfaces of a profile. All methods raise StoreError when the file cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[InterfaceRow]:
        """Return the interfaces that are not in the bin; the one that was written to last comes first.

        The newest tree is that of the message the thread ends with, or where that has none of the newest that has.
        """
        rows = self._database.rows(
            "SELECT id, title, updated FROM threads WHERE kind = ? AND deleted IS NULL ORDER BY updated DESC, id DESC",
            (INTERFACE,),
        )
        return [InterfaceRow(row["id"], row["title"], row["updated"], self._newest_tree(row["id"])) for row in rows]

    def keep_tree(self, message: int, tree: Any) -> None:
        """Save the tree as it stands after an answer; nothing where the message was removed meanwhile."""
        with self._database.transaction() as connection:
            if connection.execute("SELECT 1 FROM messages WHERE id = ?", (message,)).fetchone() is None:
                return
            row = connection.execute("SELECT details FROM answers WHERE message = ?", (message,)).fetchone()
            if row is None:
                put_answer(connection, message, Answer({}, details={"tree": tree}))
            else:
                details = json.loads(row["details"]) | {"tree": tree}
                connection.execute("UPDATE answers SET details = ? WHERE message = ?", (dump(details), message))

    def _newest_tree(self, thread: int) -> str:
        for message in self._database.rows(
            "SELECT messages.id FROM messages INDEXED BY messages_by_thread "
            "JOIN threads ON threads.id = messages.thread WHERE messages.thread = ? AND messages.deleted IS NULL "
            "AND messages.role = 'assistant' ORDER BY messages.id IS threads.head DESC, messages.id DESC",
            (thread,),
        ):
            # Not read with SQLite's own JSON functions: one text that they refuse would cost the whole gallery.
            for row in self._database.rows(
                "SELECT details FROM answers WHERE message = ? AND length(details) <= ?", (message["id"], _LARGEST)
            ):
                tree = _tree_of(row["details"])
                if tree is not None:
                    return dump(tree)
        return ""


def _tree_of(details: str) -> dict[str, Any] | None:
    """Return the tree of an answer's details; None where there is none, which an imported thread may say in any way."""
    try:
        tree = json.loads(details).get("tree")
    except (ValueError, RecursionError, AttributeError):
        return None
    return tree if isinstance(tree, dict) else None
