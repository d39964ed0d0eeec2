"""`espalier generate`: one prompt, one answer."""

from __future__ import annotations

import queue
import sys
import uuid
from contextlib import closing
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from engine.chat.prompt import compose
from engine.cli.console import Interrupt, explain, open_backend, read_schema_file, read_text, showable
from engine.constraint.spec import AnyJson, MatchesLark, MatchesRegex, MatchesSchema, Unconstrained
from engine.errors import InvalidRequest, StoreError
from engine.model.protocol import (
    ChatMessage,
    Failed,
    Finished,
    GenerateRequest,
    Rendered,
    Sampling,
    Started,
    TextDelta,
    ValueClosed,
)
from engine.whole_file import whole_file

if TYPE_CHECKING:
    import argparse

    from engine.constraint.spec import ConstraintSpec
    from engine.model.backend import Backend
    from engine.model.protocol import RequestEvent

_MESSAGES: TypeAdapter[tuple[ChatMessage, ...]] = TypeAdapter(tuple[ChatMessage, ...])

_CAVEATS = {
    "length_closed": "The token limit was near, so the answer was closed: its last values are the shortest possible.",
    "constructed": "The model's values did not pass the checks, so the answer was completed without it.",
}
_RECEIPT_ADVICE = "What was answered is printed above. Name another file with --receipt."
_TICK_S = 0.1

_SAMPLING = ("temperature", "top_k", "top_p", "min_p", "repetition_penalty", "presence_penalty", "seed")


def generate(options: argparse.Namespace) -> int:
    """Answer the prompt of the command line; return the exit code."""
    request = build_request(options)
    with closing(open_backend(options, "These messages", preview=options.show_prompt, lanes=1)) as client:
        client.wait_until_ready()
        return _show_prompt(client, request) if options.show_prompt else _answer(client, request, options)


def build_request(options: argparse.Namespace) -> GenerateRequest:
    """Build what the command line asks for; raises InvalidRequest or SchemaSyntaxError with a sentence."""
    constraint = _constraint(options)
    try:
        return GenerateRequest(
            id=uuid.uuid4().hex,
            messages=compose(_messages(options), constraint),
            constraint=constraint,
            sampling=Sampling(
                **{name: getattr(options, name) for name in _SAMPLING if getattr(options, name) is not None}
            ),
            max_tokens=options.max_tokens,
            reproducible=options.seed is not None,
        )
    except ValidationError as error:
        raise explain(error) from error


def _constraint(options: argparse.Namespace) -> ConstraintSpec:
    if options.schema:
        return MatchesSchema(schema_text=read_schema_file(options.schema).text)
    if options.json:
        return AnyJson()
    if options.regex is not None:
        return MatchesRegex(pattern=options.regex)
    if options.lark:
        return MatchesLark(grammar=read_text(options.lark))
    return Unconstrained()


def _messages(options: argparse.Namespace) -> tuple[ChatMessage, ...]:
    given = [options.prompt is not None, options.prompt_file is not None, options.messages is not None]
    if sum(given) != 1:
        raise InvalidRequest("Give a prompt (- reads stdin), --prompt-file or --messages, and only one.")
    if options.messages:
        try:
            messages = _MESSAGES.validate_json(read_text(options.messages))
        except ValidationError as error:
            raise InvalidRequest(
                'The messages have to be a list of {"role": …, "content": …}, with known roles.',
                where=str(options.messages),
            ) from error
    else:
        if options.prompt_file:
            prompt = read_text(options.prompt_file)
        else:
            prompt = sys.stdin.read() if options.prompt == "-" else options.prompt
        messages = (ChatMessage(role="user", content=prompt),)
    system = (ChatMessage(role="system", content=options.system),) if options.system is not None else ()
    return (*system, *messages)


def _show_prompt(client: Backend, request: GenerateRequest) -> int:
    events: queue.SimpleQueue[RequestEvent] = queue.SimpleQueue()
    client.render(request, events.put)
    event = events.get()
    if isinstance(event, Failed):
        raise event.error.error()
    assert isinstance(event, Rendered)
    print(event.prompt)
    unit = "token" if event.prompt_tokens == 1 else "tokens"
    print(f"{event.prompt_tokens:,} {unit}", file=sys.stderr)
    return 0


def _answer(client: Backend, request: GenerateRequest, options: argparse.Namespace) -> int:
    with Interrupt() as interrupted:
        event = _stream(client, request, interrupted)
    receipt = event.receipt
    if isinstance(event, Finished) or event.text:
        print(flush=True)
    if options.receipt and receipt:
        with whole_file(options.receipt, StoreError, _RECEIPT_ADVICE, make_folders=True) as file:
            file.write(receipt.model_dump_json(indent=2).encode() + b"\n")
    if isinstance(event, Finished):
        caveat = _CAVEATS.get(event.receipt.finish_reason)
        if caveat:
            print(f"espalier: {caveat}", file=sys.stderr)
        return 0
    if interrupted():
        print("espalier: Stopped; what was written so far is no answer.", file=sys.stderr)
        return 130
    partial = " What was written so far is no answer." if event.text else ""
    print(f"espalier: {event.error.error()}{partial}", file=sys.stderr)
    return 1


def _stream(client: Backend, request: GenerateRequest, interrupted: Interrupt) -> Finished | Failed:
    """Write the answer to stdout as it grows and return how it ended; Ctrl+C cancels it."""
    events: queue.SimpleQueue[RequestEvent] = queue.SimpleQueue()
    client.submit(request, events.put)
    pen = _Pen(is_json=isinstance(request.constraint, MatchesSchema | AnyJson))
    cancelled = False
    while True:
        if interrupted() and not cancelled:
            cancelled = True
            client.cancel(request.id)
        try:
            event = events.get(timeout=_TICK_S)  # a wait without end would keep Ctrl+C waiting on Windows
        except queue.Empty:
            continue
        pen.take(event)
        if isinstance(event, Finished | Failed):
            return event


class _Pen:
    """Writes what can no longer be withdrawn: of JSON the values that are closed, or all of it in the end."""

    def __init__(self, *, is_json: bool) -> None:
        self._is_json = is_json
        self._provisional = False
        self._text = ""
        self._written = 0

    def take(self, event: RequestEvent) -> None:
        """Follow the answer."""
        if isinstance(event, Started):
            self._provisional = event.provisional
        elif isinstance(event, TextDelta):
            self._text = event.onto(self._text)
            if not self._is_json and not self._provisional:
                self._write(len(self._text))
        elif isinstance(event, ValueClosed) and not self._provisional:
            self._write(event.end)
        elif isinstance(event, Finished | Failed):
            self._text = event.text
            self._write(len(self._text))

    def _write(self, end: int) -> None:
        if end > self._written:
            piece = self._text[self._written : end]
            sys.stdout.write(showable(piece) if sys.stdout.isatty() else piece)
            sys.stdout.flush()
            self._written = end
