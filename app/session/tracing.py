"""The engine's traces as the window keeps them: without pydantic, which the window does not wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.token_trace import Alternative, Token

if TYPE_CHECKING:
    from engine.model.protocol import TokenTrace


def token_of(trace: TokenTrace) -> Token:
    """Return a token as the window shows it and the store keeps it."""
    return Token(
        trace.token,
        trace.text,
        trace.how,
        trace.probability,
        trace.removed_mass,
        tuple(
            Alternative(entry.token, entry.text, entry.probability, entry.allowed, entry.refused)
            for entry in trace.alternatives
        ),
    )
