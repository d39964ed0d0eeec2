"""Values that a schema gives and forbids at once: of an enum or const, by the keywords beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs

from engine.constraint.validate import DRAFTS
from engine.schema.editing import Remove, Set
from engine.schema.patterns import spell
from engine.schema.problems.found import Found, quoted, told
from engine.schema.problems.problem import Fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.problems.subject import Spot, Subject

_BESIDE = frozenset(
    {
        "const", "exclusiveMaximum", "exclusiveMinimum", "format", "maxItems", "maxLength", "maxProperties", "maximum",
        "minItems", "minLength", "minProperties", "minimum", "multipleOf", "pattern", "required", "type",
        "uniqueItems",
    }
)  # fmt: skip
"""Keywords that a value can be held to without a look elsewhere."""
_MOST = 1_000
_MOST_TAKEN = 50
_TYPES = {str: "string", bool: "boolean", type(None): "null", dict: "object", list: "array", int: "integer"}


def impossible_values(subject: Subject) -> Iterator[Found]:
    """Yield the enums and consts of which the keywords beside them forbid values."""
    for spot, said in subject.said:
        if subject.is_late():
            return
        if said.get("enum") == []:
            remove = Fix("Remove enum", (Remove(f"{spot.pointer}/enum"),))
            yield Found("no-value", f"{spot.pointer}/enum", f"The enum is empty, so {_none(spot)}.", (remove,))
            continue
        keyword = "enum" if isinstance(said.get("enum"), list) else "const" if "const" in said else None
        beside = {key: said[key] for key in _BESIDE & said.keys() if key != keyword}
        if keyword is None or not beside:
            continue
        if isinstance(beside.get("pattern"), str):
            beside["pattern"] = spell(beside["pattern"])
        try:
            validator = DRAFTS[subject.document.draft][1](beside, validate_formats=True, offline=True)
        except (jsonschema_rs.ValidationError, ValueError):
            continue  # a pattern that is none
        values = (said["enum"] if keyword == "enum" else [said["const"]])[:_MOST]
        refused = [index for index, value in enumerate(values) if not validator.is_valid(value)]
        if refused:
            error = next(iter(validator.iter_errors(values[refused[0]])))
            yield _found(spot, said, keyword, refused, str(error.schema_path[0]))


def _found(spot: Spot, said: dict[str, Any], keyword: str, refused: list[int], culprit: str) -> Found:
    at = f"{spot.pointer}/{keyword}"
    values = said["enum"] if keyword == "enum" else [said["const"]]
    first = told(values[refused[0]])
    none = len(refused) == len(values)
    fixes = _wider(spot, said, [values[index] for index in refused]) if culprit == "type" else []
    if none:
        what = f"{first} is" if len(values) == 1 else "None of the values is"
        sentence = f'{what} allowed by the "{culprit}" beside the {keyword}, so {_none(spot)}.'
        fixes.append(Fix(f"Remove {culprit}", (Remove(f"{spot.pointer}/{culprit}"),)))
        return Found("no-value", at, sentence, tuple(fixes))
    others = len(refused) - 1
    more = f", and {others:,} other value{'' if others == 1 else 's'} cannot either" if others else ""
    sentence = f'{first} can never be written: the "{culprit}" beside the enum forbids it{more}.'
    if len(refused) <= _MOST_TAKEN:
        taken = tuple(Remove(f"{at}/{index}") for index in reversed(refused))
        fixes.append(Fix("Take it out" if len(refused) == 1 else "Take them out", taken))
    return Found("impossible-value", f"{at}/{refused[0]}", sentence, tuple(fixes))


def _wider(spot: Spot, said: dict[str, Any], values: list[Any]) -> list[Fix]:
    """Return the fix that puts the types of values beside those of the schema that values have."""
    named = said["type"] if isinstance(said["type"], list) else [said["type"]]
    types = list(dict.fromkeys(_type(value) for value in values))
    given = said["enum"] if "enum" in said else [said["const"]]
    used = [each for each in named if any(_type(value) == each or _is_wider(each, value) for value in given)]
    new = [*used, *(each for each in types if each not in used)]
    label = " and ".join(types[:2]) if len(types) < 3 else "all of them"
    return [Fix(f"Allow {label}", (Set(f"{spot.pointer}/type", new[0] if len(new) == 1 else new),))]


def _is_wider(name: str, value: Any) -> bool:
    return name == "number" and isinstance(value, int | float) and not isinstance(value, bool)


def _type(value: Any) -> str:
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    return _TYPES[type(value)]


def _none(spot: Spot) -> str:
    return "nothing can be written here" if spot.name is None else f"no {quoted(spot.name)} can be written"
