"""What the model makes of the open schema."""

from app.pages.schemas.trial.panel import TrialPanel

__all__ = ["TrialPanel"]
