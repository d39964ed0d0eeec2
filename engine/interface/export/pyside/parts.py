"""What each component is in the source of an exported screen: one table.

A part is an expression; inputs, and texts that follow values, are variables that statements before it set up. Cards,
forms, tabs, sections, dialogs, conditions and repetitions are methods of their own, so that the source reads as the
screen does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engine.interface.export.markdown import blocks
from engine.interface.export.page.markup import formatted
from engine.interface.export.pyside.actions import pressed
from engine.interface.export.pyside.code import Call, Method, Raw, literal
from engine.interface.export.pyside.inputs import INPUTS
from engine.interface.reading import CUT
from engine.interface.state import as_boolean, as_number, interpolate, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.interface.export.pyside.writer import Writer

Node = dict[str, Any]

_CONDITIONS: Final = {"equals": "==", "not_equals": "!=", "above": ">", "below": "<"}


def _row(writer: Writer, method: Method, node: Node) -> Any:
    parts = writer.parts(method, node.get("children"))
    return Call("Row", parts, {"align": str(node.get("align") or "stretch")})


def _column(writer: Writer, method: Method, node: Node) -> Any:
    return Call("Column", writer.parts(method, node.get("children")))


def _grid(writer: Writer, method: Method, node: Node) -> Any:
    return Call("Grid", (int(node.get("columns") or 2), *writer.parts(method, node.get("children"))))


def _card(writer: Writer, _method: Method, node: Node) -> Any:
    title = str(node.get("title") or "")
    wish = title or writer.first_words(node)
    inner = writer.method(wish, "card", f"Return the card “{title}”." if title else "Return a card.")
    inner.result = Call("Card", (writer.static(title), *writer.parts(inner, node.get("children"))))
    return writer.called(inner)


def _section(writer: Writer, method: Method, node: Node) -> Any:
    title = str(node.get("title") or "")
    inner = writer.method(title, "section", f"Return the section “{title}”.")
    parts = writer.parts(inner, node.get("children"))
    inner.result = Call("Section", (writer.static(title), *parts), {"opened": bool(node.get("open"))})
    if title not in writer.sections:
        return writer.called(inner)
    method.add(f"self.{writer.sections[title]} = {writer.called(inner).text}")
    return Raw(f"self.{writer.sections[title]}")


def _tabs(writer: Writer, method: Method, node: Node) -> Any:
    entries = [entry for entry in node.get("tabs") or [] if isinstance(entry, dict)]
    wanted = [writer.tabs[label] for entry in entries if (label := str(entry.get("label"))) in writer.tabs]
    name = f"self.{wanted[0][0]}" if wanted else writer.variable("tabs", "")
    method.add(f"{name} = QTabWidget()")
    for entry in entries:
        label = str(entry.get("label") or "")
        inner = writer.method(label, "tab", f"Return the tab “{label}”.")
        inner.result = Call("Column", writer.parts(inner, entry.get("children")), {"margin": 12})
        shown = writer.static(label).replace("&", "&&")
        method.add(writer.laid(Call(f"{name}.addTab", (writer.called(inner), shown))))
    return Raw(name)


def _split(writer: Writer, method: Method, node: Node) -> Any:
    upright = node.get("direction") == "vertical"
    name = writer.variable("split", "")
    method.add(f"{name} = QSplitter(Qt.Orientation.{'Vertical' if upright else 'Horizontal'})")
    children = node.get("children") or []
    ratio = as_number(node.get("ratio")) or 0.5
    for place, child in enumerate(writer.parts(method, children)):
        method.add(writer.laid(Call(f"{name}.addWidget", (child,))))
        method.add(f"{name}.setStretchFactor({place}, {round(100 * (ratio if place == 0 else 1 - ratio))})")
    return Raw(name)


def _dialog(writer: Writer, _method: Method, node: Node) -> Any:
    title = str(node.get("title") or "")
    inner = writer.method(title or str(node.get("name")), "dialog", f"Return the dialog “{title}”.")
    inner.result = Call("Dialog", (Raw("self"), writer.static(title), *writer.parts(inner, node.get("children"))))
    # A dialog stands in no layout; the screen keeps it under a name of its own.
    attribute = writer.dialogs.get(str(node.get("name")))
    if attribute is not None and attribute not in writer.opened:
        writer.opened[attribute] = writer.called(inner).text
    return None


def _form(writer: Writer, method: Method, node: Node) -> Any:
    name = str(node.get("name") or "")
    inner = writer.method(
        name, "form", f"Return the form “{name}”: its inputs, and the button that sends them.", row=method.row
    )
    with writer.within(name):
        parts = writer.parts(inner, node.get("children"))
        does = pressed(writer, inner, node.get("action") or {"kind": "submit"})
    submit = Call("Button", (writer.static(node.get("submit") or "Send"), "primary", does))
    inner.result = Call("Column", (*parts, Call("Row", (submit,), {"align": "end"})))
    return writer.called(inner)


def _when(writer: Writer, method: Method, node: Node) -> Any:
    name, op, value = str(node.get("name") or ""), str(node.get("op")), node.get("value")
    part = Call("Column", writer.parts(method, node.get("children")))
    return Call("self.show_while", (part, Raw(f"lambda: {_condition(writer, name, op, value)}")))


def _condition(writer: Writer, name: str, op: str, value: Any) -> str:
    held = f"self.values[{literal(name)}]"
    kind = str(writer.found.inputs.get(name, {}).get("type"))
    if op in {"empty", "filled"}:
        return f"not {held}" if op == "empty" else held if kind != "slider" else "True"
    if op == "contains":
        return f"has({held}, {literal(spelled(value))})"
    if op in {"above", "below"}:
        limit = as_number(value)
        return f"number({held}) {_CONDITIONS[op]} {'math.nan' if limit is None else format(limit, '.12g')}"
    if kind == "toggle":
        wanted = as_boolean(value) is (op == "equals")
        return held if wanted else f"not {held}"
    if kind == "slider" or (isinstance(value, int | float) and not isinstance(value, bool)):
        number = as_number(value)
        return f"number({held}) {_CONDITIONS.get(op, '==')} {'math.nan' if number is None else format(number, '.12g')}"
    if value in (None, ""):
        return f"not {held}" if op == "equals" else held
    return f"{held} {_CONDITIONS.get(op, '==')} {literal(value)}"


def _repeat(writer: Writer, method: Method, node: Node) -> Any:
    source = str(node.get("source") or "")
    constant = writer.source(source)
    inner = writer.method(source, "row", f"Return what is shown for one row of “{source}”.", row=True)
    inner.result = Call("Column", writer.parts(inner, node.get("children")))
    del method
    return Call("Column", (Raw(f"*[self.{inner.name}(row) for row in {constant}]"),))


def _text(writer: Writer, method: Method, node: Node) -> Any:
    style = str(node.get("style") or "body")
    return writer.saying(method, node.get("text"), "Text", "setText", *([] if style == "body" else [style]))


def _markdown(writer: Writer, method: Method, node: Node) -> Any:
    text = str(node.get("text") or "")
    leads = any(span.kind == "link" for block in blocks(text) for line in block.lines for span in line)
    named = {"follow": Raw("self.open_address")} if leads else {}
    if not writer.is_live(text, row=method.row):
        return Call("Rich", (formatted(interpolate(text, writer.nothing)),), named)
    name = writer.variable(writer.first_words(node), "rich")
    method.add(f"{name} = {writer.laid(Call('Rich', (), named))}")
    row = [Raw("row")] if method.row else []
    method.add(writer.laid(Call("self.say_rich", (Raw(f"{name}.setText"), formatted(text), *row))))
    return Raw(name)


def _image(writer: Writer, _method: Method, node: Node) -> Any:
    return Call("Picture", (str(node.get("src") or ""), writer.static(node.get("alt") or "Picture")))


def _icon(writer: Writer, _method: Method, node: Node) -> Any:
    name, label = str(node.get("name") or ""), writer.static(node.get("label"))
    if name not in writer.glyphs:
        return Call("Text", (label, "caption")) if label else None
    writer.used_glyphs.add(name)
    return Call("Glyph", (Raw(f"GLYPHS[{literal(name)}]"), label))


def _badge(writer: Writer, method: Method, node: Node) -> Any:
    tone = str(node.get("tone") or "neutral")
    return writer.saying(method, node.get("text"), "Badge", "setText", *([] if tone == "neutral" else [tone]))


def _alert(writer: Writer, method: Method, node: Node) -> Any:
    tone = str(node.get("tone") or "info")
    title, text = str(node.get("title") or ""), str(node.get("text") or "")
    made = Call("Alert", (writer.static(title), writer.static(text), *([] if tone == "info" else [tone])))
    return writer.following(method, made, "alert", {"title.setText": title, "text.setText": text})


def _metric(writer: Writer, method: Method, node: Node) -> Any:
    texts = {key: str(node.get(key) or "") for key in ("label", "value", "delta")}
    tone = str(node.get("tone") or "neutral")
    named = ({"change": writer.static(texts["delta"])} if texts["delta"] else {}) | (
        {} if tone == "neutral" else {"tone": tone}
    )
    made = Call("Metric", (writer.static(texts["label"]), writer.static(texts["value"])), named)
    shows = {"label.setText": texts["label"], "value.setText": texts["value"], "change.setText": texts["delta"]}
    return writer.following(method, made, "metric", shows)


def _facts(writer: Writer, method: Method, node: Node) -> Any:
    items = [item for item in node.get("items") or [] if isinstance(item, dict)]
    pairs = [(writer.static(item.get("label")), writer.static(item.get("value"))) for item in items]
    shows = {f"values[{place}].setText": str(item.get("value") or "") for place, item in enumerate(items)}
    return writer.following(method, Call("Facts", tuple(pairs)), "facts", shows)


def _progress(writer: Writer, method: Method, node: Node) -> Any:
    numbers = [as_number(node.get("value")) or 0, as_number(node.get("max")) or 100]
    label = str(node.get("label") or "")
    made = Call("Progress", (writer.static(label), *(Raw(format(number, ".12g")) for number in numbers)))
    return writer.following(method, made, "progress", {"label.setText": label})


def _divider(_writer: Writer, _method: Method, _node: Node) -> Any:
    return Call("Divider")


def _tree(writer: Writer, method: Method, node: Node) -> Any:
    name = writer.variable("tree", "")
    method.add(f"{name} = QTreeWidget(headerHidden=True)")
    method.add(
        f"{name}.addTopLevelItems(branches({writer.laid(_branches(node.get('nodes')))}))", f"{name}.expandToDepth(0)"
    )
    return Raw(name)


def _branches(nodes: Any, depth: int = 0) -> list[tuple[str, list[Any]]]:
    listed = [node for node in nodes if isinstance(node, dict)] if isinstance(nodes, list) and depth < 40 else []
    return [(str(node.get("label") or ""), _branches(node.get("children"), depth + 1)) for node in listed]


def _table(writer: Writer, _method: Method, node: Node) -> Any:
    columns, rows = writer.table(node)
    return Call("make_table", (Raw(columns), Raw(rows)))


def _chart(writer: Writer, _method: Method, node: Node) -> Any:
    labels, series = writer.found.points_of(node)
    points = [(name, [Raw(format(value, ".12g")) for value in values]) for name, values in series]
    return Call("Chart", (str(node.get("kind") or "bar"), writer.static(node.get("title")), labels, points))


def _button(writer: Writer, method: Method, node: Node) -> Any:
    style = str(node.get("style") or "secondary")
    does = pressed(writer, method, node.get("action") or {})
    label = str(node.get("label") or "")
    made = Call("Button", (writer.static(label), style, does))
    return writer.following(method, made, "button", {"setText": label})


def _unknown(writer: Writer, method: Method, node: Node) -> Any:
    sentence = f"“{str(node.get('type'))[:60]}” is not a known component."
    inner = list(node.get("children") or [])
    for entry in node.get("tabs") or []:
        inner += entry.get("children") or [] if isinstance(entry, dict) else []
    return Call("Column", (Call("Text", (sentence, "caption")), *writer.parts(method, inner)))


def _cut(_writer: Writer, _method: Method, node: Node) -> Any:
    return Call("Text", (str(node.get("reason") or "Cut here."), "caption"))


PARTS: Final[Mapping[str, Callable[[Writer, Method, Node], Any]]] = {
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
    "form": _form,
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
    "button": _button,
    **INPUTS,
}
"""What writes each component. One that makes no part of its own, as a dialog, gives None."""
