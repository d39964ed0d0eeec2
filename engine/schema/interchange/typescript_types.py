"""Types of TypeScript as a small tree, and how they are written."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

_WIDTH = 100
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")
_LONGEST_LINE = 2_000


@dataclass(frozen=True)
class Plain:
    """A name, a literal, or a type of one word."""

    text: str


@dataclass(frozen=True)
class Union:
    """`a | b`."""

    members: tuple[Type, ...]


@dataclass(frozen=True)
class Both:
    """`a & b`."""

    members: tuple[Type, ...]


@dataclass(frozen=True)
class ListOf:
    """`a[]`."""

    item: Type


@dataclass(frozen=True)
class TupleOf:
    """`[a, b?, ...c[]]`: the first `required` items have no question mark."""

    items: tuple[Type, ...]
    required: int
    rest: Type | None = None


@dataclass(frozen=True)
class Member:
    """One key of an object, with the lines of its comment."""

    key: str
    type: Type
    optional: bool = False
    comment: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObjectOf:
    """`{ a: b; c?: d; [key: string]: e }`."""

    members: tuple[Member, ...] = ()
    index: Type | None = None


Type = Plain | Union | Both | ListOf | TupleOf | ObjectOf

UNKNOWN = Plain("unknown")
NEVER = Plain("never")
UNDEFINED = Plain("undefined")


def union(members: list[Type]) -> Type:
    """Return the union of types, flat and each once."""
    flat: dict[Type, None] = {}
    for member in members:
        flat |= dict.fromkeys(member.members if isinstance(member, Union) else (member,))
    if UNKNOWN in flat:
        return UNKNOWN
    found = [member for member in flat if member != NEVER]
    if len(found) < 2:
        return found[0] if found else NEVER
    return Union(tuple(found))


def both(members: list[Type]) -> Type:
    """Return the intersection of types, each once."""
    flat: dict[Type, None] = {}
    for member in members:
        flat |= dict.fromkeys(member.members if isinstance(member, Both) else (member,))
    if NEVER in flat:
        return NEVER
    found = [member for member in flat if member != UNKNOWN]
    if len(found) < 2:
        return found[0] if found else UNKNOWN
    return Both(tuple(found))


def literal(value: Any) -> Type:
    """Return the type of one JSON value."""
    if isinstance(value, dict):
        return ObjectOf(tuple(Member(key, literal(each)) for key, each in value.items()))
    if isinstance(value, list):
        return TupleOf(tuple(map(literal, value)), len(value))
    return Plain(quoted(value))


def quoted(value: Any) -> str:
    """Return a JSON value as source, without characters that turn the order of what is shown."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(f"\\u{ord(c):04x}" if _is_hidden(c) else c for c in text)


def comment(lines: tuple[str, ...], level: int) -> str:
    """Return a JSDoc comment of some lines, or nothing; no line can end it."""
    indent = "  " * level
    clean = ["".join(c for c in line if not _is_hidden(c)).replace("*/", "*\\/") for line in lines]
    if not clean:
        return ""
    if len(clean) == 1:
        return f"{indent}/** {clean[0]} */\n"
    return "".join([f"{indent}/**\n", *(f"{indent} * {line}".rstrip() + "\n" for line in clean), f"{indent} */\n"])


def written(type_: Type, level: int = 0) -> str:
    """Return a type as source; lines after the first are indented by so many levels."""
    if isinstance(type_, Plain):
        return type_.text
    if isinstance(type_, Union):
        joined = " | ".join(_operand(member, level) for member in type_.members)
        if len(joined) <= _WIDTH:
            return joined
        parts = [_operand(member, level + 2) for member in type_.members]
        return "".join(f"\n{'  ' * (level + 1)}| {part}" for part in parts)
    if isinstance(type_, Both):
        return " & ".join(_operand(member, level) for member in type_.members)
    if isinstance(type_, ListOf):
        return f"{_operand(type_.item, level)}[]"
    if isinstance(type_, TupleOf):
        items = [_operand(item, level) + ("" if at < type_.required else "?") for at, item in enumerate(type_.items)]
        rest = [] if type_.rest is None else [f"...{_operand(type_.rest, level)}[]"]
        return f"[{', '.join([*items, *rest])}]"
    return _object(type_, level)


def definition(name: str, type_: Type, lines: tuple[str, ...]) -> str:
    """Return the exported definition of a type, with its comment: an interface where it is an object."""
    said, text = comment(lines, 0), written(type_)
    if isinstance(type_, ObjectOf) and type_.members:
        return f"{said}export interface {name} {text}\n"
    return f"{said}export type {name} ={_set_off(text)};\n"


def _operand(type_: Type, level: int) -> str:
    """Return a type as it may stand beside an operator."""
    text = written(type_, level)
    return f"({text})" if isinstance(type_, Union | Both) else text


def _object(type_: ObjectOf, level: int) -> str:
    index = None if type_.index is None else f"[key: string]:{_set_off(written(type_.index, level + 1))}"
    if not type_.members:
        return "{}" if index is None else f"{{ {index} }}"
    indent = "  " * (level + 1)
    lines = [
        f"{comment(member.comment, level + 1)}{indent}{_key(member.key)}{'?' if member.optional else ''}:"
        f"{_set_off(written(member.type, level + 1))};"
        for member in type_.members
    ]
    if index is not None:
        lines.append(f"{indent}{index};")
    return "\n".join(["{", *lines, f"{'  ' * level}}}"])


def _set_off(text: str) -> str:
    """Return a type as it follows a colon or an equals sign."""
    return text if text.startswith("\n") else f" {text}"


def _key(key: str) -> str:
    return key if _IDENTIFIER.match(key) else quoted(key)


def _is_hidden(character: str) -> bool:
    """Tell whether a character breaks lines or turns the direction of text where an editor shows it."""
    return character in "\u2028\u2029" or unicodedata.category(character) in {"Cc", "Cf"}
