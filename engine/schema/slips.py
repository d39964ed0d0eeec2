"""Keywords that say nothing where they stand, though whoever wrote them probably meant something."""

from __future__ import annotations

import difflib
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.schema.drafts import ASSERTIONS, Draft
from engine.schema.walk import subschemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.document import SchemaDocument

_NAMES = {keyword.lower(): keyword for keyword in (*ASSERTIONS, "$anchor", "$defs", "$id", "definitions")}
"""Keywords that somebody may have meant, by what they are without regard to case."""
_ANNOTATIONS = frozenset(
    {
        "$comment", "$schema", "$vocabulary", "contentEncoding", "contentMediaType", "contentSchema", "default",
        "deprecated", "description", "examples", "id", "readOnly", "title", "writeOnly",
    }
)  # fmt: skip
_ALIKE = 0.81
_SHORTEST, _LONGEST = 4, 40
_MOST = 1_000
"""Unknown keywords that are looked at: to compare one with all others takes a fifth of a millisecond."""
_MARKS = "_-/#@!~."
"""What people put before a keyword that is not meant to count."""
_ALONE = {Draft.D4, Draft.D6, Draft.D7}
"""Drafts in which nothing counts beside a `$ref`."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A keyword of the subschema at `pointer` that says nothing there, and why, in a sentence.

    `meant` is the keyword that an unknown one is spelled nearly like.
    """

    pointer: str
    keyword: str
    message: str
    kind: Literal["unknown", "foreign", "ignored"] = "unknown"
    meant: str | None = None


def slips(document: SchemaDocument) -> Iterator[Slip]:
    """Yield the keywords of a schema that say nothing though they look as if they did, in document order."""
    looked_at = set[str]()
    for place in subschemas(document.root):
        if isinstance(place.schema, bool):
            continue
        for keyword in place.schema:
            if keyword not in ASSERTIONS and keyword not in looked_at:
                if len(looked_at) == _MOST:
                    continue
                looked_at.add(keyword)
            slip = _slip(document, place.pointer, keyword, beside="$ref" in place.schema and keyword != "$ref")
            if slip is not None:
                yield slip


def _slip(document: SchemaDocument, pointer: str, keyword: str, *, beside: bool) -> Slip | None:
    spoken = document.draft.spoken
    if keyword in ASSERTIONS:
        if not document.says(keyword):
            return Slip(pointer, keyword, f'"{keyword}" says nothing in {spoken}.', "foreign")
        if beside and document.draft in _ALONE:
            sentence = f'"{keyword}" is ignored here: in {spoken} nothing counts beside a "$ref".'
            return Slip(pointer, keyword, sentence, "ignored")
        return None
    if keyword in _NAMES.values() or keyword in _ANNOTATIONS or keyword[:1] in _MARKS:
        return None
    meant = _nearest(keyword, document.draft) if _SHORTEST <= len(keyword) <= _LONGEST else None
    if meant is None:
        return None
    return Slip(pointer, keyword, f'Unknown keyword "{keyword}"; did you mean "{meant}"?', meant=meant)


@functools.lru_cache(maxsize=4096)
def _nearest(keyword: str, draft: Draft) -> str | None:
    known = [name for name, meant in _NAMES.items() if draft.knows(meant)]
    near = difflib.get_close_matches(keyword.lower(), known, n=1, cutoff=_ALIKE)
    return _NAMES[near[0]] if near else None
