"""A2UI v0.9, the basic catalogue: messages of a server become one tree of ours.

The specification: https://a2ui.org/specification/v0_9 (Apache-2.0).
"""

from __future__ import annotations

from typing import Any

from engine.interface.dialects.a2ui.components import MAKERS, contents, otherwise
from engine.interface.dialects.a2ui.mapping import Surfacing
from engine.interface.dialects.a2ui.surfaces import Surface, from_components, is_component, is_message, surfaces
from engine.interface.dialects.imported import Imported, NotImported, Running, Tree, clip, in_words, plain

_LONGEST_TITLE = 120


def recognises(value: Any) -> bool:
    """Tell whether a value is a file of messages, a list of them, one of them, or a list of components."""
    if isinstance(value, dict):
        return is_message(value) or recognises(value.get("messages")) or recognises(value.get("components"))
    return isinstance(value, list) and any(is_message(item) or is_component(item) for item in value[:50])


def read(value: Any) -> Imported:
    """Return the screen that messages make: that of their one surface, or a tab for each of several.

    Raises NotImported where they make none.
    """
    running = Running()
    name = value.get("name") if isinstance(value, dict) else None
    found = _surfaces(value, running)
    whole = [surface for surface in found if "root" in surface.parts]
    if not whole:
        raise NotImported(
            "There is no component “root” in these messages.",
            where="",
            advice="A screen of A2UI begins with the component of that id.",
        )
    running.names.update(("root",))
    title = name if isinstance(name, str) else ""
    if len(whole) > 1:
        tabs = [{"label": clip(in_words(surface.id), 60), "children": _children(surface, running)} for surface in whole]
        tree = _titled([{"type": "tabs", "tabs": tabs}], title)
    else:
        tree = _titled(_children(whole[0], running), title or str(whole[0].theme.get("agentDisplayName") or ""))
    return Imported(tree, tuple(running.notes), tuple(running.sources), "a2ui")


def _surfaces(value: Any, running: Running) -> list[Surface]:
    if isinstance(value, dict) and not is_message(value):
        key = "messages" if recognises(value.get("messages")) else "components"
        return _listed(value[key], f"/{key}", running)
    return _listed(value if isinstance(value, list) else [value], "", running)


def _listed(value: Any, at: str, running: Running) -> list[Surface]:
    listed = value if isinstance(value, list) else [value]
    if any(is_message(item) for item in listed):
        return surfaces(listed, at, running)
    return [from_components(listed, at, running)]


def _children(surface: Surface, running: Running) -> list[Tree]:
    surfacing = Surfacing(surface, running, MAKERS, otherwise)
    return contents(surfacing, surfacing.root())


def _titled(children: list[Tree], name: str) -> Tree:
    """Return the screen; a heading that begins it is its title, else it has the name of the file."""
    first = children[0] if children else {}
    if first.get("type") == "text" and first.get("style") == "title":
        return {"type": "root", "title": clip(first["text"], _LONGEST_TITLE), "children": children[1:]}
    return {"type": "root", "title": clip(plain(name), _LONGEST_TITLE), "children": children}


__all__ = ["read", "recognises"]
