"""The exchange in focus: what was asked, and the answer in its views; before that what an answer would look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout

from app.pages.playground.answer import AnswerPanel
from app.pages.playground.message import MessageBlock
from app.widgets.controls import EmptyState, button

if TYPE_CHECKING:
    from app.checks import SchemaCheck
    from app.conversation import Alternatives, Conversation
    from app.session import Focus
    from app.style.theme import Theme


class ExchangePane(QFrame):
    """The question above its answer; an empty thread shows the schema's frame, or how to begin."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.message = MessageBlock(theme)
        self.answer = AnswerPanel(theme)
        self.run_example = button(theme, "Run the worked example", "primary", "play-fill")
        line = "Ask for something, and watch it grow against its schema."
        self.empty = EmptyState(theme, line, "", self.run_example)
        self.middle = QStackedWidget()
        self.middle.addWidget(self.empty)
        self.middle.addWidget(self.answer)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.message)
        column.addWidget(self.middle, 1)

    def show_exchange(self, focus: Focus, check: SchemaCheck | None, *, frame: bool) -> None:
        """Show the exchange as it is now; where nothing is answered, the schema's frame if `frame` asks for it."""
        answer = focus.answer
        self.message.setVisible(answer is not None or focus.question is not None)
        if answer is not None:
            blamed = answer.state == "failed" and check is not None and bool(check.problems) and not answer.text
            self.answer.show_answer(answer, check.problems[0].line if blamed and check is not None else 0)
            self.middle.setCurrentWidget(self.answer)
        elif frame and check is not None and check.schema is not None:
            self.answer.show_frame(check)
            self.middle.setCurrentWidget(self.answer)
        else:
            self.middle.setCurrentWidget(self.empty)

    def show_alternatives(self, focus: Focus, conversation: Conversation) -> None:
        """Show among which wordings the question stands, and among which answers the answer."""
        question, answer = focus.question, focus.answer
        when = answer.asked_at if answer is not None else question.created if question is not None else ""
        wordings = conversation.alternatives(question.id) if question is not None else None
        answers: Alternatives | None = None
        if answer is not None and answer.message is not None and answer.message in conversation:
            answers = conversation.alternatives(answer.message)
        several = answers is not None and len(answers.ids) > 1
        self.message.show_focus(focus, when, wordings, several=several)
        self.answer.switch.show_alternatives(answers)
