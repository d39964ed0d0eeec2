"""`espalier check`: how each keyword of a schema would be held to, and how large its instances are."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from engine.cli.console import read_schema_file, showable
from engine.cli.models.naming import model_path
from engine.constraint.report import check_schema
from engine.errors import ModelFileInvalid
from engine.model.vocabulary import load_vocabulary

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from engine.constraint.closing import Closer
    from engine.constraint.sizes import Sizes

_MEANINGS = {
    "mask": "the mask forbids what breaks it",
    "rewritten": "said to the mask in other words, exactly",
    "check": "checked on the finished values, which are written again where they fail",
    "annotation": "says nothing that could be broken",
}


def check(options: argparse.Namespace) -> int:
    """Print the report of a schema; return the exit code."""
    text = read_schema_file(options.schema).text
    with _vocabulary(model_path(options.model, options.profile)) as vocabulary:
        report = check_schema(text, vocabulary)
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
    print(_spoken(report.sizes))
    for slip in report.slips:
        print(f"Note: {showable(slip.pointer) or 'the root'}: {showable(slip.message)}")
    return 0


@contextlib.contextmanager
def _vocabulary(model: Path | None) -> Iterator[Closer | None]:
    """Give the vocabulary to count in; None, for bytes, where no model is named and none is bundled."""
    with contextlib.ExitStack() as stack:
        try:
            vocabulary = stack.enter_context(load_vocabulary(model))
        except ModelFileInvalid:
            if model is not None:
                raise
            vocabulary = None
        yield vocabulary


def _spoken(sizes: Sizes) -> str:
    least = "No short instance was found"
    if sizes.minimum is not None:
        least = f"The shortest instance that was found takes {sizes.minimum:,} {sizes.unit}"
    if sizes.maximum is None:
        return f"{least}; no limit to the longest was found."
    return f"{least}; none takes more than {sizes.maximum:,} {sizes.unit}."
