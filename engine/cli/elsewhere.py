"""Models elsewhere at the terminal: which are asked, and that it is said where what goes there goes."""

from __future__ import annotations

import os
import sys
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from engine.cli.console import StageLine, explain, open_model
from engine.cli.network import network_of
from engine.errors import InvalidRequest
from engine.network import Network
from engine.remote.address import parse_address
from engine.remote.backend import RemoteBackend
from engine.remote.endpoint import Capabilities, Endpoint
from engine.remote.fallback import FallbackBackend
from engine.secrets import Secrets
from engine.secrets import endpoint as key_name
from engine.store import Store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from engine.cli.arguments import Elsewhere
    from engine.model.backend import Backend

    Key = Callable[[], str | None]


def open_elsewhere(options: argparse.Namespace, what: str, *, preview: bool = False, **load: Any) -> Backend:
    """Return the models elsewhere that the command line names, and the one here behind them with --then-here.

    It is said on stderr where what is asked goes: `what` and the hosts, e.g. "Documents are sent to api.example.com.".
    Of a `preview`, it is said where it would go: it shows what the first of them would get, and asks nobody anything.
    `load` are options of the model on this machine. Raises InvalidRequest with a sentence, and NetworkOff.
    """
    if not options.endpoint:
        options.refuse("--then-here needs an --endpoint that is asked before")
    if options.model is not None and not options.then_here:
        options.refuse("--model names a file on this machine: say --endpoint-model, or --then-here as well")
    with Store(options.profile) as store:
        network = network_of(store)
        kept = kept_endpoints(store)
    found = [_find(asked, kept, options.context) for asked in options.endpoint]
    hosts = " and, where it is not there, to ".join(host_of(endpoint.url) for endpoint, _ in found)
    if preview:
        print(f"{what} would be sent to {hosts}; nothing was sent.", file=sys.stderr, flush=True)
        return offline(found[0][0])
    print(f"{what} are sent to {hosts}.", file=sys.stderr, flush=True)
    backends: list[Backend] = [RemoteBackend(endpoint, network, key, StageLine()) for endpoint, key in found]
    if options.then_here:
        backends.append(open_model(options, **load))
    return backends[0] if len(backends) == 1 else FallbackBackend(backends)


def offline(endpoint: Endpoint) -> Backend:
    """Return what shows how an endpoint would be asked, as far as that is known without asking it."""
    known = (endpoint.capabilities or Capabilities()).model_copy(update={"tokenize": None})
    return RemoteBackend(
        endpoint.model_copy(update={"capabilities": known}), Network(allowed=False), lambda: None, StageLine()
    )


def kept_endpoints(store: Store) -> list[Endpoint]:
    """Return the endpoints of a profile, in the order in which they were added."""
    return [Endpoint.model_validate(each.data) for each in store.endpoints.all()]


def named(name: str, kept: list[Endpoint]) -> Endpoint | None:
    """Return the endpoint that is kept under a name or an id; None where there is none."""
    wanted = name.strip().casefold()
    return next((each for each in kept if wanted in {each.name.casefold(), each.id}), None)


def new_endpoint(address: str, **fields: Any) -> Endpoint:
    """Return an endpoint by its address; of `fields` those that are None are left out. Raises InvalidRequest."""
    url = parse_address(address)
    given = {"name": host_of(url)} | {name: value for name, value in fields.items() if value is not None}
    if not given["name"].strip() or not given["name"].isprintable():
        raise InvalidRequest(
            "This is not a name that a server can have.", where="--name", advice="Use letters and digits."
        )
    try:
        return Endpoint(id=uuid.uuid4().hex, url=url, **given)
    except ValidationError as error:
        raise explain(error) from error


def key_from(variable: str) -> Key:
    """Return what reads a key from the environment. Raises InvalidRequest where the variable is not set."""
    value = os.environ.get(variable, "").strip()
    if not value:
        raise InvalidRequest(f"The variable {variable} is not set, or is empty.", where="--key-env")
    return lambda: value


def host_of(url: str) -> str:
    """Return host and port of an address, as a person is told where something goes."""
    return urlsplit(url).netloc


def kept_key(endpoint: Endpoint) -> Key:
    """Return what reads the key of an endpoint from the keyring, each time anew."""
    secrets = Secrets()
    return lambda: secrets.get(key_name(endpoint.id))


def _find(asked: Elsewhere, kept: list[Endpoint], context: int | None) -> tuple[Endpoint, Key]:
    """Return what the command line names: one that is kept, with its key, or one that is not."""
    fields = {"model": asked.model, "concurrency": asked.concurrency, "context": context}
    known = named(asked.address, kept)
    made = None
    if known is None:
        made = new_endpoint(asked.address, **fields)
        known = next((each for each in kept if each.url == made.url and asked.model in {None, each.model}), None)
    key = None if asked.key_env is None else key_from(asked.key_env)
    if known is None:
        assert made is not None
        return made, key or (lambda: None)
    if asked.model not in {None, known.model}:
        known = known.model_copy(update={"capabilities": None})  # another model may have another context
    given = {name: value for name, value in fields.items() if value is not None}
    try:
        return Endpoint.model_validate(known.model_dump() | given), key or kept_key(known)
    except ValidationError as error:
        raise explain(error) from error
