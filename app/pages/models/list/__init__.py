"""The list of models: its columns, how rows are painted, and what pointer and keyboard do with them."""

from app.pages.models.list.headings import Headings
from app.pages.models.list.view import ModelsView

__all__ = ["Headings", "ModelsView"]
