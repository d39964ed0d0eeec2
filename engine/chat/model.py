"""A loaded model as a Python object: generate, stream, parse."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import platformdirs
from pydantic import BaseModel, ValidationError

from engine.chat.prompt import compose
from engine.constraint.spec import (
    AnyJson,
    ConstraintSpec,
    MatchesLark,
    MatchesRegex,
    MatchesSchema,
    Unconstrained,
)
from engine.errors import InvalidRequest
from engine.model.client import ModelClient
from engine.model.protocol import (
    ChatMessage,
    Failed,
    Finished,
    GenerateRequest,
    LoadOptions,
    ModelInfo,
    Sampling,
    TokensWritten,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.model.backend import Backend
    from engine.model.protocol import Receipt, RequestEvent, TokenTrace

Parsed = TypeVar("Parsed", bound=BaseModel)

Messages = str | Iterable[ChatMessage | Mapping[str, str]]
"""A prompt, or a conversation as `ChatMessage`s or `{"role", "content"}` mappings."""

ResponseFormat = None | str | Mapping[str, Any] | type[BaseModel] | ConstraintSpec
"""`None` or "text"; "json"; a JSON Schema as a mapping; a pydantic class; or a constraint specification."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. `value` is the parsed JSON for JSON and schema formats, else None.

    `tokens` tells how each token came to be, where traces were asked for.
    """

    text: str
    value: Any
    receipt: Receipt
    tokens: tuple[TokenTrace, ...] = ()


class Model:
    """A model in a host process (`load_model`) or elsewhere (`connect`). Safe to use from several OS threads."""

    def __init__(self, client: Backend, info: ModelInfo) -> None:
        self._client = client
        self.info = info

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def generate(
        self,
        messages: Messages,
        *,
        response_format: ResponseFormat = None,
        sampling: Sampling | None = None,
        max_tokens: int | None = None,
        reproducible: bool = False,
        begin: str | Sequence[int] = "",
        trace: int = 0,
        describe: bool = True,
    ) -> Answer:
        """Return a complete answer that satisfies `response_format`, or raise the `EngineError` that says why not.

        `max_tokens` bounds the answer; None allows all that the context holds. An answer that does not fit
        raises `TokenLimitReached` or `ContextFull`: it is never cut and passed off as whole. With
        `reproducible` and a seed in `sampling` the same request gives the same tokens every time. The answer begins
        with `begin`, a text or the first tokens of another answer. With `trace` its `tokens` name so many of the
        most probable tokens at each place. Without `describe` the model is told nothing of the form but what the
        messages say: for those that show it by an example, and forms that take longer to tell than to show.
        """
        tokens: tuple[TokenTrace, ...] = ()
        for event in self.stream(
            messages,
            response_format=response_format,
            sampling=sampling,
            max_tokens=max_tokens,
            reproducible=reproducible,
            begin=begin,
            trace=trace,
            describe=describe,
        ):
            if isinstance(event, TokensWritten):
                tokens = event.onto(tokens)
            if isinstance(event, Failed):
                raise event.error.error()
            if isinstance(event, Finished):
                is_json = isinstance(event.receipt.request.constraint, MatchesSchema | AnyJson)
                return Answer(event.text, json.loads(event.text) if is_json else None, event.receipt, tokens)
        raise AssertionError("a stream ends with Finished or Failed")

    def stream(
        self,
        messages: Messages,
        *,
        response_format: ResponseFormat = None,
        sampling: Sampling | None = None,
        max_tokens: int | None = None,
        reproducible: bool = False,
        begin: str | Sequence[int] = "",
        trace: int = 0,
        describe: bool = True,
    ) -> Iterator[RequestEvent]:
        """Yield the events of an answer as it grows; the last is `Finished` or `Failed`.

        The arguments are those of `generate`; traces come as `TokensWritten`. Leaving the loop early stops the answer.
        """
        constraint = to_constraint(response_format)
        told = tuple(_to_messages(messages))
        request = GenerateRequest(
            id=uuid.uuid4().hex,
            messages=compose(told, constraint) if describe else told,
            constraint=constraint,
            sampling=sampling or Sampling(),
            max_tokens=max_tokens,
            reproducible=reproducible,
            begin=begin if isinstance(begin, str) else tuple(begin),
            trace=trace,
        )
        return self._client.stream(request)

    def parse(
        self,
        messages: Messages,
        into: type[Parsed],
        *,
        sampling: Sampling | None = None,
        max_tokens: int | None = None,
    ) -> Parsed:
        """Return an answer as an instance of the pydantic class `into`.

        Validators that a schema cannot express may still refuse it, with `InvalidRequest`.
        """
        answer = self.generate(messages, response_format=into, sampling=sampling, max_tokens=max_tokens)
        try:
            return into.model_validate_json(answer.text)
        except ValidationError as error:
            raise InvalidRequest(
                f"The answer satisfies the schema of {into.__name__}, but not its validators: "
                f"{error.errors()[0]['msg']}.",
                advice="Say in the schema what the validator asks for, or try again.",
            ) from error

    def close(self) -> None:
        """End the host process, or the connections."""
        self._client.close()


def load_model(
    path: str | Path | None = None,
    *,
    options: LoadOptions | None = None,
    cache_dir: str | Path | None = None,
    timeout: float | None = None,
) -> Model:
    """Load a GGUF file, the bundled SmolLM2 by default, in a process of its own. Use as a context manager.

    `cache_dir` keeps the weights laid out for this machine (default: the user's cache folder). The first load of
    a file takes some seconds longer, because its layouts are timed. Raises `ModelFileInvalid`, `ModelTooLarge`
    or `ModelCrashed`, and TimeoutError after `timeout` seconds.
    """
    client = ModelClient(
        Path(path) if path is not None else None,
        options=options,
        cache_dir=Path(cache_dir) if cache_dir is not None else default_cache(),
    )
    try:
        return Model(client, client.wait_until_ready(timeout))
    except BaseException:
        client.close()
        raise


def connect(
    url: str,
    *,
    model: str = "",
    key: str | None = None,
    concurrency: int = 4,
    seconds: float = 120.0,
    context: int | None = None,
    timeout: float | None = None,
) -> Model:
    """Use a model behind an OpenAI-compatible API as if it were loaded here. Use as a context manager.

    What is asked is sent to `url`, in the form that its server was found to understand. Answers are validated here and
    asked for again within limits, so that they satisfy their schema or an `AnswerInvalid` says why not; the receipt
    says "checked". Without `model` it is the first that the server names. `concurrency` requests are in flight at
    once, one go at an answer may take `seconds`, and `context` is in tokens, where the server does not say it.

    Raises `EndpointUnreachable`, `EndpointRefused` or another `EndpointError`, `InvalidRequest` for what is no address,
    and TimeoutError after `timeout` seconds.
    """
    # Imported when it is needed: whoever uses a model on this machine has no use for HTTP.
    from engine.network import Network
    from engine.remote.address import parse_address
    from engine.remote.backend import RemoteBackend
    from engine.remote.endpoint import Endpoint

    address = parse_address(url)
    try:
        endpoint = Endpoint(
            id=uuid.uuid4().hex,
            name=model or address,
            url=address,
            model=model,
            concurrency=concurrency,
            seconds=seconds,
            context=context,
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidRequest(f"{first['loc'][0]}: {first['msg']}.") from error
    backend = RemoteBackend(endpoint, Network(), lambda: key)
    try:
        return Model(backend, backend.wait_until_ready(timeout))
    except BaseException:
        backend.close()
        raise


def default_cache() -> Path:
    """Return the user's cache folder for Espalier."""
    return platformdirs.user_cache_path("espalier", appauthor=False)


def to_constraint(response_format: ResponseFormat) -> ConstraintSpec:
    """Return what a response format allows. Raises `InvalidRequest` for one that is none."""
    if response_format is None or response_format == "text":
        return Unconstrained()
    if response_format == "json":
        return AnyJson()
    if isinstance(response_format, Unconstrained | AnyJson | MatchesSchema | MatchesRegex | MatchesLark):
        return response_format
    if isinstance(response_format, type) and issubclass(response_format, BaseModel):
        return MatchesSchema(schema_text=json.dumps(response_format.model_json_schema()))
    if isinstance(response_format, Mapping):
        return MatchesSchema(schema_text=json.dumps(response_format))
    raise InvalidRequest(
        f"{response_format!r} is no response format.",
        advice='Use "text", "json", a JSON Schema, a pydantic class, MatchesRegex or MatchesLark.',
    )


def _to_messages(messages: Messages) -> list[ChatMessage]:
    if isinstance(messages, str):
        return [ChatMessage(role="user", content=messages)]
    return [
        message if isinstance(message, ChatMessage) else ChatMessage.model_validate(message) for message in messages
    ]
