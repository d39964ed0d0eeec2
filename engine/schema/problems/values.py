"""Values within a schema: those that an enum lists twice, and defaults and examples that the schema does not allow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jsonschema_rs

from engine.schema.document import as_declared
from engine.schema.editing import Operation, Remove, Set
from engine.schema.pointer import to_pointer
from engine.schema.problems.found import Found, told
from engine.schema.problems.problem import Fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.problems.subject import Subject

_MOST_TAKEN = 50
_LONGEST = 120
_MOST_SPOTS = 5_000
"""Subschemas of a schema in which defaults and examples are looked at: all of them are compiled for that."""


def repeated(subject: Subject) -> Iterator[Found]:
    """Yield the enums that list a value more than once."""
    for spot in subject.spots:
        listed = spot.schema.get("enum")
        if not isinstance(listed, list) or len(listed) < 2:
            continue
        seen, twice = set[Any](), list[int]()
        for index, value in enumerate(listed):
            key = _key(value)
            twice += [index] if key in seen else []
            seen.add(key)
        if not twice:
            continue
        at = f"{spot.pointer}/enum"
        others = len(twice) - 1
        more = f", and {others:,} other{' is' if others == 1 else 's are'} repeated too" if others else ""
        sentence = f"{told(listed[twice[0]])} is listed more than once{more}."
        taken: tuple[Operation, ...] = tuple(Remove(f"{at}/{index}") for index in reversed(twice))
        if len(twice) > _MOST_TAKEN:
            left = set(twice)
            taken = (Set(at, [value for index, value in enumerate(listed) if index not in left]),)
        yield Found("duplicate-enum", f"{at}/{twice[0]}", sentence, (Fix("List each once", taken),))


def _key(value: Any) -> Any:
    """Return something that is the same for values that JSON takes for equal: 1 is 1.0, and true is neither."""
    if isinstance(value, dict | list):
        return json.dumps(_plain(value), sort_keys=True)
    return (type(value) in {bool, str}, type(value) is bool, value)


def _plain(value: Any) -> Any:
    """Return a value as one that is written alike where it is equal: 1.0 is 1."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def unfit(subject: Subject) -> Iterator[Found]:
    """Yield the defaults and examples that their schema does not allow."""
    given = [each for spot, said in subject.said for each in _given(spot.pointer, said)]
    if not given or len(subject.spots) > _MOST_SPOTS or subject.is_late():
        return
    try:
        validators = jsonschema_rs.validator_map_for(
            subject.document.declared, validate_formats=True, offline=True, mask="it"
        )
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError):
        return  # a reference or pattern is broken, which other rules tell of
    for pointer, kind, places, value in given:
        if subject.is_late():
            return
        validator = validators.get("#" + quote(as_declared(pointer), safe="/!$&'()*+,;=:@?~"))
        if validator is None:
            continue
        error = next(iter(validator.iter_errors(value)), None)
        if error is None:
            continue
        reason = error.message if len(error.message) <= _LONGEST else f"{error.message[: _LONGEST - 1]}…"
        if error.instance_path:
            reason += f" (at {told(to_pointer(error.instance_path), 60)})"
        yield Found(
            f"bad-{kind}",
            places[0],
            f"The {kind} {told(value)} is not allowed here: {reason}.",
            (Fix(f"Remove the {kind}", tuple(Remove(at) for at in reversed(places))),),
        )


def _given(pointer: str, said: dict[str, Any]) -> Iterator[tuple[str, str, list[str], Any]]:
    """Yield the default and the examples of a subschema, each with where it stands, and equal examples as one."""
    if "default" in said:
        yield pointer, "default", [f"{pointer}/default"], said["default"]
    examples: dict[Any, tuple[list[str], Any]] = {}
    for index, value in enumerate(said["examples"] if isinstance(said.get("examples"), list) else ()):
        examples.setdefault(_key(value), ([], value))[0].append(f"{pointer}/examples/{index}")
    for places, value in examples.values():
        yield pointer, "example", places, value
