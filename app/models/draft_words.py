"""Settings in words: what they are, and what tells them from others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import figures
from app.exchange import FORMATS

if TYPE_CHECKING:
    from app.exchange import Draft


def settings_words(draft: Draft, drawn: int | None = None) -> str:
    """Return how an answer is sampled; `drawn` is its seed, where none was given."""
    parts = [_temperature(draft)]
    if draft.temperature > 0:
        parts += [f"top-p {draft.top_p:g}"] if draft.top_p != 1 else []
        parts += [f"min-p {draft.min_p:g}"] if draft.min_p != 0 else []
    parts += [f"repetition {draft.repetition:g}"] if draft.repetition != 1 else []
    parts += _seed(draft, drawn)
    parts.append(_limit(draft))
    return " · ".join(parts)


def differing_words(first: Draft, other: Draft, drawn: int | None = None) -> str:
    """Return in what `other` differs from `first`; `drawn` is the seed of its answer, where none was given."""
    parts = [f"as {FORMATS[other.format].words}"] if other.format != first.format else []
    parts += [_temperature(other)] if other.temperature != first.temperature else []
    for name, words in (("top_p", "top-p"), ("min_p", "min-p"), ("repetition", "repetition")):
        value = getattr(other, name)
        parts += [f"{words} {value:g}"] if value != getattr(first, name) else []
    parts += _seed(other, drawn) if other.seed != first.seed or other.seed is None else []
    parts += [_limit(other)] if other.max_tokens != first.max_tokens else []
    same_format = other.format == first.format
    for name, words in (("schema", "schema"), ("regex", "expression"), ("lark", "grammar")):
        if same_format and other.format == name and getattr(other, name) != getattr(first, name):
            parts.append(f"{words} differs")
    parts += ["system prompt differs"] if other.system != first.system else []
    return " · ".join(parts) or "the same settings"


def _temperature(draft: Draft) -> str:
    return "greedy" if draft.temperature == 0 else f"temperature {draft.temperature:g}"


def _seed(draft: Draft, drawn: int | None) -> list[str]:
    if draft.seed is not None:
        return [f"seed {draft.seed}"]
    return [f"drew seed {drawn}"] if draft.temperature > 0 and drawn is not None else []


def _limit(draft: Draft) -> str:
    return f"up to {figures.number(draft.max_tokens)} tokens" if draft.max_tokens else "up to the context's end"
