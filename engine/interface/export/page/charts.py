"""Charts as SVG that stands in the page: no script, no picture from elsewhere, colours from the page's own tokens."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from engine.interface.export.page.markup import tag, words
from engine.interface.scale import Scale, scale, spell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WIDTH: Final = 640
_HEIGHT: Final = 260
_LEFT: Final = 48
_RIGHT: Final = 12
_TOP: Final = 12
_BOTTOM: Final = 30
COLOURS: Final = 6
_MOST_LABELS: Final = 12

Series = list[tuple[str, list[float]]]


def chart(props: Mapping[str, Any], labels: Sequence[str], series: Series) -> str:
    """Return a chart as a figure: its title, the drawing, what the colours mean, and the numbers to be unfolded."""
    title = str(props.get("title") or "")
    kind = props.get("kind")
    drawn = _pie(labels, series) if kind == "pie" else _plot(str(kind), labels, series)
    height = _HEIGHT
    picture = tag(
        "svg",
        drawn,
        viewBox=f"0 0 {_WIDTH} {height}",
        role="img",
        aria_label=_said(title, labels, series),
        class_="drawing",
    )
    names = [str(label) for label in labels] if kind == "pie" else [name for name, _ in series]
    legend = _legend(names) if kind == "pie" or len(series) > 1 else ""
    caption = tag("figcaption", words(title)) if title else ""
    return tag("figure", caption, picture, legend, _numbers(labels, series), class_="chart")


def _said(title: str, labels: Sequence[str], series: Series) -> str:
    points = [
        f"{label} {spell(values[index])}"
        for _, values in series[:1]
        for index, label in enumerate(labels[:12])
        if index < len(values)
    ]
    return f"{title or 'Chart'}: {', '.join(points)}" if points else title or "Chart"


def _legend(names: Sequence[str]) -> str:
    entries = [
        tag("li", tag("span", class_=f"swatch c{index % COLOURS}"), words(name)) for index, name in enumerate(names)
    ]
    return tag("ul", *entries, class_="legend")


def _numbers(labels: Sequence[str], series: Series) -> str:
    head = tag("tr", tag("th", "", scope="col"), *(tag("th", words(name), scope="col") for name, _ in series))
    rows = [
        tag(
            "tr",
            tag("th", words(str(label)), scope="row"),
            *(tag("td", spell(values[index]) if index < len(values) else "") for _, values in series),
        )
        for index, label in enumerate(labels)
    ]
    table = tag("table", tag("thead", head), tag("tbody", *rows))
    return tag("details", tag("summary", "Show the numbers"), table, class_="numbers")


def _plot(kind: str, labels: Sequence[str], series: Series) -> str:
    values = [value for _, listed in series for value in listed]
    across = scale(values or [0.0, 1.0], from_zero=kind != "scatter")
    low, high = across.low, across.high
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT

    def y(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - _TOP)

    band = (right - _LEFT) / max(len(labels), 1)

    def x(index: int) -> float:
        return _LEFT + band * (index + 0.5)

    pieces = [_axis(across, y, right), _names(labels, x, bottom)]
    for order, (name, listed) in enumerate(series):
        points = [(x(index), y(value)) for index, value in enumerate(listed[: len(labels)])]
        hints = [f"{name} {label}: {spell(value)}" for label, value in zip(labels, listed, strict=False)]
        colour = order % COLOURS
        if kind == "bar":
            pieces.append(_bars(points, hints, order, len(series), band, y(max(low, min(0.0, high))), colour))
        elif kind == "scatter":
            pieces.append(_dots(points, hints, 4.5, colour))
        else:
            pieces.append(_line(points, hints, colour, y(max(low, min(0.0, high))) if kind == "area" else None))
    return "".join(pieces)


def _axis(across: Scale, y: Any, right: float) -> str:
    pieces = []
    for mark, said in zip(across.marks, across.words(), strict=True):
        place = round(y(mark), 1)
        pieces.append(tag("line", x1=_LEFT, x2=right, y1=place, y2=place, class_="zero" if mark == 0 else "guide"))
        pieces.append(tag("text", words(said), x=_LEFT - 8, y=place + 4, text_anchor="end"))
    return "".join(pieces)


def _names(labels: Sequence[str], x: Any, bottom: float) -> str:
    every = max(1, math.ceil(len(labels) / _MOST_LABELS))
    width = (_WIDTH - _LEFT - _RIGHT) / max(len(labels), 1) * every
    most = max(3, int(width / 6.5))
    return "".join(
        tag("text", words(_short(str(label), most)), x=round(x(index), 1), y=bottom + 19, text_anchor="middle")
        for index, label in enumerate(labels)
        if index % every == 0
    )


def _short(label: str, most: int) -> str:
    return label if len(label) <= most else label[: most - 1].rstrip() + "…"


def _bars(
    points: Sequence[tuple[float, float]],
    hints: Sequence[str],
    order: int,
    count: int,
    band: float,
    zero: float,
    colour: int,
) -> str:
    width = min(band * 0.64 / count, 48)
    pieces = []
    for (x, y), hint in zip(points, hints, strict=False):
        left = x - width * count / 2 + width * order
        pieces.append(
            tag(
                "rect",
                tag("title", words(hint)),
                x=round(left + (1 if count > 1 else 0), 1),
                y=round(min(y, zero), 1),
                width=round(width - (2 if count > 1 else 0), 1),
                height=round(max(abs(zero - y), 0.5), 1),
                rx=2,
                class_=f"fill c{colour}",
            )
        )
    return "".join(pieces)


def _dots(points: Sequence[tuple[float, float]], hints: Sequence[str], radius: float, colour: int) -> str:
    return "".join(
        tag("circle", tag("title", words(hint)), cx=round(x, 1), cy=round(y, 1), r=radius, class_=f"fill c{colour}")
        for (x, y), hint in zip(points, hints, strict=False)
    )


def _line(points: Sequence[tuple[float, float]], hints: Sequence[str], colour: int, zero: float | None) -> str:
    if not points:
        return ""
    path = " ".join(f"{'L' if index else 'M'}{x:.1f} {y:.1f}" for index, (x, y) in enumerate(points))
    ground = ""
    if zero is not None:
        ground = tag(
            "path",
            d=f"{path} L{points[-1][0]:.1f} {zero:.1f} L{points[0][0]:.1f} {zero:.1f} Z",
            class_=f"area c{colour}",
        )
    return ground + tag("path", d=path, class_=f"stroke c{colour}") + _dots(points, hints, 3, colour)


def _pie(labels: Sequence[str], series: Series) -> str:
    values = [max(value, 0.0) for value in (series[0][1] if series else [])][: len(labels)]
    whole = sum(values)
    if not whole or not math.isfinite(whole):
        return tag("text", "Nothing to show", x=_WIDTH / 2, y=_HEIGHT / 2, text_anchor="middle")
    centre_x, centre_y, radius = _WIDTH / 2, _HEIGHT / 2, _HEIGHT / 2 - 14
    pieces = []
    begun = 0.0
    for index, value in enumerate(values):
        share = value / whole
        hint = tag("title", words(f"{labels[index]}: {spell(value)} ({share:.0%})"))
        if share > 0.9999:
            pieces.append(tag("circle", hint, cx=centre_x, cy=centre_y, r=radius, class_=f"slice c{index % COLOURS}"))
        elif share > 0:
            pieces.append(_slice(hint, centre_x, centre_y, radius, begun, begun + share, index % COLOURS))
        begun += share
    return "".join(pieces)


def _slice(hint: str, x: float, y: float, radius: float, begun: float, ended: float, colour: int) -> str:
    start, end = (2 * math.pi * turn - math.pi / 2 for turn in (begun, ended))
    first = f"{x + radius * math.cos(start):.1f} {y + radius * math.sin(start):.1f}"
    last = f"{x + radius * math.cos(end):.1f} {y + radius * math.sin(end):.1f}"
    large = int(ended - begun > 0.5)
    path = f"M{x} {y} L{first} A{radius} {radius} 0 {large} 1 {last} Z"
    return tag("path", hint, d=path, class_=f"slice c{colour}")
