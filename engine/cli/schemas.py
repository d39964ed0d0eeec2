"""`espalier schemas`: the library of schemas, listed, written to files and read from them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.cli.console import showable
from engine.cli.importing import import_files
from engine.errors import InvalidRequest
from engine.store import Store
from engine.store.schema_transfer import export_schemas, import_schemas_in_steps

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from engine.store.schema_transfer import SchemaFormat

_WIDTH = 200


def schemas(options: argparse.Namespace) -> int:
    """Do what the action says, or list the schemas; return the exit code."""
    with Store(options.profile) as store:
        if options.action == "export":
            return _export(store, options)
        if options.action == "import":
            return import_files(options.files, lambda path: import_schemas_in_steps(store.histories, path), _count)
        return _list(store)


def _list(store: Store) -> int:
    table = Table(box=None, pad_edge=False)
    for column in ("ID", "Last written", "Version", "Bytes", "Tags", "Name"):
        table.add_column(column, justify="right" if column in {"ID", "Bytes"} else "left", overflow="fold")
    for row in store.schemas.all():
        table.add_row(
            str(row.id),
            row.updated[:16].replace("T", " "),
            f"{row.version} and a draft" if row.differs else str(row.version),
            f"{row.size:,}",
            Text(showable(", ".join(row.tags))),
            Text(showable(row.name)),
        )
    Console(width=None if sys.stdout.isatty() else _WIDTH, markup=False, highlight=False).print(table)
    return 0


def _export(store: Store, options: argparse.Namespace) -> int:
    if bool(options.ids) == options.all:
        raise InvalidRequest("Name the schemas to export, or give --all: only one of them.")
    ids = [row.id for row in store.schemas.all()] if options.all else options.ids
    for schema in ids:
        if store.schemas.get(schema) is None:
            raise InvalidRequest(f"There is no schema {schema}.", advice="`espalier schemas list` numbers them.")
    export_schemas(store.histories, ids, options.out, options.format or _format_of(options.out))
    print(f"{_count(len(ids))} written to {options.out}.")
    return 0


def _format_of(target: Path) -> SchemaFormat:
    if target.suffix.lower() == ".zip":
        return "zip"
    return "folder" if target.is_dir() or not target.suffix else "library"


def _count(schemas: int) -> str:
    return f"{schemas:,} schema{'' if schemas == 1 else 's'}"
