"""What planning a schema tells: what is refused, what is only checked, and how small the smallest answer is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.constraint.closing import QUICK_LOOK, byte_closer
from engine.constraint.sizes import measure
from engine.errors import ConstraintUnsatisfiable
from engine.schema.editing import Remove
from engine.schema.pointer import escape, value_at
from engine.schema.problems.found import Found, quoted
from engine.schema.problems.problem import Fix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.constraint.closing import Closer
    from engine.constraint.compile import CompiledConstraint
    from engine.constraint.enforcement import KeywordUse
    from engine.errors import ConstraintError

_BYTES_A_TOKEN = 4
"""Of English text, about."""
_CAUSES = {
    "contradiction": frozenset({"empty-range", "endless", "impossible-pattern", "no-multiple", "no-value"}),
    "unsupported": frozenset({"bad-pattern", "unresolved-ref"}),
}
"""Rules that tell the same, nearer to where it is."""
_MOST_REMOVED = 3


def refused(error: ConstraintError, root: Any, found: Iterable[Found]) -> Iterator[Found]:
    """Yield why a schema cannot be held to, where no rule has told that already."""
    rule = "contradiction" if isinstance(error, ConstraintUnsatisfiable) else "unsupported"
    if any(each.rule in _CAUSES[rule] for each in found):
        return
    pointer = error.where if error.where is not None and error.where.startswith("/") else ""
    keywords = tuple(getattr(error, "keywords", ())) or tuple(filter(None, [getattr(error, "keyword", "")]))
    here = value_at(root, pointer)
    named = next((each for each in keywords if isinstance(here, dict) and each in here), None)
    fixes = []
    if rule == "contradiction":
        removable = keywords[:_MOST_REMOVED]
        fixes = [Fix(f"Remove {each}", (Remove(f"{pointer}/{escape(each)}"),)) for each in removable]
    at = pointer if named is None else f"{pointer}/{escape(named)}"
    sentence = error.message + (f" {error.advice}" if error.advice else "")
    yield Found(rule, at, sentence, tuple(fixes), keyword=named is not None)


def checked(uses: Iterable[KeywordUse]) -> Iterator[Found]:
    """Yield the keywords that no mask holds to."""
    for use in uses:
        if use.how == "check":
            sentence = f"{quoted(use.keyword)} is checked on what is written, which is written again where it fails."
            yield Found("checked-only", f"{use.pointer}/{escape(use.keyword)}", sentence, on_key=True, keyword=True)


def too_small(constraint: CompiledConstraint, limit: int, vocabulary: Closer | None = None) -> Iterator[Found]:
    """Yield that no answer fits a limit of tokens; they are estimated from bytes where no vocabulary is given."""
    closer = vocabulary or byte_closer()
    most = limit if vocabulary is not None else limit * _BYTES_A_TOKEN
    matcher = constraint.matcher(closer.tokenizer)
    if closer.shortest(matcher, most, states=QUICK_LOOK) is not None:
        return
    minimum = measure(constraint, vocabulary).minimum
    if minimum is None or minimum <= most:
        return
    size = f"{minimum:,} tokens"
    if vocabulary is None:
        size = f"about {-(-minimum // _BYTES_A_TOKEN):,} tokens (an estimate: it is {minimum:,} bytes long)"
    yield Found("least-size", "", f"The shortest answer that was found takes {size}; the limit is {limit:,}.")
