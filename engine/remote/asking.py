"""One request to a model elsewhere, from its turn to its end: asked, checked, and asked again where it fails."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from engine._version import __version__
from engine.constraint.spec import MatchesSchema, Unconstrained
from engine.errors import (
    AnswerInvalid,
    Cancelled,
    ContextFull,
    EndpointGarbled,
    EngineError,
    InvalidRequest,
    ModelError,
    TokenLimitReached,
)
from engine.model.protocol import (
    Attempt,
    ChatMessage,
    Enforcement,
    ErrorPayload,
    Failed,
    Finished,
    FinishReason,
    GenerateRequest,
    Postponed,
    Receipt,
    Started,
    TextDelta,
    TokensWritten,
    ValueClosed,
)
from engine.remote.body import Wording, as_sent
from engine.remote.checking import check, unwrapped
from engine.remote.completion import Completion
from engine.remote.faults import Fault, StatusFault, masked
from engine.remote.fitting import Fitted, fit
from engine.remote.forms import Form, form, in_words, steps
from engine.remote.grounded import Quotes
from engine.remote.key_guard import KeyGuard
from engine.remote.lengths import estimate
from engine.remote.likelihood import UNKNOWN, likelihoods, traces
from engine.remote.peer import model_info

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.constraint.planner import Compiled
    from engine.model.protocol import RequestEvent
    from engine.remote.checking import Checked
    from engine.remote.peer import Peer


log = logging.getLogger(__name__)

_REASONS: dict[type[EngineError], FinishReason] = {TokenLimitReached: "token_limit", ContextFull: "context_full"}
_LONGEST_SHOWN_BACK = 12_000
_REFUSED_FORM = frozenset({400, 415, 422, 500, 501})
_OF_FORMS = (
    "schema", "grammar", "response_format", "guided", "structured", "json_object", "json mode", "regex", "xgrammar",
    "outlines", "gbnf", "llguidance", "extra inputs", "extra fields", "unrecognized", "not supported", "unsupported",
)  # fmt: skip


class Asking:
    """A request while it is asked. `emit` hears its events, up to one `Finished` or `Failed`."""

    def __init__(self, request: GenerateRequest, peer: Peer, emit: Callable[[RequestEvent], None]) -> None:
        self.request = request
        self.stopped: EngineError | None = None
        """What ended it from outside, where that was not whoever asked."""
        self._peer = peer
        self._emit = emit
        self._key: str | None = None
        self._told: list[str] = []
        """The pieces of the text that whoever listens has."""
        self._attempts: list[Attempt] = []
        self._invalid = 0
        self._discarded = 0
        self._compiled: Compiled = None
        self._fitted = Fitted(())
        self._quotes: Quotes | None = None
        self._said = ""
        self._prompt_tokens = 0
        self._completion = Completion(peer.endpoint.url)
        self._guard = KeyGuard(None, peer.endpoint.url)
        self._without: frozenset[str] = frozenset()
        self._seed = request.sampling.seed
        self._sampling = request.sampling
        self._arrived = time.monotonic()
        self._began: float | None = None
        self._first: float | None = None
        self._started_at = datetime.now(UTC).isoformat(timespec="seconds")

    async def run(self) -> None:
        """Ask until there is an answer that passes, or an error."""
        try:
            async with self._peer.turns.turn(self.request.priority):
                self._began = time.monotonic()
                with self._peer.network.using(f"Asking {self._peer.endpoint.name}"):
                    await self._answer()
        except asyncio.CancelledError:
            error = self.stopped or Cancelled("Stopped.", advice="What had been written is kept.")
            self._fail(error, "failed" if self.stopped else "cancelled")
        except Fault as fault:
            self._fail(fault.error(), "failed")
        except EngineError as error:
            self._fail(error, _REASONS.get(type(error), "failed"))
        except Exception:
            log.exception("a request to %s has ended by a fault of this program", self._peer.endpoint.url)
            self._fail(ModelError("The request has ended by a fault of Espalier, which its log describes."), "failed")

    async def _answer(self) -> None:
        peer, request = self._peer, self.request
        self._refuse_what_cannot_be()
        self._key = await peer.key()
        self._compiled = await peer.compile(request.constraint)
        if self._seed is None and peer.capabilities.seed:
            self._seed = secrets.randbits(31)
        afterwards: tuple[ChatMessage, ...] = ()
        for go in range(1, peer.endpoint.attempts + 1):
            began = time.monotonic()
            self._completion = Completion(peer.endpoint.url)
            self._guard = KeyGuard(self._key, peer.endpoint.url)
            error: EngineError | None
            try:
                await self._ask(afterwards, go)
                error = self._completion.fault(request.max_tokens)
                self._refuse_emptiness(error)
            except EndpointGarbled as garbled:
                error = garbled
            if error is None:
                answer, checked = await peer.aside(self._check, go == peer.endpoint.attempts)
                if answer is not None:
                    self._refuse_key_within(answer)
                    self._finish(answer, checked)
                    return
                self._invalid += 1
                # A server may have passed over the field with the schema, since it does not know it.
                words = "" if self._said else in_words(request.constraint)
                error, afterwards = _invalid(checked), _complaint(checked, words, self._room_left())
            elif not isinstance(error, EndpointGarbled):
                raise error
            self._note(error, time.monotonic() - began)
            if go == peer.endpoint.attempts:
                raise error
            self._withdraw()

    async def _ask(self, afterwards: tuple[ChatMessage, ...], go: int) -> None:
        """Ask once, in the strongest form that the server takes; what it refuses is left out from then on."""
        peer, spec = self._peer, self.request.constraint
        ladder = steps(spec, self._compiled, peer.capabilities)
        while True:
            step = min(peer.weakest.get(spec, 0), len(ladder) - 1)
            said = form(spec, self._compiled, peer.capabilities, ladder[step])
            self._said = said.words
            await self._fit(said, afterwards)
            if self._quotes is not None:
                said = form(spec, self._compiled, peer.capabilities, ladder[step], self._quotes.offered)
            seed = None if self._seed is None else self._seed + go - 1
            wording = Wording(peer.model, peer.capabilities, peer.without | self._without)
            body = wording.body(self.request, [*self._fitted.messages, *afterwards], said, seed)
            self._sampling = as_sent(self.request.sampling, body, seed)
            began = time.monotonic()
            try:
                patient = self.request.priority == "job"
                await peer.send(body, self._take, key=self._key, patient=patient, postponed=self._postpone)
            except StatusFault as fault:
                if self._completion.pieces:
                    raise EndpointGarbled(fault.error().message, where=peer.endpoint.url) from None
                field = wording.refused(body, fault.words) if fault.status in _REFUSED_FORM else None
                is_news = peer.learn_context(fault.context)
                if fault.is_only_the_limit and "max_tokens" not in self._without:
                    # What the context leaves is less than the limit, so that the limit says nothing.
                    self._without |= {"max_tokens"}
                elif is_news and self._may_shrink:
                    continue
                elif field is not None and field not in peer.without:
                    peer.without |= {field}
                elif step + 1 < len(ladder) and _is_about_form(fault):
                    peer.weakest[spec] = step + 1
                    self._note(fault.error(), time.monotonic() - began)
                else:
                    raise
            else:
                return

    async def _fit(self, said: Form, afterwards: tuple[ChatMessage, ...]) -> None:
        """Make the messages fit, and say that the request has started."""
        peer = self._peer
        context = peer.context
        if context is not None and afterwards and self._may_shrink:
            context = max(context - sum(estimate(message.content) for message in afterwards), context // 2)
        first = not self._fitted.messages
        before, self._fitted = self._fitted, await fit(self.request, said.words, peer.lengths(self._key), context)
        trimmed = self._fitted.trimmed_characters
        if first or trimmed != before.trimmed_characters:
            self._quotes = await peer.aside(Quotes.of, self.request, trimmed)
        if first:
            contents = [message.content for message in self._fitted.messages]
            self._prompt_tokens = await self._measured(contents)
            self._emit(
                Started(
                    id=self.request.id,
                    prompt_tokens=self._prompt_tokens,
                    shared_tokens=0,
                    trimmed_characters=self._fitted.trimmed_characters,
                    dropped_messages=self._fitted.dropped_messages,
                    provisional=True,
                    model=model_info(peer.endpoint, peer.capabilities, peer.context),
                )
            )

    async def _measured(self, contents: list[str]) -> int:
        """Return the length of the prompt, as far as it is known before the server tells it."""
        if self._fitted.tokens is not None:
            return self._fitted.tokens
        if self._peer.tells_usage:
            return await self._peer.aside(_estimated, contents)
        return sum(await self._peer.lengths(self._key).of(contents))

    def _refuse_what_cannot_be(self) -> None:
        self._peer.network.check()
        if self.request.begin:
            raise InvalidRequest(
                "An answer from elsewhere cannot be given its beginning.", advice="Use a model on this machine."
            )

    def _refuse_emptiness(self, error: EngineError | None) -> None:
        if error is None and isinstance(self.request.constraint, Unconstrained) and not self._completion.text.strip():
            raise EndpointGarbled("The answer is empty.", where=self._peer.endpoint.url, advice="Try again.")

    def _refuse_key_within(self, answer: Checked) -> None:
        """Raise where the key stands in a value, though not in the text, which may spell any sign another way."""
        try:
            self._guard.refuse_within(answer.value)
        except EndpointGarbled:
            self._withdraw()
            raise

    @property
    def _may_shrink(self) -> bool:
        return self.request.shrink is not None or self.request.drop == "oldest"

    def _room_left(self) -> int:
        """Return how many tokens there are beside the prompt and an answer, for saying what was wrong with one."""
        context = self._peer.context
        if context is None:
            return _LONGEST_SHOWN_BACK
        return context - self._prompt_tokens - min(self.request.max_tokens or context // 4, context // 2)

    def _postpone(self, seconds: float, fault: Fault) -> None:
        error = ErrorPayload.of(self._clean(fault.error()))
        self._emit(Postponed(id=self.request.id, seconds=seconds, error=error))

    def _take(self, chunk: Any) -> None:
        """Take a chunk of the answer, and tell what it adds; nothing of the key is ever told."""
        self._tell(self._guard.let_through(self._completion.take(chunk)))

    def _tell(self, text: str) -> None:
        if not text:
            return
        if self._first is None:
            self._first = time.monotonic()
        self._told.append(text)
        self._emit(TextDelta(id=self.request.id, text=text, tokens=1, forced=0))

    def _check(self, is_last: bool) -> tuple[Checked | None, Checked]:
        """Return the answer as it is given, if it passes, and as it was sent with what is wrong with it.

        What the last one quotes that stands nowhere is withdrawn from it, where the schema allows that.
        """
        compiled, text = self._compiled, self._completion.text
        sent = check(unwrapped(text) if compiled is not None and compiled.is_json else text, compiled)
        if sent.problems or self._quotes is None:
            return None if sent.problems else sent, sent
        read = self._quotes.read(sent.text)
        given = read.text if not read.problems else read.withdrawn if is_last else None
        if given is None:
            return None, replace(sent, problems=read.problems)
        answer = check(given, compiled)
        return None if answer.problems else answer, replace(sent, problems=answer.problems)

    def _finish(self, answer: Checked, sent: Checked) -> None:
        """Tell the answer that passes, its values, and that it is complete."""
        self._tell(self._guard.rest())
        if answer.text != self._completion.text:
            self._told = [answer.text]
            self._emit(TextDelta(id=self.request.id, text=answer.text, tokens=0, forced=0, keep=0))
        tokens = traces(answer.text, self._completion.tokens) if self.request.trace else ()
        if tokens:
            self._emit(TokensWritten(id=self.request.id, tokens=tokens))
        known = likelihoods(sent, self._completion.tokens, rivals=self.request.rivals)
        for value in answer.values:
            likelihood = known.get(value.pointer, UNKNOWN)
            self._emit(
                ValueClosed(
                    id=self.request.id,
                    pointer=value.pointer,
                    value=value.value,
                    start=value.start,
                    end=value.end,
                    mean_probability=likelihood.mean,
                    min_probability=likelihood.least,
                    removed_mass=None,
                    margin=likelihood.margin,
                    absence=likelihood.absence,
                    probability=likelihood.whole,
                    rivals=likelihood.rivals,
                    spans=self._quotes.spans(value.path, value.value) if self._quotes else (),
                )
            )
        self._emit(Finished(id=self.request.id, text=answer.text, receipt=self._receipt("stop")))

    def _withdraw(self) -> None:
        if self._told:
            self._told = []
            self._emit(TextDelta(id=self.request.id, text="", tokens=0, forced=0, keep=0))

    def _note(self, error: EngineError, seconds: float) -> None:
        self._discarded += self._completion.written
        info = model_info(self._peer.endpoint, self._peer.capabilities)
        error = self._clean(error)
        self._attempts.append(
            Attempt(model=info.name, endpoint=info.endpoint, error=ErrorPayload.of(error), seconds=seconds)
        )

    def _fail(self, error: EngineError, reason: FinishReason) -> None:
        receipt = None if self._began is None else self._receipt(reason)
        payload = ErrorPayload.of(self._clean(error))
        self._emit(Failed(id=self.request.id, error=payload, text="".join(self._told), receipt=receipt))

    def _clean(self, error: EngineError) -> EngineError:
        error.message = masked(error.message, self._key)
        return error

    def _receipt(self, reason: FinishReason) -> Receipt:
        now = time.monotonic()
        began = self._began or now
        completion, peer, spec = self._completion, self._peer, self.request.constraint
        told = completion.prompt_tokens
        return Receipt(
            request=self.request.model_copy(update={"sampling": self._sampling}),
            model=model_info(peer.endpoint, peer.capabilities, peer.context),
            finish_reason=reason,
            seed=self._sampling.seed,
            schema_sha256=spec.sha256 if isinstance(spec, MatchesSchema) else None,
            enforcement=enforcement(self._compiled),
            guarantee="checked",
            attempts=tuple(self._attempts),
            prompt_tokens=self._prompt_tokens if told is None else told,
            shared_tokens=completion.shared_tokens,
            generated_tokens=completion.written,
            rollbacks=self._invalid,
            discarded_tokens=self._discarded,
            trimmed_characters=self._fitted.trimmed_characters,
            dropped_messages=self._fitted.dropped_messages,
            queued_s=began - self._arrived,
            first_token_s=None if self._first is None else self._first - began,
            total_s=now - began,
            started_at=self._started_at,
            engine_version=__version__,
        )


def enforcement(compiled: Compiled) -> tuple[Enforcement, ...]:
    """Return how the keywords of a schema are held to where no mask is: by a check."""
    return tuple(
        Enforcement(pointer=use.pointer, keyword=use.keyword, how="annotation" if use.how == "annotation" else "check")
        for use in (compiled.uses if compiled else ())
    )


def _invalid(checked: Checked) -> AnswerInvalid:
    problem = checked.problems[0]
    more = len(checked.problems) - 1
    others = f", and {more} more" if more else ""
    return AnswerInvalid(
        f"The answer is not valid: {problem.message}{others}.",
        where=problem.pointer or "the root",
        advice="Try again, use a model that follows schemas better, or make the schema simpler at this place.",
    )


def _complaint(checked: Checked, words: str, room: int) -> tuple[ChatMessage, ...]:
    """Return the turns that tell a model what is wrong with its answer, in so many tokens if they can."""
    wrong = "\n".join(f"- {problem.pointer or 'The whole'}: {problem.message}" for problem in checked.problems)
    shown = checked.text.strip()
    if not shown or len(shown) > _LONGEST_SHOWN_BACK or estimate(shown + wrong) > room:
        shown = "…"
    asked = f"This answer is not valid:\n{wrong}\nGive the whole answer again, corrected, and nothing else."
    if words and estimate(shown + asked + words) <= room:
        asked = f"{asked}\n{words}"
    return ChatMessage(role="assistant", content=shown), ChatMessage(role="user", content=asked)


def _is_about_form(fault: StatusFault) -> bool:
    words = fault.words.lower()
    return fault.status in _REFUSED_FORM and (not words or any(word in words for word in _OF_FORMS))


def _estimated(texts: list[str]) -> int:
    return sum(map(estimate, texts))
