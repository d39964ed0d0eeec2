"""A file to text that knows its pages, boxes and cells: texts, PDF, Office files, tables, messages, images."""

from engine.documents.document import PAGE_SEPARATOR, Box, Cell, Document, Page, Progress
from engine.documents.finding import find_documents, is_supported
from engine.documents.pictures import PagePicture, PageSize
from engine.documents.pool import DocumentPool
from engine.documents.reading import container_of, read_document

__all__ = [
    "PAGE_SEPARATOR",
    "Box",
    "Cell",
    "Document",
    "DocumentPool",
    "Page",
    "PagePicture",
    "PageSize",
    "Progress",
    "container_of",
    "find_documents",
    "is_supported",
    "read_document",
]
