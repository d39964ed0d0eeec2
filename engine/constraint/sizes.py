"""How small and how large the instances of a schema are, as an answer spells them.

The least size is that of the way to the end which is searched for from the beginning, the search that closes an answer
at its limit too (`closing`); where that way does not pass the checks, it is that of a witness. The largest is read off
the planned schema: the longest text that the mask lets through, in bytes, since each token is at least one byte and any
text can be written in tokens of one byte. Where the beginning is forced, its tokens are counted instead. So the largest
size is never too small, and mostly a few times too large.
"""

from __future__ import annotations

import functools
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engine.constraint.below import of_item, of_key
from engine.constraint.closing import byte_closer
from engine.constraint.joint import Joint, gather
from engine.constraint.patterns import matches_none
from engine.constraint.witness import find_witness, spell
from engine.errors import ConstraintError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.constraint.closing import Closer
    from engine.constraint.compile import CompiledConstraint
    from engine.constraint.matcher import Matcher
    from engine.constraint.names import Schema

_MOST_PLACES = 4_000
_MOST_LEVELS = 60
"""Levels of an instance that are measured; what is deeper is taken to have no limit."""
_LONGEST = 1 << 14
"""Characters up to which a pattern's longest match is looked for."""
_WIDEST = 6
"""Bytes of one character of a string: a control character is spelled as in `\\u001f`."""
_FLOAT = 25
"""Bytes that a given number that is no integer takes at most, however it is spelled."""
_LEADING_ON = frozenset({"$ref", "allOf", "anyOf", "oneOf"})
"""Keywords that lead to other subschemas of the same place."""
_TYPES = ("number", "string", "array", "object", "integer", "boolean", "null")
"""Types, those first that most often have no limit."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of a schema's instances.

    Some instance takes `minimum` of the `unit` and no more; None where none was found. None takes more than `maximum`;
    None where there is no limit, or none that was found.
    """

    minimum: int | None
    maximum: int | None
    unit: Literal["tokens", "bytes"]


def measure(constraint: CompiledConstraint, closer: Closer | None = None) -> Sizes:
    """Measure the instances of a compiled schema, in tokens of the closer's vocabulary; in bytes without one."""
    unit: Literal["tokens", "bytes"] = "tokens" if closer is not None else "bytes"
    closer = closer or byte_closer()
    tokenizer = closer.tokenizer
    longest = longest_text(constraint.planned)
    matcher = constraint.matcher(tokenizer)
    begun = matcher.take_forced()
    if longest is not None:
        longest += len(begun) - len(tokenizer.decode_bytes(begun))
    matcher.rollback(len(begun))
    return Sizes(_shortest(constraint, closer, matcher), longest, unit)


def _shortest(constraint: CompiledConstraint, closer: Closer, matcher: Matcher) -> int | None:
    way = closer.shortest(matcher, most=1 << 30)
    if way is not None and _passes(constraint, closer.tokenizer.decode_str(way)):
        return len(way)
    text = find_witness(constraint, closer)
    tokens = None if text is None else spell(constraint.matcher(closer.tokenizer), closer.tokenizer, text)
    return None if tokens is None else len(tokens)


def _passes(constraint: CompiledConstraint, text: str) -> bool:
    try:
        constraint.check_text(text)
    except ConstraintError:
        return False
    return True


def longest_text(schema: Schema) -> int | None:
    """Return how many bytes an instance of a planned schema takes at most; None where no limit is found."""
    found = _Longest(schema).text((schema,), 0)
    return None if math.isinf(found) else int(found)


