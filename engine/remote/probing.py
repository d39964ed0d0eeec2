"""Finding out what a server understands, by asking it: short questions, each bounded in time.

What is known comes from answers. What a kind of server is known for, and what nobody answered, is assumed and named so.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from engine.errors import EndpointError, EndpointGarbled, EndpointUnreachable
from engine.remote.address import root
from engine.remote.completion import Completion
from engine.remote.endpoint import Capabilities
from engine.remote.faults import Fault, StatusFault, one_line
from engine.remote.transport import Limits, Transport

if TYPE_CHECKING:
    from engine.network import Network
    from engine.remote.endpoint import Endpoint, Server, Structured

_PYTHON_TITLE = "llama.cpp Python API"
_WORD = "quince-417"
_SCHEMA = {
    "type": "object",
    "properties": {"fruit": {"type": "string", "enum": [_WORD]}},
    "required": ["fruit"],
    "additionalProperties": False,
}
_OTHERWISE = "Write the word hello and nothing else. Do not write JSON."
_WAYS: dict[Server, tuple[Structured, ...]] = {
    "vllm": ("json_schema", "structured_outputs", "guided_json"),
    "sglang": ("json_schema",),
    "llama-server": ("json_schema", "json_object+schema"),
    "llama-cpp-python": ("json_object+schema",),
    "openai": ("json_schema",),
    "unknown": ("json_schema", "json_object+schema", "structured_outputs", "guided_json"),
}
_SEEDS = frozenset({"vllm", "sglang", "llama-server", "llama-cpp-python", "openai"})
_TOKENIZE: dict[Server, tuple[str, str]] = {
    "vllm": ("/tokenize", "prompt"),
    "sglang": ("/tokenize", "prompt"),
    "llama-server": ("/tokenize", "content"),
    "llama-cpp-python": ("/extras/tokenize/count", "input"),
}
_TOOL = {
    "type": "function",
    "function": {"name": "look", "parameters": {"type": "object", "properties": {"at": {"type": "string"}}}},
}
_ALL_SECONDS = 3
"""How many times as long as one question all of them may take."""
_BEYOND = 1_200_000
"""Tokens that fit no context, so that the refusal names its length."""
_MOST_MODELS = 2_000
_LONGEST_NAME = 300


def probe(
    endpoint: Endpoint, network: Network, key: str | None = None, *, limits: Limits | None = None
) -> Capabilities:
    """Ask a server what it understands; for a worker, since it takes some seconds.

    Raises `NetworkOff`, and an `EndpointError` where nobody answers, the key is refused, or it is no such server.
    """

    async def ask() -> Capabilities:
        transport = Transport(endpoint.url, network, limits or Limits())
        try:
            with network.using(f"Asking {endpoint.name} what it can do"):
                return await probe_async(endpoint, transport, key)
        finally:
            await transport.close()

    try:
        return asyncio.run(ask())
    except Fault as fault:
        raise fault.error() from None


async def probe_async(endpoint: Endpoint, transport: Transport, key: str | None) -> Capabilities:
    """Ask as `probe` does, on the loop of a transport. May raise a `Fault` too."""
    questions = _Questions(endpoint, transport, key)
    await questions.ask_models()
    try:
        async with asyncio.timeout(transport.limits.question * _ALL_SECONDS):
            await questions.ask_all()
    except TimeoutError:
        questions.assumed.append("the questions that there was no time for")
    return questions.found()


@dataclass(slots=True)
class _Questions:
    endpoint: Endpoint
    transport: Transport
    key: str | None
    assumed: list[str] = field(default_factory=list)
    server: Server = "unknown"
    version: str = ""
    models: tuple[str, ...] = ()
    owner: str = ""
    structured: Structured | None = None
    logprobs: bool = False
    seed: bool | None = None
    tools: bool = False
    streams: bool | None = None
    tokenize: str | None = None
    context: int | None = None

    @property
    def model(self) -> str:
        return self.endpoint.model or next(iter(self.models), "")

    def found(self) -> Capabilities:
        """Return what was found out, and what is taken for granted."""
        structured = self.structured
        if structured is None:
            structured = "none" if self.server == "unknown" else _WAYS[self.server][0]
            self.assumed.append("structured")
        if self.seed is None:
            self.assumed.append("seed")
        if self.streams is None:
            self.assumed += ["stream", "logprobs"]
        if self.context is None:
            self.assumed.append("context")
        return Capabilities(
            server=self.server,
            version=self.version,
            models=self.models,
            structured=structured,
            logprobs=self.logprobs,
            seed=self.server in _SEEDS if self.seed is None else self.seed,
            tools=self.tools,
            stream=self.streams is not False,
            tokenize=self.tokenize,
            context=self.context,
            assumed=tuple(dict.fromkeys(self.assumed)),
            checked_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    async def ask_models(self) -> None:
        """Ask for the models. A server that has no list of them is asked on; one that is none raises."""
        try:
            payload = await self._ask("GET", f"{self.endpoint.url}/models")
        except StatusFault as fault:
            if fault.status not in {404, 405, 501}:
                raise
            self.assumed.append("models")
            return
        listed = payload.get("data", payload.get("models")) if isinstance(payload, dict) else payload
        if not isinstance(listed, list):
            raise EndpointGarbled(
                "The server answers, but not with a list of models.",
                where=self.endpoint.url,
                advice="See that the address is that of an OpenAI-compatible API.",
            )
        found = [each for each in listed if isinstance(each, dict)][:_MOST_MODELS]
        names = [each.get("id", each.get("name")) for each in found]
        self.models = tuple(
            name for name in names if isinstance(name, str) and name.isprintable() and len(name) <= _LONGEST_NAME
        )
        own = next((each for each in found if each.get("id") == self.model), None) or next(iter(found), {})
        self.owner = str(own.get("owned_by", ""))
        self.context = _whole(own.get("max_model_len")) or _whole(own.get("context_length"))

    async def ask_all(self) -> None:
        """Ask the rest, one question after the other: some servers answer only one at a time."""
        await self._ask_kind()
        await self._ask_tokenize()
        await self._ask_stream()
        await self._ask_structured()
        await self._ask_tools()
        if self.context is None and self.server == "llama-cpp-python":
            await self._ask_beyond()

    async def _ask_kind(self) -> None:
        if (urlsplit(self.endpoint.url).hostname or "") == "api.openai.com":
            self.server = "openai"
            return
        version = await self._look("/version")
        if isinstance(version, dict) and isinstance(version.get("version"), str):
            self.version = one_line(version["version"])[:40]
        if self.owner == "vllm":
            self.server = "vllm"
            return
        about = await self._look("/get_model_info")
        if isinstance(about, dict) and "model_path" in about:
            self.server = "sglang"
            settings = await self._look("/get_server_info")
            if self.context is None and isinstance(settings, dict):
                self.context = _whole(settings.get("context_length"))
            return
        props = await self._look("/props")
        if isinstance(props, dict) and "default_generation_settings" in props:
            self.server = "llama-server"
            self.version = one_line(str(props.get("build_info", "")))[:40]
            settings = props["default_generation_settings"]
            self.context = _whole(settings.get("n_ctx")) if isinstance(settings, dict) else None
            return
        described = await self._look("/openapi.json")
        info = described.get("info") if isinstance(described, dict) else None
        if isinstance(info, dict) and _PYTHON_TITLE in str(info.get("title", "")):
            self.server = "llama-cpp-python"
            self.version = one_line(str(info.get("version", "")))[:40]

    async def _ask_tokenize(self) -> None:
        path, name = _TOKENIZE.get(self.server, ("", ""))
        if not path:
            return
        answer = await self._look(path, {"model": self.model, name: "one two"})
        if not isinstance(answer, dict) or not (_whole(answer.get("count")) or isinstance(answer.get("tokens"), list)):
            return
        self.tokenize = path
        self.context = self.context or _whole(answer.get("max_model_len"))

    async def _ask_stream(self) -> None:
        """Ask for one token as a stream, with its probability and a seed."""
        body = self._body("Say hello.", 1) | {"stream": True, "logprobs": True, "top_logprobs": 1, "seed": 7}
        for without in ((), ("logprobs", "top_logprobs"), ("seed",)):
            body = {name: value for name, value in body.items() if name not in without}
            completion = Completion(self.endpoint.url)
            try:
                await self.transport.stream(body, completion.take, key=self.key, seconds=self.transport.limits.question)
            except StatusFault as fault:
                if fault.status in {401, 403}:
                    raise
                continue
            except (Fault, EndpointError):
                return
            self.streams = True
            self.logprobs = bool(completion.tokens)
            self.seed = self.server in _SEEDS if "seed" in body else False
            return

    async def _ask_structured(self) -> None:
        """Ask in each way for a word that the prompt does not have; the first that gets it is understood."""
        answered = False
        for way in _WAYS[self.server]:
            text = await self._say(_OTHERWISE, 40, _ask_in(way))
            answered = answered or text is not None
            if text is not None and _obeys(text):
                self.structured = way
                return
        text = await self._say("Say hello, as JSON.", 40, {"response_format": {"type": "json_object"}})
        if text is not None and isinstance(_value(text), dict):
            self.structured = "json_object"
        elif answered or text is not None:
            self.structured = "none"

    async def _ask_tools(self) -> None:
        if self.server == "llama-cpp-python":
            return
        answer = await self._chat(self._body("Say hello.", 1) | {"tools": [_TOOL], "tool_choice": "auto"})
        self.tools = isinstance(answer, dict)

    async def _ask_beyond(self) -> None:
        """Ask more than any context holds: the refusal, which comes before anything is computed, names its length."""
        body = self._body("a " * _BEYOND, 1)
        try:
            await self._ask("POST", f"{self.endpoint.url}/chat/completions", body)
        except StatusFault as fault:
            self.context = fault.context
        except (Fault, EndpointError):
            return

    async def _say(self, prompt: str, most: int, fields: dict[str, Any]) -> str | None:
        """Return the text of a short answer, empty where the question was refused; None where none came in time."""
        answer = await self._chat(self._body(prompt, most) | fields)
        if not isinstance(answer, dict):
            return answer
        completion = Completion(self.endpoint.url)
        try:
            completion.take(answer)
        except EndpointGarbled:
            return None
        return completion.text

    async def _chat(self, body: dict[str, Any]) -> dict[str, Any] | Literal[""] | None:
        """Return a chat completion, "" where the server refuses the question, None where it fails.

        A refused key raises.
        """
        try:
            answer = await self._ask("POST", f"{self.endpoint.url}/chat/completions", body)
        except StatusFault as fault:
            if fault.status in {401, 403}:
                raise
            return "" if fault.status in {400, 422} else None
        except EndpointUnreachable:
            self.assumed.append("what was not answered in time")
            return None
        except (Fault, EndpointError):
            return None
        return answer if isinstance(answer, dict) else None

    def _body(self, prompt: str, most: int) -> dict[str, Any]:
        limit = "max_completion_tokens" if self.server == "openai" else "max_tokens"
        return {"model": self.model, "messages": [{"role": "user", "content": prompt}], limit: most, "temperature": 0}

    async def _look(self, path: str, body: Any = None) -> Any:
        """Return what stands at a path of the server's root; None where nothing does."""
        try:
            return await self._ask("GET" if body is None else "POST", f"{root(self.endpoint.url)}{path}", body)
        except (Fault, EndpointError):
            return None

    async def _ask(self, method: str, url: str, body: Any = None) -> Any:
        return await self.transport.ask(method, url, body, key=self.key, seconds=self.transport.limits.question)


def _ask_in(way: Structured) -> dict[str, Any]:
    if way == "json_schema":
        wrapped = {"name": "answer", "schema": _SCHEMA, "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": wrapped}}
    if way == "json_object+schema":
        return {"response_format": {"type": "json_object", "schema": _SCHEMA}}
    return {"guided_json": _SCHEMA} if way == "guided_json" else {"structured_outputs": {"json": _SCHEMA}}


def _obeys(text: str) -> bool:
    return bool(_value(text) == {"fruit": _WORD})


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
