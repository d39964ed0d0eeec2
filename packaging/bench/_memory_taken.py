"""What a loaded model really takes: its host's memory while prompts fill the context."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import psutil

from engine.model.client import ModelClient
from engine.model.held import held_memory
from engine.model.protocol import ChatMessage, Failed, Finished, GenerateRequest, ShrinkableSpan

if TYPE_CHECKING:
    from pathlib import Path

    from engine.model.protocol import LoadOptions, RequestEvent

_INTERVAL_S = 0.1
_ANSWER = 16
_PATIENCE_S = 900
_WORDS = "Every word counts. "


@dataclass(frozen=True)
class Taken:
    """Bytes that would be free again if the host ended: once loaded, and at most."""

    loaded: int
    most: int


def measure_memory(model: Path, options: LoadOptions, cache: Path) -> Taken:
    """Load a model; let one prompt fill its context, then one a lane fill its cells together."""
    with ModelClient(model, options=options, cache_dir=cache) as client:
        info = client.wait_until_ready(_PATIENCE_S)
        assert info.memory_bytes is not None
        with _Watch(client.pid or 0) as watch:
            _fill(client, 1, info.context - _ANSWER)
            if options.lanes > 1:
                # Somewhat less than a share of the cells each, so that none of them has to wait for another.
                _fill(client, options.lanes, info.context * 9 // 10 // options.lanes)
        return Taken(info.memory_bytes, max(watch.most, info.memory_bytes))


def _fill(client: ModelClient, count: int, tokens: int) -> None:
    ended = [threading.Event() for _ in range(count)]
    for number, event in enumerate(ended):
        # No two begin alike, or what one has computed the other takes over. A word is more than a token, with its sign.
        text = f"{number} " + _WORDS * (tokens // 4 if count > 1 else tokens)
        request = GenerateRequest(
            id=f"{count} {number}",
            messages=(ChatMessage(role="user", content=text),),
            shrink=ShrinkableSpan(message=0, start=2, end=len(text)),
            max_tokens=_ANSWER,
            priority="job",
        )
        client.submit(request, _Ended(event))
    for event in ended:
        if not event.wait(_PATIENCE_S):
            raise TimeoutError("a prompt was not read in time")


class _Ended:
    def __init__(self, event: threading.Event) -> None:
        self._event = event

    def __call__(self, event: RequestEvent) -> None:
        if isinstance(event, Finished | Failed):
            self._event.set()


class _Watch:
    """Looks at a process's memory until it is left."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._over = threading.Event()
        self._worker = threading.Thread(target=self._look, daemon=True)
        self.most = 0

    def __enter__(self) -> Self:
        self._worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._worker.join()

    def _look(self) -> None:
        while not self._over.wait(_INTERVAL_S):
            self.most = max(self.most, held_memory(self._process))
