"""Checking an answer that nobody held to its constraint while it was written: it passes as a whole, or not at all."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.constraint.closing import byte_closer
from engine.constraint.values import DEEPEST, ClosedKey, ClosedValue, ValueWatcher
from engine.errors import ConstraintUnsupported
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.constraint.compile import CompiledConstraint

_LONGEST = 200
_SHOWN = 24
_MOST_PROBLEMS = 5
_FENCE, _THOUGHT, _THOUGHT_OVER = "```", "<think>", "</think>"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an answer at one place: a JSON Pointer, empty for the whole, and half a sentence."""

    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer's text, and what is wrong with it. `values` are all of its JSON values where nothing is."""

    text: str
    value: Any = None
    values: tuple[ClosedValue, ...] = ()
    problems: tuple[Problem, ...] = ()


def unwrapped(text: str) -> str:
    """Return the JSON of an answer without what models wrap it in: thoughts before it, and a fence around it."""
    text = text.strip()
    if text.startswith(_THOUGHT) and (end := text.find(_THOUGHT_OVER)) >= 0:
        text = text[end + len(_THOUGHT_OVER) :].strip()
    if text.startswith(_FENCE) and text.endswith(_FENCE) and (line := text.find("\n")) >= 0:
        language = text[len(_FENCE) : line].strip()
        if not language or language.isalnum():
            text = text[line + 1 : -len(_FENCE)].strip()
    return text


def check(text: str, constraint: CompiledConstraint | None) -> Checked:
    """Hold an answer against its whole constraint; None stands for unconstrained text, which always passes.

    JSON is read strictly: no key twice, no number that is none elsewhere, formats asserted. Other text has to be
    derived by the grammar from its first byte to its last.
    """
    if constraint is None:
        return Checked(text)
    if constraint.is_json:
        return _check_json(text, constraint)
    problem = _check_text(text, constraint)
    return Checked(text, problems=(problem,) if problem else ())


def _check_json(text: str, constraint: CompiledConstraint) -> Checked:
    problem = _unreadable(text)
    if problem is not None:
        return Checked(text, problems=(problem,))
    watcher = ValueWatcher()
    try:
        closed = [*watcher.feed(text), *watcher.finish()]
    except ConstraintUnsupported as error:
        return Checked(text, problems=(Problem(error.where or "", "it is nested too deeply"),))
    problems = []
    for each in closed:
        said = each.key if isinstance(each, ClosedKey) else each.value
        if isinstance(said, str) and any("\ud800" <= character <= "\udfff" for character in said):
            problems.append(Problem(each.pointer, "it holds half of a character"))
        elif isinstance(each, ClosedKey) and each.again:
            problems.append(Problem(each.pointer, f'the key "{_short(each.key)}" stands there twice'))
        elif isinstance(each, ClosedValue) and isinstance(each.value, float) and not math.isfinite(each.value):
            problems.append(Problem(each.pointer, "this number is too large to be read"))
    values = tuple(each for each in closed if isinstance(each, ClosedValue))
    value = values[-1].value
    if not problems:
        problems = [*_violations(value, constraint)]
    return Checked(text, value, () if problems else values, tuple(problems[:_MOST_PROBLEMS]))


def _unreadable(text: str) -> Problem | None:
    if not text.strip():
        return Problem("", "it is empty")
    try:
        json.loads(text, parse_constant=_refuse_constant, parse_int=float)
    except json.JSONDecodeError as error:
        return Problem("", f"it is not JSON: {error.msg} at character {error.pos + 1:,}")
    except RecursionError:
        return Problem("", f"it is nested more than {DEEPEST} levels deep")
    except ValueError as error:
        return Problem("", str(error))
    return None


def _refuse_constant(name: str) -> float:
    raise ValueError(f"it is not JSON: {name} is no number there")


def _violations(value: Any, constraint: CompiledConstraint) -> Iterator[Problem]:
    if constraint.validator is None:
        if not isinstance(value, dict):
            yield Problem("", "it is no JSON object")
        return
    for error in constraint.validator.iter_errors(value):
        yield Problem(to_pointer(error.instance_path), _short(error.message))


def _check_text(text: str, constraint: CompiledConstraint) -> Problem | None:
    data = text.encode()
    matcher = constraint.matcher(byte_closer().tokenizer)
    for index, byte in enumerate(data):
        try:
            fits = not matcher.ended and matcher.allows(byte)
            if fits:
                matcher.consume(byte)
        except ConstraintUnsupported as error:
            return Problem("", f"it cannot be checked: {_short(error.message)}")
        if not fits:
            place = len(data[:index].decode(errors="ignore"))
            return Problem(
                "", f"“{_short(text[place : place + 24])}”, at character {place + 1:,}, is not what can follow"
            )
    return None if matcher.accepting else Problem("", "it is not complete")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"
