"""What a model is told so that it writes an interface: for a sentence, a change, one part, or what a form has sent.

A small model adapts what it is shown: an example or two of its own kind say more than a description of thirty
components, which would take thousands of tokens. So the system message is a few lines, the form of the answer is told by
examples, and of those that ship the ones nearest to the sentence are shown. The schema sees to the rest.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from engine.interface.profiles import answer_schema, part_schema, tree_schema
from engine.schema.pointer import value_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.interface.catalogue import Catalogue
    from engine.interface.sources import Source

Role = Literal["user", "assistant"]

REPETITION: Final = 1.05
"""The penalty for tokens that were written before."""
MOST_TOKENS: Final = 900


@dataclass(frozen=True)
class Means:
    """What a model may use: the components of a profile, and the data sources and pictures that are attached."""

    catalogue: Catalogue
    profile: Literal["core", "full"] = "core"
    sources: Sequence[Source] = ()
    images: Sequence[str] = ()


@dataclass(frozen=True)
class Brief:
    """What asks a model for an answer: a system message, the turns after it, and the schema that holds the answer.

    The messages tell the form of the answer; nothing is to be added about it. `repetition` and `max_tokens` are how
    small models come to an end.
    """

    system: str
    turns: tuple[tuple[Role, str], ...]
    schema_text: str
    repetition: float = REPETITION
    max_tokens: int = MOST_TOKENS


@dataclass(frozen=True)
class Shown:
    """An example that a model is shown: a sentence, and the screen that it leads to."""

    sentence: str
    tree: Any


def for_sentence(sentence: str, means: Means) -> Brief:
    """Return what asks for the screen that a sentence describes."""
    schema = tree_schema(means.catalogue, profile=means.profile, sources=means.sources, images=means.images)
    return _brief(_TASK, (*_shown(sentence, means), ("user", _with_sources(sentence, means))), schema)


def for_change(sentence: str, tree: Any, means: Means) -> Brief:
    """Return what asks for a screen as a sentence would have it: anew, or the changes that make it so."""
    asked = _with_sources(f"Screen:\n{_written(tree)}\n\nChange: {sentence}", means)
    return _brief(_CHANGING, (*_example_of("change"), ("user", asked)), _answer_schema(tree, means))


def for_submit(sent: str, tree: Any, means: Means) -> Brief:
    """Return what asks for the screen that follows what a form has sent: JSON text `{"action", "values"}`."""
    asked = _with_sources(f"Screen:\n{_written(tree)}\n\nSent: {sent}", means)
    return _brief(_FOLLOWING, (*_example_of("submit"), ("user", asked)), _answer_schema(tree, means))


def for_part(sentence: str, tree: Any, path: str, means: Means) -> Brief:
    """Return what asks for one part of a screen anew, by its pointer; what stands around it is told in outline."""
    part = value_at(tree, path) if path else tree
    schema = part_schema(
        means.catalogue, profile=means.profile, sources=means.sources, images=means.images, among=_among(tree, path)
    )
    asked = f"Screen:\n{outline(tree, path)}\n\nPart:\n{_written(part)}\n\nChange: {sentence}"
    return _brief(_PART, (*_example_of("part"), ("user", _with_sources(asked, means))), schema)
