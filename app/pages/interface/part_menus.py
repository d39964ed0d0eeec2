"""The menus of a part: what can be added to it or after it, by the catalogue's groups, and what else can be done."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from app.models.interface_tree import PartRow
    from app.style.theme import Theme
    from engine.interface.catalogue import Catalogue, Component

ENTRY: Final = "tab"
NEVER_ADDED: Final = frozenset({"root", ENTRY})
"""Components that stand in one place only."""


def addable(catalogue: Catalogue) -> dict[str, list[Component]]:
    """Return the components that can stand anywhere, by their groups, in the catalogue's order."""
    groups: dict[str, list[Component]] = {}
    for component in catalogue.components.values():
        if component.type not in NEVER_ADDED:
            groups.setdefault(component.group, []).append(component)
    return groups


def slot_of(catalogue: Catalogue, row: PartRow) -> str | None:
    """Return the slot of a part that takes what is added to it; None where it holds nothing."""
    component = catalogue.component(row.type)
    return component.slots[0] if component is not None and component.slots else None


class AddMenu(QMenu):
    """The components that can be added inside a part, and after it.

    `add` is given the type, and the slot that it is to stand in, or None for after the part.
    """

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        catalogue: Catalogue,
        row: PartRow,
        title: str,
        add: Callable[[str, str | None], Any],
    ) -> None:
        super().__init__("Add", parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._theme = theme
        slot = slot_of(catalogue, row)
        groups = addable(catalogue)
        if slot == "tabs":
            self.addAction("Tab", lambda: add(ENTRY, slot))
        elif slot is not None:
            self._section(f"Inside {title}", groups, lambda type_: add(type_, slot))
        if row.parent is not None:
            if slot is not None:
                self.addSeparator()
            if row.slot == "tabs":
                self.addAction("Tab after this one", lambda: add(ENTRY, None))
            else:
                self._section(f"After {title}", groups, lambda type_: add(type_, None))

    def _section(self, words: str, groups: dict[str, list[Component]], add: Callable[[str], Any]) -> None:
        told = self.addAction(words)
        told.setEnabled(False)
        for group, components in groups.items():
            menu = self.addMenu(group)
            for component in components:
                action = menu.addAction(component.title, partial(add, component.type))
                action.setToolTip(component.description)
