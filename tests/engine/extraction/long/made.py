"""Long documents that a test can judge: what stands where in them is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.constraint.grounding import Grounds, QuotableText
from engine.documents import Document, Page
from engine.extraction.excerpts import Source
from engine.extraction.long import Answered
from engine.model.protocol import ValueClosed
from engine.schema.document import read_schema
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.extraction.excerpts import Part

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


def answer(part: Part, value: Any) -> Answered:
    """Answer a part with quotes of its excerpts, with the places that the mask would tell of them."""
    if part.decode is None:
        return Answered(value)
    content = "x" * part.excerpts.begins + part.excerpts.text
    lists = {
        name: [place for each in readings for place in part.excerpts.in_message(each.start, each.end)]
        for name, readings in part.decode.readings(part.excerpts).items()
    }
    grounds = Grounds(read_schema(part.decode.text), QuotableText(content, part.excerpts.pieces), lists)
    closed: dict[str, ValueClosed] = {}

    def tell(value: Any, path: tuple[str | int, ...]) -> None:
        below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for step, each in below:
            tell(each, (*path, step))
        spans = grounds.spans(path, value) or () if isinstance(value, str) else ()
        closed[to_pointer(path)] = ValueClosed(
            id="1", pointer=to_pointer(path), value=value, start=0, end=0,
            mean_probability=0.5, min_probability=0.5, removed_mass=0.1, spans=spans,
        )  # fmt: skip

    tell(value, ())
    return Answered(value, closed)
