"""Plain values made to fit what a catalogue says of them, so that they can be shown: whatever they are.

What is not of the right type is converted where a person would read it the same, and is replaced by its default
otherwise. Lengths that a schema gives bound what a model writes, not what can be shown: here `Limits` does that.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from engine.interface.nodes import same
from engine.interface.references import resolved
from engine.schema.patterns import spell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.interface.catalogue import Prop

Schema = dict[str, Any]

_DEEPEST: Final = 24
"""How deep the values of one prop may be nested."""
_MOST_VALUES: Final = 10
"""Values that one prop may have in it, as a multiple of what one list may have."""
_MOST_TRIED: Final = 1_000
"""Alternatives of a value that are tried once it has more in it than may be shown."""
_LONGEST_SHOWN: Final = 40
_LARGEST: Final = 1e300
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NUMERAL: Final = re.compile(r"[+-]?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,3})?")
_CALLED: Final = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


@dataclass(frozen=True)
class Limits:
    """How much of a tree is shown: nodes, levels of them, characters of one text, entries of one list."""

    nodes: int = 2_000
    depth: int = 40
    text: int = 20_000
    items: int = 2_000


DEFAULT_LIMITS: Final = Limits()


class _Unfit(Exception):
    """A value that cannot be made to fit; says why."""


def fitted(prop: Prop, definitions: Mapping[str, Any], value: Any, limits: Limits) -> tuple[Any, str | None]:
    """Return a prop's value made right, and a sentence on what was wrong with it."""
    if value is None and prop.nullable:
        return None, None
    fitting = _Fitting(definitions, limits)
    try:
        return fitting.fit(value, prop.schema, 0), fitting.said
    except _Unfit as unfit:
        left = "Nothing" if prop.default in (None, "", []) else shown(prop.default)
        return prop.default, f"{unfit} {left} stands for it."


def sound(text: str, limits: Limits = DEFAULT_LIMITS) -> str:
    """Return a text that can be shown and written: no longer than may be, and without halves of characters."""
    cut = text if len(text) <= limits.text else f"{text[: limits.text]}…"
    return cut if cut.isascii() else _SURROGATE.sub("\ufffd", cut)


def bounded(value: Any, limits: Limits) -> tuple[Any, bool]:
    """Return any JSON value with no more in it than can be shown, and whether something was left out."""
    left = [_MOST_VALUES * limits.items]
    cut = False

    def copied(here: Any, depth: int) -> Any:
        nonlocal cut
        left[0] -= 1
        if isinstance(here, str):
            cut = cut or len(here) > limits.text
            return sound(here, limits)
        if isinstance(here, float) and not math.isfinite(here):
            return None
        if not isinstance(here, dict | list):
            return here
        if depth == _DEEPEST or (here and left[0] <= 0):
            cut = True
            return type(here)()
        cut = cut or len(here) > limits.items
        if isinstance(here, list):
            return [copied(each, depth + 1) for each in here[: limits.items] if left[0] > 0]
        pairs = list(here.items())[: limits.items]
        return {sound(str(key), limits): copied(each, depth + 1) for key, each in pairs if left[0] > 0}

    return copied(value, 0), cut or left[0] <= 0


def shown(value: Any) -> str:
    """Return a value as a sentence quotes it."""
    if isinstance(value, str):
        text = " ".join(sound(value[: 2 * _LONGEST_SHOWN]).split())
        return f"“{text if len(text) <= _LONGEST_SHOWN else f'{text[: _LONGEST_SHOWN - 1]}…'}”"
    if isinstance(value, dict | list):
        return "An object" if isinstance(value, dict) else "A list"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**15:
        return "A very large number"
    return json.dumps(value)


