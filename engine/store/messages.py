"""Messages: the rows of each thread's tree, the answers' requests and receipts, and what is attached.

A message's parent is the one it follows; messages with the same parent are alternatives to one another, and a
branch is the way from a message to the root. While an answer is written its text is appended in pieces
(`append`), so that saving costs as much as what is new; `settle` or `recover` joins them.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from engine.store.words import clean

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from engine.store.database import Database

Role = Literal["system", "user", "assistant", "tool"]
MessageState = Literal["done", "writing", "stopped", "failed", "interrupted"]

_OUTLINE = "id, parent, role, state, size, created"
_TITLE = 80


class Node(NamedTuple):
    """A message without its text: what a thread's tree is drawn from. `size` is in characters, `created` ISO 8601.

    A tuple, since ten thousand of them are made in a fifth of the time that a frozen dataclass takes.
    """

    id: int
    parent: int | None
    role: Role
    state: MessageState
    size: int
    created: str


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a message, or with the unsent draft of a thread where `message` is None.

    `text` is what the model is given of it; `content` the bytes of an image, None for text. Where the content was left
    out in reading, `left_out` is how many bytes it has; saved once more, it is copied from the row with this `id`.
    """

    name: str
    media: str
    text: str
    content: bytes | None = None
    id: int = 0
    message: int | None = None
    left_out: int = 0

    @property
    def size(self) -> int:
        """Bytes of the content, or of the text."""
        if self.content is not None:
            return len(self.content)
        return self.left_out or len(clean(self.text).encode())


@dataclass(frozen=True)
class Answer:
    """What is kept of an answer beside its text; all plain JSON.

    `request` says what decided it; `receipt` is the engine's, once there is one; `error` an `EngineError.to_json()`;
    `details` whatever the window needs to draw it again; `trace` its tokens.
    """

    request: dict[str, Any]
    receipt: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    details: dict[str, Any] = field(default_factory=dict)
    trace: dict[str, Any] | None = None


