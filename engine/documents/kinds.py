"""Which kind of document a file is: by its name, and by its first bytes where these say otherwise."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from engine.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import PurePath

_KIND_OF_SUFFIX = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".docm": "docx",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".csv": "csv",
    ".tsv": "csv",
    ".eml": "eml",
    ".png": "image",
    ".jpg": "image",
    ".jpeg": "image",
    ".tif": "image",
    ".tiff": "image",
    ".bmp": "image",
    ".webp": "image",
}
KINDS = {
    "text": "plain text",
    "markdown": "a Markdown text",
    "html": "an HTML page",
    "pdf": "a PDF",
    "docx": "a Word document",
    "xlsx": "an Excel workbook",
    "csv": "a table of comma-separated values",
    "eml": "an e-mail message",
    "image": "an image",
}
"""The kinds that are read, and what a person calls one."""

_WRITTEN = frozenset(("text", "markdown", "html", "csv", "eml"))
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_OTHERS = (
    (b"{\\rtf", "an RTF text", "Save it as docx, and add that."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it, and add what is inside."),
    (b"Rar!\x1a\x07", "a RAR archive", "Unpack it, and add what is inside."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it, and add what is inside."),
    (b"MZ\x90\x00", "a program", "Check that it is the file you meant."),
    (b"\x7fELF", "a program", "Check that it is the file you meant."),
    (b"SQLite format 3\x00", "a database", "Export its tables as CSV, and add these."),
)


def kind_by_name(path: PurePath) -> str | None:
    """Return the kind that a file's name stands for, or None where such files are not read."""
    return _KIND_OF_SUFFIX.get(path.suffix.lower())


def readable_endings() -> str:
    """Return the endings of the files that are read, as a list for a person."""
    return ", ".join(sorted(_KIND_OF_SUFFIX))


def kind_by_content(data: bytes, named: str, where: str) -> tuple[str, tuple[str, ...]]:
    """Return what a file really is, with a note where its name says something else.

    What is known by its first bytes is read as what it is. Raises DocumentError, with the file as `where`, for what
    is of no kind that is read, locked, or named like a kind that it is not.
    """
    found = _known_by_its_bytes(data, where)
    if found is None:
        if named in _WRITTEN:
            return named, ()
        raise DocumentError(
            f"The file is named like {KINDS[named]} but is none.", where=where, advice="Check what kind of file it is."
        )
    if found == named:
        return found, ()
    return found, (f"The file is named like {KINDS[named]}, but is {KINDS[found]} and was read as that.",)


def _known_by_its_bytes(data: bytes, where: str) -> str | None:
    if data.startswith(b"PK\x03\x04"):
        return _office_kind(data, where)
    if data.startswith(_OLD_OFFICE):
        raise _old_office(data, where)
    if data.startswith(_IMAGES) or _is_bitmap(data) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return "image"
    if b"%PDF-" in data[:1024] and not data.lstrip()[:5].lower().startswith((b"<html", b"<!doc", b"<?xml")):
        return "pdf"
    for first, name, advice in _OTHERS:
        if data.startswith(first):
            raise DocumentError(f"The file is {name}, which is not read.", where=where, advice=advice)
    return None


def _is_bitmap(data: bytes) -> bool:
    return data[:2] == b"BM" and int.from_bytes(data[2:6], "little") == len(data)


def _office_kind(data: bytes, where: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise DocumentError(
            "The file is damaged or cut short: the list of its parts cannot be read.",
            where=where,
            advice="Fetch or save the file again.",
        ) from error
    folders = {name.partition("/")[0] for name in names if "/" in name}
    if "[Content_Types].xml" in names and "word" in folders:
        return "docx"
    if "[Content_Types].xml" in names and "xl" in folders:
        if "xl/workbook.bin" in names:
            raise DocumentError(
                "The file is a binary Excel workbook (xlsb), which is not read.",
                where=where,
                advice="Save it as xlsx, and add that.",
            )
        return "xlsx"
    if "mimetype" in names and "content.xml" in names:
        raise DocumentError(
            "The file is an OpenDocument file, which is not read.",
            where=where,
            advice="Save it as docx, xlsx or PDF, and add that.",
        )
    raise DocumentError("The file is a ZIP archive, which is not read.", where=where, advice="Unpack it first.")


def _old_office(data: bytes, where: str) -> DocumentError:
    """Tell a locked file from one of before 2007: both are Microsoft compound files [MS-CFB], names in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return DocumentError(
            "The file is locked with a password.", where=where, advice="Save a copy without a password, and add that."
        )
    return DocumentError(
        "The file is in an Office format of before 2007, or an Outlook message, which are not read.",
        where=where,
        advice="Save it as docx, xlsx, eml or PDF, and add that.",
    )
