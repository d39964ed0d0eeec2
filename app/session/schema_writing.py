"""The model as the author of a schema: from a sentence, and again as a further sentence says."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.exchange import Answer, Draft, Turn
from engine.chat.describing import LONGEST, MOST_TOKENS, REPETITION, brief, finished, stripped
from engine.errors import InvalidRequest

if TYPE_CHECKING:
    from app.session.runs import Runs


class SchemaWriting(QObject):
    """A schema that the model is writing, one at a time.

    `grown` tells what there is of it so far, as a schema; `ended` that no more comes: `answer` says how.
    """

    grown = Signal(object)
    ended = Signal(object)

    def __init__(self, runs: Runs) -> None:
        super().__init__()
        self.answer: Answer | None = None
        self.schema: Any = None
        """What there is of the schema so far."""
        self._runs = runs
        runs.changed.connect(self._run_changed)
        runs.ended.connect(self._run_ended)

    @property
    def running(self) -> bool:
        """Whether the model is writing."""
        return self.answer is not None and self.answer.running

    def write(self, sentence: str, schema: Any = None) -> None:
        """Have a schema written for what a sentence describes; with `schema`, that one as the sentence would have it.

        Raises InvalidRequest where there is no sentence, or the schema is too long to be written again.
        """
        if not sentence.strip():
            raise InvalidRequest("There is no description yet.", advice="Say in a sentence what is to be recorded.")
        if schema is not None and len(json.dumps(stripped(schema))) > LONGEST:
            raise InvalidRequest(
                "This schema is too long to be written again by the model.", advice="Change a part of it by hand."
            )
        self.stop()
        asked = brief(sentence.strip(), schema)
        draft = Draft(
            prompt=sentence,
            system=asked.system,
            schema=asked.schema_text,
            repetition=REPETITION,
            max_tokens=MOST_TOKENS,
        )
        self.schema = None
        self.answer = Answer(f"schema-{uuid.uuid4().hex}", draft, datetime.now(UTC).isoformat())
        self._runs.begin(self.answer)
        self._runs.send(self.answer, [Turn(role, text) for role, text in asked.turns])

    def stop(self) -> None:
        """Stop the model; what it has written stands."""
        if self.answer is not None and self.answer.running:
            self._runs.stop(self.answer)

    def _run_changed(self, answer: Answer) -> None:
        if answer is not self.answer or not answer.text:
            return
        from pydantic_core import from_json

        try:
            schema = finished(from_json(answer.text, allow_partial="trailing-strings"))
        except ValueError:
            return
        if isinstance(schema, dict) and schema != self.schema:
            self.schema = schema
            self.grown.emit(schema)

    def _run_ended(self, answer: Answer) -> None:
        if answer is self.answer:
            self.ended.emit(answer)
