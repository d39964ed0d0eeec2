"""A person's file to a document."""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING

from engine.documents.document import Document, Page
from engine.documents.kinds import kind_by_content, kind_by_name, readable_endings
from engine.encoding import decode, plain, tidy
from engine.errors import DocumentEmpty, DocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from engine.documents.cache import DocumentCache, Readings
    from engine.documents.document import Progress
    from engine.documents.ocr import Recogniser

SIZE_LIMIT = 200_000_000
"""Largest file that is read, in bytes."""

_KEPT = frozenset(("pdf", "docx", "xlsx", "image"))
"""What takes longer to parse than to fetch from a cache."""


def read_document(
    path: Path,
    progress: Progress | None = None,
    *,
    cache: DocumentCache | None = None,
    recogniser: Recogniser | None = None,
) -> Document:
    """Read a file, or an attachment of a message: `message.eml/order.csv`.

    What it is tell its first bytes, then its name. Gaps come as at most four spaces and blank lines one at a time; a
    form feed in a text file begins a page. `progress` is told of each page. `recogniser` reads scanned pages and
    images; by default the one that is installed, if any. Raises DocumentError for whatever cannot be read, with the
    file as `where`, and the page, sheet or part.
    """
    where = str(path)
    named = check_name(path)
    data = bytes_of(path, where)
    sha256 = hashlib.sha256(data).hexdigest()
    kind, notes = kind_by_content(data, named, where)
    pages, said = _readings(data, kind, sha256, where, progress, cache, recogniser)
    if not any(page.text.strip() for page in pages):
        raise DocumentEmpty(
            "The file holds no visible text.", where=where, advice="Check that it is the file you meant."
        )
    return Document(path, sha256, kind, pages, (*notes, *said))


def check_name(path: Path) -> str:
    """Return the kind that a file's name stands for. Raises DocumentError where such files are not read."""
    kind = kind_by_name(path)
    if kind is None and not path.is_dir():
        named = f"Files ending in {path.suffix} are" if path.suffix else "A file without an ending is"
        advice = f"Convert it to one of these: {readable_endings()}."
        raise DocumentError(f"{named} not read.", where=str(path), advice=advice)
    return kind or ""


def _readings(
    data: bytes,
    kind: str,
    sha256: str,
    where: str,
    progress: Progress | None,
    cache: DocumentCache | None,
    recogniser: Recogniser | None,
) -> Readings:
    """Return what was read before of the same bytes in the same way, or read them."""
    if cache is None or kind not in _KEPT or recogniser is not None:
        return _parse(data, kind, where, progress, recogniser)
    from engine.documents.ocr import is_installed

    how = f"{kind}-ocr" if kind in {"pdf", "image"} and is_installed() else kind
    readings = cache.get(sha256, how)
    if readings is None:
        readings = _parse(data, kind, where, progress, None)
        cache.put(sha256, how, readings)
    return readings


def _parse(data: bytes, kind: str, where: str, progress: Progress | None, recogniser: Recogniser | None) -> Readings:
    # Each reader loads what it needs, and only where there is such a file.
    if kind == "pdf":
        from engine.documents.pdf import read_pages

        return read_pages(data, where, progress, lambda: recogniser or _installed_recogniser())
    if kind == "image":
        from engine.documents.ocr import read_image

        return read_image(data, where, recogniser or _installed_recogniser(), progress)
    if kind == "docx":
        from engine.documents.word import read_word

        return read_word(data, where, progress)
    if kind == "xlsx":
        from engine.documents.sheets import read_workbook

        return read_workbook(data, where, progress)
    return _parse_text(data, kind, where, progress)


def _parse_text(data: bytes, kind: str, where: str, progress: Progress | None) -> Readings:
    if kind == "eml":
        from engine.documents.mail import read_message

        text, notes = read_message(data, where)
        return (Page(1, tidy(plain(text).replace("\f", "\n"))),), notes
    if kind == "html":
        from engine.documents.markup import declared_encoding, visible_text

        markup, notes = decode(data, where=where, declared=declared_encoding(data))
        return (Page(1, tidy(plain(visible_text(markup)).replace("\f", "\n"))),), notes
    text, notes = decode(data, where=where)
    if kind == "csv":
        from engine.documents.delimited import read_delimited

        page, said = read_delimited(plain(text), where, progress)
        return (page,), (*notes, *said)
    parts = [tidy(part) for part in plain(text).split("\f")]
    while len(parts) > 1 and not parts[-1].strip():
        parts.pop()
    return tuple(Page(number, part) for number, part in enumerate(parts, start=1)), notes


@functools.cache
def _installed_recogniser() -> Recogniser | None:
    from engine.documents.ocr import load_recogniser

    return load_recogniser()


def bytes_of(path: Path, where: str) -> bytes:
    """Return the bytes of a file, or of an attachment within one."""
    file = container_of(path)
    if file is None:
        return read_file(path, where)
    from engine.documents.mail import read_attachment

    data = read_file(file, where)
    for name in path.relative_to(file).parts:
        data = read_attachment(data, name, where)
    if not data:
        raise DocumentEmpty("The attachment is empty.", where=where, advice="Ask for it again.")
    return data


def container_of(path: Path) -> Path | None:
    """Return the message file that a path leads into, or None where it is a file itself, or nothing."""
    file = path
    try:
        while not file.exists() and kind_by_name(file.parent) == "eml":
            file = file.parent
        return file if file != path and file.is_file() else None
    except OSError:
        return None  # reading it says why


def read_file(path: Path, where: str) -> bytes:
    """Return the bytes of a file. Raises DocumentError where it cannot be read, is empty, or too large."""
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
        raise DocumentEmpty("The file is empty.", where=where, advice="It may not have been saved or copied fully.")
    return data
