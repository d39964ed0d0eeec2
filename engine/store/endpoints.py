"""Models elsewhere: the addresses that a person has added, as plain JSON. Keys are never in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.store.messages import now

if TYPE_CHECKING:
    from engine.store.database import Database


@dataclass(frozen=True)
class KeptEndpoint:
    """An endpoint: its own id, its place in the list, and what is known of it as plain JSON."""

    id: str
    position: int
    data: dict[str, Any]


class Endpoints:
    """The endpoints of a profile. All methods raise StoreError when the file cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, *, removed: bool = False) -> list[KeptEndpoint]:
        """Return the endpoints, or those in the bin, in the order in which they were added."""
        which = f"deleted IS {'NOT ' if removed else ''}NULL ORDER BY position, id"
        rows = self._database.rows(f"SELECT id, position, data FROM endpoints WHERE {which}")  # noqa: S608
        return [KeptEndpoint(row["id"], row["position"], json.loads(row["data"])) for row in rows]

    def put(self, endpoint: str, data: dict[str, Any]) -> None:
        """Save an endpoint under its id, which keeps its place, or as the last one; one in the bin is out of it."""
        self._database.write(
            "INSERT INTO endpoints (id, position, data) "
            "VALUES (?, (SELECT coalesce(max(position), 0) + 1 FROM endpoints), ?) "
            "ON CONFLICT (id) DO UPDATE SET data = excluded.data, deleted = NULL",
            (endpoint, json.dumps(data)),
        )

    def remove(self, endpoint: str) -> None:
        """Put an endpoint into the bin."""
        self._database.write("UPDATE endpoints SET deleted = ? WHERE id = ?", (now(), endpoint))

    def restore(self, endpoint: str) -> None:
        """Take an endpoint out of the bin; it has its place again."""
        self._database.write("UPDATE endpoints SET deleted = NULL WHERE id = ?", (endpoint,))

    def empty_bin(self) -> list[str]:
        """Remove what is in the bin for good; return the ids, so that their keys can be forgotten too."""
        with self._database.transaction() as connection:
            gone = connection.execute("DELETE FROM endpoints WHERE deleted IS NOT NULL RETURNING id").fetchall()
        return [str(row[0]) for row in gone]
