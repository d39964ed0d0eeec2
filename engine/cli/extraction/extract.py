"""`espalier extract`: documents to rows."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

from engine.cli.console import Interrupt, open_backend
from engine.cli.extraction.asked import read_asked
from engine.cli.extraction.output import check_formats, print_accuracy, print_cells_to_review, read_output
from engine.cli.extraction.progress import ProgressLines
from engine.documents import DocumentPool
from engine.extraction import ExtractionJob
from engine.extraction.results import results
from engine.extraction.truth import accuracy, read_truth
from engine.store import Coverage, Store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from engine.extraction.review import ReviewedRow

_LACKING = frozenset({"failed", "incomplete", "empty"})


def extract(options: argparse.Namespace) -> int:
    """Run or go on with the job of the command line; return the exit code."""
    check_formats(options.out)
    with Store(options.profile) as store:
        asked = read_asked(options, store.jobs)
        schema_text = asked.plan.schema_text
        output = read_output(options, schema_text)
        truth = None if options.truth is None else read_truth(options.truth, schema_text)
        with (
            DocumentPool(cache=options.profile / "cache" / "documents") as documents,
            closing(open_backend(options, "Documents", lanes=options.lanes)) as client,
        ):
            asked = asked.with_model(client.wait_until_ready(), store.jobs)
            job = ExtractionJob(asked.plan, store, client, documents, again=options.again, after=asked.after)
            rows: list[ReviewedRow] = []
            with Interrupt() as interrupted, ProgressLines() as lines:
                try:
                    if options.fields:
                        job.run_fields(options.fields, lines.row, lines.progress, interrupted)
                    else:
                        job.run(lines.row, lines.progress, interrupted)
                finally:
                    if job.job is not None:
                        rows = results(store.jobs, job.job)
                        output.write(rows, schema_text, job.job)
    number = job.job.id if job.job else 0
    print(": ".join([f"{_coverage(rows)} (job {number})", *map(str, output.paths[:1])]), flush=True)
    for path in output.paths[1:]:
        print(f"also: {path}")
    if output.review_below is not None:
        print_cells_to_review(rows, output.review_below)
    if truth is not None:
        print_accuracy(accuracy(rows, truth, schema_text))
    if interrupted():
        print(f"espalier: Stopped. `espalier extract --resume {number}` goes on.", file=sys.stderr)
        return 130
    return 3 if any(row.state in _LACKING for row in rows) else 0


def _coverage(rows: Sequence[ReviewedRow]) -> Coverage:
    """Count rows by state, in which what a person filled in counts."""
    return Coverage(**Counter[str](row.state for row in rows))
