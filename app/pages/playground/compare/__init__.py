"""Answers side by side, with what differs between them."""

from app.pages.playground.compare.view import CompareView

__all__ = ["CompareView"]
