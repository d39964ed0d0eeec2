"""Models: what is loaded."""

from app.pages.models.page import ModelsPage

__all__ = ["ModelsPage"]
