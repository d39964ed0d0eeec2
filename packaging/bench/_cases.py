"""Schemas to measure with: JSON lines, plain or gzipped, as MaskBench has them."""

from __future__ import annotations

import gzip
import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "maskbench_dev.jsonl.gz"


@dataclass(frozen=True)
class Case:
    """A schema, and instances of which it is known whether they satisfy it: `{"valid": …, "data": …}` each."""

    name: str
    schema: Any
    tests: list[dict[str, Any]]


def read_cases(path: Path, limit: int | None = None) -> Iterator[Case]:
    """Yield the cases of a file, at most `limit` of them; one without an id is named by its line."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for number, line in enumerate(itertools.islice(lines, limit), 1):
            case = json.loads(line)
            yield Case(str(case.get("id", number)), case["schema"], case.get("tests", []))
