"""A job as it is read from the store: first what is known of all its documents, then its rows a piece at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.session.extraction.confidence import learn
from app.session.extraction.rows import Held, Looking, hold
from app.session.extraction.setup import Setup
from engine.errors import EngineError
from engine.extraction.review import by_document
from engine.extraction.table import DOCUMENTS, Column, Unit, columns, units

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from engine.store import Coverage, Job, RowState, Store

PIECE: Final = 400
"""Rows that are read at once: as many as take a part of a second."""


@dataclass(frozen=True)
class Table:
    """What a schema comes to as a table; without columns where its text is no schema."""

    units: tuple[Unit, ...] = (DOCUMENTS,)
    unit: Unit = DOCUMENTS
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Opened:
    """A job, the state of each of its documents in order, its first rows, and the documents whose rows are left."""

    job: Job
    setup: Setup
    states: Mapping[str, RowState]
    coverage: Coverage
    looking: Looking
    table: Table
    held: Mapping[str, Held]
    unread: Sequence[str]


def read_job(store: Store, job: int, kept: Mapping[str, Any], alike: Collection[int] = ()) -> Opened | None:
    """Read a job; None where there is none.

    `kept` is what the window keeps of it, `alike` are jobs with other versions of its schema. Slow: for a worker.
    """
    from engine.extraction import ExtractionPlan

    found = store.jobs.get(job)
    if found is None or found.deleted is not None:
        return None
    name, schema = kept.get("schema_name"), kept.get("schema_id")
    setup = Setup.of_plan(
        ExtractionPlan.from_json(found.plan),
        name if isinstance(name, str) else "",
        schema if isinstance(schema, int) else None,
    )
    states, held = store.jobs.states(found), store.jobs.held(found)
    calibration = learn(store, setup.schema_text, alike)
    looking = Looking(setup.schema_text, calibration, {**by_document(store.jobs.corrections(found))})
    return Opened(
        found,
        setup,
        states,
        store.jobs.coverage(found),
        looking,
        read_table(setup.schema_text, kept.get("unit")),
        read_rows(store, found, held[:PIECE], looking),
        held[PIECE:],
    )


def read_rows(store: Store, job: Job, documents: Iterable[str], looking: Looking) -> dict[str, Held]:
    """Read the rows of some documents. Slow: for a worker."""
    return {row.document: hold(row, looking) for row in store.jobs.some(job, list(documents))}


def read_table(schema_text: str, unit: object = None) -> Table:
    """Return what a schema comes to as a table, of the unit that was kept if it has that. Slow with large schemas."""
    if not schema_text.strip():
        return Table()
    try:
        known = units(schema_text)
        chosen = next((each for each in known if kept_unit(each) == unit), known[0])
        return Table(known, chosen, columns(schema_text, chosen))
    except EngineError:
        return Table()  # the setup says what is wrong with the text


def kept_unit(unit: Unit) -> dict[str, Any]:
    """Return a unit as plain JSON."""
    return {"path": list(unit.path), "list": unit.root_list}


def is_ended(state: RowState) -> bool:
    """Tell whether it is known what became of a document."""
    return state not in {"pending", "running"}
