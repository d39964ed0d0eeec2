"""Full-text search over titles, drafts, messages and attachments, quick enough to follow a person's typing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.store.excerpt import WHOLE, Piece, Sought, excerpt_of, piece_of
from engine.store.words import parts_of, query_of

if TYPE_CHECKING:
    import sqlite3

    from engine.store.database import Database

Place = Literal["title", "draft", "message", "attachment"]

_WIDEST = 4
"""Bytes of a character in UTF-8, at most."""
_LONG_READ = 16_000_000
"""Characters of long texts that one search reads for its excerpts; of further ones it shows the beginning."""


@dataclass(frozen=True)
class Hit:
    """A place that a search found. `marks` are the spans (start, end) of `excerpt` that matched, in characters."""

    thread: int
    message: int | None
    place: Place
    excerpt: str
    marks: tuple[tuple[int, int], ...]
    created: str


class Search:
    """Search of a profile. Raises StoreError when the file cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, typed: str, limit: int = 60, *, without: str | None = None) -> list[Hit]:
        """Return where all the words of `typed` stand together, the last one perhaps only begun.

        Threads of the kind `without` are left out.

        Titles come first, then drafts, messages and attachments, of each those that were saved last; nothing from
        the bin. Case and accents do not matter. What blanks enclose is sought as it stands, one word after another:
        `order@example.com`, `3.14`, and runs of Chinese, Japanese, Thai and other scripts without blanks, which are
        found in the middle of a sentence too. Letters and digits alone are sought: a bare question mark or emoji
        finds nothing. A hit without marks is one whose match stands deep in a very long text.
        """
        parts, begun = parts_of(typed)
        if not parts:
            return []
        query, sought = query_of(parts, begun=begun), Sought.of(parts, begun=begun)
        hits: list[Hit] = []
        budget = _LONG_READ
        for place, statement in _STATEMENTS.items():
            rows = self._database.rows(statement, (query, without, limit - len(hits))) if len(hits) < limit else []
            for row in rows:
                if row["text"] is None:
                    piece = piece_of(self._start_of(place, row, whole=row["size"] <= budget), sought)
                    budget -= min(row["size"], budget)
                else:
                    piece = Piece(row["text"])
                excerpt, marks = excerpt_of(piece, sought)
                if place == "attachment" and not marks:
                    excerpt, marks = excerpt_of(Piece(row["name"]), sought)
                hits.append(Hit(row["thread"], row["message"], place, excerpt, marks, row["created"]))
        return hits

    def _start_of(self, place: Place, row: sqlite3.Row, *, whole: bool) -> bytes:
        table, column = ("threads", "draft") if place == "draft" else (f"{place}s", "text")
        return self._database.start_of(table, column, row["row"], row["size"] * _WIDEST if whole else WHOLE)


_THREADS = (
    "SELECT threads.id AS row, threads.id AS thread, NULL AS message, threads.updated AS created, {text} "
    "FROM thread_text JOIN threads ON threads.id = thread_text.rowid AND threads.deleted IS NULL "
    "WHERE thread_text MATCH '{{{column}}} : (' || ? || ')' AND threads.kind IS NOT ? "
    "ORDER BY thread_text.rowid DESC LIMIT ?"
)
_STATEMENTS: dict[Place, str] = {
    "title": _THREADS.format(column="title", text="threads.title AS text"),
    "draft": _THREADS.format(column="draft", text=f"NULL AS text, {WHOLE} AS size"),
    "message": (
        "SELECT messages.id AS row, messages.thread AS thread, messages.id AS message, "  # noqa: S608
        "messages.created AS created, messages.size AS size, "
        f"CASE WHEN messages.size <= {WHOLE} THEN messages.text END AS text "
        "FROM message_text JOIN messages ON messages.id = message_text.rowid AND messages.deleted IS NULL "
        "JOIN threads ON threads.id = messages.thread AND threads.deleted IS NULL "
        "WHERE message_text MATCH ? AND threads.kind IS NOT ? "
        "ORDER BY message_text.rowid DESC LIMIT ?"
    ),
    "attachment": (
        "SELECT attachments.id AS row, attachments.thread AS thread, attachments.message AS message, "
        "coalesce(messages.created, threads.updated) AS created, attachments.name AS name, "
        "attachments.size AS size, NULL AS text "
        "FROM attachment_text JOIN attachments ON attachments.id = attachment_text.rowid "
        "JOIN threads ON threads.id = attachments.thread AND threads.deleted IS NULL "
        "LEFT JOIN messages ON messages.id = attachments.message "
        "WHERE attachment_text MATCH ? AND threads.kind IS NOT ? AND messages.deleted IS NULL "
        "ORDER BY attachment_text.rowid DESC LIMIT ?"
    ),
}
