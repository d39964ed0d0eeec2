"""`bench confidence`: whether the confidence in cells ranks them, and is the chance that it claims to be.

The sample documents are extracted as `espalier extract` does, and each cell is held against the known value. Before
anybody has corrected a cell, the confidence in those of one folder comes from weights fitted on the other folders;
then 50 cells, drawn at random, are corrected, and the rest is measured (`_confidence`). Items of invoices are measured
for themselves: most are wrong, as a small model does not know where a list ends, and that is easy to tell.

With `--documents`, those of another folder are measured too, beginning with the default weights, which no cell of
theirs was used for.

`--fit` prints the default weights: fitted on all samples, with a second look and without.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _confidence import CORRECTIONS, DRAWS, Quality, judge, measure, with_defaults, with_the_others
from _ours import SAMPLES, Ours
from _report import close, print_table, say, say_load, tell

from engine.documents import DocumentPool
from engine.extraction import ExtractionJob, ExtractionPlan
from engine.extraction.confidence import Calibration
from engine.extraction.confidence.features import NAMES
from engine.store import Store

if TYPE_CHECKING:
    from engine.extraction.confidence import Judged


@dataclass(frozen=True)
class _Folder:
    name: str
    documents: Path
    schema: Path
    truth: Path


class _Bench:
    """Extracts folders, each job on a fresh profile."""

    def __init__(self, ours: Ours, pool: DocumentPool, scratch: Path) -> None:
        self._ours = ours
        self._pool = pool
        self._scratch = scratch
        self._profiles = 0

    def judged(self, folder: _Folder, *, second_look: bool) -> dict[str, list[Judged]]:
        """Return the judged cells of each document of a folder."""
        lines = [json.loads(line) for line in folder.truth.read_text("utf-8").splitlines() if line.strip()]
        truth: dict[str, dict[str, Any]] = {line.pop("document"): line for line in lines}
        self._profiles += 1
        plan = ExtractionPlan((folder.documents,), folder.schema.read_text("utf-8"), second_look=second_look)
        with Store(self._scratch / str(self._profiles)) as store:
            job = ExtractionJob(plan, store, self._ours.client, self._pool)
            job.run()
            rows = job.rows()
        tell(f"{folder.name}: {len(rows)} documents")
        return {row.document: judge(row.cells or {}, truth[row.document]) for row in rows if row.document in truth}


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench confidence", description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", type=Path, metavar="FILE", help="a GGUF file (default: the bundled model)")
    parser.add_argument("--documents", type=Path, metavar="DIR", help="other documents, beside the samples")
    parser.add_argument("--truth", type=Path, metavar="FILE", help="JSON lines: `document` and its true fields")
    parser.add_argument("--schema", type=Path, metavar="FILE", help="the schema of --documents")
    parser.add_argument("--second-look", action="store_true", help="take a second look at each document")
    parser.add_argument("--fit", action="store_true", help="fit the default weights on the samples, and print them")
    asked = parser.parse_args(argv)
    if asked.documents and not (asked.truth and asked.schema):
        parser.error("--documents needs --truth and --schema")
    say_load()
    samples = [_sample(path) for path in sorted(SAMPLES.glob("*/schema*.json"))]
    with tempfile.TemporaryDirectory() as scratch, Ours(asked.model) as ours, DocumentPool() as pool:
        bench = _Bench(ours, pool, Path(scratch))
        if asked.fit:
            return _fit(bench, samples)
        found = {folder.name: _joined(bench.judged(folder, second_look=asked.second_look)) for folder in samples}
        folders = with_the_others(found)
        records = [folder for folder in folders if "/" not in folder.name]
        measured = {"samples": measure(records), "items": measure([each for each in folders if each not in records])}
        if asked.documents:
            other = _Folder(asked.documents.name, asked.documents, asked.schema, asked.truth)
            judged = with_defaults({other.name: _joined(bench.judged(other, second_look=asked.second_look))})
            measured[other.name] = measure(judged)
            measured["samples and these"] = measure([*records, *judged])
    return _report(measured)


def _sample(schema: Path) -> _Folder:
    """Return what a schema of samples asks of the documents beside it: "invoices", or "invoices/items" of the same."""
    what = schema.stem.removeprefix("schema").strip("_")
    name = f"{schema.parent.name}/{what}" if what else schema.parent.name
    truth = schema.parent / f"truth{schema.stem.removeprefix('schema')}.jsonl"
    return _Folder(name, schema.parent / "documents", schema, truth)


def _joined(judged: dict[str, list[Judged]]) -> list[Judged]:
    return [each for cells in judged.values() for each in cells]


def _fit(bench: _Bench, samples: list[_Folder]) -> int:
    cells: list[Judged] = []
    for folder in samples:
        # Items are many and much alike: they count once.
        for second_look in (False,) if "/" in folder.name else (False, True):
            cells += _joined(bench.judged(folder, second_look=second_look))
    fitted = Calibration.fit_default(cells)
    say(f"BASE = {round(fitted.base, 2)}")
    say("WEIGHTS = {")
    for name, weight in zip(NAMES, fitted.weights, strict=True):
        say(f'    "{name}": {round(weight, 2)},')
    say("}")
    return close({"cells": len(cells), "right": sum(cell.right for cell in cells)})


def _report(measured: dict[str, Quality]) -> int:
    columns = (
        "cells",
        "n",
        "right",
        "ECE before",
        "AUROC before",
        "ECE",
        "AUROC",
        "ECE widths",
        "ECE const.",
        "ECE chance",
    )
    rows = [
        (
            name,
            each.cells,
            each.right,
            each.ece_before,
            each.auroc_before,
            each.ece,
            each.auroc,
            each.ece_of_equal_widths,
            each.ece_constant,
            each.ece_by_chance,
        )
        for name, each in measured.items()
    ]
    print_table(f"Confidence, after {CORRECTIONS} corrections ({DRAWS} draws; of few cells half)", columns, rows)
    effort = [(name, each.reviewed, each.right_unseen) for name, each in measured.items()]
    print_table("For 98 % right", ("cells", "to look at", "right of the rest"), effort)
    say("ECE: bins of equal size, at least 20 cells each; widths: ten of equal width. A constant has an AUROC of 0.5.")
    whole = measured.get("samples and these", measured["samples"])
    return close(asdict(whole))
