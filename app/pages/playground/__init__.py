"""Ask for something, and watch it grow against its schema."""

from app.pages.playground.page import PlaygroundPage

__all__ = ["PlaygroundPage"]
