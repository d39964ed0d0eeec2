"""What a person does to the parts of a screen by hand, as edits of its tree that can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.style.plain_text import one_line
from engine.interface import editing
from engine.interface.reading import checked_prop
from engine.schema.pointer import value_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.session.interfaces import Interfaces

_LONGEST = 60


class PartEdits(QObject):
    """Turns deeds into edits. `selected` is given the path of the part that is to be chosen afterwards."""

    selected = Signal(object)
    refused = Signal(str, object)
    """A change that was not taken: why, and the prop that it is about, if it is about one."""

    def __init__(self, session: Interfaces, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session

    def do(self, deed: str, path: str) -> None:
        """Remove, duplicate or move ("up", "down") a part."""
        name, catalogue = self._name(path), self._session.catalogue
        above, _, number = path.rpartition("/")
        at = int(number)
        match deed:
            case "remove":
                count = len(value_at(self._session.tree, above) or ())
                after = path if at + 1 < count else f"{above}/{at - 1}" if at else above.rpartition("/")[0]
                self._edit(lambda tree: editing.remove(tree, path), f"Delete {name}", after)
            case "duplicate":
                after = f"{above}/{at + 1}"
                self._edit(lambda tree: editing.duplicate(tree, path, catalogue), f"Duplicate {name}", after)
            case "up" | "down":
                to = f"{above}/{at - 1 if deed == 'up' else at + 2}"
                after = editing.moved(path, to)
                self._edit(lambda tree: editing.move(tree, path, to, catalogue), f"Move {name}", after)

    def add(self, type_: str, path: str, slot: str | None) -> None:
        """Add a component inside a part, at the end of a slot, or after it."""
        tree, catalogue = self._session.tree, self._session.catalogue
        component = catalogue.component(type_)
        if component is None:
            return
        if slot is None:
            above, _, number = path.rpartition("/")
            target = f"{above}/{int(number) + 1}"
        else:
            inside = value_at(tree, f"{path}/{slot}")
            target = f"{path}/{slot}/{len(inside) if isinstance(inside, list) else 0}"
        node = editing.blank(component, editing.names_of(tree, catalogue))
        self._edit(lambda tree: editing.insert(tree, target, node, catalogue), f"Add {component.title}", target)

    def wrap(self, type_: str, path: str) -> None:
        """Put a part into a new one that takes its place."""
        tree, catalogue = self._session.tree, self._session.catalogue
        component = catalogue.component(type_)
        if component is not None:
            holder = editing.blank(component, editing.names_of(tree, catalogue))
            words = f"Wrap {self._name(path)} in {component.title}"
            self._edit(lambda tree: editing.wrap(tree, path, holder, catalogue), words, path)

    def _edit(self, operation: Callable[[Any], Any], words: str, after: str) -> None:
        if self._session.edit(operation, words):
            self.selected.emit(after)

    def put(self, path: str, name: str, value: Any) -> None:
        """Give a prop another value, unless that cannot be shown."""
        node = value_at(self._session.tree, path)
        component = self._session.catalogue.component(_type(node, path))
        if component is not None:
            _, wrong = checked_prop(component, name, value)
            if wrong is not None:
                self.refused.emit(wrong, name)
                return
        self._session.edit(lambda tree: editing.put_prop(tree, path, name, value), f"Change {one_line(name, 40)}")

    def replace(self, path: str, node: Any) -> None:
        """Put another node in the place of a part."""
        if not isinstance(node, dict):
            self.refused.emit("A part is a JSON object.", None)
            return
        if not path and node.get("type") != "root":
            self.refused.emit("The whole screen has the type “root”.", None)
            return
        if not isinstance(node.get("type"), str) and not path.rpartition("/")[0].endswith("/tabs"):
            self.refused.emit("A part needs a type, such as “text”.", None)
            return
        self._session.edit(lambda tree: editing.replace(tree, path, node), f"Change {self._name(path)}")

    def _name(self, path: str) -> str:
        component = self._session.catalogue.component(_type(value_at(self._session.tree, path), path))
        return one_line(component.title, _LONGEST) if component is not None else "a part"


def _type(node: Any, path: str) -> str:
    type_ = node.get("type") if isinstance(node, dict) else None
    if isinstance(type_, str):
        return type_
    return "tab" if path.rpartition("/")[0].endswith("/tabs") else ""
