"""`espalier endpoints`: the models elsewhere that this profile knows, and what their servers understand.

Nothing heavy is imported before an action runs: --help does not wait for it.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from typing import TYPE_CHECKING

from engine.cli.arguments import describe_profile, positive
from engine.errors import InvalidRequest, SecretsUnavailable

if TYPE_CHECKING:
    from engine.remote.endpoint import Capabilities, Endpoint
    from engine.store import Store

_WIDTH = 200
_STRUCTURED = {
    "json_schema": "holds answers to a schema",
    "json_object+schema": "holds answers to a schema",
    "guided_json": "holds answers to a schema",
    "structured_outputs": "holds answers to a schema",
    "json_object": "holds answers to JSON, not to a schema",
    "none": "is only told the schema",
}


def describe_endpoints(parser: argparse.ArgumentParser) -> None:
    """Describe the command line of `endpoints` and its actions."""
    parser.description = (
        "Keep OpenAI-compatible servers (vLLM, SGLang, llama-server, hosted ones) under names for --endpoint. Nothing "
        "is sent to them but questions about what they understand, until a command names one."
    )
    describe_profile(parser)
    actions = parser.add_subparsers(dest="action", metavar="action")
    listed = actions.add_parser("list", help="list them (the default)")
    added = actions.add_parser("add", help="ask a server what it understands, and keep it")
    added.add_argument("address", metavar="URL", help="its address, e.g. http://localhost:8000/v1")
    added.add_argument("--name", metavar="NAME", help="what it is called; its host if not given")
    added.add_argument("--endpoint-model", metavar="NAME", help="the model there; the first it names if not given")
    added.add_argument("--concurrency", type=positive, metavar="N", help="requests that it has at once (default 4)")
    added.add_argument("--seconds", type=positive, metavar="N", help="how long an answer may take (default 120)")
    added.add_argument("--context", type=positive, metavar="N", help="tokens of its context, if it does not say them")
    added.add_argument("--unasked", action="store_true", help="keep it without asking it anything")
    probed = actions.add_parser("probe", help="ask a server again what it understands")
    probed.add_argument("address", metavar="NAME", help="the name it is kept under, or an address")
    for action in (added, probed):
        action.add_argument("--json", action="store_true", help="print what it understands as JSON")
        key = action.add_mutually_exclusive_group()
        key.add_argument("--key-env", metavar="NAME", help="take its key from this variable of the environment")
        key.add_argument("--ask-key", action="store_true", help="ask for its key, which is not shown")
    removed = actions.add_parser("remove", help="forget a server and its key")
    removed.add_argument("address", metavar="NAME", help="the name it is kept under")
    for action in (listed, added, probed, removed):
        # Suppressed, so that it does not undo a --profile that stands before the action.
        describe_profile(action, default=argparse.SUPPRESS)


def endpoints(options: argparse.Namespace) -> int:
    """Do what the action says, or list the endpoints; return the exit code."""
    from engine.store import Store

    actions = {"add": _add, "probe": _probe, "remove": _remove}
    with Store(options.profile) as store:
        return actions.get(options.action, _list)(store, options)


def _list(store: Store, _options: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from engine.cli.elsewhere import kept_endpoints

    table = Table(box=None, pad_edge=False)
    for column in ("Name", "Model", "At once", "Server", "Address"):
        table.add_column(column, justify="right" if column == "At once" else "left", overflow="fold")
    for each in kept_endpoints(store):
        known = each.capabilities
        model = each.model or (known.models[0] if known is not None and known.models else "")
        server = "not asked yet" if known is None else _server(known)
        table.add_row(*map(Text, (each.name, model, str(each.concurrency), server, each.url)))
    Console(width=None if sys.stdout.isatty() else _WIDTH, markup=False, highlight=False).print(table)
    return 0


def _add(store: Store, options: argparse.Namespace) -> int:
    from engine.cli.elsewhere import kept_endpoints, named, new_endpoint

    endpoint = new_endpoint(
        options.address,
        name=options.name,
        model=options.endpoint_model,
        concurrency=options.concurrency,
        seconds=options.seconds,
        context=options.context,
    )
    if named(endpoint.name, kept_endpoints(store)) is not None:
        raise InvalidRequest(f"There is a server called {endpoint.name}.", advice="Give this one another --name.")
    key = _given_key(options)
    if not options.unasked:
        endpoint = _asked(store, endpoint, key)
    if key is not None:
        _keep_key(endpoint, key)
    store.endpoints.put(endpoint.id, endpoint.model_dump(mode="json"))
    _tell(endpoint, options)
    return 0


def _probe(store: Store, options: argparse.Namespace) -> int:
    from engine.cli.elsewhere import kept_endpoints, kept_key, named, new_endpoint

    known = named(options.address, kept_endpoints(store))
    key = _given_key(options)
    if key is None and known is not None:
        key = kept_key(known)()
    endpoint = _asked(store, known or new_endpoint(options.address), key)
    if known is not None:
        store.endpoints.put(endpoint.id, endpoint.model_dump(mode="json"))
    _tell(endpoint, options)
    return 0


def _remove(store: Store, options: argparse.Namespace) -> int:
    from engine.cli.elsewhere import kept_endpoints, named
    from engine.secrets import Secrets
    from engine.secrets import endpoint as key_name

    endpoint = named(options.address, kept_endpoints(store))
    if endpoint is None:
        raise InvalidRequest(f"There is no server called {options.address}.", advice="`espalier endpoints` lists them.")
    Secrets().forget(key_name(endpoint.id))
    store.endpoints.remove(endpoint.id)
    print(f"{endpoint.name} and its key are forgotten.")
    return 0


def _asked(store: Store, endpoint: Endpoint, key: str | None) -> Endpoint:
    """Return an endpoint with what its server understands. Raises `EndpointError` and `NetworkOff`."""
    from engine.cli.elsewhere import host_of
    from engine.cli.network import network_of
    from engine.remote.probing import probe

    network = network_of(store)
    print(f"{host_of(endpoint.url)} is asked what it understands.", file=sys.stderr, flush=True)
    return endpoint.model_copy(update={"capabilities": probe(endpoint, network, key)})


def _given_key(options: argparse.Namespace) -> str | None:
    from engine.cli.elsewhere import key_from

    if options.ask_key:
        return getpass.getpass("Key: ").strip() or None
    return None if options.key_env is None else key_from(options.key_env)()


def _keep_key(endpoint: Endpoint, key: str) -> None:
    from engine.secrets import Secrets
    from engine.secrets import endpoint as key_name

    try:
        Secrets().put(key_name(endpoint.id), key)
    except SecretsUnavailable as error:
        print(f"espalier: The key is not kept: {error.message} Give it with --key-env each time.", file=sys.stderr)


def _tell(endpoint: Endpoint, options: argparse.Namespace) -> None:
    known = endpoint.capabilities
    if options.json:
        print(json.dumps(None if known is None else known.model_dump(mode="json"), ensure_ascii=False, indent=2))
        return
    print(f"{endpoint.name}: {endpoint.url}")
    if known is None:
        return
    has = [name for name in ("logprobs", "seed", "tools") if getattr(known, name)]
    lines = [
        f"{_server(known)}, which {_STRUCTURED[known.structured]}",
        f"models: {', '.join(known.models) or 'it names none'}",
        f"context: {f'{known.context:,} tokens' if known.context else 'not told'}",
        f"also: {', '.join(has) or 'nothing'}",
    ]
    if known.assumed:
        lines.append(f"assumed, since it was not asked or not answered: {', '.join(known.assumed)}")
    print("\n".join(f"  {line}" for line in lines))


def _server(known: Capabilities) -> str:
    name = "a server of a kind that is not known" if known.server == "unknown" else known.server
    return f"{name} {known.version}".strip()
