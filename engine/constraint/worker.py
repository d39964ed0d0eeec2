"""The process that plans large schemas for a `Planner`: the text of a schema to what planning it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.constraint.closing import byte_closer
from engine.constraint.compile import Planned, plan_schema
from engine.errors import ConstraintUnsupported
from engine.schema.document import read_schema
from engine.workers.serving import run

if TYPE_CHECKING:
    from engine.workers.serving import Tell


def _plan(request: bytes, _tell: Tell) -> Planned:
    """Plan a schema, and begin an answer: whatever takes long in that is under the limits of this process too."""
    try:
        planned = plan_schema(read_schema(request.decode()))
        matcher = planned.compiled().matcher(byte_closer().tokenizer)
        matcher.take_forced()
        if not matcher.ended:
            matcher.allowed()
    except MemoryError:
        raise ConstraintUnsupported(
            "This schema is too much to plan: it takes more memory than it may.",
            where="the root",
            advice="Give it fewer alternatives, or split it.",
        ) from None
    return planned


if __name__ == "__main__":
    run(_plan)
