"""What pages may ask for and what they are told: intents in, signals out. No page knows more of the engine."""

from app.session.attachments import Reading
from app.session.comparison import Column, Comparison
from app.session.library import Found, Library
from app.session.reading import Focus
from app.session.session import Session
from app.session.transfer import Transfer
from app.session.undo import Undo
from engine.store import Attachment, Folder, Hit, MessageState, Node, Role, Thread
from engine.store.transfer import Format, Imported

__all__ = [
    "Attachment",
    "Column",
    "Comparison",
    "Focus",
    "Folder",
    "Format",
    "Found",
    "Hit",
    "Imported",
    "Library",
    "MessageState",
    "Node",
    "Reading",
    "Role",
    "Session",
    "Thread",
    "Transfer",
    "Undo",
]
