"""Reading schemas out of a file, a folder or an archive that may be of any kind, cut, huge or broken."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from engine.errors import TransferError
from engine.store.histories import Edition, History
from engine.store.schema_text import decoded
from engine.store.schema_transfer import own
from engine.store.transfer.reading import (
    BOM,
    HEAD,
    LIMIT,
    Fault,
    Found,
    Unreadable,
    kind_of,
    own_items,
    own_lines,
    parse,
    raw_lines,
    reason_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO
    from zipfile import ZipInfo

LIBRARY = "espalier-schemas.json"
"""The name of the library file in a folder or an archive."""
LONGEST = 64 * 2**20
"""Characters of the text of one schema."""
_MEMBERS = 10_000
"""Files of a folder or an archive."""
_UNPACKED = 2**32
"""Bytes that the files of an archive take: its reader gives no more of a file than the archive declares."""
_LINES = {".jsonl", ".ndjson"}
_SUFFIXES = {".json", *_LINES}
_ARCHIVE = b"PK\x03\x04"
_ENCRYPTED = 0x1
"""The flag of a file of an archive (APPNOTE.TXT 6.3.10, 4.4.4)."""


def histories_in(path: Path) -> Iterator[History | Fault]:
    """Read the schemas of a file, a folder or an archive, one by one.

    Raises TransferError where nothing in it can be used.
    """
    try:
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()
        if path.is_dir():
            yield from _in_folder(path, changed)
            return
        with path.open("rb") as file:
            archive = file.read(len(_ARCHIVE)) == _ARCHIVE
            file.seek(0)
            if archive:
                yield from _in_archive(file, path, changed)
            else:
                yield from _in_file(file, path, path.name, changed)
    except OSError as error:
        raise TransferError(f"The file cannot be read: {error.strerror or error}.", where=str(path)) from error


def _in_folder(folder: Path, changed: str) -> Iterator[History | Fault]:
    library = folder / LIBRARY
    files = [library] if library.is_file() else sorted(file for file in folder.iterdir() if _is_wanted(file.name))
    _require_some(len(files), folder)
    for path in files:
        try:
            with path.open("rb") as file:
                yield from _named(path.name, _in_file(file, path, path.name, changed))
        except OSError as error:
            yield Fault(path.name, f"It cannot be read: {error.strerror or error}.")
        except TransferError as error:
            yield Fault(path.name, error.message)


def _in_archive(file: BinaryIO, path: Path, changed: str) -> Iterator[History | Fault]:
    try:
        with ZipFile(file) as archive:
            # An archive may hold a member without a name, of which zipfile cannot tell whether it is a folder.
            members = [member for member in archive.infolist() if member.filename and not member.is_dir()]
            libraries = [member for member in members if PurePosixPath(member.filename).name == LIBRARY]
            wanted = libraries[:1] or [member for member in members if _is_wanted(member.filename)]
            _require_some(len(wanted), path)
            if sum(member.file_size for member in wanted) > _UNPACKED:
                raise TransferError(f"It unpacks to more than {_UNPACKED // 2**30} GB.", where=str(path))
            for member in wanted:
                yield from _named(member.filename, _in_member(archive, member, path, changed))
    except (BadZipFile, NotImplementedError, UnicodeDecodeError, EOFError) as error:
        raise TransferError("The archive is damaged, or of a kind that is not known here.", where=str(path)) from error


def _in_member(archive: ZipFile, member: ZipInfo, path: Path, changed: str) -> Iterator[History | Fault]:
    if member.flag_bits & _ENCRYPTED or member.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        yield Fault("", "It cannot be unpacked: it is encrypted, or compressed in a way that is not known here.")
        return
    try:
        with archive.open(member) as file:
            yield from _in_file(cast("BinaryIO", file), path, PurePosixPath(member.filename).name, changed)
    except TransferError as error:
        yield Fault("", error.message)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        yield Fault("", f"It cannot be unpacked: {str(error)[:200] or 'it is cut short'}.")


def _named(name: str, read: Iterator[History | Fault]) -> Iterator[History | Fault]:
    """Say of what cannot be read in which file it stands."""
    for found in read:
        if isinstance(found, Fault):
            yield replace(found, where=", ".join(filter(None, (name, found.where))))
        else:
            yield found


def _in_file(file: BinaryIO, path: Path, name: str, changed: str) -> Iterator[History | Fault]:
    """Read one file, which may stand in an archive at `path`."""
    head = file.read(HEAD)
    if len(head) < HEAD and not head.removeprefix(BOM).strip():
        raise TransferError("The file is empty.", where=str(path))
    file.seek(0)
    first = file.readline(LIMIT)
    line = first.removeprefix(BOM).strip()
    if line.startswith(b"{") and kind_of(line, own.OURS) == "own":
        yield from _ours(own_lines(line, file, own.OURS, path), changed)
        return
    if PurePosixPath(name).suffix.lower() in _LINES:
        file.seek(0)
        yield from _lines(file, PurePosixPath(name).stem)
        return
    raw = first + file.read(LIMIT + 1 - len(first))
    if len(raw) > LIMIT:
        raise TransferError(f"The file is larger than {LIMIT // 2**20} MB.", where=str(path))
    text, value = _parsed(raw, path)
    if isinstance(value, dict) and value.get("format") == own.OURS.name:
        yield from _ours(own_items(value, own.OURS, path), changed)
        return
    try:
        yield _plain(PurePosixPath(name).stem, text, value)
    except Unreadable as error:
        raise TransferError(error.fault.message, where=str(path)) from error


def _ours(found: Iterator[Found | Fault] | Iterator[Found], changed: str) -> Iterator[History | Fault]:
    for entry in found:
        if isinstance(entry, Fault):
            yield entry
            continue
        try:
            yield own.history_of(entry.value, entry.pointer, changed)
        except Unreadable as error:
            where = ", ".join(filter(None, (entry.prefix, error.fault.where)))
            yield Fault(where, error.fault.message)


def _lines(file: BinaryIO, stem: str) -> Iterator[History | Fault]:
    for number, raw in enumerate(raw_lines(file), start=1):
        line = raw.removeprefix(BOM)
        if not line:
            continue
        try:
            text = decoded(line)
            yield _plain(f"{stem} {number}", text, parse(text))
        except UnicodeDecodeError:
            yield Fault(f"line {number}", "It is not UTF-8 text.")
        except ValueError as error:
            yield Fault(f"line {number}", f"It is no JSON: {reason_of(error, line=False)}.")
        except Unreadable as error:
            yield Fault(f"line {number}", error.fault.message)


def _parsed(raw: bytes, path: Path) -> tuple[str, Any]:
    try:
        text = decoded(raw.removeprefix(BOM))
        return text, parse(text)
    except UnicodeDecodeError as error:
        raise TransferError(
            f"The file is not UTF-8 text: byte {error.start:,} cannot be read.",
            where=str(path),
            advice="Save it as UTF-8.",
        ) from error
    except ValueError as error:
        raise TransferError(f"The file is no JSON: {reason_of(error)}.", where=str(path)) from error


def _plain(name: str, text: str, value: Any) -> History:
    """Take a text for a schema, as it stands, where it can be one (JSON Schema 2020-12, 4.3)."""
    if isinstance(value, dict) and value.get("format") == "espalier-threads":
        raise Unreadable("This file holds threads, which are imported in the Playground", "")
    if not isinstance(value, dict | bool):
        raise Unreadable("This is no schema: a schema is an object, true or false", "")
    if len(text) > LONGEST:
        raise Unreadable(f"This schema is larger than {LONGEST // 2**20} MB", "")
    return History(name, (Edition(text),))


def _is_wanted(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() in _SUFFIXES and not path.name.startswith(".") and "__MACOSX" not in path.parts


def _require_some(files: int, path: Path) -> None:
    if not files:
        raise TransferError(
            "There is no schema in it.", where=str(path), advice="Schemas are files that end in .json or .jsonl."
        )
    if files > _MEMBERS:
        raise TransferError(f"It holds more than {_MEMBERS:,} files.", where=str(path), advice="Import parts of it.")
