"""A screen as Python source that runs alone: `python screen.py`, with nothing but PySide6.

The screen is a class; its cards, forms, tabs and dialogs are methods. What it needs beside Qt stands above it, cut down
to what it uses. Values, conditions and actions work; what is sent is printed as JSON.
"""

from __future__ import annotations

import builtins
import textwrap
from typing import TYPE_CHECKING, Any, Final

from engine.interface.catalogue import bundled
from engine.interface.export.outline import outline, shown
from engine.interface.export.pyside.code import Call, Method, class_name, docstring, laid_out, literal
from engine.interface.export.pyside.parts import PARTS
from engine.interface.export.pyside.support import known_names, taken_over
from engine.interface.export.pyside.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.interface.catalogue import Catalogue
    from engine.interface.sources import Source

_GLYPH_WIDTH: Final = 100


def pyside(
    tree: Any,
    *,
    catalogue: Catalogue | None = None,
    sources: Sequence[Source] = (),
    glyphs: Mapping[str, str] | None = None,
) -> str:
    """Return a screen as Python source for PySide6.

    `glyphs` are drawings by name, as SVG paths of M, L, C and Z in a square of 64; one that is missing is shown by its
    label. A picture is the file of its name beside the source, if there is one, else what it shows in words.
    """
    value = shown(tree, catalogue or bundled())
    found = outline(value, sources)
    writer = Writer(found, glyphs or {}, PARTS)
    title = str(value.get("title") or "")
    begin = Method("__init__", "Build the screen.")
    head = [{"type": "text", "style": "title", "text": title}] if title else []
    parts = writer.parts(begin, [*head, *(value.get("children") or [])])
    values = {name: _first(found.inputs.get(name, {}), value) for name, value in found.state.values.items()}
    opening = [
        f"super().__init__({literal(writer.static(title) or 'Screen')}, {laid_out(values, 2, 40)})",
        *(f"self.{name} = {call}" for name, call in writer.opened.items()),
    ]
    begin.lines[:0] = opening
    begin.add(laid_out(Call("self.fill", parts), 2))
    name = class_name(writer.static(title))
    name += "Screen" if name in known_names() or hasattr(builtins, name) else ""
    about = f"The screen “{writer.static(title)}”." if title else "The screen."
    screen = [f"class {name}(Screen):", f'    """{docstring(about)}"""', "", begin.source()]
    screen += [f"\n{method.source()}" for method in writer.methods]
    main = f'if __name__ == "__main__":\n    sys.exit(run({name}))'
    return _module(writer, title, "\n".join(screen), main)


def _first(node: Mapping[str, Any], value: Any) -> Any:
    """Return what an input begins with as its widget holds it: what is typed is a text, be it empty."""
    typed = node.get("type") == "field" and node.get("kind") != "date"
    chosen = node.get("type") == "choice" and node.get("display") == "dropdown"
    return "" if value is None and (typed or chosen) else value


def _module(writer: Writer, title: str, screen: str, main: str) -> str:
    imports, support = taken_over(f"{screen}\n\n\n{main}")
    constants = [f"{name} = {value}" for name, value in writer.constants.items()]
    if writer.used_glyphs:
        constants.append(_glyphs(writer))
    about = docstring(f"{writer.static(title) or 'A screen'}, made with Espalier. It needs PySide6 alone.")
    head = f'"""{about}"""\n\n{imports}'
    return "\n\n\n".join([head, *(["\n\n".join(constants)] if constants else []), support, screen, main]) + "\n"


def _glyphs(writer: Writer) -> str:
    lines = []
    for name in sorted(writer.used_glyphs):
        pieces = textwrap.wrap(writer.glyphs[name], _GLYPH_WIDTH, break_long_words=False)
        lines.append(f"    {literal(name)}: (")
        lines += [f"        {literal(piece if place == 0 else ' ' + piece)}" for place, piece in enumerate(pieces)]
        lines.append("    ),")
    return "\n".join(["GLYPHS = {", *lines, "}"])


__all__ = ["pyside"]
