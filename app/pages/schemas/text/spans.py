"""Problems of a text with their places, which go along while the text is edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from engine.schema.editing.edits import Moves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.schema.editing import Step

WORST_FIRST = ("error", "warning", "hint")


class TextProblem(Protocol):
    """What is wrong with a span of the text (code points): its severity is "error", "warning" or "hint"."""

    @property
    def start(self) -> int:
        """The place of its first character."""

    @property
    def end(self) -> int:
        """The place behind its last character."""

    @property
    def severity(self) -> str:
        """How bad it is."""

    @property
    def sentence(self) -> str:
        """What is wrong, in a sentence."""


@dataclass(frozen=True)
class Span:
    """A problem where it stands now."""

    start: int
    end: int
    problem: TextProblem

    @property
    def severity(self) -> str:
        """How bad it is, as a plain word."""
        return str(self.problem.severity)


class ProblemSpans:
    """Problems in the order of the text; after an edit they stand where what they spoke of has gone."""

    def __init__(self, problems: Iterable[TextProblem] = ()) -> None:
        made = (Span(problem.start, max(problem.end, problem.start), problem) for problem in problems)
        self.spans = sorted(made, key=lambda span: (span.start, WORST_FIRST.index(span.severity)))

    def __len__(self) -> int:
        return len(self.spans)

    def edited(self, step: Step) -> None:
        """Go along with an edit; an end stays before what is put in right behind it."""
        moves = Moves(step)
        starts = [moves(span.start, behind=True) for span in self.spans]
        self.spans = [
            Span(start, max(moves(span.end), start), span.problem)
            for start, span in zip(starts, self.spans, strict=True)
        ]

    def between(self, start: int, end: int) -> Iterator[Span]:
        """Yield the problems that a span of the text touches."""
        return (span for span in self.spans if span.start <= end and span.end >= start)

    def at(self, place: int) -> list[Span]:
        """Return the problems that speak of a place, worst first."""
        found = [span for span in self.spans if span.start <= place < max(span.end, span.start + 1)]
        return sorted(found, key=lambda span: WORST_FIRST.index(span.severity))

    def after(self, place: int) -> Span | None:
        """Return the next problem behind a place, or else the first."""
        return next((span for span in self.spans if span.start > place), next(iter(self.spans), None))

    def before(self, place: int) -> Span | None:
        """Return the last problem before a place, or else the last of all."""
        return next((span for span in reversed(self.spans) if span.start < place), next(reversed(self.spans), None))
