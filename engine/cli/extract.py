"""`espalier extract`: a folder of documents, one row each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from engine.cli.console import Interrupt, explain, open_model, read_schema_file, showable
from engine.documents import DocumentPool
from engine.errors import EngineError
from engine.extraction import ExtractionJob, ExtractionPlan, write_table
from engine.extraction.export import check_format
from engine.extraction.plan import INSTRUCTIONS
from engine.extraction.review import by_document, review
from engine.model.protocol import Sampling
from engine.store import Store

if TYPE_CHECKING:
    import argparse
    from types import TracebackType

    from engine.extraction import Progress
    from engine.store import Row


def extract(options: argparse.Namespace) -> int:
    """Run or go on with the job of the command line; return the exit code."""
    check_format(options.out)
    schema_text = read_schema_file(options.schema).text
    try:
        sampling = Sampling(seed=options.seed)
    except ValidationError as error:
        raise explain(error) from error
    plan = ExtractionPlan(
        sources=(options.folder,),
        schema_text=schema_text,
        instructions=INSTRUCTIONS if options.instructions is None else options.instructions,
        sampling=sampling,
        reproducible=options.seed is not None,
        max_tokens=options.max_tokens,
        grounding=options.grounding == "on",
    )
    with (
        Store(options.profile) as store,
        DocumentPool(cache=options.profile / "cache" / "documents") as documents,
        open_model(options, lanes=options.lanes) as client,
    ):
        job = ExtractionJob(plan, store, client, documents, again=options.again)
        client.wait_until_ready()
        with Interrupt() as interrupted, ProgressLines() as lines:
            try:
                coverage = job.run(lines.row, lines.progress, interrupted)
            finally:
                if rows := job.rows():
                    said = by_document(store.jobs.corrections(job.job)) if job.job else {}
                    reviewed = [review(row, said.get(row.document, {}), None, schema_text) for row in rows]
                    write_table(options.out, reviewed, schema_text, sources=options.provenance, job=job.job)
    print(f"{coverage}: {options.out}", flush=True)
    if interrupted():
        print("espalier: Stopped. Run the same command again to go on.", file=sys.stderr)
        return 130
    return 3 if coverage.failed or coverage.incomplete else 0


class ProgressLines:
    """A bar with the time left where stderr is a terminal, else a line a document."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._bar: Bar | None = None
        if self._console.is_terminal:
            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[failed]} failed", markup=False),
                TimeElapsedColumn(),
                TextColumn("{task.fields[left]}", markup=False),
            )
            self._bar = Bar(*columns, console=self._console)
            self._task = self._bar.add_task("Reading", total=None, failed=0, left="")

    def __enter__(self) -> ProgressLines:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def row(self, row: Row) -> None:
        """Tell what became of a document; where there is a bar, only what went wrong."""
        if row.error:
            line = f"{row.document}: {row.state}: {EngineError.from_json(row.error)}"
        elif self._bar and not row.notes:
            return
        else:
            took = f" in {row.seconds:.1f} s" if row.seconds else ""
            line = f"{row.document}: {row.state}{took}"
        self._console.print(showable(" ".join((line, *row.notes))), markup=False, soft_wrap=True)

    def progress(self, progress: Progress) -> None:
        """Move the bar."""
        if self._bar:
            coverage = progress.coverage
            self._bar.update(
                self._task,
                total=coverage.total,
                completed=coverage.ended,
                failed=coverage.failed,
                left="" if progress.seconds_left is None else f"about {spell(progress.seconds_left)} left",
            )


def spell(seconds: float) -> str:
    """Spell a duration that is an estimate: "40 s", "3 min", "2 h 10 min"."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{round(seconds)} s"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
