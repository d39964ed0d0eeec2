"""`python -m engine.model.host`: the process that holds one model.

Commands come as JSON lines on stdin, events leave as JSON lines on stdout; llama.cpp and logs write to stderr.
When stdin closes, whoever asked is gone, and the host ends at once, in the middle of a decode if need be.
"""

from __future__ import annotations

import hashlib
import logging
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import BinaryIO

import psutil

from engine.errors import EngineError, ModelFileInvalid, ModelTooLarge
from engine.model.cache import file_sha256, machine
from engine.model.fit import EXTRA_LANES, cells_of, context_of
from engine.model.layouts import Layout, choose_layout
from engine.model.llama import Context, ContextShape, Weights, start_backend
from engine.model.prefixes import Prefixes
from engine.model.protocol import (
    COMMANDS,
    Cancel,
    Command,
    ErrorPayload,
    Generate,
    HostEvent,
    Load,
    LoadFailed,
    LoadProgress,
    Measure,
    ModelInfo,
    Ready,
    Render,
    Shutdown,
)
from engine.model.scheduler import Scheduler
from engine.model.template import ChatTemplate

log = logging.getLogger(__name__)

_MAGIC = b"GGUF"
_BUG = 70
"""Exit code of a host that ends on a fault of its own (`EX_SOFTWARE` of sysexits.h)."""


class Host:
    """The host's two OS threads: one reads commands, the other owns the model."""

    def __init__(self, commands: BinaryIO, events: BinaryIO) -> None:
        self._commands = commands
        self._events = events
        self._inbox: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._scheduler: Scheduler | None = None

    def run(self) -> None:
        """Serve until told to shut down."""
        threading.Thread(target=self._read, daemon=True, name="commands").start()
        first = self._inbox.get()
        if not isinstance(first, Load):
            raise TypeError(f"the first command must be load, not {first}")
        try:
            self._scheduler = self._load(first)
        except EngineError as error:
            self._emit(LoadFailed(error=ErrorPayload.of(error)))
            return
        self._serve(self._scheduler)
        self._scheduler.close()

    def _read(self) -> None:
        try:
            for line in self._commands:
                command = COMMANDS.validate_json(line)
                if isinstance(command, Cancel) and self._scheduler is not None:
                    # At once, since the other thread is busy with the decode that is to stop.
                    self._scheduler.cancel(command.id)
                self._inbox.put(command)
        except Exception:
            log.exception("a command cannot be read")
            os._exit(_BUG)
        os._exit(0)

    def _serve(self, scheduler: Scheduler) -> None:
        while True:
            while not self._inbox.empty() or scheduler.idle:
                command = self._inbox.get()
                if isinstance(command, Generate):
                    scheduler.submit(command.request)
                elif isinstance(command, Render):
                    scheduler.render(command.request)
                elif isinstance(command, Measure):
                    scheduler.measure(command.request, command.texts)
                elif isinstance(command, Cancel):
                    # Once more in its order: the first time, its request may not have been submitted yet.
                    scheduler.cancel(command.id)
                elif isinstance(command, Shutdown):
                    return
                # None only wakes this loop: the scheduler has got something to do.
            scheduler.step()

    def _load(self, command: Load) -> Scheduler:
        path, options, cache_dir = Path(command.path), command.options, Path(command.cache_dir)
        _check_file(path)
        start_backend()
        threads = options.threads or psutil.cpu_count(logical=False) or os.cpu_count() or 1
        sha256 = file_sha256(path, cache_dir, lambda part: self._progress("Reading the file", part))
        layout = choose_layout(path, sha256, options, threads, cache_dir, self._progress)
        self._progress("Loading the weights")
        weights = Weights(Path(layout.path), gpu_layers=options.gpu_layers or 0, extra_buffers=layout.extra_buffers)
        context_length = context_of(options, weights.trained_context)
        cells = cells_of(context_length, options.lanes, weights.cache_bytes_per_token)
        shape = ContextShape(
            cells=cells,
            sequences=options.lanes + EXTRA_LANES,
            threads=threads,
            flash_attention=bool(options.gpu_layers),
        )
        context = Context(weights, shape)
        self._progress("Reading the vocabulary")
        tokenizer = weights.mask_tokenizer()
        template = _template(weights)
        model = ModelInfo(
            name=_name(path),
            path=str(path),
            size_bytes=path.stat().st_size,
            sha256=sha256,
            parameters=weights.parameters,
            quantization=_shipped_quantization(path, layout, weights),
            layout=layout.name,
            lossless=layout.lossless,
            trained_context=weights.trained_context,
            context=context_length,
            lanes=options.lanes,
            threads=threads,
            template=template.origin,
            vocabulary=weights.vocabulary_size,
        )
        self._emit(Ready(model=model))
        return Scheduler(
            weights,
            context,
            template,
            tokenizer,
            model,
            self._emit,
            wake=lambda: self._inbox.put(None),
            prefixes=Prefixes(cache_dir / "prefixes" / _kind_of_state(model)),
        )

    def _progress(self, stage: str, fraction: float | None = None) -> None:
        self._emit(LoadProgress(stage=stage, fraction=fraction))

    def _emit(self, event: HostEvent) -> None:
        self._events.write(event.model_dump_json().encode() + b"\n")
        self._events.flush()


def _check_file(path: Path) -> None:
    """Refuse what llama.cpp need not see. Raises `ModelFileInvalid` and `ModelTooLarge`."""
    advice = "Choose a GGUF file."
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
        size = path.stat().st_size
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise ModelFileInvalid(f"The model cannot be opened: {reason}.", where=str(path), advice=advice) from None
    if magic != _MAGIC:
        raise ModelFileInvalid("This file is no GGUF model.", where=str(path), advice=advice)
    free = psutil.virtual_memory().available
    if size > free:
        raise ModelTooLarge(
            f"The model needs {size / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free.",
            where=str(path),
            advice="Choose a smaller or more strongly quantized model, or close other programs.",
        )


def _template(weights: Weights) -> ChatTemplate:
    begin = weights.spell([weights.begin_token]) if weights.begin_token is not None else ""
    return ChatTemplate(weights.chat_template, begin=begin)


def _kind_of_state(model: ModelInfo) -> str:
    """Name what has to be the same for the state of a sequence to be: the model as it runs, and this machine."""
    runs = (model.sha256, model.layout, model.cache_type, model.flash_attention, model.gpu_layers, model.adapters)
    return hashlib.sha256(repr((*runs, machine())).encode()).hexdigest()[:24]


def _name(path: Path) -> str:
    """Return the file's name without its quantization: `SmolLM2-135M-Instruct.Q4_1.gguf` is a SmolLM2-135M-Instruct."""
    stem, _, last = path.stem.rpartition(".")
    return stem if stem and last[:1] in "QIFB" else path.stem


def _shipped_quantization(path: Path, layout: Layout, weights: Weights) -> str:
    if layout.path == str(path):
        return weights.quantization
    shipped = Weights(path, vocabulary_only=True)
    try:
        return shipped.quantization
    finally:
        shipped.close()


def main() -> None:
    """Serve the process that started this one."""
    # Ctrl+C in a terminal reaches the whole process group: it is the client that decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    events = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints must not end up between the events.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    status = 0
    try:
        Host(sys.stdin.buffer, events).run()
    except BrokenPipeError:
        log.info("the client is gone")
    except Exception:
        log.exception("the host ends on a bug")
        status = _BUG
    # Not sys.exit: the reader thread sits in a blocking read, which interpreter shutdown would wait for.
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
