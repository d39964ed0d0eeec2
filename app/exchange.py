"""One exchange with the model: what a person asked for, and what came back so far.

Plain dataclasses; the store keeps what they say as JSON. The model's own types are imported on a worker only, by
`build_request`, so that the window can stand before pydantic is there.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, Literal

from app.model_choice import LOCAL, is_choice
from app.token_trace import Trace
from engine.errors import AnswerInvalid, Cancelled, EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.model.protocol import GenerateRequest
    from engine.store import Answer as KeptAnswer
    from engine.store import Attachment, Node, Role

FormatName = Literal["text", "json", "schema", "regex", "lark"]
AnswerState = Literal["waiting", "reading", "writing", "done", "stopped", "failed"]
Caveat = Literal["closed early", "completed"]
_CAVEATS: Final[dict[str, Caveat]] = {"length_closed": "closed early", "constructed": "completed"}


_ALTERNATIVES: Final = 8
"""How many of the likeliest tokens are kept at each place of an answer."""
_ROLES: Final[dict[Role, Literal["user", "assistant"]]] = {
    "user": "user",
    "assistant": "assistant",
    # What other programs put in between is told, but orders nobody about.
    "system": "user",
    "tool": "user",
}


@dataclass(frozen=True)
class Format:
    """A response format: what it is called, its icon, whether an answer is a JSON value, and what else to say of it."""

    words: str
    icon: str
    structured: bool = False
    note: str = ""


FORMATS: Final[dict[FormatName, Format]] = {
    "schema": Format("Schema", "brackets-curly", structured=True),
    "json": Format("JSON", "brackets-curly", structured=True, note="One JSON object, of any shape."),
    "text": Format("Text", "text-t", note="Nothing is masked: the model may write anything."),
    "regex": Format("Regex", "asterisk"),
    "lark": Format("Lark grammar", "tree-structure"),
}
"""Every response format, in the order of lists. The names are also the engine's kinds of constraint."""


@dataclass(frozen=True)
class Draft:
    """Everything a person has set in the Playground: what Run would send, and to which model (`app.model_choice`)."""

    prompt: str = ""
    system: str = ""
    format: FormatName = "schema"
    schema: str = ""
    regex: str = ""
    lark: str = ""
    temperature: float = 0.0
    top_p: float = 1.0
    min_p: float = 0.0
    repetition: float = 1.0
    seed: int | None = None
    max_tokens: int | None = 512
    model: str = LOCAL

    def settings(self) -> dict[str, Any]:
        """Return everything but the prompt, as the store keeps it with a thread or an answer."""
        plain = asdict(self)
        del plain["prompt"]
        return plain

    @classmethod
    def of(cls, settings: Mapping[str, Any], prompt: str = "") -> Draft:
        """Restore a draft; settings that this version does not know, of another type or out of range, are left out."""
        kept: dict[str, Any] = {
            key: value
            for key, value in settings.items()
            if key in _KINDS
            and isinstance(value, _KINDS[key])
            and not isinstance(value, bool)
            and _in_range(key, value)
            and (key != "model" or is_choice(value))
        }
        draft = cls(prompt=prompt, **kept)
        return draft if draft.format in FORMATS else replace(draft, format="text")


_KINDS: Final[dict[str, tuple[type, ...]]] = {
    **dict.fromkeys(("system", "format", "schema", "regex", "lark", "model"), (str,)),
    **dict.fromkeys(("temperature", "top_p", "min_p", "repetition"), (int, float)),
    **dict.fromkeys(("seed", "max_tokens"), (int, NoneType)),
}
"""What a setting may be: an imported thread can hold anything."""
_LONGEST_FAILURE: Final = 2_000
_LEAST: Final = 1e-6
RANGES: Final[dict[str, tuple[float, float]]] = {
    "temperature": (0, 5),
    "top_p": (_LEAST, 1),
    "min_p": (0, 1),
    "repetition": (_LEAST, 10),
    "seed": (0, 2**63 - 1),
    "max_tokens": (1, 2**31 - 1),
}
"""The least and the most of each number: what the protocol allows, told again here, where it is not imported."""


def _in_range(key: str, value: Any) -> bool:
    """Whether a number can be sent to the model; NaN is in no range."""
    if key not in RANGES or value is None:
        return True
    least, most = RANGES[key]
    return bool(least <= value <= most)


@dataclass(frozen=True)
class Turn:
    """One message as the model is told it, with what is attached to it; `message` is its row, if it has one."""

    role: Role
    text: str
    attachments: tuple[Attachment, ...] = ()
    message: int | None = None

    @property
    def content(self) -> str:
        """The text, and after it each attached one under its name."""
        parts = [self.text, *(f"{attached.name}:\n{attached.text}" for attached in self.attachments if attached.text)]
        return "\n\n".join(part for part in parts if part)


@dataclass(frozen=True)
class Closed:
    """A value of the answer that is complete: where it stands in the text, and how sure the model was."""

    start: int
    end: int
    mean_probability: float | None = None

    def within(self, text: str) -> bool:
        """Whether this can be told of a text; what was imported may be of any type and anywhere."""
        mean: Any = self.mean_probability
        placed = _is_count(self.start) and _is_count(self.end) and self.start <= self.end <= len(text)
        return placed and (mean is None or (isinstance(mean, int | float) and 0 <= mean <= 1 + 1e-6))


