"""What the three ways to show a document have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QRect, SignalInstance
    from PySide6.QtWidgets import QAbstractScrollArea

    from app.document_shown import DocumentShown
    from app.widgets.document_view.marks import Mark

Span = tuple[int, int]
"""Start and end in the document's text, in code points."""


class Pane(Protocol):
    """Shows a document with its marks; a person selects text in it. Spans are those of the document's text."""

    selected: SignalInstance
    """Something else is selected, or nothing."""
    mark_clicked: SignalInstance
    """A mark was clicked: its key."""
    page_changed: SignalInstance
    """Another page is in sight: its index."""
    moved: SignalInstance
    """What is shown stands elsewhere now."""

    @property
    def view(self) -> QAbstractScrollArea:
        """The widget."""

    def show_document(self, document: DocumentShown | None) -> None:
        """Show another document from its beginning, without marks, or none."""

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Mark spans; what was marked before no longer is. In the order in which they are painted."""

    def set_hits(self, hits: Sequence[Span]) -> None:
        """Mark what was searched for, in the order of the text."""

    def reveal(self, start: int, end: int, *, emphasised: bool) -> bool:
        """Bring a span into sight; returns whether it can be seen here at all."""

    def page(self) -> int:
        """Return the index of the page in sight."""

    def go_to_page(self, page: int) -> None:
        """Bring the beginning of a page into sight."""

    def selection(self) -> Span | None:
        """Return what is selected, without the blanks at its ends."""

    def select(self, span: Span | None) -> None:
        """Select something else, or nothing."""

    def selection_rect(self) -> QRect | None:
        """Return where the selection stands in the viewport, as far as it is in sight."""
