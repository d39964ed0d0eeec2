"""A2UI's inputs as ours: what they are called, what they hold at first, and which of their checks a form makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engine.interface.dialects.a2ui.formats import as_moment, as_number
from engine.interface.dialects.imported import clip, in_words, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.interface.dialects.a2ui.mapping import Place, Surfacing
    from engine.interface.dialects.imported import Tree

_LONGEST_LABEL: Final = 120
_MOST_OPTIONS: Final = 60
_FEW: Final = 5
_STEPS: Final = 100
_KINDS: Final = {"shortText": "text", "longText": "multiline", "number": "number", "obscured": "password"}


def text_field(surfacing: Surfacing, place: Place) -> list[Tree]:
    """Return a TextField as a field."""
    value = surfacing.first(place, "value")
    field = _field(surfacing, place, _KINDS.get(str(place.get("variant")), "text"), surfacing.names(place)[0])
    field["value"] = clip(_as_text(value), 2000) or None
    if place.get("validationRegexp"):
        surfacing.note(place, "A pattern for what is typed is not checked.", prop="validationRegexp")
    return [_kept(surfacing, place, field)]


def check_box(surfacing: Surfacing, place: Place) -> list[Tree]:
    """Return a CheckBox as a toggle."""
    toggle = {
        "type": "toggle",
        "display": "checkbox",
        "name": surfacing.names(place)[0],
        "label": _label(surfacing, place),
        "value": surfacing.first(place, "value") is True,
    }
    return [_kept(surfacing, place, toggle)]


def choice_picker(surfacing: Surfacing, place: Place) -> list[Tree]:
    """Return a ChoicePicker as a choice: its options are called by their labels."""
    options = _options(surfacing, place)
    held = surfacing.first(place, "value")
    values = [value for value in (held if isinstance(held, list) else [held]) if isinstance(value, str)]
    chosen = [options[value] for value in values if value in options]
    several = place.get("variant") == "multipleSelection"
    chips = place.get("displayStyle") == "chips"
    one = "segmented" if chips and len(options) <= _FEW else "radio" if len(options) <= _FEW else "dropdown"
    if any(value != label for value, label in options.items()):
        surfacing.note(place, "What is chosen is sent as its label, not as the value behind it.", "changed", "options")
    if place.get("filterable") is True and several:
        surfacing.note(place, "The options cannot be filtered.", prop="filterable")
    choice = {
        "type": "choice",
        "display": "checkboxes" if several else "dropdown" if place.get("filterable") is True else one,
        "name": surfacing.names(place)[0],
        "label": _label(surfacing, place),
        "options": list(options.values()),
        "value": chosen if several else next(iter(chosen), None),
        "required": False,
    }
    return [_kept(surfacing, place, choice)]


def slider(surfacing: Surfacing, place: Place) -> list[Tree]:
    """Return a Slider as ours, in a hundred steps or in whole numbers."""
    least = as_number(place.get("min")) or 0.0
    most = as_number(place.get("max"))
    if most is None or most <= least:
        surfacing.note(place, "The slider has no room between its ends; it ends at 100.", prop="max")
        most = least + 100
    value = as_number(surfacing.first(place, "value"))
    whole = most - least >= _STEPS / 5 and least.is_integer() and most.is_integer()
    part = {
        "type": "slider",
        "name": surfacing.names(place)[0],
        "label": _label(surfacing, place),
        "min": least,
        "max": most,
        "step": 1 if whole else (most - least) / _STEPS,
        "value": least if value is None else min(max(value, least), most),
    }
    return [_kept(surfacing, place, part)]


def date_time(surfacing: Surfacing, place: Place) -> list[Tree]:
    """Return a DateTimeInput as a field for the date, one for the time, or both beside one another."""
    moment = as_moment(surfacing.first(place, "value"))
    names = surfacing.names(place)
    for bound in ("min", "max"):
        if place.get(bound) is not None:
            surfacing.note(place, "The earliest or latest time is not checked.", prop=bound)
    only_time = bool(place.get("enableTime")) and not place.get("enableDate")
    kinds = ["date", "time"] if len(names) > 1 else ["time" if only_time else "date"]
    fields = []
    for kind, name in zip(kinds, names, strict=True):
        field = _field(surfacing, place, kind, name)
        field["value"] = None if moment is None else moment.strftime("%Y-%m-%d" if kind == "date" else "%H:%M")
        if kind == "time" and len(names) > 1:
            field["label"] = "Time"
        fields.append(_kept(surfacing, place, field))
    return fields if len(fields) == 1 else [{"type": "row", "align": "stretch", "wrap": True, "children": fields}]


def leaves(condition: Any) -> Iterator[Any]:
    """Yield what a check asks for, one by one, where all of it has to hold."""
    waiting = [condition]
    for _ in range(200):
        if not waiting:
            return
        found = waiting.pop()
        values = found.get("args", {}).get("values") if isinstance(found, dict) and _args(found) else None
        if isinstance(found, dict) and found.get("call") == "and" and isinstance(values, list):
            waiting.extend(reversed(values))
        else:
            yield found


def conditions(checks: Any) -> Iterator[tuple[int, Any, str]]:
    """Yield each condition of a list of checks, with its place in the list and what is said where it fails."""
    for index, check in enumerate(checks[:50] if isinstance(checks, list) else []):
        if isinstance(check, dict):
            message = check.get("message")
            yield index, check.get("condition", check), message if isinstance(message, str) else ""


def make_check(part: Tree, condition: Any) -> bool:
    """Have a form make a check of an input, where it can; tells whether it does."""
    call, args = (condition.get("call"), _args(condition)) if isinstance(condition, dict) else (None, {})
    least, most = as_number(args.get("min")), as_number(args.get("max"))
    if call == "required" or (call == "length" and least == 1 and most is None):
        if "required" not in part:
            return False
        part["required"] = True
        return True
    if call == "email" and part.get("kind") in {"text", "email"}:
        part["kind"] = "email"
        return True
    if call == "numeric" and part.get("kind") in {"text", "number"}:
        part["kind"] = "number"
        return least is None and most is None
    return call == "length" and (least is None or least <= 0) and most is None


def path_of(condition: Any) -> Any:
    """Return the path that a condition asks about, as it was sent, or None."""
    if not isinstance(condition, dict):
        return None
    value = _args(condition).get("value") if "call" in condition else condition
    return value.get("path") if isinstance(value, dict) else None


def _args(condition: dict[str, Any]) -> dict[str, Any]:
    args = condition.get("args")
    return args if isinstance(args, dict) else {}


def _kept(surfacing: Surfacing, place: Place, part: Tree) -> Tree:
    """Keep an input by its path, and have its checks made."""
    path = surfacing.bound(place)
    if path is not None:
        surfacing.inputs.setdefault(path, []).append(part)
    for index, condition, message in conditions(place.get("checks")):
        for leaf in leaves(condition):
            asked = path_of(leaf)
            own = isinstance(asked, str) and surfacing.values.path(asked, place.scope) == path
            if not (own and make_check(part, leaf)):
                said = f"“{clip(message, 120)}”" if message else "of its value"
                surfacing.note(place, f"The check {said} is not made.", prop=f"checks/{index}")
                # A rule can be read beforehand; a complaint in an empty field would confuse.
                if "must" in message.lower() and part.get("placeholder", "") is None:
                    part["placeholder"] = clip(plain(message), _LONGEST_LABEL)
    return part


def _field(surfacing: Surfacing, place: Place, kind: str, name: str) -> Tree:
    return {
        "type": "field",
        "kind": kind,
        "name": name,
        "label": _label(surfacing, place),
        "placeholder": None,
        "value": None,
        "required": False,
    }


def _label(surfacing: Surfacing, place: Place) -> str:
    label = surfacing.text(place, "label").strip()
    if not label:
        path = surfacing.bound(place) or place.part.id
        label = plain(in_words(path.rsplit("/", 1)[-1]))
    return clip(label, _LONGEST_LABEL)


def _options(surfacing: Surfacing, place: Place) -> dict[str, str]:
    listed = place.get("options")
    if not isinstance(listed, list) or not listed:
        surfacing.note(place, "There are no options to choose from.", prop="options")
        return {}
    if len(listed) > _MOST_OPTIONS:
        surfacing.note(place, f"Cut here: {_MOST_OPTIONS} of {len(listed)} options are shown.", prop="options")
    found: dict[str, str] = {}
    for index, option in enumerate(listed[:_MOST_OPTIONS]):
        if not isinstance(option, dict) or not isinstance(value := option.get("value"), str):
            surfacing.note(place, "This option has no value.", prop=f"options/{index}")
            continue
        said = surfacing.values.first(option.get("label"), place.scope, f"{place.pointer}/options/{index}/label")
        label = clip(_as_text(said) or value, _LONGEST_LABEL)
        found[value] = label if label not in found.values() else clip(f"{label} ({value})", _LONGEST_LABEL)
    return found


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None or isinstance(value, dict | list | bool) else str(value)
