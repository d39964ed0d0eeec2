"""Interface: a described screen, grown from native widgets. Still to come."""

from __future__ import annotations

from app.widgets.unbuilt_page import UnbuiltPage


class InterfacePage(UnbuiltPage):
    """The interface page to come."""

    title = "Interface"
    line = "Here a screen you describe will grow from native widgets, to be clicked through."
    hint = "Nothing of it works yet."
