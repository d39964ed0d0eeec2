"""The messages between a client and the host process: pydantic models, one JSON line each.

Commands go to the host's stdin, events come from its stdout; both are discriminated unions on `type`.
The same events serve the window, the terminal and the library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from engine.constraint.spec import ConstraintSpec, Unconstrained
from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence

FinishReason = Literal["stop", "length_closed", "constructed", "token_limit", "context_full", "cancelled", "failed"]
"""How an answer ended: as the model meant it, closed since its limit was near, completed without the model; or not."""


class Wire(BaseModel):
    """Base of everything that crosses the pipe: frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ChatMessage(Wire):
    """One turn of a conversation. `content` is data: special tokens spelled in it stay plain text."""

    role: Literal["system", "user", "assistant"]
    content: str


class Sampling(Wire):
    """How the next token is drawn from the masked distribution. The defaults are greedy decoding.

    Penalties apply first, over the last `penalty_window` tokens of prompt and answer, then `logit_bias`
    (token id -> added logit), temperature, top-k, top-p and min-p, in this order, all within the mask.
    """

    temperature: float = Field(default=0.0, ge=0, le=5)
    top_k: int = Field(default=0, ge=0, description="0 keeps all")
    top_p: float = Field(default=1.0, gt=0, le=1)
    min_p: float = Field(default=0.0, ge=0, le=1)
    repetition_penalty: float = Field(default=1.0, gt=0, le=10, description="1 is off (Keskar et al. 2019)")
    presence_penalty: float = Field(default=0.0, ge=-10, le=10)
    penalty_window: int = Field(default=256, ge=1)
    logit_bias: dict[int, float] = {}
    seed: int | None = Field(default=None, ge=0, lt=2**63, description="None: drawn by the host, named in the receipt")


class ShrinkableSpan(Wire):
    """The part of one message that may be cut from its end to make the prompt fit: `content[start:end]`."""

    message: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Grounding(Wire):
    """The text that strings of the answer have to stand in: parts of one message's content, which are a document.

    `pieces` are `content[start:end]`; no quote goes from one to the next, or into what did not fit the context. `lists`
    are quotes of them, also by their places in the content, for the strings whose `x-grounding` names the list.
    """

    message: int = Field(ge=0)
    pieces: tuple[tuple[int, int], ...]
    lists: dict[str, tuple[tuple[int, int], ...]] = {}


class GenerateRequest(Wire):
    """Everything that decides an answer, but for the model."""

    id: str
    messages: tuple[ChatMessage, ...]
    constraint: ConstraintSpec = Unconstrained()
    sampling: Sampling = Sampling()
    max_tokens: int | None = Field(default=None, ge=1, description="None: up to the context's end")
    reproducible: bool = Field(False, description="run alone, so that a seed gives the same tokens every time")
    priority: Literal["interactive", "job"] = "interactive"
    shrink: ShrinkableSpan | None = None
    grounding: Grounding | None = Field(
        default=None,
        description="strings of the answer are quotes of this text, where the schema's `x-grounding` does not say "
        "otherwise and its `enum` or `const` does not say the words; only with a schema",
    )
    drop: Literal["never", "oldest"] = Field(
        default="never",
        description="'oldest': a conversation that does not fit loses its oldest turns, never a system message or the "
        "last turn; a quarter of the context at most is kept free for the answer",
    )
    begin: str | tuple[Annotated[int, Field(ge=0)], ...] = Field(
        default="",
        description="how the answer has to begin, which counts as part of it: a text, or the exact tokens of a trace. "
        "A text is tokenized by itself: where it stops within what would be one token, the answer goes on from a "
        "boundary that the model has rarely seen",
    )
    trace: int = Field(
        default=0,
        ge=0,
        le=20,
        description="0: no traces; else `TokensWritten` tells each token with so many of the most probable",
    )
    rivals: bool = Field(default=False, description="whether `ValueClosed` tells how else a value could have gone on")
    asked_again: bool = Field(
        default=False, description="whether the same prompt comes once more, so that what is computed of it is kept"
    )


class Adapter(Wire):
    """A LoRA adapter of a model: its GGUF file, and how strongly it is applied."""

    path: str
    scale: float = Field(default=1.0, ge=-10, le=10)
    sha256: str | None = Field(
        default=None, description="in options: what the file has to have, if given; of a loaded model: what it has"
    )


CacheType = Literal["f16", "q8_0", "q4_0"]
"""The ggml type of the numbers in the KV cache."""


