"""`bench decode`: tokens a second within a schema, against no schema and against llama-cpp-python's own way.

All three run the same weights file with the same context and threads, greedily, one after the
other in turn, each from an empty context:

* free: Espalier without a constraint, on the same prompt, for as many tokens as the constrained answer has (its
  end tokens are barred, so that it cannot stop early);
* ours: Espalier with the schema;
* plain: `create_chat_completion(response_format=…)` of llama-cpp-python.

Speed is the number of tokens after the first sampled one, over the seconds after it: prefill, and what it brings
(the first sampled token and those forced before it), is left out everywhere. An answer cut by the token limit
counts with its speed. Each repetition gives one quotient; the figure is the median of the quotients. A first whole
answer within the schema and the beginnings of the two others are warm-up and thrown away.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from _cases import CASES, read_cases
from _instances import is_valid
from _ours import SAMPLES, Ours, Timed, as_dicts
from _pauses import Pauses
from _plain import Plain, PlainFailed, PlainOptions
from _report import close, lowest, median, print_table, say, say_load, tell

from engine.chat.prompt import compose
from engine.constraint.spec import MatchesSchema, Unconstrained
from engine.errors import ConstraintError, EngineError, PromptTooLong, SchemaError, TokenLimitReached
from engine.model.llama import Weights, start_backend
from engine.model.protocol import ChatMessage
from engine.schema.document import read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from _plain import PlainAnswer

T = TypeVar("T")
SCHEMAS = ("flat", "nested", "large")
INSTRUCTIONS = "Fill in a record with what the text says."
CASE_PROMPT = "Write one realistic record of this form."
_WARM_UP_TOKENS = 32
_FEWEST_TOKENS = 16
"""A shorter answer has no speed worth the name: another case is drawn in its place."""


@dataclass(frozen=True)
class Question:
    """A schema and what is asked of it."""

    name: str
    schema_text: str
    messages: tuple[ChatMessage, ...]

    @property
    def constraint(self) -> MatchesSchema:
        """The schema as a constraint."""
        return MatchesSchema(schema_text=self.schema_text)

    @property
    def schema(self) -> Any:
        """The schema as plain JSON."""
        return read_json(self.schema_text)


@dataclass
class Speeds:
    """What was measured of one question, in tokens a second, one entry a repetition."""

    free: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    to_free: list[float] = field(default_factory=list)
    to_plain: list[float] = field(default_factory=list)
    tokens: int = 0
    forced: int = 0
    retokenized: int = 0
    cut: bool = False


@dataclass
class Bench:
    """The two models, and what went wrong."""

    ours: Ours
    plain: Plain
    vocabulary: Weights
    pauses: Pauses
    faults: list[str] = field(default_factory=list)
    plain_failures: list[str] = field(default_factory=list)

    def constrained(self, question: Question, max_tokens: int) -> Timed:
        """Answer within the schema; a whole answer that is not valid is a fault, as is any failure but the limit."""
        timed = self._undisturbed(
            lambda: self.ours.answer(question.messages, question.constraint, max_tokens=max_tokens)
        )
        if timed.error is None and not is_valid(timed.text, question.schema):
            self.faults.append(f"{question.name}: the answer does not satisfy its schema")
        if timed.error is not None and not isinstance(timed.error, TokenLimitReached):
            self.faults.append(f"{question.name}: {timed.error}")
        return timed

    def free(self, question: Question, tokens: int) -> Timed:
        """Answer without a constraint, in exactly as many tokens."""
        ends = self.vocabulary.end_tokens
        timed = self._undisturbed(
            lambda: self.ours.answer(question.messages, Unconstrained(), max_tokens=tokens, without=ends)
        )
        if timed.receipt.generated_tokens != tokens:
            self.faults.append(f"{question.name}: the free answer has {timed.receipt.generated_tokens} tokens")
        return timed

    def own_way(self, question: Question, max_tokens: int) -> PlainAnswer | None:
        """Answer with llama-cpp-python; None where it failed or wrote too little to have a speed."""
        try:
            messages, schema = as_dicts(question.messages), question.schema
            answer = self._undisturbed(lambda: self.plain.ask(messages, schema, max_tokens=max_tokens))
        except PlainFailed as failure:
            self.plain_failures.append(f"{question.name}: {failure}")
            return None
        return answer if answer.tokens >= _FEWEST_TOKENS else None

    def _undisturbed(self, ask: Callable[[], T]) -> T:
        """Ask; once more where the machine stood still meanwhile."""
        while True:
            begun = time.monotonic()
            answer = ask()
            if not self.pauses.lost(begun):
                return answer
            tell("an answer met a pause of the machine: once more")

    def repeat(self, question: Question, speeds: Speeds, constrained: Timed, max_tokens: int, turn: int) -> None:
        """Let the others have their turn beside a constrained answer; who comes first changes with `turn`."""
        tokens = constrained.receipt.generated_tokens
        if turn % 2:
            own = self.own_way(question, max_tokens)
            free = self.free(question, tokens)
        else:
            free = self.free(question, tokens)
            own = self.own_way(question, max_tokens)
        speeds.ours.append(constrained.speed)
        speeds.free.append(free.speed)
        speeds.to_free.append(constrained.speed / free.speed)
        if own is not None:
            speeds.plain.append(own.speed)
            speeds.to_plain.append(constrained.speed / own.speed)

    def describe(self, constrained: Timed) -> Speeds:
        """Begin the entry of a question with what its constrained answer consists of."""
        receipt = constrained.receipt
        return Speeds(
            tokens=receipt.generated_tokens,
            forced=receipt.forced_tokens,
            retokenized=len(self.vocabulary.tokenize(constrained.text, special=False)),
            cut=constrained.error is not None,
        )


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench decode", description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", type=Path, metavar="FILE", help="a GGUF file (default: the bundled model)")
    parser.add_argument("--schemas", nargs="*", default=SCHEMAS, choices=SCHEMAS, help="sample schemas (all)")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="repetitions of each sample schema (3)")
    parser.add_argument("--cases", type=Path, default=CASES, metavar="FILE", help="JSON lines with a `schema` each")
    parser.add_argument("--cases-count", type=int, default=40, metavar="N", help="cases drawn (40); 0 for none")
    parser.add_argument("--cases-tokens", type=int, default=128, metavar="N", help="limit of an answer (128)")
    parser.add_argument("--max-tokens", type=int, default=1024, metavar="N", help="limit of a sample's answer (1024)")
    parser.add_argument("--seed", type=int, default=2, help="of the draw of cases")
    asked = parser.parse_args(argv)
    say_load()
    start_backend()
    with Ours(asked.model) as ours:
        layout = ours.layout
        vocabulary = Weights(Path(layout.path), vocabulary_only=True)
        options = PlainOptions(layout.path, ours.info.context, ours.info.threads, layout.extra_buffers)
        say(f"{ours.info.name}, {ours.info.layout} for all three: {options.describe()}.")
        with Plain(options, ours.environment) as plain, Pauses() as pauses:
            bench = Bench(ours, plain, vocabulary, pauses)
            samples = {name: _measure_sample(bench, name, asked.repeat, asked.max_tokens) for name in asked.schemas}
            cases = _measure_cases(bench, asked.cases, asked.cases_count, asked.cases_tokens, asked.seed)
    return _report(bench, samples, cases, wanted=asked.cases_count)


def _measure_sample(bench: Bench, name: str, repetitions: int, max_tokens: int) -> Speeds:
    schema_text = (SAMPLES / "schemas" / f"{name}.json").read_text("utf-8")
    text = (SAMPLES / "schemas" / f"{name}.txt").read_text("utf-8")
    question = _question(name, schema_text, (("system", INSTRUCTIONS), ("user", text)))
    first = bench.constrained(question, max_tokens)
    if first.error is not None:
        bench.faults.append(f"{name}: no whole answer within {max_tokens} tokens")
    speeds = bench.describe(first)
    bench.free(question, _WARM_UP_TOKENS)
    bench.own_way(question, _WARM_UP_TOKENS)
    for turn in range(repetitions):
        bench.repeat(question, speeds, bench.constrained(question, max_tokens), max_tokens, turn)
        tell(f"{name}: {turn + 1} of {repetitions}")
    return speeds


def _measure_cases(bench: Bench, path: Path, count: int, max_tokens: int, seed: int) -> list[Speeds]:
    if count and not path.exists():
        say(f"The cases are left out: {path.name} is not there (name a file with --cases).")
        return []
    measured: list[Speeds] = []
    refused = short = 0
    for turn, question in enumerate(_draw(path, seed) if count else ()):
        if len(measured) == count:
            break
        try:
            constrained = bench.constrained(question, max_tokens)
        except (ConstraintError, SchemaError, PromptTooLong):
            refused += 1
            continue
        except EngineError as error:
            bench.faults.append(f"{question.name}: {error}")
            continue
        if constrained.later_tokens < _FEWEST_TOKENS:
            short += 1
            continue
        speeds = bench.describe(constrained)
        bench.repeat(question, speeds, constrained, max_tokens, turn)
        measured.append(speeds)
        tell(f"case {len(measured)} of {count}: {question.name}")
    if count:
        say(
            f"Cases: {len(measured)} measured, seed {seed}; passed over: {refused} that do not compile or fit, "
            f"{short} answered in fewer than {_FEWEST_TOKENS} tokens after the first."
        )
    return measured


def _draw(path: Path, seed: int) -> Iterator[Question]:
    cases = list(read_cases(path))
    random.Random(seed).shuffle(cases)
    for case in cases:
        yield _question(case.name, json.dumps(case.schema), (("user", CASE_PROMPT),))


def _question(name: str, schema_text: str, turns: Sequence[tuple[str, str]]) -> Question:
    messages = [ChatMessage(role=role, content=content) for role, content in turns]
    return Question(name, schema_text, compose(messages, MatchesSchema(schema_text=schema_text)))


def _report(bench: Bench, samples: dict[str, Speeds], cases: list[Speeds], *, wanted: int) -> int:
    columns = ("tokens a second", "tokens", "forced", "retokenized", "free", "ours", "plain", "ours/free", "ours/plain")
    rows: list[tuple[Any, ...]] = [
        (
            name,
            speeds.tokens,
            speeds.forced,
            speeds.retokenized,
            *(median(each) for each in (speeds.free, speeds.ours, speeds.plain, speeds.to_free, speeds.to_plain)),
        )
        for name, speeds in samples.items()
    ]
    of_cases = {
        key: [value for speeds in cases for value in getattr(speeds, key)]
        for key in ("free", "ours", "plain", "to_free", "to_plain")
    }
    if cases:
        counts = (round(sum(getattr(each, key) for each in cases) / len(cases)) for key in _COUNTS)
        rows.append((f"{len(cases)} cases", *counts, *(median(values) for values in of_cases.values())))
    print_table("Decoding", columns, rows)
    say("retokenized: how many tokens the tokenizer itself makes of the answer's text. Means over the cases.")
    say(bench.pauses.describe())
    for failure in bench.plain_failures:
        say(f"plain failed: {failure}")
    if wanted and cases and len(cases) < wanted:
        bench.faults.append(f"only {len(cases)} of {wanted} cases could be measured")
    ratios = {f"{name}_ratio": median(samples[name].to_free) if name in samples else None for name in SCHEMAS}
    to_plain = [median(speeds.to_plain) for speeds in samples.values()]
    if cases:
        to_plain.append(median(of_cases["to_plain"]))
    figures = {
        **ratios,
        "cases_ratio": median(of_cases["to_free"]),
        "min_ratio_llama_cpp_python": lowest(to_plain),
        "cases": len(cases),
        "cases_cut": sum(each.cut for each in cases),
        "plain_failures": len(bench.plain_failures),
    }
    return close(figures, bench.faults)


_COUNTS = ("tokens", "forced", "retokenized")
