"""The problems of the open schema, and what mends them."""

from app.pages.schemas.problems.panel import ProblemsPanel

__all__ = ["ProblemsPanel"]
