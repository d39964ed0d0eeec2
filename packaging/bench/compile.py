"""`bench compile`: what a schema never seen before costs, until its first mask is there.

Timed, for each schema by itself: reading its text and checking it as a schema, making the grammar, starting the
matcher, and the first mask over the bundled model's vocabulary. Refused schemas are counted, not timed into the
figures. The sample schemas run first, as warm-up, and are not in the cases.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from _cases import CASES, read_cases
from _ours import SAMPLES
from _pauses import Pauses
from _report import close, percentile, print_table, say, say_load, tell

from engine.constraint.compile import compile_constraint
from engine.constraint.spec import MatchesSchema
from engine.errors import ConstraintError, EngineError, SchemaError
from engine.model.bundled import bundled_model
from engine.model.llama import Weights, start_backend

if TYPE_CHECKING:
    from llguidance import LLTokenizer

_TELL_EVERY = 500
_SUSPECT_S = 1.0


@dataclass
class Tally:
    """What became of the schemas; times in milliseconds."""

    total: list[float] = field(default_factory=list)
    compiling: list[float] = field(default_factory=list)
    first_mask: list[float] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    refused: Counter[str] = field(default_factory=Counter)
    refused_ms: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take over what another tally holds."""
        self.total += other.total
        self.compiling += other.compiling
        self.first_mask += other.first_mask
        self.refused_ms += other.refused_ms
        self.faults += other.faults
        self.refused += other.refused
        self.slowest = max(self.slowest, other.slowest)


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench compile", description=__doc__.split("\n\n")[0])
    parser.add_argument("--cases", type=Path, default=CASES, metavar="FILE", help="JSON lines with a `schema` each")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N cases")
    asked = parser.parse_args(argv)
    if not asked.cases.exists():
        parser.error(f"{asked.cases} is not there: name a file of cases")
    say_load()
    start_backend()
    weights = Weights(bundled_model(), vocabulary_only=True)
    tokenizer = weights.mask_tokenizer()
    for path in sorted((SAMPLES / "schemas").glob("*.json")):
        _measure(Tally(), path.name, path.read_text("utf-8"), tokenizer)
    tally, schemas = Tally(), 0
    with Pauses() as pauses:
        for schemas, case in enumerate(read_cases(asked.cases, asked.limit), 1):
            text, mine, begun = json.dumps(case.schema), Tally(), time.monotonic()
            _measure(mine, case.name, text, tokenizer)
            if time.monotonic() - begun > _SUSPECT_S and pauses.lost(begun):
                mine = Tally()
                _measure(mine, case.name, text, tokenizer)
            tally.add(mine)
            if schemas % _TELL_EVERY == 0:
                tell(f"{schemas:,} schemas")
    columns = ("milliseconds", "n", "p50", "p90", "p99", "max")
    rows = {
        "until the first mask": tally.total,
        "of that: read, check, compile": tally.compiling,
        "of that: matcher and first mask": tally.first_mask,
        "refused, with the place found": tally.refused_ms,
    }
    shares = (0.5, 0.9, 0.99, 1.0)
    print_table(
        "A schema never seen before",
        columns,
        [(name, len(times), *(percentile(times, share) for share in shares)) for name, times in rows.items()],
    )
    say(f"Slowest: {tally.slowest[1]}, {tally.slowest[0]:.1f} ms.")
    say("Refused: " + (", ".join(f"{name} {count}" for name, count in tally.refused.most_common(12)) or "none") + ".")
    say(pauses.describe())
    if not tally.total:
        tally.faults.append("no schema compiled")
    figures = {
        "p50_ms": percentile(tally.total, 0.5),
        "p99_ms": percentile(tally.total, 0.99),
        "max_ms": percentile(tally.total, 1.0),
        "compiled": len(tally.total),
        "schemas": schemas,
        "refused": sum(tally.refused.values()),
    }
    return close(figures, tally.faults)


def _measure(tally: Tally, name: str, schema_text: str, tokenizer: LLTokenizer) -> None:
    start = time.perf_counter()
    try:
        constraint = compile_constraint(MatchesSchema(schema_text=schema_text), tokenizer)
        assert constraint is not None
        compiled = time.perf_counter()
        matcher = constraint.matcher(tokenizer)
        allowed = matcher.allowed()
        end = time.perf_counter()
    except (ConstraintError, SchemaError) as error:
        tally.refused_ms.append((time.perf_counter() - start) * 1e3)
        tally.refused[getattr(error, "keyword", "") or error.kind] += 1
        return
    except EngineError as error:
        tally.faults.append(f"{name}: {error}")
        return
    if not len(allowed) or len(allowed) >= tokenizer.vocab_size or matcher.accepting:
        tally.faults.append(f"{name}: the first mask allows {len(allowed):,} tokens, and an empty answer")
        return
    tally.total.append((end - start) * 1e3)
    tally.compiling.append((compiled - start) * 1e3)
    tally.first_mask.append((end - compiled) * 1e3)
    tally.slowest = max(tally.slowest, (tally.total[-1], name))
