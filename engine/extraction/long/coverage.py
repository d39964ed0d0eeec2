"""What is said of a document that was not read as a whole: where it was read, and where it was only searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.extraction.excerpts import gaps_between, join_spans
from engine.extraction.naming import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.documents import Document
    from engine.extraction.excerpts import Span

_MOST_RANGES = 6


def name_places(document: Document, spans: Iterable[Span]) -> str:
    """Name the pages or sheets that spans of a document's text touch: "pages 1, 3 to 9 and 17", "sheet “Prices”"."""
    return _name(document, [index for index, _ in _touched(document, spans)])


def describe_unread(document: Document, read: Iterable[Span], *, searched: bool = True) -> str | None:
    """Say what of a document no request held; None where the model was given all of it."""
    spans = join_spans(read)
    unread = [
        (start, end) for start, end in gaps_between(spans, len(document.text)) if document.text[start:end].strip()
    ]
    if not unread:
        return None
    how = "searched and not read by the model" if searched else "not read by the model"
    amount = f"{sum(end - start for start, end in unread):,} of {len(document.text):,} characters"
    if len(document.pages) == 1:
        return f"{amount} were {how}."
    there = dict(_touched(document, spans))
    missing = [index for index, _ in _touched(document, unread)]
    whole = [index for index in missing if index not in there]
    part = [index for index in missing if index in there]
    said = [f"{_name(document, whole)} {'was' if len(whole) == 1 else 'were'} {how}"] if whole else []
    if part:
        said.append(f"{_name(document, part)} {'was' if len(part) == 1 else 'were'} read in part")
    sentence = ", and ".join(said)
    return f"{sentence[0].upper()}{sentence[1:]} ({amount} are unread)."


def _touched(document: Document, spans: Iterable[Span]) -> list[tuple[int, int]]:
    """Return the index of each page that holds something of the spans but blanks, and how many characters of it."""
    found: dict[int, int] = {}
    pages = list(zip(document.page_starts, document.pages, strict=True))
    first = 0
    for start, end in join_spans(spans):
        while first < len(pages) and pages[first][0] + len(pages[first][1].text) <= start:
            first += 1
        for index in range(first, len(pages)):
            begin, page = pages[index]
            if begin >= end:
                break
            inside = page.text[max(start - begin, 0) : end - begin]
            if inside.strip():
                found[index] = found.get(index, 0) + len(inside)
    return sorted(found.items())


def _name(document: Document, indices: Sequence[int]) -> str:
    pages = [document.pages[index] for index in indices]
    are_sheets = any(page.name for page in document.pages)
    if are_sheets:
        names = [f"“{page.name or page.number}”" for page in pages]
        if len(names) > _MOST_RANGES:
            return f"{len(names):,} of {len(document.pages):,} sheets"
        return ("sheet " if len(names) == 1 else "sheets ") + listed(names)
    ranges = _ranges([page.number for page in pages])
    if len(ranges) > _MOST_RANGES:
        return f"{len(pages):,} of {len(document.pages):,} pages"
    return ("page " if len(pages) == 1 else "pages ") + listed(
        [str(first) if first == last else f"{first} to {last}" for first, last in ranges]
    )


def _ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = ranges[-1][0], number
        else:
            ranges.append((number, number))
    return ranges
