"""Examining a schema's text: everything that is wrong with it, and how each of its keywords will be held to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.constraint.advice import advise
from engine.constraint.advice.planning import checked, refused, too_small
from engine.constraint.compile import plan_schema
from engine.errors import ConstraintError, EngineError
from engine.schema.drafts import Draft
from engine.schema.editing import Syntax
from engine.schema.problems import USUAL, Problem, Settings, Severity, lint, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.constraint.closing import Closer
    from engine.constraint.enforcement import How
    from engine.schema.problems import Linted


@dataclass(frozen=True)
class Examination:
    """What came of examining a text.

    `valid` tells that it is a JSON Schema, of the draft `draft`. `enforcement` says of each subschema, by its pointer,
    how each of its keywords will be held to; it is empty where the schema is none, or `refused`. `more` tells that one
    rule found more than is told. `planned` is false as long as it was not tried whether it can be held to.
    """

    problems: tuple[Problem, ...]
    valid: bool
    draft: Draft | None = None
    enforcement: dict[str, dict[str, How]] = field(default_factory=dict)
    refused: EngineError | None = None
    more: bool = False
    planned: bool = False

    def counts(self) -> dict[Severity, int]:
        """Return how many problems of each severity there are."""
        severities = [problem.severity for problem in self.problems]
        return {each: severities.count(each) for each in (Severity.ERROR, Severity.WARNING, Severity.HINT)}

    def to_json(self) -> dict[str, Any]:
        """Return the examination as plain JSON."""
        return {
            "problems": [problem.to_json() for problem in self.problems],
            "valid": self.valid,
            "draft": self.draft.value if self.draft is not None else None,
            "enforcement": self.enforcement,
            "refused": self.refused.to_json() if self.refused is not None else None,
            "more": self.more,
            "planned": self.planned,
        }

    @classmethod
    def from_json(cls, payload: dict[str, Any]) -> Examination:
        """Restore an examination from `to_json`."""
        return cls(
            problems=tuple(Problem.from_json(each) for each in payload["problems"]),
            valid=payload["valid"],
            draft=Draft(payload["draft"]) if payload["draft"] is not None else None,
            enforcement=payload["enforcement"],
            refused=EngineError.from_json(payload["refused"]) if payload["refused"] is not None else None,
            more=payload["more"],
            planned=payload["planned"],
        )


def examine(
    text: str,
    settings: Settings = USUAL,
    *,
    vocabulary: Closer | None = None,
    tell: Callable[[Examination], None] | None = None,
) -> Examination:
    """Examine a schema's text; never raises for what it says.

    `tell` is given what is known before the schema is planned, which may take long. With a `vocabulary`, the least size
    is counted in its tokens; else it is estimated.
    """
    syntax = Syntax(text)
    linted = lint(syntax, settings)
    found = list(linted.found)
    if linted.subject is not None:
        found += advise(linted.subject, settings)
    problems, more = settle(syntax, found, settings)
    first = Examination(problems, linted.valid, _draft(linted), more=more)
    if not linted.valid or linted.subject is None:
        return first
    if tell is not None:
        tell(first)
    enforcement: dict[str, dict[str, How]] = {}
    refusal: ConstraintError | None = None
    try:
        planned = plan_schema(linted.subject.document)
        for use in planned.uses:
            enforcement.setdefault(use.pointer, {})[use.keyword] = use.how
        if settings.asks("checked-only"):
            found += checked(planned.uses)
        constraint = planned.compiled()
        if settings.token_limit is not None and settings.asks("least-size"):
            found += too_small(constraint, settings.token_limit, vocabulary)
    except ConstraintError as error:
        refusal = error
        enforcement.clear()
        found += refused(error, linted.subject.document.root, found)
    problems, more = settle(syntax, found, settings)
    return Examination(problems, linted.valid, _draft(linted), enforcement, refusal, more, planned=True)


def _draft(linted: Linted) -> Draft | None:
    return linted.subject.document.draft if linted.subject is not None else None
