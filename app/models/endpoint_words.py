"""What is said of models elsewhere: their servers, what those understand, and what leaves this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from app import figures
from app.models.dates import full, local
from app.models.model_list import ModelLine, Said

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from app.style.drawing import MarkShape
    from engine.errors import EngineError
    from engine.remote.endpoint import Capabilities, Endpoint

ELSEWHERE: Final = "Elsewhere"
LEAVES: Final = "Text leaves this machine"
SERVERS: Final = {
    "vllm": "vLLM",
    "sglang": "SGLang",
    "llama-server": "llama-server",
    "llama-cpp-python": "llama-cpp-python",
    "openai": "OpenAI-compatible",
    "unknown": "A server",
}
HONEST: Final = (
    "Answers from there are valid or an error: the server holds them to the schema as far as it can, and each is "
    "checked here with the whole schema, and asked for again where it is wrong. On this machine an answer cannot break "
    "its schema at all."
)

USED: Final = (
    "It answers where it is chosen: for a thread under Model in the Playground, for a job in the options of Extract."
)

ASKED: Final = {
    "structured": "how schemas are held",
    "logprobs": "probabilities",
    "seed": "seed",
    "stream": "streaming",
    "tools": "tools",
    "context": "context",
    "models": "models",
    "tokenize": "counting tokens",
}
"""What a server is asked, in words; what it was not asked is told in words already."""

Line = tuple["MarkShape", str, str]
"""A mark, its colour, and a plain line."""


def host_of(endpoint: Endpoint) -> str:
    """Return the host of an endpoint's address, with its port."""
    return urlsplit(endpoint.url).netloc or endpoint.url


def is_near(endpoint: Endpoint) -> bool:
    """Tell whether the address is this machine itself, so that nothing leaves it."""
    host = urlsplit(endpoint.url).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")


def leaves_words(endpoint: Endpoint) -> str:
    """Return what goes where once this model is chosen."""
    if is_near(endpoint):
        return "The server runs on this machine, so nothing leaves it."
    return (
        f"Prompts, documents and schemas are sent to {host_of(endpoint)} wherever a thread or a job chooses this model,"
        " and nowhere else. Nothing is sent before."
    )


def capability_lines(found: Capabilities) -> list[Line]:
    """Return what a server was found to understand, one plain line each."""
    server = SERVERS.get(found.server, found.server)
    count = len(found.models)
    held = {
        "json_schema": "Schemas are held by the server (response_format: json_schema)",
        "json_object+schema": "Schemas are held by the server (response_format with a schema)",
        "guided_json": "Schemas are held by the server (guided_json)",
        "structured_outputs": "Schemas are held by the server (structured_outputs)",
    }.get(found.structured)
    lines: list[Line] = [
        ("check", "accent", f"{server}{f' {found.version}' if found.version else ''} answers"),
        ("check", "accent", f"{count} model{'' if count == 1 else 's'} there")
        if count
        else ("ring", "text3", "It does not name its models"),
    ]
    if held:
        lines.append(("check", "accent", held))
    elif found.structured == "json_object":
        lines.append(("triangle", "amberMark", "The server holds answers to JSON only; schemas are checked here"))
    else:
        lines.append(("triangle", "amberMark", "Schemas are only checked here, and asked for again where wrong"))
    for able, yes, no in (
        (found.logprobs, "Tells probabilities, so confidence can be computed", "No probabilities: no confidence"),
        (found.seed, "Takes a seed", "No seed: answers cannot be repeated"),
        (found.tools, "Calls tools", "No tools"),
        (found.stream, "Streams its answers", "Does not stream: answers come whole"),
        (bool(found.tokenize), "Counts tokens, so long documents are cut to fit", "Does not count tokens: estimated"),
    ):
        lines.append(("check", "accent", yes) if able else ("ring", "text3", no))
    if found.context:
        lines.append(("check", "accent", f"{figures.number(found.context)} tokens of context"))
    if found.assumed:
        lines.append(
            (
                "ring",
                "text3",
                f"Not asked, or not answered: {', '.join(ASKED.get(each, each) for each in found.assumed)}",
            )
        )
    return lines


def checked_words(found: Capabilities | None) -> str:
    """Return when a server was asked last."""
    if found is None:
        return "Not asked yet"
    return f"Asked {full(local(found.checked_at))}" if found.checked_at else "Asked"


def endpoint_lines(
    endpoints: Sequence[Endpoint], probing: Collection[str] = (), failed: Mapping[str, EngineError] | None = None
) -> list[ModelLine]:
    """Return the endpoints as rows under their head, which can add one."""
    title = ModelLine(f"head:{ELSEWHERE}", "head", ELSEWHERE, deed="add_endpoint", button="Add an endpoint")
    if not endpoints:
        return [title, ModelLine(f"note:{ELSEWHERE}", "note", "None. All that is asked is answered on this machine.")]
    return [title, *(_line(each, each.id in probing, (failed or {}).get(each.id)) for each in endpoints)]


def endpoint_key(endpoint: str) -> str:
    """Return the key of an endpoint's row."""
    return f"endpoint:{endpoint}"


def _line(endpoint: Endpoint, probing: bool, error: EngineError | None) -> ModelLine:
    found = endpoint.capabilities
    host = host_of(endpoint)
    leaves = "" if is_near(endpoint) else f" {LEAVES}."
    if probing:
        said = Said(f"Asking {host} what it understands…", "arc", mark="accent")
    elif error is not None:
        said = Said(error.message, "cross", "brick", "brickMark")
    elif found is None:
        said = Said(f"{host}. Not asked yet.{leaves}", "ring")
    else:
        server = f", {SERVERS.get(found.server, found.server)}" if found.server != "unknown" else ""
        words = f"{host}{server}.{leaves}" if leaves else f"{host}{server}"
        said = Said(words, "triangle" if leaves else "check", mark="amberMark" if leaves else "accent")
    tip = [endpoint.name, endpoint.url, endpoint.model, checked_words(found), leaves_words(endpoint)]
    if error is not None:
        tip[3] = str(error)
    return ModelLine(
        endpoint_key(endpoint.id),
        "row",
        endpoint.name,
        aside=endpoint.model,
        said=said,
        deed="check",
        button="Check",
        able=not probing,
        tip="\n".join(part for part in tip if part),
    )
