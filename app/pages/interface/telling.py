"""What the page says of turns and answers: facts in a few words, and the way on where something went wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app import figures
from app.models.interface_turns import TurnFact, TurnRow
from app.models.part_words import name_of
from app.pages.interface.send_bar import spoken
from app.style.plain_text import one_line
from engine.interface.places import nodes_below
from engine.interface.reading import checked
from engine.schema.pointer import value_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.session.interfaces import InterfaceAnswer, Turn
    from engine.interface.catalogue import Catalogue

AGAIN: Final = "Ask again"
COMPARE: Final = "Show them side by side"
_VALUES: Final = 8
_REMEMBERED: Final = 200


@dataclass(frozen=True)
class Measure:
    """How large a tree is, and how many of its nodes are shown as placeholders, or otherwise than they say.

    `same` says that it is what it was before the answer.
    """

    count: int
    depth: int
    placeholders: int
    problems: int
    same: bool


class Measures:
    """Measures of the trees of answers, remembered until an answer has another."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[object, ...], Measure | None]] = {}

    def of(self, answer: InterfaceAnswer, catalogue: Catalogue) -> Measure | None:
        """Return the measure of an answer's tree; None where it has none."""
        decisive = (answer.text, answer.kept_tree, answer.base, catalogue)
        known = self._known.get(answer.id)
        if known is not None and all(one is other for one, other in zip(known[0], decisive, strict=True)):
            return known[1]
        tree = answer.tree
        measure = _measured(tree, answer.base, catalogue) if isinstance(tree, dict) else None
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        self._known[answer.id] = decisive, measure
        return measure


def _measured(tree: Any, base: Any, catalogue: Catalogue) -> Measure:
    _, problems = checked(tree, catalogue)
    unknown = sum(problem.kind in {"unknown", "bare"} for problem in problems)
    count, depth = _extent(tree)
    return Measure(count, depth, unknown, len(problems) - unknown, tree == base)


def rows_of(
    turns: Sequence[Turn],
    catalogue: Catalogue,
    measures: Measures,
    *,
    shown: int | None,
    writing: str,
    alternatives: int,
) -> list[TurnRow]:
    """Return the rows of an interface's turns, each with the message whose tree it shows.

    `shown` is the answer that is shown, of which there are so many `alternatives`; `writing` is what the model is at.
    """
    answers = [turn.message for turn in turns if turn.answer is not None]
    last = answers[-1] if answers else None
    rows: list[TurnRow] = []
    asked: Turn | None = None
    for turn in turns:
        if turn.role == "user":
            if asked is not None:
                rows.append(_row(asked, None, (), "", catalogue, is_shown=False))
            asked = turn
            continue
        here = turn.message == shown
        facts, way = _facts(turn, catalogue, measures, writing if here else "")
        if here and alternatives > 1 and not (turn.answer is not None and turn.answer.running):
            facts.append(TurnFact("circle", "text3", f"{alternatives} answers to this"))
            way = way or COMPARE
        rows.append(_row(asked, turn, tuple(facts), way, catalogue, is_shown=here and turn.message != last))
        asked = None
    if asked is not None:
        rows.append(_row(asked, None, (), "", catalogue, is_shown=False))
    return rows


def _row(
    asked: Turn | None,
    answer: Turn | None,
    facts: tuple[TurnFact, ...],
    way: str,
    catalogue: Catalogue,
    *,
    is_shown: bool,
) -> TurnRow:
    first = asked or answer
    assert first is not None, "a row is made of a question, an answer, or both"
    message = answer.message if answer is not None else first.message
    at = answer.answer.asked_at if answer is not None and answer.answer is not None else ""
    if asked is None:
        return TurnRow(message, "A screen from elsewhere.", at, "Imported", (), facts, way, False, is_shown)
    if asked.kind == "submit":
        words, values = _sent(asked.text)
        return TurnRow(message, words, at, "You", values, facts, way, False, is_shown)
    about = (("Part", _part(answer, asked.at, catalogue)),) if asked.kind == "redo" else ()
    return TurnRow(message, asked.text, at, "You", about, facts, way, asked.kind == "sentence", is_shown)


