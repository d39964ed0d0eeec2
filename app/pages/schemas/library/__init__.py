"""The library of schemas, at the left of the editor."""

from app.pages.schemas.library.panel import LibraryPanel

__all__ = ["LibraryPanel"]
