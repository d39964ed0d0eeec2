"""What every benchmark ends with: a table for people, and one JSON line for whoever reads figures by machine."""

from __future__ import annotations

import json
import math
import os
import statistics
import sys
from typing import TYPE_CHECKING, Any

import psutil
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WIDTH = 120
_DIGITS = 4


def say(words: str) -> None:
    """Print a line about what is being measured."""
    print(words, flush=True)


def tell(words: str) -> None:
    """Print a line of progress, kept out of the output."""
    print(f"  {words}", file=sys.stderr, flush=True)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table: the first column is text, the others are figures; None is a dash."""
    table = Table(title=title, title_justify="left")
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index else "left")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    Console(width=None if sys.stdout.isatty() else _WIDTH, highlight=False, markup=False).print(table)


def close(figures: dict[str, Any], faults: Sequence[str] = ()) -> int:
    """Print what was wrong and the closing JSON line; return the exit code, 1 where anything was wrong.

    With faults the figures are still printed, beside a list of them, so that nobody takes them for good ones.
    """
    for fault in faults:
        say(f"FAULT: {fault}")
    rounded = {key: round(value, _DIGITS) if isinstance(value, float) else value for key, value in figures.items()}
    print(json.dumps(rounded | ({"faults": list(faults)} if faults else {})), flush=True)
    return 1 if faults else 0


def say_load() -> None:
    """Say how busy the machine is: figures taken beside other work are worth little."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else math.nan
    say(f"Machine: {os.cpu_count()} cores, {psutil.cpu_percent(0.5):.0f}% busy before the start, load {load:.1f}.")


def median(values: Sequence[float]) -> float | None:
    """Return the median, or None of nothing."""
    return statistics.median(values) if values else None


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least `share` of the values do not exceed (nearest rank), or None."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def ratio(above: float | None, below: float | None) -> float | None:
    """Return a quotient, or None where a side of it is missing."""
    return None if above is None or not below else above / below


def lowest(values: Iterable[float | None]) -> float | None:
    """Return the smallest value; None where there is none or one is missing."""
    known = list(values)
    return None if None in known or not known else min(value for value in known if value is not None)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
    return str(value)
