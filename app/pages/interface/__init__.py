"""Interface: a described screen, grown from native widgets."""

from app.pages.interface.page import InterfacePage

__all__ = ["InterfacePage"]