class Messages:
    """The messages of a profile. All methods raise StoreError when the file cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Reading

    def outline(self, thread: int) -> list[Node]:
        """Return the messages of a thread that are not in the bin, oldest first, without their texts."""
        rows = self._database.rows(
            f"SELECT {_OUTLINE} FROM messages INDEXED BY messages_by_thread "  # noqa: S608
            "WHERE thread = ? AND deleted IS NULL ORDER BY id",
            (thread,),
        )
        return list(map(Node._make, rows))

    def nodes(self, messages: Iterable[int]) -> list[Node]:
        """Return messages without their texts, oldest first."""
        wanted = list(messages)
        marks = ",".join("?" * len(wanted))
        rows = self._database.rows(f"SELECT {_OUTLINE} FROM messages WHERE id IN ({marks}) ORDER BY id", wanted)  # noqa: S608
        return [Node(*row) for row in rows]

    def texts(self, messages: Iterable[int]) -> dict[int, str]:
        """Return the texts of messages; of one that is being written, as far as it was appended."""
        rows = self._database.rows(
            "SELECT id, state, text FROM messages WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(messages)),),
        )
        return {row["id"]: self._joined(row["id"]) if row["state"] == "writing" else row["text"] for row in rows}

    def answer(self, message: int) -> Answer | None:
        """Return what is kept of an answer beside its text; None for a message that is none."""
        found = self._database.rows("SELECT * FROM answers WHERE message = ?", (message,))
        return _answer(found[0]) if found else None

    def answers(self, thread: int) -> dict[int, Answer]:
        """Return what is kept of each answer of a thread, by message."""
        rows = self._database.rows(
            "SELECT answers.* FROM messages INDEXED BY messages_by_thread "
            "JOIN answers ON answers.message = messages.id WHERE messages.thread = ?",
            (thread,),
        )
        return {row["message"]: _answer(row) for row in rows}

    def attachments(
        self, thread: int, messages: Iterable[int] | None = None, *, content: bool = True
    ) -> list[Attachment]:
        """Return the attachments of some messages, or of the thread's unsent draft.

        Without `content` the bytes of images stay on the disk, which is all that whoever shows names and sizes, or
        tells the model the texts, needs.
        """
        columns = "id, message, name, media, text, " + (
            "content, 0 AS left_out" if content else "NULL AS content, iif(content IS NULL, 0, size) AS left_out"
        )
        if messages is None:
            rows = self._database.rows(
                f"SELECT {columns} FROM attachments WHERE thread = ? AND message IS NULL ORDER BY id",  # noqa: S608
                (thread,),
            )
        else:
            rows = self._database.rows(
                f"SELECT {columns} FROM attachments WHERE thread = ? "  # noqa: S608
                "AND message IN (SELECT value FROM json_each(?)) ORDER BY id",
                (thread, json.dumps(list(messages))),
            )
        return [
            Attachment(
                row["name"], row["media"], row["text"], row["content"], row["id"], row["message"], row["left_out"]
            )
            for row in rows
        ]

    # Writing

    def ask(
        self,
        thread: int,
        parent: int | None,
        text: str,
        request: Mapping[str, Any],
        attachments: Sequence[Attachment] | None = None,
    ) -> tuple[int, int]:
        """Save a question after `parent`, and an answer about to be written.

        Without `attachments` it is the thread's draft that is asked: what is attached to it goes along, and it is used
        up. With them the draft stays as it is. Whatever is saved after a message that is in the bin takes it out
        again. Returns the ids of both messages, which are on disk then.
        """
        with self._database.transaction() as connection:
            question = _put(connection, thread, parent, "user", "done", text)
            if attachments is None:
                connection.execute(
                    "UPDATE attachments SET message = ? WHERE thread = ? AND message IS NULL", (question, thread)
                )
                connection.execute("UPDATE threads SET draft = '' WHERE id = ?", (thread,))
            for attachment in attachments or ():
                attach_file(connection, thread, question, attachment)
            connection.execute(
                "UPDATE threads SET title = ? WHERE id = ? AND title = '' AND NOT titled", (title_of(text), thread)
            )
            return question, self._begin(connection, thread, question, request)

    def answer_again(self, thread: int, question: int, request: Mapping[str, Any]) -> int:
        """Save another answer to a question, about to be written; return its id."""
        with self._database.transaction() as connection:
            return self._begin(connection, thread, question, request)

    def add(
        self,
        thread: int,
        parent: int | None,
        role: Role,
        text: str,
        *,
        state: MessageState = "done",
        created: str | None = None,
        answer: Answer | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> int:
        """Save a message as it is, e.g. an imported one; return its id. The thread's head follows."""
        with self._database.transaction() as connection:
            message = _put(connection, thread, parent, role, state, text, created)
            if answer is not None:
                put_answer(connection, message, answer)
            for attachment in attachments:
                attach_file(connection, thread, message, attachment)
            _touch(connection, thread, message, created)
            return message

    def append(self, message: int, text: str, keep: int | None = None) -> None:
        """Add to an answer that is being written, after taking back all but its first `keep` characters.

        Does nothing where the answer is settled, or was removed with its thread meanwhile.
        """
        self._database.write(
            "INSERT INTO answer_pieces (message, keep, text) "
            "SELECT id, ?, ? FROM messages WHERE id = ? AND state = 'writing'",
            (keep, clean(text), message),
        )

    def settle(self, message: int, state: MessageState, text: str, answer: Answer) -> None:
        """Save how an answer ended, with its whole text. What was appended before is replaced by it.

        Does nothing where the answer was removed with its thread meanwhile.
        """
        with self._database.transaction() as connection:
            if self._settle(connection, message, state, text):
                put_answer(connection, message, answer)

    def recover(self) -> list[int]:
        """Settle the answers that a killed program left unfinished, with the text they had; return their ids.

        Call it only where nobody else is writing to the profile: under `claim_profile`.
        """
        left = [row["id"] for row in self._database.rows("SELECT id FROM messages WHERE state = 'writing'")]
        for message in left:
            with self._database.transaction() as connection:
                self._settle(connection, message, "interrupted", self._joined(message))
        return left

    def delete(self, message: int) -> list[int]:
        """Put a message and all that follows it into the bin; return their ids, for `restore`.

        Where the thread's head is among them, it goes to the nearest alternative, or to the message before.
        """
        with self._database.transaction() as connection:
            row = connection.execute("SELECT thread, parent FROM messages WHERE id = ?", (message,)).fetchone()
            if row is None:
                return []
            gone = [
                found[0]
                for found in connection.execute(
                    "WITH RECURSIVE below (id) AS (VALUES (?) UNION SELECT messages.id FROM messages, below "
                    "WHERE messages.parent = below.id AND messages.deleted IS NULL) SELECT id FROM below",
                    (message,),
                )
            ]
            at = now()
            connection.executemany(
                "UPDATE messages SET deleted = ? WHERE id = ?", [(at, identity) for identity in gone]
            )
            head = connection.execute("SELECT head FROM threads WHERE id = ?", (row["thread"],)).fetchone()[0]
            if head in set(gone):
                beside = connection.execute(
                    "SELECT id FROM messages WHERE thread = ? AND parent IS ? AND deleted IS NULL "
                    "ORDER BY abs(id - ?) LIMIT 1",
                    (row["thread"], row["parent"], message),
                ).fetchone()
                head = self._newest_leaf(connection, beside["id"]) if beside else row["parent"]
                connection.execute("UPDATE threads SET head = ? WHERE id = ?", (head, row["thread"]))
        return gone

    def restore(self, messages: Sequence[int]) -> None:
        """Take messages that `delete` returned out of the bin; the thread's head follows the first's newest branch.

        The messages that lead to them come back too, since a branch without its beginning says nothing. What is no
        longer in the bin is left as it is.
        """
        if not messages:
            return
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE messages SET deleted = NULL WHERE id = ?", [(message,) for message in messages]
            )
            first = connection.execute("SELECT thread FROM messages WHERE id = ?", (messages[0],)).fetchone()
            if first is None:
                return
            for message in messages:
                _bring_back_above(connection, message)
            leaf = self._newest_leaf(connection, messages[0])
            connection.execute("UPDATE threads SET head = ? WHERE id = ?", (leaf, first["thread"]))

    def attach(self, thread: int, attachment: Attachment) -> int:
        """Attach a file to a thread's unsent draft; return its id."""
        with self._database.transaction() as connection:
            return attach_file(connection, thread, None, attachment)

    def detach(self, attachment: int) -> None:
        """Take a file off an unsent draft; one that was sent stays with its message."""
        self._database.write("DELETE FROM attachments WHERE id = ? AND message IS NULL", (attachment,))

    # Parts

    def _begin(self, connection: sqlite3.Connection, thread: int, question: int, request: Mapping[str, Any]) -> int:
        message = _put(connection, thread, question, "assistant", "writing", "")
        put_answer(connection, message, Answer(dict(request)))
        _touch(connection, thread, message)
        return message

    def _settle(self, connection: sqlite3.Connection, message: int, state: MessageState, text: str) -> bool:
        text = clean(text)
        changed = connection.execute(
            "UPDATE messages SET state = ?, text = ?, size = ? WHERE id = ?", (state, text, len(text), message)
        ).rowcount
        connection.execute("DELETE FROM answer_pieces WHERE message = ?", (message,))
        return changed > 0

    def _joined(self, message: int) -> str:
        text = ""
        for piece in self._database.rows(
            "SELECT keep, text FROM answer_pieces WHERE message = ? ORDER BY id", (message,)
        ):
            text = (text if piece["keep"] is None else text[: piece["keep"]]) + piece["text"]
        return text

    def _newest_leaf(self, connection: sqlite3.Connection, message: int) -> int:
        while True:
            child = connection.execute(
                "SELECT max(id) FROM messages WHERE parent = ? AND deleted IS NULL", (message,)
            ).fetchone()[0]
            if child is None:
                return message
            message = child


