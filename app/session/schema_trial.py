"""What the model makes of a schema that is being edited: a live sample, or several to see how they vary."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.exchange import Answer, Draft, Turn
from app.session.later import later

if TYPE_CHECKING:
    from app.session.runs import Runs

PROMPT: Final = "Make up one realistic example."
"""What is asked where a person asks nothing else."""
MANY: Final = 10
"""Samples that show how answers vary."""
_SETTLE_MS = 600
_MOST_TOKENS = 400
_FIRST_SEED = 42
_VARIED = 0.9


class Trial(QObject):
    """Samples of the open schema. They are shown, not kept.

    While it is `live`, a sample follows each text that can be held to, a while after the last edit; the one before is
    stopped. `changed` tells of other samples, or of one that grows.
    """

    changed = Signal()

    def __init__(self, runs: Runs) -> None:
        super().__init__()
        self.prompt = PROMPT
        self.seed = _FIRST_SEED
        self.live = False
        self.samples: list[Answer] = []
        self._runs = runs
        self._schema = ""
        self._follow_soon = later(self, _SETTLE_MS, self._sample)
        runs.changed.connect(self._run_changed)

    @property
    def running(self) -> bool:
        """Whether a sample is being written."""
        return any(sample.running for sample in self.samples)

    @property
    def stale(self) -> bool:
        """Whether what is shown was written for another text than the one that can be held to now."""
        return any(sample.draft.schema != self._schema for sample in self.samples)

    @property
    def ready(self) -> bool:
        """Whether there is a text that can be sampled."""
        return bool(self._schema)

    # Intents

    def set_live(self, *, live: bool) -> None:
        """Let samples follow the edits, or not."""
        self.live = live
        if live and self._schema and (self.stale or not self.samples):
            self._follow_soon.start()
        elif not live:
            self._follow_soon.stop()

    def set_prompt(self, prompt: str) -> None:
        """Ask something else for a sample."""
        prompt = prompt.strip() or PROMPT
        if prompt != self.prompt:
            self.prompt = prompt
            if self.live and self._schema:
                self._follow_soon.start()

    def leave(self) -> None:
        """Forget everything: another schema is opened."""
        self.stop()
        self._schema, self.samples, self.seed, self.prompt = "", [], _FIRST_SEED, PROMPT
        self.changed.emit()

    def follow(self, schema: str) -> None:
        """Take in another text that can be held to; the sample of the last one is stopped."""
        if schema == self._schema:
            return
        self.stop()
        self._schema = schema
        if self.live:
            self._follow_soon.start()
        self.changed.emit()

    def again(self) -> None:
        """Make another sample, with the next seed."""
        self.seed += 1
        self._sample()

    def vary(self) -> None:
        """Make several samples side by side, with some warmth; their seeds are drawn, and told afterwards."""
        self._begin([(None, _VARIED)] * MANY)

    def stop(self) -> None:
        """Stop what is being written."""
        self._follow_soon.stop()
        for sample in self.samples:
            if sample.running:
                self._runs.stop(sample)

    # Parts

    def _sample(self) -> None:
        self._begin([(self.seed, 0.0 if self.seed == _FIRST_SEED else _VARIED)])

    def _begin(self, runs: list[tuple[int | None, float]]) -> None:
        if not self._schema:
            return
        self.stop()
        self.samples = [
            Answer(
                f"sample-{uuid.uuid4().hex}",
                Draft(
                    prompt=self.prompt,
                    schema=self._schema,
                    temperature=temperature,
                    seed=seed,
                    max_tokens=_MOST_TOKENS,
                ),
                datetime.now(UTC).isoformat(),
            )
            for seed, temperature in runs
        ]
        for sample in self.samples:
            self._runs.begin(sample)
            self._runs.send(sample, [Turn("user", sample.draft.prompt)])
        self.changed.emit()

    def _run_changed(self, answer: Answer) -> None:
        if any(sample is answer for sample in self.samples):
            self.changed.emit()
