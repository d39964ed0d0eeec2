"""What the words of a sentence say of the screen it asks for: read off by lists of words that ship as data.

English words; a sentence in another language says what it lists, by its colon and commas, and nothing else.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, Final, Literal

from engine.resources import resource

Intent = Literal["asks", "shows"]
WordList = Literal["asks", "orders", "shows", "tables", "charts", "removes", "adds"]

_MOST: Final = 8
_LONGEST: Final = 40
_WORDIEST: Final = 6
_LONGEST_HEADLINE: Final = 60
_WORDIEST_HEADLINE: Final = 9
_OPENING: Final = re.compile(
    r"^(?:(?:please|show|make|create|build|draw|design|give|i (?:want|need)|i would like)\s+)?"
    r"(?:me\s+|us\s+)?(?:an?\s+|the\s+)?",
    re.IGNORECASE,
)
_LEADING: Final = re.compile(r"^(?:an?|the|one|one's|their|its|your|my|and|or|with)\s+", re.IGNORECASE)
_INTRODUCED: Final = (re.compile(r"\bwith\b", re.IGNORECASE), re.compile(r"\bfor (?=[^,]+,)", re.IGNORECASE))
_DIVIDED: Final = re.compile(r",|;|\band\b", re.IGNORECASE)


def intent_of(sentence: str) -> Intent | None:
    """Return whether a sentence asks for something to be filled in or only shows something; None where it is unclear.

    The word that comes first decides; some ask only where the sentence begins with them, as an order ("Report a lamp").
    Where no word is known, what is listed may tell by its words what is filled in.
    """
    words = plain_words(sentence)
    if words[:1] and words[0] in known("orders"):
        return "asks"
    for word in words:
        if word in known("asks"):
            return "asks"
        if word in known("shows"):
            return "shows"
    return "asks" if sum(input_kind(each) != "text" for each in listed(sentence)) > 1 else None


def listed(sentence: str) -> tuple[str, ...]:
    """Return what a sentence lists, each as the heading of what is to stand there; nothing where it lists nothing.

    A list stands behind a colon, or behind "with" or "for"; it has two entries or more, of a few words each.
    """
    _, colon, tail = sentence.partition(":")
    if not colon:
        introduced = next(filter(None, (pattern.search(sentence) for pattern in _INTRODUCED)), None)
        tail = sentence[introduced.end() :] if introduced else ""
    found: dict[str, None] = {}
    for part in _DIVIDED.split(tail):
        words = _LEADING.sub("", part.strip(" .!?\n\t"))
        if words and len(words.split()) <= _WORDIEST:
            found[(words[0].upper() + words[1:])[:_LONGEST]] = None
    return tuple(found)[:_MOST] if len(found) > 1 else ()


def headline(sentence: str) -> str | None:
    """Return what a sentence calls the screen: what stands before the list; None where that is nothing or too much."""
    head = sentence.partition(":")[0]
    introduced = _INTRODUCED[0].search(head)
    words = _OPENING.sub("", (head[: introduced.start()] if introduced else head).strip(" .!?,;\n\t"))
    return (words[0].upper() + words[1:])[:_LONGEST_HEADLINE] if 0 < len(words.split()) <= _WORDIEST_HEADLINE else None


def input_kind(label: str) -> str:
    """Return what kind of input stands under a label, as its words tell: a choice, a toggle, or a field of a kind."""
    return next((kind for kind, pattern in _patterns() if pattern.search(label)), "text")


def components_named(sentence: str) -> list[str]:
    """Return the types of components that a sentence names, in the order of the data."""
    words = set(plain_words(sentence))
    return [kind for kind, names in _shipped()["components"].items() if words & set(names.split())]


def usual_names(kind: str) -> list[str]:
    """Return names for an input of a kind of which nothing else is known: the model says what it is called."""
    names: list[str] = _shipped()["names"][kind]
    return names


def plain_words(sentence: str) -> list[str]:
    """Return the words of a sentence in small letters, as they stand."""
    return re.findall(r"[^\W\d_]+", sentence.casefold())


@cache
def known(words: WordList) -> frozenset[str]:
    """Return a list of words: those by which a sentence asks, shows, adds, and so on."""
    return frozenset(_shipped()[words].split())


@cache
def _shipped() -> dict[str, Any]:
    shipped: dict[str, Any] = json.loads(resource("interface", "wording.json").read_text("utf-8"))
    return shipped


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _shipped()["kinds"])
