"""One instance of a schema, found without a model: what an answer can still become when nothing else is left to try.

Examples are made along the canonical form of the schema, then along the schema itself; the shortest text that the mask
lets through is tried last. Only what the independent validator approves and the mask lets through counts.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from engine.constraint.closing import byte_closer
from engine.constraint.examples import Examples, Spent
from engine.constraint.limits import is_small
from engine.constraint.order import KeyOrder
from engine.constraint.rewrite import rewrite
from engine.errors import ConstraintError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llguidance import LLTokenizer

    from engine.constraint.closing import Closer
    from engine.constraint.compile import CompiledConstraint
    from engine.constraint.matcher import Matcher
    from engine.schema.document import SchemaDocument

_SECONDS = 1.0
_MOST_SHOWN = 300
"""Examples of one form of the schema that are tried."""
_MOST_ZEROS = 20
_ZERO = ord("0")
_AFTER_NUMBER = b",]}"
_DECIMALS = re.compile(rb"[0-9]\.[0-9]+$")


def find_witness(
    constraint: CompiledConstraint, closer: Closer | None = None, *, seconds: float = _SECONDS
) -> str | None:
    """Return one whole answer that satisfies a compiled schema; None where none is found in about `seconds`.

    It is spelled as the plan has it, and `spell` gives its tokens. With the `closer` of a model what counts is that
    model's mask, without one a mask over bytes. The same constraint gives the same answer, unless time runs out.
    """
    if constraint.schema is None:
        return None
    closer = closer or byte_closer()
    until = time.monotonic() + seconds
    document = constraint.schema
    order = KeyOrder(document.references)
    places = order.places([document.root])
    validator = constraint.validator
    assert validator is not None
    try:
        for text in _texts(constraint, closer, until):
            value = json.loads(text)
            if not validator.is_valid(value):
                continue
            spelled = _as_planned(constraint, json.dumps(order.sort(value, places), ensure_ascii=False))
            if (
                spelled is not None
                and spell(constraint.matcher(closer.tokenizer), closer.tokenizer, spelled) is not None
            ):
                return spelled
    except ConstraintError:
        return None
    return None


def spell(matcher: Matcher, tokenizer: LLTokenizer, text: str) -> list[int] | None:
    """Return the tokens by which a matcher comes to the end of a text; None where it does not let the text through.

    Where only one text can follow, its tokens are the mask engine's, as in any answer. The matcher is moved.
    """
    rest = text.encode()
    spelled: list[int] = []
    pending = deque(tokenizer.tokenize_bytes(rest))
    try:
        while pending:
            if matcher.allows(pending[0]):
                spelled.append(pending.popleft())
                matcher.consume(spelled[-1])
                rest = rest[len(tokenizer.decode_bytes(spelled[-1:])) :]
                continue
            forced = matcher.take_forced()
            if not forced or not rest.startswith(tokenizer.decode_bytes(forced)):
                return None
            spelled += forced
            rest = rest[len(tokenizer.decode_bytes(forced)) :]
            pending = deque(tokenizer.tokenize_bytes(rest))
    except ConstraintError:
        return None
    return spelled if matcher.accepting else None


def _as_planned(constraint: CompiledConstraint, text: str) -> str | None:
    """Return a text with zeros behind the decimals where the plan wants them; None where it does not let it through.

    Of the multiples of 0.25 the mask engine writes one half as 0.50.
    """
    matcher = constraint.matcher(byte_closer().tokenizer)
    out = bytearray()
    for byte in (*text.encode(), None):
        zeros = _MOST_ZEROS if byte is None or byte in _AFTER_NUMBER else 0
        while not (matcher.accepting if byte is None else matcher.allows(byte)):
            if not zeros or not _DECIMALS.search(out) or not matcher.allows(_ZERO):
                return None
            matcher.consume(_ZERO)
            out.append(_ZERO)
            zeros -= 1
        if byte is not None:
            matcher.consume(byte)
            out.append(byte)
    found = out.decode()
    return found if json.loads(found) == json.loads(text) else None


def _texts(constraint: CompiledConstraint, closer: Closer, until: float) -> Iterator[str]:
    assert constraint.schema is not None
    canonical = constraint.canonical
    if canonical is None and is_small(constraint.schema):
        canonical = rewrite(constraint.schema)
    for document in (canonical, constraint.schema):
        if document is not None:
            yield from (json.dumps(value) for value in _shown(document, until))
    way = closer.shortest(constraint.matcher(closer.tokenizer), 1 << 30)
    if way is not None:
        yield closer.tokenizer.decode_str(way)


def _shown(document: SchemaDocument, until: float) -> Iterator[Any]:
    with contextlib.suppress(Spent):
        yield from itertools.islice(Examples(document, until).instances(), _MOST_SHOWN)
