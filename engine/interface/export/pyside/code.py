"""Python source under way: expressions that are laid out as a person would, and names that nothing else has."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WIDTH: Final = 110
_STEP: Final = "    "
_NO_WORD = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME: Final = 40
_RESERVED: Final = frozenset(
    {"self", "row", "print", "str", "int", "float", "list", "dict", "len", "range", "type", "id"}
)


@dataclass(frozen=True)
class Raw:
    """An expression as it stands."""

    text: str


@dataclass(frozen=True)
class Call:
    """A call: what is called, and its arguments; those that are no expressions are written as literals."""

    name: str
    arguments: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Later:
    """A function of no arguments that makes a call when it is called."""

    call: Call


@dataclass
class Method:
    """A method of the screen: its statements, and what it returns. `row` tells whether it makes a part for a row."""

    name: str
    about: str
    lines: list[str] = field(default_factory=list)
    result: Any = None
    row: bool = False

    def add(self, *lines: str) -> None:
        """Add statements."""
        self.lines.extend(lines)

    def source(self) -> str:
        """Return it as the source of a method."""
        body = [f'"""{docstring(self.about)}"""', *self.lines]
        if self.result is not None:
            body.append(f"return {laid_out(self.result, 2, len('return '))}")
        head = f"def {self.name}(self, row):" if self.row else f"def {self.name}(self):"
        return "\n".join([_STEP + head, *(_STEP * 2 + line if line else "" for line in body)])


def laid_out(value: Any, depth: int, used: int = 0) -> str:
    """Return an expression, on one line if that is at most 110 wide; `depth` is how far its lines are indented."""
    flat = _flat(value)
    if len(flat) + used + depth * len(_STEP) <= WIDTH:
        return flat
    inner = _STEP * (depth + 1)
    if isinstance(value, Later):
        return f"lambda: {laid_out(value.call, depth, used + len('lambda: '))}"
    if isinstance(value, Call):
        pieces = [laid_out(argument, depth + 1) for argument in value.arguments]
        pieces += [f"{key}={laid_out(argument, depth + 1, len(key) + 1)}" for key, argument in value.named.items()]
        return f"{value.name}(\n" + "".join(f"{inner}{piece},\n" for piece in pieces) + f"{_STEP * depth})"
    if isinstance(value, list | tuple) and value:
        opened, shut = "[]" if isinstance(value, list) else "()"
        pieces = [laid_out(item, depth + 1) for item in value]
        return f"{opened}\n" + "".join(f"{inner}{piece},\n" for piece in pieces) + f"{_STEP * depth}{shut}"
    if isinstance(value, dict) and value:
        pieces = [f"{literal(key)}: {laid_out(item, depth + 1, len(literal(key)) + 2)}" for key, item in value.items()]
        return "{\n" + "".join(f"{inner}{piece},\n" for piece in pieces) + f"{_STEP * depth}}}"
    if isinstance(value, str):
        return _wrapped(value, depth)
    return flat


def literal(value: Any) -> str:
    """Return a plain value as Python writes it, texts in double quotes."""
    if isinstance(value, str):
        return _quoted(value)
    return repr(value)


def docstring(text: str) -> str:
    """Return a text that can stand in a docstring."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return plain.replace("\\", "\\\\").replace('"', "'")[:WIDTH].strip()


class Names:
    """Names of variables and methods, each given away once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def new(self, wish: str, otherwise: str, *, before: str = "", behind: str = "") -> str:
        """Return a name that begins with a wish, as far as that can be a name."""
        core = _NO_WORD.sub("_", wish.lower().encode("ascii", "ignore").decode())[:_LONGEST_NAME].strip("_")
        core = core or otherwise
        base = f"{before}{core}{behind if not core.endswith(behind) else ''}"
        if base[0].isdigit():
            base = f"{otherwise}_{base}"
        name, number = base, 1
        while name in self._taken or keyword.iskeyword(name) or name in _RESERVED:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(name)
        return name


def class_name(title: str) -> str:
    """Return the name of a screen's class."""
    words = re.findall(r"[A-Za-z0-9]+", title)[:6]
    name = "".join(word[0].upper() + word[1:] for word in words)[:_LONGEST_NAME]
    return name if name and not name[0].isdigit() else f"{name and 'Screen'}{name}" or "GeneratedScreen"


def _flat(value: Any) -> str:
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, Later):
        return f"lambda: {_flat(value.call)}"
    if isinstance(value, Call):
        pieces = [_flat(argument) for argument in value.arguments]
        pieces += [f"{key}={_flat(argument)}" for key, argument in value.named.items()]
        return f"{value.name}({', '.join(pieces)})"
    if isinstance(value, list):
        return f"[{', '.join(map(_flat, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_flat, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {_flat(item)}" for key, item in value.items()) + "}"
    return literal(value)


def _wrapped(text: str, depth: int) -> str:
    """Return a long text as pieces below one another, in parentheses."""
    room = max(30, WIDTH - (depth + 1) * len(_STEP) - 4)
    pieces, rest = [], text
    while rest:
        cut = rest.rfind(" ", 0, room) + 1 if len(rest) > room else len(rest)
        cut = cut or min(room, len(rest))
        pieces.append(rest[:cut])
        rest = rest[cut:]
    if len(pieces) < 2:
        return _quoted(text)
    inner = _STEP * (depth + 1)
    return "(\n" + "".join(f"{inner}{_quoted(piece)}\n" for piece in pieces) + f"{_STEP * depth})"


def _quoted(text: str) -> str:
    # repr escapes whatever is not printable, and with it what could hide or turn round the text beside it.
    found = repr(text)
    inner = found[1:-1]
    if found[0] == "'":
        inner = inner.replace("\\'", "'").replace('"', '\\"')
    return f'"{inner}"'
