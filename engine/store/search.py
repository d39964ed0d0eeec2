"""Full-text search over titles, drafts, messages and attachments, quick enough to follow a person's typing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from engine.store.database import Database

Place = Literal["title", "draft", "message", "attachment"]

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"  # code points that no text may hold (Unicode, "noncharacters")
_LONG = 100_000
"""Characters from which a text is not given to SQLite's own snippet function, which reads all of it."""
_AROUND = 60
_WORD = re.compile(r"\w+")


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

    def find(self, typed: str, limit: int = 60) -> list[Hit]:
        """Return where all the words of `typed` stand together, the last one perhaps only begun.

        Titles come first, then drafts, messages and attachments, the newest of each first; nothing from the bin.
        Text without a word, such as a bare question mark, finds nothing.
        """
        words = _WORD.findall(typed)
        if not words:
            return []
        query = " ".join(f'"{word}"' for word in words) + ("*" if typed[-1].isalnum() or typed[-1] == "_" else "")
        hits: list[Hit] = []
        for place, statement in _STATEMENTS.items():
            if len(hits) < limit:
                rows = self._database.rows(statement, (query, limit - len(hits)))
                hits += [
                    Hit(row["thread"], row["message"], place, *_marked(row["excerpt"], words), row["created"])
                    for row in rows
                ]
        return hits


_TITLES = (
    "SELECT threads.id AS thread, NULL AS message, threads.updated AS created, "  # noqa: S608
    f"snippet(thread_text, {{column}}, '{_OPEN}', '{_CLOSE}', '…', 14) AS excerpt "
    "FROM thread_text JOIN threads ON threads.id = thread_text.rowid AND threads.deleted IS NULL "
    "WHERE thread_text MATCH '{{{name}}} : (' || ? || ')' ORDER BY thread_text.rowid DESC LIMIT ?"
)
_STATEMENTS: dict[Place, str] = {
    "title": _TITLES.format(column=0, name="title"),
    "draft": _TITLES.format(column=1, name="draft"),
    "message": (
        "SELECT messages.thread AS thread, messages.id AS message, messages.created AS created, "  # noqa: S608
        f"CASE WHEN messages.size > {_LONG} THEN substr(messages.text, 1, {_LONG}) "
        f"ELSE snippet(message_text, 0, '{_OPEN}', '{_CLOSE}', '…', 14) END AS excerpt "
        "FROM message_text JOIN messages ON messages.id = message_text.rowid AND messages.deleted IS NULL "
        "JOIN threads ON threads.id = messages.thread AND threads.deleted IS NULL "
        "WHERE message_text MATCH ? ORDER BY message_text.rowid DESC LIMIT ?"
    ),
    "attachment": (
        "SELECT attachments.thread AS thread, attachments.message AS message, "  # noqa: S608
        "coalesce(messages.created, threads.updated) AS created, "
        f"CASE WHEN attachments.size > {_LONG} THEN substr(attachments.text, 1, {_LONG}) "
        f"ELSE snippet(attachment_text, -1, '{_OPEN}', '{_CLOSE}', '…', 14) END AS excerpt "
        "FROM attachment_text JOIN attachments ON attachments.id = attachment_text.rowid "
        "JOIN threads ON threads.id = attachments.thread AND threads.deleted IS NULL "
        "LEFT JOIN messages ON messages.id = attachments.message "
        "WHERE attachment_text MATCH ? AND messages.deleted IS NULL ORDER BY attachment_text.rowid DESC LIMIT ?"
    ),
}


def _marked(excerpt: str, words: list[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return an excerpt as plain text on one line, and the spans in it that matched."""
    if len(excerpt) >= _LONG:
        excerpt = _cut_out(excerpt, words)
    excerpt = " ".join(excerpt.split())
    plain, marks, opened = "", [], 0
    for part in re.split(f"([{_OPEN}{_CLOSE}])", excerpt):
        if part == _OPEN:
            opened = len(plain)
        elif part == _CLOSE:
            marks.append((opened, len(plain)))
        else:
            plain += part
    return plain, tuple(marks)


def _cut_out(text: str, words: list[str]) -> str:
    """Return the surroundings of the first of the words in a long text, marked as SQLite would."""
    found = re.search(rf"\b{re.escape(words[0])}\w*", text, re.IGNORECASE)
    if found is None:
        return text[: 2 * _AROUND] + "…"
    start, end = found.span()
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    return f"{'…' if start > _AROUND else ''}{before}{_OPEN}{found.group()}{_CLOSE}{after}…"
