"""The schema as text, in step with the tree."""

from app.pages.schemas.text.pane import SchemaTextPane
from app.pages.schemas.text.view import SchemaTextView

__all__ = ["SchemaTextPane", "SchemaTextView"]
