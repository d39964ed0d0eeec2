"""Regular expressions searched for in a process of their own: what somebody types may take longer than anyone lives.

Python's `re` cannot be interrupted, and tries 2^n ways for an expression as short as `(a+)+b`.
"""

from __future__ import annotations

import pickle
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.workers.process import Worker, WorkerCrashed, WorkerLate
from engine.workers.serving import run

if TYPE_CHECKING:
    from engine.workers.serving import Tell

SECONDS = 5.0
"""What a search may take, the start of the process included."""
MOST = 200_000
"""What is found at most."""


@dataclass(frozen=True)
class Found:
    """A span of a text (code points) that an expression fits, and what is to stand there, where that was asked."""

    start: int
    end: int
    replacement: str = ""


class TextSearch:
    """Finds what expressions fit. `find` belongs to one OS thread; `stop` may come from any."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._worker = Worker("engine.workers.text_search")
        self._seconds = seconds

    def find(self, text: str, expression: str, *, match_case: bool, template: str | None = None) -> list[Found]:
        r"""Return where an expression fits, without empty spans. `template` may name its groups, as in `\1`.

        Raises EngineError where the expression or the template is none, or takes too long; CancelledError once stopped.
        """
        request = pickle.dumps((text, expression, match_case, template), protocol=pickle.HIGHEST_PROTOCOL)
        try:
            found = self._worker.ask(request, self._seconds)
        except (WorkerLate, WorkerCrashed):
            raise EngineError(
                "This expression takes too long.", advice="Write it so that it has fewer ways to fit."
            ) from None
        return [Found(*each) for each in found]

    def stop(self) -> None:
        """End the process; nothing can be found afterwards."""
        self._worker.stop()
        self._worker.discard()


def _work(request: bytes, _tell: Tell) -> list[tuple[int, int, str]]:
    text, expression, match_case, template = pickle.loads(request)  # noqa: S301  # our own parent wrote it
    try:
        pattern = re.compile(expression, re.MULTILINE | (0 if match_case else re.IGNORECASE))
        found = []
        for match in pattern.finditer(text):
            if match.end() > match.start():
                found.append((*match.span(), match.expand(template) if template is not None else ""))
                if len(found) == MOST:
                    break
    except (re.error, IndexError, RecursionError, OverflowError) as error:
        raise EngineError(f"This is no regular expression: {error}.") from None
    return found


if __name__ == "__main__":
    run(_work)
