"""What the metaschema forbids: every keyword with a value that it cannot have, not just the first.

The metaschemas are the published ones (`jsonschema_specifications`), held to by jsonschema-rs as `read_schema` does.
"""

from __future__ import annotations

import copy
import functools
import itertools
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import jsonschema_specifications  # type: ignore[import-untyped]

from engine.schema.document import SchemaDocument, unreadable_ids
from engine.schema.drafts import Draft, declared_draft, guess_draft, meant_draft
from engine.schema.editing import Remove, Set
from engine.schema.pointer import to_pointer, unescape, value_at
from engine.schema.problems.expected import TYPES, Wanted, wanted
from engine.schema.problems.found import Found, listed, quoted, told
from engine.schema.problems.keywords import bad_pattern
from engine.schema.problems.problem import Fix
from engine.schema.problems.spelling import is_tuple, repairs, required_above
from engine.schema.problems.subject import Subject, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema_rs import ValidationError

_MOST = 2_000
"""Violations that are looked at: the newer metaschemas tell of one up to eight times."""
_ROUNDS = 3
_VALIDATORS = {
    Draft.D4: jsonschema_rs.Draft4Validator,
    Draft.D6: jsonschema_rs.Draft6Validator,
    Draft.D7: jsonschema_rs.Draft7Validator,
    Draft.D2019: jsonschema_rs.Draft201909Validator,
    Draft.D2020: jsonschema_rs.Draft202012Validator,
}


def check(text: str, value: Any) -> tuple[list[Found], Subject | None]:
    """Return what a JSON value has that no schema may have, and what is left of it to look at without that."""
    if not isinstance(value, dict | bool):
        sentence = f"A schema is a JSON object, or true or false; this is {told(value)}."
        return [Found("metaschema", "", sentence)], None
    found = list(_undeclared(value))
    root: dict[str, Any] | bool = value
    if found and isinstance(value, dict):
        root = {key: each for key, each in value.items() if key != "$schema"}
    declared = declared_draft(root)
    document = SchemaDocument(text, root, Draft(declared) if declared is not None else guess_draft(root))
    marred = set[str]()
    for rounds in range(_ROUNDS):
        violations = _violations(document)
        if not violations:
            return found, Subject(document, frozenset(marred))
        marred.update(place_of(at)[0] for at in violations)
        if rounds == 0:  # what comes later comes of what was left out
            found += [_tell(document, value, at) for at in violations]
        rest = _without(document.root, violations)
        if rest is None:
            break
        document = SchemaDocument(text, rest, document.draft)
    return found, None


def _undeclared(root: dict[str, Any] | bool) -> Iterator[Found]:
    """Yield what is wrong with the draft that a schema declares."""
    if not isinstance(root, dict) or "$schema" not in root:
        return
    declared = declared_draft(root)
    if declared is not None and declared in set(Draft):
        return
    meant = meant_draft(declared) if declared is not None else None
    sentence = f"The draft {told(root['$schema'], 60)} is not known."
    if declared is None:
        sentence = f"$schema has to be the URI of a draft; this is {told(root['$schema'])}."
    draft = meant or Draft.D2020
    yield Found(
        "unknown-draft",
        "/$schema",
        sentence,
        (Fix(f"Declare {draft.spoken}", (Set("/$schema", draft.uri),)), Fix("Remove $schema", (Remove("/$schema"),))),
    )


def _violations(document: SchemaDocument) -> list[str]:
    """Return the pointer of each value that the metaschema forbids, in the order in which they were found."""
    if not isinstance(document.root, dict):
        return []
    if jsonschema_rs.meta.is_valid({"$schema": str(document.draft)} | document.root):
        return list(unreadable_ids(document))
    errors = itertools.islice(_metaschema(document.draft).iter_errors(document.root), _MOST)
    kept = (error for error in errors if not _is_let_pass(document.draft, error))
    found = list(dict.fromkeys(_place(document.root, error) for error in kept))
    return found or [""]


@functools.cache
def _metaschema(draft: Draft) -> jsonschema_rs.Validator:
    # Formats are asserted where `jsonschema_rs.meta` does, which the reading of a schema goes by.
    root = jsonschema_specifications.REGISTRY.contents(str(draft))
    return _VALIDATORS[draft](root, validate_formats=draft.age <= Draft.D7.age, offline=True)


def _place(root: dict[str, Any], error: ValidationError) -> str:
    at = to_pointer(_path(root, error))
    if type(error.kind).__name__.endswith("Required") and isinstance(error.instance, dict):
        # Draft 4: a flag that says something of a bound that is not there.
        for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if flag in error.instance and bound not in error.instance:
                return f"{at}/{flag}"
    if type(error.kind).__name__.endswith("PropertyNames") and isinstance(error.instance, dict):
        named = next((name for name in error.instance if not _is_pattern(name)), None)
        return at if named is None else at + to_pointer([named])
    return at


