"""What pages may ask for and what they are told: intents in, signals out. No page knows more of the engine."""

from app.session.session import Session

__all__ = ["Session"]
