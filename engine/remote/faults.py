"""What a server says when it does not answer, in whichever shape, as one of the typed errors."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from engine.errors import (
    EndpointBusy,
    EndpointError,
    EndpointGarbled,
    EndpointRefused,
    EndpointUnreachable,
    EngineError,
    PromptTooLong,
)
from engine.network import when_again

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 300
_HOLDERS = ("error", "message", "detail", "errors", "msg")
_SHORTEST_KEY = 4
_MASK = "•••"
_BUSY = frozenset({408, 425, 429, 502, 503, 504, 529})
_CONTEXT = re.compile(
    r"(?:maximum context length (?:is|of)|context (?:window|length|size) (?:of|is)|max_model_len\D{0,12}|n_ctx\D{0,12})"
    r"\s*\(?(\d{2,9})",
    re.IGNORECASE,
)
_PROMPT = re.compile(r"(\d{1,9}) (?:in the messages|in your prompt|input tokens)")
_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size|exceeds? (?:the )?(?:available |maximum )?context|"
    r"maximum context length|context window of|longer than the (?:model's )?context|input (?:is|length).{0,40}too long",
    re.IGNORECASE,
)


class Fault(Exception):
    """A request that came to nothing, and whether it may be sent again. `error` says it to a person."""

    retry_after: float | None = None
    is_busy = False
    is_broken = False

    def error(self) -> EngineError:
        """Return the error as a person reads it."""
        raise NotImplementedError


class ConnectionFault(Fault):
    """Nobody answered, or the connection broke before an answer began.

    `was_open` tells that there was a connection: one that is kept open may be closed by the server at any time.
    """

    def __init__(self, error: EndpointUnreachable, *, was_open: bool) -> None:
        super().__init__(str(error))
        self._error = error
        self.was_open = was_open

    def error(self) -> EngineError:
        """Return the error as a person reads it."""
        return self._error


class StatusFault(Fault):
    """A server's answer that is an error: its status, its words (masked, one line), and when to come back.

    `error` says it to a person. `context` is the length of the server's context, where the words tell that the
    request does not fit it.
    """

    def __init__(
        self, status: int, words: str, *, url: str, keyed: bool = True, retry_after: float | None = None
    ) -> None:
        """`keyed` tells whether the request had a key."""
        super().__init__(f"{status}: {words}")
        self._keyed = keyed
        self.status = status
        self.words = words
        self.url = url
        self.retry_after = retry_after
        self.is_busy = status in _BUSY and not self.is_too_long
        self.is_broken = status >= 500 and not self.is_busy and not self.is_too_long

    @property
    def is_too_long(self) -> bool:
        """Whether the prompt does not fit the server's context."""
        return bool(_TOO_LONG.search(self.words))

    @property
    def is_only_the_limit(self) -> bool:
        """Whether the prompt would fit, and what was asked for beside it does not."""
        prompt = _PROMPT.search(self.words) if self.context else None
        return prompt is not None and int(prompt[1]) < (self.context or 0)

    @property
    def context(self) -> int | None:
        """The length of the server's context in tokens, where its words tell."""
        found = _CONTEXT.search(self.words) if self.is_too_long else None
        return int(found[1]) if found else None

    def error(self) -> EngineError:
        """Return the error as a person reads it."""
        said = f": {self.words}" if self.words else ""
        if self.is_too_long:
            holds = f", which holds {self.context:,} tokens" if self.context else ""
            return PromptTooLong(
                f"The prompt does not fit the context of the server{holds}.",
                where=self.url,
                advice="Shorten the prompt, or ask for fewer tokens.",
            )
        if self.status == 401 and not self._keyed:
            return EndpointRefused(f"The server wants a key{said}.", where=self.url, advice="Give the endpoint one.")
        return _error(self.status, said, self.url, self.retry_after)


def _error(status: int, said: str, url: str, retry_after: float | None) -> EndpointError:
    if status == 401:
        return EndpointRefused(f"The server does not accept the key{said}.", where=url, advice="Check the key.")
    if status == 403:
        return EndpointRefused(f"The server does not let this key in{said}.", where=url, advice="Check the key.")
    if status == 404:
        return EndpointRefused(
            f"The server does not know this model or address{said}.",
            where=url,
            advice="Check the address and the name of the model.",
        )
    if status in _BUSY:
        return EndpointBusy(
            f"The server asks to come back {when_again(retry_after)}{said}.",
            where=url,
            advice="Try again later, or ask less at once.",
        )
    if status >= 500:
        return EndpointGarbled(
            f"The server failed with status {status}{said}.", where=url, advice="Its own log says why."
        )
    return EndpointRefused(f"The server refuses the request with status {status}{said}.", where=url)


def status_fault(status: int, headers: Mapping[str, str], body: bytes, *, url: str, key: str | None) -> StatusFault:
    """Return the fault that an HTTP answer is; `body` may be cut."""
    words = words_of(body, headers.get("content-type", ""), key)
    return StatusFault(status, words, url=url, keyed=key is not None, retry_after=retry_after(headers))


def fault_in_stream(payload: Any, *, url: str, key: str | None) -> StatusFault | None:
    """Return the fault that a chunk of a stream is, where it is one."""
    if not isinstance(payload, dict) or (payload.get("choices") and not payload.get("error")):
        return None
    if not payload.get("error") and payload.get("object") != "error":
        return None
    inner = payload.get("error")
    code = inner.get("code") if isinstance(inner, dict) else payload.get("code")
    status = code if isinstance(code, int) and 400 <= code < 600 else 500
    return StatusFault(status, _one_line(_words(payload), key), url=url)


def words_of(body: bytes, content_type: str, key: str | None) -> str:
    """Return what the body of an error says, as one short line without the key; empty for a page of HTML."""
    text = body.decode("utf-8", "replace").strip()
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return "" if "html" in content_type or text.startswith("<") else _one_line(text, key)
    return _one_line(_words(payload), key)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds a server asks to wait (RFC 9110, 10.2.3), as a number or as a date."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
            return float(value) * unit
        try:
            moment = parsedate_to_datetime(value) if value else None
        except ValueError:
            continue
        if moment is not None:
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    return None


def masked(text: str, key: str | None) -> str:
    """Return a text without the key, as it is, in JSON and in URLs."""
    if key is None or len(key) < _SHORTEST_KEY:
        return text
    for form in (key, json.dumps(key)[1:-1], quote(key, safe="")):
        text = text.replace(form, _MASK)
    return text


def _words(payload: Any) -> str:
    """Return the message of an error as OpenAI, vLLM, FastAPI and others put it."""
    for _ in range(4):
        if isinstance(payload, str):
            return payload
        if isinstance(payload, list):
            payload = payload[0] if payload else ""
            continue
        if not isinstance(payload, dict):
            return ""
        place = payload.get("loc")
        if isinstance(place, list) and isinstance(payload.get("msg"), str):
            return f"{'.'.join(map(str, place))}: {payload['msg']}"
        code = payload.get("code")
        if isinstance(code, str) and isinstance(payload.get("message"), str):
            return payload["message"] if code in payload["message"] else f"{payload['message']} ({code})"
        payload = next(
            (payload[name] for name in ("error", "message", "detail", "errors", "msg") if payload.get(name)), ""
        )
    return ""


def one_line(text: str) -> str:
    """Return what a server says as one line that may be shown: nothing in it commands a terminal."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _one_line(text: str, key: str | None) -> str:
    # The key goes first: cut in two it would not be found.
    text = masked(text, key)
    line = one_line(text).rstrip(".")
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
