"""`bench guarantee`: one answer of the model for each of many schemas, every one validated independently.

The schema stands in the prompt, cut where it would not fit. What comes back is validated by `jsonschema` with formats
asserted; an answer is valid, or the request failed with a typed error, or it is invalid, which must not happen.

Then some of the schemas are answered twice more, one answer after the other: held to as always, and with their checks
taken away, so that the mask alone holds. Both have the same prompt and seed, and take turns in being first. The
quotient is the time a token with the checks, rollbacks included, over that without. It is taken over the schemas that
were drawn first, and over those of all drawn of which something is left to checks. No request can ask for an answer
without checks, so it is done in this process.
"""

from __future__ import annotations

import argparse
import json
import random
import uuid
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
from _cases import CASES, read_cases
from _ours import Ours
from _report import close, median, print_table, ratio, say, say_load, tell

from engine.constraint.planner import Planner
from engine.constraint.spec import MatchesSchema
from engine.errors import EngineError, ModelError
from engine.model.fit import EXTRA_LANES
from engine.model.llama import Context, ContextShape, Weights, start_backend
from engine.model.protocol import ChatMessage, Failed, Finished, GenerateRequest, Sampling
from engine.model.scheduler import Scheduler
from engine.model.template import ChatTemplate
from engine.schema.document import read_schema

if TYPE_CHECKING:
    from engine.constraint.planner import Compiled
    from engine.constraint.spec import ConstraintSpec
    from engine.model.layouts import Layout
    from engine.model.protocol import ModelInfo, Receipt, RequestEvent

_PROMPT = "Write one realistic record of this JSON Schema:\n"
_SCHEMA_CHARACTERS = 6_000


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench guarantee", description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", type=Path, metavar="FILE", help="a GGUF file (default: the bundled model)")
    parser.add_argument("--cases", type=Path, default=CASES, metavar="FILE", help="JSON lines with a `schema` each")
    parser.add_argument("--limit", type=int, default=300, metavar="N", help="schemas drawn (300)")
    parser.add_argument("--max-tokens", type=int, default=256, metavar="M", help="limit of an answer (256)")
    parser.add_argument("--timed", type=int, default=60, metavar="T", help="schemas of each kind that are timed (60)")
    parser.add_argument("--seed", type=int, default=1, help="of the draw")
    parser.add_argument("--list", action="store_true", help="name each schema without a valid answer, with the reason")
    asked = parser.parse_args(argv)
    say_load()
    cases = list(read_cases(asked.cases))
    drawn = random.Random(asked.seed).sample(cases, min(asked.limit, len(cases)))
    outcomes, errors, ends = Counter[str](), Counter[str](), Counter[str]()
    receipts: list[Receipt] = []
    faults: list[str] = []
    with_checks: set[str] = set()
    with Ours(asked.model) as ours, ThreadPoolExecutor(ours.info.lanes) as lanes:
        ends_of = lanes.map(lambda case: _answer(ours, json.dumps(case.schema), asked.max_tokens), drawn)
        for number, (case, event) in enumerate(zip(drawn, ends_of, strict=True), 1):
            text = json.dumps(case.schema)
            if isinstance(event, Finished):
                receipts.append(event.receipt)
                if any(keyword.how == "check" for keyword in event.receipt.enforcement):
                    with_checks.add(text)
                ends[event.receipt.finish_reason] += 1
                problem = _problem(event.text, text)
                outcomes["invalid" if problem else "valid"] += 1
                if problem:
                    faults.append(f"{case.name}: {problem}: {event.text[:300]}")
            elif isinstance(event, Failed):
                error = event.error.error()
                errors[error.kind] += 1
                if isinstance(error, ModelError):
                    faults.append(f"{case.name}: {error}")
                if asked.list:
                    say(f"{case.name}: {error.kind}: {str(error)[:300]}: {event.text[-120:]!r}")
            if number % 25 == 0:
                tell(f"{number} of {len(drawn)}: {outcomes['valid']} valid, {sum(errors.values())} typed errors")
        info, layout = ours.info, ours.layout
    texts = [json.dumps(case.schema) for case in drawn]
    first, checked = texts[: asked.timed], [text for text in texts if text in with_checks][: asked.timed]
    pairs = _without_checks(info, layout, list(dict.fromkeys(first + checked)), asked.max_tokens)
    over_all, over_checked = (
        _time_over_unchecked([pairs[text] for text in of if text in pairs]) for of in (first, checked)
    )
    rolled = [receipt for receipt in receipts if receipt.rollbacks]
    rows = [
        ("valid", outcomes["valid"]),
        ("of these closed at the limit", ends["length_closed"]),
        ("invalid", outcomes["invalid"]),
        *((f"error: {kind}", count) for kind, count in errors.most_common()),
        ("answers with a rollback", len(rolled)),
        ("rollbacks", sum(receipt.rollbacks for receipt in receipts)),
        ("tokens discarded", sum(receipt.discarded_tokens for receipt in receipts)),
        ("tokens of the answers", sum(receipt.generated_tokens for receipt in receipts)),
        ("time a token over that without checks", over_all),
        (f"the same of {len(checked)} with something to check", over_checked),
    ]
    print_table(f"{len(drawn)} schemas, at most {asked.max_tokens} tokens", ("", "count"), rows)
    each = {True: [], False: []}  # type: dict[bool, list[float]]
    for receipt in receipts:
        each[receipt.rollbacks > 0].append(receipt.total_s / max(receipt.generated_tokens, 1) * 1e3)
    figures = {
        "n": len(drawn),
        "valid_share": ratio(outcomes["valid"], len(drawn)),
        "invalid": outcomes["invalid"],
        "typed_errors": sum(errors.values()),
        "errors": dict(errors),
        "length_closed": ends["length_closed"],
        "rollbacks": sum(receipt.rollbacks for receipt in receipts),
        "discarded_tokens": sum(receipt.discarded_tokens for receipt in receipts),
        "ms_a_token": median(each[False]) if each[False] else None,
        "ms_a_token_with_rollbacks": median(each[True]) if each[True] else None,
        "timed": len(first),
        "timed_with_checks": len(checked),
        "time_over_unchecked": over_all,
        "time_over_unchecked_with_checks": over_checked,
    }
    return close(figures, faults)