class LoadOptions(Wire):
    """How a model is loaded. `None` is the choice made for this machine and file."""

    context: int | None = Field(
        default=None, ge=64, description="tokens one request may use; None: the model's, up to 8192"
    )
    lanes: int = Field(default=4, ge=1, le=64, description="sequences decoded together")
    threads: int | None = Field(default=None, ge=1)
    batch: int = Field(default=512, ge=32, le=8192, description="tokens of a prompt that are read in one decode")
    gpu_layers: int | None = Field(
        default=None, ge=-1, description="None: all where this build of llama.cpp has a GPU, else none; -1: all"
    )
    cache_type: CacheType = Field(default="f16", description="all but f16 need flash attention")
    flash_attention: Literal["auto", "on", "off"] = "auto"
    template: str | None = Field(default=None, description="a Jinja chat template; None: the file's own")
    adapters: tuple[Adapter, ...] = ()
    layout: Literal["measured", "as shipped"] | str = Field(
        default="measured",
        description="'measured': the quickest lossless layout; a ggml type such as 'Q4_0' may lose",
    )


class Load(Wire):
    """Load a model; answered by `LoadProgress`, then `Ready` or `LoadFailed`. First and once in a host's life."""

    type: Literal["load"] = "load"
    path: str
    cache_dir: str
    options: LoadOptions = LoadOptions()
    expected_sha256: str | None = Field(default=None, description="what the file is pinned to: another one is refused")
    memory_limit: int | None = Field(default=None, ge=0, description="bytes that models may take; None: what is free")
    given_back: int = Field(
        default=0, ge=0, description="bytes of memory that a model holds which could be ended before this one is loaded"
    )


class Generate(Wire):
    """Begin a request; answered by `Started`, deltas, then `Finished` or `Failed`."""

    type: Literal["generate"] = "generate"
    request: GenerateRequest


class Cancel(Wire):
    """Stop a request within one decode; it ends with `Failed(Cancelled)` and keeps its text."""

    type: Literal["cancel"] = "cancel"
    id: str


class Render(Wire):
    """Ask for the exact prompt of a request, and for what its constraint compiles to, without running it."""

    type: Literal["render"] = "render"
    request: GenerateRequest


class Measure(Wire):
    """Ask how many tokens some texts take, and how many a request leaves for its shrinkable span; answered at once."""

    type: Literal["measure"] = "measure"
    request: GenerateRequest
    texts: tuple[str, ...] = ()


class Shutdown(Wire):
    """End the host."""

    type: Literal["shutdown"] = "shutdown"


Command = Annotated[Load | Generate | Cancel | Render | Measure | Shutdown, Field(discriminator="type")]


class ErrorPayload(Wire):
    """An `EngineError` on its way between processes."""

    fields: dict[str, Any]

    @classmethod
    def of(cls, error: EngineError) -> ErrorPayload:
        """Pack an error."""
        return cls(fields=error.to_json())

    def error(self) -> EngineError:
        """Unpack it."""
        return EngineError.from_json(self.fields)


class ModelInfo(Wire):
    """A loaded model, as receipts and the status bar name it."""

    name: str
    path: str
    size_bytes: int
    sha256: str = Field(description="of the file as given, not of the layout that ran")
    parameters: int
    quantization: str = Field(description="of the file as given, e.g. 'Q4_1'")
    layout: str = Field(description="the weights that ran, e.g. 'F16' or 'as shipped'")
    lossless: bool = Field(description="whether the layout keeps every weight of the file")
    trained_context: int
    context: int
    lanes: int
    threads: int
    template: Literal["file", "chatml", "chosen", "server"]
    vocabulary: int
    batch: int = 512
    gpu_layers: int = 0
    device: str = Field(default="CPU", description="what computes, e.g. 'CPU' or 'CUDA'; 'server' for an endpoint")
    cache_type: CacheType = "f16"
    flash_attention: bool = False
    adapters: tuple[Adapter, ...] = ()
    template_sha256: str | None = Field(default=None, description="of a template that was chosen; None: the file's own")
    memory_bytes: int | None = Field(default=None, description="what the host holds once loaded; None: not known")
    endpoint: str | None = Field(
        default=None, description="the address of a server elsewhere, without keys; None: on this machine"
    )
    stands_for: str | None = Field(
        default=None, description="the identity of the model that was asked first, where this one answers in its place"
    )

    @property
    def identity(self) -> str:
        """What tells this model from others: its file's SHA-256, or address and name of one elsewhere.

        Behind the hash stand its adapters and a template that was chosen, where there are any, as these decide answers
        too. That of the model asked first where this one stands in for it: what was asked for is what decides a job.
        """
        if self.stands_for or self.endpoint is not None:
            return self.stands_for or f"{self.endpoint} {self.name}"
        adapters = [f"{adapter.sha256} x {adapter.scale:g}" for adapter in self.adapters if adapter.scale]
        chosen = [f"template {self.template_sha256}"] if self.template_sha256 else []
        return " + ".join([self.sha256, *adapters, *chosen])


