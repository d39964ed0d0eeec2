"""Reading values out of a file that may be of any kind, cut, huge or broken, and saying where it is so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import TransferError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

LIMIT = 512 * 2**20
"""Bytes of a file, or of one of its lines, that are read at once."""
_HEAD = 4096
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Fault:
    """A conversation that could not be read: where it stands (a line, a JSON Pointer) and why."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class Unreadable(Exception):
    """What stands at a place of a file is no part of a conversation. `message` is a sentence without its full stop."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message)
        self.fault = Fault(where, f"{message}.")


@dataclass(frozen=True)
class Found:
    """A value of a file and where it stands: behind `prefix`, words such as "line 3"."""

    value: Any
    prefix: str = ""
    pointer: str = ""
    own: bool = False


def child(where: str, key: str | int) -> str:
    """Return the JSON Pointer of a member (RFC 6901)."""
    return f"{where}/{str(key).replace('~', '~0').replace('/', '~1')}"


def parse(text: str) -> Any:
    """Parse JSON; raises ValueError, also for what is nested too deeply for Python's parser."""
    try:
        return _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("It is nested too deeply") from error


def values_in(path: Path, *, own_format: str, own_version: int, own_end: str) -> Iterator[Found | Fault]:
    """Read the conversations of a file, one by one, whatever its kind.

    Raises TransferError where the file as a whole cannot be used.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
            if not head:
                raise TransferError("The file is empty.", where=str(path))
            if head.startswith(b"PK\x03\x04"):
                raise TransferError(
                    "This is a ZIP archive.", where=str(path), advice="Unpack it and import conversations.json from it."
                )
            if head[:1] not in {b"{", b"["}:
                raise _unknown(path)
            file.seek(0)
            if head.startswith(b"{"):  # a list may be one line of 100 MB
                line = file.readline(LIMIT).removeprefix(b"\xef\xbb\xbf").strip()
                kind = _kind_of(line, own_format, own_end)
                if kind == "own":
                    _check_version(json.loads(line + own_end.encode()), own_version, path)
                    yield from _own_lines(file, own_end)
                    return
                file.seek(0)
                if kind == "lines":
                    yield from _lines(file)
                    return
            text = _whole(file, path)
    except OSError as error:
        raise TransferError(f"The file cannot be read: {error.strerror or error}.", where=str(path)) from error
    if text.startswith("["):
        yield from _items(text)
        return
    try:
        value = parse(text)
    except ValueError as error:
        raise TransferError(f"The file is no JSON: {_reason(error)}.", where=str(path)) from error
    if isinstance(value, dict) and value.get("format") == own_format:
        _check_version(value, own_version, path)
        threads = value.get("threads")
        if not isinstance(threads, list):
            raise TransferError("The file holds no list of threads.", where=f"{path}, /threads")
        for place, thread in enumerate(threads):
            yield Found(thread, pointer=child("/threads", place), own=True)
        return
    yield Found(value)


def _kind_of(line: bytes, own_format: str, own_end: str) -> str:
    """Tell by its first line whether a file is our own, holds a value a line, or has to be read as a whole."""
    for text, of_ours, of_others in ((line + own_end.encode(), "own", "whole"), (line, "whole", "lines")):
        try:
            value = parse(text.decode())
        except ValueError:
            continue
        if isinstance(value, dict):
            return of_ours if value.get("format") == own_format else of_others
    # A line that is broken within says nothing of the others.
    return "lines" if len(line) > 2 and line.startswith(b"{") and line.endswith(b"}") else "whole"


def _check_version(head: dict[str, Any], version: int, path: Path) -> None:
    found = head.get("version")
    if not isinstance(found, int) or found > version:
        raise TransferError(
            f"The file has version {found} of its format, and this program knows up to {version}.",
            where=str(path),
            advice="Update Espalier.",
        )


def _own_lines(file: BinaryIO, end: str) -> Iterator[Found | Fault]:
    number = 1
    for number, line in enumerate(_raw_lines(file), start=2):
        if line == end.encode():
            return
        if line:
            yield _line(line.removesuffix(b","), number, own=True)
    yield Fault(f"line {number}", "The file ends here, before its end: it was cut off.")


def _lines(file: BinaryIO) -> Iterator[Found | Fault]:
    for number, line in enumerate(_raw_lines(file), start=1):
        if line.removeprefix(b"\xef\xbb\xbf"):
            yield _line(line.removeprefix(b"\xef\xbb\xbf"), number)


def _raw_lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(LIMIT):
        yield line.strip()


def _line(line: bytes, number: int, *, own: bool = False) -> Found | Fault:
    prefix = f"line {number}"
    try:
        return Found(parse(line.decode()), prefix, own=own)
    except UnicodeDecodeError:
        return Fault(prefix, "It is not UTF-8 text.")
    except ValueError as error:
        return Fault(prefix, f"It is no JSON: {_reason(error, line=False)}.")


def _whole(file: BinaryIO, path: Path) -> str:
    raw = file.read(LIMIT + 1)
    if len(raw) > LIMIT:
        raise TransferError(
            f"The file is larger than {LIMIT // 2**20} MB.",
            where=str(path),
            advice="Split it: one conversation a line is read whatever the size of the file.",
        )
    try:
        return raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise TransferError(
            f"The file is not UTF-8 text: byte {error.start:,} cannot be read.",
            where=str(path),
            advice="Save it as UTF-8.",
        ) from error


def _items(text: str) -> Iterator[Found | Fault]:
    """Read a list item by item, so that what stands before a broken place is not lost with it."""
    at, place = _skip(text, 1), 0
    while at < len(text) and text[at] != "]":
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            reason = "it is nested too deeply" if isinstance(error, RecursionError) else _reason(error)
            yield Fault(child("", place), f"From here on the file cannot be read: {reason}.")
            return
        yield Found(value, pointer=child("", place))
        place += 1
        at = _skip(text, at)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "]":
            break
    if at >= len(text) or text[at] != "]":
        yield Fault(child("", place), "The file ends here, or goes on with something else: it was cut off.")


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _reason(error: Exception, *, line: bool = True) -> str:
    if isinstance(error, json.JSONDecodeError):
        place = f"line {error.lineno}, column {error.colno}" if line else f"column {error.colno}"
        what = error.msg.removesuffix(" starting at")
        return f"{what[:1].lower()}{what[1:]} ({place})"
    return f"{str(error)[:1].lower()}{str(error)[1:200]}"


def _unknown(path: Path) -> TransferError:
    return TransferError(
        "This is no file of conversations that can be imported.",
        where=str(path),
        advice="Known are Espalier's own JSON, OpenAI chat messages, and ChatGPT's conversations.json.",
    )
