"""Which model is to answer, as one string that drafts, jobs and settings keep.

""                       the model that is loaded on this machine
"endpoint:<id>"          a model elsewhere, by the id of its endpoint
"endpoint:<id>,"         that one, or the one on this machine where it cannot answer: an order, separated by commas
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

LOCAL: Final = ""
"""The model that is loaded on this machine: the choice wherever nobody has made one."""

LAST_LOADED: Final = "models.last"
"""The setting that holds the path of the model that was loaded last; empty for the bundled one."""

_ENDPOINT: Final = "endpoint:"
_LONGEST: Final = 1000


def at_endpoint(endpoint: str) -> str:
    """Return the choice of one endpoint, by its id."""
    return f"{_ENDPOINT}{endpoint}"


def in_order(choices: Iterable[str]) -> str:
    """Return one choice of several: the next one answers where one cannot."""
    return ",".join(dict.fromkeys(choices))


def order_of(choice: str) -> tuple[str, ...]:
    """Return the choices of which one is made up, each once; a plain one is itself."""
    return tuple(dict.fromkeys(part.strip() for part in choice.split(",")))


def endpoint_of(part: str) -> str | None:
    """Return the id of the endpoint that a plain choice names; None for the model on this machine."""
    return part.removeprefix(_ENDPOINT) if part.startswith(_ENDPOINT) else None


def endpoints_of(choice: str) -> tuple[str, ...]:
    """Return the ids of all endpoints that a choice may send text to, in their order."""
    return tuple(endpoint for part in order_of(choice) if (endpoint := endpoint_of(part)) is not None)


def is_choice(value: object) -> bool:
    """Tell whether something is a choice by its form; what it names need not be there."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return False
    return all(part == LOCAL or bool(endpoint_of(part)) for part in order_of(value))


def known_part(choice: str, endpoints: Collection[str]) -> str:
    """Return a choice without endpoints that are not among these; the model on this machine where none is left."""
    kept = [part for part in order_of(choice) if endpoint_of(part) is None or endpoint_of(part) in endpoints]
    return in_order(kept) if is_choice(choice) else LOCAL


def host_of(endpoint: Mapping[str, Any]) -> str | None:
    """Return the name of the machine that text for an endpoint goes to; None where that is this machine itself."""
    url = str(endpoint.get("url", ""))
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    if host is None:
        return url
    return None if host == "localhost" or _is_loopback(host) else host


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
