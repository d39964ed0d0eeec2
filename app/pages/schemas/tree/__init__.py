"""The tree of the schema editor: rows that are painted, edited in place, and dragged; it changes nothing itself."""

from app.pages.schemas.tree.intents import TreeIntents
from app.pages.schemas.tree.panel import SchemaTreePanel
from app.pages.schemas.tree.view import SchemaTreeView

__all__ = ["SchemaTreePanel", "SchemaTreeView", "TreeIntents"]
