"""A2UI's dynamic values: what a path or a call comes to, and which of it follows what a person types.

A path that an input writes to does not come to its value but to the name of that input (`Live`), so that a text which
shows it goes on following it: `{name}` in our tree.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.interface.dialects.a2ui.expressions import NotAnExpression, parse
from engine.interface.dialects.a2ui.formats import (
    as_moment,
    as_number,
    format_currency,
    format_date,
    format_number,
    plain_number,
)
from engine.interface.dialects.imported import clip, plain
from engine.schema.pointer import escape, value_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.interface.dialects.imported import Running

_DEEPEST: Final = 16
_LONGEST: Final = 20_000
_MOST_CALLS: Final = 20_000


@dataclass(frozen=True)
class Live:
    """The value of an input: how a text of ours shows it, `{name}`, and what it holds at first."""

    text: str
    value: Any


@dataclass(frozen=True)
class Mixed:
    """A text that is partly live: as it stands in our tree, braces and all, and what it says at first."""

    text: str
    value: str


class Values:
    """The data of one surface. `live` maps the paths that inputs write to onto the texts that show them."""

    def __init__(self, data: Any, running: Running) -> None:
        self.data = data
        self.live: dict[str, str] = {}
        self._running = running
        self._calls = 0

    def path(self, path: str, scope: str) -> str:
        """Return a path from the root of the data; `scope` is the path of the row it is read in."""
        return path.rstrip("/") if path.startswith("/") else f"{scope}/{path}".rstrip("/")

    def evaluate(self, value: Any, scope: str, pointer: str, depth: int = 0) -> Any:
        """Return what a dynamic value comes to: plain JSON, `Live` or `Mixed`. What cannot be had is None, and noted.

        `pointer` is where it stands in the source.
        """
        if depth > _DEEPEST:
            self._running.note(pointer, "A value is nested too deeply to be worked out.")
            return None
        if isinstance(value, list):
            return [self.evaluate(item, scope, pointer, depth + 1) for item in value[:1000]]
        if not isinstance(value, dict):
            return value
        if isinstance(path := value.get("path"), str) and "componentId" not in value:
            return self._at(self.path(path, scope))
        if isinstance(call := value.get("call"), str):
            return self._call(call, value.get("args"), scope, pointer, depth)
        return value

    def text(self, value: Any, scope: str, pointer: str) -> str:
        """Return a dynamic text as it stands in our tree: braces doubled, live values as `{name}`."""
        return clip(_written(self.evaluate(value, scope, pointer)), _LONGEST)

    def first(self, value: Any, scope: str, pointer: str) -> Any:
        """Return what a dynamic value comes to at first, whether or not it is live."""
        return _at_first(self.evaluate(value, scope, pointer))

    def rows(self, path: str, scope: str) -> int:
        """Return how many rows a template goes through."""
        found = value_at(self.data, self.path(path, scope))
        return len(found) if isinstance(found, list | dict) else 0

    def row_paths(self, path: str, scope: str, most: int) -> list[str]:
        """Return the paths of the first rows of a template; those of an object are its values."""
        whole = self.path(path, scope)
        found = value_at(self.data, whole)
        if isinstance(found, dict):
            return [f"{whole}/{escape(key)}" for key in list(found)[:most]]
        return [f"{whole}/{index}" for index in range(min(len(found), most))] if isinstance(found, list) else []

    def _at(self, path: str) -> Any:
        found = value_at(self.data, path)
        if path in self.live:
            return Live(self.live[path], found)
        # A choice holds a list in A2UI and one text here.
        above, _, last = path.rpartition("/")
        if last == "0" and above in self.live:
            return Live(self.live[above], found)
        return found

    def _call(self, call: str, args: Any, scope: str, pointer: str, depth: int) -> Any:
        self._calls += 1
        if self._calls > _MOST_CALLS:
            self._running.note("", "There are too many calls of functions; the last are left out.")
            return None
        args = args if isinstance(args, dict) else {}
        if call == "formatString":
            return self._string(args.get("value"), scope, pointer, depth)
        function = _FUNCTIONS.get(call)
        if function is None:
            self._running.note(pointer, f"The function “{clip(call, 40)}” is not known; its result is left out.")
            return None
        found = {key: self.evaluate(value, scope, pointer, depth + 1) for key, value in list(args.items())[:20]}
        followed = [value for value in found.values() if _is_live(value)]
        if followed and call in _SHOWN_AS_TYPED and isinstance(found.get("value"), Live):
            self._running.note(
                pointer, "It follows what is typed, so it is shown as typed and not formatted.", "changed"
            )
            return found["value"]
        if followed:
            self._running.note(
                pointer, f"The result of “{call}” stays what it is at first when something is typed.", "lost"
            )
        try:
            return function({key: _at_first(value) for key, value in found.items()})
        except (TypeError, ValueError, KeyError, IndexError, ArithmeticError):
            self._running.note(pointer, f"“{call}” cannot be worked out from what it is given.")
            return _at_first(found.get("value"))

    def _string(self, value: Any, scope: str, pointer: str, depth: int) -> Any:
        value = self.evaluate(value, scope, pointer, depth + 1)
        if not isinstance(value, str):
            return value
        try:
            pieces = parse(value[:_LONGEST])
        except NotAnExpression:
            self._running.note(pointer, "A “${…}” in the text cannot be read; it is shown as it stands.")
            return value
        found = [
            piece if isinstance(piece, str) else self.evaluate(piece, scope, pointer, depth + 1) for piece in pieces
        ]
        said = clip("".join(_said(_at_first(piece)) for piece in found), _LONGEST)
        if any(_is_live(piece) for piece in found):
            return Mixed(clip("".join(_written(piece) for piece in found), _LONGEST), said)
        return said


def _is_live(value: Any) -> bool:
    return isinstance(value, Live | Mixed) or (isinstance(value, list) and any(_is_live(item) for item in value))


def _at_first(value: Any) -> Any:
    if isinstance(value, list):
        return [_at_first(item) for item in value]
    return value.value if isinstance(value, Live | Mixed) else value


def _written(value: Any) -> str:
    return value.text if isinstance(value, Live | Mixed) else plain(_said(_at_first(value)))


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        number = as_number(value)
        return str(value) if number is None else plain_number(number)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:_LONGEST]


def _number(args: dict[str, Any], key: str) -> float:
    number = as_number(args.get(key))
    if number is None:
        raise ValueError(key)
    return number


def _decimals(args: dict[str, Any]) -> int | None:
    number = as_number(args.get("decimals"))
    return None if number is None else int(number)


def _date(args: dict[str, Any]) -> str:
    moment = as_moment(args["value"])
    if moment is None:
        raise ValueError("value")
    return format_date(moment, str(args["format"])[:200])


def _plural(args: dict[str, Any]) -> Any:
    number = _number(args, "value")
    # English knows two forms; a form for none is written to be used.
    form = {0: "zero", 1: "one"}.get(int(number), "other") if number.is_integer() else "other"
    return args[form] if form in args else args["other"]


def _within(number: float, args: dict[str, Any]) -> bool:
    least, most = as_number(args.get("min")), as_number(args.get("max"))
    return (least is None or number >= least) and (most is None or number <= most)


def _email(value: Any) -> bool:
    before, sign, behind = str(value or "").partition("@")
    return bool(before and sign and "." in behind.strip(".")) and not any(part.isspace() for part in str(value))


_SHOWN_AS_TYPED: Final = frozenset({"formatNumber", "formatCurrency", "formatDate"})
_FUNCTIONS: Final[dict[str, Callable[[dict[str, Any]], Any]]] = {
    "required": lambda args: args.get("value") not in (None, "", [], {}),
    "length": lambda args: _within(len(str(args["value"] or "")), args),
    "numeric": lambda args: (number := as_number(args["value"])) is not None and _within(number, args),
    "email": lambda args: _email(args["value"]),
    "formatNumber": lambda args: format_number(
        _number(args, "value"), _decimals(args), grouping=args.get("grouping") is not False
    ),
    "formatCurrency": lambda args: format_currency(
        _number(args, "value"), str(args["currency"]), _decimals(args), grouping=args.get("grouping") is not False
    ),
    "formatDate": _date,
    "pluralize": _plural,
    "and": lambda args: all(args["values"]),
    "or": lambda args: any(args["values"]),
    "not": lambda args: not args["value"],
    "add": lambda args: _number(args, "a") + _number(args, "b"),
    "subtract": lambda args: _number(args, "a") - _number(args, "b"),
    "multiply": lambda args: _number(args, "a") * _number(args, "b"),
    "divide": lambda args: _number(args, "a") / _number(args, "b"),
    "greater_than": lambda args: _number(args, "a") > _number(args, "b"),
    "less_than": lambda args: _number(args, "a") < _number(args, "b"),
    "equals": lambda args: args["a"] == args["b"],
    "not_equals": lambda args: args["a"] != args["b"],
    "contains": lambda args: str(args["substring"]) in str(args["string"]),
    "starts_with": lambda args: str(args["string"]).startswith(str(args["prefix"])),
    "ends_with": lambda args: str(args["string"]).endswith(str(args["suffix"])),
    "clamp": lambda args: max(_number(args, "min"), min(_number(args, "value"), _number(args, "max"))),
    "round": lambda args: round(_number(args, "value"), max(-20, min(_decimals(args) or 0, 20))),
    "min": lambda args: min(_number({"value": value}, "value") for value in args["values"]),
    "max": lambda args: max(_number({"value": value}, "value") for value in args["values"]),
    "abs": lambda args: abs(_number(args, "value")),
}
"""What the functions of the basic catalogue come to, but for `regex`: no pattern from elsewhere is run."""

__all__ = ["Live", "Mixed", "Values"]
