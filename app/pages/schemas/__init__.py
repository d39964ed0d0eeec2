"""Schemas: a tree and the text of the same document."""

from app.pages.schemas.page import SchemasPage

__all__ = ["SchemasPage"]
