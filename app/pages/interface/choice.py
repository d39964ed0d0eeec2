"""The part that is chosen: in the tree, in the preview and beside them, and whether the composer is about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from engine.schema.pointer import value_at

if TYPE_CHECKING:
    from app.pages.interface.composer import Composer
    from app.pages.interface.preview import PreviewPanel
    from app.pages.interface.showing import Showing
    from app.pages.interface.tree_panel import TreePanel
    from app.session.interfaces import Interfaces
    from engine.interface.reading import Problem


class Choice(QObject):
    """One part at most, by its path. `target` is the one that what is asked next is about, None for all of it."""

    told = Signal(str)

    def __init__(
        self, session: Interfaces, showing: Showing, tree: TreePanel, preview: PreviewPanel, composer: Composer
    ) -> None:
        super().__init__(tree)
        self.path: str | None = None
        self.target: str | None = None
        self._awaited = False
        self._session = session
        self._showing = showing
        self._tree = tree
        self._preview = preview
        self._composer = composer
        showing.chosen.connect(self.choose)
        showing.json_asked.connect(self.show_json)
        tree.chosen.connect(self.choose)
        tree.part.jumped.connect(self.jump)
        composer.target_asked.connect(self.aim)
        composer.whole_asked.connect(self.aim_at_all)

    def choose(self, path: str | None) -> None:
        """Choose a part; None chooses none."""
        self.path = path
        self._tree.select(path)
        self._showing.select(path)
        if self._awaited or self.target is not None:
            self._awaited, self.target = False, path or None
        self.show()

    def forget(self) -> None:
        """Choose nothing, as another interface is shown."""
        self.path = self.target = None
        self._awaited = False

    def keep(self) -> None:
        """Stay where it was: rows that went have taken the choice of the tree along to others."""
        if self.path is not None and self._tree.view.path != self.path:
            self._tree.select(self.path)

    def show(self) -> None:
        """Show the part beside the tree, and whether the composer is about it."""
        model, path = self._tree.model, self.path
        aimed = model.row_at(self.target) if self.target else None
        self._composer.show_target(model.name(aimed) if aimed is not None else "")
        row = model.row_at(path) if path is not None else None
        if path is None or row is None:
            self._tree.part.show_part(None, None, None)
            return
        known = self._session.tree is not None and not self._showing.looking_back
        value = value_at(self._session.tree, path) if known else None
        component = self._session.catalogue.component(row.type)
        node: Any = value if isinstance(value, dict) else None
        self._tree.part.show_part(path, node, component, name=model.name(row))

    def show_json(self, path: str) -> None:
        """Choose a part, and show what it says."""
        self.choose(path)
        self._tree.part.choose_tab("JSON")

    def jump(self, problem: Problem) -> None:
        """Choose the part with which something is wrong."""
        model = self._tree.model
        self.choose(model.path_of(model.nearest(problem.path)))

    def aim(self) -> None:
        """Have the composer be about the part that is chosen, or else about the one that is clicked next."""
        if self.path:
            self.target = self.path
            self.show()
            self._composer.text.setFocus()
        else:
            self._awaited = True
            self._preview.inspect.setChecked(True)
            self.told.emit("Click the part in the preview that is to change.")

    def aim_at_all(self) -> None:
        """Have the composer be about the whole screen."""
        self._awaited, self.target = False, None
        self.show()
