"""`bench cancel`: from Stop to silence.

The time from `ModelClient.cancel` to the request's last event, which must be `Failed` with `Cancelled`, with
nothing of it heard later and the host at rest. Stop is pressed at seeded random moments: while a long prompt is
being read that no other request shares, and while an answer is being written. A third row, outside the figure,
stops a prompt that is read beside a job's: there a decode in flight serves both, and is waited for. The first
request, which times the reading of the prompt, is warm-up.
"""

from __future__ import annotations

import argparse
import queue
import random
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import psutil
from _ours import SAMPLES, Ours
from _pauses import Pauses
from _report import close, percentile, print_table, say, say_load, tell

from engine.chat.prompt import compose
from engine.constraint.spec import MatchesSchema, Unconstrained
from engine.model.protocol import ChatMessage, Failed, Finished, GenerateRequest, TextDelta

if TYPE_CHECKING:
    from engine.constraint.spec import ConstraintSpec
    from engine.model.protocol import RequestEvent

_WAIT_S = 0.25
"""Silence is listened to for so long; the host may use a fifth of that on a processor."""
_BUSY = 0.2
_PROMPT_WORDS = 1500
_GIVE_UP = 4
"""Tries for each wanted measurement: a Stop that came too early or too late measures nothing."""

Phase = Literal["prefill", "decode"]
Priority = Literal["interactive", "job"]


@dataclass
class Stops:
    """What was measured in one situation, in milliseconds."""

    times: list[float] = field(default_factory=list)
    missed: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass
class _Heard:
    """The events of one request, with the moment of each."""

    events: queue.SimpleQueue[tuple[float, RequestEvent]] = field(default_factory=queue.SimpleQueue)

    def __call__(self, event: RequestEvent) -> None:
        self.events.put((time.perf_counter(), event))

    def until(self, *kinds: type, timeout: float = 120.0) -> tuple[float, RequestEvent]:
        """Wait for the next event of one of `kinds`."""
        while True:
            moment, event = self.events.get(timeout=timeout)
            if isinstance(event, kinds):
                return moment, event


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench cancel", description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", type=Path, metavar="FILE", help="a GGUF file (default: the bundled model)")
    parser.add_argument("--count", type=int, default=40, metavar="N", help="stops in prefill and in decode (40 each)")
    parser.add_argument("--beside", type=int, default=10, metavar="N", help="stops beside a job (10)")
    parser.add_argument("--seed", type=int, default=2, help="of the moments")
    asked = parser.parse_args(argv)
    say_load()
    with Ours(asked.model) as ours, Pauses() as pauses:
        bench = _Bench(ours, pauses, random.Random(asked.seed))
        reading = bench.time_reading()
        tell(f"reading the long prompt takes {reading:.1f} s")
        stops = {
            "prefill": bench.stop_often("prefill", asked.count, (0.01, 0.8 * reading)),
            "decode": bench.stop_often("decode", asked.count, (0.0, 0.6)),
        }
        beside = bench.stop_beside_job(asked.beside, (0.05, 0.8 * reading))
    rows = {**stops, "prefill beside a job": beside}
    shares = (0.5, 0.95, 1.0)
    print_table(
        "From Stop to silence",
        ("milliseconds", "n", "p50", "p95", "max", "missed"),
        [
            (name, len(each.times), *(percentile(each.times, share) for share in shares), each.missed)
            for name, each in rows.items()
        ],
    )
    say("missed: the answer had begun, or had ended, before Stop, or the machine paused; not counted.")
    say(pauses.describe())
    faults = [f"{name}: {fault}" for name, each in rows.items() for fault in each.faults]
    faults += [f"{name}: only {len(each.times)} stops" for name, each in stops.items() if len(each.times) < asked.count]
    worse = [percentile(each.times, 0.95) for each in stops.values()]
    figures = {
        "p95_ms": max((value for value in worse if value is not None), default=None),
        "prefill_p95_ms": worse[0],
        "decode_p95_ms": worse[1],
        "prefill_p50_ms": percentile(stops["prefill"].times, 0.5),
        "decode_p50_ms": percentile(stops["decode"].times, 0.5),
        "beside_job_p95_ms": percentile(beside.times, 0.95),
        "n": min(len(each.times) for each in stops.values()),
        "machine_pauses": pauses.count,
    }
    return close(figures, faults)


