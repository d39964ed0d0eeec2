"""Saving the schemas that a file holds, whole ones at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.errors import TransferError
from engine.store.schema_transfer.reading import histories_in
from engine.store.transfer.reading import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.store.histories import Histories, History

_TOLD = 20
_BATCH_VERSIONS = 200
_BATCH_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class ImportedSchemas:
    """What an import has done so far.

    `schemas` are the ids of the saved ones; `known` counts those that were there already, `failed` those that could
    not be read; `faults` are the first of their reasons.
    """

    schemas: tuple[int, ...] = ()
    known: int = 0
    failed: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def saved(self) -> int:
        """How many schemas were saved."""
        return len(self.schemas)


def import_schemas(histories: Histories, path: Path) -> ImportedSchemas:
    """Save the schemas of a file, a folder or an archive; return what became of them.

    Raises TransferError where none could be read, StoreError where one cannot be saved: those before it are.
    """
    *_, told = import_schemas_in_steps(histories, path)
    return told


def import_schemas_in_steps(histories: Histories, path: Path) -> Iterator[ImportedSchemas]:
    """Do what `import_schemas` does, and say after each transaction how far it is.

    Each takes a fraction of a second, so that whoever shares the store gets a turn in between; one of a schema with
    long texts takes as long as these.
    """
    told = ImportedSchemas()
    batch: list[History] = []
    versions = characters = 0
    for read in histories_in(path):
        if isinstance(read, Fault):
            faults = (*told.faults, read) if len(told.faults) < _TOLD else told.faults
            told = replace(told, failed=told.failed + 1, faults=faults)
            continue
        if histories.holds(read):
            told = replace(told, known=told.known + 1)
            continue
        batch.append(read)
        versions += len(read.editions)
        characters += sum(len(edition.text) for edition in read.editions) + len(read.draft or "")
        if versions >= _BATCH_VERSIONS or characters >= _BATCH_CHARACTERS:
            told = replace(told, schemas=(*told.schemas, *histories.insert(batch)))
            yield told
            batch, versions, characters = [], 0, 0
    if batch:
        told = replace(told, schemas=(*told.schemas, *histories.insert(batch)))
    if told.failed and not told.schemas and not told.known:
        first = told.faults[0]
        others = f" {told.failed - 1} more cannot be read either." if told.failed > 1 else ""
        raise TransferError(
            f"Nothing in the file can be imported. {first.message}{others}",
            where=", ".join(filter(None, (str(path), first.where))),
        )
    yield told
