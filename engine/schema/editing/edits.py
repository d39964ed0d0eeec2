"""Edits of a text: spans that are replaced, several of them at once."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters from `start` to `end` (code points, `end` not included) become `text`."""

    start: int
    end: int
    text: str


Step = tuple[Edit, ...]
"""Edits made at once: in the order of the text, apart from each other, all counted in the text before."""


def apply(text: str, step: Step) -> str:
    """Return a text with the edits of a step made."""
    pieces: list[str] = []
    at = 0
    for edit in step:
        assert at <= edit.start <= edit.end <= len(text), "edits are in order, apart, and within the text"
        pieces += (text[at : edit.start], edit.text)
        at = edit.end
    pieces.append(text[at:])
    return "".join(pieces)


def inverse(text: str, step: Step) -> Step:
    """Return the step that leads back from what `step` makes of a text."""
    back: list[Edit] = []
    shift = 0
    for edit in step:
        start = edit.start + shift
        back.append(Edit(start, start + len(edit.text), text[edit.start : edit.end]))
        shift += len(edit.text) - (edit.end - edit.start)
    return tuple(back)


class Moves:
    """Where places are after a step, quick to ask for many of them.

    From within what was replaced a place goes to the end of the new text. What is put in right at a place comes after
    it, or before it where the place stays `behind`.
    """

    def __init__(self, step: Step) -> None:
        self._step = step
        self._starts = [edit.start for edit in step]
        grown = (len(edit.text) - (edit.end - edit.start) for edit in step)
        self._shifts = list(accumulate(grown, initial=0))

    def __call__(self, place: int, *, behind: bool = False) -> int:
        """Return where a place is afterwards."""
        step, index = self._step, bisect.bisect_left(self._starts, place)
        if index and step[index - 1].end > place:
            return step[index - 1].start + self._shifts[index - 1] + len(step[index - 1].text)
        while behind and index < len(step) and step[index].start == step[index].end == place:
            index += 1
        return place + self._shifts[index]


def moved(step: Step, place: int, *, behind: bool = False) -> int:
    """Return where a place is after a step, as `Moves` does."""
    return Moves(step)(place, behind=behind)


def composed(steps: Iterable[Step]) -> Step:
    """Return the one step that does what several do one after the other, each counted in the text before it."""
    pieces: list[_Piece] = [_Piece(0, None)]
    for step in steps:
        pieces = _cut(pieces, step)
    edits: list[Edit] = []
    at, text = 0, ""
    for piece in pieces:
        if piece.text is not None:
            text += piece.text
            continue
        if text or piece.start > at:
            edits.append(Edit(at, piece.start, text))
        at, text = piece.start + (piece.length or 0), ""
        if piece.length is None:
            break
    return tuple(edits)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a text that is being edited: `length` characters of the first text from `start` on, or new `text`.

    The last part of the first text has no known end.
    """

    start: int
    length: int | None
    text: str | None = None

    @property
    def size(self) -> int | None:
        return self.length if self.text is None else len(self.text)

    def beyond(self, cut: int) -> _Piece:
        """Return what is left without the first characters."""
        if self.text is not None:
            return _Piece(0, None, self.text[cut:])
        return _Piece(self.start + cut, None if self.length is None else self.length - cut)

    def until(self, cut: int) -> _Piece:
        """Return the first characters."""
        return _Piece(self.start, cut) if self.text is None else _Piece(0, None, self.text[:cut])


def _cut(pieces: list[_Piece], step: Step) -> list[_Piece]:
    """Return the pieces with one more step made."""
    made: list[_Piece] = []
    pending = pieces[::-1]
    at = 0

    def forward(to: int, kept: list[_Piece] | None) -> None:
        nonlocal at
        while at < to:
            piece = pending.pop()
            take = to - at
            if piece.size is not None and piece.size <= take:
                take = piece.size
            else:
                pending.append(piece.beyond(take))
                piece = piece.until(take)
            at += take
            if kept is not None:
                kept.append(piece)

    for edit in step:
        forward(edit.start, made)
        forward(edit.end, None)
        if edit.text:
            made.append(_Piece(0, None, edit.text))
    return [*made, *reversed(pending)]
