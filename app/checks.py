"""A schema's text, checked: is it JSON, is it a JSON Schema, and on which line is it not."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

from app.style.plain_text import one_line
from engine.errors import EngineError, SchemaInvalid, SchemaSyntaxError
from engine.schema.pointer import escape, unescape
from engine.schema.walk import DEEPEST

if TYPE_CHECKING:
    from engine.constraint.slips import Slip

_BLANK = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS = {"true": True, "false": False, "null": None}
_POSITIONS_UP_TO = 1_000_000


@dataclass(frozen=True)
class Problem:
    """Something wrong in a text: a sentence, and its line (from 1) and column (from 1; 0: the whole line).

    A `warning` is something that may not be meant so. A sentence that quotes a text without end is cut short.
    """

    message: str
    line: int
    column: int = 0
    pointer: str = ""
    length: int = 0
    warning: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", one_line(self.message))


@dataclass(frozen=True)
class SchemaCheck:
    """What is known about a schema's text. `schema` is None where the text is not JSON.

    `warnings` do no harm: keywords that say nothing, though somebody probably meant something by them.
    """

    text: str
    schema: Any = None
    problems: tuple[Problem, ...] = ()
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether the text may be held against a model."""
        return not self.problems

    def place(self, pointer: str | None) -> tuple[int, int]:
        """Return line and column of a JSON Pointer, or of its nearest parent that is known."""
        pointer = (pointer or "").removeprefix("#")
        if not pointer.startswith("/"):
            pointer = ""
        while pointer not in self.places and pointer:
            pointer = pointer.rpartition("/")[0]
        return self.places.get(pointer, (1, 1))


def check_schema(text: str) -> SchemaCheck:
    """Parse a schema with the line of every value, then hold it against its metaschema."""
    from engine.constraint.slips import slips
    from engine.schema.document import read_schema

    if not text.strip():
        return SchemaCheck(text, problems=(Problem("There is no schema yet.", 1),))
    try:
        schema, places, problems = read_json(text)
    except SchemaSyntaxError as error:
        return SchemaCheck(text, problems=(Problem(error.message, error.line, error.column),))
    check = SchemaCheck(text, schema, tuple(problems), places)
    if problems:
        return check
    try:
        document = read_schema(text)
    except SchemaInvalid as error:
        found = Problem(_reason(check, error), *check.place(error.where), error.where or "")
        return SchemaCheck(text, schema, (found,), places)
    return replace(check, warnings=tuple(_warning(check, slip) for slip in slips(document)))


def located(check: SchemaCheck, error: EngineError) -> SchemaCheck:
    """Return the check with an error of the engine added at its line."""
    line, column = check.place(error.where)
    message = error.message + (f" {error.advice}" if error.advice else "")
    problem = Problem(message, line, column, error.where or "")
    return replace(check, problems=(*check.problems, problem))


def _warning(check: SchemaCheck, slip: Slip) -> Problem:
    pointer = f"{slip.pointer}/{escape(slip.keyword)}"
    length = len(json.dumps(slip.keyword, ensure_ascii=False))
    return Problem(slip.message, *check.place(pointer), pointer, length, warning=True)


def _reason(check: SchemaCheck, error: SchemaInvalid) -> str:
    """Return the engine's sentence, or a plainer one for the commonest slip: a type that is none."""
    parent, _, keyword = (error.where or "").rpartition("/")
    if keyword == "type":
        holder = resolve(check.schema, parent)
        if isinstance(holder, dict) and isinstance(holder.get("type"), str):
            shown = json.dumps(holder["type"], ensure_ascii=False)
            return f"{shown} is no JSON type: one of object, array, string, number, integer, boolean, null."
    return error.message + (f" {error.advice}" if error.advice else "")


def resolve(value: Any, pointer: str) -> Any:
    """Return what a JSON Pointer names within a value, or None."""
    for token in pointer.split("/")[1:]:
        if isinstance(value, dict):
            value = value.get(unescape(token))
        elif isinstance(value, list) and token.isdigit() and int(token) < len(value):
            value = value[int(token)]
        else:
            return None
    return value


def read_json(text: str) -> tuple[Any, dict[str, tuple[int, int]], list[Problem]]:
    """Return a JSON text's value, the line and column of the value at each pointer, and its duplicate keys.

    Raises SchemaSyntaxError with the line. Texts past a megabyte are parsed without positions.
    """
    if len(text) > _POSITIONS_UP_TO:
        try:
            return json.loads(text), {}, []
        except json.JSONDecodeError as error:
            raise SchemaSyntaxError(_plain(error.msg), line=error.lineno, column=error.colno) from error
        except RecursionError as error:
            raise SchemaSyntaxError("This is nested too deeply.", line=1, column=1) from error
    reader = _Reader(text)
    value = reader.document()
    return value, reader.places, reader.duplicates


