"""Extract: a folder of documents to a table."""

from app.pages.extract.page import ExtractPage

__all__ = ["ExtractPage"]
