"""Reading values out of a file that may be of any kind, cut, huge or broken, and saying where it is so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.errors import TransferError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

LIMIT = 512 * 2**20
"""Bytes of a file, or of one of its lines, that are read at once."""
HEAD = 4096
"""Bytes of a file that tell of what kind it is."""
BOM = b"\xef\xbb\xbf"
_DECODER = json.JSONDecoder()
_NAMES = {str: "a text", bool: "true or false", dict: "an object", list: "a list", int: "a whole number"}


@dataclass(frozen=True)
class Fault:
    """A conversation or a schema that could not be read: where it stands (a line, a JSON Pointer) and why."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class Unreadable(Exception):
    """What stands at a place of a file is not what is sought there. `message` is a sentence without its full stop."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message)
        self.fault = Fault(where, f"{message}.")


@dataclass(frozen=True)
class OwnFormat:
    """A format of our own: the name and version that a file begins with, and the member that lists what is in it."""

    name: str
    version: int
    listed: str
    end: str = "]}"
    """The last line."""


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


def values_in(path: Path, ours: OwnFormat) -> Iterator[Found | Fault]:
    """Read the conversations of a file, one by one, whatever its kind.

    Raises TransferError where the file as a whole cannot be used.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD).removeprefix(BOM).lstrip()
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
                line = file.readline(LIMIT).removeprefix(BOM).strip()
                kind = kind_of(line, ours)
                if kind == "own":
                    yield from own_lines(line, file, ours, path)
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
        raise TransferError(f"The file is no JSON: {reason_of(error)}.", where=str(path)) from error
    if isinstance(value, dict) and value.get("format") == ours.name:
        yield from own_items(value, ours, path)
        return
    yield Found(value)


def member(value: dict[str, Any], key: str, kind: type[Any], where: str, default: Any) -> Any:
    """Return a member of an object, or the default; raises Unreadable where it is of another kind."""
    found = value.get(key, default)
    if found is default or (found is None and default is None):
        return default
    if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
        raise Unreadable(f"This has to be {_NAMES[kind]}", child(where, key))
    return found


def moment(value: dict[str, Any], key: str, where: str) -> str:
    """Return a time as it is written; empty where it is none, or is not in the same years in every time zone."""
    written: str = member(value, key, str, where, "")
    try:
        year = datetime.fromisoformat(written).year
    except ValueError:
        return ""
    return written if datetime.min.year < year < datetime.max.year else ""


def kind_of(line: bytes, ours: OwnFormat) -> str:
    """Tell by its first line whether a file is our "own", holds "lines" of values, or has to be read as a "whole"."""
    for text, of_ours, of_others in ((line + ours.end.encode(), "own", "whole"), (line, "whole", "lines")):
        try:
            value = parse(text.decode())
        except ValueError:
            continue
        if isinstance(value, dict):
            return of_ours if value.get("format") == ours.name else of_others
    # A line that is broken within says nothing of the others.
    return "lines" if len(line) > 2 and line.startswith(b"{") and line.endswith(b"}") else "whole"


def own_items(value: dict[str, Any], ours: OwnFormat, path: Path) -> Iterator[Found]:
    """Read a file of our own format that was written anew by another program, and parsed as a whole."""
    _check_version(value, ours, path)
    listed = value.get(ours.listed)
    if not isinstance(listed, list):
        raise TransferError(f"The file holds no list of {ours.listed}.", where=f"{path}, /{ours.listed}")
    for place, entry in enumerate(listed):
        yield Found(entry, pointer=child(f"/{ours.listed}", place), own=True)


def own_lines(first: bytes, file: BinaryIO, ours: OwnFormat, path: Path) -> Iterator[Found | Fault]:
    """Read a file of our own format, after its first line, line by line."""
    _check_version(json.loads(first + ours.end.encode()), ours, path)
    number = 1
    for number, line in enumerate(raw_lines(file), start=2):
        if line == ours.end.encode():
            return
        if line:
            yield _line(line.removesuffix(b","), number, own=True)
    yield Fault(f"line {number}", "The file ends here, before its end: it was cut off.")


def _check_version(head: dict[str, Any], ours: OwnFormat, path: Path) -> None:
    found = head.get("version")
    if not isinstance(found, int) or found > ours.version:
        raise TransferError(
            f"The file has version {found} of its format, and this program knows up to {ours.version}.",
            where=str(path),
            advice="Update Espalier.",
        )


def _lines(file: BinaryIO) -> Iterator[Found | Fault]:
    for number, line in enumerate(raw_lines(file), start=1):
        if line.removeprefix(BOM):
            yield _line(line.removeprefix(BOM), number)


def raw_lines(file: BinaryIO) -> Iterator[bytes]:
    """Read the lines of a file, without the blanks around them; one that is too long comes in pieces."""
    while line := file.readline(LIMIT):
        yield line.strip()


def _line(line: bytes, number: int, *, own: bool = False) -> Found | Fault:
    prefix = f"line {number}"
    try:
        return Found(parse(line.decode()), prefix, own=own)
    except UnicodeDecodeError:
        return Fault(prefix, "It is not UTF-8 text.")
    except ValueError as error:
        return Fault(prefix, f"It is no JSON: {reason_of(error, line=False)}.")


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
            reason = "it is nested too deeply" if isinstance(error, RecursionError) else reason_of(error)
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


def reason_of(error: Exception, *, line: bool = True) -> str:
    """Say why a text is no JSON, as the end of a sentence, with its place."""
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
