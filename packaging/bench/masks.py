"""`bench masks`: are a schema's valid instances accepted, and no others, by its mask and the checks behind it.

Each instance of the cases, its keys first put in the plan's order, is written as JSON and fed token by token through
the matcher of its schema, each key and value checked as it closes; what reaches the end is validated as a finished
answer is. The same for bare llguidance beside it. No model is needed beyond its tokenizer.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _cases import CASES, read_cases
from _report import close, percentile, print_table, ratio, say, say_load, tell
from llguidance import LLMatcher

from engine.constraint.compile import SPACING, compile_constraint
from engine.constraint.matcher import Matcher
from engine.constraint.order import KeyOrder
from engine.constraint.spec import MatchesSchema
from engine.errors import ConstraintError, ConstraintUnsatisfiable, EngineError
from engine.model.bundled import bundled_model
from engine.model.growth import Growth
from engine.model.llama import Weights, start_backend
from engine.schema.document import read_schema
from engine.schema.references import References

if TYPE_CHECKING:
    from collections.abc import Callable

    from _cases import Case
    from llguidance import LLTokenizer

    from engine.constraint.values import Closed

_TELL_EVERY = 250


@dataclass
class Side:
    """What one engine made of the cases; times in microseconds."""

    name: str
    passing: int = 0
    valid_rejected: list[str] = field(default_factory=list)
    invalid_accepted: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    refusals: list[str] = field(default_factory=list)
    compile_us: list[float] = field(default_factory=list)
    mask_us: list[float] = field(default_factory=list)
    masks_by_case: dict[str, list[float]] = field(default_factory=dict)
    check_us: list[float] = field(default_factory=list)

    def row(self) -> tuple[Any, ...]:
        """Return the side's line of the table."""
        return (
            self.name,
            sum(self.refused.values()),
            self.passing,
            len(self.valid_rejected),
            len(self.invalid_accepted),
            *(percentile(self.compile_us, share) for share in (0.5, 0.9, 0.99, 1.0)),
            *(percentile(self.mask_us, share) for share in (0.5, 0.99, 1.0)),
        )


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench masks", description=__doc__.split("\n\n")[0])
    parser.add_argument("--cases", type=Path, default=CASES, metavar="FILE", help="JSON lines: id, schema, tests")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N cases")
    parser.add_argument("--list", action="store_true", help="name each refused schema and each wrong decision")
    asked = parser.parse_args(argv)
    say_load()
    start_backend()
    tokenizer = Weights(bundled_model(), vocabulary_only=True).mask_tokenizer()
    ours, bare = Side("espalier"), Side("bare llguidance")
    schemas = tests = reordered = 0
    for case in read_cases(asked.cases, asked.limit):
        schemas += 1
        tests += len(case.tests)
        reordered += _ours(case, ours, tokenizer)
        _bare(case, bare, tokenizer)
        if schemas % _TELL_EVERY == 0:
            tell(f"{schemas:,} schemas")
    columns = ("", "refused", "passing", "valid rejected", "invalid accepted", "compile µs p50", "p90", "p99", "max")
    print_table(
        f"{schemas:,} schemas, {tests:,} instances", (*columns, "mask µs p50", "p99", "max"), [ours.row(), bare.row()]
    )
    both = ours.masks_by_case.keys() & bare.masks_by_case.keys()
    shared = [percentile([us for case in both for us in side.masks_by_case[case]], 0.99) for side in (ours, bare)]
    say(f"Over the {len(both):,} schemas that both compile, mask p99 is {shared[0]:,.0f} µs, bare {shared[1]:,.0f} µs.")
    say(f"Checks: {sum(ours.check_us):,.0f} µs for {len(ours.mask_us):,} tokens.")
    for side in (ours, bare):
        say(
            f"{side.name} refused: "
            + (", ".join(f"{why} {n}" for why, n in side.refused.most_common(12)) or "none")
            + "."
        )
    if asked.list:
        for line in (*ours.refusals, *ours.valid_rejected, *ours.invalid_accepted):
            say(line)
    figures = {
        "schemas": schemas,
        "tests": tests,
        "refused": sum(ours.refused.values()),
        "reordered": reordered,
        "passing": ours.passing,
        "passing_share": ratio(ours.passing, schemas),
        "valid_rejected": len(ours.valid_rejected),
        "invalid_accepted": len(ours.invalid_accepted),
        "compile_us_p50": percentile(ours.compile_us, 0.5),
        "compile_us_p99": percentile(ours.compile_us, 0.99),
        "mask_us_p50": percentile(ours.mask_us, 0.5),
        "mask_us_p99": shared[0],
        "bare_mask_us_p99": shared[1],
        "check_us_per_token": ratio(sum(ours.check_us), len(ours.mask_us)),
        "bare_passing_share": ratio(bare.passing, schemas),
    }
    return close(figures, [])


