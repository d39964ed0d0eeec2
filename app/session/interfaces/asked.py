"""What an interface asks of the model: one question with one answer or several, saved before anything is sent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from app.exchange import Draft, Turn
from app.session.interfaces.answer import InterfaceAnswer

if TYPE_CHECKING:
    from app.session.interfaces.answer import TurnKind
    from engine.interface.asking import Brief

VARIED = 0.8
"""The temperature of variants but the first, which is the one that would be written without others."""


@dataclass(frozen=True)
class Question:
    """What is asked: the message as the thread keeps it, what led to it, and what the model is told instead."""

    text: str
    kind: TurnKind
    at: str
    base: Any
    brief: Brief
    warm: bool = False
    """Whether the first answer, too, is drawn: where the likeliest one is there already."""

    def turns(self) -> list[Turn]:
        """Return what the model is told after the system message."""
        return [Turn(role, text) for role, text in self.brief.turns]

    def answers(self, many: int = 1) -> list[InterfaceAnswer]:
        """Return fresh answers; all but the first are drawn with some warmth, so that they differ."""
        draft = Draft(
            prompt=self.text,
            system=self.brief.system,
            schema=self.brief.schema_text,
            repetition=self.brief.repetition,
            max_tokens=self.brief.max_tokens,
        )
        return [
            InterfaceAnswer(
                f"interface-{uuid.uuid4().hex}",
                replace(draft, temperature=VARIED) if number or self.warm else draft,
                datetime.now(UTC).isoformat(),
                kind=self.kind,
                at=self.at,
                base=self.base,
            )
            for number in range(many)
        ]