class _Longest:
    """Measures places of one planned schema, in bytes; infinity stands for no limit, 0 for no instance."""

    def __init__(self, root: Schema) -> None:
        self._definitions = root.get("$defs", {}) if isinstance(root, dict) else {}
        self._known: dict[tuple[int, ...], float] = {}
        self._bare: dict[int, dict[str, Any]] = {}

    def text(self, schemas: tuple[Any, ...], level: int) -> float:
        """Return the length of the longest instance that satisfies all of some subschemas."""
        if any(each is False for each in schemas):
            return 0
        key = tuple(map(id, schemas))
        if key in self._known:
            return self._known[key]
        if level > _MOST_LEVELS or len(self._known) > _MOST_PLACES:
            return math.inf
        self._known[key] = math.inf  # what stands within itself goes on for ever, or is not measured
        found = self._known[key] = self._measure(gather(schemas, lambda here: here, self._targets), level)
        return found

    def _measure(self, joint: Joint | None, level: int) -> float:
        if joint is None:
            return 0
        joint = joint or ({},)
        found = self._flat(joint, level)
        for here in joint:
            for keyword in ("anyOf", "oneOf"):
                branches = here.get(keyword)
                if not branches or found == 0:
                    continue
                # One choice at a time: the others are left out, which can only make the longest longer.
                rest = tuple(self._without_choices(each) for each in joint)
                found = min(found, max(self.text((branch, *rest), level + 1) for branch in branches))
        return found

    def _targets(self, schema: dict[str, Any]) -> Iterator[Any]:
        if "$ref" in schema:
            yield self._definitions[schema["$ref"].removeprefix("#/$defs/")]

    def _without_choices(self, schema: dict[str, Any]) -> dict[str, Any]:
        if id(schema) not in self._bare:
            bare = {key: value for key, value in schema.items() if key not in _LEADING_ON}
            self._bare[id(schema)] = bare
        return self._bare[id(schema)]

    def _flat(self, joint: Joint, level: int) -> float:
        given = [_longest_given(each) for each in joint if each.keys() & {"enum", "const"}]
        found: float = min(given, default=math.inf)
        types = set(_TYPES)
        for each in joint:
            if "type" in each:
                named = each["type"]
                types &= set(named if isinstance(named, list) else [named]) | (
                    {"integer"} if "number" in named else set()
                )
        longest = {
            "null": lambda: 4.0,
            "boolean": lambda: 5.0,
            "integer": lambda: _longest_integer(joint),
            "number": lambda: math.inf,
            "string": lambda: _longest_string(joint),
            "array": lambda: self._array(joint, level),
            "object": lambda: self._object(joint, level),
        }
        most = 0.0
        for name in (name for name in _TYPES if name in types):
            if most >= found:
                break
            most = max(most, longest[name]())
        return min(found, most)

    def _array(self, joint: Joint, level: int) -> float:
        most = min((each["maxItems"] for each in joint if "maxItems" in each), default=math.inf)
        prefix = max(len(each.get("prefixItems", ())) for each in joint)
        total, count = 0.0, 0.0
        while count < min(most, prefix):
            item = self.text(tuple(value for each in joint for value in of_item(each, int(count))), level + 1)
            if item == 0:
                return _listed(total, count)
            total, count = total + item, count + 1
        if count < most:
            item = self.text(tuple(value for each in joint for value in of_item(each, prefix)), level + 1)
            if item:
                total, count = total + item * (most - count), most
        return _listed(total, count)

    def _object(self, joint: Joint, level: int) -> float:
        most = min((each["maxProperties"] for each in joint if "maxProperties" in each), default=math.inf)
        keys = dict.fromkeys(key for each in joint for key in each.get("properties", ()))
        pairs = []
        for key in keys:
            value = self.text(tuple(value for each in joint for value in of_key(each, key)), level + 1)
            if value:
                pairs.append(_spelled(key) + 2 + value)
        others = self._other_pair(joint, level)
        pairs.sort(reverse=True)
        if math.isinf(most):
            return math.inf if others else _listed(sum(pairs), len(pairs))
        if others and most:
            return _listed(max(others, *pairs, 0.0) * most, most)
        pairs = pairs[: int(min(most, len(pairs)))]
        return _listed(sum(pairs), len(pairs))

    def _other_pair(self, joint: Joint, level: int) -> float:
        """Return the length of the longest key that is not named, with its value; 0 where there is none."""
        longest = math.inf
        for each in joint:
            patterns = each.get("patternProperties", {})
            others = each.get("additionalProperties", True)
            if self.text((others,), level + 1):
                continue
            pairs = [
                _longest_string(({"pattern": pattern},)) + 2 + value
                for pattern, schema in patterns.items()
                if (value := self.text((schema,), level + 1))
            ]
            longest = min(longest, max(pairs, default=0.0))
        return longest


def _listed(total: float, count: float) -> float:
    """Return the length of `count` things of some total length, with separators, in brackets."""
    return 2 + total + 2 * max(count - 1, 0)


def _longest_given(schema: dict[str, Any]) -> int:
    values = [schema["const"]] if "const" in schema else schema["enum"]
    return max((_spelled(value) for value in values), default=0)


def _spelled(value: Any) -> int:
    if isinstance(value, float):
        return _FLOAT
    if isinstance(value, dict):
        return int(_listed(sum(_spelled(key) + 2 + _spelled(each) for key, each in value.items()), len(value)))
    if isinstance(value, list):
        return int(_listed(sum(map(_spelled, value)), len(value)))
    return len(json.dumps(value, ensure_ascii=False).encode())


def _longest_integer(joint: Joint) -> float:
    least = max(_bound(each, name) for each in joint for name in ("minimum", "exclusiveMinimum"))
    most = min(-_bound(each, name, -1) for each in joint for name in ("maximum", "exclusiveMaximum"))
    if math.isinf(least) or math.isinf(most):
        return math.inf
    return max(len(str(math.floor(least))), len(str(math.ceil(most))), len("-0"))


def _bound(schema: dict[str, Any], name: str, sign: int = 1) -> float:
    """Return a lower bound, of the negated value where `sign` is -1; up to draft 4 an exclusive one is a flag."""
    given = schema.get(name)
    return -math.inf if given is None or isinstance(given, bool) else given * sign


def _longest_string(joint: Joint) -> float:
    said = [
        {key: each[key] for key in ("pattern", "format", "maxLength") if key in each}
        for each in joint
        if each.keys() & {"pattern", "format", "maxLength"}
    ]
    return _longest_match(json.dumps(said)) if said else math.inf


@functools.lru_cache(maxsize=4096)
def _longest_match(said: str) -> float:
    """Return the length of the longest string that some keywords, as JSON text, allow, as far as that can be proved."""
    schemas: list[dict[str, Any]] = json.loads(said)
    most: float = min((each["maxLength"] for each in schemas if "maxLength" in each), default=math.inf)
    form = {"type": "string", "allOf": schemas}
    if any(each.keys() & {"pattern", "format"} for each in schemas):
        low, high = 0, 1
        while high < min(most, _LONGEST) and not matches_none(form | {"minLength": high}):
            low, high = high, high * 2
        if high <= _LONGEST and matches_none(form | {"minLength": high}):
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if matches_none(form | {"minLength": middle}) else (middle, high)
            most = min(most, low)
    width = _WIDEST
    if math.isfinite(most):
        for pattern, bytes_each in (('[^ -~]|["\\\\]', 1), ("[\\x00-\\x1f\\x7f]", 4)):
            if matches_none({**form, "allOf": [*schemas, {"pattern": pattern}]}):
                width = bytes_each
                break
    return 2 + most * width
