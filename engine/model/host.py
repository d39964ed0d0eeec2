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
from engine.model.admission import Admitted, admit, lack_of_memory
from engine.model.build import ask_build
from engine.model.cache import file_sha256, machine, model_sha256
from engine.model.fit import EXTRA_LANES, Memory, cells_of, context_of
from engine.model.held import held_memory
from engine.model.layouts import choose_layout
from engine.model.llama import Context, ContextShape, Weights, start_backend
from engine.model.prefixes import Prefixes
from engine.model.protocol import (
    COMMANDS,
    Adapter,
    Cancel,
    Command,
    ErrorPayload,
    Generate,
    HostEvent,
    Load,
    LoadFailed,
    LoadOptions,
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

_ALL_LAYERS = 1 << 20
"""More layers than any model has."""
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
        except _TooLargeTogether as too_large:
            self._emit(LoadFailed(error=ErrorPayload.of(too_large.error), alone=True))
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
        options, cache_dir = command.options, Path(command.cache_dir)
        admitted = admit(Path(command.path), options)
        path = admitted.parts[0]
        _check_memory(admitted, command)
        start_backend()
        threads = options.threads or psutil.cpu_count(logical=False) or os.cpu_count() or 1
        sha256 = model_sha256(admitted.parts, cache_dir, lambda part: self._progress("Reading the file", part))
        _check_pin(path, sha256, command.expected_sha256)
        adapters = tuple(_identified(adapter, cache_dir) for adapter in options.adapters)
        build = ask_build()
        offloads = build.can_offload and options.gpu_layers != 0
        fixed = offloads or admitted.is_split or not _has_room_for_layouts(admitted, command)
        layout = choose_layout(path, sha256, options, threads, cache_dir, self._progress, fixed=fixed)
        self._progress("Loading the weights")
        weights = Weights(
            Path(layout.path),
            gpu_layers=_layers(options) if offloads else 0,
            extra_buffers=layout.extra_buffers,
        )
        if weights.obstacle:
            raise ModelFileInvalid(weights.obstacle, where=str(path), advice="Choose another model.")
        template = _template(weights, options)
        for adapter in adapters:
            weights.apply(Path(adapter.path), adapter.scale)
        context_length = context_of(options, weights.trained_context)
        context = Context(weights, _shape(admitted, options, context_length, threads, offloads=offloads))
        self._progress("Reading the vocabulary")
        tokenizer = weights.mask_tokenizer()
        if not context.warm_up():
            raise ModelFileInvalid(
                "What this model computes are no numbers: its weights are damaged, or its settings are.",
                where=str(path),
                advice="Download or copy the file again, or choose another one.",
            )
        model = ModelInfo(
            name=_name(path),
            path=str(path),
            size_bytes=admitted.size,
            sha256=sha256,
            parameters=weights.parameters,
            quantization=admitted.facts.quantization,
            layout=layout.name,
            lossless=layout.lossless,
            trained_context=weights.trained_context,
            context=context_length,
            lanes=options.lanes,
            threads=threads,
            template=template.origin,
            vocabulary=weights.vocabulary_size,
            batch=options.batch,
            gpu_layers=min(_layers(options), weights.layers) if offloads else 0,
            device=build.device if offloads else "CPU",
            cache_type=options.cache_type,
            flash_attention=context.flash_attention,
            adapters=adapters,
            template_sha256=None if options.template is None else hashlib.sha256(options.template.encode()).hexdigest(),
            memory_bytes=held_memory(psutil.Process()),
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


def _check_memory(admitted: Admitted, command: Load) -> None:
    """Raise `ModelTooLarge` where the model does not fit beside what is there, with a limit of its own or without.

    It is a `_TooLargeTogether` where it would fit alone.
    """
    held, limit = command.given_back, command.memory_limit
    beside = lack_of_memory(admitted, command.options, _within(Memory.now(), limit, held))
    if beside is None:
        return
    alone = lack_of_memory(admitted, command.options, _within(Memory.now(held), limit, 0))
    if alone is None:
        raise _TooLargeTogether(beside)
    raise alone


def _has_room_for_layouts(admitted: Admitted, command: Load) -> bool:
    """Tell whether the larger layout would fit, too, where one is chosen by measuring."""
    options = command.options
    if options.layout != "measured":
        return True
    larger = options.model_copy(update={"layout": "F16"})
    memory = _within(Memory.now(), command.memory_limit, command.given_back)
    return lack_of_memory(admitted, larger, memory) is None


def _within(memory: Memory, limit: int | None, held: int) -> Memory:
    if limit is None:
        return memory
    return Memory(min(memory.free, max(limit - held, 0)), min(memory.total, limit))


class _TooLargeTogether(Exception):
    """The model would fit if the one before it were ended."""

    def __init__(self, error: ModelTooLarge) -> None:
        super().__init__(error.message)
        self.error = error


def _check_pin(path: Path, sha256: str, expected: str | None) -> None:
    if expected is not None and sha256 != expected.lower():
        raise ModelFileInvalid(
            f"The file is not the one that was pinned: its SHA-256 is {sha256}, the pinned one's {expected}.",
            where=str(path),
            advice="Bring the pinned file back, or take the pin off if the file was changed on purpose.",
        )


def _identified(adapter: Adapter, cache_dir: Path) -> Adapter:
    path = Path(adapter.path)
    sha256 = file_sha256(path, cache_dir)
    _check_pin(path, sha256, adapter.sha256)
    return adapter.model_copy(update={"sha256": sha256})


def _layers(options: LoadOptions) -> int:
    """Return how many layers go to a GPU."""
    return _ALL_LAYERS if options.gpu_layers in {None, -1} else options.gpu_layers or 0


def _shape(admitted: Admitted, options: LoadOptions, context: int, threads: int, *, offloads: bool) -> ContextShape:
    flash = options.flash_attention
    if flash == "auto" and not offloads:
        # On a CPU its kernel is slow for the few tokens that an answer grows by; a small cache is read by no other.
        flash = "off" if options.cache_type == "f16" else "on"
    return ContextShape(
        cells=cells_of(context, options.lanes, admitted.facts.cache_numbers * 2),
        sequences=options.lanes + EXTRA_LANES,
        batch=options.batch,
        threads=threads,
        flash_attention=flash,
        cache_type=options.cache_type,
    )


def _template(weights: Weights, options: LoadOptions) -> ChatTemplate:
    begin = weights.spell([weights.begin_token]) if weights.begin_token is not None else ""
    end = weights.spell([weights.end_token]) if weights.end_token is not None else ""
    source = weights.chat_template if options.template is None else options.template
    return ChatTemplate(source, begin=begin, end=end, chosen=options.template is not None)


def _kind_of_state(model: ModelInfo) -> str:
    """Name what has to be the same for the state of a sequence to be: the model as it runs, and this machine."""
    runs = (model.sha256, model.layout, model.cache_type, model.flash_attention, model.gpu_layers, model.adapters)
    return hashlib.sha256(repr((*runs, machine())).encode()).hexdigest()[:24]


def _name(path: Path) -> str:
    """Return the file's name without its quantization: `SmolLM2-135M-Instruct.Q4_1.gguf` is a SmolLM2-135M-Instruct."""
    stem, _, last = path.stem.rpartition(".")
    return stem if stem and last[:1] in "QIFB" else path.stem


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
