"""Long documents that a test can judge: what stands where in them is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.documents import Document, Page
from engine.extraction.excerpts import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

CLAUSES = (
    "Each party keeps confidential what it learns of the other, and uses it for no end but this agreement.",
    "Neither party answers for delays that come of events which it could not foresee or prevent.",
    "Changes of this agreement are valid only where both parties have agreed to them in writing.",
    "Where a provision turns out to be void, the others stay in force as they are.",
    "Notices are sent to the addresses that the parties have last named to each other.",
)


def make_document(*pages: str, names: Sequence[str] = ()) -> Document:
    """Return a document of these pages; with names they are sheets."""
    named = [*names, *[""] * len(pages)]
    return Document(
        Path("a.txt"), "0" * 64, "txt", tuple(Page(n + 1, text, name=named[n]) for n, text in enumerate(pages))
    )


def make_source(*pages: str) -> Source:
    """Return the same as requests read it."""
    return Source(make_document(*pages))


def contract(facts: dict[int, str], pages: int = 40) -> list[str]:
    """Return a contract of so many pages that say nothing, but for facts by the number of their page."""
    made = []
    for number in range(1, pages + 1):
        clauses = [CLAUSES[(number + offset) % len(CLAUSES)] for offset in range(4)]
        if number in facts:
            clauses.insert(2, facts[number])
        made.append(f"{number}. General provisions\n\n" + "\n\n".join(clauses))
    return made


def price_table(rows: int) -> str:
    """Return a table of parts with a header, and text around it."""
    lines = [f"P-{number:03d}     Bracket {number}     {number}.25" for number in range(1, rows + 1)]
    head = "Price list of Nordlicht GmbH\n\nAll prices are net.\n\nArticle     Name     Price\n"
    return head + "\n".join(lines) + "\n\nPrices hold until the end of the year."


def count_tokens(texts: Sequence[str]) -> list[int]:
    """Return about as many tokens as the bundled model would: one for each two or three characters."""
    return [(2 * len(text) + 4) // 5 for text in texts]
