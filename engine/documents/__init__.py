"""A file to text with page and box positions: plain text, Markdown, HTML and PDF."""

from engine.documents.document import PAGE_SEPARATOR, Box, Document, Page, Progress
from engine.documents.pool import DocumentPool
from engine.documents.reading import find_documents, is_supported, read_document

__all__ = [
    "PAGE_SEPARATOR",
    "Box",
    "Document",
    "DocumentPool",
    "Page",
    "Progress",
    "find_documents",
    "is_supported",
    "read_document",
]
