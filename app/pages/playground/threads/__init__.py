"""The threads panel of the Playground."""

from app.pages.playground.threads.panel import ThreadsPanel

__all__ = ["ThreadsPanel"]
