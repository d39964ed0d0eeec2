"""Writing schemas to a file, an archive or a folder."""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from typing import TYPE_CHECKING, Literal
from zipfile import ZIP_DEFLATED, ZipFile

from engine.errors import TransferError
from engine.store.schema_text import encoded
from engine.store.schema_transfer import own
from engine.store.schema_transfer.reading import LIBRARY
from engine.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from engine.store.histories import Histories

SchemaFormat = Literal["library", "plain", "zip", "folder"]

_ADVICE = "Choose another name or folder. A file of that name, if there was one, is as it was."
_LONGEST_NAME = 180
"""Bytes of the name of a file, which most systems bound at 255."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def export_schemas(histories: Histories, schemas: Sequence[int], target: Path, form: SchemaFormat = "library") -> None:
    """Write schemas to a file, which takes the place of another when it is whole, or to a folder, which has to be new.

    Plain files hold what was typed last. Raises TransferError where it cannot be written, KeyError for a schema that
    does not exist.
    """
    if form == "folder":
        _write_folder(histories, schemas, target)
    elif form == "zip":
        _write_archive(histories, schemas, target)
    elif form == "library":
        with whole_file(target, TransferError, _ADVICE) as file:
            file.writelines(_library(histories, schemas))
    elif len(schemas) == 1:
        with whole_file(target, TransferError, _ADVICE) as file:
            file.write(encoded(histories.read(schemas[0]).text))
    else:
        raise TransferError(
            "A plain file holds one schema.", where=str(target), advice="Export several as a folder or an archive."
        )


def _write_folder(histories: Histories, schemas: Sequence[int], target: Path) -> None:
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise TransferError(
                "There is something of that name already.", where=str(target), advice="Choose a new or an empty folder."
            )
        partial.mkdir()
        try:
            for name, lines in _files(histories, schemas):
                with (partial / name).open("wb") as file:
                    file.writelines(lines)
                    file.flush()
                    os.fsync(file.fileno())
            if target.exists():
                target.rmdir()
            partial.rename(target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        reason = f"The folder cannot be written: {error.strerror or error}."
        raise TransferError(reason, where=str(target), advice="Choose another name or place.") from error


def _write_archive(histories: Histories, schemas: Sequence[int], target: Path) -> None:
    with whole_file(target, TransferError, _ADVICE) as file, ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, lines in _files(histories, schemas):
            with archive.open(name, "w", force_zip64=True) as member:
                member.writelines(lines)


def _files(histories: Histories, schemas: Sequence[int]) -> Iterator[tuple[str, Iterator[bytes]]]:
    yield LIBRARY, _library(histories, schemas)
    taken = {LIBRARY}
    for schema in schemas:
        history = histories.read(schema)
        name = _file_name(history.name, taken)
        taken.add(name.casefold())
        yield name, iter((encoded(history.text),))


def _library(histories: Histories, schemas: Sequence[int]) -> Iterator[bytes]:
    return own.written(histories.read(schema) for schema in schemas)


def _file_name(name: str, taken: set[str]) -> str:
    """Return a name that every system takes for a file, and that leads out of no folder."""
    stem = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", name))
    stem = "".join("_" if unicodedata.category(letter)[0] == "C" else letter for letter in stem).strip(". ")
    stem = stem.encode()[:_LONGEST_NAME].decode(errors="ignore").strip(". ") or "schema"
    stem = f"_{stem}" if _DEVICES.fullmatch(stem) else stem
    file, count = f"{stem}.json", 1
    while file.casefold() in taken:
        count += 1
        file = f"{stem} ({count}).json"
    return file
