"""A grammar at work: which tokens may follow, which must, and whether the text may end here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import llguidance.numpy
import numpy as np
from llguidance import LLMatcher, LLParserLimits

from engine.errors import ConstraintUnsupported

if TYPE_CHECKING:
    from llguidance import LLTokenizer
    from numpy.typing import NDArray

_STEP_FUEL = 2_000_000
_ROW_ITEMS = 24_000
"""An object takes four items for each key that may come next."""


def parser_limits() -> LLParserLimits:
    """Return the limits of one parser step: wide enough that real schemas do not meet them."""
    return LLParserLimits(step_lexer_fuel=_STEP_FUEL, max_items_in_row=_ROW_ITEMS, step_max_items=10 * _ROW_ITEMS)


class Matcher:
    """The state of one constrained answer. Not shared between answers.

    llguidance's own `rollback` can leave its lexer where it was before: after `["` was taken back and `{"` taken, the
    mask still allowed `"]`. So a matcher goes back by beginning anew, which takes less than a microsecond a token.
    """

    def __init__(self, tokenizer: LLTokenizer, grammar: str, beginning: LLMatcher | None = None) -> None:
        """Compile a grammar and begin; `beginning` is what came of compiling it before."""
        self._tokenizer = tokenizer
        self._grammar = grammar
        self._beginning = beginning or LLMatcher(tokenizer, grammar, log_level=0, limits=parser_limits())
        self._matcher = self._beginning.deep_copy()
        self._tokens: list[int] = []
        self._mask = llguidance.numpy.allocate_token_bitmask(1, tokenizer.vocab_size)
        self._size = tokenizer.vocab_size
        self._check()

    @property
    def compiled(self) -> LLMatcher:
        """What came of compiling the grammar; nothing was consumed by it."""
        return self._beginning

    def anew(self) -> Matcher:
        """Begin another answer, without compiling the grammar again."""
        return Matcher(self._tokenizer, self._grammar, self._beginning)

    def allowed(self) -> NDArray[np.intp]:
        """Return the ids of the tokens that may come next, ascending; end-of-generation tokens included.

        Raises `ConstraintUnsupported` where the mask engine gave up: its mask would then be a lie.
        """
        self._fill()
        bits = np.unpackbits(self._mask.view(np.uint8), bitorder="little")[: self._size]
        return np.flatnonzero(bits)

    def _among(self, tokens: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return those of some tokens that may come next."""
        self._fill()
        words = self._mask[0, tokens >> 5].view(np.uint32)
        found: NDArray[np.intp] = tokens[(words >> (tokens & 31).astype(np.uint32)) & 1 == 1]
        return found

    def allows(self, token: int) -> bool:
        """Tell whether one token may come next, from the same mask as `allowed`."""
        self._fill()
        return bool(self._mask[0, token >> 5] >> (token & 31) & 1)

    def consume(self, token: int) -> None:
        """Advance over a token that was allowed."""
        self._tokens.append(token)
        if not self._matcher.consume_token(token):
            self._check()

    def take_forced(self) -> list[int]:
        """Return the tokens that can only follow now, if any, and advance over them."""
        forced = self._matcher.compute_ff_tokens()
        self._tokens += forced
        if forced and not self._matcher.consume_tokens(forced):
            self._check()
        return forced

    def rollback(self, tokens: int) -> None:
        """Take back the last tokens, forced ones included."""
        if not tokens:
            return
        del self._tokens[len(self._tokens) - tokens :]
        self._matcher = self._beginning.deep_copy()
        if self._tokens and not self._matcher.consume_tokens(self._tokens):
            self._check()

    @property
    def accepting(self) -> bool:
        """Whether the text so far satisfies the constraint."""
        return not self._matcher.is_error() and self._matcher.is_accepting()

    @property
    def ended(self) -> bool:
        """Whether nothing can follow but the end."""
        return self._matcher.is_stopped()

    def _fill(self) -> None:
        llguidance.numpy.fill_next_token_bitmask(self._matcher, self._mask, 0)
        self._check()

    def _check(self) -> None:
        if self._matcher.is_error():
            raise ConstraintUnsupported(
                f"The mask engine gave up: {first_line(self._matcher.get_error())}.",
                advice="Simplify the schema or grammar at the place where the text stops.",
            )


def first_line(message: str) -> str:
    """Return the first line of an llguidance message without its trailing stop."""
    return message.strip().split("\n", 1)[0].strip().rstrip(".")