def title_of(text: str) -> str:
    """Return what a thread is called after its first question: the first line that says anything, cut short."""
    line = next((line.strip() for line in clean(text).splitlines() if line.strip()), "")
    return line if len(line) <= _TITLE else line[: _TITLE - 1].rstrip() + "…"


def now() -> str:
    """Return the time as every row has it: ISO 8601, UTC."""
    return datetime.now(UTC).isoformat()


def _put(
    connection: sqlite3.Connection,
    thread: int,
    parent: int | None,
    role: Role,
    state: MessageState,
    text: str,
    created: str | None = None,
) -> int:
    text = clean(text)
    row = connection.execute(
        "INSERT INTO messages (thread, parent, role, state, size, created, text) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (thread, parent, role, state, len(text), created or now(), text),
    )
    assert row.lastrowid is not None
    if parent is not None:
        _bring_back_above(connection, row.lastrowid)
    return row.lastrowid


def _bring_back_above(connection: sqlite3.Connection, message: int) -> None:
    """Take out of the bin what leads to a message."""
    connection.execute(
        "WITH RECURSIVE above (id) AS (SELECT parent FROM messages WHERE id = ? UNION SELECT messages.parent "
        "FROM messages, above WHERE messages.id = above.id AND messages.deleted IS NOT NULL) "
        "UPDATE messages SET deleted = NULL WHERE deleted IS NOT NULL AND id IN (SELECT id FROM above)",
        (message,),
    )


