"""What is wrong with a schema, each with a plain sentence, its place and what would mend it."""

from engine.schema.problems.lint import Linted, lint, settle
from engine.schema.problems.problem import Fix, Problem, Profile, Severity
from engine.schema.problems.rules import RULES, USUAL, Rule, Settings

__all__ = ["RULES", "USUAL", "Fix", "Linted", "Problem", "Profile", "Rule", "Settings", "Severity", "lint", "settle"]