class Enforcement(Wire):
    """How one keyword of the schema is held to.

    By the mask, by the mask in other words (rewritten), by a check of the values, or not at all (an annotation).
    """

    pointer: str
    keyword: str
    how: Literal["mask", "rewritten", "check", "annotation"]


class Attempt(Wire):
    """A go at an answer that came to nothing, and why: an answer that was not valid, or a model that was not there."""

    model: str
    endpoint: str | None = None
    error: ErrorPayload
    seconds: float = 0.0


class Receipt(Wire):
    """What ran, so that it can be told, compared and run again. Times are in seconds."""

    request: GenerateRequest
    model: ModelInfo
    finish_reason: FinishReason
    seed: int | None = Field(description="None: a server elsewhere takes none")
    schema_sha256: str | None = None
    enforcement: tuple[Enforcement, ...] = ()
    guarantee: Literal["by construction", "checked"] = Field(
        default="by construction",
        description="'by construction': the mask held the answer to its schema here; 'checked': it came from elsewhere "
        "and was validated here, so that it is valid or an error",
    )
    attempts: tuple[Attempt, ...] = Field(default=(), description="what was tried before, in order")
    prompt_tokens: int = 0
    shared_tokens: int = Field(default=0, description="prompt tokens taken from another request's computation")
    generated_tokens: int = Field(default=0, description="all tokens of the answer, given and forced ones included")
    given_tokens: int = Field(default=0, description="tokens that the request gave to begin the answer with")
    forced_tokens: int = 0
    rollbacks: int = Field(default=0, description="how often a check failed and the answer was taken back")
    discarded_tokens: int = Field(default=0, description="tokens taken back, forced ones included")
    decodes: int = Field(default=0, description="llama_decode calls this request took part in, prefill included")
    trimmed_characters: int = Field(default=0, description="characters of the shrinkable span that did not fit")
    dropped_messages: int = Field(default=0, description="the oldest messages, left out since they did not fit")
    queued_s: float = 0.0
    first_token_s: float | None = Field(default=None, description="from the start of prefill")
    total_s: float = Field(default=0.0, description="from the start of prefill")
    started_at: str = Field(description="ISO 8601, UTC")
    engine_version: str


class LoadProgress(Wire):
    """A stage of loading; `fraction` is 0..1, or None where it cannot be known."""

    type: Literal["load_progress"] = "load_progress"
    stage: str
    fraction: float | None = None


class Ready(Wire):
    """The model is loaded and takes requests."""

    type: Literal["ready"] = "ready"
    model: ModelInfo


class LoadFailed(Wire):
    """The model could not be loaded; the host ends after this."""

    type: Literal["load_failed"] = "load_failed"
    error: ErrorPayload
    alone: bool = Field(default=False, description="whether it would fit with what the model before it gives back")


class Started(Wire):
    """A request left the queue and its prompt is being read.

    `trimmed_characters`, or the `dropped_messages` that were the oldest, did not fit the context.
    """

    type: Literal["started"] = "started"
    id: str
    prompt_tokens: int
    shared_tokens: int
    trimmed_characters: int = 0
    dropped_messages: int = 0
    provisional: bool = Field(
        default=False, description="whether closed values may be withdrawn, since checks are left"
    )
    model: ModelInfo | None = Field(default=None, description="who answers; None: the model on this machine")


class Postponed(Wire):
    """A server is busy or failed before it began to answer: the same is asked again in so many seconds; 0: now."""

    type: Literal["postponed"] = "postponed"
    id: str
    seconds: float
    error: ErrorPayload


class TextDelta(Wire):
    """The next piece of the answer's text; `forced` of its `tokens` were the only ones possible.

    Where `keep` is given, all but the first `keep` characters of the text so far are withdrawn first, with the
    values that were closed in them: a check had failed.
    """

    type: Literal["text_delta"] = "text_delta"
    id: str
    text: str
    tokens: int
    forced: int
    keep: int | None = None

    def onto(self, text: str) -> str:
        """Return the answer's text after this piece, given the text before it."""
        return (text if self.keep is None else text[: self.keep]) + self.text


How = Literal["drawn", "forced", "closing", "given", "constructed"]
"""How a token came to be in an answer.

Drawn from what the model finds likely; forced, the mask engine leaving nothing else; written to end the answer near
its limit; given by the request; or written to complete without the model what the model did not find.
"""


class Alternative(Wire):
    """A token that could stand, or that the model would have liked to stand, where another was drawn.

    `text` is what its bytes are by themselves (U+FFFD for a part of a character), or its name where it is a control
    token, e.g. `<|im_end|>`. `probability` is that of the model's whole distribution, before mask, penalties and
    temperature; `allowed` tells whether the mask has it; `refused` that it stood here until a check failed.
    """

    token: int
    text: str
    probability: float
    allowed: bool
    refused: bool = False


