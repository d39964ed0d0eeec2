"""HTML to the text that a reader of the page would see."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from engine.documents.writing import CELL_SEPARATOR

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_UNSEEN = frozenset(
    (
        "area",
        "audio",
        "base",
        "canvas",
        "colgroup",
        "datalist",
        "embed",
        "head",
        "iframe",
        "link",
        "map",
        "meta",
        "noframes",
        "noscript",
        "object",
        "param",
        "script",
        "source",
        "style",
        "template",
        "title",
        "track",
        "video",
    )
)
_BLOCKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "search",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    )
)
_PARAGRAPHS = frozenset(
    (
        "blockquote",
        "dl",
        "figure",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    )
)
_HIDING = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE)
_DECLARED = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,400}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE
)
_RUN = re.compile(r"[ \t\n\r\f]+")
_TYPED = frozenset(("", "text", "number", "date", "email", "tel", "url", "search", "time", "month", "week"))


def declared_encoding(data: bytes) -> str | None:
    """Return the codec that the page names for itself in its first 2,048 bytes, as Python calls it.

    The label iso-8859-1 means windows-1252, as the WHATWG Encoding Standard has it. UTF-16 cannot be true of
    a page whose declaration could be read as ASCII.
    """
    match = _DECLARED.search(data[:2048])
    if match is None:
        return None
    try:
        name = codecs.lookup(match.group(1).decode("ascii", "replace")).name
    except LookupError:
        return None
    if name in {"iso8859-1", "ascii"}:
        return "cp1252"
    return None if name.startswith(("utf-16", "utf-32", "utf-7")) else name


def visible_text(markup: str) -> str:
    """Return what a browser without style sheets would show: a block a line, a table row a line.

    The cells of a row are separated by `CELL_SEPARATOR`. A row of several cells with several lines each is a
    layout, not a record: its cells follow one another. Scripts, styles, templates and elements hidden by an
    attribute or by their own `style` are left out; rules in style sheets are not followed.
    """
    root = LexborHTMLParser(markup).root
    writer = _Writer()
    if root is not None:
        _walk(root, writer)
    return writer.text()


class _Writer:
    """Collects lines; inside a table row, cells of lines."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._rows: list[list[list[str]]] = []  # open rows, each a list of cells, each a list of lines
        self.preformatted = 0

    def add(self, text: str) -> None:
        if not self.preformatted:
            self._line.append(text)
            return
        first, *others = text.replace("\r\n", "\n").replace(" ", "\xa0").split("\n")
        self._line.append(first)
        for other in others:
            self.end_line(keep_empty=True)
            self._line.append(other)

    def end_line(self, *, keep_empty: bool = False) -> None:
        line = _RUN.sub(" ", "".join(self._line)).strip(" ")
        self._line.clear()
        if line or keep_empty:
            (self._rows[-1][-1] if self._rows else self._lines).append(line)

    def end_paragraph(self) -> None:
        self.end_line()
        if not self._rows and self._lines and self._lines[-1]:
            self._lines.append("")

    def open_row(self) -> None:
        self.end_line()
        if self._rows:  # a table within a table: what the outer row has so far stands before it
            self._put_row(self._rows[-1])
            self._rows[-1] = [[]]
        self._rows.append([[]])

    def open_cell(self) -> None:
        self.end_line()
        if self._rows:
            self._rows[-1].append([])

    def close_row(self) -> None:
        self.end_line()
        self._put_row(self._rows.pop())

    def text(self) -> str:
        self.end_line()
        return "\n".join(self._lines)

    def _put_row(self, row: list[list[str]]) -> None:
        cells = [[line for line in cell if line] for cell in row[1:]]
        stray = [line for line in row[0] if line]
        self._lines.extend(stray)
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) == 1 or sum(len(cell) > 1 for cell in cells) > 1:
            self._lines.extend(line for cell in cells for line in cell)
        elif cells:
            self._lines.append(CELL_SEPARATOR.join(" ".join(cell) for cell in cells))


def _walk(root: LexborNode, writer: _Writer) -> None:
    """Visit the tree without recursion: hostile pages nest deeper than Python's stack."""
    node: LexborNode | None = root
    while node is not None:
        entered = _enter(node, writer)
        child = node.child if entered else None
        if child is not None:
            node = child
            continue
        if entered:
            _leave(node, writer)
        while node is not None and node.next is None:
            node = None if node.mem_id == root.mem_id else node.parent
            if node is not None:
                _leave(node, writer)
        node = node.next if node is not None else None


def _enter(node: LexborNode, writer: _Writer) -> bool:
    """Write what comes before a node's children; False where the node and its children are not shown."""
    if node.is_text_node:
        writer.add(node.text_content or "")
        return False
    tag = node.tag or ""
    if tag.startswith("-") or tag in _UNSEEN or not _shown(node, tag):
        return False
    if tag == "tr":
        writer.open_row()
    elif tag in {"td", "th"}:
        writer.open_cell()
    elif tag in _BLOCKS:
        _break(tag, writer)
        writer.add("- " if tag == "li" else "")
    elif tag == "br":
        writer.end_line(keep_empty=True)
    elif tag == "input" and (node.attributes.get("type") or "").lower() in _TYPED:
        writer.add(f" {node.attributes.get('value') or ''} ")
    writer.preformatted += tag in {"pre", "textarea"}
    return True


def _leave(node: LexborNode, writer: _Writer) -> None:
    tag = node.tag or ""
    writer.preformatted -= tag in {"pre", "textarea"}
    if tag == "tr":
        writer.close_row()
    elif tag in _BLOCKS:
        _break(tag, writer)


def _break(tag: str, writer: _Writer) -> None:
    if tag in _PARAGRAPHS:
        writer.end_paragraph()
    else:
        writer.end_line()


def _shown(node: LexborNode, tag: str) -> bool:
    attributes = node.attributes
    if "hidden" in attributes or _HIDING.search(attributes.get("style") or ""):
        return False
    if tag == "dialog":
        return "open" in attributes
    if tag == "option" and node.parent is not None and "selected" not in attributes:
        return node.prev is None and node.parent.css_first("option[selected]") is None
    return True