def _answer(ours: Ours, schema_text: str, max_tokens: int) -> RequestEvent:
    """Return how a request ended."""
    *_, last = ours.client.stream(_request(schema_text, max_tokens))
    return last


def _request(schema_text: str, max_tokens: int) -> GenerateRequest:
    return GenerateRequest(
        id=uuid.uuid4().hex,
        messages=(ChatMessage(role="user", content=_PROMPT + schema_text[:_SCHEMA_CHARACTERS]),),
        constraint=MatchesSchema(schema_text=schema_text),
        sampling=Sampling(seed=0),
        max_tokens=max_tokens,
        priority="job",
    )


@dataclass(frozen=True)
class _Pair:
    """Two answers to one request, each as seconds and tokens behind its prompt: with checks and without."""

    held: tuple[float, int]
    free: tuple[float, int]


class _Planner(Planner):
    """Compiles constraints as they are, or takes their checks away."""

    checks = True

    def begin(self, spec: ConstraintSpec) -> Compiled:
        """Compile a specification and wait for it."""
        begun = super().begin(spec)
        compiled = begun.result() if isinstance(begun, Future) else begun
        return compiled if self.checks or compiled is None else replace(compiled, residual=None)


def _without_checks(info: ModelInfo, layout: Layout, schemas: list[str], max_tokens: int) -> dict[str, _Pair]:
    """Answer each schema with checks and without; return what came of it where both have begun."""
    pairs: dict[str, _Pair] = {}
    start_backend()
    weights = Weights(Path(layout.path), extra_buffers=layout.extra_buffers)
    tokenizer = weights.mask_tokenizer()
    planner = _Planner(tokenizer)
    shape = ContextShape(cells=info.context, sequences=info.lanes + EXTRA_LANES, threads=info.threads)
    heard: list[RequestEvent] = []
    with Context(weights, shape) as context:
        template = ChatTemplate(weights.chat_template)
        scheduler = Scheduler(weights, context, template, tokenizer, info, heard.append, planner=planner)
        for number, text in enumerate(schemas, 1):
            found: dict[bool, Receipt | None] = {}
            for checks in (True, False) if number % 2 else (False, True):
                heard.clear()
                planner.checks = checks
                scheduler.submit(_request(text, max_tokens))
                while not scheduler.idle:
                    scheduler.step()
                last = heard[-1]
                found[checks] = last.receipt if isinstance(last, Finished | Failed) else None
            held, free = _behind_prompt(found[True]), _behind_prompt(found[False])
            if held is not None and free is not None:
                pairs[text] = _Pair(held, free)
            if number % 25 == 0:
                tell(f"{number} of {len(schemas)} answered without checks too")
        scheduler.close()
    return pairs


def _behind_prompt(receipt: Receipt | None) -> tuple[float, int] | None:
    """Return the seconds that an answer took behind its first token, and its tokens."""
    if receipt is None or receipt.first_token_s is None or not receipt.generated_tokens:
        return None
    return receipt.total_s - receipt.first_token_s, receipt.generated_tokens


def _time_over_unchecked(pairs: list[_Pair]) -> float | None:
    """Return the time a token of all answers with checks, over that of all answers without."""
    held = ratio(sum(pair.held[0] for pair in pairs), sum(pair.held[1] for pair in pairs))
    free = ratio(sum(pair.free[0] for pair in pairs), sum(pair.free[1] for pair in pairs))
    return ratio(held, free)


def _problem(text: str, schema_text: str) -> str | None:
    """Return what `jsonschema` finds wrong with an answer, read as the draft that the engine takes it for."""
    try:
        schema = read_schema(schema_text).declared
        value = json.loads(text)
    except (EngineError, ValueError) as error:
        return str(error)
    if isinstance(schema, bool):
        return None if schema else "the schema is false"
    validator = jsonschema.validators.validator_for(schema)
    error = next(validator(schema, format_checker=validator.FORMAT_CHECKER).iter_errors(value), None)
    return error.message if error else None
