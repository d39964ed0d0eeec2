"""Markdown in a generated screen: headings, emphasis, lists, code, tables, links; nothing in it loads or leads off."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QBrush,
    QFont,
    QPainter,
    QPaintEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableCellFormat,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser

from app.style.drawing import paint_mark
from app.style.plain_text import in_signs
from app.style.theme import set_kind
from app.style.tips import plain_tip
from engine.interface.acting import address_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.style.theme import Theme

LONGEST = 20_000
_LEADING = 20
_HEADINGS = {1: (20, 28), 2: (15, 24), 3: (13, 20)}
"""Size and leading of headings, in pixels; deeper ones are as the third."""
_INDENT = 20
_QUOTED = 12
_CODE_INSET = 12
_CODE_PAD = 8
_LOW = 3
_BAR = 2


class MarkdownView(QTextBrowser):
    """Formatted text, as tall as its width makes it. `link_asked` tells the address of a link that was pressed.

    HTML stands there as it is written, a picture as its description; a link that hides where it leads is plain text.
    """

    link_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._text = ""
        self._heights: dict[int, int] = {}
        self._marks: list[tuple[int, str]] = []
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
        theme.changed.connect(self._render)

    def show_text(self, text: str) -> None:
        """Show Markdown, up to 20,000 characters of it. What is selected stays selected where it is still there."""
        if text != self._text:
            self._text = text
            self._render()

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

    def _render(self) -> None:
        cursor = self.textCursor()
        anchor, position = cursor.anchor(), cursor.position()
        features = QTextDocument.MarkdownFeature.MarkdownNoHTML | QTextDocument.MarkdownFeature.MarkdownDialectGitHub
        shown = self._text[:LONGEST] + ("…" if len(self._text) > LONGEST else "")
        document = self.document()
        document.setMarkdown(in_signs(shown), features)
        # In one edit, so that the text is laid out once.
        edit = QTextCursor(document)
        edit.beginEditBlock()
        self._name_pictures(document)
        self._dress(document)
        edit.endEditBlock()
        has_links = any(form.isAnchor() for _, _, form in _fragments(document))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if has_links else Qt.FocusPolicy.ClickFocus)
        last = max(0, document.characterCount() - 1)
        if anchor != position and max(anchor, position) <= last:
            cursor = self.textCursor()
            cursor.setPosition(anchor)
            cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)
        self._heights.clear()
        self.updateGeometry()

    def _name_pictures(self, document: QTextDocument) -> None:
        """Put the description of each picture in its place."""
        for start, length, form in reversed(_fragments(document)):
            if form.isImageFormat():
                said = form.property(QTextFormat.Property.ImageAltText.value) or "picture"
                _over(document, start, length).insertText(f"[{said}]", QTextCharFormat())

    def _dress(self, document: QTextDocument) -> None:
        """Give every paragraph, word and table the theme's fonts, colours and distances."""
        self._marks = []
        _mend_tables(document)
        for block in _blocks(document):
            self._dress_block(block)
        for start, length, form in _fragments(document):
            cursor = _over(document, start, length)
            cursor.setCharFormat(self._dressed(form, cursor))
        for table in _tables(document):
            self._dress_table(table)

    def _dress_block(self, block: QTextBlock) -> None:
        form = QTextBlockFormat(block.blockFormat())
        cursor = QTextCursor(block)
        in_table = _in_table(block)
        level = form.headingLevel()
        _, leading = _HEADINGS.get(min(level, 3), (13, _LEADING))
        form.setLineHeight(leading, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        form.setTopMargin(0 if in_table or not block.blockNumber() else 12 if level else 0)
        form.setBottomMargin(0 if in_table else 4 if level or block.textList() is not None else 8)
        if _is_code(block):
            is_last, is_first = not _is_code(block.next()), not _is_code(block.previous())
            form.setLeftMargin(_CODE_INSET)
            form.setRightMargin(_CODE_INSET)
            form.setTopMargin(_CODE_PAD + 8 if is_first else 0)
            form.setBottomMargin(_CODE_PAD + 8 if is_last else 0)
        if not block.text() and _in_table(block.previous()) and not in_table:
            form.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)  # Qt needs it, nobody wrote it
            form.setBottomMargin(0)
        quoted = _quoted(block)
        if quoted:
            form.setLeftMargin(quoted * _QUOTED)
            form.setRightMargin(0)
        if form.hasProperty(QTextFormat.Property.BlockTrailingHorizontalRulerWidth.value):
            form.clearProperty(QTextFormat.Property.BlockTrailingHorizontalRulerWidth.value)
            self._marks.append((block.blockNumber(), "rule"))
        if form.marker() != QTextBlockFormat.MarkerType.NoMarker:
            # The style's boxes do not follow the theme: these are painted here.
            is_done = form.marker() == QTextBlockFormat.MarkerType.Checked
            self._marks.append((block.blockNumber(), "done" if is_done else "open"))
            form.setMarker(QTextBlockFormat.MarkerType.NoMarker)
            listed = block.textList()
            if listed is not None:
                form.setIndent(listed.format().indent())
                listed.remove(block)
                form.setObjectIndex(-1)
        cursor.setBlockFormat(form)
        cursor.setBlockCharFormat(self._plain("text"))  # what marks of lists and empty lines are written in

    def _plain(self, ink: str) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setFont(self._theme.fonts.text())
        made.setForeground(self._theme.colour(ink))
        return made

    def _dressed(self, form: QTextCharFormat, cursor: QTextCursor) -> QTextCharFormat:
        """Return the format of a stretch of words: only what the theme gives, not what Qt made of the Markdown."""
        theme = self._theme
        block = cursor.block()
        level = block.blockFormat().headingLevel()
        in_table = _in_table(block)
        in_head = in_table and cursor.currentTable().cellAt(cursor).row() == 0
        is_code = form.fontFixedPitch() or _is_code(block)
        italic = form.fontItalic()
        made = self._plain("text2" if _quoted(block) or in_head else "text")
        if is_code:
            made.setFont(theme.fonts.code(12))
        elif level:
            made.setFont(theme.fonts.text(_HEADINGS.get(level, _HEADINGS[3])[0], 600, italic=italic))
        elif in_head:
            made.setFont(theme.fonts.text(12, 500, italic=italic))
        else:
            is_bold = form.fontWeight() > QFont.Weight.Normal
            made.setFont(theme.fonts.text(13, 600 if is_bold else 400, italic=italic, tabular=in_table))
        if is_code and not _is_code(block):
            made.setBackground(theme.colour("sunken"))
        made.setFontStrikeOut(form.fontStrikeOut())
        if form.isAnchor():
            problem = address_problem(form.anchorHref())
            made.setToolTip(plain_tip(problem or form.anchorHref()))
            if problem is None:
                made.setAnchor(True)
                made.setAnchorHref(form.anchorHref())
                made.setForeground(theme.colour("accentText"))
                made.setFontUnderline(True)
        return made

    def _dress_table(self, table: QTextTable) -> None:
        form = table.format()
        form.setBorder(0)
        form.setCellPadding(0)
        form.setCellSpacing(0)
        form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
        form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        form.setTopMargin(4)
        form.setBottomMargin(12)
        table.setFormat(form)
        for row in range(table.rows()):
            rule = QBrush(self._theme.colour("hairline" if row else "line"))
            for column in range(table.columns()):
                cell = table.cellAt(row, column)
                made = QTextTableCellFormat(cell.format().toTableCellFormat())
                made.setTopPadding(4)
                made.setBottomPadding(4)
                made.setRightPadding(16 if column < table.columns() - 1 else 0)
                made.setBottomBorder(1)
                made.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                made.setBottomBorderBrush(rule)
                cell.setFormat(made)
                if not row and table.rows() > 1:
                    aligned = QTextBlockFormat()
                    aligned.setAlignment(table.cellAt(1, column).firstCursorPosition().blockFormat().alignment())
                    cell.firstCursorPosition().mergeBlockFormat(aligned)

    # Size

    def heightForWidth(self, width: int) -> int:
        """Return how tall the text is at a width."""
        if not self._text:
            return 0
        if width not in self._heights:
            document = self.document()
            present = document.textWidth()
            document.setTextWidth(width)
            high = document.size().height()
            if document.textWidth() != width:
                # Where a layout was due, Qt has put the viewport's own width back meanwhile.
                document.setTextWidth(width)
                high = document.size().height()
            self._heights[width] = math.ceil(high)
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
        for area in self._stretches(_is_code):
            painter.drawRoundedRect(
                QRectF(0, area.top() - _CODE_PAD, self.viewport().width(), area.height() + 2 * _CODE_PAD), 6, 6
            )
        painter.end()
        super().paintEvent(event)
        painter.begin(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for level in range(1, 1 + max(map(_quoted, _blocks(self.document())), default=0)):

            def is_within(block: QTextBlock, level: int = level) -> bool:
                return _quoted(block) >= level

            for area in self._stretches(is_within):
                bar = QRectF((level - 1) * _QUOTED, area.top(), _BAR, area.height())
                painter.fillRect(bar, self._theme.colour("line"))
        for number, mark in self._marks:
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

    def _stretches(self, of: Callable[[QTextBlock], bool]) -> list[QRectF]:
        """Return the areas of neighbouring blocks of which something is true, each as one."""
        found: list[QRectF] = []
        is_going_on = False
        for block in _blocks(self.document()):
            if of(block):
                area = self._area(block)
                if is_going_on:
                    found[-1] = found[-1].united(area)
                else:
                    found.append(area)
            is_going_on = of(block)
        return found


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _quoted(block: QTextBlock) -> int:
    """Return how many quotes a block stands in."""
    return block.blockFormat().intProperty(QTextFormat.Property.BlockQuoteLevel.value)


def _is_code(block: QTextBlock) -> bool:
    code = (QTextFormat.Property.BlockCodeLanguage, QTextFormat.Property.BlockCodeFence)
    return block.isValid() and any(block.blockFormat().hasProperty(each.value) for each in code)


def _in_table(block: QTextBlock) -> bool:
    return block.isValid() and QTextCursor(block).currentTable() is not None


def _mend_tables(document: QTextDocument) -> None:
    """Take the empty line out of a table's first cell that Qt puts there behind a quote."""
    for table in _tables(document):
        start = table.cellAt(0, 0).firstCursorPosition()
        if start.block() != table.cellAt(0, 0).lastCursorPosition().block() and not start.block().text():
            start.deleteChar()


def _fragments(document: QTextDocument) -> list[tuple[int, int, QTextCharFormat]]:
    """Return the stretches of one format: their place, length and format."""
    found = []
    for block in _blocks(document):
        iterator = block.begin()
        while not iterator.atEnd():
            fragment = iterator.fragment()
            found.append((fragment.position(), fragment.length(), fragment.charFormat()))
            iterator += 1
    return found


def _tables(document: QTextDocument) -> list[QTextTable]:
    waiting: list[Any] = [document.rootFrame()]
    found: list[QTextTable] = []
    while waiting:
        for frame in waiting.pop().childFrames():
            waiting.append(frame)
            if isinstance(frame, QTextTable):
                found.append(frame)
    return found


def _over(document: QTextDocument, start: int, length: int) -> QTextCursor:
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
    return cursor
