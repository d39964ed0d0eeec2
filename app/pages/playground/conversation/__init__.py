"""The conversation: earlier messages as painted rows, the exchange in focus as real widgets among them."""

from app.pages.playground.conversation.view import ConversationView

__all__ = ["ConversationView"]
