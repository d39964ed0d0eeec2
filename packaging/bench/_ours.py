"""Espalier's side of a comparison: a loaded model, which weights it runs, and answers with their timing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from engine.chat.model import default_cache
from engine.model.client import ModelClient
from engine.model.layouts import choose_layout
from engine.model.protocol import ChatMessage, Failed, Finished, GenerateRequest, LoadOptions, Sampling, TextDelta

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.constraint.spec import ConstraintSpec
    from engine.errors import EngineError
    from engine.model.layouts import Layout
    from engine.model.protocol import ModelInfo, Receipt

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "resources" / "samples"


@dataclass(frozen=True)
class Timed:
    """An answer, whole or cut, and how fast it grew.

    Speed counts the tokens that came after the first sampled one, over the seconds after it: what the prefill
    brought (the first sampled token and those forced before it) is left out on both sides of the quotient.
    """

    text: str
    receipt: Receipt
    error: EngineError | None
    later_tokens: int

    @property
    def seconds(self) -> float:
        """From the first sampled token to the end."""
        assert self.receipt.first_token_s is not None
        return self.receipt.total_s - self.receipt.first_token_s

    @property
    def speed(self) -> float:
        """Tokens a second after the first sampled token."""
        return self.later_tokens / self.seconds


class Ours:
    """The engine as a program uses it: a model client and its host process."""

    def __init__(self, path: Path | None = None, *, cache_dir: Path | None = None) -> None:
        self._options = LoadOptions()
        self._cache_dir = cache_dir or default_cache()
        self.client = ModelClient(path, options=self._options, cache_dir=self._cache_dir)
        self.info: ModelInfo = self.client.wait_until_ready()

    def __enter__(self) -> Ours:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    @property
    def layout(self) -> Layout:
        """The weights that the host runs: remembered by the engine since the model was loaded."""
        path = Path(self.info.path)
        layout = choose_layout(
            path, self.info.sha256, self._options, self.info.threads, self._cache_dir, lambda _stage: None
        )
        assert layout.name == self.info.layout, "the engine remembers another layout than the one it runs"
        return layout

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the host, for processes that are compared with it (OpenMP's settings, above all)."""
        assert self.client.pid is not None
        return psutil.Process(self.client.pid).environ()

    def answer(
        self,
        messages: Sequence[ChatMessage],
        constraint: ConstraintSpec,
        *,
        max_tokens: int,
        without: frozenset[int] = frozenset(),
    ) -> Timed:
        """Answer greedily, alone on a cleared context. `without` are tokens that must not be drawn.

        Raises the `EngineError` of a request that never began, e.g. one whose schema is refused.
        """
        request = GenerateRequest(
            id=uuid.uuid4().hex,
            messages=tuple(messages),
            constraint=constraint,
            sampling=Sampling(seed=0, logit_bias=dict.fromkeys(without, -1e9)),
            max_tokens=max_tokens,
            reproducible=True,
        )
        later, begun = 0, False
        for event in self.client.stream(request):
            if isinstance(event, TextDelta):
                if begun:
                    later += event.tokens
                elif event.tokens > event.forced:
                    begun = True
            elif isinstance(event, Finished):
                return Timed(event.text, event.receipt, None, later)
            elif isinstance(event, Failed):
                if event.receipt is None or event.receipt.first_token_s is None:
                    raise event.error.error()
                return Timed(event.text, event.receipt, event.error.error(), later)
        raise AssertionError("a stream ends with Finished or Failed")

    def forget(self) -> None:
        """Clear the context: no prefix of an earlier request is left (a reproducible request sees to that)."""
        from engine.constraint.spec import MatchesRegex

        self.answer([ChatMessage(role="user", content="Yes?")], MatchesRegex(pattern="yes"), max_tokens=8)


def as_dicts(messages: Sequence[ChatMessage]) -> list[dict[str, str]]:
    """Return messages as llama-cpp-python takes them."""
    return [{"role": message.role, "content": message.content} for message in messages]
