"""What pages may ask for and what they are told: intents in, signals out. No page knows more of the engine."""

from app.session.library import Found, Library, Undo
from app.session.session import Session
from engine.store import Folder, Hit, Thread

__all__ = ["Folder", "Found", "Hit", "Library", "Session", "Thread", "Undo"]
