"""What pages may ask for and what they are told: intents in, signals out. No page knows more of the engine."""

from app.session.library import Found, Library, Undo
from app.session.reading import Focus
from app.session.session import Session
from engine.store import Attachment, Folder, Hit, MessageState, Node, Role, Thread

__all__ = [
    "Attachment",
    "Focus",
    "Folder",
    "Found",
    "Hit",
    "Library",
    "MessageState",
    "Node",
    "Role",
    "Session",
    "Thread",
    "Undo",
]
