"""A2UI messages put together: the components and the data of each surface, as they stand after the last message."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from engine.interface.dialects.imported import NotImported
from engine.schema.pointer import unescape

if TYPE_CHECKING:
    from engine.interface.dialects.imported import Running

VERSION: Final = "v0.9"
_OLDER: Final = frozenset({"beginRendering", "surfaceUpdate", "dataModelUpdate"})
_KINDS: Final = ("createSurface", "updateComponents", "updateDataModel", "deleteSurface")
_MOST_ITEMS: Final = 10_000


@dataclass(frozen=True)
class Part:
    """One component as it was sent. `pointer` is where it stands in the source."""

    id: str
    component: str
    props: dict[str, Any]
    pointer: str


@dataclass
class Surface:
    """One surface: its components by their ids, its data, and what its theme says."""

    id: str
    parts: dict[str, Part] = field(default_factory=dict)
    data: Any = field(default_factory=dict)
    theme: dict[str, Any] = field(default_factory=dict)


def is_message(value: Any) -> bool:
    """Tell whether a value is a message of A2UI, of this version or an older one."""
    return isinstance(value, dict) and any(kind in value for kind in (*_KINDS, *_OLDER))


def is_component(value: Any) -> bool:
    """Tell whether a value is a component of A2UI."""
    return isinstance(value, dict) and isinstance(value.get("component"), str) and isinstance(value.get("id"), str)


def surfaces(messages: list[Any], at: str, running: Running) -> list[Surface]:
    """Return the surfaces that the messages make, in the order in which they come up. `at` points at the list.

    A surface that a message deletes stays as it was before: a stream is imported for what it showed. Raises
    NotImported for an older version of the format.
    """
    found: dict[str, Surface] = {}
    for index, message in enumerate(messages):
        pointer = f"{at}/{index}"
        if not isinstance(message, dict):
            running.note(pointer, "This is no message.")
            continue
        if _OLDER & message.keys():
            raise NotImported(
                "This is A2UI v0.8.",
                where=pointer,
                advice=f"Convert it to {VERSION}, which can be imported.",
            )
        kind = next((kind for kind in _KINDS if kind in message), None)
        if kind is None:
            running.note(pointer, "This is no message that A2UI knows.")
            continue
        body = message[kind]
        if not isinstance(body, dict):
            running.note(f"{pointer}/{kind}", "This message says nothing.")
            continue
        name = body.get("surfaceId")
        surface = found.setdefault(str(name), Surface(str(name)))
        _read(kind, body, f"{pointer}/{kind}", surface, running)
    return list(found.values())


def from_components(components: list[Any], at: str, running: Running) -> Surface:
    """Return a surface of nothing but components."""
    surface = Surface("")
    _components(components, at, surface, running)
    return surface


def _read(kind: str, body: dict[str, Any], pointer: str, surface: Surface, running: Running) -> None:
    if kind == "createSurface":
        theme = body.get("theme")
        surface.theme = theme if isinstance(theme, dict) else {}
    elif kind == "updateComponents":
        _components(body.get("components"), f"{pointer}/components", surface, running)
    elif kind == "updateDataModel":
        _update(surface, body, pointer, running)
    else:
        running.note(pointer, "The surface is deleted in the end; it is imported as it was before.", "design")


def _components(components: Any, at: str, surface: Surface, running: Running) -> None:
    if not isinstance(components, list):
        running.note(at, "There is no list of components here.")
        return
    for index, component in enumerate(components):
        if is_component(component):
            props = {key: value for key, value in component.items() if key not in {"id", "component"}}
            # A later component of the same id replaces the one before.
            surface.parts[component["id"]] = Part(component["id"], component["component"], props, f"{at}/{index}")
        else:
            running.note(f"{at}/{index}", "This component has no id or no type.")


def _update(surface: Surface, body: dict[str, Any], pointer: str, running: Running) -> None:
    path = body.get("path", "/")
    steps = [unescape(token) for token in path.split("/")[1:] if token] if isinstance(path, str) else None
    if steps is None or (isinstance(path, str) and path and not path.startswith("/")):
        running.note(f"{pointer}/path", "This is no path into the data.")
        return
    if not steps:
        surface.data = copy.copy(body.get("value", {}))
        return
    # Containers on the way are copied, so that what was read stays as it came.
    surface.data = holder = _opened(surface.data)
    for step in steps[:-1]:
        below = _opened(_child(holder, step))
        if not _put(holder, step, below):
            running.note(f"{pointer}/path", "This path leads nowhere in the data.")
            return
        holder = below
    if "value" not in body:
        _remove(holder, steps[-1])
    elif not _put(holder, steps[-1], body["value"]):
        running.note(f"{pointer}/path", "This path leads nowhere in the data.")


def _opened(value: Any) -> Any:
    return list(value) if isinstance(value, list) else dict(value) if isinstance(value, dict) else {}


def _index(step: str) -> int | None:
    return int(step) if step.isascii() and step.isdecimal() and len(step) < 6 else None


def _child(holder: Any, step: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(step)
    index = _index(step)
    return holder[index] if index is not None and index < len(holder) else None


def _put(holder: Any, step: str, value: Any) -> bool:
    if isinstance(holder, dict):
        holder[step] = value
        return True
    index = _index(step)
    if index is None or index >= _MOST_ITEMS:
        return False
    holder.extend([None] * (index + 1 - len(holder)))
    holder[index] = value
    return True


def _remove(holder: Any, step: str) -> None:
    if isinstance(holder, dict):
        holder.pop(step, None)
    elif (index := _index(step)) is not None and index < len(holder):
        holder[index] = None
