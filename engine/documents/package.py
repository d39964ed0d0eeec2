"""Office Open XML packages (ECMA-376, part 2): a ZIP archive of XML parts, opened with bounds."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from engine.errors import DocumentError

if TYPE_CHECKING:
    from types import TracebackType
    from xml.etree.ElementTree import Element

XML_LIMIT = 200_000_000
"""Most bytes that the XML parts of a file may take when unpacked; what else is in it is never unpacked."""
PART_LIMIT = 20_000
"""Most parts that a file may have."""

_MARKUP = (".xml", ".rels")
_PIECE = 1 << 16
_DIGITS = 6


def local(name: str) -> str:
    """Return the name of an element or attribute without its namespace: transitional and strict files differ in it."""
    return name.rpartition("}")[2]


def attribute(part: Element, name: str) -> str:
    """Return an attribute by its local name, empty where there is none."""
    return next((value for key, value in part.attrib.items() if local(key) == name), "")


def whole(written: str) -> int | None:
    """Return a small natural number, None where it is none."""
    return int(written) if written.isdecimal() and len(written) <= _DIGITS else None


class Package:
    """The parts of a docx or xlsx file. Use it as a context manager."""

    def __init__(self, data: bytes, where: str) -> None:
        self._where = where
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise self.damaged() from error
        entries = self._archive.infolist()
        self._markup = [entry.filename for entry in entries if entry.filename.lower().endswith(_MARKUP)]
        unpacked = sum(self._archive.getinfo(name).file_size for name in self._markup)
        if len(entries) > PART_LIMIT or unpacked > XML_LIMIT:
            raise DocumentError(
                f"The file unpacks to far more than it seems: {len(entries):,} parts, {unpacked / 1e6:,.0f} MB.",
                where=where,
                advice="Such files are made to fill a computer. If you trust it, save it as PDF, and add that.",
            )
        if any(entry.flag_bits & 1 for entry in entries):
            raise DocumentError(
                "The file is locked with a password.",
                where=where,
                advice="Save a copy without a password, and add that.",
            )
        self.names = frozenset(entry.filename for entry in entries)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def read(self, name: str) -> bytes:
        """Return the bytes of a part, never more than are declared for it. Raises DocumentError where it is damaged."""
        try:
            if self._archive.getinfo(name).compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise self.damaged(name)  # the only two that the standard allows, and others unpack without bound
            with self._archive.open(name) as part:
                return b"".join(iter(lambda: part.read(_PIECE), b""))  # a piece at a time: a whole read has no bound
        except (KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError, OSError) as error:
            raise self.damaged(name) from error

    def part(self, name: str) -> Element:
        """Return the root of a part. Raises DocumentError where it is missing, damaged or has a document type."""
        try:
            root: Element = fromstring(self.read(name), forbid_dtd=True)
        except (ParseError, DefusedXmlException, UnicodeError, LookupError, ValueError) as error:
            raise self.damaged(name) from error
        return root

    def unpacked(self) -> io.BytesIO:
        """Return an archive of the XML parts alone, not compressed: what reads it can be led to unpack no more."""
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w") as archive:
            for name in dict.fromkeys(self._markup):
                archive.writestr(name, self.read(name))
        return copy

    def related(self, name: str) -> dict[str, str]:
        """Return the parts that a part refers to: id to name. Those outside the file are left out."""
        folder, file = posixpath.split(name)
        relations = posixpath.join(folder, "_rels", f"{file}.rels")
        if relations not in self.names:
            return {}
        found = {}
        for relation in self.part(relations):
            target = relation.get("Target", "")
            if relation.get("TargetMode") != "External" and target:
                found[relation.get("Id", "")] = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        return found

    def main_part(self, expected: str) -> str:
        """Return the name of the main part: the package names it, and `expected` is what most call it."""
        if expected in self.names:
            return expected
        last = posixpath.basename(expected).removesuffix(".xml")
        for name in self.related("").values():
            if name in self.names and posixpath.basename(name).startswith(last):
                return name
        raise self.damaged(expected)

    def damaged(self, part: str | None = None) -> DocumentError:
        """Return the error for a file, or a part of it, that cannot be read."""
        place = f"{self._where}, part {part}" if part else self._where
        return DocumentError(
            "The file is damaged and cannot be read.", where=place, advice="Fetch or save the file again."
        )
