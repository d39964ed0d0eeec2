"""What is selected of the text on pages: from where it began to where the pointer or the keys have led."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.widgets.document_view.words import trimmed

if TYPE_CHECKING:
    from app.widgets.document_view.pane import Span


class PageSelection:
    """A span of a text, one end of which can be moved."""

    def __init__(self) -> None:
        self.span: Span | None = None
        self._anchor: int | None = None

    @property
    def has_begun(self) -> bool:
        """Whether there is an end that stays."""
        return self._anchor is not None

    def begin(self, place: int | None) -> None:
        """Say where the end stands that stays, without selecting anything else yet."""
        self._anchor = place

    def put(self, span: Span | None) -> bool:
        """Select something else, or nothing; returns whether that is a change."""
        self._anchor = span[0] if span is not None else None
        changed = span != self.span
        self.span = span
        return changed

    def extend(self, place: int | None) -> bool:
        """Move the other end; returns whether that is a change."""
        if place is None or self._anchor is None:
            return False
        span = (min(self._anchor, place), max(self._anchor, place))
        before, self.span = self.span, span if span[0] < span[1] else None
        return self.span != before

    def step(self, text: str, step: int, *, by_word: bool) -> int | None:
        """Move the other end by a letter, or to the next end of a word; returns where it is now."""
        if self.span is None:
            return None
        start, end = self.span
        if self._anchor not in self.span:
            self._anchor = start
        place = end if self._anchor == start else start
        while 0 <= place + step <= len(text):
            place += step
            passed, beyond = (
                (text[place - 1], text[place : place + 1]) if step > 0 else (text[place], text[place - 1 : place])
            )
            if passed.isspace() or (by_word and place and beyond and not beyond.isspace()):
                continue
            break
        self.extend(place)
        return place

    def without_blanks(self, text: str) -> Span | None:
        """Return what is selected without the blanks at its ends; None where that is nothing."""
        if self.span is None:
            return None
        start, end = trimmed(text, *self.span)
        return (start, end) if start < end else None
