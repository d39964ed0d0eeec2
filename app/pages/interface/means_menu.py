"""How to run otherwise, and what the model may use: how many components, whose, and what is attached."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from app import figures
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.pages.interface.ways import Ways
    from app.session import SchemaLibrary
    from app.session.interfaces import Interfaces, Profile

VARIANTS = 3
_OFFERED = 40


class MeansMenu(QMenu):
    """Variants; the core components or all, those that ship or those of a saved schema; data and pictures.

    `run` is given how many answers are wanted, where `can_run`.
    """

    def __init__(
        self,
        parent: QWidget,
        session: Interfaces,
        schemas: SchemaLibrary,
        ways: Ways,
        run: Callable[[int], object],
        *,
        can_run: bool,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._schemas = schemas
        self.addAction(f"{VARIANTS} variants, side by side", partial(run, VARIANTS)).setEnabled(can_run)
        self.addSeparator()
        chosen = QActionGroup(self)
        counts = self._counts()
        offered: tuple[tuple[Profile, str], ...] = (("core", "Core components"), ("full", "All components"))
        for profile, words in offered:
            action = self.addAction(f"{words}{counts[profile]}", partial(session.set_profile, profile))
            action.setCheckable(True)
            action.setChecked(session.profile == profile)
            chosen.addAction(action)
        self._whose = self.addMenu("Components of")
        self._fill()
        if not schemas.known:
            schemas.started.connect(self._fill)
            schemas.start()
        self.addSeparator()
        self.addAction("Attach data (CSV, JSON)…", ways.attach_data)
        self.addAction("Attach a picture…", ways.attach_picture)

    def _counts(self) -> dict[str, str]:
        count = len(self._session.catalogue.components)
        return {"core": ": small models do better", "full": f": {figures.number(count)}"}

    def _fill(self) -> None:
        menu, session = self._whose, self._session
        menu.clear()
        self._add(menu, "Espalier", lambda: session.choose_catalogue(None))
        if self._schemas.rows:
            menu.addSeparator()
        for row in self._schemas.rows[:_OFFERED]:
            name = one_line(row.name, 60).replace("&", "&&")
            self._add(menu, name, partial(self._schemas.text_of, row.id, self._choose))
        if not self._schemas.rows:
            menu.addSeparator()
            self._add(menu, "A catalogue of your own is a schema, made in Schemas", lambda: None).setEnabled(False)

    def _choose(self, text: str) -> None:
        self._session.choose_catalogue(text)

    @staticmethod
    def _add(menu: QMenu, words: str, intent: Callable[..., object]) -> QAction:
        return menu.addAction(words, intent)
