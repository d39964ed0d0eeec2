"""What pages may ask for and what they are told: intents in, signals out. No page knows more of the engine."""

from typing import TYPE_CHECKING

from app.session.attachments import Reading
from app.session.comparison import Column, Comparison
from app.session.library import Library
from app.session.reading import Focus
from app.session.schema_desk import SchemaDesk
from app.session.schemas import SchemaLibrary
from app.session.searching import Found
from app.session.session import Session
from app.session.transfer import Transfer
from app.session.undo import Undo
from engine.store import Attachment, Folder, Hit, MessageState, Node, Role, Thread
from engine.store.transfer import Format, Imported

if TYPE_CHECKING:  # types alone: the window stands before these are imported
    from engine.resources import ExampleSchema as ExampleSchema
    from engine.store.schema_search import SchemaHit as SchemaHit
    from engine.store.schema_search import SchemaPlace as SchemaPlace
    from engine.store.schema_transfer import ImportedSchemas as ImportedSchemas
    from engine.store.schema_transfer import SchemaFormat as SchemaFormat
    from engine.store.schema_uses import Use as Use
    from engine.store.schema_uses import Uses as Uses
    from engine.store.schemas import SchemaRow as SchemaRow
    from engine.store.schemas import SchemaState as SchemaState
    from engine.store.schemas import Version as Version

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
    "SchemaDesk",
    "SchemaLibrary",
    "Session",
    "Thread",
    "Transfer",
    "Undo",
]
