"""`espalier schema problems` and `rules`: what is wrong with a schema, what would mend it, and what is looked for."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from engine.cli.console import showable
from engine.constraint.examiner import Examiner
from engine.errors import InvalidRequest
from engine.schema.editing import EditableSchema, Syntax
from engine.schema.problems import RULES, USUAL, Profile, Settings, Severity

if TYPE_CHECKING:
    import argparse

    from engine.constraint.examine import Examination
    from engine.schema.problems import Problem

_MOST_FIXES = 1_000


def problems(options: argparse.Namespace, text: str) -> int:
    """Print the problems of a schema, or the schema with some mended; return 1 where one is an error."""
    settings = _settings(options)
    with Examiner() as examiner:
        if options.fix:
            print(_mended(examiner, text, settings, _rules(options.fix)), end="")
            return 0
        examined = examiner.examine(text, settings)
    if options.json:
        _print_json(examined, text)
    else:
        _print(examined, text, str(options.file))
    return 1 if examined.counts()[Severity.ERROR] else 0


def rules(_options: argparse.Namespace) -> int:
    """Print every rule with its profile and how grave it is; return the exit code."""
    table = Table(box=None, pad_edge=False)
    for column in ("Rule", "Profile", "Severity", "What has to hold"):
        table.add_column(column, overflow="fold")
    for rule in RULES.values():
        table.add_row(rule.name, rule.profile.value, rule.severity.value, rule.meaning)
    Console(width=None if sys.stdout.isatty() else 200, markup=False, highlight=False).print(table)
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    severities = {}
    for each in options.rule or ():
        name, _, severity = each.partition("=")
        if severity not in set(Severity):
            known = ", ".join(Severity)
            raise InvalidRequest(f"--rule: {each} names no severity.", advice=f"Write {name}= and one of: {known}.")
        severities[_rules([name])[0]] = Severity(severity)
    profiles = frozenset(Profile(each) for each in options.against) if options.against else USUAL.profiles
    return Settings(profiles, severities, options.tokens)


def _rules(names: list[str]) -> list[str]:
    for name in names:
        if name not in RULES:
            raise InvalidRequest(f"There is no rule {showable(name)}.", advice="espalier schema rules lists them.")
    return names


def _mended(examiner: Examiner, text: str, settings: Settings, rules: list[str]) -> str:
    """Make the first fix of each problem of some rules, one after the other, until none is left that helps."""
    only = {name: settings.severity(name) if name in rules else Severity.OFF for name in RULES}
    edited, tried = EditableSchema(text), set[tuple[str, str, str]]()
    for _ in range(_MOST_FIXES):
        found = examiner.examine(edited.text, Settings(settings.profiles, only, settings.token_limit)).problems
        problem = next((each for each in found if each.fixes and _name(each) not in tried), None)
        if problem is None:
            break
        tried.add(_name(problem))
        edited.apply(*problem.fixes[0].operations, label=problem.fixes[0].label)
        print(f"{problem.fixes[0].label}: {showable(problem.sentence)}", file=sys.stderr)
    return edited.text


def _name(problem: Problem) -> tuple[str, str, str]:
    return problem.rule, f"{problem.pointer} {problem.keyword}", problem.sentence


def _print(examined: Examination, text: str, name: str) -> None:
    syntax = Syntax(text)
    for problem in examined.problems:
        line, column = syntax.line_column(problem.start)
        sentence = showable(problem.sentence)
        print(f"{name}:{line}:{column}: {problem.severity}: {sentence} [{problem.rule}]")
        for fix in problem.fixes:
            print(f"    fix: {showable(fix.label)}")
    counts = [f"{count:,} {each}{'' if count == 1 else 's'}" for each, count in examined.counts().items() if count]
    more = " There are more of some of them." if examined.more else ""
    print(f"{', '.join(counts)}.{more}" if counts else "No problems found.", file=sys.stderr)


def _print_json(examined: Examination, text: str) -> None:
    syntax = Syntax(text)
    told = []
    for problem in examined.problems:
        line, column = syntax.line_column(problem.start)
        told.append({"line": line, "column": column, **problem.to_json()})
    json.dump({"valid": examined.valid, "more": examined.more, "problems": told}, sys.stdout, indent=2)
    print()
