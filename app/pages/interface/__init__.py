"""The page of generated interfaces."""

from app.pages.interface.page import InterfacePage

__all__ = ["InterfacePage"]
