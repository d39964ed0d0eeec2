"""The loop that owns the llama context: many requests, one `llama_decode` a step.

Each step puts everything that is ready into one batch: the tokens that running answers gained (a sampled one and
those it forces), and chunks of the prompts still being read. Then each answer whose logits came back is masked,
sampled and grown. Interactive requests come before jobs, and long prompts are read in chunks, so that a running
answer is never held up for long. A reproducible request runs alone on a cleared context. While a large schema is
planned elsewhere, its request waits and the others go on.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.constraint.closing import Closer
from engine.constraint.grounding import Vocabulary
from engine.constraint.planner import Planner
from engine.errors import (
    Cancelled,
    ConstraintUnsupported,
    ContextFull,
    EngineError,
    ModelFileInvalid,
    TokenLimitReached,
)
from engine.model.beginning import take_beginning
from engine.model.cores import Cores
from engine.model.grounding import check_quotes, ground
from engine.model.lanes import Lane, Lanes
from engine.model.llama import Context, DecodeOutcome, Weights
from engine.model.prefixes import WORTH_KEEPING
from engine.model.prompt import build_prompt, room_for_span
from engine.model.protocol import (
    Enforcement,
    ErrorPayload,
    Failed,
    Finished,
    FinishReason,
    GenerateRequest,
    Measured,
    ModelInfo,
    Rendered,
    RequestEvent,
    Started,
    TextDelta,
)
from engine.model.reader import Reader
from engine.model.run import Piece, Run
from engine.model.sampling import NoNumbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from llguidance import LLTokenizer

    from engine.constraint.matcher import Matcher
    from engine.constraint.planner import Compiled
    from engine.model.beginning import Beginning
    from engine.model.prefixes import Prefixes
    from engine.model.prompt import Prompt
    from engine.model.template import ChatTemplate

_INTERACTIVE_CHUNK = 64
"""Prompt tokens read in one step while somebody watches an answer grow."""
_SHARED_CHUNK = 192
"""Prompt tokens read in one step beside other requests, so that none of them waits long for a Stop or its turn."""
_RESERVE = 512
"""Cells set aside for an answer when its request is admitted; a longer one may have to wait for room."""

_REASONS: dict[type[EngineError], FinishReason] = {TokenLimitReached: "token_limit", ContextFull: "context_full"}


@dataclass(frozen=True, slots=True)
class _Part:
    """A lane's share of a batch: `size` tokens; `row` holds the logits of its last one, if it was the run's last."""

    lane: Lane
    run: Run
    size: int
    row: int | None


@dataclass(frozen=True, slots=True)
class _Abortable:
    """A running decode that a cancelled request may abort: this one, or any where there is no `id`."""

    context: Context
    id: str | None


@dataclass(frozen=True, slots=True)
class _Planned:
    """A request whose schema is planned elsewhere, and what is done with it then."""

    request: GenerateRequest
    arrived: float
    future: Future[Compiled]
    go_on: Callable[[GenerateRequest, float, Compiled], None]


class Scheduler:
    """Advances all requests. `submit` and `step` belong to one OS thread; `cancel` may come from any."""

    def __init__(
        self,
        weights: Weights,
        context: Context,
        template: ChatTemplate,
        tokenizer: LLTokenizer,
        model: ModelInfo,
        emit: Callable[[RequestEvent], None],
        *,
        wake: Callable[[], None] = lambda: None,
        planner: Planner | None = None,
        prefixes: Prefixes | None = None,
    ) -> None:
        """`wake` is called, from any OS thread, when an idle scheduler is no longer idle by itself.

        `prefixes` has what earlier hosts computed of prompts, and is given what this one does; it is closed with this.
        """
        self._weights = weights
        self._context = context
        self._template = template
        self._tokenizer = tokenizer
        self._model = model
        self._emit = emit
        self._wake = wake
        self._planner = planner or Planner(tokenizer)
        self._planned: dict[str, _Planned] = {}
        self._queue: deque[Run] = deque()
        self._lanes = Lanes(context)
        # A GPU's kernel skips what a token does not see, and its memory is dear.
        apart = 0 if context.flash_attention else model.context
        self._reader = Reader(weights, replace(context.shape, cells=apart, sequences=1), context)
        self._prefixes = prefixes
        self._closer = Closer(tokenizer, weights.end_tokens)
        self._vocabulary: Vocabulary | None = None
        self._cores = Cores(context.shape.threads)
        self._cancelled: set[str] = set()
        self._abortable: _Abortable | None = None
        self._lock = threading.Lock()

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do: none of the requests can go on before something is told from outside."""
        if self._queue or self._lanes.busy:
            return False
        with self._lock:
            cancelled = self._cancelled & self._planned.keys()
        return not cancelled and not any(planned.future.done() for planned in self._planned.values())

    def submit(self, request: GenerateRequest) -> None:
        """Queue a request; one that can never run fails before any token is generated."""
        self._plan(request, self._queue_up)

    def _plan(self, request: GenerateRequest, go_on: Callable[[GenerateRequest, float, Compiled], None]) -> None:
        """Compile a request's constraint, then go on: at once where that is done in a moment."""
        arrived = time.monotonic()
        try:
            compiled = self._planner.begin(request.constraint)
            if isinstance(compiled, Future):
                self._planned[request.id] = _Planned(request, arrived, compiled, go_on)
                compiled.add_done_callback(lambda _: self._wake())
            else:
                go_on(request, arrived, compiled)
        except EngineError as error:
            self._refuse(request, error)

    def _take_plans(self) -> None:
        """Go on with the requests whose schemas have been planned elsewhere, in the order in which they came."""
        for planned in [planned for planned in self._planned.values() if planned.future.done()]:
            del self._planned[planned.request.id]
            try:
                planned.go_on(planned.request, planned.arrived, planned.future.result())
            except EngineError as error:
                self._refuse(planned.request, error)

    def _refuse(self, request: GenerateRequest, error: EngineError) -> None:
        self._emit(Failed(id=request.id, error=ErrorPayload.of(error)))

    def _queue_up(self, request: GenerateRequest, arrived: float, compiled: Compiled) -> None:
        self._enqueue(self._prepare(request, arrived, compiled))

    def _enqueue(self, run: Run) -> None:
        """Let a run wait: the interactive ones first, and of each kind those that came first."""
        place = sum(_place(each) <= _place(run) for each in self._queue)
        self._queue.insert(place, run)

    def render(self, request: GenerateRequest) -> None:
        """Answer with the exact prompt of a request and how its constraint is held to."""
        self._plan(request, self._show_prompt)

    def measure(self, request: GenerateRequest, texts: Sequence[str]) -> None:
        """Answer with the lengths of texts in tokens, and what a request leaves for its shrinkable span."""
        try:
            room = room_for_span(self._weights, self._template, request, self._model.context)
        except EngineError as error:
            self._refuse(request, error)
            return
        tokens = tuple(len(self._weights.tokenize(text, special=False)) for text in texts)
        self._emit(Measured(id=request.id, room=room, tokens=tokens))

    def _show_prompt(self, request: GenerateRequest, _arrived: float, compiled: Compiled) -> None:
        prompt, _, _ = self._read(request, compiled)
        uses = compiled.uses if compiled else ()
        self._emit(
            Rendered(
                id=request.id,
                prompt=self._weights.spell(prompt.tokens),
                prompt_tokens=len(prompt.tokens),
                dropped_messages=prompt.dropped_messages,
                enforcement=tuple(Enforcement(pointer=use.pointer, keyword=use.keyword, how=use.how) for use in uses),
            )
        )

    def cancel(self, request_id: str) -> None:
        """Stop a request within one decode, midway through one that it is alone in or that reads a prompt apart."""
        with self._lock:
            self._cancelled.add(request_id)
            if self._abortable is not None and self._abortable.id in {None, request_id}:
                self._abortable.context.abort()

    def close(self) -> None:
        """Free what the scheduler opened itself; the context it was given stays open."""
        self._planner.close()
        self._reader.close()
        if self._prefixes is not None:
            self._prefixes.close()

    def step(self) -> None:
        """Advance everything by one decode, and a prompt that is read apart by another."""
        self._drop_cancelled()
        self._take_plans()
        self._admit()
        parts = self._fill_batch()
        outcome = self._decode(self._context, [part.run for part in parts]) if parts else DecodeOutcome.OK
        if outcome is DecodeOutcome.OK:
            for part in parts:
                if part.lane.run is part.run:  # it may have been set aside since
                    self._take(part)
            lane = self._reader.next()
            if lane is not None:
                outcome = self._reader.read(lane, self._reading_room(), self._decode)
        elif outcome is DecodeOutcome.ABORTED:
            for lane in self._lanes.busy:
                self._context.cut(lane.sequence, len(lane.tokens))
        if outcome is DecodeOutcome.NO_ROOM and not self._lanes.make_room():
            self._set_aside()

    def _prepare(self, request: GenerateRequest, arrived: float, constraint: Compiled) -> Run:
        prompt, matcher, beginning = self._read(request, constraint)
        return Run(
            request,
            prompt,
            constraint,
            matcher,
            context=self._model.context,
            spell=self._weights.piece,
            closer=self._closer,
            beginning=beginning,
            name=self._name,
            arrived=arrived,
        )

    def _read(self, request: GenerateRequest, constraint: Compiled) -> tuple[Prompt, Matcher | None, Beginning]:
        """Return a request's prompt, and a matcher that stands behind what the answer begins with."""
        matcher = constraint.matcher(self._tokenizer) if constraint else None
        beginning = take_beginning(request, constraint, matcher, self._weights, self._tokenizer)
        given = len(beginning.given)
        prompt = build_prompt(self._weights, self._template, request, self._model.context, given=given)
        if request.grounding is not None:
            self._vocabulary = self._vocabulary or Vocabulary(self._tokenizer)
            matcher = ground(request, prompt, constraint, beginning, self._vocabulary)
        return prompt, matcher, beginning

    def _name(self, token: int) -> str:
        return self._weights.spell([token])

    def _drop_cancelled(self) -> None:
        with self._lock:
            cancelled, self._cancelled = self._cancelled, set()
        for request_id in cancelled:
            error = Cancelled("Stopped.", advice="What had been written is kept.")
            planned = self._planned.pop(request_id, None)
            if planned is not None:
                if all(other.future is not planned.future for other in self._planned.values()):
                    self._planner.give_up(planned.request.constraint)
                self._refuse(planned.request, error)
            for run in [run for run in self._queue if run.id == request_id]:
                self._queue.remove(run)
                self._fail(run, error, "cancelled")
            lane = self._lanes.lane_of(request_id)
            if lane is not None:
                self._end_badly(lane, error, "cancelled")

    def _admit(self) -> None:
        for run in list(self._queue):
            busy = self._lanes.busy
            if any(lane.run is not None and lane.run.alone for lane in busy):
                return
            if run.alone:
                if busy:
                    return
                self._lanes.forget_all()
            elif len(busy) >= self._model.lanes + (
                run.request.priority == "interactive"
            ) or self._lanes.sibling_is_computing(run.known):
                continue
            else:
                self._take_from_disk(run)
            fresh = not run.began
            lane = self._lanes.take(run, min(run.remaining, _RESERVE))
            if lane is None:
                return
            self._queue.remove(run)
            if busy:
                self._reader.takes(lane)
            if fresh:
                self._announce(run)

    def _take_from_disk(self, run: Run) -> None:
        """Take the beginning of a prompt from disk where that has much more of it than the lanes."""
        prefixes, tokens = self._prefixes, run.prompt.tokens[:-1]
        if prefixes is None or prefixes.longest(tokens) - self._lanes.longest_held(tokens) < WORTH_KEEPING:
            return
        found = prefixes.read(tokens)
        if found is not None:
            kept, state = found
            self._lanes.adopt(kept, lambda sequence: self._context.restore(sequence, state, len(kept)))

    def _keep_preamble(self, lane: Lane, run: Run) -> None:
        """Keep what was computed of instructions and schema for the hosts to come."""
        tokens = run.prompt.tokens[: run.prompt.preamble]
        if self._prefixes is not None and self._prefixes.wants(tokens):
            self._prefixes.keep(tokens, self._context.save(lane.sequence, len(tokens)))

    def _announce(self, run: Run) -> None:
        self._emit(
            Started(
                id=run.id,
                prompt_tokens=len(run.prompt.tokens),
                shared_tokens=run.shared,
                trimmed_characters=run.prompt.trimmed_characters,
                dropped_messages=run.prompt.dropped_messages,
                provisional=run.provisional,
            )
        )
        self._show(run, run.opening)

    def _fill_batch(self) -> list[_Part]:
        """Put what is ready into the batch, the most urgent first."""
        context, parts = self._context, list[_Part]()
        context.clear_batch()
        lanes = sorted((lane for lane in self._lanes.busy if not self._reader.holds(lane)), key=_urgency)
        reading_room = self._reading_room()
        for lane in lanes:
            run = lane.run
            assert run is not None
            size = min(len(run.tokens) - run.computed, context.shape.batch - context.batched)
            if run.reading:
                size = min(size, reading_room)
                reading_room -= size
            end = run.computed + size
            row = -1
            for position in range(run.computed, end):
                last = position == len(run.tokens) - 1
                row = context.add(run.tokens[position], position, lane.sequence, logits=last)
            if size:
                parts.append(_Part(lane, run, size, row if end == len(run.tokens) else None))
        return parts

    def _reading_room(self) -> int:
        """Return how many prompt tokens the next step may read, so that nobody waits long for it."""
        busy = self._lanes.busy
        if any(lane.run and not lane.run.reading and _interactive(lane.run) for lane in busy):
            return _INTERACTIVE_CHUNK
        return _SHARED_CHUNK if len(busy) > 1 else self._context.shape.batch

    def _decode(self, context: Context, runs: Sequence[Run]) -> DecodeOutcome:
        with self._lock:
            # What is read apart is read again where it is aborted: nobody's Stop waits for it.
            apart = context is not self._context
            if self._cancelled and (apart or self._cancelled.issuperset(run.id for run in runs)):
                return DecodeOutcome.ABORTED
            if apart or len(runs) == 1:
                self._abortable = _Abortable(context, None if apart else runs[0].id)
        # The number of threads can decide the last bits of a logit, so it is fixed where they must not differ.
        fixed = any(run.request.reproducible for run in runs)
        context.use_threads(self._cores.most if fixed else self._cores.threads())
        outcome = context.decode()
        with self._lock:
            self._abortable = None
            context.forget_abort()
        return outcome

    def _take(self, part: _Part) -> None:
        """Account for what was computed, and grow the answer where its logits came back."""
        run = part.run
        part.lane.tokens += run.tokens[run.computed : run.computed + part.size]
        run.computed += part.size
        run.decodes += 1
        if part.row is None:
            return
        try:
            self._grow(part.lane, run, part.row)
        except NoNumbers:
            self._find_who_spoils(part.lane)
        except EngineError as error:
            self._end_badly(part.lane, error, _REASONS.get(type(error), "failed"))

    def _grow(self, lane: Lane, run: Run, row: int) -> None:
        choice = run.choose(self._context.logits(row))
        if not run.has_drawn:
            self._keep_preamble(lane, run)
        ending = choice.token in self._weights.end_tokens
        if not ending:
            piece = run.append(choice)
            self._show(run, piece)
            ending = piece.closing or (run.matcher is not None and run.matcher.ended)
        while ending and run.remaining >= 0:
            if run.matcher is not None and not run.matcher.accepting:
                raise ConstraintUnsupported("The mask engine ended the text before it was complete.")
            piece = run.finish()
            self._show(run, piece)
            if piece.ended:
                self._end_well(lane, run)
                return
            ending = piece.closing or (run.matcher is not None and run.matcher.ended)
        if len(lane.tokens) > run.computed:
            self._context.cut(lane.sequence, run.computed)
            del lane.tokens[run.computed :]
        if run.remaining <= 0:
            raise run.limit_met()

    def _find_who_spoils(self, lane: Lane) -> None:
        """Fail a request of which no numbers come, where it is alone; else have all that ran begin anew, each alone.

        A cell without numbers spoils what is computed of other sequences, so that any of them may be to blame.
        """
        busy = self._lanes.busy
        if len(busy) == 1:
            error = ModelFileInvalid(
                "What this model computes here are no numbers: its weights are damaged, or its settings are.",
                where=self._model.path,
                advice="Download or copy the file again, or choose another one.",
            )
            self._end_badly(lane, error, "failed")
        else:
            for each in busy:
                assert each.run is not None
                each.run.alone = True
                self._put_back(each)
        self._reader.close()
        self._lanes.forget_all()
        self._context.wipe()

    def _end_well(self, lane: Lane, run: Run) -> None:
        if run.constraint is not None and run.constraint.is_json:
            run.constraint.check_text(run.text)
            check_quotes(run.text, run.matcher)
        self._release(lane)
        self._emit(Finished(id=run.id, text=run.text, receipt=run.receipt(run.end_reason, self._model)))

    def _end_badly(self, lane: Lane, error: EngineError, reason: FinishReason) -> None:
        run = lane.run
        assert run is not None
        # Whoever asks again, with another limit or penalty, begins with the same prompt.
        self._lanes.release(lane, len(lane.tokens))
        self._fail(run, error, reason)

    def _fail(self, run: Run, error: EngineError, reason: FinishReason) -> None:
        self._emit(
            Failed(
                id=run.id,
                error=ErrorPayload.of(error),
                text=run.text,
                receipt=run.receipt(reason, self._model),
            )
        )

    def _release(self, lane: Lane) -> None:
        """Free a lane. A conversation keeps all it computed, a job only what its siblings begin with too.

        One that is asked again keeps its prompt.
        """
        run = lane.run
        assert run is not None
        siblings = max(run.prompt.preamble, self._lanes.longest_shared(lane))
        keep = len(lane.tokens) if _interactive(run) or not siblings else siblings
        if run.request.asked_again:
            keep = max(keep, len(run.prompt.tokens))
        self._lanes.release(lane, keep)

    def _set_aside(self) -> None:
        """Put the least urgent running request back into the queue: the cells did not suffice for all."""
        self._put_back(max(self._lanes.busy, key=_urgency))

    def _put_back(self, lane: Lane) -> None:
        """Let a running request wait again: what it has is computed anew."""
        run = lane.run
        assert run is not None
        self._lanes.release(lane, 0)
        run.computed = 0
        self._enqueue(run)

    def _show(self, run: Run, piece: Piece) -> None:
        if piece.text or piece.tokens or piece.keep is not None:
            delta = TextDelta(id=run.id, text=piece.text, tokens=piece.tokens, forced=piece.forced, keep=piece.keep)
            self._emit(delta)
        if piece.written is not None:
            self._emit(piece.written)
        for closed in piece.closed:
            self._emit(closed)


def _interactive(run: Run) -> bool:
    return run.request.priority == "interactive"


def _place(run: Run) -> tuple[bool, float]:
    """Sort key of waiting runs. One that was set aside, or whose schema took long to plan, keeps its place."""
    return not _interactive(run), run.arrived


def _urgency(lane: Lane) -> tuple[bool, bool, int]:
    """Sort key of busy lanes: answers that grow first, then interactive ones, then those admitted first."""
    assert lane.run is not None
    return lane.run.reading, not _interactive(lane.run), lane.used
