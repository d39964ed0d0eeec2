"""A profile with a great many conversations, for whoever measures how the store and the window bear them.

Always the same for the same seed: words that occur as often as those of a language do, questions, answers in prose
and in JSON, branches, folders, pins, and one thread far longer than the others.
"""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine.store import Answer, Store
from engine.store.trees import Message, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_COMMON = (
    "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which "
    "one you were her all she there would their we him been has when who will more no if out so said what up its about "
    "into than them can only other new some could time these two may then do first any my now such like our over man "
    "me even most made after also did many before must through back years where much your way well down should because"
)
_SUBJECTS = (
    "invoice schema object string number array record field total vendor date amount currency line order customer "
    "address street city country table column value model answer question token mask grammar pattern document page "
    "report meeting minutes letter contract clause party payment delivery shipment product quantity price discount tax "
    "garden pear apple orchard trellis branch pruning winter spring harvest soil water frost wall frame espalier "
    "garçon façade naïve Müller Straße Zürich café résumé coöperate Ångström señor jalapeño"
)
_SYLLABLES = "ba be bi bo bra co cra da del dor el en fa fer ga gra hal i ka kor la len lo ma mer mi na nor o pa"
_FOLDERS = ("Invoices", "Letters", "Schemas", "Trials", "Garden", "Contracts", "Minutes", "Reading")
_START = datetime(2025, 1, 6, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """What was made: the ids of all threads, and of the one with the most messages."""

    threads: list[int]
    longest: int
    messages: int


def make_profile(
    profile: Path, *, threads: int = 2_000, messages: int = 100_000, longest: int = 10_000, seed: int = 4
) -> Made:
    """Fill a fresh profile in one transaction; the longest thread is in the middle of the others."""
    draw = random.Random(seed)
    words = _Words(draw)
    shares = [draw.paretovariate(1.3) for _ in range(threads - 1)]
    scale = (messages - longest - 2 * (threads - 1)) / sum(shares)
    sizes = [2 + int(share * scale) for share in shares]
    sizes[0] += messages - longest - sum(sizes)
    sizes.insert(threads // 2, longest)
    with Store(profile) as store:
        ids = store.trees.insert(_tree(words, draw, number, size) for number, size in enumerate(sizes))
    return Made(ids, ids[threads // 2], sum(sizes))


class _Words:
    """Texts whose words are as frequent as their rank says (Zipf)."""

    def __init__(self, draw: random.Random) -> None:
        rare = {"".join(draw.choices(_SYLLABLES.split(), k=draw.randint(2, 4))) for _ in range(20_000)}
        self._words = [*_COMMON.split(), *_SUBJECTS.split(), *sorted(rare)]
        self._weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(self._words))))
        self._draw = draw

    def some(self, count: int) -> list[str]:
        return self._draw.choices(self._words, cum_weights=self._weights, k=count)

    def prose(self, count: int) -> str:
        words = self.some(count)
        for at in range(0, count, 13):
            words[at] = words[at].capitalize()
            words[at - 1] += "." if at % 39 else ".\n\n"
        return " ".join(words).rstrip() + "."

    def record(self) -> dict[str, Any]:
        vendor, city, item = self.some(3)
        total = self._draw.randint(100, 999_999) / 100
        return {
            "vendor": vendor.capitalize(),
            "city": city.capitalize(),
            "number": f"{self._draw.randint(2019, 2026)}-{self._draw.randint(1, 9999):04}",
            "total": total,
            "items": [{"name": item, "quantity": self._draw.randint(1, 9), "note": " ".join(self.some(6))}],
        }


def _tree(words: _Words, draw: random.Random, number: int, size: int) -> Tree:
    at = _START + timedelta(minutes=90 * number)
    structured = draw.random() < 0.5
    messages = tuple(_messages(words, draw, at, size, structured=structured))
    return Tree(
        title=" ".join(words.some(draw.randint(3, 8))).capitalize(),
        titled=draw.random() < 0.3,
        folder=draw.choice(_FOLDERS) if draw.random() < 0.4 else None,
        pinned=draw.random() < 0.01,
        kind="schema" if structured else "text",
        created=at.isoformat(),
        updated=messages[-1].created,
        settings={"system": words.prose(20), "schema": json.dumps(_schema(words)), "temperature": 0.7},
        draft=words.prose(30) if draw.random() < 0.2 else "",
        messages=messages,
        head=size - 1,
    )


def _messages(words: _Words, draw: random.Random, at: datetime, size: int, *, structured: bool) -> Iterator[Message]:
    last: int | None = None
    for place in range(size):
        created = (at + timedelta(seconds=40 * place)).isoformat()
        if place % 2 == 0:
            yield Message("user", words.prose(draw.randint(6, 60)), last, created=created)
            last = place
            continue
        text = json.dumps(words.record(), indent=1) if structured else words.prose(draw.randint(20, 160))
        answer = Answer({"seed": draw.randint(0, 2**31)}, receipt={"finish_reason": "stop", "tokens": len(text) // 4})
        yield Message("assistant", text, last, created=created, answer=answer)
        # One answer in twenty is asked for again: the next question follows the question's other answer.
        last = last if draw.random() < 0.05 and place + 1 < size else place


def _schema(words: _Words) -> dict[str, Any]:
    names = {word: {"type": "string", "description": words.prose(8)} for word in words.some(12)}
    return {"type": "object", "properties": names, "required": sorted(names), "additionalProperties": False}
