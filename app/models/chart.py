"""What a chart shows: numbers by label and series, and what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, Final, Literal

from app.style.plain_text import one_line
from app.style.tokens import Tokens, mix
from engine.interface.scale import drawable, spell

if TYPE_CHECKING:
    from collections.abc import Sequence

ChartKind = Literal["bar", "line", "area", "pie", "scatter"]
KINDS: Final[tuple[ChartKind, ...]] = ("bar", "line", "area", "pie", "scatter")

_UNIT = re.compile(r"(?:, |\()([^\W\d_]{1,3}|[%°€$£¥]|°[CF]|[^\W\d_]{1,4}[/²³][^\W\d_]{0,4})\)?\Z")


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or the bars of one colour. None stands where there is no number; as many values as labels."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: values by label; a sentence on what could not be (`note`), and where nothing can (`sentence`)."""

    kind: ChartKind
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    note: str = ""
    sentence: str = ""

    @property
    def values(self) -> list[float]:
        """All numbers."""
        return [value for each in self.series for value in each.values if value is not None]

    @property
    def unit(self) -> str:
        """The unit that the title ends in, as in "Harvest, kg" or "Share (%)"; "" where it does not."""
        found = _UNIT.search(self.title)
        return found[1] if found else ""

    @property
    def places(self) -> tuple[float, ...]:
        """Where each label stands from left to right: in a scatter chart at its number, if all are numbers."""
        if self.kind == "scatter":
            numbers = [drawable(label) for label in self.labels]
            known = [number for number in numbers if number is not None]
            if len(known) == len(numbers):
                return tuple(known)
        return tuple(float(index) for index in range(len(self.labels)))

    @property
    def has_number_labels(self) -> bool:
        """Whether the labels are a scale of their own."""
        return self.kind == "scatter" and all(drawable(label) is not None for label in self.labels)

    @property
    def largest(self) -> tuple[int, int] | None:
        """The series and the label of the largest value; None where there is no value."""
        found = [
            (value, -series, -index)
            for series, each in enumerate(self.series)
            for index, value in enumerate(each.values)
            if value is not None
        ]
        _, series, index = max(found, default=(0.0, 1, 1))
        return (-series, -index) if found else None

    def with_unit(self, value: float) -> str:
        """Write a value with the unit."""
        unit = self.unit
        return spell(value) + (unit if unit in {"%", "°"} else f" {unit}" if unit else "")

    def told(self, index: int) -> str:
        """Say what stands at a label, a line for each series."""
        numbers = [(each.name, each.values[index]) for each in self.series]
        lines = [
            f"{name}  {self.with_unit(value)}" if len(self.series) > 1 else self.with_unit(value)
            for name, value in numbers
            if value is not None
        ]
        return "\n".join([self.labels[index], *(lines or ["no value"])])


def read_chart(kind: str, title: str, labels: Sequence[Any], series: Sequence[Any]) -> Chart:
    """Take what a tree says of a chart, whatever it is: `labels` are texts, `series` objects of a name and values."""
    words = tuple(one_line(str(label), 120) for label in labels)
    read = [_series(each) for each in series]
    count = len(words) or max((len(values) for _, values in read), default=0)
    words = words or tuple(str(index + 1) for index in range(count))
    known: ChartKind = next((each for each in KINDS if each == kind), "bar")
    shown = tuple(Series(name, (*values[:count], *[None] * (count - len(values)))) for name, values in read)
    chart = Chart(known, one_line(title, 200), words, shown, _mismatch(read, count))
    sentence = _nothing(chart)
    if sentence:
        return Chart(known, chart.title, (), (), sentence=sentence)
    return _pie(chart) if known == "pie" else chart


def _pie(chart: Chart) -> Chart:
    """Return the first series as a pie can show it."""
    if len(chart.series) > 1:
        note = f"A pie shows one series: {len(chart.series) - 1} more left out."
        return Chart("pie", chart.title, chart.labels, chart.series[:1], note)
    return chart


def _nothing(chart: Chart) -> str:
    if not chart.values:
        return "No values yet."
    if chart.kind == "pie":
        shares = [value for value in chart.series[0].values if value is not None]
        if any(value < 0 for value in shares):
            return "A pie cannot show values below zero."
        if not sum(shares):
            return "All values are zero: there is nothing to share out."
    return ""


def _mismatch(read: list[tuple[str, tuple[float | None, ...]]], count: int) -> str:
    for name, values in read:
        whose = f"“{name}” has" if len(read) > 1 and name else "There are"
        if len(values) != count:
            much = f"{len(values)} {'value' if len(values) == 1 else 'values'}"
            return f"{whose} {much} for {count} {'label' if count == 1 else 'labels'}."
    return ""


def _series(given: Any) -> tuple[str, tuple[float | None, ...]]:
    if not isinstance(given, dict):
        return "", ()
    values = given.get("values")
    return one_line(str(given.get("name") or ""), 120), tuple(map(drawable, values if isinstance(values, list) else ()))


def series_colours(tokens: Tokens, count: int) -> list[str]:
    """Return a colour for each series, `#RRGGBB`: the accent first, then quieter tones of the theme."""
    tones = (tokens.accent, tokens.synNum, tokens.amberMark, tokens.synKw, tokens.brickMark, tokens.text3)
    quiet = [tokens.accent, *(mix(tokens.surface, tone, 0.8) for tone in tones[1:])]
    paler = (mix(tokens.surface, tone, share) for share in (0.55, 0.35, 0.2) for tone in tones)
    return list(islice(cycle([*quiet, *paler]), count))