class _Fitting:
    """Fits the values of one prop; `said` is the first thing that was wrong and could be mended."""

    def __init__(self, definitions: Mapping[str, Any], limits: Limits) -> None:
        self._definitions = definitions
        self._limits = limits
        self._left = _MOST_VALUES * limits.items
        self.said: str | None = None

    def fit(self, value: Any, schema: Any, depth: int) -> Any:
        """Return a value that fits a schema. Raises `_Unfit` where none can be made of this one."""
        self._left -= 1
        if depth > _DEEPEST or self._left < -_MOST_TRIED:
            raise _Unfit("There is too much in this value.")
        said = resolved(schema, self._definitions) if isinstance(schema, dict) and "$ref" in schema else schema
        if not isinstance(said, dict):
            return bounded(value, self._limits)[0]
        if "const" in said:
            if not same(said["const"], value):
                raise _Unfit(f"{shown(value)} is not {shown(said['const'])}.")
            return value
        if isinstance(said.get("enum"), list):
            return self._choice(value, said["enum"])
        declared = said.get("type")
        kinds = declared if isinstance(declared, list) else [declared] if declared else []
        if not kinds:
            return self._any_of(value, said, depth)
        kind = next((kind for kind in kinds if _is(value, kind)), None)
        if kind is None:
            value, kind = self._converted(value, kinds)
        if kind == "string":
            return self._text(value, said)
        if kind in {"number", "integer"}:
            return self._number(value, said, kind)
        if kind == "array":
            return self._list(value, said, depth)
        return self._object(value, said, depth) if kind == "object" else value

    def _say(self, sentence: str) -> None:
        self.said = self.said or sentence

    def _any_of(self, value: Any, schema: Schema, depth: int) -> Any:
        branches = [branch for key in ("anyOf", "oneOf") for branch in schema.get(key) or ()]
        if not branches:
            return bounded(value, self._limits)[0]
        reasons = []
        for branch in branches:
            attempt = _Fitting(self._definitions, self._limits)
            attempt._left = self._left
            try:
                fit = attempt.fit(value, branch, depth + 1)
            except _Unfit as unfit:
                reasons.append(str(unfit))
                continue
            finally:
                self._left = attempt._left
            if attempt.said:
                self._say(attempt.said)
            return fit
        raise _Unfit(reasons[0])

    def _choice(self, value: Any, choices: list[Any]) -> Any:
        for choice in choices:
            if same(choice, value):
                return choice
        listed = ", ".join(shown(choice).strip("“”") for choice in choices[:6])
        more = " …" if len(choices) > 6 else ""
        raise _Unfit(f"{shown(value)} is none of {listed}{more}.")

    def _converted(self, value: Any, kinds: list[Any]) -> tuple[Any, str]:
        """Return a value in another type that reads the same, and that type."""
        if "string" in kinds and isinstance(value, int | float) and _is(value, "number"):
            self._say(f"{shown(value)} is a number; it is shown as text.")
            return (str(value) if abs(value) < _LARGEST else shown(value)), "string"
        if "string" in kinds and isinstance(value, bool):
            self._say(f"{shown(value)} is no text; it is shown as one.")
            return ("true" if value else "false"), "string"
        if isinstance(value, str):
            number = next((kind for kind in kinds if kind in {"number", "integer"}), None)
            if number is not None and _NUMERAL.fullmatch(value.strip()):
                self._say(f"{shown(value)} is a number that is written as text.")
                text = value.strip()
                return (int(text) if text.lstrip("+-").isdecimal() else float(text)), number
            if "boolean" in kinds and value.strip().casefold() in {"true", "false"}:
                self._say(f"{shown(value)} is written as text.")
                return value.strip().casefold() == "true", "boolean"
        raise _Unfit(f"{shown(value)} is not {' or '.join(_CALLED.get(kind, str(kind)) for kind in kinds)}.")

    def _text(self, value: str, schema: Schema) -> str:
        if len(value) > self._limits.text:
            self._say(f"The text is cut after {self._limits.text:,} characters.")
        text = sound(value, self._limits)
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and text and not _matches(pattern, text):
            raise _Unfit(f"{shown(text)} is not of the right form.")
        return text

    def _number(self, value: float, schema: Schema, kind: str) -> int | float:
        if not abs(value) < _LARGEST:
            raise _Unfit("This number is too large.")
        if kind == "integer" and value != int(value):
            self._say(f"{shown(value)} is no whole number.")
        number = int(value) if kind == "integer" else value
        least, most = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
        if not least <= number <= most:
            bound = least if number < least else most
            self._say(f"{shown(value)} is {'below' if number < least else 'above'} {shown(bound)}.")
            number = bound
        above, below = schema.get("exclusiveMinimum", -math.inf), schema.get("exclusiveMaximum", math.inf)
        if not above < number < below:
            raise _Unfit(
                f"{shown(value)} is not {f'above {shown(above)}' if number <= above else f'below {shown(below)}'}."
            )
        return number

    def _list(self, value: list[Any], schema: Schema, depth: int) -> list[Any]:
        if depth == _DEEPEST and value:
            self._say("What is nested deeper is left out.")
            return []
        if len(value) > self._limits.items:
            self._say(f"The list is cut after {self._limits.items:,} of {len(value):,} entries.")
        items, kept = schema.get("items"), []
        for index, each in enumerate(value[: self._limits.items]):
            if self._left <= 0:
                self._say(f"The list is cut after {index:,} of {len(value):,} entries.")
                break
            try:
                kept.append(self.fit(each, items, depth + 1))
            except _Unfit as unfit:
                self._say(f"Entry {index + 1}: {unfit}")
                plainest = _plainest(items, self._definitions)
                if plainest is not None:
                    kept.append(plainest)
        return kept

    def _object(self, value: dict[str, Any], schema: Schema, depth: int) -> dict[str, Any]:
        properties = schema.get("properties")
        if not isinstance(properties, dict):
            return dict(bounded(value, self._limits)[0])
        kept = {}
        for name, inner in properties.items():
            if name not in value:
                if name in schema.get("required", ()):
                    kept[name] = _plainest(inner, self._definitions)
                continue
            try:
                kept[name] = self.fit(value[name], inner, depth + 1)
            except _Unfit as unfit:
                self._say(f"{name}: {unfit}")
                kept[name] = _plainest(inner, self._definitions)
        unknown = next((key for key in value if key not in properties), None)
        if unknown is not None:
            self._say(f"There is no {shown(unknown)} here.")
        return kept


def _is(value: Any, kind: Any) -> bool:
    if kind in {"number", "integer"}:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and (isinstance(value, int) or math.isfinite(value))
    types: dict[Any, type] = {"string": str, "boolean": bool, "array": list, "object": dict, "null": type(None)}
    return kind in types and isinstance(value, types[kind])


def _plainest(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Return what stands for a value within another: its default, or what is emptiest of its type."""
    said = resolved(schema, definitions)
    if "default" in said:
        return said["default"]
    if isinstance(said.get("enum"), list) and said["enum"]:
        return said["enum"][0]
    empty: dict[Any, Any] = {"string": "", "number": 0, "integer": 0, "boolean": False, "array": []}
    declared = said.get("type")
    return empty.get(declared) if isinstance(declared, str) else None


@lru_cache(maxsize=256)
def _validator(pattern: str) -> jsonschema_rs.Validator | None:
    try:
        return jsonschema_rs.validator_for({"pattern": spell(pattern)})
    except ValueError:
        return None


def _matches(pattern: str, text: str) -> bool:
    """Tell whether a text matches; the validator's engine gives up in time on hostile patterns."""
    validator = _validator(pattern)
    return validator is None or validator.is_valid(text)
