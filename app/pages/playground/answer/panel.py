"""The answer in its views, with its state and actions beside the tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app import figures
from app.exchange import FORMATS
from app.models.answer_node import MISSING
from app.models.answer_tree import AnswerTree, Ending
from app.models.answer_value import schema_of, value_so_far
from app.models.json_layout import laid_out
from app.models.shape import ANYTHING, Shape, shape_of_schema
from app.pages.playground.answer.notice_strip import NoticeStrip
from app.pages.playground.answer.prose_view import ProseView
from app.pages.playground.answer.receipt_view import ReceiptView
from app.pages.playground.answer.tokens_view import TokensView
from app.style import tokens
from app.widgets.alternatives import AlternativesSwitch
from app.widgets.controls import Chip, TabRow, ground, icon_button
from app.widgets.elided_label import ElidedLabel
from app.widgets.json_editor import JsonView
from app.widgets.splits import split_of
from app.widgets.stem import StemView

if TYPE_CHECKING:
    from app.checks import SchemaCheck
    from app.exchange import Answer, Caveat, Postponed
    from app.style.theme import Theme

READ, JSON, TOKENS, RECEIPT = "Read", "JSON", "Tokens", "Receipt"
_CAVEATS: dict[Caveat, tuple[str, str]] = {
    "closed early": (
        "Closed early: the token limit was near.",
        (
            "It satisfies the schema, but its last values are only the shortest that do. "
            "Allow more tokens to have them written."
        ),
    ),
    "completed": (
        "Completed without the model, whose values did not pass the checks.",
        (
            "It satisfies the schema, but its last values, or all of them, are made up to do so. "
            "Try another seed or temperature, or make the schema simpler."
        ),
    ),
}

_WAITS = {"EndpointBusy": "The server is busy", "EndpointUnreachable": "Nobody answers at the server's address"}


class _Pane(QFrame):
    """A row of tabs over their views."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.tabs = TabRow(theme, (READ, JSON, TOKENS, RECEIPT))
        self.views = QStackedWidget()
        self.head = ground("surface", "below")
        self.head.setFixedHeight(tokens.TABS + 1)
        self.row = QHBoxLayout(self.head)
        self.row.setContentsMargins(tokens.ANSWER_MARGIN, 0, 16, 0)
        self.row.setSpacing(8)
        self.row.addWidget(self.tabs)
        self.row.addStretch(1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addWidget(self.head)
        self.column.addWidget(self.views, 1)


class AnswerPanel(QFrame):
    """The answer in its views: Read, JSON, Tokens, Receipt; side by side where the window is wide."""

    run_again = Signal()
    continue_asked = Signal()
    place_asked = Signal()
    stepped = Signal(int)
    branch_asked = Signal(int, int)
    receipt_run_asked = Signal()
    compare_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._shape: Shape = ANYTHING
        self._answer: Answer | None = None
        self._grown: tuple[object, ...] = ()
        self._structured = True
        self._wide = False
        self._front = READ
        self.tree = AnswerTree(self)
        self.stem = StemView(theme, self.tree)
        self.prose = ProseView(theme)
        self.json = JsonView(theme, "Answer as JSON")
        self.receipt = ReceiptView(theme)
        self.receipt.run_asked.connect(self.receipt_run_asked)
        self.receipt.run_with_asked.connect(self.compare_asked)
        self.tokens = TokensView(theme)
        self.tokens.branch_asked.connect(self.branch_asked)
        self.tokens.run_again_asked.connect(self.run_again)
        self.read = QStackedWidget()
        self.read.addWidget(self.stem)
        self.read.addWidget(self.prose)
        self._views: dict[str, QWidget] = {
            READ: self.read,
            JSON: self.json,
            TOKENS: self.tokens,
            RECEIPT: self.receipt,
        }
        self._left, self._right = _Pane(theme), _Pane(theme)
        self._chip = Chip(theme)
        self._detail = ElidedLabel(theme, 12, ink="text2", tabular=True, hugs=True)
        self._copy: QPushButton = icon_button(theme, "copy", "Copy the answer")
        self._copy.clicked.connect(self._copy_answer)
        self.again: QPushButton = icon_button(theme, "arrow-clockwise", "Run again", "Ctrl+R")
        self.again.clicked.connect(self.run_again)
        self._beside: QPushButton = icon_button(theme, "scales", "Compare with other settings")
        self._beside.clicked.connect(self.compare_asked)
        self._continue: QPushButton = icon_button(theme, "arrow-line-right", "Continue where it stopped")
        self._continue.clicked.connect(self.continue_asked)
        self.switch = AlternativesSwitch(theme, "answer")
        self.switch.stepped.connect(self.stepped)
        for widget in (self._chip, self._detail, self.switch, self._copy, self._continue, self._beside, self.again):
            self._left.row.addWidget(widget)
        self.strip = NoticeStrip(theme)
        self.strip.run_again.connect(self.run_again)
        self.strip.receipt_asked.connect(lambda: self.choose(RECEIPT))
        self.strip.place_asked.connect(self.place_asked)
        self.strip.setVisible(False)
        self._left.column.insertWidget(1, self.strip)
        self._split = split_of(Qt.Orientation.Horizontal, self._left, self._right)
        self._left.tabs.chosen.connect(self.choose)
        self._right.tabs.chosen.connect(self.choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._split)
        self._place_views()
        self.choose(READ)

    # Views

    def set_wide(self, *, wide: bool) -> None:
        """Show Read beside the others, or all of them behind one another."""
        if wide != self._wide:
            self._wide = wide
            self._place_views()
            self.choose(self._front)

    def choose(self, name: str) -> None:
        """Bring a view to the front."""
        if name == JSON and not self._structured:
            name = READ if not self._wide else TOKENS
        self._front = name
        pane = self._right if self._wide and name != READ else self._left
        pane.tabs.choose(name)
        pane.views.setCurrentWidget(self._views[name])
        if self._wide and name == READ:
            beside = JSON if self._structured else TOKENS
            self._right.tabs.choose(beside)
            self._right.views.setCurrentWidget(self._views[beside])

    def _place_views(self) -> None:
        for name, view in self._views.items():
            pane = self._right if self._wide and name != READ else self._left
            pane.views.addWidget(view)
        json_tab = {JSON} if self._structured else set()
        self._left.tabs.offer({READ} if self._wide else {READ, TOKENS, RECEIPT} | json_tab)
        self._right.tabs.offer({TOKENS, RECEIPT} | json_tab)
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
        self._answer = None
        self._set_structured(structured=True)
        self._take_shape(check.schema)
        self.json.show_json("")
        self.receipt.show_receipt(None)
        self.tokens.clear()
        self.strip.setVisible(False)
        count = len(self._shape.properties)
        self._chip.say("")
        self._detail.say(f"{count} field{'s' if count != 1 else ''}, none written yet" if count else "")
        self._copy.setVisible(False)
        self.again.setVisible(False)
        self._beside.setVisible(False)
        self._continue.setVisible(False)

    def show_answer(self, answer: Answer, line: int = 0) -> None:
        """Show an exchange as it is now; `line` is where its schema is to blame, 0 for nowhere."""
        structured = FORMATS[answer.draft.format].structured
        fresh = self._answer is None or answer.id != self._answer.id
        self._answer = answer
        if fresh:
            self._grown = ()
            self.json.show_json("")
            self._set_structured(structured=structured)
            if structured:
                self._take_shape(schema_of(answer.draft))
        if structured:
            self._grow(answer)
        else:
            self.prose.show_text(answer.text, growing=answer.running)
        self.receipt.show_receipt(answer.receipt)
        self.tokens.show_trace(answer.trace, answer.closed, structured, answer.running)
        self._show_state(answer, line)

    def _take_shape(self, schema: Any) -> None:
        self._shape = shape_of_schema(schema) if schema is not None else ANYTHING
        self.tree.frame(self._shape)

    def _grow(self, answer: Answer) -> None:
        grown = (answer.text, answer.state, len(answer.closed))
        if grown == self._grown:
            return
        self._grown = grown
        endings: dict[str, Ending] = {"done": "done", "failed": "failed", "stopped": "stopped"}
        value = value_so_far(answer.text)
        if value is MISSING and answer.text and not answer.running:  # such as one that another program wrote
            self.read.setCurrentWidget(self.prose)
            self.prose.show_text(answer.text)
        else:
            ending = endings.get(answer.state, "growing")
            self.tree.grow(value, answer.text, answer.closed, ending, answer.wrong_at)
            self.stem.grown()
        self.json.show_json(answer.text, growing=answer.running)

    def _show_state(self, answer: Answer, line: int) -> None:
        forced = "" if answer.elsewhere and not answer.forced else f" · {figures.number(answer.forced)} forced"
        counts = f"{figures.number(answer.tokens)} tokens{forced}"
        kept = f"{figures.number(answer.tokens)} token{'s' if answer.tokens != 1 else ''} kept"
        match answer.state:
            case "waiting":
                self._chip.say("waiting", "")
                self._detail.say("for the model")
            case "reading" if answer.postponed is not None:
                self._chip.say("waiting", "")
                self._detail.say(wait_words(answer.postponed))
            case "reading":
                self._chip.say("reading", "go")
                self._detail.say(f"{figures.number(answer.prompt_tokens)} tokens of prompt")
            case "writing":
                self._chip.say("writing", "go")
                self._detail.say(counts)
            case "done":
                self._chip.say(answer.caveat or "done", "doubt" if answer.caveat else "go")
                self._detail.say(counts)
            case "stopped":
                self._chip.say(f"stopped, {kept}")
                self._detail.say("")
            case "failed":
                self._chip.say(f"failed, {kept}" if answer.tokens else "failed", "failed")
                self._detail.say("")
        ended = not answer.running
        self._copy.setVisible(ended and bool(answer.text))
        self.again.setVisible(ended)
        self._beside.setVisible(ended and answer.question is not None)
        self._continue.setVisible(answer.state in {"stopped", "failed"} and bool(answer.text))
        self._show_notice(answer, line)

    def _show_notice(self, answer: Answer, line: int) -> None:
        error = answer.error if answer.state == "failed" else None
        if error is not None:
            why = " ".join(part for part in (_place_words(error.where), error.advice) if part)
            if answer.text and "kept" not in why:
                why = f"{why} What was written is kept.".strip()
            self.strip.say(f"Not an answer: {_lower(error.message)}", why, receipt=bool(answer.receipt), line=line)
        elif answer.caveat is not None:
            self.strip.say(*_CAVEATS[answer.caveat], doubt=True, receipt=True)
        self.strip.setVisible(error is not None or answer.caveat is not None)

    def _copy_answer(self) -> None:
        if self._answer is not None:
            text = self._answer.text
            QGuiApplication.clipboard().setText(laid_out(text) if self._structured else text)


def _lower(sentence: str) -> str:
    """Begin a sentence small, after a colon; names and abbreviations keep their capitals."""
    first = sentence.split(" ", 1)[0]
    return sentence[:1].lower() + sentence[1:] if first[1:].islower() or len(first) == 1 else sentence


def _place_words(where: str | None) -> str:
    return f"At {where}." if where else ""


def wait_words(postponed: Postponed) -> str:
    """Return why a server is waited for, and until when."""
    why = _WAITS.get(postponed.kind, "The server has failed")
    return f"{why}: asked again in {figures.number(max(postponed.seconds, 1))} s"