@dataclass(frozen=True)
class Author:
    """The model that writes or wrote an answer: a file's hash, or the address of a server, tells it from others."""

    name: str
    key: str
    context: int | None = None
    elsewhere: bool = False

    @classmethod
    def of(cls, model: Mapping[str, Any]) -> Author:
        """Take it from a `ModelInfo` as plain JSON, of which an imported receipt may lack anything but the name."""
        endpoint, context = model.get("endpoint"), model.get("context")
        key = str(endpoint or model.get("sha256") or "")
        return cls(model["name"], key, context if _is_count(context) else None, bool(endpoint))


@dataclass(frozen=True)
class Postponed:
    """A server is waited for: in how many seconds it is asked again, and the kind of error that it gave."""

    seconds: float
    kind: str


@dataclass
class Answer:
    """One answer as it is now. The session changes it and says so; pages only read.

    `message` is its row in the store and `question` that of what it answers; None until they are saved, or where
    there is none. `begin` is what the model was given to go on from: text, or exact tokens. `form_told` says that the
    turns tell the form of the answer already, `traced` that its tokens are told and kept. `begun_by` is who has begun
    to write it, `postponed` that a server is waited for.
    """

    id: str
    draft: Draft
    asked_at: str
    thread: int = 0
    question: int | None = None
    message: int | None = None
    begin: str | tuple[int, ...] = ""
    state: AnswerState = "waiting"
    text: str = ""
    tokens: int = 0
    forced: int = 0
    prompt_tokens: int = 0
    dropped: int = 0
    closed: dict[str, Closed] = field(default_factory=dict)
    trace: Trace = field(default_factory=Trace, compare=False)
    receipt: dict[str, Any] | None = None
    error: EngineError | None = None
    attachments: tuple[Attachment, ...] = field(default=(), compare=False)
    form_told: bool = False
    traced: bool = True
    begun_by: Author | None = field(default=None, compare=False)
    postponed: Postponed | None = field(default=None, compare=False)

    @property
    def author(self) -> Author | None:
        """Who writes or wrote it; None where that is not known, or not yet."""
        model = None if self.receipt is None else self.receipt.get("model")
        return Author.of(model) if model and "name" in model else self.begun_by

    @property
    def caveat(self) -> Caveat | None:
        """How an answer that satisfies its schema fell short of being the model's own to the end."""
        return None if self.receipt is None else _CAVEATS.get(self.receipt["finish_reason"])

    @property
    def wrong_at(self) -> str | None:
        """Where an answer that was checked does not satisfy its schema, as a JSON Pointer; None for all others."""
        error = self.error
        if not isinstance(error, AnswerInvalid) or not _is_json(self.text):
            return None
        return error.where if error.where and error.where.startswith("/") else ""

    @property
    def elsewhere(self) -> bool:
        """Whether a server writes or wrote it, of whose tokens none are known to be forced."""
        return self.author is not None and self.author.elsewhere

    @property
    def running(self) -> bool:
        """Whether the model still owes something."""
        return self.state in {"waiting", "reading", "writing"}

    def withdraw(self, keep: int) -> None:
        """Forget the values that the first `keep` characters alone do not close: a check had failed."""
        # A number ends with the character behind it, others with their own last one.
        self.closed = {
            pointer: closed
            for pointer, closed in self.closed.items()
            if closed.end < keep or (closed.end == keep and self.text[closed.end - 1] in '"]}')
        }

    def _take(self, kept: KeptAnswer) -> None:
        """Take what the store kept; what is not as this version writes it, in an imported thread, is left out."""
        self.receipt = _readable(kept.receipt)
        self.error = _failure(kept.error)
        for name in ("tokens", "forced", "prompt_tokens", "dropped"):
            count = kept.details.get(name)
            setattr(self, name, count if _is_count(count) else 0)
        try:
            closed = {pointer: Closed(**values) for pointer, values in kept.details.get("closed", {}).items()}
            self.closed = {pointer: value for pointer, value in closed.items() if value.within(self.text)}
            self.trace = Trace.from_plain(kept.trace) if kept.trace else Trace()
        except (TypeError, ValueError, KeyError, AttributeError):
            self.closed, self.trace = {}, Trace()

    def request(self) -> dict[str, Any]:
        """Return what decided the answer, beside the messages before it, as the store keeps it."""
        return self.draft.settings() | ({"begin": self.begin} if self.begin else {})

    def kept(self) -> KeptAnswer:
        """Return what the store keeps of the answer beside its text."""
        from engine.store import Answer as KeptAnswer

        return KeptAnswer(
            request=self.request(),
            receipt=self.receipt,
            error=self.error.to_json() if self.error else None,
            details={
                "tokens": self.tokens,
                "forced": self.forced,
                "prompt_tokens": self.prompt_tokens,
                "dropped": self.dropped,
                "closed": {pointer: asdict(closed) for pointer, closed in self.closed.items()},
            },
            trace=self.trace.to_plain() if len(self.trace) else None,
        )

    @classmethod
    def restore(cls, thread: int, node: Node, text: str, kept: KeptAnswer | None, prompt: str) -> Answer:
        """Bring back an answer of the store; one that came from elsewhere has no request, and is text or JSON."""
        request = kept.request if kept else {"format": "json" if _is_json(text) else "text"}
        answer = cls(
            f"message-{node.id}",
            Draft.of(request, prompt),
            node.created,
            thread=thread,
            question=node.parent,
            message=node.id,
            begin=_beginning(request.get("begin", "")),
            text=text,
        )
        if kept is not None:
            answer._take(kept)
        match node.state:
            case "interrupted" | "writing":
                answer.state = "failed"
                answer.error = Cancelled(
                    "Espalier ended while this was being written.", advice="Continue it, or run it again."
                )
            case "done" | "stopped" | "failed":
                answer.state = node.state
        return answer


