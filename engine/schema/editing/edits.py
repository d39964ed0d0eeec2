"""Edits of a text: spans that are replaced, several of them at once."""

from __future__ import annotations

from dataclasses import dataclass


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
