"""`espalier schema`: schemas from examples and other forms, schemas in other forms, and what is wrong with them."""

from __future__ import annotations

import functools
import json
import sys
from typing import TYPE_CHECKING, Any, TypeVar

from engine.cli.console import read_text, showable
from engine.cli.problems import problems, rules
from engine.cli.rewriting import REWRITINGS, differ, rewrite
from engine.errors import InvalidRequest, SchemaError
from engine.schema.document import read_json
from engine.schema.interchange import (
    from_example,
    from_example_lines,
    from_python,
    from_schema,
    from_wrapper,
    infer_schema,
    lay_out,
    read_example_lines,
    read_incoming,
    to_pydantic,
    to_response_format,
    to_tool,
    to_typescript,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from engine.schema.interchange import Incoming

T = TypeVar("T")

_LINES = frozenset({".jsonl", ".ndjson"})


def schema(options: argparse.Namespace) -> int:
    """Do what the action says; return the exit code."""
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "infer": _infer,
        "import": _import,
        "export": _export,
        "problems": lambda asked: problems(asked, _text(asked.file)),
        "rules": rules,
        "diff": lambda asked: differ(_text(asked.old), _text(asked.new)),
    }
    for how in REWRITINGS:
        actions[how] = lambda asked: rewrite(asked.action, _text(asked.file))
    return actions[options.action](options)


def _infer(options: argparse.Namespace) -> int:
    values: list[Any] = []
    for path in options.files:
        values += _within(path, functools.partial(_examples, path=path, items=options.items))
    inferred = infer_schema(values, closed=options.closed, examples=options.examples)
    _tell(inferred.notes)
    print(lay_out(inferred.schema))
    return 0


def _import(options: argparse.Namespace) -> int:
    incoming = _incoming(options)
    _tell(incoming.notes)
    print(incoming.text.rstrip("\n"))
    return 0


def _export(options: argparse.Namespace) -> int:
    incoming = _incoming(options)
    name = options.name or incoming.name
    value = read_json(incoming.text)
    if options.to == "json-schema":
        text = incoming.text
    elif options.to == "response-format":
        text = lay_out(to_response_format(value, name))
    elif options.to == "tool":
        text = lay_out(to_tool(value, name))
    elif options.to == "typescript":
        text = to_typescript(value, name)
    else:
        text = to_pydantic(value, name)
    _tell(incoming.notes)
    print(text.rstrip("\n"))
    return 0


def _incoming(options: argparse.Namespace) -> Incoming:
    """Read the file that is named, in the form that is named or that it turns out to have."""
    path: Path = options.file
    name = "" if _is_stdin(path) else path.stem
    forms: dict[str, Callable[[str], Incoming]] = {
        "schema": lambda text: from_schema(text, name=name),
        "request": lambda text: from_wrapper(text, name=name),
        "python": lambda text: from_python(text, root=options.root),
        "example": lambda text: from_example(text, name=name),
        "lines": lambda text: from_example_lines(text, name=name),
    }
    if options.form is None and options.root:
        options.form = "python"
    read = forms.get(options.form or "")
    return _within(path, read or (lambda text: read_incoming(text, name=name)))


def _within(path: Path, read: Callable[[str], T]) -> T:
    """Read a file, and name it in what is wrong with it."""
    text = _text(path)
    try:
        return read(text)
    except SchemaError as error:
        if not _is_stdin(path):
            error.message = f"{path}: {error.message}"
        raise


def _examples(text: str, *, path: Path, items: bool) -> list[Any]:
    """Return the examples in a text: one a line, the items of an array, or one."""
    if path.suffix.lower() in _LINES:
        return read_example_lines(text)
    try:
        value = read_json(text, what="The example")
    except SchemaError:
        lines = text.strip().split("\n", 1)
        if len(lines) == 1 or not _is_json(lines[0]):
            raise
        return read_example_lines(text)
    if not items:
        return [value]
    if not isinstance(value, list):
        raise InvalidRequest("This is no array of examples.", where=str(path), advice="Leave out --items.")
    return value


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _is_stdin(path: Path) -> bool:
    return str(path) == "-"


def _text(path: Path) -> str:
    if not _is_stdin(path):
        return read_text(path)
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRequest("What comes from stdin is not UTF-8 text.") from error


def _tell(notes: tuple[str, ...]) -> None:
    for note in notes:
        print(showable(note), file=sys.stderr)
