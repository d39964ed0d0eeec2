"""What the inputs of an interface hold, by name: what was defined, what a person made of it, and who shows it."""

from __future__ import annotations

import re
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from engine.interface.nodes import same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_BRACES = re.compile(r"\{\{|\}\}|\{([^{}\n]{1,120})\}")
_DIGITS = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?|\d\d:\d\d(:\d\d)?")
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}

MASK: Final = "••••"
"""What stands for a password wherever it could leave the memory of the screen."""
MOST_CALLS = 10
"""How often a watcher is called for one change, where it or others make further ones: so two never go on for ever."""


class State:
    """Values by name: text, numbers, booleans, lists of text, None.

    The model's text defines a value; what a person puts stands over it, and stays when the model's text comes later.
    A value may be a secret: it is only compared and checked, and `MASK` stands for it where it is told.
    """

    def __init__(self) -> None:
        self._defined: dict[str, Any] = {}
        self._put: dict[str, Any] = {}
        self._set_aside: dict[str, Any] = {}
        self._secrets: set[str] = set()
        self._watchers: dict[int, tuple[frozenset[str] | None, Callable[[], None]]] = {}
        self._next_watcher = 0
        self._changed: set[str] = set()
        self._is_telling = False

    @property
    def values(self) -> dict[str, Any]:
        """All values."""
        return {**self._defined, **self._put}

    def get(self, name: str) -> Any:
        """Return a value; None where there is none of that name."""
        return self._put[name] if name in self._put else self._defined.get(name)

    def knows(self, name: str) -> bool:
        """Tell whether there is a value of that name, be it None."""
        return name in self._put or name in self._defined

    def is_secret(self, name: str) -> bool:
        """Tell whether a value is typed where nobody is to read it."""
        return name in self._secrets

    def told(self, name: str) -> Any:
        """Return a value as it may be shown, sent and saved: `MASK` for a secret that is not empty."""
        value = self.get(name)
        return MASK if name in self._secrets and value not in (None, "") else value

    def take_over(self, other: State) -> None:
        """Take what a person put elsewhere, and which of that is secret."""
        self._secrets |= other._secrets
        for name, value in {**other._set_aside, **other._put}.items():
            self.put(name, value)

    def define(self, name: str, value: Any, *, secret: bool = False) -> None:
        """Take the value that an input begins with. What a person put stands, also from before it was undefined.

        What was typed as a secret is forgotten where it is one no more: the next tree could show and send it.
        """

        def change() -> None:
            self._defined[name] = value
            if name in self._set_aside:
                self._put.setdefault(name, self._set_aside.pop(name))
            if secret:
                self._secrets.add(name)
            elif name in self._secrets:
                self._secrets.remove(name)
                self._put.pop(name, None)

        self._change({name}, change)

    def undefine(self, name: str) -> None:
        """Forget an input that is gone; what a person put there waits for one of that name to come again."""

        def change() -> None:
            self._defined.pop(name, None)
            if name in self._put:
                self._set_aside[name] = self._put.pop(name)

        self._change({name}, change)

    def put(self, name: str, value: Any) -> None:
        """Take a value from a person, or from an action of theirs."""
        self._change({name}, lambda: self._put.__setitem__(name, value))

    def toggle(self, name: str) -> None:
        """Turn what is on off, and the other way round."""
        self.put(name, is_empty(self.get(name)))

    def reset(self, names: Iterable[str] | None = None) -> None:
        """Go back to what was defined, for these names or all."""
        chosen = set(self._put) if names is None else {name for name in names if name in self._put}

        def change() -> None:
            for name in chosen:
                del self._put[name]

        self._change(chosen, change)

    def watch(self, names: Iterable[str] | None, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back once after each change of one of these names (None: of any). Returns what ends that."""
        key = self._next_watcher
        self._next_watcher += 1
        self._watchers[key] = (None if names is None else frozenset(names), callback)

        def unwatch() -> None:
            self._watchers.pop(key, None)

        return unwatch

    def _change(self, names: set[str], change: Callable[[], object]) -> None:
        before = {name: (self.knows(name), self.is_secret(name), self.get(name)) for name in names}
        change()
        self._changed |= {
            name
            for name, (*was, value) in before.items()
            if was != [self.knows(name), self.is_secret(name)] or not same(value, self.get(name))
        }
        if not self._is_telling:
            self._tell()

    def _tell(self) -> None:
        """Call the watchers of what changed, and again where they change more themselves."""
        self._is_telling = True
        calls: Counter[int] = Counter()
        try:
            while self._changed:
                changed, self._changed = self._changed, set()
                for key, (names, callback) in list(self._watchers.items()):
                    is_meant = names is None or not names.isdisjoint(changed)
                    if is_meant and key in self._watchers and calls[key] < MOST_CALLS:
                        calls[key] += 1
                        callback()
        finally:
            self._is_telling = False
            self._changed = set()


def interpolate(
    text: str,
    state: State,
    row: Mapping[str, Any] | None = None,
    *,
    spell: Callable[[Any], str] | None = None,
) -> str:
    """Put values for names in braces: those of the row first. Unknown names stay; doubled braces are literal ones.

    What is put in is not looked through again; secrets are masked. `spell` says how a value is written, `spelled`
    where it is None.
    """

    def replaced(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return match[0][0]
        if row is not None and name in row:
            return (spell or spelled)(row[name])
        if state.knows(name):
            return (spell or spelled)(state.told(name))
        return match[0]

    return _BRACES.sub(replaced, text) if "{" in text or "}" in text else text


def names_in(text: str) -> set[str]:
    """Return the names that stand in braces."""
    return {match[1] for match in _BRACES.finditer(text) if match[1] is not None}


def spelled(value: Any) -> str:
    """Write a value for a person."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return format(value, ".12g")
    if isinstance(value, list):
        return ", ".join(spelled(item) for item in value)
    return str(value)


def holds(op: str, actual: Any, value: Any) -> bool:
    """Tell whether a condition holds. Numbers may be written as text, booleans as yes and no, on and off.

    `above` and `below` compare numbers, dates, times, and how many are chosen; `contains` looks for an item of a list
    or a part of a text, be it in capitals. What is off is empty, as an input that nobody ticked.
    """
    match op:
        case "equals":
            return _equal(actual, value)
        case "not_equals":
            return not _equal(actual, value)
        case "above":
            return _order(actual, value) > 0
        case "below":
            return _order(actual, value) < 0
        case "contains":
            return _contains(actual, value)
        case "empty":
            return is_empty(actual)
        case "filled":
            return not is_empty(actual)
    return False


def is_empty(value: Any) -> bool:
    """Tell whether an input holds nothing: no text, nothing chosen, off. Zero is something."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or value is False or value == []


def as_number(value: Any) -> float | None:
    """Return the number that a value is, or that is written in it; None where there is none, or no finite one."""
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= sys.float_info.max else None


def as_boolean(value: Any) -> bool | None:
    """Return the boolean that a value is, or that is written in it; None where there is none."""
    if isinstance(value, str):
        return _WORDS.get(value.strip().casefold())
    return value if isinstance(value, bool) else None


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, list) != isinstance(other, list):
        items, single = (one, other) if isinstance(one, list) else (other, one)
        return (len(items) == 1 and _equal(items[0], single)) or (not items and is_empty(single))
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return as_boolean(one) is not None and as_boolean(one) == as_boolean(other)
    if one is None or other is None:
        return one in (None, "") and other in (None, "")
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    number = as_number(one)
    return number is not None and number == as_number(other)


def _order(one: Any, other: Any) -> int:
    """Return 1, 0, -1 where one is above, at or below the other; 0 where they cannot be compared."""
    if isinstance(one, list):
        one = len(one)
    left, right = as_number(one), as_number(other)
    if left is not None and right is not None:
        return (left > right) - (left < right)
    if isinstance(one, str) and isinstance(other, str) and _MOMENT.fullmatch(one) and _MOMENT.fullmatch(other):
        return (one > other) - (one < other) if (":" in one[:3]) == (":" in other[:3]) else 0
    return 0


def _contains(actual: Any, value: Any) -> bool:
    if isinstance(actual, list):
        return any(_equal(item, value) for item in actual)
    part = spelled(value).casefold()
    return isinstance(actual, str) and bool(part) and part in actual.casefold()
