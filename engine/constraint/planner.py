"""Compiling under limits: nobody waits long for a schema that somebody else asked for.

A small schema is compiled in place. A larger one is planned in a worker process, which is ended where it takes too
long or too much memory: some calls of the libraries that plan take many seconds and cannot be interrupted. What then
is left to do here takes as long again at most, and lets other OS threads run (the mask engine's compiler does).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

from engine.constraint.closing import byte_closer
from engine.constraint.compile import CompiledConstraint, Planned, compile_constraint, plan_schema
from engine.constraint.limits import SMALL_TEXT, is_small
from engine.constraint.spec import MatchesSchema
from engine.errors import ConstraintUnsupported
from engine.schema.document import read_schema
from engine.workers.process import Worker, WorkerCrashed, WorkerLate

if TYPE_CHECKING:
    from llguidance import LLTokenizer

    from engine.constraint.spec import ConstraintSpec
    from engine.schema.document import SchemaDocument

SECONDS = 20.0
"""How long planning one schema may take, in seconds."""
_WORKER = "engine.constraint.worker"
_MOST_KEPT = 4
"""Large schemas of which the compiled constraint is kept: the requests of a job all have the same."""
_ADVICE = "Give it fewer alternatives, take out the definitions that are not used, or split it."

Compiled = CompiledConstraint | None
"""A compiled specification; None stands for unconstrained text."""


class Planner:
    """Compiles specifications for one tokenizer. `close` it, or use it as a context manager."""

    def __init__(self, tokenizer: LLTokenizer | None = None, *, seconds: float = SECONDS) -> None:
        self._tokenizer = tokenizer
        self._seconds = seconds
        self._lock = threading.Lock()
        self._worker = Worker(_WORKER)
        self._lane = ThreadPoolExecutor(1, thread_name_prefix="planner")
        self._kept: OrderedDict[str, Future[Compiled]] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def compile(self, spec: ConstraintSpec) -> Compiled:
        """Compile a specification and wait for it.

        Raises as `compile_constraint` does, and `ConstraintUnsupported` where planning takes too long.
        """
        begun = self.begin(spec)
        return begun.result() if isinstance(begun, Future) else begun

    def begin(self, spec: ConstraintSpec) -> Compiled | Future[Compiled]:
        """Compile a specification that is small; begin with one that is not, which is done elsewhere.

        Raises as `compile_constraint` does, and the future `ConstraintUnsupported` where planning takes too long.
        """
        if not isinstance(spec, MatchesSchema):
            return compile_constraint(spec, self._tokenizer)
        text = spec.schema_text
        with self._lock:
            kept = self._kept.get(text)
            if kept is not None and not (kept.done() and (kept.cancelled() or kept.exception())):
                self._kept.move_to_end(text)
                return kept.result() if kept.done() else kept
        document = read_schema(text) if len(text) <= SMALL_TEXT else None
        if document is not None and is_small(document):
            return self._in_place(document)
        with self._lock:
            future = self._kept[text] = self._lane.submit(self._elsewhere, text)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return future

    def give_up(self, spec: ConstraintSpec) -> None:
        """Stop planning a schema that nobody waits for any more."""
        if not isinstance(spec, MatchesSchema):
            return
        with self._lock:
            future = self._kept.get(spec.schema_text)
            if future is None or future.cancel() or future.done():
                return
            # It runs, and nothing else does: the lane takes the next one from under the lock.
            del self._kept[spec.schema_text]
            self._worker.stop()
            self._worker = Worker(_WORKER)

    def close(self) -> None:
        """Stop at once; futures not done are cancelled or raise CancelledError. No process is left."""
        self._lane.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            worker = self._worker
            worker.stop()
        self._lane.shutdown()
        worker.discard()

    def _in_place(self, document: SchemaDocument) -> CompiledConstraint:
        return plan_schema(document, self._tokenizer).compiled()

    def _elsewhere(self, text: str) -> CompiledConstraint:
        with self._lock:
            worker = self._worker
        try:
            planned = worker.ask(text.encode(), self._seconds)
        except WorkerLate:
            raise ConstraintUnsupported(
                f"This schema is too much to plan: it was not done after {self._seconds:g} seconds.",
                where="the root",
                advice=_ADVICE,
            ) from None
        except WorkerCrashed:
            raise ConstraintUnsupported(
                "This schema is too much to plan: the process that tried has crashed.", where="the root", advice=_ADVICE
            ) from None
        assert isinstance(planned, Planned)
        constraint = planned.compiled()
        for tokenizer in filter(None, (self._tokenizer, byte_closer().tokenizer)):
            constraint.matcher(tokenizer)
        return constraint
