"""How quick a model is on this machine, measured in some 20 seconds by asking it as the window does.

Every figure is taken from the events of ordinary requests, so that it means the same for a model behind an endpoint.
Speeds are the medians of several answers; kinds of answers take turns, so that a machine that is busy for a moment
disturbs all alike.
"""

from __future__ import annotations

import itertools
import json
import queue
import statistics
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

import psutil

from engine.constraint.spec import MatchesSchema, Unconstrained
from engine.errors import Cancelled, TokenLimitReached
from engine.model.protocol import ChatMessage, Failed, Finished, GenerateRequest, Started, TextDelta

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.constraint.spec import ConstraintSpec
    from engine.model.backend import Backend
    from engine.model.protocol import ModelInfo, RequestEvent

SECONDS: Final = 20.0
_TICK_S: Final = 0.1
_PROMPT_WORDS: Final = 600
_ANSWER_TOKENS: Final = 96
_LONGEST: Final = 512
"""Tokens that no answer in a schema comes near, so that none of them has to be closed early."""
_FEWEST: Final = 8
"""Tokens behind the first one without which an answer has no speed worth the name."""

Kind = Literal["unconstrained", "masked", "forced"]

_STORY = "Tell a long story about a lighthouse, its keeper and the storms of one winter."
_FREE_TEXT = json.dumps(
    {
        "type": "object",
        "properties": {"story": {"type": "string", "minLength": 300, "maxLength": 400}},
        "required": ["story"],
        "additionalProperties": False,
    }
)
_RECORD_FIELDS = ("temperature_celsius", "wind_speed_knots", "visibility_metres", "pressure_hectopascal")
_RECORD = json.dumps(
    {
        "type": "object",
        "properties": {
            station: {
                "type": "object",
                "properties": {name: {"type": "integer", "minimum": 0, "maximum": 999} for name in _RECORD_FIELDS},
                "required": list(_RECORD_FIELDS),
                "additionalProperties": False,
            }
            for station in ("morning_observation", "evening_observation")
        },
        "required": ["morning_observation", "evening_observation"],
        "additionalProperties": False,
    }
)
_ASKED: Final[dict[Kind, tuple[str, ConstraintSpec]]] = {
    "unconstrained": (_STORY, Unconstrained()),
    "masked": (_STORY, MatchesSchema(schema_text=_FREE_TEXT)),
    "forced": ("Report the weather at the lighthouse.", MatchesSchema(schema_text=_RECORD)),
}


@dataclass(frozen=True)
class Benchmark:
    """What was measured so far; None was not, or not yet.

    Tokens a second: `prefill` of a prompt, and of an answer without a schema (`unconstrained`), in a schema that
    leaves every token open (`masked`), in one that leaves few open, so that most are written without being drawn
    (`forced`), and of `lanes` answers of this kind together (`together`). `first_token_s` is how long a short prompt
    waits for its first token, `peak_memory` the most bytes that the host held, `seconds` how long all of it took.
    """

    prefill: float | None = None
    unconstrained: float | None = None
    masked: float | None = None
    forced: float | None = None
    together: float | None = None
    lanes: int = 1
    first_token_s: float | None = None
    peak_memory: int | None = None
    seconds: float = 0.0


@dataclass
class _Timed:
    """One answer by the clock: when its prompt began to be read, and when which tokens came, from the first drawn."""

    started: float = 0.0
    prompt_tokens: int = 0
    shared_tokens: int = 0
    deltas: list[tuple[float, int]] = field(default_factory=list)

    @property
    def first_s(self) -> float | None:
        """Seconds from the start of prefill to the first tokens."""
        return self.deltas[0][0] - self.started if self.deltas else None

    @property
    def speed(self) -> float | None:
        """Tokens a second behind the first ones; None for an answer that is too short."""
        tokens = sum(count for _, count in self.deltas[1:])
        took = self.deltas[-1][0] - self.deltas[0][0] if self.deltas else 0.0
        return tokens / took if tokens >= _FEWEST and took > 0 else None


def run_benchmark(
    backend: Backend,
    info: ModelInfo,
    on_progress: Callable[[Benchmark, float], None],
    should_stop: Callable[[], bool] = lambda: False,
    *,
    pid: int | None = None,
    seconds: float = SECONDS,
) -> Benchmark:
    """Measure a model that is ready; call it where nothing else is asked of it meanwhile.

    `on_progress` hears what is known so far and the share of the time that is over (0..1), about ten times a second.
    `pid` is the host's process, whose memory is watched. Raises `Cancelled` once `should_stop` answers True, and the
    `EngineError` that a request fails with.
    """
    return _Bench(backend, info, on_progress, should_stop, pid, seconds).run()


