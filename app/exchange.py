"""One exchange with the model: what a person asked for, and what came back so far.

Plain dataclasses, kept in the store as JSON. The model's own types are imported on a worker only, by `build_request`,
so that the window can stand before pydantic is there.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from engine.errors import Cancelled, EngineError

if TYPE_CHECKING:
    from engine.model.protocol import GenerateRequest

FormatName = Literal["text", "json", "schema", "regex", "lark"]
AnswerState = Literal["waiting", "reading", "writing", "done", "stopped", "failed"]
Caveat = Literal["closed early", "completed"]
_CAVEATS: Final[dict[str, Caveat]] = {"length_closed": "closed early", "constructed": "completed"}


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
    """Everything a person has set in the Playground: what Run would send."""

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

    def to_text(self) -> str:
        """Return the draft as the store keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> Draft:
        """Restore a draft; fields that this version does not know are left out."""
        known = {entry.name for entry in fields(cls)}
        draft = cls(**{key: value for key, value in json.loads(text).items() if key in known})
        return draft if draft.format in FORMATS else replace(draft, format="text")


@dataclass(frozen=True)
class Closed:
    """A value of the answer that is complete: where it stands in the text, and how sure the model was."""

    start: int
    end: int
    mean_probability: float | None = None


@dataclass
class Answer:
    """One exchange as it is now. The session changes it and says so; pages only read."""

    id: str
    draft: Draft
    asked_at: str
    state: AnswerState = "waiting"
    text: str = ""
    tokens: int = 0
    forced: int = 0
    prompt_tokens: int = 0
    closed: dict[str, Closed] = field(default_factory=dict)
    receipt: dict[str, Any] | None = None
    error: EngineError | None = None

    @property
    def caveat(self) -> Caveat | None:
        """How an answer that satisfies its schema fell short of being the model's own to the end."""
        return None if self.receipt is None else _CAVEATS.get(self.receipt["finish_reason"])

    def withdraw(self, keep: int) -> None:
        """Forget the values that the first `keep` characters alone do not close: a check had failed."""
        # A number ends with the character behind it, others with their own last one.
        self.closed = {
            pointer: closed
            for pointer, closed in self.closed.items()
            if closed.end < keep or (closed.end == keep and self.text[closed.end - 1] in '"]}')
        }

    @property
    def running(self) -> bool:
        """Whether the model still owes something."""
        return self.state in {"waiting", "reading", "writing"}

    def to_text(self) -> str:
        """Return the exchange as the store keeps it."""
        plain = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        plain["draft"] = self.draft.to_text()
        plain["closed"] = {pointer: asdict(closed) for pointer, closed in self.closed.items()}
        plain["error"] = self.error.to_json() if self.error else None
        return json.dumps(plain, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> Answer:
        """Restore an exchange; one that was still running was cut off by the end of the program."""
        plain = json.loads(text)
        plain["draft"] = Draft.from_text(plain["draft"])
        plain["closed"] = {pointer: Closed(**closed) for pointer, closed in plain["closed"].items()}
        plain["error"] = EngineError.from_json(plain["error"]) if plain["error"] else None
        answer = cls(**plain)
        if answer.running:
            answer.state = "failed"
            answer.error = Cancelled(
                "Espalier ended while this was being written.", advice="Run it again to get a whole answer."
            )
        return answer


@dataclass(frozen=True)
class Preview:
    """What the model would read: the exact prompt, its length, and how each keyword would be held to."""

    prompt: str
    prompt_tokens: int
    enforcement: tuple[tuple[str, str, str], ...]
    """Pointer, keyword, and how: mask, rewritten, check or annotation."""


def build_request(request_id: str, draft: Draft) -> GenerateRequest:
    """Return the request that a draft stands for. Imports the protocol: call it on a worker."""
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
    messages = (*system, ChatMessage(role="user", content=draft.prompt))
    return GenerateRequest(
        id=request_id,
        messages=tuple(compose(messages, constraint)),
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
    )
