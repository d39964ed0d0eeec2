"""A benchmark's figures as they are shown and copied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app import figures
from app.models.dates import full, local, short
from app.models.model_words import size_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

BARS: Final = (
    ("unconstrained", "Unconstrained", "line"),
    ("masked", "Mask", "accentLine"),
    ("forced", "Mask, forced tokens", "accent"),
)
"""The speeds that are compared: their key, name, and the colour of their bar."""


@dataclass(frozen=True)
class BenchmarkShown:
    """A benchmark of a model: `created` is ISO 8601, `figures` as the engine names them; "" while it runs."""

    created: str
    figures: Mapping[str, float]


def speed_words(tokens_per_second: float) -> str:
    """Return a speed: 81 tok/s."""
    return f"{figures.number(tokens_per_second, 0 if tokens_per_second >= 9.95 else 1)} tok/s"


def other_rows(measured: Mapping[str, float]) -> list[tuple[str, str]]:
    """Return what is told beside the bars, as far as it was measured."""
    rows: list[tuple[str, str]] = []
    if "prefill" in measured:
        rows.append(("Prefill", speed_words(measured["prefill"])))
    if "first_token_s" in measured:
        rows.append(("First token", f"{figures.number(measured['first_token_s'], 2)} s"))
    if "peak_memory" in measured:
        rows.append(("Peak memory", size_words(measured["peak_memory"])))
    if "together" in measured:
        lanes = round(measured.get("lanes", 0))
        rows.append((f"{lanes} answers at once" if lanes > 1 else "Answers at once", speed_words(measured["together"])))
    return rows


def when_words(created: str, today: date) -> str:
    """Return when a benchmark was made: today, 11:02."""
    at = local(created)
    return f"today, {figures.clock(at)}" if at.date() >= today else short(at, today)


def line_words(shown: BenchmarkShown, today: date) -> str:
    """Return a benchmark in a line, for the list of earlier ones."""
    speeds = [figures.number(round(shown.figures[key])) for key, _, _ in BARS if key in shown.figures]
    return f"{when_words(shown.created, today)}: {' / '.join(speeds)} tok/s" if speeds else shown.created


def text_of(name: str, shown: BenchmarkShown) -> str:
    """Return a benchmark as text to be sent to somebody."""
    rows = [(words, speed_words(shown.figures[key])) for key, words, _ in BARS if key in shown.figures]
    rows += other_rows(shown.figures)
    wide = max((len(words) for words, _ in rows), default=0)
    lines = [f"{name}, {full(local(shown.created))}", *(f"{words:<{wide}}  {value:>10}" for words, value in rows)]
    return "\n".join(lines) + "\n"
