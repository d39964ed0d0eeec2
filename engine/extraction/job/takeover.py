"""What a job takes over from another one: the fields that a changed schema asks for in the same way."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from engine.extraction.fields import fields_of
from engine.extraction.job.receipts import common_parts
from engine.extraction.job.rows import field_of, only_fields, settled
from engine.extraction.review import by_document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.extraction.job.changes import Fingerprints
    from engine.extraction.sources import SourceFile
    from engine.store import Job, Jobs, Row

_MATTERS_NOT = frozenset(("sources", "folder", "schema", "max_tokens", "seconds_per_document", "after"))
"""What two plans may differ in, and a field is still answered in the same way."""


def kept_fields(plan: Mapping[str, Any], before: Mapping[str, Any]) -> tuple[set[str], list[str]]:
    """Return the fields that two plans (as plain JSON) ask for in the same way, and the other ones of the first."""
    fields, earlier = fields_of(plan["schema"]), fields_of(before["schema"])
    same = {key: value for key, value in plan.items() if key not in _MATTERS_NOT}
    if fields is None or earlier is None or same != {key: before[key] for key in before if key not in _MATTERS_NOT}:
        return set(), list(fields or ())
    kept = {name for name, told in fields.items() if earlier.get(name) == told}
    return kept, [name for name in fields if name not in kept]


def take_over(jobs: Jobs, job: Job, before: Job, files: Sequence[SourceFile], fingerprints: Fingerprints) -> None:
    """Give a job's untouched documents what another job knows of the same bytes, and what a person said of that.

    A document that lacks some fields then is pending with these; one that lacks none is done. Nothing is taken where
    the plans differ in more than the schema and the sources. Ended in the middle, it goes on with those untouched yet.
    """
    kept, missing = kept_fields(job.plan, before.plan)
    if not kept:
        return
    known: dict[str, list[str]] = {}
    for piece in jobs.pieces(before, "done", "incomplete"):
        for row in piece:
            if row.sha256 is not None and row.fields is None and isinstance(row.record, dict):
                known.setdefault(row.sha256, []).append(row.document)
    untouched = {row.document for piece in jobs.pieces(job, "pending") for row in piece if row.record is None}
    said = by_document(each for each in jobs.corrections(before) if field_of(each.pointer) in kept)
    for file in files:
        names = known.get(fingerprints.of(file.path) or "", []) if file.name in untouched else []
        if names:
            name = file.name if file.name in names else names[0]
            (row,) = jobs.some(before, [name])
            corrections = [dataclasses.replace(each, document=file.name) for each in said.get(name, {}).values()]
            row = _taken(dataclasses.replace(row, document=file.name), job, kept, missing)
            jobs.save(job, row, common=common_parts(row.receipt), corrections=corrections)


def _taken(row: Row, job: Job, kept: set[str], missing: Sequence[str]) -> Row:
    """Return a row of another job as one of this, pending where it lacks some fields."""
    row = only_fields(row, kept)
    if missing:
        return dataclasses.replace(row, state="pending", fields=tuple(missing), error=None)
    return settled(job.plan["schema"], row)
