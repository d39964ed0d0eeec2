"""What a server understands is found out by asking it, and what was only assumed is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from engine.errors import EndpointGarbled, EndpointRefused, EndpointUnreachable, NetworkOff
from engine.network import Network
from engine.remote.endpoint import Endpoint
from engine.remote.probing import probe
from tests.engine.remote.asking import QUICK, answer_of, ask, ask_person, quick
from tests.engine.remote.scripted import Asked, ScriptedServer, fails, unused_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.remote.backend import RemoteBackend
    from engine.remote.endpoint import Capabilities
    from tests.engine.remote.scripted import Act

    Open = Callable[..., RemoteBackend]


def gives(payload: Any) -> Act:
    """Return the act of a server that answers with JSON."""
    return lambda asked: asked.json(payload)


def models(owner: str, **more: Any) -> Act:
    return gives({"object": "list", "data": [{"id": "m", "owned_by": owner} | more, {"id": "other"}]})


def chats(where: Callable[[Any], Any], *, logprobs: bool = True, tools: bool = True) -> Act:
    """Return the act of a server that obeys a schema where it looks for one; `where` may find none, or refuse."""

    def act(asked: Asked) -> None:
        body = asked.body
        if body.get("tools") and not tools:
            asked.json({"object": "error", "message": "tools need --enable-auto-tool-choice"}, 400)
            return
        if body.get("logprobs") and not logprobs:
            asked.json({"error": {"message": "logprobs is not supported"}}, 400)
            return
        schema = where(body)
        text = "hello"
        if isinstance(schema, dict):
            text = json.dumps({"fruit": schema["properties"]["fruit"]["enum"][0]})
        elif schema is not None:
            text = '{"a": "hello"}'
        told = {"content": [{"token": text, "logprob": -0.5, "top_logprobs": []}]} if body.get("logprobs") else None
        if body.get("stream"):
            asked.head()
            asked.chunk(text, logprobs=told)
            asked.chunk(finish="length")
        else:
            asked.json({"choices": [{"index": 0, "message": {"content": text}, "finish_reason": "stop"}]})

    return act


def in_json_schema(body: Any) -> Any:
    asked = body.get("response_format", {})
    return asked["json_schema"]["schema"] if asked.get("type") == "json_schema" else asked.get("type")


def in_json_object(body: Any) -> Any:
    return body.get("response_format", {}).get("schema", body.get("response_format"))


SERVERS: dict[str, tuple[dict[str, Act], Act, dict[str, Any]]] = {
    "vllm": (
        {
            "/v1/models": models("vllm", max_model_len=4096),
            "/version": gives({"version": "0.11.0"}),
            "/tokenize": gives({"count": 2, "max_model_len": 4096, "tokens": [1, 2]}),
        },
        chats(in_json_schema, tools=False),
        {"version": "0.11.0", "structured": "json_schema", "context": 4096, "tokenize": "/tokenize", "tools": False},
    ),
    "an older vllm": (
        {"/v1/models": models("vllm"), "/version": gives({"version": "0.4\x1b\n.0"})},
        chats(lambda body: body.get("guided_json")),
        {"server": "vllm", "version": "0.4 .0", "structured": "guided_json", "context": None, "tokenize": None},
    ),
    "sglang": (
        {
            "/v1/models": models("sglang", max_model_len=32768),
            "/get_model_info": gives({"model_path": "x", "is_generation": True}),
        },
        chats(in_json_schema),
        {"structured": "json_schema", "context": 32768, "tokenize": None},
    ),
    "llama-server": (
        {
            "/v1/models": models("llamacpp"),
            "/props": gives({"default_generation_settings": {"n_ctx": 8192}, "build_info": "b6100", "total_slots": 4}),
            "/tokenize": gives({"tokens": [1, 2]}),
        },
        chats(in_json_schema, tools=False),
        {"version": "b6100", "structured": "json_schema", "context": 8192, "tokenize": "/tokenize"},
    ),
    "llama-cpp-python": (
        {
            "/v1/models": models("me"),
            "/openapi.json": gives({"info": {"title": "🦙 llama.cpp Python API", "version": "0.3.36"}}),
            "/extras/tokenize/count": gives({"count": 2}),
        },
        chats(in_json_object),
        {"structured": "json_object+schema", "tokenize": "/extras/tokenize/count", "tools": False, "seed": True},
    ),
    "unknown": (
        {"/v1/models": models("somebody")},
        chats(in_json_schema, logprobs=False),
        {"structured": "json_schema", "logprobs": False, "seed": False, "tools": True, "tokenize": None},
    ),
    "one that knows JSON alone": (
        {"/v1/models": models("somebody")},
        chats(lambda body: "json" if body.get("response_format") == {"type": "json_object"} else None),
        {"server": "unknown", "structured": "json_object"},
    ),
    "one that knows nothing": (
        {"/v1/models": models("somebody")},
        chats(lambda body: None),
        {"server": "unknown", "structured": "none"},
    ),
}


@pytest.mark.parametrize("kind", SERVERS)
def test_a_server_is_told_by_what_it_answers(kind: str) -> None:
    others, chat, expected = SERVERS[kind]
    found = found_of(ScriptedServer([chat], others))
    told = found.model_dump()
    assert {name: told[name] for name in expected} == expected
    assert found.server == expected.get("server", kind)
    assert found.models == ("m", "other")
    assert found.logprobs is expected.get("logprobs", True)
    assert found.stream
    assert ("context" in found.assumed) == (found.context is None)


def found_of(server: ScriptedServer, **given: Any) -> Capabilities:
    """Ask a server what it understands."""
    with server:
        return probe(Endpoint(id="e", name="Peer", url=server.url, model="m"), Network(), limits=QUICK, **given)


def test_a_small_context_is_learned_from_a_refusal() -> None:
    others, chat, _ = SERVERS["llama-cpp-python"]

    def act(asked: Asked) -> None:
        if len(asked.body["messages"][0]["content"]) > 10_000:
            message = "This model's maximum context length is 2048 tokens. However, you requested 150009 tokens"
            asked.json({"error": {"message": message, "code": "context_length_exceeded"}}, 400)
        else:
            chat(asked)

    assert found_of(ScriptedServer([act], others)).context == 2048


def test_a_server_that_hangs_is_taken_for_what_its_kind_is_known_for() -> None:
    others, _, _ = SERVERS["vllm"]
    server = ScriptedServer([lambda asked: asked.hang()], others)
    with server:
        endpoint = Endpoint(id="e", name="Peer", url=server.url, model="m")
        found = probe(endpoint, Network(), limits=quick(question=0.2))
    assert found.structured == "json_schema"
    assert {"structured", "seed", "stream"} <= set(found.assumed)


@pytest.mark.parametrize(
    ("models_", "kind", "words"),
    [
        (fails(401, {"error": "Bad key"}), EndpointRefused, "Bad key"),
        (gives({"hello": "world"}), EndpointGarbled, "list of models"),
        (lambda asked: asked.head(kind="text/html"), EndpointGarbled, "not JSON"),
        (lambda asked: asked.hang(), EndpointUnreachable, "longer than"),
    ],
)
def test_what_is_no_such_server_is_an_error(models_: Act, kind: type[Exception], words: str) -> None:
    with ScriptedServer([gives({})], {"/v1/models": models_}) as server:
        endpoint = Endpoint(id="e", name="Peer", url=server.url)
        with pytest.raises(kind, match=words):
            probe(endpoint, Network(), limits=quick(question=0.3))


def test_nobody_and_no_network_are_errors() -> None:
    endpoint = Endpoint(id="e", name="Peer", url=f"http://127.0.0.1:{unused_port()}/v1")
    with pytest.raises(EndpointUnreachable):
        probe(endpoint, Network(), limits=QUICK)
    with pytest.raises(NetworkOff):
        probe(endpoint, Network(allowed=False), limits=QUICK)


def test_a_backend_finds_out_by_itself_and_only_once(open_backend: Open) -> None:
    others, chat, _ = SERVERS["vllm"]

    def act(asked: Asked) -> None:
        if asked.body.get("max_tokens") in {1, 40}:
            chat(asked)
        else:
            asked.stream(['{"name": "Anna", "age": 34}'])

    with ScriptedServer([act], others) as server:
        backend = open_backend(server.url, capabilities=None)
        assert server.asked == []
        assert backend.wait_until_ready(10).context == 4096
        answer_of(backend, ask_person())
        answer_of(backend, ask(id="again"))
        assert [asked.path for asked in server.asked].count("/v1/models") == 1
        found = backend.endpoint.capabilities
    assert found is not None
    assert found.server == "vllm"
    assert backend.identity == f"{server.url} m"


def test_a_backend_that_nobody_answers_says_so_and_tries_again(open_backend: Open) -> None:
    others, chat, _ = SERVERS["vllm"]
    down = True

    def listed(asked: Asked) -> None:
        (fails(401, {"error": "Bad key"}) if down else others["/v1/models"])(asked)

    with ScriptedServer([chat], others | {"/v1/models": listed}) as server:
        backend = open_backend(server.url, capabilities=None)
        with pytest.raises(EndpointRefused):
            backend.wait_until_ready(10)
        assert backend.state.phase == "failed"
        assert isinstance(backend.state.error, EndpointRefused)
        down = False
        assert backend.wait_until_ready(10).name == "m"
        assert backend.state.phase == "ready"


def test_closing_while_it_finds_out_ends_that(open_backend: Open) -> None:
    with ScriptedServer([gives({})], {"/v1/models": lambda asked: asked.hang()}) as server:
        backend = open_backend(server.url, capabilities=None, limits=quick(question=60.0))
        backend.start()
        assert server.hanging.wait(5)
        backend.close()
        assert server.left.wait(5)
    assert backend.state.phase == "stopped"