class _Bench:
    def __init__(
        self,
        backend: Backend,
        info: ModelInfo,
        on_progress: Callable[[Benchmark, float], None],
        should_stop: Callable[[], bool],
        pid: int | None,
        seconds: float,
    ) -> None:
        self._backend = backend
        self._info = info
        self._on_progress = on_progress
        self._should_stop = should_stop
        self._pid = pid
        self._seconds = seconds
        self._begun = time.monotonic()
        self._so_far = Benchmark(lanes=info.lanes)

    def run(self) -> Benchmark:
        self._ask([self._request("forced")], until=self._share(0.1))  # what is made only once is made
        self._measure_prefill(self._share(0.25))
        self._measure_kinds(self._share(0.8))
        self._measure_together(self._share(1.0))
        self._note()
        return self._so_far

    def _measure_prefill(self, until: float) -> None:
        """Read prompts of which no beginning is known: a short one first, which tells how long the next may be."""
        rates: list[float] = []
        for words in itertools.chain((60,), itertools.repeat(_PROMPT_WORDS)):
            if rates and time.monotonic() + words * 2 / rates[-1] > until:
                break
            (timed,) = self._ask([self._reading(min(words, self._info.context // 4))], until=until)
            if timed.first_s is None:
                break
            rates.append((timed.prompt_tokens - timed.shared_tokens) / max(timed.first_s, 1e-6))
            self._note(prefill=statistics.median(rates[1:] or rates))
            if len(rates) == 1:
                self._note(first_token_s=timed.first_s)

    def _measure_kinds(self, until: float) -> None:
        kinds: tuple[Kind, ...] = ("unconstrained", "masked", "forced")
        speeds: dict[Kind, list[float]] = {kind: [] for kind in kinds}
        firsts: list[float] = []
        begun = time.monotonic()
        for number, kind in enumerate(itertools.cycle(kinds)):
            now = time.monotonic()
            left = len(kinds) - number if number < len(kinds) else 1
            if now >= until or (number >= len(kinds) and now + (now - begun) / number > until):
                break
            (timed,) = self._ask([self._request(kind)], until=now + (until - now) / left)
            if timed.speed is not None:
                speeds[kind].append(timed.speed)
            if timed.first_s is not None and number:
                firsts.append(timed.first_s)
            known: dict[str, float] = {each: statistics.median(values) for each, values in speeds.items() if values}
            self._note(**known, **({"first_token_s": statistics.median(firsts)} if firsts else {}))

    def _measure_together(self, until: float) -> None:
        all_timed = self._ask([self._request("forced") for _ in range(self._info.lanes)], until=until)
        told = [delta for timed in all_timed for delta in timed.deltas]
        if told:
            begun = min(timed.deltas[0][0] for timed in all_timed if timed.deltas)
            took = max(at for at, _ in told) - begun
            if took > 0:
                self._note(together=sum(count for _, count in told) / took)

    def _ask(self, requests: Sequence[GenerateRequest], until: float) -> list[_Timed]:
        """Send requests at once and time their events; those that go on at `until` (monotonic) are stopped."""
        heard: queue.SimpleQueue[tuple[float, RequestEvent]] = queue.SimpleQueue()
        timed = {request.id: _Timed() for request in requests}
        for request in requests:
            timed[request.id].started = time.monotonic()
            self._backend.submit(request, lambda event: heard.put((time.monotonic(), event)))
        running, stopped = set(timed), False
        told = 0.0
        while running:
            now = time.monotonic()
            if not stopped and (now >= until or self._should_stop()):
                stopped = True
                for request_id in running:
                    self._backend.cancel(request_id)
            if now - told >= _TICK_S:
                told = now
                self._note()
            try:
                at, event = heard.get(timeout=_TICK_S)
            except queue.Empty:
                continue
            self._take(timed[event.id], at, event)
            if isinstance(event, Finished | Failed):
                running.discard(event.id)
        if self._should_stop():
            raise Cancelled("The benchmark was stopped.")
        return list(timed.values())

    def _take(self, timed: _Timed, at: float, event: RequestEvent) -> None:
        if isinstance(event, Started):
            timed.started, timed.prompt_tokens, timed.shared_tokens = at, event.prompt_tokens, event.shared_tokens
        elif isinstance(event, TextDelta) and (timed.deltas or event.tokens > event.forced):
            # What is forced before the first drawn token is told before the prompt has been read.
            timed.deltas.append((at, event.tokens))
        elif isinstance(event, Failed):
            error = event.error.error()
            if not isinstance(error, Cancelled | TokenLimitReached):
                raise error

    def _reading(self, words: int) -> GenerateRequest:
        """Return a request whose prompt nobody has read before."""
        text = " ".join(f"{uuid.uuid4().hex[:4]} lighthouse" for _ in range(words // 2))
        return self._asking(text, Unconstrained(), 2)

    def _request(self, kind: Kind) -> GenerateRequest:
        prompt, constraint = _ASKED[kind]
        return self._asking(
            f"{uuid.uuid4().hex[:6]}: {prompt}", constraint, _ANSWER_TOKENS if kind == "unconstrained" else _LONGEST
        )

    def _asking(self, prompt: str, constraint: ConstraintSpec, tokens: int) -> GenerateRequest:
        return GenerateRequest(
            id=f"benchmark-{uuid.uuid4().hex}",
            messages=(ChatMessage(role="user", content=prompt),),
            constraint=constraint,
            reproducible=False,
            max_tokens=min(tokens, self._info.context // 2),
        )

    def _share(self, share: float) -> float:
        return self._begun + self._seconds * share

    def _note(self, **figures: float | None) -> None:
        """Take in figures, look at the clock and the memory, and tell."""
        took = time.monotonic() - self._begun
        peak = max(filter(None, (self._so_far.peak_memory, self._memory())), default=None)
        self._so_far = replace(self._so_far, seconds=took, peak_memory=peak, **figures)  # type: ignore[arg-type]
        self._on_progress(self._so_far, min(1.0, took / self._seconds))

    def _memory(self) -> int | None:
        if self._pid is None:
            return None
        try:
            return int(psutil.Process(self._pid).memory_info().rss)
        except psutil.Error:
            return None
