"""`espalier check`: how each keyword of a schema would be held to."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from engine.cli.console import read_schema_file, showable
from engine.constraint.report import check_schema

if TYPE_CHECKING:
    import argparse

_MEANINGS = {
    "mask": "the mask forbids what breaks it",
    "rewritten": "said to the mask in other words, exactly",
    "check": "checked on the finished values, which are written again where they fail",
    "annotation": "says nothing that could be broken",
}


def check(options: argparse.Namespace) -> int:
    """Print the report of a schema; return the exit code."""
    report = check_schema(read_schema_file(options.schema).text)
    if options.json:
        json.dump(dataclasses.asdict(report), sys.stdout, ensure_ascii=False, indent=2)
        print()
        return 0
    table = Table(box=None, pad_edge=False)
    for column in ("Place", "Keyword", "Held to by"):
        table.add_column(column, overflow="fold")
    for use in report.uses:
        table.add_row(showable(use.pointer) or "the root", showable(use.keyword), use.how)
    Console(width=None if sys.stdout.isatty() else 200, markup=False, highlight=False).print(table)
    counts = Counter[str](use.how for use in report.uses)
    print(f"\nRead as {report.draft}; compiled in {report.compile_ms:.1f} ms.")
    for how, meaning in _MEANINGS.items():
        if counts[how]:
            print(f"{counts[how]:4} {how}: {meaning}.")
    return 0