def _ours(case: Case, side: Side, tokenizer: LLTokenizer) -> int:
    """Decide a case's instances; returns how many had to be put in order."""
    text = json.dumps(case.schema)
    start = time.perf_counter()
    try:
        constraint = compile_constraint(MatchesSchema(schema_text=text), tokenizer)
        assert constraint is not None
        constraint.matcher(tokenizer)
    except EngineError as error:
        side.refused[_reason(error)] += 1
        side.refusals.append(f"refused: {case.name}: {error} ({error.where})")
        if isinstance(error, ConstraintUnsatisfiable) and not any(test["valid"] for test in case.tests):
            side.passing += 1
        return 0
    side.compile_us.append((time.perf_counter() - start) * 1e6)
    document = read_schema(text)
    order = KeyOrder(References(document))
    places = order.places([document.root])
    reordered = 0

    def accepts(data: Any) -> bool:
        nonlocal reordered
        sorted_data = order.sort(data, places)
        written = json.dumps(sorted_data, ensure_ascii=False)
        reordered += written != json.dumps(data, ensure_ascii=False)
        growth = Growth((), constraint, constraint.matcher(tokenizer), _spell(tokenizer))
        if not _fed(growth, written, tokenizer, side, case.name):
            return False
        start = time.perf_counter()
        try:
            constraint.check_text(written)
        except ConstraintError:
            return False
        finally:
            side.check_us.append((time.perf_counter() - start) * 1e6)
        return True

    _decide(case, side, accepts)
    return reordered


def _bare(case: Case, side: Side, tokenizer: LLTokenizer) -> None:
    start = time.perf_counter()
    grammar = LLMatcher.grammar_from_json_schema(json.dumps(case.schema), overrides=SPACING)
    try:
        matcher = Matcher(tokenizer, grammar)
    except ConstraintError as error:
        side.refused[str(error)[:60]] += 1
        return
    side.compile_us.append((time.perf_counter() - start) * 1e6)
    del matcher

    def accepts(data: Any) -> bool:
        written = json.dumps(data, ensure_ascii=False)
        growth = Growth((), None, Matcher(tokenizer, grammar), _spell(tokenizer))
        return _fed(growth, written, tokenizer, side, case.name)

    _decide(case, side, accepts)


def _decide(case: Case, side: Side, accepts: Callable[[Any], bool]) -> None:
    right = True
    for test in case.tests:
        accepted = accepts(test["data"])
        if accepted != test["valid"]:
            right = False
            wrong = side.invalid_accepted if accepted else side.valid_rejected
            what = "invalid accepted" if accepted else "valid rejected"
            wrong.append(f"{what}: {case.name}: {json.dumps(test['data'])[:300]}")
    side.passing += right


def _fed(growth: Growth, text: str, tokenizer: LLTokenizer, side: Side, case: str) -> bool:
    """Feed a text; where only one text can follow, its tokens are the mask engine's, as in a real answer."""
    matcher, times = growth.matcher, side.masks_by_case.setdefault(case, [])
    assert matcher is not None
    rest = text.encode()
    tokens = deque(tokenizer.tokenize_bytes(rest))
    try:
        while tokens:
            start = time.perf_counter()
            allowed = matcher.allows(tokens[0])
            times.append((time.perf_counter() - start) * 1e6)
            side.mask_us.append(times[-1])
            if allowed:
                rest = rest[len(tokenizer.decode_bytes([tokens[0]])) :]
                closed = growth.write([tokens.popleft()], "given")
            else:
                before = growth.count
                closed = growth.take_forced()
                forced = tokenizer.decode_bytes(growth.tokens[before:])
                if not forced or not rest.startswith(forced):
                    return False
                rest = rest[len(forced) :]
                tokens = deque(tokenizer.tokenize_bytes(rest))
            if not _passes(growth, closed, side):
                return False
    except ConstraintError:
        return False
    return matcher.accepting and _passes(growth, growth.finish(), side)


def _passes(growth: Growth, closed: list[Closed], side: Side) -> bool:
    start = time.perf_counter()
    violation = growth.violation(closed)
    side.check_us.append((time.perf_counter() - start) * 1e6)
    return violation is None


def _spell(tokenizer: LLTokenizer) -> Callable[[int], bytes]:
    return lambda token: tokenizer.decode_bytes([token])


def _reason(error: EngineError) -> str:
    keyword = getattr(error, "keyword", "")
    return f"{type(error).__name__} {keyword}".strip()
