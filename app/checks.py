"""A schema's text, checked: is it JSON, is it a JSON Schema, and on which line is it not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from app.style.plain_text import one_line

if TYPE_CHECKING:
    from engine.errors import EngineError
    from engine.schema import problems
    from engine.schema.editing import Syntax

_OFF = ("bad-default", "bad-example", "duplicate-enum", "undefined-required", "unused-definition")
"""Rules that somebody need not hear of who wants to run a schema, not to write one."""


@dataclass(frozen=True)
class Problem:
    """Something wrong in a text: a sentence, and its line (from 1) and column (from 1; 0: the whole line).

    A `warning` is something that may not be meant so. A sentence that quotes a text without end is cut short.
    """

    message: str
    line: int
    column: int = 0
    pointer: str = ""
    length: int = 0
    warning: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", one_line(self.message))


@dataclass(frozen=True)
class SchemaCheck:
    """What is known about a schema's text. `schema` is None where the text is not JSON.

    `warnings` do no harm: keywords that say nothing, though somebody probably meant something by them.
    """

    text: str
    schema: Any = None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    syntax: Syntax | None = field(default=None, compare=False, repr=False)

    @property
    def valid(self) -> bool:
        """Whether the text may be held against a model."""
        return not self.problems

    def place(self, pointer: str | None) -> tuple[int, int]:
        """Return line and column of a JSON Pointer, or of its nearest parent that is known."""
        pointer = (pointer or "").removeprefix("#")
        if self.syntax is None:
            return 1, 1
        while pointer.startswith("/"):
            found = self.syntax.find_member(pointer) or self.syntax.find(pointer)
            if found is not None:
                return self.syntax.line_column(found.start)
            pointer = pointer.rpartition("/")[0]
        return self.syntax.line_column(self.syntax.root.start) if self.syntax.root is not None else (1, 1)


def check_schema(text: str) -> SchemaCheck:
    """Read a schema, hold it against its metaschema, and find what leads nowhere in it or says nothing."""
    # Imported with the first check: the window opens without it.
    from engine.schema.editing import Syntax
    from engine.schema.problems import Profile, Settings, Severity, lint, settle

    weights = dict.fromkeys(_OFF, Severity.OFF) | {"unresolved-ref": Severity.WARNING}  # the engine refuses it
    settings = Settings(frozenset({Profile.JSON_SCHEMA}), weights)
    syntax = Syntax(text)
    linted = lint(syntax, settings)
    found, _ = settle(syntax, linted.found, settings)
    told = [(each.severity, _located(syntax, each)) for each in found]
    return SchemaCheck(
        text,
        linted.value,
        tuple(problem for severity, problem in told if severity is Severity.ERROR),
        tuple(replace(problem, warning=True) for severity, problem in told if severity is Severity.WARNING),
        syntax,
    )


def located(check: SchemaCheck, error: EngineError) -> SchemaCheck:
    """Return the check with an error of the engine added at its line."""
    line, column = check.place(error.where)
    message = error.message + (f" {error.advice}" if error.advice else "")
    problem = Problem(message, line, column, error.where or "")
    return replace(check, problems=(*check.problems, problem))


def _located(syntax: Syntax, problem: problems.Problem) -> Problem:
    line, column = syntax.line_column(problem.start)
    return Problem(problem.sentence, line, column, problem.pointer, problem.end - problem.start)
