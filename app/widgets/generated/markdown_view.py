"""Markdown in a generated screen: headings, emphasis, lists, code, tables, links; nothing in it loads or leads off."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextDocumentFragment,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser

from app.style.drawing import paint_mark
from app.style.plain_text import in_signs
from app.style.theme import set_kind
from app.widgets.generated.markdown_look import CODE_PAD, QUOTED, MarkdownLook
from app.widgets.generated.markdown_pieces import pieces_of
from engine.interface.acting import address_problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.style.theme import Theme

LONGEST = 20_000
_INDENT = 20
_LOW = 3
_BAR = 2
_LONG = 2_000
"""Characters of a piece from which on it is not read anew for each word that comes."""
_STEPS = 8
_LATE_MS = 250
_FEATURES = QTextDocument.MarkdownFeature.MarkdownNoHTML | QTextDocument.MarkdownFeature.MarkdownDialectGitHub


@dataclass(frozen=True)
class _Piece:
    """A piece of the text, where it ends in the document, and whether links are in it."""

    source: str
    end: int
    has_links: bool


class MarkdownView(QTextBrowser):
    """Formatted text, as tall as its width makes it. `link_asked` tells the address of a link that was pressed.

    HTML stands there as it is written, a picture as its description; a link that hides where it leads is plain text.
    """

    link_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._look = MarkdownLook(theme)
        self._shown = ""
        self._pieces: list[_Piece] = []
        self._heights: dict[int, int] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATE_MS)
        self._later.timeout.connect(self._show_late)
        self.setAccessibleName("Formatted text")
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFont(theme.fonts.text())
        set_kind(self, "prose")
        self.document().setDefaultFont(theme.fonts.text())
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(_INDENT)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.verticalScrollBar().valueChanged.connect(self._stay)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.anchorClicked.connect(self._ask)
        theme.changed.connect(self._dress_anew)

    def show_text(self, text: str, *, growing: bool = False) -> None:
        """Show Markdown, up to 20,000 characters of it. What is selected stays selected where it is still there.

        Of a text that is `growing` only the end is read anew; a list, table or block of code there that is long grows
        in larger steps.
        """
        shown = in_signs(text[:LONGEST] + ("…" if len(text) > LONGEST else ""))
        if shown == self._shown and not self._later.isActive():
            return
        self._shown = shown
        pieces = pieces_of(shown)
        if not (growing and self._can_wait(pieces)):
            self._render(pieces)
        elif not self._later.isActive():
            self._later.start()

    def loadResource(self, _type: int, _name: QUrl | str) -> Any:
        """Return nothing, whatever is asked for: no picture, no style sheet, no file, no page."""
        return None

    def setSource(self, *_: Any) -> None:
        """Go nowhere."""

    def _fit(self, size: QSizeF) -> None:
        width = round(self.document().textWidth())
        if self._heights.get(width, math.ceil(size.height())) != math.ceil(size.height()):
            self._heights.clear()
            self.updateGeometry()

    def _stay(self, value: int) -> None:
        # The text is as tall as it needs; between two layouts it must not be scrolled.
        if value:
            self.verticalScrollBar().setValue(0)

    def _ask(self, url: QUrl) -> None:
        # What is told is what would be opened: a name in letters that only look familiar is spelled out.
        address = bytes(url.toEncoded().data()).decode("ascii")
        if address_problem(address) is None:
            self.link_asked.emit(address)

    # Rendering

    def _show_late(self) -> None:
        self._render(pieces_of(self._shown))

    def _can_wait(self, pieces: list[str]) -> bool:
        """Tell whether hardly more is to be shown than a little at the end of a long list, table or block of code."""
        if len(pieces) != len(self._pieces) or not pieces:
            return False
        old, new = self._pieces[-1].source, pieces[-1]
        return len(new) > _LONG and new.startswith(old) and len(new) - len(old) < len(old) // _STEPS

    def _dress_anew(self) -> None:
        self._pieces.clear()
        self._show_late()

    def _render(self, pieces: list[str]) -> None:
        """Show these pieces of Markdown; those at the beginning that are shown already stay."""
        self._later.stop()
        kept = 0
        while kept < min(len(pieces), len(self._pieces)) and self._pieces[kept].source == pieces[kept]:
            kept += 1
        cursor = self.textCursor()
        anchor, position = cursor.anchor(), cursor.position()
        if kept == 0:
            self._pieces.clear()
            self._look.forget(0)
            # The empty line keeps Qt from leaving out what stands between two rules at the beginning.
            self.document().setMarkdown(f"\n{pieces[0]}" if pieces else "", _FEATURES)
        # In one edit, so that the text is laid out once.
        edit = QTextCursor(self.document())
        edit.beginEditBlock()
        if kept == 0:
            self._dress(pieces[0] if pieces else "", 0)
        else:
            self._keep(kept, edit)
        for piece in pieces[max(1, kept) :]:
            self._append(piece, edit)
        edit.endEditBlock()
        has_links = any(piece.has_links for piece in self._pieces)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if has_links else Qt.FocusPolicy.ClickFocus)
        last = max(0, self.document().characterCount() - 1)
        if anchor != position and max(anchor, position) <= last:
            cursor = self.textCursor()
            cursor.setPosition(anchor)
            cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)
        self._heights.clear()
        self.updateGeometry()

    def _keep(self, count: int, edit: QTextCursor) -> None:
        """Take away all but the first pieces."""
        if count == len(self._pieces):
            return
        del self._pieces[count:]
        edit.setPosition(self._pieces[-1].end)
        self._look.forget(edit.blockNumber() + 1)
        block, words = edit.blockFormat(), edit.blockCharFormat()
        edit.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        edit.removeSelectedText()
        # Where the last line is empty, as it is behind a table, it has taken over the form of what is gone.
        edit.setBlockFormat(block)
        edit.setBlockCharFormat(words)

    def _append(self, source: str, edit: QTextCursor) -> None:
        read = QTextDocument()
        read.setMarkdown(source, _FEATURES)
        edit.movePosition(QTextCursor.MoveOperation.End)
        edit.insertBlock(read.begin().blockFormat(), QTextCharFormat())
        start = edit.position()
        edit.insertFragment(QTextDocumentFragment(read))
        self._dress(source, start)

    def _dress(self, source: str, start: int) -> None:
        has_links = self._look.dress(self.document(), start)
        self._pieces.append(_Piece(source, self.document().characterCount() - 1, has_links))

    # Size

    def heightForWidth(self, width: int) -> int:
        """Return how tall the text is at a width."""
        if not self._shown:
            return 0
        if width not in self._heights:
            document = self.document()
            present = document.textWidth()
            if present != width:  # the same would be laid out anew as well
                document.setTextWidth(width)
            high = document.size().height()
            if document.textWidth() != width:
                # Where a layout was due, Qt has put the viewport's own width back meanwhile.
                document.setTextWidth(width)
                high = document.size().height()
            self._heights[width] = math.ceil(high)
            if document.textWidth() != present:
                document.setTextWidth(present)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        """Return a size at the present width."""
        width = max(80, self.width())
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Return a width of a few words."""
        return QSize(80, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground of code, the text, and what stands beside it: bars of quotes, rules, boxes of tasks."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("sunken"))
        for area in self._stretches(self._look.coded):
            painter.drawRoundedRect(
                QRectF(0, area.top() - CODE_PAD, self.viewport().width(), area.height() + 2 * CODE_PAD), 6, 6
            )
        painter.end()
        super().paintEvent(event)
        painter.begin(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        quotes = self._look.quoted
        for level in range(1, 1 + max(quotes.values(), default=0)):
            for area in self._stretches(number for number, quoted in quotes.items() if quoted >= level):
                bar = QRectF((level - 1) * QUOTED, area.top(), _BAR, area.height())
                painter.fillRect(bar, self._theme.colour("line"))
        for number, mark in self._look.marks.items():
            block = self.document().findBlockByNumber(number)
            self._paint_mark(painter, self._area(block), block.blockFormat().indent(), mark)
        painter.end()

    def _paint_mark(self, painter: QPainter, area: QRectF, indent: int, mark: str) -> None:
        middle = QPointF(_INDENT * indent - 11, area.top() + area.height() / 2 + 1)
        if mark == "rule":
            rule = QRectF(0, round(area.top() + area.height() / 2), self.viewport().width(), 1)
            painter.fillRect(rule, self._theme.colour("hairline"))
        elif mark == "done":
            paint_mark(painter, "check", middle, self._theme.colour("accent"))
        else:
            paint_mark(painter, "ring", middle, self._theme.colour("text3"))

    def _area(self, block: QTextBlock) -> QRectF:
        # Qt puts what a line is taller than its font above the words, and leaves it out of this.
        return self.document().documentLayout().blockBoundingRect(block).translated(0, _LOW)

    def _stretches(self, numbers: Iterable[int]) -> list[QRectF]:
        """Return the areas of blocks by their numbers, which ascend; those of neighbours as one."""
        found: list[QRectF] = []
        before = -2
        for number in numbers:
            area = self._area(self.document().findBlockByNumber(number))
            if number == before + 1:
                found[-1] = found[-1].united(area)
            else:
                found.append(area)
            before = number
        return found
