"""What pages may ask for and what they are told: intents in, signals out. No page knows more of the engine."""

from typing import TYPE_CHECKING

from app.session.attachments import Reading
from app.session.comparison import Column, Comparison
from app.session.library import Found, Library
from app.session.reading import Focus
from app.session.schema_desk import SchemaDesk
from app.session.schemas import SchemaLibrary, SchemasFound
from app.session.session import Session
from app.session.transfer import Transfer
from app.session.undo import Undo
from engine.store import (
    Attachment,
    Folder,
    Hit,
    MessageState,
    Node,
    Role,
    SchemaHit,
    SchemaPlace,
    SchemaRow,
    SchemaState,
    Thread,
    Use,
    Uses,
    Version,
)
from engine.store.transfer import Format, Imported

if TYPE_CHECKING:  # types alone: the window stands before this is imported
    from engine.store.schema_transfer import ImportedSchemas as ImportedSchemas
    from engine.store.schema_transfer import SchemaFormat as SchemaFormat

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
    "SchemaHit",
    "SchemaLibrary",
    "SchemaPlace",
    "SchemaRow",
    "SchemaState",
    "SchemasFound",
    "Session",
    "Thread",
    "Transfer",
    "Undo",
    "Use",
    "Uses",
    "Version",
]
