"""The right side of the page: the chosen row in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.pages.models.endpoint_panel import EndpointPanel
from app.pages.models.hub_panel import HubPanel
from app.pages.models.model_panel import ModelPanel
from app.pages.models.side_by_side import WIDTH
from app.style import tokens
from app.widgets.controls import EmptyState, ground, icon_button
from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from app.style.theme import Theme

_NONE: Final = "Choose a model to see what it takes, and how it is loaded."


class DetailSide(QFrame):
    """A name above, and below it the panel for what kind of row was chosen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "canvas")
        self.setProperty("rule", "left")
        self.name = ElidedLabel(theme, 13, 600)
        self.reset = icon_button(theme, "arrow-counter-clockwise", "Reset to the file's defaults")
        self.model = ModelPanel(theme)
        self.hub = HubPanel(theme)
        self.endpoint = EndpointPanel(theme)
        self.nothing = EmptyState(theme, _NONE)
        self.panels = QStackedWidget()
        for panel in (self.nothing, self.model, self.hub, self.endpoint):
            self.panels.addWidget(panel)
        top = ground("canvas", "below")
        top.setFixedHeight(tokens.HEADER)
        row = QHBoxLayout(top)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.name, 1)
        row.addWidget(self.reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(top)
        column.addWidget(self.panels, 1)
        self.spread(wide=False)
        self.show_panel(self.nothing, "")

    def spread(self, *, wide: bool) -> None:
        """Take the room that a wide window has."""
        self.setFixedWidth(2 * WIDTH if wide else WIDTH)
        for panel in (self.model, self.hub, self.endpoint):
            panel.columns.spread(wide=wide)

    def show_panel(self, panel: QWidget, name: str) -> None:
        """Bring a panel to the front, under a name; only models of this machine have defaults to go back to."""
        self.panels.setCurrentWidget(panel)
        self.name.say(name)
        self.reset.setVisible(panel is self.model)
