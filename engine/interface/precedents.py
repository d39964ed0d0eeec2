"""Screens that a model is shown before it writes one of its own, each with the sentence that leads to it.

A small model takes over the form of what it is shown, and much of its contents. So the one that shares most words with
the sentence is shown: what is taken over then fits.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from engine.resources import resource

_K1: Final = 1.2
_B: Final = 0.6
_OWN: Final = 3
"""How often a word of the sentence counts, against one of the screen."""


@dataclass(frozen=True)
class Precedent:
    """A sentence, and the screen that it leads to."""

    sentence: str
    tree: Any

    @property
    def asks(self) -> bool:
        """Whether there is something to be filled in and sent."""
        return any(child.get("type") == "form" for child in self.tree["children"])


def nearest(sentence: str, *, asks: bool | None = None) -> Precedent:
    """Return the screen whose sentence and words are nearest to a sentence (BM25, Robertson et al. 1994).

    Of those alone that ask for something to be filled in, or that do not, unless `asks` is None. Where none shares a
    word with it, the first one of these.
    """
    wanted = set(words_of(sentence))
    screens, counted, lengths, often = _indexed()
    mean = sum(lengths) / len(lengths)

    def score(index: int) -> float:
        total = 0.0
        for word in wanted & counted[index].keys():
            rarity = math.log(1 + (len(screens) - often[word] + 0.5) / (often[word] + 0.5))
            times = counted[index][word]
            total += rarity * times * (_K1 + 1) / (times + _K1 * (1 - _B + _B * lengths[index] / mean))
        return total

    among = [index for index, screen in enumerate(screens) if asks is None or screen.asks == asks]
    return screens[max(among, key=lambda index: (score(index), -index))]


def exchange(kind: Literal["change", "submit", "part"]) -> list[tuple[Literal["user", "assistant"], str]]:
    """Return an example of a change, of what follows a form that was sent, or of a part that is written anew."""
    shown = _shipped()[kind]
    return [("user", shown["asked"]), ("assistant", json.dumps(shown["answer"], ensure_ascii=False))]


def words_of(text: str) -> list[str]:
    """Return the words that a text is about, in small letters and without their endings."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return [_stem(word) for word in words if word not in _passed_over() and len(word) > 1]


def _stem(word: str) -> str:
    for ending in ("ings", "ing", "ies", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


@cache
def _shipped() -> dict[str, Any]:
    shipped: dict[str, Any] = json.loads(resource("interface", "precedents.json").read_text("utf-8"))
    return shipped


@cache
def _passed_over() -> frozenset[str]:
    """Return the words that say nothing of a screen."""
    return frozenset(_shipped()["passed over"].split())


@cache
def _indexed() -> tuple[list[Precedent], list[Counter[str]], list[int], Counter[str]]:
    """Return the screens, the words of each with how often they count, their sums, and in how many each word is."""
    screens = [Precedent(each["sentence"], each["tree"]) for each in _shipped()["screens"]]
    counted = []
    for screen in screens:
        words = Counter(words_of(json.dumps(screen.tree, ensure_ascii=False)))
        for word in words_of(screen.sentence):
            words[word] += _OWN
        counted.append(words)
    often = Counter(word for words in counted for word in words)
    return screens, counted, [sum(words.values()) for words in counted], often