class _Bench:
    """A loaded model and a source of moments."""

    def __init__(self, ours: Ours, pauses: Pauses, moments: random.Random) -> None:
        self._ours = ours
        self._pauses = pauses
        self._moments = moments
        self._host = psutil.Process(ours.client.pid)
        text = (SAMPLES / "schemas" / "large.txt").read_text("utf-8")
        self._words = text.split()
        self._schema = MatchesSchema(schema_text=(SAMPLES / "schemas" / "large.json").read_text("utf-8"))
        self._prompt = ChatMessage(role="user", content=text)

    def time_reading(self) -> float:
        """Return the seconds from submitting the long prompt to the first sampled token."""
        heard = _Heard()
        start = time.perf_counter()
        self._ours.client.submit(self._reading(max_tokens=1), heard)
        end, _ = heard.until(TextDelta)
        heard.until(Finished, Failed)
        return end - start

    def stop_often(self, phase: Phase, count: int, span: tuple[float, float]) -> Stops:
        """Stop `count` requests, each at a random moment within `span` seconds of its phase's beginning."""
        stops = Stops()
        for _ in range(count * _GIVE_UP):
            if len(stops.times) == count:
                break
            request = self._reading() if phase == "prefill" else self._writing()
            self._stop(request, phase, self._moments.uniform(*span), stops)
        tell(f"{phase}: {len(stops.times)} stops")
        return stops

    def stop_beside_job(self, count: int, span: tuple[float, float]) -> Stops:
        """Stop prompts that are read while a job's prompt is read as well."""
        stops = Stops()
        for _ in range(count):
            job, heard = self._reading(priority="job"), _Heard()
            self._ours.client.submit(job, heard)
            self._stop(self._reading(), "prefill", self._moments.uniform(*span), stops, alone=False)
            self._ours.client.cancel(job.id)
            heard.until(Finished, Failed)
        return stops

    def _stop(self, request: GenerateRequest, phase: Phase, wait: float, stops: Stops, *, alone: bool = True) -> None:
        heard = _Heard()
        self._ours.client.submit(request, heard)
        if phase == "decode":
            heard.until(TextDelta)
        time.sleep(wait)
        written = _drain(heard)
        pressed, moment = time.perf_counter(), time.monotonic()
        self._ours.client.cancel(request.id)
        ended, event = heard.until(Finished, Failed)
        if isinstance(event, Finished) or ended < pressed or (phase == "prefill" and written):
            stops.missed += 1
            return
        if self._pauses.lost(moment):
            stops.missed += 1
            return
        assert isinstance(event, Failed)
        if event.error.fields["kind"] != "Cancelled":
            stops.faults.append(f"ended with {event.error.fields['kind']}")
            return
        stops.times.append((ended - pressed) * 1e3)
        before = _seconds_used(self._host)
        time.sleep(_WAIT_S)
        if _drain(heard):
            stops.faults.append("something of the request was heard after its end")
        if alone and _seconds_used(self._host) - before > _BUSY * _WAIT_S + 0.02:
            stops.faults.append("the host went on working")

    def _reading(self, *, max_tokens: int | None = None, priority: Priority = "interactive") -> GenerateRequest:
        """Return a request with a long prompt that shares no beginning with any other."""
        words = " ".join(self._moments.choice(self._words) for _ in range(_PROMPT_WORDS))
        messages = (ChatMessage(role="system", content=words), ChatMessage(role="user", content="Go on."))
        return _request(messages, Unconstrained(), max_tokens=max_tokens, priority=priority)

    def _writing(self) -> GenerateRequest:
        """Return a request with a long answer, whose prompt is read at most once."""
        return _request(compose([self._prompt], self._schema), self._schema)


def _request(
    messages: tuple[ChatMessage, ...],
    constraint: ConstraintSpec,
    *,
    max_tokens: int | None = None,
    priority: Priority = "interactive",
) -> GenerateRequest:
    return GenerateRequest(
        id=uuid.uuid4().hex, messages=messages, constraint=constraint, max_tokens=max_tokens, priority=priority
    )


def _drain(heard: _Heard) -> bool:
    """Take what has come so far; tell whether any of it was text, or an end."""
    text = False
    while not heard.events.empty():
        text |= isinstance(heard.events.get()[1], TextDelta | Finished | Failed)
    return text


def _seconds_used(process: psutil.Process) -> float:
    used = process.cpu_times()
    return used.user + used.system
