"""A tree of 1,000 nodes streamed into a screen in 5,000 pieces, and what 100 screens leave behind in memory.

An update is a piece of text, the widgets changed by it, and all that Qt does for it afterwards: posted events, layout
and painting of the end of the screen, which is scrolled into sight each time. In the window updates come with at most
30 pieces a second, each followed by just that.
"""

from __future__ import annotations

import gc
import json
import os
import random
import time
from collections import Counter
from contextlib import contextmanager
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from app.style.theme import Theme
from app.widgets.generated.part import Part
from app.widgets.generated.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS = ("bed", "tomatoes", "water", "north", "frame", "litres", "timer", "morning", "harvest", "seeds", "leaf")


def tree_of(count: int, seed: int = 1) -> dict[str, Any]:
    """Return a screen of about `count` nodes: sections with text, figures, forms, tables, cards, choices."""
    draw = random.Random(seed)
    made = 1

    def words(most: int) -> str:
        return " ".join(draw.choices(_WORDS, k=draw.randint(1, most))).capitalize()

    def node(**props: Any) -> dict[str, Any]:
        nonlocal made
        made += 1
        return props

    def text() -> dict[str, Any]:
        return node(type="text", style=draw.choice(["body", "body", "heading", "caption"]), text=words(24))

    def metric() -> dict[str, Any]:
        value = f"{draw.uniform(0, 200):.1f} kg"
        return node(type="metric", label=words(2), value=value, delta=words(4), tone="good")

    def field() -> dict[str, Any]:
        kind, name = draw.choice(["text", "number", "date", "email"]), f"field_{made}"
        return node(type="field", kind=kind, name=name, label=words(3), placeholder=None, value=None, required=True)

    def choice() -> dict[str, Any]:
        return node(type="choice", display=draw.choice(["dropdown", "radio", "segmented"]), name=f"choice_{made}",
                    label=words(3), options=[words(2) for _ in range(4)], value=None, required=False)  # fmt: skip

    def toggle() -> dict[str, Any]:
        return node(type="toggle", display="switch", name=f"toggle_{made}", label=words(4), value=True)

    def button() -> dict[str, Any]:
        action = {"kind": "ask", "target": None, "value": words(3)}
        return node(type="button", label=words(2), style="secondary", action=action)

    def table() -> dict[str, Any]:
        columns = [{"label": words(1), "kind": kind} for kind in ("text", "date", "number")]
        rows = [[words(3), "2024-03-18", str(draw.randint(1, 99))] for _ in range(6)]
        return node(type="table", source=None, columns=columns, rows=rows)

    def chart() -> dict[str, Any]:
        series = [{"name": "kg", "values": [draw.randint(1, 60) for _ in range(7)]}]
        return node(type="chart", kind="bar", title=words(3), source=None, labels=list("abcdefg"), series=series)

    def row(*children: dict[str, Any]) -> dict[str, Any]:
        return node(type="row", align="stretch", wrap=True, children=list(children))

    def card() -> dict[str, Any]:
        return node(type="card", title=words(3), tone="neutral", children=[text(), row(button(), button())])

    def form() -> dict[str, Any]:
        children = [field(), field(), choice(), field(), toggle()]
        action = {"kind": "submit", "target": None, "value": None}
        return node(type="form", name=f"form_{made}", children=children, submit="Send", action=action)

    def section() -> dict[str, Any]:
        children = [text(), row(metric(), metric(), metric()), form(), row(card(), card()), choice(), text()]
        if draw.random() < 0.3:
            children.append(row(chart(), table()))
        return node(type="section", title=words(3), open=True, children=children)

    children = []
    while made < count:
        children.append(section())
    return {"type": "root", "title": "Streamed", "children": children}


def count_of(node: Any) -> int:
    """Return how many nodes a tree has."""
    inside = node.get("children", []) if isinstance(node, dict) else []
    return 1 + sum(count_of(each) for each in inside)


def paths_of(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and the type of each node of a tree."""
    yield path, node["type"]
    for index, each in enumerate(node.get("children", [])):
        yield from paths_of(each, f"{path}/children/{index}")


@contextmanager
def counted() -> Iterator[Counter[tuple[str, str]]]:
    """Count the parts that are made, by the path and the type of what they stand for."""
    made: Counter[tuple[str, str]] = Counter()
    begin = Part.__init__

    def noted(part: Part, host: Any, parent: Any, path: str, kind: str, *more: Any) -> None:
        made[path, kind] += 1
        begin(part, host, parent, path, kind, *more)

    Part.__init__ = noted  # type: ignore[assignment, method-assign]
    try:
        yield made
    finally:
        Part.__init__ = begin  # type: ignore[method-assign]


def resident() -> int:
    """Return the bytes of memory that the process holds."""
    return psutil.Process().memory_info().rss


def streamed(theme: Theme, tree: dict[str, Any], pieces: int) -> dict[str, Any]:
    """Stream a tree in that many pieces; return the times of an update in milliseconds and what was made twice."""
    text = json.dumps(tree)
    times = []
    with counted() as made:
        screen = Screen(theme)
        screen.resize(640, 720)
        screen.show()
        QApplication.processEvents()
        for piece in range(1, pieces + 1):
            prefix = text[: len(text) * piece // pieces]
            began = time.perf_counter()
            screen.show_text(prefix)
            screen.scroll_bar.setValue(screen.scroll_bar.maximum())
            QApplication.processEvents()
            times.append((time.perf_counter() - began) * 1000)
    missing = set(paths_of(tree)) - made.keys()
    assert not missing, f"no part was made for {missing}"
    discard(screen)
    return {
        "update_p50_ms": round(median(times), 2),
        "update_p99_ms": round(quantiles(times, n=100)[98], 2),
        "update_max_ms": round(max(times), 1),
        "created_twice": sum(made.values()) - len(made),
    }


def discard(screen: Screen) -> None:
    """Take a screen away as the event loop would."""
    screen.close()
    screen.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def memory_after(theme: Theme, tree: dict[str, Any], renders: int) -> list[float]:
    """Return the memory held after each tenth of so many renders, in megabytes."""
    held = []
    for render in range(1, renders + 1):
        screen = Screen(theme)
        screen.resize(640, 720)
        screen.show()
        screen.show_tree(tree)
        assert screen.created >= count_of(tree), "all of it is shown, not what fits into the first turn"
        QApplication.processEvents()
        discard(screen)
        if render % max(1, renders // 10) == 0:
            gc.collect()
            held.append(round(resident() / 1e6, 1))
    return held


def measure(nodes: int = 1_000, pieces: int = 5_000, renders: int = 100) -> dict[str, Any]:
    """Return the figures of both: `update_p50_ms`, `update_p99_ms`, `created_twice`, `memory_mb` and how it grew."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = Theme(app, "light")
    tree = tree_of(nodes)
    streamed(theme, tree_of(100), 200)
    figures = {"nodes": count_of(tree), "pieces": pieces, **streamed(theme, tree, pieces)}
    held = memory_after(theme, tree_of(150), renders)
    # The first renders fill caches: of glyphs, of fonts, of the style.
    figures |= {"memory_mb": held, "memory_growth_mb": round(held[-1] - held[len(held) // 3], 1)}
    return figures


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
