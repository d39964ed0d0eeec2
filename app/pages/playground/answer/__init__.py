"""The answer to a prompt, in its views."""

from app.pages.playground.answer.panel import AnswerPanel

__all__ = ["AnswerPanel"]