class TokenTrace(Wire):
    """A token of the answer and how it came to be there.

    `text` are the characters that the token completes: the last token of a character that spans several has the
    character, those before it have none of it. The texts of all tokens make up the answer's text.

    The rest is told of drawn tokens only. `probability` is the token's within the mask, before penalties and
    temperature, as `ValueClosed` averages it; `removed_mass` the probability that the mask took away; `alternatives`
    the most probable tokens of the whole distribution, this one, and those that a check has refused here, the most
    probable first.
    """

    token: int
    text: str
    how: How
    probability: float | None = None
    removed_mass: float | None = None
    alternatives: tuple[Alternative, ...] = ()


class TokensWritten(Wire):
    """The next tokens of the answer, told where the request asks for traces.

    Where `keep` is given, all but the first `keep` tokens told so far are withdrawn first: a check had failed, or the
    text's end has completed the last one. It follows the `TextDelta` of the same step, if there is one, and precedes
    the step's `ValueClosed`: behind it, the texts of all tokens are the answer's text so far. In the end the tokens
    are exactly the answer's.
    """

    type: Literal["tokens_written"] = "tokens_written"
    id: str
    tokens: tuple[TokenTrace, ...]
    keep: int | None = None

    def onto(self, tokens: Sequence[TokenTrace]) -> tuple[TokenTrace, ...]:
        """Return the answer's tokens after this event, given those before it."""
        return (*tokens[: self.keep], *self.tokens)


class Rival(Wire):
    """How a value could have begun, or been whole, instead: the JSON text up to a token that was not drawn.

    `probability` is that of all of this text within the mask, before penalties and temperature: that of the drawn
    tokens before it, times this one's. The texts of a value's rivals and its own exclude each other, but for texts
    that several rows of tokens spell.
    """

    text: str
    probability: float


class ValueClosed(Wire):
    """A JSON value is complete: `text[start:end]` of the answer, in characters.

    Probabilities are those of the sampled tokens within the mask, means and minima over the value's own
    tokens; None where all of them were forced. `removed_mass` is the mean probability that the mask took away,
    `margin` the least by which a token was more probable than the next one. `absence` is the probability of null where
    the value began, None where there was no choice.

    `spans` are all places of a quote in the content of the message that it quotes, in their order; empty where the
    value is no quote.

    Where the request asks for rivals, `probability` is that of the whole value, the product over its tokens, and
    `rivals` are the likeliest of what else it could have been, the likeliest first. An object or array has none.
    """

    type: Literal["value_closed"] = "value_closed"
    id: str
    pointer: str
    value: Any
    start: int
    end: int
    mean_probability: float | None
    min_probability: float | None
    removed_mass: float | None
    margin: float | None = None
    absence: float | None = None
    spans: tuple[tuple[int, int], ...] = ()
    probability: float | None = None
    rivals: tuple[Rival, ...] = ()


class Finished(Wire):
    """The answer is complete and satisfies its constraint."""

    type: Literal["finished"] = "finished"
    id: str
    text: str
    receipt: Receipt


class Failed(Wire):
    """The request ended without an answer. `text` is what had been written; `receipt` is None if it never began."""

    type: Literal["failed"] = "failed"
    id: str
    error: ErrorPayload
    text: str = ""
    receipt: Receipt | None = None


class Rendered(Wire):
    """The exact prompt of a request: special tokens spelled out, and its length in tokens.

    What the answer has to begin with follows it, and is no part of it.
    """

    type: Literal["rendered"] = "rendered"
    id: str
    prompt: str
    prompt_tokens: int
    dropped_messages: int = Field(default=0, description="the oldest messages, left out since they did not fit")
    enforcement: tuple[Enforcement, ...] = ()


class Measured(Wire):
    """Lengths in tokens: of each text that was asked for, by itself, and of the most that the request's span may take.

    `room` is 0 or less where the prompt leaves none beside the answer.
    """

    type: Literal["measured"] = "measured"
    id: str
    room: int
    tokens: tuple[int, ...] = ()


RequestEvent = Annotated[
    Started | Postponed | TextDelta | TokensWritten | ValueClosed | Finished | Failed | Rendered | Measured,
    Field(discriminator="type"),
]
HostEvent = Annotated[
    LoadProgress
    | Ready
    | LoadFailed
    | Started
    | Postponed
    | TextDelta
    | TokensWritten
    | ValueClosed
    | Finished
    | Failed
    | Rendered
    | Measured,
    Field(discriminator="type"),
]

COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)
EVENTS: TypeAdapter[HostEvent] = TypeAdapter(HostEvent)
