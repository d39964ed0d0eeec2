"""The view of a document: pages or text, marks, selecting, finding."""

from app.widgets.document_view.marks import Mark, Tone
from app.widgets.document_view.notice import NoticeTone
from app.widgets.document_view.view import DocumentView

__all__ = ["DocumentView", "Mark", "NoticeTone", "Tone"]
