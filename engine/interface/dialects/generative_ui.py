"""The eight components of OpenAI's generative-ui sample, as its tool `generate_ui` is called with them.

    {"component": {"name": "card", "children": [{"name": "header", "content": "Sales"}, …]}}

https://github.com/openai/openai-structured-outputs-samples (generative-ui)
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from engine.interface.dialects.imported import Imported, Running, Tree, clip, plain, text

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBER = re.compile(r"\s*[-+]?[$€£]?\s*(\d[\d,. ]*)\s*%?\s*")
_MOST_COLUMNS: Final = 8
_MOST_ROWS: Final = 500
_MOST_BARS: Final = 24
_LONGEST: Final = 2000


def recognises(value: Any) -> bool:
    """Tell whether a value is one of the components, a list of them, or what the tool is called with."""
    if isinstance(value, list):
        return any(recognises(item) for item in value[:50])
    if not isinstance(value, dict):
        return False
    name = value.get("name")
    return (isinstance(name, str) and name in _MAKERS) or _called(value) is not value


def read(value: Any) -> Imported:
    """Return the screen: a heading that begins it is its title."""
    running = Running()
    inner = _called(value) if isinstance(value, dict) else value
    at = "/component" if isinstance(value, dict) and isinstance(value.get("component"), dict) else ""
    listed = inner if isinstance(inner, list) else [inner]
    parts = [
        part
        for index, item in enumerate(listed)
        for part in _make(running, item, f"{at}/{index}" if isinstance(inner, list) else at, 1)
    ]
    first = parts[0] if parts else {}
    titled = first.get("type") == "text" and first.get("style") == "heading"
    title = first["text"] if titled else ""
    tree = {"type": "root", "title": clip(title, 120), "children": parts[1:] if titled else parts}
    return Imported(tree, tuple(running.notes), (), "generative_ui")


def _called(value: dict[str, Any]) -> Any:
    """Return the component that the tool is called with; the value itself where it is no call."""
    if isinstance(value.get("component"), dict):
        return value["component"]
    arguments = value.get("arguments")
    if value.get("name") != "generate_ui" or not isinstance(arguments, str | dict):
        return value
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except (ValueError, RecursionError):
            return value
    component = arguments.get("component") if isinstance(arguments, dict) else None
    return component if isinstance(component, dict) else value


def _make(running: Running, value: Any, pointer: str, depth: int) -> list[Tree]:
    if not running.may_make(pointer, depth):
        return []
    if not isinstance(value, dict):
        running.note(pointer, "This is no component.")
        return []
    name = value.get("name")
    maker = _MAKERS.get(name) if isinstance(name, str) else None
    if maker is None:
        running.note(pointer, f"There is no component “{clip(str(name), 40)}”; what is in it is shown.")
        return _inside(running, value, pointer, depth)
    return maker(running, value, pointer, depth)


def _inside(running: Running, value: dict[str, Any], pointer: str, depth: int) -> list[Tree]:
    children = value.get("children")
    return [
        part
        for index, child in enumerate(children if isinstance(children, list) else [])
        for part in _make(running, child, f"{pointer}/children/{index}", depth + 1)
    ]


def _card(running: Running, value: dict[str, Any], pointer: str, depth: int) -> list[Tree]:
    parts = _inside(running, value, pointer, depth)
    first = parts[0] if parts else {}
    titled = first.get("type") == "text" and first.get("style") == "heading"
    title = clip(first["text"], 120) if titled else None
    return [{"type": "card", "title": title, "tone": "neutral", "children": parts[1:] if titled else parts}]


def _header(running: Running, value: dict[str, Any], pointer: str, _depth: int) -> list[Tree]:
    return [text("heading", said)] if (said := _content(running, value, pointer)) else []


def _container(running: Running, value: dict[str, Any], pointer: str, _depth: int) -> list[Tree]:
    return [text("body", said)] if (said := _content(running, value, pointer)) else []


def _carousel(running: Running, value: dict[str, Any], pointer: str, depth: int) -> list[Tree]:
    parts = _inside(running, value, pointer, depth)
    # What is scrolled sideways there stands in as many columns as there is room for here.
    return [{"type": "grid", "columns": min(max(len(parts), 1), 3), "children": parts}] if parts else []


def _table(running: Running, value: dict[str, Any], pointer: str, _depth: int) -> list[Tree]:
    columns = [column for column in _listed(value, "columns") if isinstance(column, dict)]
    if len(columns) > _MOST_COLUMNS:
        running.note(f"{pointer}/columns", f"Cut here: {_MOST_COLUMNS} of {len(columns)} columns are shown.")
    columns = columns[:_MOST_COLUMNS]
    listed = _listed(value, "rows")
    if len(listed) > _MOST_ROWS:
        running.note(f"{pointer}/rows", f"Cut here: {_MOST_ROWS} of {len(listed)} rows are shown.")
    rows = []
    for index, row in enumerate(listed[:_MOST_ROWS]):
        values = row.get("values") if isinstance(row, dict) else None
        if not isinstance(values, list):
            running.note(f"{pointer}/rows/{index}", "This is no row.")
            continue
        if len(values) != len(columns):
            running.note(f"{pointer}/rows/{index}", "This row has another number of cells than there are columns.")
        cells = [_cell(cell) for cell in values[: len(columns)]]
        rows.append(cells + [""] * (len(columns) - len(cells)))
    if not columns:
        running.note(pointer, "This table has no columns.")
        return []
    kinds = ["number" if _is_numbers(cells) else "text" for cells in zip(*rows, strict=True)] if rows else []
    heads = [
        {"label": clip(str(column.get("title") or column.get("key") or ""), 60), "kind": kind}
        for column, kind in zip(columns, kinds or ["text"] * len(columns), strict=True)
    ]
    return [{"type": "table", "columns": heads, "source": None, "rows": rows}]


def _bar_chart(running: Running, value: dict[str, Any], pointer: str, _depth: int) -> list[Tree]:
    bars = []
    for index, bar in enumerate(_listed(value, "columns")):
        number = _as_number(bar.get("value")) if isinstance(bar, dict) else None
        if number is None:
            running.note(f"{pointer}/columns/{index}", "This bar has no number.")
        else:
            bars.append((clip(str(bar.get("label") or ""), 60), number))
    if len(bars) > _MOST_BARS:
        running.note(f"{pointer}/columns", f"Cut here: {_MOST_BARS} of {len(bars)} bars are shown.")
    if not bars:
        running.note(pointer, "This chart has no bars.")
        return []
    labels, numbers = zip(*bars[:_MOST_BARS], strict=True)
    series = [{"name": "Value", "values": list(numbers)}]
    return [{"type": "chart", "kind": "bar", "title": "", "source": None, "labels": list(labels), "series": series}]


def _row(running: Running, value: dict[str, Any], pointer: str, _depth: int) -> list[Tree]:
    running.note(pointer, "A row stands outside a table; its values are shown beside one another.", "changed")
    texts = [text("body", clip(plain(_cell(cell)), _LONGEST)) for cell in _listed(value, "values")]
    return [{"type": "row", "align": "stretch", "wrap": True, "children": texts}] if texts else []


_MAKERS: Final[dict[str, Callable[[Running, dict[str, Any], str, int], list[Tree]]]] = {
    "card": _card,
    "header": _header,
    "container": _container,
    "carousel": _carousel,
    "item": _card,
    "table": _table,
    "row": _row,
    "bar_chart": _bar_chart,
}
"""What makes our parts of each component of theirs."""


def _content(running: Running, value: dict[str, Any], pointer: str) -> str:
    if value.get("classes"):
        running.note(pointer, "Class names are not followed: the look is the theme's.", "design")
    content = value.get("content")
    return clip(plain(content.strip()), _LONGEST) if isinstance(content, str) else ""


def _listed(value: dict[str, Any], key: str) -> list[Any]:
    found = value.get(key)
    return found if isinstance(found, list) else []


def _cell(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "Yes", False: "No", None: ""}[value]
    return clip(str(value), 400)


def _is_numbers(cells: tuple[str, ...]) -> bool:
    return all(_as_number(cell) is not None for cell in cells if cell) and any(cells)


def _as_number(value: Any) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) < 1e15 else None
    match = _NUMBER.fullmatch(value[:60]) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        number = float(match[1].replace(",", "").replace(" ", ""))
    except ValueError:
        return None
    return -number if value.strip().startswith("-") else number
