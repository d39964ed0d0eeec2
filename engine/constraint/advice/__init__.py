"""What keeps a model from writing well under a schema, or at all: the rules of the profile Generation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.constraint.advice.given import impossible_values
from engine.constraint.advice.lengths import free_arrays, free_strings
from engine.constraint.advice.ranges import empty_ranges, missing_multiples
from engine.constraint.advice.reasoning import answers_first
from engine.constraint.advice.recursion import endless
from engine.constraint.advice.strings import impossible_patterns
from engine.schema.problems.lint import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.schema.problems import Settings
    from engine.schema.problems.found import Found
    from engine.schema.problems.subject import Subject

_FINDERS: tuple[tuple[tuple[str, ...], Callable[[Subject], Iterator[Found]]], ...] = (
    (("empty-range",), empty_ranges),
    (("no-multiple",), missing_multiples),
    (("no-value", "impossible-value"), impossible_values),
    (("endless",), endless),
    (("answer-first",), answers_first),
    (("free-string",), free_strings),
    (("free-array",), free_arrays),
    (("impossible-pattern",), impossible_patterns),
)


def advise(subject: Subject, settings: Settings) -> Iterator[Found]:
    """Yield what the schema alone tells; what planning it tells is told by `engine.constraint.advice.planning`."""
    return search(subject, settings, _FINDERS)
