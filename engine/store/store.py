"""The open profile: settings and drafts here; threads, schemas, jobs, models and the rest in modules of their own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from engine.store.backup import refuse_emptied
from engine.store.database import Database
from engine.store.jobs import Jobs
from engine.store.messages import Messages
from engine.store.profile import DATABASE, prepare_profile
from engine.store.search import Search
from engine.store.threads import Presets, Threads
from engine.store.trees import Trees

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from engine.store.endpoints import Endpoints
    from engine.store.histories import Histories
    from engine.store.interfaces import Interfaces
    from engine.store.models import Models
    from engine.store.schemas import Schemas


class Store:
    """The database of one profile, for one OS thread: open it where it is used, as a context manager.

    Raises StoreError, from here and from every method, when the file cannot be used; StoreDamaged, which is one,
    where `engine.store.backup.restore` helps.
    """

    def __init__(self, profile: Path) -> None:
        self.profile = prepare_profile(profile)
        refuse_emptied(self.profile)
        self._database = Database(self.profile / DATABASE)
        self.settings = Settings(self._database)
        self.drafts = Drafts(self._database)
        self.threads = Threads(self._database)
        self.messages = Messages(self._database)
        self.trees = Trees(self._database)
        self.presets = Presets(self._database)
        self.search = Search(self._database)
        self.jobs = Jobs(self._database, locks=self.profile / "locks")

    @cached_property
    def schemas(self) -> Schemas:
        """The library of schemas; imported when it is first asked for, since the window starts without it."""
        from engine.store.schemas import Schemas

        return Schemas(self._database)

    @cached_property
    def histories(self) -> Histories:
        """The schemas of the library as values."""
        from engine.store.histories import Histories

        return Histories(self._database)

    @cached_property
    def interfaces(self) -> Interfaces:
        """The generated interfaces; imported when the gallery is first asked for."""
        from engine.store.interfaces import Interfaces

        return Interfaces(self._database)

    @cached_property
    def models(self) -> Models:
        """The models of this machine: folders, files, benchmarks."""
        from engine.store.models import Models

        return Models(self._database)

    @cached_property
    def endpoints(self) -> Endpoints:
        """The models elsewhere."""
        from engine.store.endpoints import Endpoints

        return Endpoints(self._database)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Settings:
    """Key -> JSON value."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str, default: Any = None) -> Any:
        """Return a setting, or the default."""
        found = self._database.rows("SELECT value FROM settings WHERE key = ?", (key,))
        return json.loads(found[0]["value"]) if found else default

    def put(self, key: str, value: Any) -> None:
        """Save a setting; None is a value like any other."""
        self._database.write(
            "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, json.dumps(value, ensure_ascii=False)),
        )

    def forget(self, key: str) -> None:
        """Go back to the default."""
        self._database.write("DELETE FROM settings WHERE key = ?", (key,))

    def all(self) -> dict[str, Any]:
        """Return every saved setting."""
        return {row["key"]: json.loads(row["value"]) for row in self._database.rows("SELECT * FROM settings")}


class Drafts:
    """Key -> text that a person is still writing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> str | None:
        """Return a draft, or None."""
        found = self._database.rows("SELECT text FROM drafts WHERE key = ?", (key,))
        return str(found[0]["text"]) if found else None

    def put(self, key: str, text: str) -> None:
        """Save a draft as it stands."""
        self._database.write(
            "INSERT INTO drafts (key, text, updated) VALUES (?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET text = excluded.text, updated = excluded.updated",
            (key, text, datetime.now(UTC).isoformat()),
        )

    def forget(self, key: str) -> None:
        """Drop a draft that became something else."""
        self._database.write("DELETE FROM drafts WHERE key = ?", (key,))
