"""Drawing one token from logits, within a mask."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import ModelFileInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from engine.model.protocol import Sampling


_COLDEST = 1e-4
"""Below this temperature only the likeliest token has any weight: it is taken."""


class NoNumbers(Exception):
    """There are no numbers among the logits: weights are damaged, or what was computed overflowed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A drawn token; `probability` is its own within the mask, `removed_mass` what the mask took away.

    Both are those of the model's distribution, before penalties and temperature. `rivals`, where they were asked
    for, are the likeliest tokens of the mask with their scores (logits after penalties), the best first; `shares`
    their probabilities, where the scores do not tell those, or a trace asks for them. `likeliest`, for a trace, are
    the likeliest tokens of the whole distribution and the drawn one: token, probability, whether the mask has it.
    """

    token: int
    probability: float
    removed_mass: float
    rivals: tuple[tuple[int, float], ...] = ()
    shares: tuple[float, ...] = ()
    likeliest: tuple[tuple[int, float, bool], ...] = ()

    def share(self, token: int) -> float | None:
        """Return the probability of a rival within the mask, where it is known."""
        found = (share for (rival, _), share in zip(self.rivals, self.shares, strict=False) if rival == token)
        return next(found, None)

    def chances(self) -> Iterator[tuple[int, float]]:
        """Yield the rivals with their probabilities within the mask; only the drawn token where none were kept."""
        if not self.rivals:
            yield self.token, self.probability
            return
        own = next((score for rival, score in self.rivals if rival == self.token), None)
        for rival, score in self.rivals:
            share = self.share(rival)
            if share is None and own is not None:
                share = self.probability * math.exp(score - own)
            if share is not None:
                yield rival, min(share, 1.0)

    @property
    def margin(self) -> float:
        """By how much the token was more probable than the next one; negative where another one was."""
        return self.probability - max((share for token, share in self.chances() if token != self.token), default=0.0)


class Sampler:
    """Draws the tokens of one answer. The same seed, logits and masks give the same tokens."""

    def __init__(self, settings: Sampling, seed: int) -> None:
        self._settings = settings
        self._random = np.random.Generator(np.random.PCG64(seed))
        bias = settings.logit_bias
        self._bias = dict(sorted(bias.items())) if bias else None
        self._penalised = settings.repetition_penalty != 1.0 or settings.presence_penalty != 0.0

    def choose(
        self,
        logits: NDArray[np.float32],
        allowed: NDArray[np.intp] | None,
        history: Sequence[int],
        *,
        rivals: int = 0,
        likeliest: int = 0,
    ) -> Choice:
        """Draw a token, and keep so many of its rivals, and of the likeliest tokens for a trace.

        `logits` has shape (vocabulary,); `allowed` lists the permitted ids, or is None for all of them;
        `history` is prompt and answer so far, of which penalties look at the last `penalty_window`. Raises `NoNumbers`
        where a logit is none, and `ModelFileInvalid` where all that are permitted are negative infinity.
        """
        top = float(logits.max())
        if not math.isfinite(top):
            raise NoNumbers
        total = float(np.exp(logits - top).sum())
        kept = logits if allowed is None else logits[allowed]
        if kept.max() == -math.inf:
            raise ModelFileInvalid(
                "The model has no numbers for any of the texts that may stand here.",
                advice="Choose another model, or allow more in the schema.",
            )
        within = total if allowed is None else float(np.exp(kept - top).sum())
        scores = self._adjust(kept, allowed, history)
        index = self._draw(scores)
        token = index if allowed is None else int(allowed[index])
        # `within` underflows to zero where the mask leaves only tokens the model thinks impossible.
        share = float(np.exp(logits[token] - top)) / within if within > 0 else 1.0 / len(kept)
        best = _best(scores, allowed, rivals) if rivals else ()
        shares: tuple[float, ...] = ()
        if best and (likeliest or scores is not kept):
            weights = np.exp(logits[[rival for rival, _ in best]] - top)
            shares = tuple((weights / within).tolist()) if within > 0 else (1.0 / len(kept),) * len(best)
        known = _likeliest(logits, allowed, likeliest, token, top, total) if likeliest else ()
        return Choice(token, min(share, 1.0), max(0.0, 1.0 - within / total), best, shares, known)

    def _adjust(
        self, kept: NDArray[np.float32], allowed: NDArray[np.intp] | None, history: Sequence[int]
    ) -> NDArray[np.float32]:
        if not self._penalised and self._bias is None:
            return kept
        adjusted = kept.copy()
        if self._penalised:
            recent = np.unique(np.asarray(history[-self._settings.penalty_window :], dtype=np.intp))
            places = _places(recent, allowed, len(kept))
            values = adjusted[places]
            penalty = np.float32(self._settings.repetition_penalty)
            adjusted[places] = np.where(values > 0, values / penalty, values * penalty)
            adjusted[places] -= np.float32(self._settings.presence_penalty)
        if self._bias is not None:
            for token, bias in self._bias.items():
                adjusted[_places(np.asarray([token], dtype=np.intp), allowed, len(kept))] += np.float32(bias)
        return adjusted

    def _draw(self, scores: NDArray[np.float32]) -> int:
        settings = self._settings
        if settings.temperature < _COLDEST or len(scores) == 1:
            return int(scores.argmax())
        order = np.argsort(-scores, kind="stable")
        if settings.top_k:
            order = order[: settings.top_k]
        ranked = scores[order].astype(np.float64)
        weights = np.exp((ranked - ranked[0]) / settings.temperature)
        keep = len(order)
        if settings.top_p < 1:
            shares = np.cumsum(weights) / weights.sum()
            keep = min(keep, int(np.searchsorted(shares, settings.top_p)) + 1)
        if settings.min_p > 0:
            keep = min(keep, int(np.count_nonzero(weights >= settings.min_p * weights[0])))
        cumulative = np.cumsum(weights[:keep])
        drawn = int(np.searchsorted(cumulative, self._random.random() * cumulative[-1], side="right"))
        return int(order[min(drawn, keep - 1)])


def _best(scores: NDArray[np.float32], allowed: NDArray[np.intp] | None, count: int) -> tuple[tuple[int, float], ...]:
    places = np.argpartition(-scores, count)[:count] if len(scores) > count else np.arange(len(scores))
    places = places[np.argsort(-scores[places], kind="stable")]
    tokens = places if allowed is None else allowed[places]
    return tuple(zip(tokens.tolist(), scores[places].tolist(), strict=True))


def _likeliest(
    logits: NDArray[np.float32], allowed: NDArray[np.intp] | None, count: int, drawn: int, top: float, total: float
) -> tuple[tuple[int, float, bool], ...]:
    """Return the `count` likeliest tokens whatever the mask, and the drawn one; with `top` and `total` of a softmax."""
    tokens = np.argpartition(logits, -count)[-count:] if len(logits) > count else np.arange(len(logits))
    if drawn not in tokens:
        tokens = np.append(tokens, drawn)
    tokens = tokens[np.argsort(-logits[tokens], kind="stable")]
    shares = np.exp(logits[tokens] - top) / total
    if allowed is None:
        inside = np.ones(len(tokens), dtype=bool)
    else:
        found = np.minimum(np.searchsorted(allowed, tokens), len(allowed) - 1)
        inside = allowed[found] == tokens
    return tuple(zip(tokens.tolist(), shares.tolist(), inside.tolist(), strict=True))


def _places(tokens: NDArray[np.intp], allowed: NDArray[np.intp] | None, size: int) -> NDArray[np.intp]:
    """Return where `tokens` stand among the kept logits; those the mask removed are left out."""
    if allowed is None:
        return tokens[tokens < size]
    found = np.searchsorted(allowed, tokens)
    inside = found < size
    places: NDArray[np.intp] = found[inside][allowed[found[inside]] == tokens[inside]]
    return places
