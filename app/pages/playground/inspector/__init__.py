"""Everything that decides an answer beside the prompt."""

from app.pages.playground.inspector.panel import Inspector

__all__ = ["Inspector"]