def _touch(connection: sqlite3.Connection, thread: int, head: int, updated: str | None = None) -> None:
    connection.execute("UPDATE threads SET head = ?, updated = ? WHERE id = ?", (head, updated or now(), thread))


def attach_file(connection: sqlite3.Connection, thread: int, message: int | None, attachment: Attachment) -> int:
    """Save a file of a message, or of the unsent draft; return its id. To be called in a transaction."""
    content = attachment.content
    if content is None and attachment.left_out:
        found = connection.execute("SELECT content FROM attachments WHERE id = ?", (attachment.id,)).fetchone()
        content = found["content"] if found is not None else None
    text = clean(attachment.text)
    row = connection.execute(
        "INSERT INTO attachments (thread, message, name, media, size, sha256, text, content) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            thread,
            message,
            clean(attachment.name),
            clean(attachment.media),
            attachment.size,
            hashlib.sha256(text.encode() if content is None else content).hexdigest(),
            text,
            content,
        ),
    )
    assert row.lastrowid is not None
    return row.lastrowid


def put_answer(connection: sqlite3.Connection, message: int, answer: Answer) -> None:
    """Save what is kept of an answer beside its text. To be called in a transaction."""
    connection.execute(
        "INSERT OR REPLACE INTO answers (message, request, receipt, error, details, trace) VALUES (?, ?, ?, ?, ?, ?)",
        (
            message,
            dump(answer.request),
            None if answer.receipt is None else dump(answer.receipt),
            None if answer.error is None else dump(answer.error),
            dump(answer.details),
            None if answer.trace is None else zlib.compress(dump(answer.trace).encode(), level=3),
        ),
    )


def _answer(row: sqlite3.Row) -> Answer:
    return Answer(
        request=json.loads(row["request"]),
        receipt=None if row["receipt"] is None else json.loads(row["receipt"]),
        error=None if row["error"] is None else json.loads(row["error"]),
        details=json.loads(row["details"]),
        trace=None if row["trace"] is None else json.loads(zlib.decompress(row["trace"])),
    )


def dump(value: Any) -> str:
    """Return plain JSON as the rows have it."""
    return clean(json.dumps(value, ensure_ascii=False))
