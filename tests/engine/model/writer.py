"""An answer written without a model: the same logits at every step, or a text that is dictated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.constraint.closing import Closer
from engine.constraint.compile import compile_constraint
from engine.constraint.values import settled
from engine.model.beginning import take_beginning
from engine.model.prompt import Prompt
from engine.model.protocol import TextDelta
from engine.model.run import Run
from engine.model.sampling import Choice

if TYPE_CHECKING:
    from engine.model.llama import Weights
    from engine.model.protocol import TokensWritten, TokenTrace, ValueClosed
    from engine.model.run import Piece
    from tests.engine.model.conftest import Ask


class Writer:
    """Writes an answer as the scheduler does, from the same logits at every step.

    `texts` and `spelled` are what a listener has after each piece, by its text and by its tokens; `traces` tells
    with each event how many tokens were told before it.
    """

    def __init__(
        self,
        weights: Weights,
        ask: Ask,
        schema: Any,
        scores: dict[str, float],
        *,
        completes: bool = False,
        **fields: Any,
    ) -> None:
        self.weights = weights
        request = ask(schema=schema, **fields)
        tokenizer = weights.mask_tokenizer()
        constraint = compile_constraint(request.constraint, tokenizer)
        assert constraint is not None
        matcher = constraint.matcher(tokenizer)
        closer = Closer(tokenizer, weights.end_tokens) if completes or request.max_tokens else None
        self.run = Run(
            request,
            Prompt([1]),
            constraint,
            matcher,
            context=400,
            spell=weights.piece,
            closer=closer,
            beginning=take_beginning(request, constraint, matcher, weights, tokenizer),
            name=lambda token: weights.spell([token]),
        )
        self.logits = np.full(weights.vocabulary_size, -20.0, dtype=np.float32)
        for text, score in scores.items():
            (token,) = weights.tokenize(text, special=False)
            self.logits[token] = score
        self._told: list[ValueClosed] = []
        self.texts = [""]
        self.deltas: list[TextDelta] = []
        self.values: list[ValueClosed] = []
        self.tokens: tuple[TokenTrace, ...] = ()
        self.traces: list[tuple[TokensWritten, int]] = []
        self.spelled = [""]
        self._hear(self.run.opening)

    def write(self) -> str:
        """Write to the end; return what whoever follows the pieces has read."""
        assert self.run.matcher is not None
        for _ in range(2_000):
            choice = self.run.choose(self.logits)
            ending = choice.token in self.weights.end_tokens
            if not ending:
                piece = self.run.append(choice)
                self._hear(piece)
            while ending or self.run.matcher.ended or piece.closing:
                ending = False
                piece = self.run.finish()
                self._hear(piece)
                if piece.ended:
                    return self.texts[-1]
        raise AssertionError("the answer did not come to an end")

    def dictate(self, text: str) -> str:
        """Write what a model would that means to write `text`, as far as it gets."""
        assert self.run.matcher is not None
        while True:
            allowed = set(self.run.matcher.allowed().tolist())
            rest = text.encode()[len(self.run.growth.text.encode()) :]
            pieces = {self.weights.piece(token): token for token in allowed}
            piece = self.run.append(
                Choice(pieces[max((each for each in pieces if rest.startswith(each)), key=len)], 0.5, 0.0)
            )
            self._hear(piece)
            if self.run.matcher.ended or piece.closing:
                self._hear(self.run.finish())
                return self.texts[-1]

    def heed(self, told: list[ValueClosed]) -> None:
        """Keep every value that is told, those that are withdrawn again too."""
        self._told = told

    def _hear(self, piece: Piece) -> None:
        self._told += piece.closed
        delta = TextDelta(id="r", text=piece.text, tokens=piece.tokens, forced=piece.forced, keep=piece.keep)
        kept = len(self.texts[-1]) if piece.keep is None else piece.keep
        self.texts.append(delta.onto(self.texts[-1]))
        self.deltas.append(delta)
        if piece.written is not None:
            self.traces.append((piece.written, len(self.tokens)))
            self.tokens = piece.written.onto(self.tokens)
        self.spelled.append("".join(token.text for token in self.tokens))
        self.values = [value for value in self.values if settled(value.value, value.end) <= kept] + piece.closed
