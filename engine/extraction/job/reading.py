"""What is asked of one document, request by request, and what comes of the answers.

A reading is a generator: it yields a `Question`, is sent the `Answer`, and returns an `Outcome` when it knows enough.
So whatever a document needs (a second attempt, several excerpts, a second look) is written down in the order in which
it happens, while the run keeps many readings going at once and knows nothing of them. What concerns all documents (a
schema that cannot be held to, no model) never reaches a reading, nor does a crash of the host: the same question is
asked again.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import BudgetExceeded, TokenLimitReached
from engine.extraction.cells import assemble, read_answer
from engine.extraction.plan import PENALTY_WINDOW, REPETITION_PENALTY, describe_reading
from engine.extraction.second_look import compare, in_another_order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.errors import EngineError
    from engine.extraction.cells import Cell
    from engine.extraction.excerpts import Part, Source
    from engine.extraction.plan import ExtractionPlan
    from engine.model.protocol import GenerateRequest, ModelInfo, Receipt, Sampling, ValueClosed

RETRY_TEMPERATURE = 0.7
"""Of a second attempt at an answer that did not pass the checks: with none, another seed would change nothing."""


@dataclass(frozen=True)
class Question:
    """One request of a document. A `watched` one is stopped where its answer goes in circles."""

    part: Part
    request: GenerateRequest
    watched: bool = False


@dataclass
class Answer:
    """What came of a request: its text and the values that were closed in it, or why there is none.

    `trimmed` characters at the end of the excerpts did not fit the context; `circled` tells that it was stopped.
    """

    question: Question
    text: str = ""
    values: dict[str, ValueClosed] = field(default_factory=dict)
    trimmed: int = 0
    circled: bool = False
    error: EngineError | None = None
    receipt: Receipt | None = None

    @property
    def reason(self) -> str:
        """How it ended, as its receipt says; empty without one."""
        return self.receipt.finish_reason if self.receipt else ""


@dataclass(frozen=True)
class Outcome:
    """What a reading came to. `cells` are plain JSON; `answers` those that it is made of, the main one last."""

    record: Any = None
    cells: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()
    error: EngineError | None = None
    answers: tuple[Answer, ...] = ()


Reading = Generator[Question, Answer, Outcome]


def read(plan: ExtractionPlan, source: Source, model: ModelInfo) -> Reading:
    """Read a document: one request, and a second attempt where the first one does not do."""
    document = source.document
    answer, said = yield from ask(plan, plan.whole(source, model), model)
    part = answer.question.part
    read_of_it = describe_reading(document, len(part.excerpts.text) - answer.trimmed)
    notes = (*document.notes, *filter(None, (read_of_it,)), *said)
    if answer.error is not None:
        return Outcome(notes=notes, error=answer.error, answers=(answer,))
    record = json.loads(answer.text)
    if part.decode is None:
        return Outcome(record, notes=notes, answers=(answer,))
    made = assemble(part, record, answer.values)
    looked = (yield from look_again(plan, part, made.cells, model)) if plan.second_look else ()
    cells = {pointer: cell.to_json(document) for pointer, cell in made.cells.items()}
    return Outcome(made.record, cells, notes, made.error, (*looked, answer))


def look_again(
    plan: ExtractionPlan, part: Part, cells: Mapping[str, Cell], model: ModelInfo
) -> Generator[Question, Answer, tuple[Answer, ...]]:
    """Ask a part in another order, and note in the cells that came of it where the answers agree.

    Returns the answer, if there is one: a second look that comes to nothing says nothing of the first.
    """
    other = in_another_order(part)
    if other is None:
        return ()
    answer, _ = yield from ask(plan, other, model)
    if answer.error is not None:
        return ()
    compare(cells, read_answer(other, json.loads(answer.text), answer.values).cells)
    return (answer,)


def ask(
    plan: ExtractionPlan, part: Part, model: ModelInfo
) -> Generator[Question, Answer, tuple[Answer, tuple[str, ...]]]:
    """Ask a part of a document, once more where the answer does not do; return it and what a reader has to know.

    An answer that no model found (it was constructed to pass the checks) comes back as an error.
    """
    answer = yield Question(part, plan.request(part, model), watched=True)
    notes = []
    if (again := _second_attempt(answer, plan.sampling)) is not None:
        sampling, note = again
        notes.append(note)
        answer = yield Question(part, plan.request(part, model, sampling=sampling))
    if answer.error is None and answer.reason == "constructed":
        answer.error = _made_up()
    if answer.error is None and answer.reason == "length_closed":
        notes.append("The token limit was near, so the record was closed: its last values may be cut short.")
    return answer, tuple(notes)


def _second_attempt(answer: Answer, sampling: Sampling) -> tuple[Sampling, str] | None:
    """Return how to ask once more and what to say of it, or None where the answer does, or would not change."""
    seed = 1 if sampling.seed is None else (sampling.seed + 1) % 2**63
    # Whether a circling answer ended before it could be stopped must not decide the row.
    if answer.circled or answer.reason == "length_closed" or isinstance(answer.error, TokenLimitReached):
        changes = {"repetition_penalty": REPETITION_PENALTY, "penalty_window": PENALTY_WINDOW, "seed": seed}
        note = (
            "The first answer repeated itself or ran past its limit, so it was written again with a repetition penalty "
            f"of {REPETITION_PENALTY}."
        )
        return sampling.model_copy(update=changes), note
    if answer.reason == "constructed" or isinstance(answer.error, BudgetExceeded):
        temperature = max(sampling.temperature, RETRY_TEMPERATURE)
        note = (
            "The first answer did not pass the schema's checks, so it was written again with the seed "
            f"{seed} and a temperature of {temperature:g}."
        )
        return sampling.model_copy(update={"temperature": temperature, "seed": seed}), note
    return None


def _made_up() -> EngineError:
    return BudgetExceeded(
        "The model found no values that pass the schema's checks, and none are made up for it.",
        advice="Make the schema simpler, or try a larger model.",
    )
