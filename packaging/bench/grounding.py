"""`bench grounding`: what it costs that a string can only be text of its document.

Documents of 500, 2,000 and 8,000 words are drawn (seeded) from the sample documents' own words. Timed for each:
preparing the text, beginning an answer, and each mask over the model's vocabulary while quotes of up to 25 words are
written into one field; beside it, the mask engine's own `substring_words`, which cannot be rolled back to where it was
and cuts words at their signs, over the same text.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

from _ours import SAMPLES
from _report import close, median, percentile, print_table, say_load
from llguidance import LLMatcher

from engine.constraint.compile import compile_constraint
from engine.constraint.grounding import GroundedMatcher, Grounds, QuotableText, Vocabulary
from engine.constraint.matcher import Matcher
from engine.constraint.spec import MatchesSchema
from engine.documents import read_document
from engine.model.vocabulary import load_vocabulary
from engine.schema.document import read_schema

if TYPE_CHECKING:
    from collections.abc import Callable

_WORDS = (500, 2_000, 8_000)
_QUOTES = 30
_SCHEMA = json.dumps(
    {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
)
_LARK = 'start: "{\\"a\\": \\"" SPAN "\\"}"\nSPAN: %regex {"substring_words": TEXT}\n'


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench grounding", description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", type=Path, metavar="FILE", help="a GGUF file (default: the bundled model)")
    asked = parser.parse_args(argv)
    say_load()
    drawn = random.Random(7)
    words = [
        word
        for path in sorted(SAMPLES.glob("*/documents/*"))
        for word in read_document(path).text.replace("|", " ").split()
    ]
    rows, figures = [], dict[str, float | None]()
    with load_vocabulary(asked.model) as closer:
        start = time.perf_counter()
        vocabulary = Vocabulary(closer.tokenizer)
        figures["vocabulary_ms"] = _ms(start)
        constraint = compile_constraint(MatchesSchema(schema_text=_SCHEMA))
        assert constraint is not None
        plain = constraint.matcher(closer.tokenizer)
        for size in _WORDS:
            text = " ".join(drawn.choices(words, k=size))
            start = time.perf_counter()
            quotable = QuotableText(text)
            prepare = _ms(start)
            start = time.perf_counter()
            grounds = Grounds(read_schema(_SCHEMA), quotable)
            ours = GroundedMatcher(closer.tokenizer, constraint.grammar, grounds, vocabulary, plain)
            begin = _ms(start)
            start = time.perf_counter()
            theirs = Matcher(closer.tokenizer, LLMatcher.grammar_from_lark(_LARK.replace("TEXT", json.dumps(text))))
            compiling = _ms(start)
            quotes = [_quote(quotable, drawn) for _ in range(_QUOTES)]
            masks = [_masks(matcher.anew, quotes, vocabulary) for matcher in (ours, theirs)]
            found = [size, prepare, begin]
            for times in masks:
                found += [median(times), percentile(times, 0.99), max(times)]
            rows.append((*found, compiling, len(masks[0]), len(masks[1])))
            figures |= {f"prepare_ms_{size}": prepare, f"mask_us_p50_{size}": found[3], f"mask_us_max_{size}": found[5]}
    columns = ("words", "prepare ms", "begin ms", "mask us p50", "p99", "max")
    print_table("Grounding", (*columns, "theirs p50", "p99", "max", "compile ms", "masks", "masks, theirs"), rows)
    return close(figures)


def _quote(text: QuotableText, drawn: random.Random) -> str:
    """Return a quote of up to 25 words."""
    start = int(drawn.choice(text.starts.tolist()))
    end = start
    for _ in range(drawn.randint(1, 25)):
        further = int(text.ahead[end + 1])
        if further < 0 or further + 1 >= len(text.data):
            break
        end = further
    return text.quote(start, end)


def _masks(anew: Callable[[], Matcher], quotes: list[str], vocabulary: Vocabulary) -> list[float]:
    """Return the microseconds of each mask while quotes are written, as far as they can be."""
    times = []
    for quote in quotes:
        matcher = anew()
        for token in vocabulary.tokenizer.tokenize_str(json.dumps({"a": quote}, ensure_ascii=False)):
            start = time.perf_counter()
            allowed = matcher.allowed()
            times.append(1000 * _ms(start))
            if token not in allowed:
                break
            matcher.consume(token)
    return times


def _ms(since: float) -> float:
    return 1000 * (time.perf_counter() - since)
