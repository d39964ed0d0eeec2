"""`espalier jobs`: what was extracted, listed and written to files. No model is loaded."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.cli.console import showable
from engine.cli.extraction.asked import get_job
from engine.cli.extraction.output import check_formats, print_cells_to_review, read_output
from engine.errors import InvalidRequest
from engine.extraction.results import results
from engine.extraction.truth import write_evaluation
from engine.store import Store

if TYPE_CHECKING:
    import argparse

_WIDTH = 200


def jobs(options: argparse.Namespace) -> int:
    """Do what the action says, or list the jobs; return the exit code."""
    with Store(options.profile) as store:
        return _export(store, options) if options.action == "export" else _list(store)


def _list(store: Store) -> int:
    table = Table(box=None, pad_edge=False)
    for column in ("ID", "Begun", "Documents", "Name"):
        table.add_column(column, justify="right" if column == "ID" else "left", overflow="fold")
    for job in store.jobs.all():
        begun = job.created[:16].replace("T", " ")
        table.add_row(str(job.id), begun, str(store.jobs.coverage(job)), Text(showable(job.name)))
    Console(width=None if sys.stdout.isatty() else _WIDTH, markup=False, highlight=False).print(table)
    return 0


def _export(store: Store, options: argparse.Namespace) -> int:
    check_formats(options.out)
    job = get_job(store.jobs, options.id)
    if not options.out and options.evaluation is None and options.review_below is None:
        raise InvalidRequest("Name a file to write: --out FILE or --evaluation FILE.")
    schema_text = job.plan["schema"]
    output = read_output(options, schema_text)
    rows = results(store.jobs, job)
    output.write(rows, schema_text, job)
    for path in output.paths:
        print(f"{store.jobs.coverage(job)}: {path}")
    if options.evaluation is not None:
        count = write_evaluation(options.evaluation, rows)
        print(f"Known values of {count:,} document{'' if count == 1 else 's'}: {options.evaluation}")
    if output.review_below is not None:
        print_cells_to_review(rows, output.review_below)
    return 0
