"""One exchange: what was asked, and the answer in its views."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.models.answer_node import MISSING
from app.models.answer_tree import AnswerTree, Ending
from app.models.json_layout import JsonLayout
from app.models.receipt import ReceiptTable
from app.models.shape import ANYTHING, Shape, shape_of_schema
from app.style import tokens
from app.style.theme import set_kind
from app.widgets.controls import Chip, Mark, TabRow, button, ground, icon_button, label
from app.widgets.json_editor import JsonView
from app.widgets.stem import StemView

if TYPE_CHECKING:
    from app.checks import SchemaCheck
    from app.exchange import Answer
    from app.style.theme import Theme

READ, JSON, RECEIPT = "Read", "JSON", "Receipt"
_STRUCTURED = frozenset({"schema", "json"})
_SHOWN_LINES = 3


class ProseView(QTextEdit):
    """Text as the model wrote it: never HTML, only added to, so that scroll and selection stay."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Answer text")
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setFont(theme.fonts.text(13))
        self.document().setDocumentMargin(tokens.ANSWER_MARGIN - 4)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        set_kind(self, "bare")
        self._shown = ""

    def show_text(self, text: str) -> None:
        """Show a text; one that begins with what is shown is only added to."""
        if not text.startswith(self._shown) or not text:
            self.clear()
            self._shown = ""
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        leading = QTextBlockFormat()
        leading.setLineHeight(20, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor.setBlockFormat(leading)
        cursor.insertText(text[len(self._shown) :])
        self._shown = text
        if at_end:
            bar.setValue(bar.maximum())


class _ReceiptCells(QStyledItemDelegate):
    """Headings in the section weight, names quiet."""

    def __init__(self, theme: Theme, table: ReceiptTable, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._table = table

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Choose font and colour of a cell."""
        super().initStyleOption(option, index)
        cell: Any = option
        heading = self._table.heading(index.row())
        font: QFont = self._theme.fonts.text(12 if heading else 13, 600 if heading else 400)
        cell.font = font
        ink = self._theme.colour("text" if heading or index.column() else "text2")
        cell.palette.setColor(cell.palette.ColorRole.Text, ink)
        cell.palette.setColor(cell.palette.ColorRole.HighlightedText, ink)
        cell.textElideMode = Qt.TextElideMode.ElideMiddle


class ReceiptView(QFrame):
    """The receipt as a table, with a button that copies it as JSON."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._model = ReceiptTable(self)
        self._table = QTableView()
        self._table.setAccessibleName("Receipt")
        self._table.setModel(self._model)
        self._table.setItemDelegate(_ReceiptCells(theme, self._model, self._table))
        self._table.setShowGrid(False)
        self._table.setFrameShape(QFrame.Shape.NoFrame)
        self._table.setTabKeyNavigation(False)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._table.horizontalHeader().setVisible(False)
        self._table.verticalHeader().setVisible(False)
        self._table.verticalHeader().setDefaultSectionSize(26)
        self._table.verticalHeader().setMinimumSectionSize(26)
        self._table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self._table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._table.setColumnWidth(0, 176)
        self._model.modelReset.connect(self._set_out)
        self.copy = button(theme, "Copy as JSON", "", "copy")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._model.text))
        self._none = label(theme, "The receipt comes with the end of an answer.", 13, ink="text3")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        foot = QHBoxLayout()
        foot.setContentsMargins(tokens.ANSWER_MARGIN, 8, tokens.ANSWER_MARGIN, 12)
        foot.addWidget(self.copy)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(0)
        inset = QHBoxLayout()
        inset.setContentsMargins(tokens.ANSWER_MARGIN - 3, 0, 8, 0)
        inset.addWidget(self._table)
        column.addWidget(self._none, 1)
        column.addLayout(inset, 1)
        column.addLayout(foot)
        self._set_out()

    def show_receipt(self, receipt: dict[str, Any] | None) -> None:
        """Show a receipt, or say that there is none yet."""
        self._model.show_receipt(receipt)

    def _set_out(self) -> None:
        rows = self._model.rowCount()
        for row in range(rows):
            self._table.setRowHeight(row, 36 if self._model.heading(row) and row else 26)
        self._none.setVisible(not rows)
        self._table.setVisible(bool(rows))
        self.copy.setVisible(bool(rows))


