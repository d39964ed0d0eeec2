"""Word documents (docx, WordprocessingML of ECMA-376) to the text that a reader would see."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from engine.documents.numbering import Numbering
from engine.documents.package import Package, attribute, local, whole
from engine.documents.writing import CELL_SEPARATOR, PageWriter, Written, check_cells
from engine.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from engine.documents.document import Page, Progress

_GAP = "    "
_WRAPPERS = frozenset(("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "Choice", "AlternateContent"))
_UNSEEN = frozenset(
    ("pPr", "rPr", "tblPr", "trPr", "tcPr", "sdtPr", "del", "moveFrom", "delText", "instrText", "rt", "Fallback")
)
_WRITTEN = {"tab": _GAP, "ptab": _GAP, "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SYMBOLS = {0x6F: "☐", 0xA8: "☐", 0xB7: "•", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"}
"""What forms are ticked with, in the fonts Symbol and Wingdings."""


class _Style(NamedTuple):
    based_on: str = ""
    is_heading: bool = False
    number: str = ""
    level: int = 0


def read_word(data: bytes, where: str, progress: Progress | None = None) -> tuple[tuple[Page, ...], tuple[str, ...]]:
    """Return the text of a docx file as one page, and notes: where its pages end is Word's to say.

    Headers come first; footnotes, endnotes and footers last. A row of a table is a line whose cells are separated by
    `CELL_SEPARATOR`; one with several lines in several cells is a layout, and its cells follow one another. Raises
    DocumentError for what is damaged, locked or unpacks to too much.
    """
    with Package(data, where) as package:
        try:
            return _Reader(package, where, progress).read()
        except RecursionError as error:
            raise DocumentError(
                "The document is nested too deeply to be read.", where=where, advice="Save it as PDF, and add that."
            ) from error


class _Reader:
    def __init__(self, package: Package, where: str, progress: Progress | None) -> None:
        self._package = package
        self._where = where
        self._progress = progress
        self._main = package.main_part("word/document.xml")
        self._related = package.related(self._main)
        self._styles = _styles(self._part("styles"))
        self._numbering = Numbering(self._part("numbering"))
        self._writer = PageWriter()
        self._tables = 0
        self._notes: list[tuple[str, str]] = []  # kind and id, in the order of their references
        self._has_changes = False

    def read(self) -> tuple[tuple[Page, ...], tuple[str, ...]]:
        root = self._package.part(self._main)
        body = next((child for child in root if local(child.tag) == "body"), None)
        if body is None:
            raise self._package.damaged(self._main)
        self._margins(root, "header")
        self._write_blocks(body)
        self._write_notes()
        self._margins(root, "footer")
        said = []
        if self._has_changes:
            said.append("Changes that are still tracked were read as accepted.")
        if any(local(part.tag) == "altChunk" for part in body):
            said.append("A document that is embedded in this one was not read.")
        if (comments := self._part("comments")) is not None and len(comments):
            said.append("Comments in the margin were not read.")
        return (self._writer.page(),), tuple(said)

    def _part(self, name: str) -> Element | None:
        """Return the part of a kind that the main part refers to, if there is one."""
        for part in self._related.values():
            if re.fullmatch(rf"{name}\d*\.xml", posixpath.basename(part)) and part in self._package.names:
                return self._package.part(part)
        return None

    # Blocks, that is paragraphs and tables

    def _write_blocks(self, element: Element) -> None:
        for place, block in enumerate(_blocks(element)):
            if self._progress is not None and place % 200 == 0:
                self._progress(0, 1)
            if local(block.tag) == "tbl":
                self._write_table(block)
                continue
            text, boxes = self._paragraph(block)
            if self._is_heading(block):
                self._writer.blank()
                self._writer.line(text)
                self._writer.blank()
            else:
                self._writer.line(text)
            for box in boxes:
                self._writer.blank()
                self._write_blocks(box)
                self._writer.blank()

    def _write_table(self, table: Element) -> None:
        self._tables += 1
        self._writer.blank()
        self._writer.table(f"Table {self._tables}")
        for row in self._rows(table):
            lines = [cell.text.count("\n") for cell in row if cell.text]
            if len(lines) == 1 or sum(map(bool, lines)) > 1:
                for cell in row:
                    self._writer.lines_of(cell)
            else:
                self._writer.row(row)
        self._writer.blank()
        check_cells(self._writer.cell_count, self._where)

    def _rows(self, table: Element) -> list[list[Written]]:
        """Return the rows of a table, cells that are merged downwards made one."""
        rows: list[list[Written]] = []
        open_merges: dict[int, tuple[int, int]] = {}  # column to the place of the cell that is merged from it on
        for number, row in enumerate(_children(table, "tr"), start=1):
            column = 1 + (whole(_property(row, "trPr", "gridBefore")) or 0)
            written: list[Written] = []
            for cell in _children(row, "tc"):
                span = whole(_property(cell, "tcPr", "gridSpan")) or 1
                merge = _property(cell, "tcPr", "vMerge", missing="none")
                above = open_merges.get(column)
                if merge in {"", "continue"} and above is not None:
                    origin = rows[above[0]][above[1]]
                    rows[above[0]][above[1]] = origin._replace(last_row=number)
                else:
                    open_merges.pop(column, None)
                    if merge == "restart":
                        open_merges[column] = (len(rows), len(written))
                text = "\n".join(self._lines(cell))
                written.append(Written(text, number, column, number, column + span - 1))
                column += span
            rows.append(written)
        return rows

    def _lines(self, element: Element) -> list[str]:
        """Return the lines of what stands in a cell, a note or a margin; a table within is a line for each row."""
        found: list[str] = []
        for block in _blocks(element):
            if local(block.tag) == "tbl":
                rows = self._rows(block)
                found.extend(CELL_SEPARATOR.join(" ".join(cell.text.split()) for cell in row) for row in rows)
                continue
            text, boxes = self._paragraph(block)
            found.extend(text.split("\n"))
            for box in boxes:
                found.extend(self._lines(box))
        return [line for line in found if line.strip()]

    # Paragraphs

    def _paragraph(self, paragraph: Element) -> tuple[str, list[Element]]:
        """Return the text of a paragraph with its list mark, and the text boxes that hang on it."""
        parts: list[str] = []
        boxes: list[Element] = []
        self._write_inline(paragraph, parts, boxes)
        text = "".join(parts)
        number, level = self._list_of(paragraph)
        if number and text.strip():
            mark = self._numbering.mark(number, level)
            text = f"{'  ' * min(level, 2)}{mark} {text}" if mark else text
        return text, boxes

    def _write_inline(self, element: Element, parts: list[str], boxes: list[Element]) -> None:
        for child in element:
            name = local(child.tag)
            if name == "t":
                parts.append(child.text or "")
            elif name in _WRITTEN:
                parts.append(_WRITTEN[name])
            elif name in {"del", "moveFrom"}:
                self._has_changes = True
            elif name in _UNSEEN or (name == "r" and _is_hidden(child)):
                continue
            elif name == "sym":
                parts.append(_symbol(attribute(child, "char")))
            elif name in {"footnoteReference", "endnoteReference"}:
                self._notes.append((name.removesuffix("Reference"), attribute(child, "id")))
                parts.append(f"[{len(self._notes)}]")
            elif name == "txbxContent":
                boxes.append(child)
            elif name == "AlternateContent":
                self._write_inline(_alternative(child), parts, boxes)
            else:
                self._has_changes |= name in {"ins", "moveTo"}
                self._write_inline(child, parts, boxes)

    def _list_of(self, paragraph: Element) -> tuple[str, int]:
        """Return number and level of the list that a paragraph is of, itself or by its style; else an empty one."""
        properties = _child(paragraph, "pPr")
        own = _child(properties, "numPr")
        style = self._inherited(_property(paragraph, "pPr", "pStyle"))
        number = _value_of(own, "numId") if own is not None else style.number
        level = whole(_value_of(own, "ilvl")) if own is not None else style.level
        return ("" if number == "0" else number or style.number), level or 0

    def _is_heading(self, paragraph: Element) -> bool:
        level = _property(paragraph, "pPr", "outlineLvl", missing="9")
        return level != "9" or self._inherited(_property(paragraph, "pPr", "pStyle")).is_heading

    def _inherited(self, style: str) -> _Style:
        """Return what a style says together with those that it is based on."""
        found = _Style()
        seen: set[str] = set()
        while style in self._styles and style not in seen:
            seen.add(style)
            here = self._styles[style]
            if here.number and not found.number:
                found = found._replace(number=here.number, level=here.level)
            found = found._replace(is_heading=found.is_heading or here.is_heading)
            style = here.based_on
        return found

    # What stands around the text

    def _margins(self, root: Element, kind: str) -> None:
        """Write headers or footers, each that says something else once."""
        said: list[list[str]] = []
        for section in root.iter():
            if local(section.tag) != "sectPr":
                continue
            has_first = _child(section, "titlePg") is not None
            for reference in section:
                part = self._related.get(attribute(reference, "id"))
                if local(reference.tag) != f"{kind}Reference" or part not in self._package.names:
                    continue
                if attribute(reference, "type") == "first" and not has_first:
                    continue
                lines = self._lines(self._package.part(part))
                if lines and lines not in said:
                    said.append(lines)
        for lines in said:
            self._writer.blank()
            for line in lines:
                self._writer.line(line)
        self._writer.blank()

    def _write_notes(self) -> None:
        found: dict[tuple[str, str], Element] = {}
        for kind in {kind for kind, _ in self._notes}:
            part = self._part(f"{kind}s")
            found.update({(kind, attribute(note, "id")): note for note in (part if part is not None else ())})
        self._writer.blank()
        # A note may refer to others in turn: these are added to the list on the way, and each is written once.
        written: set[tuple[str, str]] = set()
        for place, note in enumerate(self._notes, start=1):
            if note in found and note not in written:
                written.add(note)
                lines = self._lines(found[note])
                self._writer.line(f"[{place}] " + " ".join(line.strip() for line in lines))
        self._writer.blank()


def _value_of(element: Element | None, name: str) -> str:
    """Return the value of a child such as `<w:numId w:val="3"/>`, empty where there is none."""
    child = _child(element, name)
    return attribute(child, "val") if child is not None else ""


def _blocks(element: Element) -> Iterator[Element]:
    """Yield the paragraphs and tables of an element, those in wrappers too."""
    for child in element:
        name = local(child.tag)
        if name in {"p", "tbl"}:
            yield child
        elif name == "AlternateContent":
            yield from _blocks(_alternative(child))
        elif name in _WRAPPERS:
            yield from _blocks(child)


def _children(element: Element, name: str) -> Iterator[Element]:
    """Yield the rows of a table or the cells of a row, those in wrappers too, less what was deleted."""
    for child in element:
        if local(child.tag) == name:
            if _child(_child(child, "trPr"), "del") is None:
                yield child
        elif local(child.tag) in _WRAPPERS:
            yield from _children(child, name)


def _alternative(element: Element) -> Element:
    """Return the first of several ways to say the same thing."""
    return next(iter(element), element)


def _child(element: Element | None, name: str) -> Element | None:
    return next((child for child in element if local(child.tag) == name), None) if element is not None else None


def _property(element: Element, group: str, name: str, missing: str = "") -> str:
    """Return the value of a property such as `<w:pPr><w:pStyle w:val="Title"/></w:pPr>`."""
    found = _child(_child(element, group), name)
    return missing if found is None else attribute(found, "val")


def _is_hidden(run: Element) -> bool:
    return _property(run, "rPr", "vanish", missing="0") in {"", "1", "true", "on"}


def _styles(root: Element | None) -> dict[str, _Style]:
    found = {}
    for style in root if root is not None else ():
        if local(style.tag) == "style" and attribute(style, "type") == "paragraph":
            name = _value_of(style, "name").casefold()
            numbered = _child(_child(style, "pPr"), "numPr")
            found[attribute(style, "styleId")] = _Style(
                _value_of(style, "basedOn"),
                name == "title" or name.startswith("heading") or _property(style, "pPr", "outlineLvl", "9") != "9",
                _value_of(numbered, "numId"),
                whole(_value_of(numbered, "ilvl")) or 0,
            )
    return found


def _symbol(code: str) -> str:
    try:
        number = int(code[:4], 16)
    except ValueError:
        return ""
    if 0xF000 <= number < 0xF100:  # where Word puts what has no letter of its own
        return _SYMBOLS.get(number & 0xFF, "")
    return chr(number)
