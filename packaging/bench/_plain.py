"""llama-cpp-python's own way, `create_chat_completion(response_format=…)`, in a process of its own.

The process may die (an unusual grammar, the processor's matrix unit) or take for ever; the benchmark must not.
Run as a script it is that process: options and questions come as JSON lines on stdin, answers leave on stdout.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import Any

_PATIENCE_S = 300.0


class PlainFailed(Exception):
    """The baseline raised, died or was ended for taking too long: there is no answer."""


@dataclass(frozen=True)
class PlainAnswer:
    """An answer, whole (`finish_reason` is "stop") or cut.

    `first_s` runs from the call to the first drawn token, `last_s` to the last one, `total_s` to the return.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    tokens: int
    first_s: float
    last_s: float
    total_s: float

    @property
    def speed(self) -> float:
        """Tokens a second after the first."""
        return (self.tokens - 1) / (self.last_s - self.first_s)


@dataclass(frozen=True)
class PlainOptions:
    """How the file is loaded: as `llama_cpp.Llama` takes it, but for `extra_buffers`."""

    path: str
    context: int
    threads: int
    extra_buffers: bool

    def describe(self) -> str:
        """Say what a reader of the figures has to know."""
        amx = "" if self.extra_buffers else ", use_extra_bufts off, without which it crashes on this processor"
        return f"{self.context:,} tokens of context, {self.threads} threads{amx}"


class Plain:
    """The client: keeps the process alive, starting it again when it has died."""

    def __init__(self, options: PlainOptions, environment: dict[str, str]) -> None:
        self._options = options
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def __enter__(self) -> Plain:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def ask(self, messages: list[dict[str, str]], schema: Any, *, max_tokens: int) -> PlainAnswer:
        """Return one answer; raises PlainFailed."""
        if self._process is None or self._process.poll() is not None:
            self._start()
        self._send({"messages": messages, "schema": schema, "max_tokens": max_tokens})
        reply = self._receive()
        if "error" in reply:
            raise PlainFailed(reply["error"])
        return PlainAnswer(**reply)

    def _start(self) -> None:
        self._lines = queue.SimpleQueue()
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._environment,
            text=True,
        )
        threading.Thread(target=_read, args=(self._process, self._lines), daemon=True).start()
        self._send(asdict(self._options))
        self._receive()

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise PlainFailed("the process is gone") from error

    def _receive(self) -> dict[str, Any]:
        assert self._process is not None
        try:
            line = self._lines.get(timeout=_PATIENCE_S)
        except queue.Empty:
            self._end()
            raise PlainFailed(f"no answer within {_PATIENCE_S:.0f} s") from None
        if not line:
            raise PlainFailed(f"the process ended with code {self._process.wait()}")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _read(process: subprocess.Popen[str], lines: queue.SimpleQueue[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put("")


class _Clock:
    """Stands before `Llama.sample`, which is called once for each token, and notes when it returned."""

    def __init__(self, sample: Any) -> None:
        self._sample = sample
        self.times: list[float] = []

    def __call__(self, *arguments: Any, **settings: Any) -> Any:
        token = self._sample(*arguments, **settings)
        self.times.append(time.perf_counter())
        return token


def serve() -> None:
    """Load the file that the first line names, then answer line by line."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    options = PlainOptions(**json.loads(sys.stdin.readline()))

    import llama_cpp

    shipped = llama_cpp.llama_cpp.llama_model_default_params

    def default_params() -> Any:
        params = shipped()
        params.use_extra_bufts = options.extra_buffers
        return params

    llama_cpp.llama_cpp.llama_model_default_params = default_params
    model = llama_cpp.Llama(
        options.path,
        n_ctx=options.context,
        n_threads=options.threads,
        n_threads_batch=options.threads,
        verbose=False,
    )
    clock = _Clock(model.sample)
    model.sample = clock
    print("{}", file=replies, flush=True)
    for line in sys.stdin:
        print(json.dumps(_answer(model, clock, **json.loads(line))), file=replies, flush=True)


def _answer(model: Any, clock: _Clock, messages: Any, schema: Any, max_tokens: int) -> dict[str, Any]:
    clock.times.clear()
    start = time.perf_counter()
    try:
        reply = model.create_chat_completion(
            messages,
            response_format={"type": "json_object", "schema": schema},
            temperature=0.0,
            max_tokens=max_tokens,
        )
    except Exception as error:  # noqa: BLE001 - whatever it raises, it is no answer
        return {"error": f"{type(error).__name__}: {error}"[:200]}
    total = time.perf_counter() - start
    choice = reply["choices"][0]
    return asdict(
        PlainAnswer(
            text=choice["message"]["content"] or "",
            finish_reason=choice["finish_reason"],
            prompt_tokens=reply["usage"]["prompt_tokens"],
            tokens=len(clock.times),
            first_s=clock.times[0] - start,
            last_s=clock.times[-1] - start,
            total_s=total,
        )
    )


if __name__ == "__main__":
    serve()
