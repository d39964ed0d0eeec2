"""What each component is as HTML: layouts, texts and data. Inputs and buttons stand in `controls`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engine.interface.export.page.charts import chart
from engine.interface.export.page.controls import CONTROLS
from engine.interface.export.page.markup import formatted, tag, words
from engine.interface.reading import CUT
from engine.interface.state import as_boolean, as_number, holds, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.interface.export.page.writer import Writer

Node = dict[str, Any]

_ELEMENTS: Final = {"title": "h2", "heading": "h3", "label": "h4", "caption": "p", "body": "p", "code": "pre"}
_CONDITIONS: Final = {
    "equals": "is “{}”",
    "not_equals": "is not “{}”",
    "above": "is above {}",
    "below": "is below {}",
    "contains": "contains “{}”",
    "empty": "is empty",
    "filled": "is filled in",
}


def _row(writer: Writer, node: Node) -> str:
    wrap = "" if node.get("wrap", True) else " whole"
    return tag("div", writer.parts(node.get("children")), class_=f"row {node.get('align', 'stretch')}{wrap}")


def _column(writer: Writer, node: Node) -> str:
    return tag("div", writer.parts(node.get("children")), class_="column")


def _grid(writer: Writer, node: Node) -> str:
    columns = int(node.get("columns") or 2)
    return tag(
        "div",
        writer.parts(node.get("children")),
        class_=f"grid{' one' if columns == 1 else ''}",
        style=f"--columns:{columns}",
    )


def _card(writer: Writer, node: Node) -> str:
    title = tag("h3", writer.said(node["title"])) if node.get("title") else ""
    return tag("section", title, writer.parts(node.get("children")), class_=f"card {node.get('tone', 'neutral')}")


def _section(writer: Writer, node: Node) -> str:
    inner = tag(
        "div", writer.parts(node.get("children")), id=writer.own(writer.targets, node.get("title")), class_="inner"
    )
    return tag(
        "details", tag("summary", writer.said(node.get("title"))), inner, open=bool(node.get("open")), class_="section"
    )


def _tabs(writer: Writer, node: Node) -> str:
    entries = [entry for entry in node.get("tabs") or [] if isinstance(entry, dict)]
    group = writer.place("t")
    heads, panels = [], []
    for index, entry in enumerate(entries):
        own = writer.own(writer.targets, entry.get("label"))
        box = tag("input", type="radio", name=group, id=own, checked=index == 0, form="page")
        heads.append(box + tag("label", writer.said(entry.get("label")), for_=own))
        panels.append((own, writer.parts(entry.get("children"))))
    writer.choices.values[group] = [(own, f":has(#{own}:checked)") for own, _ in panels]
    shown = [tag("div", inner, class_=f"panel {writer.choices.shown(group, 'equals', own)}") for own, inner in panels]
    return tag("div", tag("div", *heads, class_="heads"), *shown, class_="tabs")


def _split(writer: Writer, node: Node) -> str:
    kind = "split upright" if node.get("direction") == "vertical" else "split"
    ratio = as_number(node.get("ratio")) or 0.5
    children = node.get("children") or []
    sides = [tag("div", writer.parts(listed), class_="column") for listed in (children[:1], children[1:])]
    return tag("div", *sides, class_=kind, style=f"--first:{ratio:.3g}fr;--second:{1 - ratio:.3g}fr")


def _dialog(writer: Writer, node: Node) -> str:
    own = writer.own(writer.targets, node.get("name"))
    close = tag(
        "button",
        "\N{MULTIPLICATION SIGN}",
        type="button",
        popovertarget=own,
        popovertargetaction="hide",
        aria_label="Close",
        class_="close",
    )
    head = tag("div", tag("h3", writer.said(node.get("title")), id=f"{own}-title"), close, class_="head")
    inner = writer.parts(node.get("children"))
    # Dialogs stand at the end of the page, where no form or condition around them can hide them.
    writer.overlays.append(
        tag("div", head, inner, id=own, popover="auto", role="dialog", aria_labelledby=f"{own}-title", class_="dialog")
    )
    return ""


def _when(writer: Writer, node: Node) -> str:
    name, op, value = str(node.get("name")), str(node.get("op")), node.get("value")
    inner = writer.parts(node.get("children"))
    kind = writer.choices.shown(name, op, value)
    if kind is not None:
        return tag("div", inner, class_=f"column {kind}")
    if holds(op, writer.found.state.get(name), value):
        return tag("div", inner, class_="column")
    label = str(writer.found.inputs.get(name, {}).get("label") or name)
    condition = _CONDITIONS.get(op, "").format(spelled(value))
    summary = tag("summary", words(f"Shown when “{label}” {condition}"))
    return tag("details", summary, tag("div", inner, class_="inner"), class_="condition")


def _repeat(writer: Writer, node: Node) -> str:
    source = str(node.get("source"))
    found = []
    for row in writer.found.rows(source):
        with writer.within(row=row):
            found.append(writer.parts(node.get("children")))
    return "".join(found) or tag("p", words(f"There are no rows of “{source}” here."), class_="caption")


def _text(writer: Writer, node: Node) -> str:
    style = str(node.get("style") or "body")
    return tag(_ELEMENTS.get(style, "p"), writer.said(node.get("text")), class_=style)


def _markdown(writer: Writer, node: Node) -> str:
    return tag("div", formatted(str(node.get("text") or ""), writer.said), class_="markdown")


def _image(writer: Writer, node: Node) -> str:
    alt = writer.plain(node.get("alt"))
    address = writer.images.get(str(node.get("src")))
    if address:
        return tag("img", src=address, alt=alt)
    return tag("div", tag("span", words(alt or "Picture")), role="img", aria_label=alt or "Picture", class_="picture")


def _icon(writer: Writer, node: Node) -> str:
    label = writer.plain(node.get("label"))
    path = writer.glyphs.get(str(node.get("name")))
    if path is None:
        return tag("span", words(label), class_="caption") if label else ""
    drawing = tag("path", d=path)
    return tag(
        "svg", drawing, viewBox="0 0 64 64", role="img" if label else None, aria_label=label or None,
        aria_hidden=None if label else "true", class_="icon",
    )  # fmt: skip


def _badge(writer: Writer, node: Node) -> str:
    return tag("span", writer.said(node.get("text")), class_=f"badge {node.get('tone', 'neutral')}")


def _alert(writer: Writer, node: Node) -> str:
    title = tag("strong", writer.said(node["title"])) if node.get("title") else ""
    text = tag("p", writer.said(node["text"])) if node.get("text") else ""
    return tag("div", title, text, role="note", class_=f"alert {node.get('tone', 'info')}")


def _metric(writer: Writer, node: Node) -> str:
    delta = tag("span", writer.said(node["delta"]), class_="delta") if node.get("delta") else ""
    return tag(
        "div",
        tag("span", writer.said(node.get("label")), class_="label"),
        tag("strong", writer.said(node.get("value"))),
        delta,
        class_=f"metric {node.get('tone', 'neutral')}",
    )


def _facts(writer: Writer, node: Node) -> str:
    items = [item for item in node.get("items") or [] if isinstance(item, dict)]
    pairs = [tag("dt", writer.said(item.get("label"))) + tag("dd", writer.said(item.get("value"))) for item in items]
    return tag("dl", *pairs, class_="facts")


def _progress(writer: Writer, node: Node) -> str:
    value, most = as_number(node.get("value")) or 0.0, as_number(node.get("max")) or 100.0
    own = writer.place("p")
    share = tag("span", f"{min(max(value / most, 0.0), 1.0):.0%}", class_="share")
    label = tag("label", writer.said(node.get("label")), share, for_=own)
    return tag("div", label, tag("progress", id=own, value=value, max=most), class_="progress")


def _divider(_writer: Writer, _node: Node) -> str:
    return tag("hr")


def _tree(writer: Writer, node: Node) -> str:
    return tag("ul", _branches(writer, node.get("nodes"), 0), class_="tree")


def _branches(writer: Writer, nodes: Any, depth: int) -> str:
    if not isinstance(nodes, list) or depth > 40:
        return ""
    found = []
    for node in nodes:
        if not isinstance(node, dict):
            continue
        inner = _branches(writer, node.get("children"), depth + 1)
        label = writer.said(node.get("label"))
        found.append(
            tag("li", tag("details", tag("summary", label), tag("ul", inner), open=depth == 0) if inner else label)
        )
    return "".join(found)


def _table(writer: Writer, node: Node) -> str:
    columns = [column for column in node.get("columns") or [] if isinstance(column, dict)]
    kinds = [str(column.get("kind") or "text") for column in columns]
    head = tag("tr", *(
        tag("th", writer.said(column.get("label")), scope="col", class_=kind)
        for column, kind in zip(columns, kinds, strict=True)
    ))  # fmt: skip
    body = [
        tag("tr", *(tag("td", _cell(cell, kind), class_=kind) for cell, kind in zip(row, kinds, strict=False)))
        for row in writer.found.table_of(node)[1]
    ]
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body)), class_="scroll", tabindex="0")


def _cell(cell: str, kind: str) -> str:
    if kind == "badge":
        return tag("span", words(cell), class_="badge neutral") if cell else ""
    if kind == "boolean" and (said := as_boolean(cell)) is not None:
        return "Yes" if said else "No"
    return words(cell)


def _chart(writer: Writer, node: Node) -> str:
    labels, series = writer.found.points_of(node)
    return chart(node | {"title": writer.plain(node.get("title"))}, labels, series)


def _unknown(writer: Writer, node: Node) -> str:
    sentence = tag("p", words(f"“{str(node.get('type'))[:60]}” is not a known component."))
    inner = writer.parts(node.get("children"))
    for entry in node.get("tabs") or []:
        inner += writer.parts(entry.get("children")) if isinstance(entry, dict) else ""
    return tag("div", sentence, inner, class_="unknown")


def _cut(_writer: Writer, node: Node) -> str:
    return tag("p", words(str(node.get("reason") or "Cut here.")), class_="caption")


WRITERS: Final[Mapping[str, Callable[[Writer, Node], str]]] = {
    "": _unknown,
    CUT: _cut,
    "row": _row,
    "column": _column,
    "grid": _grid,
    "card": _card,
    "section": _section,
    "tabs": _tabs,
    "split": _split,
    "dialog": _dialog,
    "when": _when,
    "repeat": _repeat,
    "text": _text,
    "markdown": _markdown,
    "image": _image,
    "icon": _icon,
    "badge": _badge,
    "alert": _alert,
    "metric": _metric,
    "facts": _facts,
    "progress": _progress,
    "divider": _divider,
    "tree": _tree,
    "table": _table,
    "chart": _chart,
    **CONTROLS,
}
"""What writes each component."""