def _readable(receipt: Any) -> dict[str, Any] | None:
    """Return a receipt as this version reads it, or None: what another program wrote may be anything."""
    needed: dict[str, Any] = {"seed": (int, NoneType), "finish_reason": str, "request": dict, "model": dict}
    whole = isinstance(receipt, dict) and all(isinstance(receipt.get(name), kind) for name, kind in needed.items())
    return receipt if whole and isinstance(receipt["model"].get("name"), str) else None


def _failure(kept: Any) -> EngineError | None:
    """Return a failure as it was kept, or None where it does not say what happened."""
    if not isinstance(kept, dict) or not all(isinstance(kept.get(name), str) for name in ("kind", "message")):
        return None
    told = {name: kept.get(name) for name in ("message", "where", "advice")}
    said = {name: words[:_LONGEST_FAILURE] if isinstance(words, str) else None for name, words in told.items()}
    # What an error is made of is not for a file to name: "to_json" would stand before the method.
    others = {name: value for name, value in kept.items() if name == "kind" or not hasattr(EngineError, name)}
    return EngineError.from_json(others | said)


def _beginning(kept: Any) -> str | tuple[int, ...]:
    """Return what an answer was to begin with; nothing where it is neither text nor tokens."""
    if isinstance(kept, list) and all(map(_is_count, kept)):
        return tuple(kept)
    return kept if isinstance(kept, str) else ""


def _is_json(text: str) -> bool:
    """Whether a text is an object or an array of JSON: one that only begins like that would be shown as nothing."""
    if text.lstrip()[:1] not in {"{", "["}:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


@dataclass(frozen=True)
class Preview:
    """What the model would read: the exact prompt, its length, and how each keyword would be held to."""

    prompt: str
    prompt_tokens: int
    enforcement: tuple[tuple[str, str, str], ...]
    """Pointer, keyword, and how: mask, rewritten, check or annotation."""
    begins: int | None = None
    """The first message of the conversation that the model would read; None for the draft itself."""


def spoken(turns: Sequence[Turn]) -> list[Turn]:
    """Return the turns that say anything: an answer that failed before its first word is not told."""
    return [turn for turn in turns if turn.content.strip()]


def build_request(
    request_id: str,
    draft: Draft,
    turns: Sequence[Turn],
    begin: str | tuple[int, ...] = "",
    *,
    form_told: bool = False,
    traced: bool = True,
) -> GenerateRequest:
    """Return the request for an answer to the last of `turns`, with a draft's settings, beginning with `begin`.

    The system message describes the form of the answer, unless the turns do already. Imports the protocol: call it on
    a worker.
    """
    from engine.chat.prompt import compose
    from engine.constraint.spec import (
        AnyJson,
        ConstraintSpec,
        MatchesLark,
        MatchesRegex,
        MatchesSchema,
        Unconstrained,
    )
    from engine.model.protocol import ChatMessage, GenerateRequest, Sampling

    constraint: ConstraintSpec
    match draft.format:
        case "schema":
            constraint = MatchesSchema(schema_text=draft.schema)
        case "json":
            constraint = AnyJson()
        case "regex":
            constraint = MatchesRegex(pattern=draft.regex)
        case "lark":
            constraint = MatchesLark(grammar=draft.lark)
        case "text":
            constraint = Unconstrained()
    system = [ChatMessage(role="system", content=draft.system)] if draft.system.strip() else []
    told = [ChatMessage(role=_ROLES[turn.role], content=turn.content) for turn in spoken(turns)]
    messages = (*system, *told)
    return GenerateRequest(
        id=request_id,
        messages=messages if form_told else tuple(compose(messages, constraint)),
        constraint=constraint,
        sampling=Sampling(
            temperature=draft.temperature,
            top_p=draft.top_p,
            min_p=draft.min_p,
            repetition_penalty=draft.repetition,
            seed=draft.seed,
        ),
        max_tokens=draft.max_tokens,
        reproducible=draft.seed is not None,
        drop="oldest",
        begin=begin,
        trace=_ALTERNATIVES if traced else 0,
    )
