"""The look of formatted text: every paragraph, word and table of a Qt document in the theme's fonts and colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtGui import (
    QBrush,
    QFont,
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

from app.style.tips import plain_tip
from engine.interface.acting import address_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.style.theme import Theme

QUOTED: Final = 12
"""Pixels by which each quote is further in."""
CODE_PAD: Final = 8
_LEADING: Final = 20
_HEADINGS: Final = {1: (20, 28), 2: (15, 24), 3: (13, 20)}
"""Size and leading of headings, in pixels; deeper ones are as the third."""
_CODE_INSET: Final = 12


class MarkdownLook:
    """Dresses what Qt made of Markdown, and knows what is to be painted beside it, by the numbers of blocks.

    `marks` are rules and boxes of tasks, `coded` lines of code, `quoted` tells in how many quotes a block stands.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.marks: dict[int, str] = {}
        self.coded: dict[int, None] = {}
        self.quoted: dict[int, int] = {}

    def forget(self, number: int) -> None:
        """Forget what is beside the block of this number, and all after it."""
        for known in (self.marks, self.coded, self.quoted):
            for each in [each for each in known if each >= number]:
                del known[each]

    def dress(self, document: QTextDocument, start: int) -> bool:
        """Dress a document from the block on that begins at `start`; tell whether there are links in that."""
        self._name_pictures(document, start)
        tables = [table for table in _tables(document) if table.firstPosition() >= start]
        _mend(tables)
        for block in _blocks_from(document.findBlock(start)):
            self._dress_block(block)
        has_links = False
        for place, length, form in _fragments(document, start):
            cursor = _over(document, place, length)
            made = self._dressed(form, cursor)
            cursor.setCharFormat(made)
            has_links |= made.isAnchor()
        for table in tables:
            self._dress_table(table)
        return has_links

    def _name_pictures(self, document: QTextDocument, start: int) -> None:
        """Put the description of each picture in its place."""
        for place, length, form in reversed(_fragments(document, start)):
            if form.isImageFormat():
                said = form.property(QTextFormat.Property.ImageAltText.value) or "picture"
                _over(document, place, length).insertText(f"[{said}]", QTextCharFormat())

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
            self.coded[block.blockNumber()] = None
            is_last, is_first = not _is_code(block.next()), not _is_code(block.previous())
            form.setLeftMargin(_CODE_INSET)
            form.setRightMargin(_CODE_INSET)
            form.setTopMargin(CODE_PAD + 8 if is_first else 0)
            form.setBottomMargin(CODE_PAD + 8 if is_last else 0)
        if not block.text() and _in_table(block.previous()) and not in_table:
            form.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)  # Qt needs it, nobody wrote it
            form.setBottomMargin(0)
        quotes = _quotes(block)
        if quotes:
            self.quoted[block.blockNumber()] = quotes
            form.setLeftMargin(quotes * QUOTED)
            form.setRightMargin(0)
        if form.hasProperty(QTextFormat.Property.BlockTrailingHorizontalRulerWidth.value):
            form.clearProperty(QTextFormat.Property.BlockTrailingHorizontalRulerWidth.value)
            self.marks[block.blockNumber()] = "rule"
        if form.marker() != QTextBlockFormat.MarkerType.NoMarker:
            # The style's boxes do not follow the theme: these are painted here.
            is_done = form.marker() == QTextBlockFormat.MarkerType.Checked
            self.marks[block.blockNumber()] = "done" if is_done else "open"
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
        in_code = _is_code(block)
        italic = form.fontItalic()
        made = self._plain("text2" if _quotes(block) or in_head else "text")
        if in_code or form.fontFixedPitch():
            made.setFont(theme.fonts.code(12))
        elif level:
            made.setFont(theme.fonts.text(_HEADINGS.get(level, _HEADINGS[3])[0], 600, italic=italic))
        elif in_head:
            made.setFont(theme.fonts.text(12, 500, italic=italic))
        else:
            is_bold = form.fontWeight() > QFont.Weight.Normal
            made.setFont(theme.fonts.text(13, 600 if is_bold else 400, italic=italic, tabular=in_table))
        if form.fontFixedPitch() and not in_code:
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


def _blocks_from(block: QTextBlock) -> Iterator[QTextBlock]:
    """Yield a block and all after it."""
    while block.isValid():
        yield block
        block = block.next()


def _quotes(block: QTextBlock) -> int:
    """Return how many quotes a block stands in."""
    return block.blockFormat().intProperty(QTextFormat.Property.BlockQuoteLevel.value)


def _is_code(block: QTextBlock) -> bool:
    """Tell whether a block is a line of a block of code."""
    code = (QTextFormat.Property.BlockCodeLanguage, QTextFormat.Property.BlockCodeFence)
    return block.isValid() and any(block.blockFormat().hasProperty(each.value) for each in code)


def _in_table(block: QTextBlock) -> bool:
    return block.isValid() and QTextCursor(block).currentTable() is not None


def _mend(tables: list[QTextTable]) -> None:
    """Take the empty line out of a table's first cell that Qt puts there behind a quote."""
    for table in tables:
        start = table.cellAt(0, 0).firstCursorPosition()
        if start.block() != table.cellAt(0, 0).lastCursorPosition().block() and not start.block().text():
            start.deleteChar()


def _fragments(document: QTextDocument, start: int) -> list[tuple[int, int, QTextCharFormat]]:
    """Return the stretches of one format from a block on: their place, length and format."""
    found = []
    for block in _blocks_from(document.findBlock(start)):
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
