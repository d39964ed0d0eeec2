"""What llama.cpp's log says of a failure, as one clause that a person can read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_FUNCTION = re.compile(r"[A-Za-z_]\w*(?:::\w+)*: ")
_AROUND = re.compile(r"(?:error|failed|unable|cannot)\b[^:'\"]*: +", re.IGNORECASE)
_SAYS_NOTHING = re.compile(r"failed to (?:load|open|create|initiali[sz]e)\b[^:'\"]*", re.IGNORECASE)


def complaint(lines: Sequence[str]) -> str:
    """Return the reason in the lines of a log, without the functions and the failures around it; "" for no lines.

    Each layer of llama.cpp puts its own failure before that of the one below ("error loading model: error loading model
    vocabulary: cannot find tokenizer merges"), then those above write lines that say no more than that it failed.
    """
    found = [_innermost(line) for line in lines if line.strip()]
    telling = [clause for clause, depth in found if depth] or [
        clause for clause, _ in found if not _SAYS_NOTHING.fullmatch(clause)
    ]
    return (telling or [clause for clause, _ in found] or [""])[-1]


def _innermost(line: str) -> tuple[str, int]:
    """Return what a line says, and how many failures stood around it."""
    clause, depth = _FUNCTION.sub("", line.strip(), count=1) if _FUNCTION.match(line.strip()) else line.strip(), 0
    while (around := _AROUND.match(clause)) is not None:
        clause, depth = clause[around.end() :], depth + 1
    return clause.rstrip(" ."), depth