def _part(answer: Turn | None, at: str, catalogue: Catalogue) -> str:
    """Return what the part was called that was to be written anew."""
    base = answer.answer.base if answer is not None and answer.answer is not None else None
    node = value_at(base, at) if base is not None and at else None
    if isinstance(node, dict):
        return name_of(node, catalogue)
    return at or "the whole screen"


def _facts(turn: Turn, catalogue: Catalogue, measures: Measures, writing: str) -> tuple[list[TurnFact], str]:
    """Return how it went with an answer, and what can be done about it."""
    answer = turn.answer
    if answer is None:
        return [], ""
    if answer.running:
        return [TurnFact("arc", "accent", writing or progress(answer))], ""
    facts: list[TurnFact] = []
    way = ""
    if answer.state == "failed":
        error = answer.error
        said = f"{error.message} {error.advice or ''}".strip() if error is not None else "It failed."
        facts.append(TurnFact("cross", "brickMark", said))
        way = AGAIN
    elif answer.state == "stopped":
        facts.append(TurnFact("ring", "text3", f"Stopped after {figures.number(answer.tokens)} tokens"))
        way = AGAIN
    measure = measures.of(answer, catalogue)
    if measure is not None:
        kept = "" if answer.state == "done" or turn.kind == "import" else " kept"
        parts = f"{_counted(measure.count, 'component')}{kept}, depth {measure.depth}"
        done = answer.state == "done"
        facts.append(TurnFact("check" if done else "circle", "accent" if done else "text3", parts))
        if done and measure.same:
            facts.append(TurnFact("ring", "text3", "Nothing has changed"))
            way = AGAIN
        if measure.placeholders:
            facts.append(
                TurnFact("triangle", "amberMark", f"{_counted(measure.placeholders, 'placeholder')}, shown in place")
            )
        if measure.problems:
            facts.append(TurnFact("triangle", "amberMark", f"{_counted(measure.problems, 'value')} put right"))
    if turn.notes:
        words = f"{_counted(len(turn.notes), 'thing')} differ{'s' if len(turn.notes) == 1 else ''} from the file"
        more = tuple(f"{one_line(sentence, 200)} ({one_line(pointer, 120)})" for pointer, sentence in turn.notes)
        facts.append(TurnFact("triangle", "amberMark", words, more))
    return facts, way


def progress(answer: InterfaceAnswer) -> str:
    """Return what an answer waits for, where nothing of it can be seen yet."""
    match answer.state:
        case "waiting":
            return "Waiting for the model"
        case "reading":
            return "Reading what was asked"
    return "Writing"


def _sent(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return what a form or a button has sent: in words, and its values."""
    try:
        sent = json.loads(text)
        name, values, asked = sent["action"], sent["values"], sent.get("ask")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "Sent a form", ()
    pairs = list(values.items()) if isinstance(values, dict) else []
    shown = [(one_line(str(key), 60), spoken(value)) for key, value in pairs[:_VALUES]]
    if len(pairs) > _VALUES:
        shown.append(("and", f"{figures.number(len(pairs) - _VALUES)} more"))
    what = one_line(str(name), 60)
    words = asked if isinstance(asked, str) and asked else f"Sent “{what}”" if what else "Sent the form"
    return words, tuple(shown)


def _counted(count: int, what: str) -> str:
    return f"{figures.number(count)} {what}{'' if count == 1 else 's'}"


def _extent(tree: Any) -> tuple[int, int]:
    """Return how many nodes a tree has, and how many levels are below its root."""
    depths = [pointer.count("/") // 2 for pointer, _ in nodes_below(tree)]
    return len(depths), max(depths)
