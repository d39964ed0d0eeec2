"""Full-text search over the library of schemas: names, tags, the text as it stands, and the notes of versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.store.excerpt import WHOLE, Piece, Sought, excerpt_of, piece_of
from engine.store.words import parts_of, query_of

if TYPE_CHECKING:
    import sqlite3

    from engine.store.database import Database

SchemaPlace = Literal["name", "tags", "text", "note"]

_LONG_READ = 16_000_000
"""Bytes of long texts that one search reads for its excerpts; of further ones it shows the beginning."""


@dataclass(frozen=True)
class SchemaHit:
    """A place that a search found. `marks` are the spans (start, end) of `excerpt` that matched, in characters.

    `version` is the one whose text or note it is; None for a name, for tags and for a draft.
    """

    schema: int
    place: SchemaPlace
    version: int | None
    excerpt: str
    marks: tuple[tuple[int, int], ...]


def find_schemas(database: Database, typed: str, limit: int = 60) -> list[SchemaHit]:
    """Return where all the words of `typed` stand together, the last one perhaps only begun.

    Names and tags come first, then texts, then notes; of each those that were saved last; nothing from the bin. The
    text of a schema is its draft and its latest version; where both match, the draft is shown. What counts as a
    word is told at `engine.store.search.Search.find`.
    """
    parts, begun = parts_of(typed)
    if not parts:
        return []
    _index_drafts(database)
    query, sought = query_of(parts, begun=begun), Sought.of(parts, begun=begun)
    hits = [_named(row, sought) for row in database.rows(_NAMES, (query, limit))]
    budget = _LONG_READ
    shown: set[int] = set()
    for table, statement in _TEXTS.items():
        for row in database.rows(statement, (query, limit)):
            if row["schema"] in shown or len(hits) == limit:
                continue
            shown.add(row["schema"])
            size = row["size"] if row["size"] <= budget else WHOLE
            budget -= min(row["size"], budget)
            piece = piece_of(database.start_of(table, "text", row["row"], size), sought)
            hits.append(SchemaHit(row["schema"], "text", row["version"], *excerpt_of(piece, sought)))
    noted = database.rows(_NOTES, (query, limit - len(hits)))
    return hits + [
        SchemaHit(row["schema"], "note", row["version"], *excerpt_of(Piece(row["note"]), sought)) for row in noted
    ]


def _index_drafts(database: Database) -> None:
    """Put into the index the drafts that were typed since the last search."""
    if database.rows("SELECT 1 FROM schema_drafts WHERE state = 'writing' LIMIT 1"):
        database.write("UPDATE schema_drafts SET state = 'done' WHERE state = 'writing'")


def _named(row: sqlite3.Row, sought: Sought) -> SchemaHit:
    excerpt, marks = excerpt_of(Piece(row["name"]), sought)
    if marks:
        return SchemaHit(row["schema"], "name", None, excerpt, marks)
    return SchemaHit(row["schema"], "tags", None, *excerpt_of(Piece(row["tags"].replace("\n", ", ")), sought))


_NAMES = (
    "SELECT schemas.id AS schema, schemas.name AS name, schemas.tags AS tags "
    "FROM schema_name_text JOIN schemas ON schemas.id = schema_name_text.rowid AND schemas.deleted IS NULL "
    "WHERE schema_name_text MATCH ? ORDER BY schema_name_text.rowid DESC LIMIT ?"
)
_TEXTS = {
    "schema_drafts": (
        "SELECT schemas.id AS schema, schemas.id AS row, NULL AS version, schema_drafts.size AS size "
        "FROM schema_draft_text JOIN schema_drafts ON schema_drafts.id = schema_draft_text.rowid "
        "JOIN schemas ON schemas.id = schema_drafts.id AND schemas.deleted IS NULL "
        "WHERE schema_draft_text MATCH ? ORDER BY schema_draft_text.rowid DESC LIMIT ?"
    ),
    "schema_versions": (
        "SELECT schemas.id AS schema, schema_versions.id AS row, schema_versions.number AS version, "
        "schema_versions.size AS size "
        "FROM schema_version_text JOIN schema_versions ON schema_versions.id = schema_version_text.rowid "
        "JOIN schemas ON schemas.id = schema_versions.schema AND schemas.deleted IS NULL "
        "WHERE schema_version_text MATCH ? ORDER BY schema_version_text.rowid DESC LIMIT ?"
    ),
}
_NOTES = (
    "SELECT schemas.id AS schema, schema_versions.number AS version, schema_versions.note AS note "
    "FROM schema_note_text JOIN schema_versions ON schema_versions.id = schema_note_text.rowid "
    "JOIN schemas ON schemas.id = schema_versions.schema AND schemas.deleted IS NULL "
    "WHERE schema_note_text MATCH ? ORDER BY schema_note_text.rowid DESC LIMIT ?"
)
