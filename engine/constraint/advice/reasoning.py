"""Answers that are written before their reasoning: a model reasons in the order in which it writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from engine.schema.editing import Move
from engine.schema.pointer import escape
from engine.schema.problems.found import Found, quoted
from engine.schema.problems.problem import Fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.problems.subject import Subject

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_REASONING = frozenset(
    {
        "analysis", "cot", "deliberation", "explanation", "explanations", "justification", "rationale", "rationales",
        "reason", "reasoning", "reasonings", "reasons", "scratchpad", "steps", "thinking", "thought", "thoughts",
    }
)  # fmt: skip
_ANSWER = frozenset(
    {
        "answer", "answers", "category", "choice", "classification", "conclusion", "decision", "diagnosis", "grade",
        "judgement", "judgment", "label", "labels", "prediction", "rating", "recommendation", "result", "score",
        "sentiment", "solution", "verdict",
    }
)  # fmt: skip


def answers_first(subject: Subject) -> Iterator[Found]:
    """Yield, object by object, the first answer that its properties name before their first reasoning."""
    for spot, said in subject.said:
        named = said.get("properties")
        if not isinstance(named, dict) or len(named) < 2:
            continue
        names = list(named)
        answer = next((name for name in names if _is_about(name, _ANSWER)), None)
        if answer is None:
            continue
        behind = names[names.index(answer) + 1 :]
        reasoning = next((name for name in behind if _is_about(name, _REASONING) and _is_prose(named[name])), None)
        if reasoning is None or any(_is_about(name, _REASONING) for name in names[: names.index(answer)]):
            continue
        holder = f"{spot.pointer}/properties"
        move = Move(f"{holder}/{escape(reasoning)}", holder, names.index(answer))
        yield Found(
            "answer-first",
            f"{holder}/{escape(answer)}",
            f"{quoted(answer)} is written before {quoted(reasoning)}, which can then only justify it.",
            (Fix(f"Put {quoted(reasoning)} first", (move,)),),
            on_key=True,
        )


def _is_about(name: str, words: frozenset[str]) -> bool:
    """Tell whether the last word of a name is one of some, as in `finalAnswer` and `chain_of_thought`."""
    found = _WORD.findall(name[-60:])
    return bool(found) and found[-1].lower() in words


def _is_prose(schema: Any) -> bool:
    """Tell whether a value can be text, or a list: neither a number nor one of a few words."""
    if not isinstance(schema, dict) or schema.keys() & {"enum", "const"}:
        return schema is True
    named = schema.get("type")
    types = named if isinstance(named, list) else [named]
    return named is None or "string" in types or "array" in types