class FailureStrip(QFrame):
    """What failed and why, above what was kept, and the way on."""

    run_again = Signal()
    receipt_asked = Signal()
    place_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        strip = ground("brick")
        self._what = label(theme, "", 13, 600, ink="brick")
        self._why = label(theme, "", 12)
        for text in (self._what, self._why):
            text.setWordWrap(True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        mark = Mark(theme, "cross", "brickMark")
        words = QVBoxLayout()
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(2)
        words.addWidget(self._what)
        words.addWidget(self._why)
        row = QHBoxLayout(strip)
        row.setContentsMargins(25, 10, tokens.ANSWER_MARGIN, 10)
        row.setSpacing(17)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        actions = ground("surface", "below")
        self._again = button(theme, "Run again", "", "arrow-clockwise")
        self._again.clicked.connect(self.run_again)
        self._receipt = button(theme, "Show receipt", "flat")
        self._receipt.clicked.connect(self.receipt_asked)
        self._place = button(theme, "Go to line", "flat")
        self._place.clicked.connect(self.place_asked)
        onward = QHBoxLayout(actions)
        onward.setContentsMargins(56, 8, tokens.ANSWER_MARGIN, 8)
        onward.setSpacing(8)
        for widget in (self._again, self._receipt, self._place):
            onward.addWidget(widget)
        onward.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(strip)
        column.addWidget(actions)
        self._actions = actions

    def say(self, what: str, why: str, *, again: bool = True, receipt: bool = False, line: int = 0) -> None:
        """Show a failure; `line` is where the schema is to blame, 0 for nowhere."""
        self._what.setText(what)
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self._again.setVisible(again)
        self._receipt.setVisible(receipt)
        self._place.setVisible(line > 0)
        self._place.setText(f"Go to line {line} of the schema")
        self._actions.setVisible(again or receipt or line > 0)
        self.setAccessibleName(f"{what} {why}")


class MessageBlock(QFrame):
    """What the person asked, shortened to a few lines until they want it all."""

    edit_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setProperty("rule", "below")
        self._text = ""
        self._open = False
        self._when = label(theme, "", 12, ink="text3")
        self._words = label(theme)
        self._words.setFont(theme.fonts.text(13))
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more = button(theme, "", "flat")
        self._more.clicked.connect(self._toggle)
        edit = icon_button(theme, "pencil-simple", "Edit and ask again", "Ctrl+E")
        edit.clicked.connect(self.edit_asked)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(8)
        head.addWidget(label(theme, "You", 13, 600))
        head.addWidget(self._when)
        head.addStretch(1)
        head.addWidget(self._more)
        head.addWidget(edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.ANSWER_MARGIN, 8, 16, 12)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._words)

    def show_message(self, text: str, when: str) -> None:
        """Show what was asked and at what time (ISO 8601)."""
        if text != self._text:
            self._text = text.strip("\n")
            self._open = False
            self._refresh()
        self._when.setText(datetime.fromisoformat(when).astimezone().strftime("%H:%M"))

    def _toggle(self) -> None:
        self._open = not self._open
        self._refresh()

    def _refresh(self) -> None:
        lines = [line for line in self._text.split("\n") if line.strip()]
        hidden = len(lines) - _SHOWN_LINES
        shown = self._text if self._open or hidden <= 0 else "\n".join(lines[:_SHOWN_LINES])
        self._words.setText(shown if len(shown) < 6000 else shown[:6000] + "…")
        self._more.setVisible(hidden > 0)
        self._more.setText("Show less" if self._open else f"{hidden} more line{'s' if hidden != 1 else ''}")
        self._more.setAccessibleName("Show less of the prompt" if self._open else "Show the whole prompt")


