"""Requests to scripted servers, and what became of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.constraint.spec import MatchesSchema
from engine.model.protocol import ChatMessage, Failed, Finished, GenerateRequest
from engine.remote.endpoint import Capabilities
from engine.remote.transport import Limits

if TYPE_CHECKING:
    from engine.model.protocol import RequestEvent
    from engine.remote.backend import RemoteBackend

QUICK = Limits(connect=2.0, idle=0.2, event=64 << 10, answer=1 << 20, patience=2.0, backoff=0.01, question=2.0)
PERSON = """{"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
"required": ["name", "age"], "additionalProperties": false}"""
KNOWN = Capabilities(server="vllm", models=("m",), structured="json_schema", seed=True, stream=True)


def quick(**bounds: float) -> Limits:
    """Return bounds for tests, but for those given."""
    return replace(QUICK, **bounds)  # type: ignore[arg-type]


def ask(prompt: str = "Anna is 34.", *, id: str = "r", **given: Any) -> GenerateRequest:  # noqa: A002
    """Return a request."""
    return GenerateRequest(id=id, messages=(ChatMessage(role="user", content=prompt),), **given)


def ask_person(**given: Any) -> GenerateRequest:
    """Return a request for a person, as a schema says it."""
    return ask(constraint=MatchesSchema(schema_text=PERSON), **given)


def events_of(backend: RemoteBackend, request: GenerateRequest) -> list[RequestEvent]:
    """Ask and return all events."""
    return list(backend.stream(request))


def answer_of(backend: RemoteBackend, request: GenerateRequest) -> Finished:
    """Ask and return the answer."""
    last = events_of(backend, request)[-1]
    assert isinstance(last, Finished), last
    return last


def failure_of(backend: RemoteBackend, request: GenerateRequest) -> Failed:
    """Ask and return the failure."""
    last = events_of(backend, request)[-1]
    assert isinstance(last, Failed), last
    return last
