"""A file or folder of a person's to documents."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from engine.documents.document import Document, Page
from engine.encoding import decode, plain, tidy
from engine.errors import DocumentError

if TYPE_CHECKING:
    from engine.documents.document import Progress

SIZE_LIMIT = 200_000_000
"""Largest file that is read, in bytes."""

_KINDS = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
}
_DIGITS = re.compile(r"(\d+)")


def is_supported(path: Path) -> bool:
    """Tell from its name whether `read_document` can read a file."""
    return path.suffix.lower() in _KINDS


def find_documents(folder: Path) -> list[Path]:
    """Return the documents in a folder and those below it, "page 2" before "page 10"; a file gives itself.

    Hidden files and folders and unsupported kinds are passed over; links to folders are not followed. Raises
    DocumentError where the folder is missing, cannot be read or holds no document.
    """
    if folder.is_file():
        _kind(folder)
        return [folder]
    if not folder.is_dir():
        raise DocumentError("There is no such file or folder.", where=str(folder), advice="Check the path.")
    found: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(place, name) for name in files if not name.startswith("."))
        found.extend(path for path in paths if is_supported(path))
    if not found:
        raise DocumentError(
            "The folder holds no document that can be read.",
            where=str(folder),
            advice=f"Add {_readable()} files.",
        )
    return sorted(found, key=lambda path: [_natural(part) for part in path.relative_to(folder).parts])


def read_document(path: Path, progress: Progress | None = None) -> Document:
    """Read a text, Markdown, HTML or PDF file.

    Gaps come as at most four spaces and blank lines one at a time; a form feed in a text file begins a page.
    `progress` is told of each page of a PDF. Raises DocumentError for whatever cannot be read, with the file
    as `where`.
    """
    where = str(path)
    kind = _kind(path)
    data = _read(path, where)
    notes: tuple[str, ...]
    if kind == "pdf":
        from engine.documents.pdf import read_pages  # pdfium loads only where it is needed

        pages, notes = read_pages(data, where, progress)
    elif kind == "html":
        from engine.documents.markup import declared_encoding, visible_text

        markup, notes = decode(data, where=where, declared=declared_encoding(data))
        pages = (Page(1, tidy(plain(visible_text(markup)).replace("\f", "\n"))),)
    else:
        text, notes = decode(data, where=where)
        parts = [tidy(part) for part in plain(text).split("\f")]
        while len(parts) > 1 and not parts[-1].strip():
            parts.pop()
        pages = tuple(Page(number, part) for number, part in enumerate(parts, start=1))
    if not any(page.text.strip() for page in pages):
        raise DocumentError(
            "The file holds no visible text.", where=where, advice="Check that it is the file you meant."
        )
    return Document(path, hashlib.sha256(data).hexdigest(), kind, pages, notes)


def _kind(path: Path) -> str:
    kind = _KINDS.get(path.suffix.lower())
    if kind is None and not path.is_dir():
        named = f"Files ending in {path.suffix} are" if path.suffix else "A file without an ending is"
        raise DocumentError(f"{named} not read.", where=str(path), advice=f"Convert it to one of these: {_readable()}.")
    return kind or ""


def _read(path: Path, where: str) -> bytes:
    try:
        if path.is_dir():
            raise DocumentError("This is a folder, not a document.", where=where, advice="Open the files inside it.")
        if path.exists() and not path.is_file():
            raise DocumentError("This is a device, not a file.", where=where, advice="Choose a file.")
        size = path.stat().st_size
        if size > SIZE_LIMIT:
            raise DocumentError(
                f"The file is too large: {size / 1e6:,.0f} MB, {SIZE_LIMIT / 1e6:.0f} MB are allowed.",
                where=where,
                advice="Split it into smaller files.",
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise DocumentError("The file is not there.", where=where, advice="It may have been moved.") from error
    except PermissionError as error:
        raise DocumentError(
            "The file may not be read.", where=where, advice="Ask for permission to read it, or copy it."
        ) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DocumentError(
            f"The file cannot be read: {reason}.", where=where, advice="Check the disk or the network drive."
        ) from error
    if not data:
        raise DocumentError("The file is empty.", where=where, advice="It may not have been saved or copied fully.")
    return data


def _refuse(error: OSError) -> None:
    raise DocumentError(
        f"A folder cannot be read: {error.strerror}.",
        where=str(error.filename),
        advice="Ask for permission to read it, or move it elsewhere.",
    ) from error


def _natural(name: str) -> tuple[list[tuple[int, int, str]], str]:
    parts = [
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(name.casefold()) if part
    ]
    return parts, name


def _readable() -> str:
    return ", ".join(sorted(_KINDS))
