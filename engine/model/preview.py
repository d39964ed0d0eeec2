"""Previews of prompts: a template rendered in a process of its own, which is ended when it takes too long.

A template comes out of a downloaded file, or is half typed. What it can still do within the bounds of
`engine.model.sandbox` (a filter that pads a text to gigabytes) meets this process's limits of memory and time.
"""

from __future__ import annotations

import pickle
import threading
from typing import TYPE_CHECKING

from engine.errors import InvalidRequest
from engine.model.template import render_here
from engine.workers.process import Worker, WorkerCrashed, WorkerLate
from engine.workers.serving import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.model.protocol import ChatMessage
    from engine.workers.serving import Tell

SECONDS = 5.0
"""What one preview may take, the start of the process included."""


class TemplatePreview:
    """Renders templates, one at a time, in a process that stays for the next one until `stop`.

    `render` may be called from any OS thread but the window's, since it waits; `stop` from any.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._worker = Worker("engine.model.preview")
        self._seconds = seconds
        self._lock = threading.Lock()

    def render(self, source: str | None, messages: Sequence[ChatMessage], begin: str = "", end: str = "") -> str:
        """Return the prompt of `messages` as the model would read it, for people.

        `begin` and `end` are the model's tokens of these names as text; without a source ChatML is used. Raises
        `InvalidRequest` with the line where the template cannot be used, CancelledError once stopped.
        """
        request = pickle.dumps((source, [(each.role, each.content) for each in messages], begin, end))
        try:
            with self._lock:
                text: str = self._worker.ask(request, self._seconds)
        except (WorkerLate, WorkerCrashed):
            raise InvalidRequest(
                "The chat template cannot be used: it takes too long, or too much memory.",
                where="the chat template",
                advice="Mend it, choose another, or take the file's own.",
            ) from None
        return text

    def stop(self) -> None:
        """End the process; nothing can be rendered afterwards."""
        self._worker.stop()
        with self._lock:
            self._worker.discard()


def render_template(source: str | None, messages: Sequence[ChatMessage], begin: str = "", end: str = "") -> str:
    """Render once, as `TemplatePreview.render` does, in a process that ends afterwards."""
    preview = TemplatePreview()
    try:
        return preview.render(source, messages, begin, end)
    finally:
        preview.stop()


def _work(request: bytes, _tell: Tell) -> str:
    return render_here(*pickle.loads(request))  # noqa: S301  # our own parent wrote it


if __name__ == "__main__":
    run(_work)
