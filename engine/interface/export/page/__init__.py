"""A screen as one HTML file: no scripts, nothing that is loaded or sent, light and dark as the reader's system is.

Tabs, conditions, dialogs and values that are ticked work all the same, since CSS sees what is ticked and a browser
opens popovers by itself. What needs more than that is shown as it is at first, and says so.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from engine.interface.catalogue import bundled
from engine.interface.export.outline import outline, shown
from engine.interface.export.page.choices import choices, free_values
from engine.interface.export.page.controls import PAGE
from engine.interface.export.page.markup import tag, words
from engine.interface.export.page.parts import WRITERS
from engine.interface.export.page.writer import Writer
from engine.interface.state import spelled
from engine.resources import resource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.interface.catalogue import Catalogue
    from engine.interface.export.outline import Outline
    from engine.interface.sources import Source

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"
_PICTURES: Final = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"), (b"RIFF", "webp"))


def page(
    tree: Any,
    *,
    catalogue: Catalogue | None = None,
    sources: Sequence[Source] = (),
    images: Mapping[str, bytes] | None = None,
    glyphs: Mapping[str, str] | None = None,
) -> str:
    """Return a screen as the text of an HTML file.

    `images` are the attached pictures as the bytes of their files (PNG, JPEG, GIF, WebP), by name; others, and what is
    none of these, are shown by what they show in words. `glyphs` are drawings by name, as SVG paths in a square of 64;
    one that is missing is shown by its label.
    """
    value = shown(tree, catalogue or bundled())
    found = outline(value, sources)
    ids = {name: f"i{number}" for number, name in enumerate((*found.inputs, *free_values(found)), 1)}
    writer = Writer(found, choices(found, ids), ids, _addresses(images or {}), glyphs or {}, WRITERS)
    writer.targets = _targets(found)
    writer.forms = {name: f"f{number}" for number, name in enumerate(found.forms, 1)}
    title = str(value.get("title") or "")
    inner = writer.parts(value.get("children"))
    heading = tag("h1", writer.said(title)) if title else ""
    body = tag("body", tag("main", heading, inner), _kept(found, ids), *writer.overlays)
    style = resource("interface", "page.css").read_text("utf-8") + writer.choices.rules()
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", words(writer.plain(title) or "Screen")),
        f"<style>\n{style}</style>",
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _targets(found: Outline) -> dict[str, str]:
    """Return the ids of what actions lead to, by what they call it: dialogs first, then tabs, sections and forms."""
    named = [("d", str(dialog.get("name"))) for dialog in found.dialogs]
    named += [("b", str(entry.get("label"))) for entry in found.tabs]
    named += [("s", str(section.get("title"))) for section in found.sections]
    targets: dict[str, str] = {}
    for number, (kind, name) in enumerate(named, 1):
        targets.setdefault(name, f"{kind}{number}")
    return targets


def _kept(found: Outline, ids: Mapping[str, str]) -> str:
    """Return the form of whatever stands in none, with a box for each value that actions set and no input has."""
    boxes = [
        tag(
            "input", type="radio", name=name, id=f"{ids[name]}-{index}", checked=index == 0,
            aria_label=f"{name}: {spelled(value) or 'nothing'}",
        )
        for name, values in free_values(found).items()
        for index, value in enumerate(values)
    ]  # fmt: skip
    return tag("form", *boxes, id=PAGE, method="dialog", class_="kept")


def _addresses(images: Mapping[str, bytes]) -> dict[str, str]:
    found = {}
    for name, data in images.items():
        kind = next((kind for start, kind in _PICTURES if data.startswith(start)), None)
        if kind is not None:
            found[name] = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    return found


__all__ = ["page"]
