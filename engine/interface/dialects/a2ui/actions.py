"""A2UI's buttons as ours: what they say, what they send, and which of them is the one of a form."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from engine.interface.dialects.a2ui import inputs
from engine.interface.dialects.a2ui.mapping import INPUTS
from engine.interface.dialects.imported import action, clip, in_words, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.interface.dialects.a2ui.mapping import Place, Surfacing
    from engine.interface.dialects.imported import Tree

_STYLES: Final = {"primary": "primary", "borderless": "quiet"}
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s]{1,500}")
_LONGEST_LABEL: Final = 60
_LONGEST_VALUE: Final = 600
_MOST_WORDS: Final = 20
_INPUT_TYPES: Final = frozenset({"field", "choice", "toggle", "slider"})


def button(surfacing: Surfacing, place: Place) -> list[Tree]:
    """Return a Button as ours."""
    for index, condition, message in inputs.conditions(place.get("checks")):
        _check(surfacing, place, index, condition, message)
    name = surfacing.opens.get(place.part.id)
    return [
        {
            "type": "button",
            "label": button_label(surfacing, place) or "Go on",
            "style": _STYLES.get(str(place.get("variant")), "secondary"),
            "action": action("go", name) if name else _action(surfacing, place),
        }
    ]


def button_label(surfacing: Surfacing, place: Place) -> str:
    """Return what a button says: the texts in it, else its icon in words, else the name of its event."""
    said = [words for words in _texts(surfacing, place) if words.strip()]
    if said:
        return clip(" ".join(said), _LONGEST_LABEL)
    icons = [words for words in _texts(surfacing, place, icons=True) if words]
    if icons:
        surfacing.note(place, f"A button shows words: its icon is written out as “{icons[0]}”.", "changed", "child")
        return clip(icons[0], _LONGEST_LABEL)
    return clip(plain(in_words(_event_name(place))), _LONGEST_LABEL)


def in_forms(surfacing: Surfacing, made: list[tuple[Place, list[Tree]]]) -> list[Tree]:
    """Return the parts of a column; inputs up to the button that checks or sends them become a form."""
    first = next((index for index, (_, parts) in enumerate(made) if _has_inputs(parts)), None)
    last = next(
        (index for index, (child, _) in enumerate(made) if first is not None and index > first and _sends(child)), None
    )
    if first is None or last is None or not _is_checked(made[first:last], made[last][0]):
        return [part for _, parts in made for part in parts]
    place, (sender, *_) = made[last]
    form = {
        "type": "form",
        "name": surfacing.running.name(_event_name(place), f"{place.part.id}_form"),
        "children": [part for _, parts in made[first:last] for part in parts],
        "submit": _button_of(sender)["label"],
        "action": _button_of(sender)["action"],
    }
    before, behind = made[:first], made[last + 1 :]
    return [
        *(part for _, parts in before for part in parts),
        form,
        *(part for _, parts in behind for part in parts),
    ]


def _button_of(part: Tree) -> Tree:
    # A button in an aligned column stands in a row of its own.
    found: Tree = part["children"][0] if part["type"] == "row" else part
    return found


def _sends(place: Place) -> bool:
    return place.part.component == "Button" and bool(_event_name(place))


def _is_checked(within: list[tuple[Place, list[Tree]]], sender: Place) -> bool:
    if sender.get("checks") or _context(sender):
        return True
    return any(place.get("checks") for place, _ in within if place.part.component in INPUTS)


def _has_inputs(parts: list[Tree]) -> bool:
    waiting = list(parts)
    while waiting:
        part = waiting.pop()
        if part["type"] in _INPUT_TYPES:
            return True
        waiting.extend(part.get("children", ()))
    return False


def _check(surfacing: Surfacing, place: Place, index: int, condition: Any, message: str) -> None:
    """Have the form make what a button waits for, where it can."""
    for leaf in inputs.leaves(condition):
        asked = inputs.path_of(leaf)
        path = surfacing.values.path(asked, place.scope) if isinstance(asked, str) else ""
        parts = surfacing.inputs.get(path, [])
        if not parts or not all(inputs.make_check(part, leaf) for part in parts):
            said = f"“{clip(message, 120)}”" if message else "of something else"
            surfacing.note(place, f"The button does not wait for all of {said}.", prop=f"checks/{index}")


def _action(surfacing: Surfacing, place: Place) -> dict[str, Any]:
    sent = place.get("action")
    sent = sent if isinstance(sent, dict) else {}
    called = sent.get("functionCall")
    if isinstance(called, dict):
        return _called(surfacing, place, called)
    name = _event_name(place)
    if not name:
        surfacing.note(place, "The button does nothing.", prop="action")
    value = ": ".join(part for part in (name, ", ".join(_said(surfacing, place))) if part)
    return action("submit" if surfacing.values.live else "ask", None, clip(value, _LONGEST_VALUE) or None)


def _called(surfacing: Surfacing, place: Place, called: dict[str, Any]) -> dict[str, Any]:
    args = called.get("args")
    url = args.get("url") if isinstance(args, dict) else None
    pointer = f"{place.pointer}/action"
    if isinstance(url, str) and "${" in url:
        url = {"call": "formatString", "args": {"value": url}}
    address = surfacing.values.first(url, place.scope, pointer)
    if called.get("call") == "openUrl" and isinstance(address, str) and _ADDRESS.fullmatch(address):
        return action("open_url", None, address)
    surfacing.note(place, "What the button would run is not run.", prop="action")
    return action("ask", None, clip(str(called.get("call") or ""), 40) or None)


def _said(surfacing: Surfacing, place: Place) -> Iterator[str]:
    """Yield what an event tells beside the values of inputs, which are sent anyway."""
    for key, value in list(_context(place).items())[:_MOST_WORDS]:
        pointer = f"{place.pointer}/action/event/context/{key}"
        if isinstance(value, dict) and isinstance(path := value.get("path"), str):
            whole = surfacing.values.path(path, place.scope)
            if any(live == whole or live.startswith(f"{whole}/") for live in surfacing.values.live):
                continue
        found = surfacing.values.first(value, place.scope, pointer)
        if found not in (None, "", [], {}):
            yield f"{key} {found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)}"


def _event(place: Place) -> dict[str, Any]:
    sent = place.get("action")
    event = sent.get("event") if isinstance(sent, dict) else None
    return event if isinstance(event, dict) else {}


def _event_name(place: Place) -> str:
    name = _event(place).get("name")
    return name if isinstance(name, str) else ""


def _context(place: Place) -> dict[str, Any]:
    context = _event(place).get("context")
    return context if isinstance(context, dict) else {}


def _texts(surfacing: Surfacing, place: Place, *, icons: bool = False) -> Iterator[str]:
    """Yield the texts in a component, or what its icons are called, in order."""
    waiting = [place]
    for _ in range(_MOST_WORDS):
        if not waiting:
            return
        here = waiting.pop()
        if here.part.component == "Text" and not icons:
            yield surfacing.text(here, "text")
        elif here.part.component == "Icon" and icons:
            name = surfacing.first(here, "name")
            yield plain(in_words(name)) if isinstance(name, str) else ""
        below = [surfacing.below(here, here.get("child"), "child")] if here.get("child") is not None else []
        below += surfacing.children(here) if here.get("children") is not None else []
        waiting.extend(child for child in reversed(below) if child is not None)
