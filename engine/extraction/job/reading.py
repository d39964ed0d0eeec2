"""What is asked of one document, request by request, and what comes of the answers.

A reading is a generator: it yields a `Question`, is sent the `Answer`, and returns an `Outcome` when it knows enough.
So whatever a document needs (a second attempt, several excerpts, a second look) is written down in the order in which
it happens, while the run keeps many readings going at once and knows nothing of them. What concerns all documents (a
schema that cannot be held to, no model) never reaches a reading, nor does a crash of the host: the same question is
asked again.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import BudgetExceeded, DocumentLate, EngineError, TokenLimitReached
from engine.extraction.cells import read_answer
from engine.extraction.long import Answered
from engine.extraction.long.arrangement import where_of
from engine.extraction.plan import PENALTY_WINDOW, REPETITION_PENALTY
from engine.extraction.second_look import compare, in_another_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.extraction.cells import Cell
    from engine.extraction.excerpts import Part, Span
    from engine.extraction.long import Arrangement, Arranger
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
    def ran_over(self) -> bool:
        """Whether it had more to say than it had tokens for, though it did not repeat itself."""
        over = self.reason == "length_closed" or isinstance(self.error, TokenLimitReached)
        return over and not self.circled

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


def read(plan: ExtractionPlan, arrangement: Arrangement, arranger: Arranger, model: ModelInfo) -> Reading:
    """Read a document: its record, then the items of its lists where it is asked in parts, then a second look.

    A document that fits is asked for everything at once, and in parts where its lists do not fit into one answer.
    """
    document = arrangement.document
    arrangement, asked = yield from _ask_all(plan, arrangement, arranger, model)
    # The record's answer is the main one, and that is the last.
    answers = tuple(
        sorted((each.answer for each in asked if each.answer), key=lambda one: _part(one) is arrangement.record)
    )
    said = list(_said(arrangement, asked))
    try:
        made = arrangement.assemble([(each.part, each.outcome()) for each in asked])
    except EngineError as error:
        return Outcome(notes=(*document.notes, *said), error=error, answers=answers)
    record = arrangement.record
    looked: tuple[Answer, ...] = ()
    if plan.second_look and record is not None and record.decode is not None:
        looked = yield from look_again(plan, record, arrangement.of_record(made.cells), model)
    cells = {pointer: cell.to_json(document) for pointer, cell in made.cells.items()} if plan.grounding else None
    notes = (*document.notes, *made.notes, *said)
    return Outcome(made.record, cells, notes, made.error, (*looked, *answers))


@dataclass(frozen=True)
class _Asked:
    """A part that was asked, with its answer and the sentences about it; or was not, since the time was over."""

    part: Part
    answer: Answer | None
    notes: tuple[str, ...] = ()
    late: EngineError | None = None

    def outcome(self) -> Answered | EngineError:
        """Return what the part was answered, or why it was not."""
        if self.answer is None:
            assert self.late is not None
            return self.late
        if self.answer.error is not None:
            return self.answer.error
        return Answered(json.loads(self.answer.text), self.answer.values, self.answer.trimmed)


def _said(arrangement: Arrangement, asked: Sequence[_Asked]) -> Iterator[str]:
    """Yield the sentences about the parts, each once, with the places of the items that it is about."""
    of_items: dict[str, list[Span]] = {}
    for each in asked:
        for sentence in each.notes:
            if each.part is arrangement.record:
                yield sentence
            else:
                of_items.setdefault(sentence, []).extend(each.part.excerpts.spans)
    for sentence, spans in of_items.items():
        yield f"Items {where_of(arrangement.document, spans)}: {sentence}"


def _ask_all(
    plan: ExtractionPlan, arrangement: Arrangement, arranger: Arranger, model: ModelInfo
) -> Generator[Question, Answer, tuple[Arrangement, list[_Asked]]]:
    """Ask all parts of a document, until one that matters fails or the time is over; return also how it was parted."""
    if not arrangement.items and arrangement.record is not None:
        answer = yield _first(plan, arrangement.record, model)
        parted = arranger.divide(arrangement.source) if answer.ran_over and arranger.gathers else None
        if parted is None:
            answer, said = yield from ask(plan, arrangement.record, model, first=answer)
            return arrangement, [_Asked(arrangement.record, answer, said)]
        arrangement = parted
    asked: list[_Asked] = []
    pending = deque(arrangement.parts)
    while pending:
        part = pending.popleft()
        answer = yield _first(plan, part, model)
        halves = arrangement.halves(part) if answer.ran_over else ()
        if halves:
            pending.extendleft(reversed(halves))
            continue
        answer, said = yield from ask(plan, part, model, first=answer)
        asked.append(_Asked(part, answer, said))
        if isinstance(answer.error, DocumentLate):
            asked += [_Asked(left, None, late=answer.error) for left in pending]
            break
        if answer.error is not None and part is arrangement.record:
            break
    return arrangement, asked


def _first(plan: ExtractionPlan, part: Part, model: ModelInfo) -> Question:
    return Question(part, plan.request(part, model), watched=True)


def _part(answer: Answer) -> Part:
    return answer.question.part


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
    plan: ExtractionPlan, part: Part, model: ModelInfo, *, first: Answer | None = None
) -> Generator[Question, Answer, tuple[Answer, tuple[str, ...]]]:
    """Ask a part of a document, once more where the answer does not do; return it and what a reader has to know.

    `first` is the first answer, where it was asked already. An answer that no model found (it was constructed to pass
    the checks) comes back as an error.
    """
    answer = first if first is not None else (yield _first(plan, part, model))
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