class _Pane(QFrame):
    """A row of tabs over their views."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.tabs = TabRow(theme, (READ, JSON, RECEIPT))
        self.views = QStackedWidget()
        self.head = ground("surface", "below")
        self.head.setFixedHeight(tokens.TABS + 1)
        self.row = QHBoxLayout(self.head)
        self.row.setContentsMargins(tokens.ANSWER_MARGIN, 0, 16, 0)
        self.row.setSpacing(8)
        self.row.addWidget(self.tabs)
        self.row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.views, 1)


class AnswerPanel(QFrame):
    """The answer in its views: Read, JSON, Receipt; side by side where the window is wide."""

    run_again = Signal()
    place_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shape: Shape = ANYTHING
        self._shape_text: str | None = None
        self._answer_id = ""
        self._laid_out = ""
        self._layout_state = JsonLayout()
        self._structured = True
        self._wide = False
        self._front = READ
        self.tree = AnswerTree(self)
        self.stem = StemView(theme, self.tree)
        self.prose = ProseView(theme)
        self.json = JsonView(theme, "Answer as JSON")
        self.receipt = ReceiptView(theme)
        self.read = QStackedWidget()
        self.read.addWidget(self.stem)
        self.read.addWidget(self.prose)
        self._views: dict[str, QWidget] = {READ: self.read, JSON: self.json, RECEIPT: self.receipt}
        self._left, self._right = _Pane(theme), _Pane(theme)
        self._chip = Chip(theme)
        self._detail: QLabel = label(theme, "", 12, ink="text2", tabular=True)
        self._copy: QPushButton = icon_button(theme, "copy", "Copy the answer")
        self._copy.clicked.connect(self._copy_answer)
        self._again: QPushButton = icon_button(theme, "arrow-clockwise", "Run again", "Ctrl+R")
        self._again.clicked.connect(self.run_again)
        for widget in (self._chip, self._detail, self._copy, self._again):
            self._left.row.addWidget(widget)
        self.strip = FailureStrip(theme)
        self.strip.run_again.connect(self.run_again)
        self.strip.receipt_asked.connect(lambda: self.choose(RECEIPT))
        self.strip.place_asked.connect(self.place_asked)
        self.strip.setVisible(False)
        self._left.layout().insertWidget(1, self.strip)  # type: ignore[union-attr]
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._left)
        self._split.addWidget(self._right)
        self._left.tabs.chosen.connect(self.choose)
        self._right.tabs.chosen.connect(self.choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._split)
        self._place_views()
        self.choose(READ)

    # Views

    def set_wide(self, *, wide: bool) -> None:
        """Show Read beside JSON and Receipt, or all three behind one another."""
        if wide != self._wide:
            self._wide = wide
            self._place_views()
            self.choose(self._front)

    def choose(self, name: str) -> None:
        """Bring a view to the front."""
        if name == JSON and not self._structured:
            name = READ if not self._wide else RECEIPT
        self._front = name
        pane = self._right if self._wide and name != READ else self._left
        pane.tabs.choose(name)
        pane.views.setCurrentWidget(self._views[name])
        if self._wide and name == READ and self._structured:
            self._right.tabs.choose(JSON)
            self._right.views.setCurrentWidget(self.json)

    def _place_views(self) -> None:
        for name, view in self._views.items():
            pane = self._right if self._wide and name != READ else self._left
            pane.views.addWidget(view)
        json_tab = {JSON} if self._structured else set()
        self._left.tabs.offer({READ} if self._wide else {READ, RECEIPT} | json_tab)
        self._right.tabs.offer({RECEIPT} | json_tab)
        self._right.setVisible(self._wide)
        if self._wide:
            self._left.tabs.choose(READ)
            self._left.views.setCurrentWidget(self.read)
            self._split.setSizes([600, 600])

    def _set_structured(self, *, structured: bool) -> None:
        self.read.setCurrentWidget(self.stem if structured else self.prose)
        if structured != self._structured:
            self._structured = structured
            self._place_views()
            self.choose(self._front)

    # What is shown

    def show_frame(self, check: SchemaCheck) -> None:
        """Show a schema's fields before anything is written."""
        self._answer_id = ""
        self._set_structured(structured=True)
        self._take_shape(check.text, check.schema, again=True)
        self._clear_json()
        self.receipt.show_receipt(None)
        self.strip.setVisible(False)
        count = len(self._shape.properties)
        self._chip.say("")
        self._detail.setText(f"{count} field{'s' if count != 1 else ''}, none written yet" if count else "")
        self._copy.setVisible(False)
        self._again.setVisible(False)

    def show_answer(self, answer: Answer, line: int = 0) -> None:
        """Show an exchange as it is now; `line` is where its schema is to blame, 0 for nowhere."""
        structured = answer.draft.format in _STRUCTURED
        fresh = answer.id != self._answer_id
        if fresh:
            self._answer_id = answer.id
            self._clear_json()
            self._set_structured(structured=structured)
            if structured:
                schema = _schema_of(answer)
                self._take_shape(answer.draft.schema if schema is not None else "", schema, again=True)
        if structured:
            self._grow(answer)
        else:
            self.prose.show_text(answer.text)
        self.receipt.show_receipt(answer.receipt)
        self._show_state(answer, line)

    def _take_shape(self, text: str, schema: Any, *, again: bool) -> None:
        if again or text != self._shape_text:
            self._shape_text = text
            self._shape = shape_of_schema(schema) if schema is not None else ANYTHING
            self.tree.frame(self._shape)

    def _grow(self, answer: Answer) -> None:
        endings: dict[str, Ending] = {"done": "done", "failed": "failed", "stopped": "stopped"}
        self.tree.grow(_partial(answer.text), answer.text, answer.closed, endings.get(answer.state, "growing"))
        self.stem.grown()
        if not answer.text.startswith(self._laid_out):
            self._clear_json()
        self.json.append(self._layout_state.feed(answer.text[len(self._laid_out) :]))
        self._laid_out = answer.text

    def _clear_json(self) -> None:
        self._laid_out = ""
        self._layout_state = JsonLayout()
        self.json.clear()

    def _show_state(self, answer: Answer, line: int) -> None:
        counts = f"{answer.tokens:,} tokens · {answer.forced:,} forced"
        kept = f"{answer.tokens:,} token{'s' if answer.tokens != 1 else ''} kept"
        match answer.state:
            case "waiting":
                self._chip.say("waiting", "")
                self._detail.setText("for the model")
            case "reading":
                self._chip.say("reading", "go")
                self._detail.setText(f"{answer.prompt_tokens:,} tokens of prompt")
            case "writing":
                self._chip.say("writing", "go")
                self._detail.setText(counts)
            case "done":
                self._chip.say("done", "go")
                self._detail.setText(counts)
            case "stopped":
                self._chip.say(f"stopped, {kept}")
                self._detail.setText("")
            case "failed":
                self._chip.say(f"failed, {kept}" if answer.tokens else "failed", "failed")
                self._detail.setText("")
        ended = not answer.running
        self._copy.setVisible(ended and bool(answer.text))
        self._again.setVisible(ended)
        failed = answer.state == "failed" and answer.error is not None
        if failed and answer.error is not None:
            error = answer.error
            why = " ".join(part for part in (_place_words(error.where), error.advice) if part)
            if answer.text and "kept" not in why:
                why = f"{why} What was written is kept.".strip()
            self.strip.say(f"Not an answer: {_lower(error.message)}", why, receipt=bool(answer.receipt), line=line)
        self.strip.setVisible(failed)

    def _copy_answer(self) -> None:
        text = self.json.toPlainText() if self._structured else self.prose.toPlainText()
        QGuiApplication.clipboard().setText(text)


def _lower(sentence: str) -> str:
    """Begin a sentence small, after a colon; names and abbreviations keep their capitals."""
    first = sentence.split(" ", 1)[0]
    return sentence[:1].lower() + sentence[1:] if first[1:].islower() or len(first) == 1 else sentence


def _place_words(where: str | None) -> str:
    return f"At {where}." if where else ""


def _schema_of(answer: Answer) -> Any:
    if answer.draft.format != "schema":
        return None
    try:
        return json.loads(answer.draft.schema)
    except (ValueError, RecursionError):
        return None


def _partial(text: str) -> Any:
    """Return what a text that is still growing says so far."""
    from pydantic_core import from_json

    try:
        return from_json(text, allow_partial="trailing-strings")
    except ValueError:
        return MISSING
