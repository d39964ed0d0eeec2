"""Looking for problems: the rules of the text and of the specification, one after the other, and what they found."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.schema.pointer import unescape
from engine.schema.problems import keywords, metaschema, names, references, strict, text, values
from engine.schema.problems.places import nearest, spans
from engine.schema.problems.problem import Problem, Profile, Severity
from engine.schema.problems.rules import RULES, USUAL, Settings
from engine.schema.problems.subject import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from engine.schema.editing import Syntax
    from engine.schema.problems.found import Found
    from engine.schema.problems.problem import Fix
    from engine.schema.problems.subject import Subject

MOST = 200
"""Problems that are told of one rule."""
_FINDERS: tuple[tuple[tuple[str, ...], Callable[[Subject], Iterator[Found]]], ...] = (
    (("bad-pattern",), keywords.bad_patterns),
    (("unknown-keyword", "foreign-keyword", "ignored-keyword"), keywords.idle_keywords),
    (("unresolved-ref", "idle-ref"), references.unresolved),
    (("unused-definition",), references.unused),
    (("undefined-required",), names.undefined_required),
    (("duplicate-enum",), values.repeated),
    (("bad-default", "bad-example"), values.unfit),
    (tuple(rule for rule, known in RULES.items() if known.profile is Profile.STRICT), strict.strict),
)
_GRAVEST = (Severity.ERROR, Severity.WARNING, Severity.HINT)


@dataclass(frozen=True)
class Linted:
    """What was found in a schema, and what there is of it for other rules to look at.

    `value` is what the text says as JSON; None where it is not JSON. `subject` is None where no schema is left of
    that without the keywords that cannot have the values they have. `valid` tells that all of it is a schema.
    """

    found: tuple[Found, ...]
    subject: Subject | None
    valid: bool
    value: Any = None


def lint(syntax: Syntax, settings: Settings = USUAL) -> Linted:
    """Hold a text against JSON and the specification of JSON Schema."""
    reading = text.read(syntax)
    found = list(reading.found)
    if not reading.is_json:
        return Linted(tuple(found), None, valid=False)
    violations, subject = metaschema.check(syntax.text, reading.value)
    found += violations
    valid = not any(RULES[each.rule].severity is Severity.ERROR for each in found)
    if subject is not None:
        found += search(subject, settings, _FINDERS)
    return Linted(tuple(found), subject, valid, reading.value)


def search(
    subject: Subject,
    settings: Settings,
    finders: Iterable[tuple[tuple[str, ...], Callable[[Subject], Iterator[Found]]]],
) -> Iterator[Found]:
    """Yield what finders find of whose rules a person wants to know, a few more of each than are told."""
    for rules, finder in finders:
        if settings.asks(*rules):
            found = finder(subject)
            sound = _sound(found, subject.marred) if subject.marred else found
            yield from itertools.islice(sound, MOST * len(rules) + 1)


def _sound(found: Iterable[Found], marred: frozenset[str]) -> Iterator[Found]:
    """Leave out what was found in marred subschemas, and fixes that touch them: the text says other things there."""
    for each in found:
        if place_of(each.at)[0] not in marred:
            fixes = tuple(fix for fix in each.fixes if not any(place_of(at)[0] in marred for at in _touched(fix)))
            yield dataclasses.replace(each, fixes=fixes)


def _touched(fix: Fix) -> Iterator[str]:
    for operation in fix.operations:
        yield from (getattr(operation, name) for name in ("pointer", "parent") if hasattr(operation, name))


def settle(syntax: Syntax, found: Iterable[Found], settings: Settings) -> tuple[tuple[Problem, ...], bool]:
    """Return the problems of a text in its order, the gravest first at one place; and whether there are more of them.

    What is switched off is left out, and what one rule finds beyond the first `MOST`.
    """
    counts = Counter[str]()
    kept = []
    for each in found:
        if settings.severity(each.rule) is not Severity.OFF:
            counts[each.rule] += 1
            if counts[each.rule] <= MOST:
                kept.append(each)
    places = spans(syntax, {each.at for each in kept if each.span is None})
    problems = []
    for each in kept:
        pointer, keyword = place_of(each.at)
        if each.keyword and keyword is None:
            pointer, _, token = each.at.rpartition("/")
            keyword = unescape(token)
        start, end = each.span or nearest(places, each.at).span(on_key=each.on_key)
        severity = settings.severity(each.rule)
        profile = RULES[each.rule].profile
        problems.append(Problem(each.rule, profile, severity, pointer, keyword, each.sentence, start, end, each.fixes))
    problems.sort(key=lambda each: (each.start, _GRAVEST.index(each.severity), each.rule))
    return tuple(problems), any(count > MOST for count in counts.values())
