"""What each component of A2UI's basic catalogue (v0.9) becomes in our tree: one table.

A look that we leave to the theme (the fit of a picture, the exact size of a heading, the alignment across a row) is
dropped without a note; what a person would miss is noted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from engine.interface.dialects.a2ui import inputs
from engine.interface.dialects.a2ui.actions import button, button_label, in_forms
from engine.interface.dialects.a2ui.formats import as_number
from engine.interface.dialects.a2ui.icons import FALLBACK, glyph_of
from engine.interface.dialects.a2ui.mapping import INPUTS, Place, Surfacing
from engine.interface.dialects.a2ui.repeating import MANY, folded
from engine.interface.dialects.imported import action, clip, column, in_words, plain, spell, text, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.interface.dialects.a2ui.mapping import Maker
    from engine.interface.dialects.imported import Tree

_STYLES: Final = {
    "h1": "title",
    "h2": "title",
    "h3": "heading",
    "h4": "heading",
    "h5": "label",
    "caption": "caption",
    "body": "body",
}
_JUSTIFY: Final = {
    "start": "start",
    "center": "center",
    "end": "end",
    "spaceBetween": "between",
    "spaceAround": "stretch",
    "spaceEvenly": "stretch",
    "stretch": "stretch",
}
_LEAVES: Final = frozenset({"text", "icon", "badge", "image", "button"})
_WIDE: Final = frozenset({"button", "card", "choice", "field", "form", "slider", "tabs", "toggle"})
_MARKUP = re.compile(r"\A#{1,6} |\n {0,3}(?:#{1,6} |[-*+] |\d{1,3}[.)] |> |```)|\*\*\S|\[[^\]\n]+\]\(\S+\)|`[^`\n]+`")
"""What is written as Markdown; a lone dash before a text is none."""
_HASHES = re.compile(r"^#{1,6} +")
_ADDRESS = re.compile(r"https?://[^\s]{1,500}")
_LONGEST_TEXT: Final = 2000
_LONGEST_MARKDOWN: Final = 6000


def _text(surfacing: Surfacing, place: Place) -> list[Tree]:
    said = surfacing.text(place, "text")
    if not said.strip():
        return []
    variant = str(place.get("variant") or "body")
    style = _STYLES.get(variant, "body")
    if style in {"title", "heading", "label"}:
        return [text(style, clip(_HASHES.sub("", said), _LONGEST_TEXT))]
    if _MARKUP.search(said):
        return [{"type": "markdown", "text": clip(said, _LONGEST_MARKDOWN)}]
    return [text(style, clip(said, _LONGEST_TEXT))]


def _icon(surfacing: Surfacing, place: Place) -> list[Tree]:
    name = surfacing.first(place, "name")
    if not isinstance(name, str):
        surfacing.note(place, "A drawing of its own cannot be shown.", prop="name")
        return []
    glyph = glyph_of(name)
    if glyph is None:
        surfacing.note(place, f"There is no icon “{clip(name, 40)}”; a question mark stands for it.", prop="name")
    # An icon stands beside the words it belongs to; one that means something by itself says so.
    return [{"type": "icon", "name": glyph or FALLBACK, "label": clip(_described(surfacing, place), 60)}]


def _image(surfacing: Surfacing, place: Place) -> list[Tree]:
    address = surfacing.first(place, "url")
    _not_loaded(surfacing, place, "The picture", address)
    said = surfacing.text(place, "description") or _described(surfacing, place)
    return [_picture(said or plain(in_words(_called(place))), _called(place))]


def _video(surfacing: Surfacing, place: Place) -> list[Tree]:
    address = surfacing.first(place, "url")
    _not_loaded(surfacing, place, "The film", address)
    said = _described(surfacing, place) or plain(in_words(_called(place)))
    return column([_picture(f"Film: {said}", _called(place)), *_opener("Play in the browser", address)])


def _audio(surfacing: Surfacing, place: Place) -> list[Tree]:
    address = surfacing.first(place, "url")
    _not_loaded(surfacing, place, "The sound", address)
    said = surfacing.text(place, "description") or _described(surfacing, place)
    title = text("body", clip(said, _LONGEST_TEXT)) if said else text("body", "Sound")
    speaker = {"type": "icon", "name": "speaker-high", "label": ""}
    return [_row("start", [speaker, title, *_opener("Listen in the browser", address)], wrap=True)]


def _row_of(surfacing: Surfacing, place: Place) -> list[Tree]:
    children = surfacing.children(place)
    if (labelled := _labelled(surfacing, children)) is not None:
        return labelled
    justify = str(place.get("justify") or "start")
    made = [(child, surfacing.make(child)) for child in children]
    made = [(child, parts) for child, parts in made if parts]
    weights = [as_number(child.get("weight")) for child, _ in made]
    if any(weights):
        return _weighted(surfacing, place, made, [weight or 0.0 for weight in weights])
    parts = [part for _, parts in made for part in parts]
    if justify in {"spaceAround", "spaceEvenly"}:
        parts = [_row("center", [part]) if part["type"] in _LEAVES else part for part in parts]
    return [_row(_JUSTIFY.get(justify, "start"), parts)] if parts else []


def _column_of(surfacing: Surfacing, place: Place) -> list[Tree]:
    return column(_flow(surfacing, place))


def _list_of(surfacing: Surfacing, place: Place) -> list[Tree]:
    if place.get("direction") == "horizontal":
        parts = [part for child in surfacing.children(place) for part in surfacing.make(child)]
        return [_row("start", parts, wrap=True)] if parts else []
    return column(_flow(surfacing, place))


def _card(surfacing: Surfacing, place: Place) -> list[Tree]:
    return [{"type": "card", "title": None, "tone": "neutral", "children": _inside(surfacing, place, "child")}]


def _tabs(surfacing: Surfacing, place: Place) -> list[Tree]:
    listed = place.get("tabs")
    tabs = []
    for index, entry in enumerate(listed if isinstance(listed, list) else []):
        if not isinstance(entry, dict):
            surfacing.note(place, "This is no tab.", prop=f"tabs/{index}")
            continue
        pointer = f"{place.pointer}/tabs/{index}/title"
        label = surfacing.values.text(entry.get("title"), place.scope, pointer)
        child = surfacing.below(place, entry.get("child"), f"tabs/{index}/child")
        tabs.append({"label": clip(label, 60) or str(index + 1), "children": contents(surfacing, child)})
    if not tabs:
        surfacing.note(place, "There are no tabs here.", prop="tabs")
    return [{"type": "tabs", "tabs": tabs}] if tabs else []


def _modal(surfacing: Surfacing, place: Place) -> list[Tree]:
    trigger = surfacing.below(place, place.get("trigger"), "trigger")
    name = surfacing.opens.get(trigger.part.id if trigger else "") or surfacing.running.name(place.part.id)
    title = button_label(surfacing, trigger) if trigger else ""
    dialog = {
        "type": "dialog",
        "name": name,
        "title": clip(title or "Details", 120),
        "children": _inside(surfacing, place, "content"),
    }
    shown = [] if trigger is None or _stands_elsewhere(surfacing, trigger) else surfacing.make(trigger)
    if trigger is not None and trigger.part.component != "Button":
        opens = {"type": "button", "label": "Open", "style": "secondary", "action": action("go", name)}
        shown = [*shown, opens]
    return [*shown, dialog]


def _divider(_surfacing: Surfacing, _place: Place) -> list[Tree]:
    return [{"type": "divider"}]


def otherwise(surfacing: Surfacing, place: Place) -> list[Tree]:
    """Return what is in a component that the catalogue does not have."""
    surfacing.note(place, f"“{clip(place.part.component, 40)}” is no component of the basic catalogue.")
    parts = _inside(surfacing, place, "child") if place.get("child") is not None else []
    if place.get("children") is not None:
        parts += _flow(surfacing, place)
    return column(parts)


def contents(surfacing: Surfacing, place: Place | None) -> list[Tree]:
    """Return what stands in a container: the parts of a column themselves, anything else as the one part it is."""
    if place is None or place.part.component != "Column":
        return surfacing.make(place)
    return _flow(surfacing, place) if surfacing.running.may_make(place.pointer, place.depth) else []


def _inside(surfacing: Surfacing, place: Place, prop: str) -> list[Tree]:
    return contents(surfacing, surfacing.below(place, place.get(prop), prop))


def _flow(surfacing: Surfacing, place: Place) -> list[Tree]:
    """Return the parts of a column, aligned as it says, inputs and the button that sends them as a form."""
    align = str(place.get("align") or "stretch")
    made: list[tuple[Place, list[Tree]]] = []
    folding = _Folding(surfacing, place)
    for child in surfacing.children(place):
        parts = surfacing.make(child)
        made.append((child, list(_aligned(child, parts, align)) if align in {"center", "end"} else parts))
        folding.took(made[-1][1])
    return folding.part() or in_forms(surfacing, made)


class _Folding:
    """A long list on its way to be one part with its data: its rows count as one, as long as they are alike."""

    def __init__(self, surfacing: Surfacing, place: Place) -> None:
        self._surfacing = surfacing
        self._place = place
        self._rows: list[list[Tree]] = []
        listed = place.get("children")
        path = listed.get("path") if isinstance(listed, dict) else None
        rows = surfacing.values.rows(path, place.scope) if isinstance(path, str) else 0
        self._is_long = rows > MANY
        self._parts = surfacing.running.parts

    def took(self, parts: list[Tree]) -> None:
        """Take the parts of the next row."""
        if not self._is_long:
            return
        self._rows.append(parts)
        self._is_long = len(self._rows) < 2 or folded(self._rows[-2:], "") is not None
        if self._is_long and len(self._rows) > 1:
            self._surfacing.running.parts = self._parts
        else:
            self._parts = self._surfacing.running.parts

    def part(self) -> list[Tree]:
        """Return the one part, its data kept; nothing where the list is short, or its rows are not alike."""
        made = (
            folded(self._rows, self._surfacing.running.name(f"{self._place.part.id} rows")) if self._is_long else None
        )
        if made is None:
            return []
        self._surfacing.running.sources.append(made[1])
        return [made[0]]


def _aligned(child: Place, parts: list[Tree], align: str) -> Iterable[Tree]:
    for part in parts:
        if part["type"] == "row":
            # A row without a wish of its own is as wide as what is in it, and stands where the column says.
            yield part | {"align": align} if not child.get("justify") and part["align"] == "start" else part
        elif part["type"] in _LEAVES or (part["type"] == "column" and child.get("align") not in {"center", "end"}):
            yield _row(align, [part])
        else:
            yield part


def _weighted(
    surfacing: Surfacing, place: Place, made: list[tuple[Place, list[Tree]]], weights: list[float]
) -> list[Tree]:
    parts = [part for _, parts in made for part in column(parts)]
    if len(parts) == 2 and all(weights) and weights[0] != weights[1]:
        ratio = min(max(weights[0] / (weights[0] + weights[1]), 0.1), 0.9)
        return [{"type": "split", "direction": "horizontal", "ratio": ratio, "children": parts}]
    if len(set(weights)) > 1:
        surfacing.note(place, "Its parts have equal shares of the width.", "changed", "children")
    # Rows of a table stay in line; two halves of a screen may stand below one another where it is narrow.
    return [_row("stretch", parts, wrap=len(parts) == 2)]


def _labelled(surfacing: Surfacing, children: list[Place]) -> list[Tree] | None:
    """Return an input without a label whose label stands before it as a text, or None where that is not so."""
    if len(children) != 2 or children[0].part.component != "Text" or children[1].part.component not in INPUTS:
        return None
    label = surfacing.text(children[0], "text")
    if surfacing.text(children[1], "label").strip() or not label.strip():
        return None
    parts = surfacing.make(children[1])
    for part in parts:
        if "label" in part:
            part["label"] = clip(label, 120)
    return parts


def _row(align: str, parts: list[Tree], *, wrap: bool | None = None) -> Tree:
    # A row of theirs never wraps; one of texts and pictures does not here either, one of wider parts may.
    wide = any(part["type"] in _WIDE for part in parts)
    return {"type": "row", "align": align, "wrap": wide if wrap is None else wrap, "children": parts}


def _picture(alt: str, name: str) -> Tree:
    return {"type": "image", "src": spell(name), "alt": clip(alt, 300)}


def _opener(label: str, address: Any) -> list[Tree]:
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
        return []
    return [{"type": "button", "label": label, "style": "quiet", "action": action("open_url", None, address)}]


def _not_loaded(surfacing: Surfacing, place: Place, what: str, address: Any) -> None:
    shown = clip(address, 100) if isinstance(address, str) else "its address"
    surfacing.note(place, f"{what} is not fetched from {shown}; what it shows stands in words.", "design", "url")


def _described(surfacing: Surfacing, place: Place) -> str:
    found = place.get("accessibility")
    if not isinstance(found, dict):
        return ""
    pointer = f"{place.pointer}/accessibility"
    return surfacing.values.text(found.get("label") or found.get("description"), place.scope, pointer)


def _called(place: Place) -> str:
    """Return what a picture is called: where its address comes from, else the component's id."""
    url = place.get("url")
    path = url.get("path") if isinstance(url, dict) else None
    found = words(path.rsplit("/", 1)[-1] if isinstance(path, str) else "") or words(place.part.id) or ["picture"]
    return "_".join(found[:-1] if len(found) > 1 and found[-1].lower() in {"url", "uri", "src"} else found)


def _stands_elsewhere(surfacing: Surfacing, place: Place) -> bool:
    """Tell whether the button that opens a dialog is also a child of another component."""
    name = place.part.id
    for part in surfacing.surface.parts.values():
        listed = part.props.get("children")
        if part.props.get("child") == name or (isinstance(listed, list) and name in listed):
            return True
    return False


MAKERS: Final[dict[str, Maker]] = {
    "Text": _text,
    "Icon": _icon,
    "Image": _image,
    "Video": _video,
    "AudioPlayer": _audio,
    "Row": _row_of,
    "Column": _column_of,
    "List": _list_of,
    "Card": _card,
    "Tabs": _tabs,
    "Modal": _modal,
    "Divider": _divider,
    "Button": button,
    "TextField": inputs.text_field,
    "CheckBox": inputs.check_box,
    "ChoicePicker": inputs.choice_picker,
    "Slider": inputs.slider,
    "DateTimeInput": inputs.date_time,
}
"""What makes our parts of each component of theirs."""
