"""`bench guarantee`: one answer of the model for each of many schemas, every one validated independently.

The schema stands in the prompt, cut where it would not fit. What comes back is validated by `jsonschema` with formats
asserted; an answer is valid, or the request failed with a typed error, or it is invalid, which must not happen.
"""

from __future__ import annotations

import argparse
import json
import random
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
from _cases import CASES, read_cases
from _ours import Ours
from _report import close, median, print_table, ratio, say, say_load, tell

from engine.constraint.spec import MatchesSchema
from engine.errors import EngineError, ModelError
from engine.model.protocol import ChatMessage, Failed, Finished, GenerateRequest, Sampling
from engine.schema.document import read_schema

if TYPE_CHECKING:
    from engine.model.protocol import Receipt, RequestEvent

_PROMPT = "Write one realistic record of this JSON Schema:\n"
_SCHEMA_CHARACTERS = 6_000


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench guarantee", description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", type=Path, metavar="FILE", help="a GGUF file (default: the bundled model)")
    parser.add_argument("--cases", type=Path, default=CASES, metavar="FILE", help="JSON lines with a `schema` each")
    parser.add_argument("--limit", type=int, default=300, metavar="N", help="schemas drawn (300)")
    parser.add_argument("--max-tokens", type=int, default=256, metavar="M", help="limit of an answer (256)")
    parser.add_argument("--seed", type=int, default=1, help="of the draw")
    parser.add_argument("--list", action="store_true", help="name each schema without a valid answer, with the reason")
    asked = parser.parse_args(argv)
    say_load()
    cases = list(read_cases(asked.cases))
    drawn = random.Random(asked.seed).sample(cases, min(asked.limit, len(cases)))
    outcomes, errors, ends = Counter[str](), Counter[str](), Counter[str]()
    receipts: list[Receipt] = []
    faults: list[str] = []
    with Ours(asked.model) as ours, ThreadPoolExecutor(ours.info.lanes) as lanes:
        ends_of = lanes.map(lambda case: _answer(ours, json.dumps(case.schema), asked.max_tokens), drawn)
        for number, (case, event) in enumerate(zip(drawn, ends_of, strict=True), 1):
            text = json.dumps(case.schema)
            if isinstance(event, Finished):
                receipts.append(event.receipt)
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
