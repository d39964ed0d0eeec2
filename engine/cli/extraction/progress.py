"""How an extraction gets on, as somebody at a terminal reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from engine.cli.console import showable
from engine.errors import EngineError

if TYPE_CHECKING:
    from types import TracebackType

    from engine.extraction import Progress
    from engine.store import Row


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
                left=_left(progress),
            )


def _left(progress: Progress) -> str:
    if progress.seconds_left is None or progress.documents_per_minute is None:
        return ""
    return f"{progress.documents_per_minute:.1f} a minute, about {spell(progress.seconds_left)} left"


def spell(seconds: float) -> str:
    """Spell a duration that is an estimate: "40 s", "3 min", "2 h 10 min"."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{round(seconds)} s"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