def _path(root: dict[str, Any], error: ValidationError) -> list[str | int]:
    """Return the path of what is wrong; jsonschema-rs (0.60) leaves empty keys out of it."""
    pending: list[tuple[Any, int, list[str | int]]] = [(root, 0, [])]
    while pending:
        here, taken, path = pending.pop()
        if taken == len(error.instance_path) and here == error.instance:
            return path
        if isinstance(here, dict) and "" in here:
            pending.append((here[""], taken, [*path, ""]))
        if taken < len(error.instance_path):
            step = error.instance_path[taken]
            if isinstance(here, dict) and step in here:
                pending.append((here[str(step)], taken + 1, [*path, step]))
            elif isinstance(here, list) and isinstance(step, int) and step < len(here):
                pending.append((here[step], taken + 1, [*path, step]))
    return list(error.instance_path)


def _is_pattern(name: str) -> bool:
    return bool(_VALIDATORS[Draft.D7]({"format": "regex"}, validate_formats=True).is_valid(name))


def _is_let_pass(draft: Draft, error: ValidationError) -> bool:
    """Tell whether it is an empty or repeating enum of draft 4, which later drafts allow and reading a schema does."""
    is_enum = to_pointer(error.instance_path).endswith("/enum")
    return is_enum and draft == Draft.D4 and isinstance(error.instance, list)


def _tell(document: SchemaDocument, root: Any, at: str) -> Found:
    pointer, keyword = place_of(at)
    above, _, own = at.rpartition("/")
    value = value_at(root, at)
    if keyword == "pattern" and isinstance(value, str):
        return bad_pattern(at, value)
    if above.endswith("/patternProperties") and isinstance(value, dict | bool):
        return bad_pattern(at, unescape(own), on_key=True)
    fixes = [*required_above(root, pointer, at)] if keyword == own == "required" and value is True else []
    fixes += repairs(document.draft, value_at(root, above), at, keyword, value)
    return Found("metaschema", at, _sentence(document.draft, at, keyword, value), tuple(fixes))


def _sentence(draft: Draft, at: str, keyword: str | None, value: Any) -> str:
    own = at.rpartition("/")[2]
    if keyword is None:
        if own == "items" and is_tuple(draft, value):
            return f'"items" is one schema in {draft.spoken}; those of the first items stand under "prefixItems".'
        return f"A schema is a JSON object{'' if draft == Draft.D4 else ', or true or false'}; this is {told(value)}."
    if keyword == "type":
        wrong = [each for each in (value if isinstance(value, list) else [value]) if each not in TYPES]
        if wrong and isinstance(wrong[0], str):
            return f"{told(wrong[0])} is no JSON type: one of {', '.join(TYPES)}."
    if keyword.startswith("exclusive") and draft == Draft.D4 and isinstance(value, bool):
        return f'"{keyword}" says something of "{keyword[9:].lower()}" in draft 4, which is not there.'
    kind = wanted(keyword, draft)
    if kind is None:
        return f"{quoted(keyword)} cannot have this value: {told(value)}."
    if kind is Wanted.NAMES and isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        twice = dict.fromkeys(each for index, each in enumerate(value) if each in value[:index])
        return f"{listed(list(twice))} stands here more than once."
    if kind is Wanted.TEXT and isinstance(value, str):
        return f'"{keyword}" cannot be {told(value)}: {_written(keyword)}.'
    return f'"{keyword}" has to be {kind}; this {"is" if own == keyword else "entry is"} {told(value)}.'


def _written(keyword: str) -> str:
    if keyword in {"$anchor", "$dynamicAnchor"}:
        return "a letter comes first, then letters, digits, hyphens, dots and underscores"
    return "a URI reference is expected, in which blanks and some signs are written as in %20"


def _without(root: dict[str, Any] | bool, violations: list[str]) -> dict[str, Any] | None:
    """Return a copy without what is forbidden: keywords left out, and schemas that are none with nothing to say."""
    rest = copy.deepcopy(root)
    for at in violations:
        pointer, keyword = place_of(at)
        holder = value_at(rest, pointer)
        if keyword is not None and isinstance(holder, dict):
            holder.pop(keyword, None)
            continue
        above, _, own = pointer.rpartition("/")
        holder = value_at(rest, above)
        if keyword is None and isinstance(holder, list):
            holder[int(own)] = {}
        elif keyword is not None or not pointer or not isinstance(holder, dict):
            return None
        elif above.endswith("/patternProperties") and isinstance(value_at(rest, at), dict | bool):
            del holder[unescape(own)]  # it is the pattern that is none
        else:
            holder[unescape(own)] = {}
    return rest if isinstance(rest, dict) else None