def _plain(message: str) -> str:
    sentences = {
        "Expecting property name enclosed in double quotes": 'A key in double quotes is expected here: "name".',
        "Expecting ':' delimiter": "A colon is missing after the key.",
        "Expecting ',' delimiter": "A comma is missing before this.",
        "Expecting value": "A value is expected here.",
        "Extra data": "The JSON ended before this.",
        "Invalid control character at": "A line break or control character stands inside a string.",
        "Unterminated string starting at": "This string is not closed.",
    }
    return sentences.get(message, message + ".")


class _Reader:
    """A JSON reader that remembers where things stand; depth is limited, so that no text can exhaust the stack."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places: dict[str, tuple[int, int]] = {}
        self.duplicates: list[Problem] = []
        self._line = 1
        self._line_start = 0
        self._counted = 0

    def document(self) -> Any:
        self._blank()
        value = self._value("", 0)
        self._blank()
        if self.at < len(self.text):
            raise self._error("Extra data")
        return value

    def _position(self, at: int) -> tuple[int, int]:
        breaks = self.text.count("\n", self._counted, at)
        if breaks:
            self._line += breaks
            self._line_start = self.text.rindex("\n", self._counted, at) + 1
        self._counted = max(self._counted, at)
        return self._line, at - self._line_start + 1

    def _error(self, message: str, at: int | None = None) -> SchemaSyntaxError:
        at = self.at if at is None else at
        line = self.text.count("\n", 0, at) + 1
        column = at - self.text.rfind("\n", 0, at)
        return SchemaSyntaxError(_plain(message), line=line, column=column)

    def _blank(self) -> None:
        match = _BLANK.match(self.text, self.at)
        assert match is not None, "the pattern matches nothing too"
        self.at = match.end()

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _string(self) -> str:
        start = self.at
        try:
            value, self.at = scanstring(self.text, self.at + 1, True)
        except json.JSONDecodeError as error:
            unclosed = error.msg.startswith(("Unterminated", "Invalid control"))
            raise self._error(error.msg, start if unclosed else error.pos) from error
        return str(value)

    def _value(self, pointer: str, depth: int) -> Any:
        self.places.setdefault(pointer, self._position(self.at))
        if depth > DEEPEST:
            raise self._error(f"This is nested more than {DEEPEST} levels deep")
        match self._peek():
            case '"':
                return self._string()
            case "{":
                return self._object(pointer, depth)
            case "[":
                return self._array(pointer, depth)
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        number = _NUMBER.match(self.text, self.at)
        if number is None:
            raise self._error("Expecting value")
        self.at = number.end()
        return json.loads(number.group())

    def _object(self, pointer: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.at += 1
        self._blank()
        if self._peek() == "}":
            self.at += 1
            return found
        while True:
            if self._peek() != '"':
                trailing = self._peek() == "}"
                message = "A comma stands before the closing brace" if trailing else None
                raise self._error(message or "Expecting property name enclosed in double quotes")
            line, column = self._position(self.at)
            start = self.at
            key = self._string()
            inner = f"{pointer}/{escape(key)}"
            if key in found:
                message = f'The key "{key}" stands here a second time; readers keep only one of them.'
                self.duplicates.append(Problem(message, line, column, inner, self.at - start))
            self.places[inner] = (line, column)
            self._blank()
            if self._peek() != ":":
                raise self._error("Expecting ':' delimiter")
            self.at += 1
            self._blank()
            found[key] = self._value(inner, depth + 1)
            if self._ends("}"):
                return found

    def _array(self, pointer: str, depth: int) -> list[Any]:
        found: list[Any] = []
        self.at += 1
        self._blank()
        if self._peek() == "]":
            self.at += 1
            return found
        while True:
            found.append(self._value(f"{pointer}/{len(found)}", depth + 1))
            if self._ends("]"):
                return found

    def _ends(self, bracket: str) -> bool:
        """Step over a comma or the closing bracket; whether it was the bracket."""
        self._blank()
        if self._peek() == bracket:
            self.at += 1
            return True
        if self._peek() != ",":
            raise self._error("Expecting ',' delimiter")
        self.at += 1
        self._blank()
        return False
